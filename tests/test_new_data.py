"""A running server serves a new build without a restart; no response fails or mixes two builds."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.curation.build import Silent, build_records
from app.curation.records import Records
from app.database.builds import list_schemas
from app.database.engine import create_write_engine, parse_url
from tests.client import Api
from tests.many import Maker
from tests.postgres import PostgresServer
from tests.server import serving
from tests.vocabulary import VOCABULARY
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def build_number(url: str, number: int) -> str:
    """A build whose every record says which one it is."""
    records = Maker(60).records()
    named = {
        resource_type: [record.model_copy(update={"title": f"Build {number}"}) for record in found]
        for resource_type, found in records.by_type.items()
    }
    return build_records(
        Records(named, vocabulary=VOCABULARY), parse_url(url), f"build {number}", Silent()
    ).version


def dataset_version(api: Api) -> str:
    return api.get("/v1/figures?limit=1").headers["dataset-version"]


def wait_for(api: Api, version: str) -> None:
    eventually(lambda: dataset_version(api) == version)


def test_a_new_build_is_served_without_a_restart(new_database: Callable[[], str]) -> None:
    url = new_database()
    first = build_number(url, 1)
    with Api.over(url) as api:
        old = api.json("/v1/figures?limit=2")
        assert old["dataset"]["version"] == first
        second = build_number(url, 2)
        wait_for(api, second)
        new = api.json("/v1/figures?limit=2")
        assert (new["dataset"]["version"], new["data"][0]["title"]) == (second, "Build 2")
        for path in ("/v1", "/readyz"):
            assert api.json(path)["dataset"]["version"] == second
        expired = api.get(old["links"]["next"])
        assert (expired.status_code, expired.json()["type"]) == (410, "/problems/cursor-expired")
        assert api.json(expired.json()["first"])["data"] == new["data"]


def test_an_etag_of_the_old_data_is_stale(new_database: Callable[[], str]) -> None:
    url = new_database()
    build_number(url, 1)
    with Api.over(url) as api:
        etag = api.get("/v1/figures").headers["etag"]
        wait_for(api, build_number(url, 2))
        assert api.get("/v1/figures", headers={"If-None-Match": etag}).status_code == 200


def test_the_same_data_built_again_keep_their_validators_and_cursors(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    build_number(url, 1)
    with Api.over(url) as api:
        page = api.get("/v1/figures?limit=2")
        before = api.snapshot
        version = build_number(url, 1)
        eventually(lambda: dataset_version(api) == version and api.snapshot is not before)
        again = api.get("/v1/figures?limit=2", headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
        assert api.get(page.json()["links"]["next"]).status_code == 200


def test_a_file_that_cannot_be_opened_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "onrecord.db"
    url = f"sqlite:///{path}"
    version = build_number(url, 1)
    with Api.over(url) as api:
        (tmp_path / "broken").write_bytes(b"no database at all")
        (tmp_path / "broken").replace(path)
        eventually(lambda: dataset_version(api) == version and "cannot be opened" in caplog.text)
        path.unlink()
        wait_for(api, build_number(url, 2))


def test_postgresql_keeps_one_earlier_build(postgres: PostgresServer) -> None:
    url = postgres.create_database("older_builds")
    for number in range(4):
        build_number(url, number)
    engine = create_write_engine(parse_url(url))
    assert list_schemas(engine) == ["onrecord_4", "onrecord_3"]
    engine.dispose()


def served_now(answers: list[tuple[int, str, str]]) -> set[str]:
    """The versions of the last responses: both workers gave some of them."""
    return {version for _, version, _ in answers[-40:]}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            "/v1/figures?limit=50&include=source&total=exact&qualifier=!over",
            marks=pytest.mark.long,
        ),
        "/v1/events.ndjson",
    ],
)
def test_no_response_under_load_fails_or_mixes_two_builds(
    new_database: Callable[[], str], path: str
) -> None:
    url = new_database()
    versions = [build_number(url, 0)]
    answers: list[tuple[int, str, str]] = []
    done = threading.Event()

    def ask(address: str) -> None:
        while not done.is_set():
            with httpx.Client(base_url=address, timeout=60) as client:
                for _ in range(20):
                    response = client.get(path)
                    answers.append(
                        (response.status_code, response.headers["dataset-version"], response.text)
                    )

    with serving(url, "--workers", "2") as address:
        clients = [threading.Thread(target=ask, args=(address,)) for _ in range(4)]
        for client in clients:
            client.start()
        eventually(lambda: len(answers) > 40)
        for number in range(1, 4):
            versions.append(build_number(url, number))
            eventually(lambda: versions[-1] in served_now(answers))
        eventually(lambda: served_now(answers) == {versions[-1]})
        done.set()
        for client in clients:
            client.join()
    assert {status for status, _, _ in answers} == {200}
    titles = {version: f'"Build {number}"' for number, version in enumerate(versions)}
    assert {version for _, version, _ in answers} >= {versions[0], versions[-1]}
    for _, version, body in answers:
        others: list[Any] = [title for title in titles.values() if title != titles[version]]
        assert titles[version] in body
        assert not any(title in body for title in others)
