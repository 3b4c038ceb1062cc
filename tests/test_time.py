"""docs/time.md: the axes of time on one made-up example; and that two definitions are two series,
whatever is asked.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.curation.build import SeedSnapshot, rebuild
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.recorded_at import snapshot_time
from app.curation.records import WithdrawalNotice
from app.errors import OperatorError
from tests.client import Api
from tests.conftest import ROOT
from tests.edits import Edited
from tests.test_checks import findings_of
from tests.test_examples import REQUEST, shows

EXAMPLE = ROOT / "docs" / "example"
SHOWN = REQUEST.findall((ROOT / "docs/time.md").read_text(encoding="utf-8"))
TOTAL, IDENTIFIED = "people-injured-2025-05-06", "people-injured-identified-2025-05-18"


@pytest.fixture(scope="module")
def example(new_database: Callable[[], str]) -> Iterator[Api]:
    url = new_database()
    folders = sorted(path for path in EXAMPLE.iterdir() if path.is_dir())
    states = [SeedSnapshot(SeedTree(folder), snapshot_time(folder)) for folder in folders]
    rebuild(states, lambda tree: Texts([tree.root / "texts"]), url)
    with Api.over(url) as api:
        yield api


@pytest.mark.parametrize("folder", sorted(EXAMPLE.iterdir()), ids=lambda folder: folder.name)
def test_the_example_is_without_mistakes(folder: Path) -> None:
    assert findings_of(SeedTree(folder)) == []


@pytest.mark.parametrize(
    ("url", "answer"), [pytest.param(*pair, id=pair[0][21:]) for pair in SHOWN]
)
def test_the_page_shows_actual_responses(example: Api, url: str, answer: str) -> None:
    parts = urlsplit(url)
    assert shows(json.loads(answer), example.get(f"{parts.path}?{parts.query}").json())


def test_the_page_shows_requests() -> None:
    assert len(SHOWN) == 7


def test_a_total_and_a_later_subtotal_are_two_series(example: Api) -> None:
    series = {item["id"]: item for item in example.json("/v1/series")["data"]}
    points = {
        record_id: [point["figure"] for point in item["points"]]
        for record_id, item in series.items()
    }
    assert points == {
        "people-injured-by-flood-in-all": [TOTAL],
        "people-injured-by-flood-identified": [IDENTIFIED],
    }
    assert all(item["disagreements"] == [] for item in series.values())
    assert len({item["definition"] for item in series.values()}) == 2


def test_a_subtotal_is_never_a_revision_of_the_total(example: Api) -> None:
    for figure, other in ((TOTAL, IDENTIFIED), (IDENTIFIED, TOTAL)):
        own = example.json(f"/v1/figures/{figure}")["data"]["series"]
        for path in (
            f"/v1/figures/{figure}/revisions",
            f"/v1/figures/{figure}?include=history,series",
            f"/v1/figures?series={own}&latest=true&include=history",
            f"/v1/series/{own}?include=history",
        ):
            assert other not in example.get(path).text, path
    # Where both are answered, each is there by itself, with its own series.
    for path in (
        "/v1/figures?latest=true",
        "/v1/figures?as_of=2025-06",
        "/v1/figures?measure=people_injured",
    ):
        told = {record["id"]: record["series"] for record in example.json(path)["data"]}
        assert len(told) == len(set(told.values())) == 2, path
    told = {
        change["id"]: change["change"]
        for change in example.all("/v1/changes?resource=figure&updated_after=2025-05-13")
    }
    assert told == {IDENTIFIED: "added"}


def test_a_figure_does_not_change_its_series(new_database: Callable[[], str]) -> None:
    """Nor by way of a new id."""
    grown = Edited(new_database(), seed=11)
    grown.build()
    figures = grown.records.by_type["figure"]
    whole = list(figures)
    ids = [series.id for series in grown.records.by_type["series"]]
    own = figures[0].series  # type: ignore[attr-defined]
    other = next(series for series in ids if series != own)
    figures[0] = figures[0].model_copy(update={"series": other})
    with pytest.raises(OperatorError, match="a number under another definition is another figure"):
        grown.build()
    figures[:] = whole
    renamed = figures.pop(0)
    figures.append(renamed.model_copy(update={"id": "z-new-name", "series": other}))
    grown.records.withdrawal_notices = {
        ("figure", renamed.id): WithdrawalNotice("The id was not neutral.", "z-new-name")
    }
    with pytest.raises(OperatorError, match="a number under another definition is another figure"):
        grown.build()
    with Api.over(grown.url) as api:
        assert api.snapshot.dataset.version == grown.versions[0]
