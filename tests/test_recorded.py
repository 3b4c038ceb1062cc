"""When the data were recorded: told by the operator or by git, never by the clock; and what clients
learn of it.
"""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.curation.build import build
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.recorded_at import commit_time, parse_instant
from app.errors import OperatorError
from tests.client import Api
from tests.conftest import MADE_UP

MAY = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('dated') / 'dated.db'}"
    build(SeedTree(MADE_UP), lambda: Texts([MADE_UP / "texts"]), url, recorded_at=MAY)
    return url


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2031-05-06", datetime(2031, 5, 6, tzinfo=UTC)),
        ("2031-05-06T12:30:00Z", MAY),
        ("2031-05-06T14:30:00+02:00", MAY),
    ],
)
def test_a_day_or_an_instant_is_parsed(said: str, expected: datetime) -> None:
    assert parse_instant(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "",
        "now",
        "2031",
        "20310506",
        "2031-02-30",
        "2031-05-06 12:30",
        "2031-05-06T12:30:00",
        "2031-05-06T12:30:00.5Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_other_times_are_refused(said: str) -> None:
    with pytest.raises(OperatorError, match="write a day"):
        parse_instant(said)


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    dates = {"GIT_COMMITTER_DATE": "2031-05-06T12:30:00Z", "PATH": os.environ["PATH"]}
    subprocess.run(["git", *who, *words], cwd=folder, env=dates, check=True, capture_output=True)


def test_seeds_in_git_are_as_old_as_their_last_commit(tree: SeedTree) -> None:
    assert commit_time(tree.root) is None
    git(tree.root, "init")
    git(tree.root, "add", ".")
    assert commit_time(tree.root) is None
    git(tree.root, "commit", "-m", "seeds")
    assert commit_time(tree.root) == MAY
    (tree.root / "actors.yaml").write_text("# changed", encoding="utf-8")
    assert commit_time(tree.root) is None


def test_responses_have_the_date_of_the_data(dated: str) -> None:
    with Api.over(dated) as api:
        for path in ("/v1/figures", "/v1/figures.csv", "/v1/search?q=flood", "/v1/timeline"):
            assert api.get(path).headers["last-modified"] == "Tue, 06 May 2031 12:30:00 GMT"
        assert "<updated>2031-05-06T12:30:00Z</updated>" in api.get("/v1/figures.atom").text


@pytest.mark.parametrize("kept_bytes", [0, 1_000_000])
@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Tue, 06 May 2031 12:30:00 GMT", 304),
        ("Wed, 07 May 2031 00:00:00 GMT", 304),
        ("Tue, 06 May 2031 12:29:59 GMT", 200),
        ("yesterday", 200),
    ],
)
def test_if_modified_since_compares_the_date_of_the_data(
    dated: str, since: str, status: int, kept_bytes: int
) -> None:
    with Api.over(dated, cache_bytes=kept_bytes) as api:
        for _ in range(2):
            assert (
                api.get("/v1/figures", headers={"If-Modified-Since": since}).status_code == status
            )
            api.get("/v1/figures")  # so that it is cached
        other = {"If-Modified-Since": since, "If-None-Match": '"another"'}
        assert api.get("/v1/figures", headers=other).status_code == 200  # the tag alone decides


def test_data_without_a_time_has_no_last_modified(api: Api) -> None:
    response = api.get(
        "/v1/figures", headers={"If-Modified-Since": "Wed, 07 May 2098 00:00:00 GMT"}
    )
    assert response.status_code == 200
    assert "last-modified" not in response.headers
    # A feed must have a time: that of the newest publication is one that the sources state.
    assert "<updated>2031-05-06T00:00:00Z</updated>" in api.get("/v1/figures.atom").text


def test_the_time_is_part_of_the_etag_and_not_of_the_version(api: Api, dated: str) -> None:
    with Api.over(dated) as other:
        assert other.snapshot.dataset.version == api.snapshot.dataset.version
        path = "/v1/figures.atom"
        assert other.get(path).headers["etag"] != api.get(path).headers["etag"]
