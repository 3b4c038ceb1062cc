"""Series: points in as-of order, disagreements without a winner, one series for each definition."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.curation.build import build
from app.curation.files import SeedTree
from app.curation.lock_entries import write_locks
from app.curation.quotes import Texts
from app.curation.seeds import read_seeds
from tests.client import Api
from tests.conftest import MADE_UP

TEXT = (
    "The Civil Guard said on Friday that 1,180 people had been displaced by the flood in the Lower"
    " Vale as of 4 May. As of 8 May, it said, about 1,400 had been. The council of Nomark has"
    " entered 900 displaced people by name in its register as of 8 May."
)

SERIES = """
- id: people-displaced-registered-by-name
  title: People displaced by the flood and registered by name
  measure: people_displaced
  measure_kind: cumulative
  unit: person
  population: residents-of-lower-vale
  places: [lower-vale]
  definition: People displaced by the flood whom the register of the council has by name.
"""

FACTS = """
source:
  id: register-2031-05-09
  title: Report on the register of displaced people
  kind: report
  published_on: 2031-05-09
  language: en
  content_sha256: {sha256}
  text_access: quotes_only
actors:
  - id: civil-guard
    names: [The Civil Guard]
  - id: council-of-nomark
    names: [The council of Nomark]
  - id: residents-of-lower-vale
    names: [displaced people]
places:
  - id: lower-vale
    names: [the Lower Vale]
figures:
  - id: people-displaced-exactly-2031-05-04
    series: people-displaced-by-flood
    value: 1180
    as_written: 1,180
    population:
      as_written: people
      basis: inferred
      note: They are those displaced in the Lower Vale.
    as_of: {{edtf: 2031-05-04, basis: inferred, note: The year is that of the publication.}}
    attribution:
      speakers: [{{id: civil-guard, as_written: The Civil Guard}}]
    evidence:
      - {{quote: "The Civil Guard said on Friday", proves: [attribution]}}
      - {{quote: "1,180 people had been displaced", proves: [value, population, measure]}}
      - {{quote: as of 4 May, proves: [as_of]}}
  - id: people-displaced-2031-05-08
    series: people-displaced-by-flood
    value: 1400
    as_written: about 1,400
    qualifier: about
    as_of: {{edtf: 2031-05-08, basis: inferred, note: The year is that of the publication.}}
    attribution:
      speakers:
        - id: civil-guard
          as_written: it
          basis: inferred
          note: “it” is the Guard of the sentence before.
    evidence:
      - quote: "As of 8 May, it said, about 1,400"
        proves: [value, qualifier, as_of, attribution]
  - id: people-registered-2031-05-08
    series: people-displaced-registered-by-name
    value: 900
    as_written: "900"
    population: {{as_written: displaced people}}
    as_of: {{edtf: 2031-05-08, basis: inferred, note: The year is that of the publication.}}
    attribution: none_named
    evidence:
      - {{quote: "entered 900 displaced people by name", proves: [value, population, measure]}}
      - {{quote: register as of 8 May, proves: [as_of]}}
"""


@pytest.fixture(scope="session")
def series_api(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """The made-up seeds and one report more."""
    import shutil

    root = tmp_path_factory.mktemp("series") / "seed"
    shutil.copytree(MADE_UP, root)
    folder = root / "articles" / "2031-05-09-register"
    folder.mkdir()
    (root / "texts" / "register.txt").write_text(TEXT, encoding="utf-8")
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    (folder / "facts.yaml").write_text(FACTS.format(sha256=sha256), encoding="utf-8")
    tree, texts = SeedTree(root), Texts([root / "texts"])
    kept = sorted([*_entries(tree.measures), SERIES.strip()])
    tree.measures.write_text("\n".join(kept) + "\n", encoding="utf-8")
    write_locks(read_seeds(tree, texts)[0])
    url = new_database()
    build(tree, lambda: texts, url)
    with Api.over(url) as client:
        yield client


def _entries(path: Path) -> list[str]:
    return [
        "- id:" + entry.rstrip() for entry in path.read_text(encoding="utf-8").split("- id:")[1:]
    ]


@pytest.fixture
def series(series_api: Api) -> Any:
    return series_api.json("/v1/series/people-displaced-by-flood")["data"]


def test_points_of_all_sources_stand_in_as_of_order(series: Any) -> None:
    points = [
        (point["as_of"]["latest"], point["source"], point["as_written"])
        for point in series["points"]
    ]
    assert points == [
        ("2031-05-04", "flood-in-lower-vale-2031-05-04", "more than 1,250"),
        ("2031-05-04", "register-2031-05-09", "1,180"),
        ("2031-05-04", "flood-count-2031-05-06", "At most 1,100"),
        ("2031-05-08", "register-2031-05-09", "about 1,400"),
    ]


def test_bounds_and_exact_values_can_disagree(series: Any) -> None:
    told = {(tuple(item["figures"]), item["kind"]) for item in series["disagreements"]}
    assert told == {
        (("people-displaced-2031-05-04", "people-displaced-recount-2031-05-04"), "bound_and_bound"),
        (("people-displaced-2031-05-04", "people-displaced-exactly-2031-05-04"), "value_and_bound"),
        (
            ("people-displaced-exactly-2031-05-04", "people-displaced-recount-2031-05-04"),
            "value_and_bound",
        ),
    }
    assert not {"value", "best", "total", "lower", "upper"} & set(series)


def test_another_date_is_no_disagreement(series: Any) -> None:
    assert all(
        "people-displaced-2031-05-08" not in item["figures"] for item in series["disagreements"]
    )


def test_another_definition_is_another_series(series_api: Api, series: Any) -> None:
    registered = series_api.json("/v1/series/people-displaced-registered-by-name")["data"]
    assert registered["disagreements"] == []
    assert [point["value"] for point in registered["points"]] == [900]
    assert "people-registered-2031-05-08" not in [point["figure"] for point in series["points"]]
    assert registered["measure"] == series["measure"]


def test_the_newest_by_a_day_is_that_of_each_series(series_api: Api) -> None:
    def newest(day: str) -> set[str]:
        query = f"measure=people_displaced&measure_kind=cumulative&as_of={day}&latest=true"
        return {figure["id"] for figure in series_api.json(f"/v1/figures?{query}")["data"]}

    assert newest("2031-05-07") == {
        "people-displaced-2031-05-04",
        "people-displaced-exactly-2031-05-04",
        "people-displaced-recount-2031-05-04",
    }
    assert newest("2031-05") == {"people-displaced-2031-05-08", "people-registered-2031-05-08"}
    assert newest("2031-05-03") == set()
