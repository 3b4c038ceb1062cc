"""Every kind of number is served right in every format, from the other texts; and revisions."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.curation.build import Silent, build, build_records
from app.curation.comparisons import disagreements, falling_totals
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.database.engine import parse_url
from app.pages.chart import chart
from app.resources.fields import Attribution, Date, Reference
from app.resources.figure import FigureRecord
from tests.client import Api
from tests.edits import recorded_at
from tests.many import Maker
from tests.test_cards import BROWSER
from tests.test_cost import plans
from tests.test_other_texts import OTHER_TEXTS


@pytest.fixture(scope="session")
def other_api(new_database: Callable[[], str]) -> Iterator[Api]:
    url = new_database()
    build(SeedTree(OTHER_TEXTS), lambda: Texts([OTHER_TEXTS / "texts"]), url)
    with Api.over(url) as client:
        yield client


# id: value, as written, measure in words, unit, status
KINDS = {
    "measles-deaths-2031-05-12": (0, "no deaths", "no qualifier · 0 · deaths", None),
    "employment-2031-08": (-28000, "–28,000", "no qualifier · -28 000 · people", None),
    "measles-under-five-2031": (0.2, "About one in five", "about · 0.2 · fraction", None),
    "charge-2031-q2": (
        -12_000_000,
        "$(12) million",
        "no qualifier · -12 000 000 · US dollars",
        None,
    ),
    "injuries-2031": (12.3, "12.3 per 100,000", None, None),
    "doses-expected-2031-06": (
        2_500_000,
        "2.5 million doses",
        "no qualifier · 2 500 000 · doses",
        "forecast, as the source calls it",
    ),
    "houses-damaged-share-2031-09-06": (70, "70 per cent", "no qualifier · 70 · percent", None),
    "turnout-2031": (61.4, "61.4%", "no qualifier · 61.4 · percent", None),
    "without-shelter-2031-09-06": (
        None,
        "An estimated 12–15 thousand people",
        "between · from 12 000 to 15 000 · people",
        "estimated, as the source calls it",
    ),
}


@pytest.mark.parametrize("figure", KINDS)
def test_every_kind_of_number_is_served_right_in_every_format(other_api: Api, figure: str) -> None:
    value, as_written, measure, status = KINDS[figure]
    url = f"/v1/figures/{figure}"
    record = other_api.json(url)["data"]
    assert (record["value"], record["as_written"]) == (value, as_written)
    assert record["observation_status"] == (status and status.partition(",")[0])

    (row,) = csv.DictReader(io.StringIO(other_api.get(f"/v1/figures.csv?id={figure}").text))
    number = "" if value is None else str(value)
    assert (row["value"], row["as_written"].removeprefix("'")) == (number, as_written)
    assert row["observation_status"] == (record["observation_status"] or "")
    assert row["bound"] == (record["bound"] or "")

    card = other_api.get(f"/embed/figures/{figure}.json").text
    words = other_api.get(f"{url}/citation").text
    page = other_api.get(url, headers=BROWSER).text
    for text in (part.replace("\u202f", " ") for part in (card, words, page)):
        assert as_written in text
        assert measure is None or measure in text
        assert status is None or status in text


def test_a_share_needs_no_population(other_api: Api) -> None:
    shares = other_api.all("/v1/figures?measure_kind=share")
    of_things = {s["measure"] for s in shares if s["population"] is s["denominator"] is None}
    assert of_things >= {"share_of_houses_damaged", "share_of_voters_voting"}


def test_what_a_source_calls_a_number_is_a_filter(other_api: Api) -> None:
    found = {f["id"]: f for f in other_api.all("/v1/figures?observation_status=forecast")}
    assert found.keys() == {"doses-expected-2031-06", "guidance-2031", "guidance-2031-first"}
    period = found["doses-expected-2031-06"]["period"]
    assert period["edtf"] == "[..2031-06]", "a forecast may lie after publication"


# ------------------------------------------------------------------------------------- revisions

FIRST, REVISED = "employment-2031-07-first", "employment-2031-07"


def test_a_revision_is_in_both_records(other_api: Api) -> None:
    first, revised = (other_api.json(f"/v1/figures/{id_}")["data"] for id_ in (FIRST, REVISED))
    assert (first["supersedes"], first["superseded_by"]) == (None, REVISED)
    assert (revised["supersedes"], revised["superseded_by"]) == (FIRST, None)
    assert ids(other_api, f"supersedes={FIRST}") == {REVISED}
    assert ids(other_api, f"superseded_by={REVISED}") == {FIRST}
    assert ids(other_api, "present=superseded_by") == {FIRST, "guidance-2031-first"}
    assert FIRST not in ids(other_api, "missing=superseded_by")


def test_a_superseded_figure_is_never_the_newest(other_api: Api) -> None:
    query = "series=change-of-employment&latest=true"
    assert FIRST not in ids(other_api, query)
    assert REVISED in ids(other_api, query)
    # Its successor does not match, and yet it is superseded.
    assert ids(other_api, f"{query}&value_min=300000") == set()


def test_a_superseded_figure_leaves_nowhere_without_its_successor(other_api: Api) -> None:
    url = f"/v1/figures/{FIRST}"
    assert other_api.json(f"{url}?fields=value")["data"]["superseded_by"] == REVISED
    for path in (
        f"{url}/citation",
        f"{url}/citation?style=apa",
        f"{url}/citation?style=ris",
        f"/embed/figures/{FIRST}.json",
        f"/v1/figures.csv?id={FIRST}",
        f"/v1/figures.atom?id={FIRST}",
        "/v1/timeline.csv?resource=figure",
        f"{url}.jsonld",
    ):
        assert REVISED in re.sub(REVISED + "-first", "", other_api.get(path).text), path
    for path in (url, f"/embed/figures/{FIRST}", f"/v1/figures?id={FIRST}"):
        page = other_api.get(path, headers=BROWSER).text
        assert "superseded by" in page, path
        assert REVISED in page.replace(FIRST, "")


def test_a_series_draws_a_revision_and_calls_it_no_disagreement(other_api: Api) -> None:
    series = other_api.json("/v1/series/change-of-employment")["data"]
    assert series["disagreements"] == []
    point = next(point for point in series["points"] if point["figure"] == FIRST)
    assert point["superseded_by"] == REVISED
    drawing = chart(series)
    assert drawing is not None
    assert drawing.is_by_period, "each number is of another month"
    assert [(one.point["figure"], other.point["figure"]) for one, other in drawing.revisions] == [
        (FIRST, REVISED)
    ]
    page = other_api.get("/v1/series/change-of-employment", headers=BROWSER).text
    assert "covers August 2031 (inferred)" in page
    assert f'data-revision="{FIRST} {REVISED}"' in page
    assert "An arrow leads from a number to the one by which its source has revised it." in page


def test_points_never_leave_without_their_context(other_api: Api) -> None:
    answer = other_api.json("/v1/series/change-of-employment?fields=points")["data"]
    assert set(answer) == {"points", "unit", "disagreements", "caveats", "corrections"}
    figures = {figure["id"]: figure for figure in other_api.all("/v1/figures")}
    for point in answer["points"]:
        figure = figures[point["figure"]]
        shared = point.keys() & figure.keys()
        assert {"caveats", "attribution", "observation_status", "superseded_by"} <= shared
        assert set(point["caveats"]) <= set(answer["caveats"])


def test_before_its_successor_a_superseded_figure_is_the_newest(
    new_database: Callable[[], str],
) -> None:
    """Before it in the window of as-of dates, or in what had been recorded."""
    maker = Maker(60)
    records = maker.records()
    first, second = (figure_of(maker, f"of-{day}", as_of=date(f"2024-02-0{day}")) for day in (1, 2))
    url = new_database()
    versions = []
    for number, figures in enumerate(([first], list(revised(first, second))), start=1):
        by_type = {**records.by_type, "figure": [*records.by_type["figure"], *figures]}
        loaded = build_records(
            replace(records, by_type=by_type),
            parse_url(url),
            "made",
            Silent(),
            recorded_at=recorded_at(number),
        )
        versions.append(loaded.version)
    with Api.over(url) as api:
        newest = f"series={first.series}&id={first.id},{second.id}&latest=true"
        assert ids(api, newest) == {second.id}
        assert ids(api, f"{newest}&as_of=2024-02-01") == {first.id}
        assert ids(api, f"{newest}&as_of=2024-02-02") == {second.id}
        assert ids(api, f"{newest}&known_at={versions[0]}") == {first.id}
        assert ids(api, f"{newest}&known_at={versions[1]}") == {second.id}


def test_the_newest_of_each_series_are_found_in_one_index(large_api: Api) -> None:
    (plan,) = plans(large_api, "/v1/figures?latest=true&total=none&limit=1")
    if large_api.snapshot.database.is_sqlite:
        assert "SEARCH newer USING COVERING INDEX ix_figure_series_id_as_of_latest" in plan


# --------------------------------------------------------------------- figures beside each other


def test_a_disagreement_says_between_whom_it_is() -> None:
    maker = Maker(40)
    police, ministry = (
        Attribution(
            origin="stated",
            speakers=(Reference(id=name, as_written=None, basis="stated", note=None),),
            relayed_by=(),
            note=None,
        )
        for name in ("actor-1", "actor-2")
    )

    def between(**second: Any) -> list[str]:
        figures = [
            figure_of(maker, "a", value=5, attribution=police),
            figure_of(maker, "b", **{"value": 6, "attribution": police, **second}),
        ]
        return [item.between for item in disagreements(figures, is_running_total=True)]

    assert between(source="source-2") == ["sources"]
    assert between(attribution=ministry) == ["speakers"]
    assert between() == ["same_origin"]
    assert between(value=5, attribution=ministry) == []
    assert between(superseded_by="a") == []
    assert between(observation_status="forecast") == []


def test_a_falling_running_total_is_reported_with_the_later_figure() -> None:
    maker = Maker(40)

    def caveats(*figures: FigureRecord) -> list[str]:
        return list(falling_totals(figures).values())

    high = figure_of(maker, "a", value=313_483, as_of=date("2021-01-01"))
    low = figure_of(maker, "b", value=283_757, as_of=date("2021-01-02"))
    assert falling_totals([low, high]) == {
        "b": "The running total falls from 313,483 (as of 2021-01-01) to 283,757"
        " (as of 2021-01-02)."
    }
    over = low.model_copy(update={"qualifier": "over", "bound": "gt", "lower": 283_757})
    assert caveats(high, over) == [], "over 283,757 may be more than before"
    assert caveats(low, high.model_copy(update={"as_of": low.as_of})) == []
    assert caveats(*revised(high, low)) == []
    other_count = figure_of(maker, "c", value=280_000, as_of=date("2021-01-01"))
    assert caveats(high, other_count, low) == [], "it is not below all of the day before"


def ids(api: Api, query: str) -> set[str]:
    return {figure["id"] for figure in api.all(f"/v1/figures?{query}")}


def date(day: str) -> Date:
    return Date(edtf=day, earliest=day, latest=day, basis="stated", basis_end=None, note=None)


def figure_of(maker: Maker, figure_id: str, **fields: Any) -> FigureRecord:
    """A count of one series of running totals, in one source."""
    kind, measure, unit, _ = maker.kind_of_series(0)
    plain = {
        "series": "series-0",
        "measure_kind": kind,
        "measure": measure,
        "unit": unit,
        "population": None,
        "source": "source-1",
        "qualifier": "none_stated",
        "value": 5,
        "lower": None,
        "upper": None,
        "bound": None,
        "as_of": date("2024-02-01"),
        "observation_status": None,
    }
    return maker.figure(figure_id).model_copy(update=plain | fields)


def revised(first: FigureRecord, second: FigureRecord) -> tuple[FigureRecord, FigureRecord]:
    return (
        first.model_copy(update={"superseded_by": second.id}),
        second.model_copy(update={"supersedes": first.id}),
    )
