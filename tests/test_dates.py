"""Windows of days, both ends inclusive: a record matches if its bounds overlap the window.

Null never matches, an unbounded side always does.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.resources import RESOURCES, Resource
from tests.client import Api

DATED = {"event": "date", "statement": "made_on", "figure": "period", "source": "published_on"}
days = st.dates(date(2009, 1, 1), date(2025, 12, 31)) | st.sampled_from(
    [
        date(1, 1, 1),
        date(9999, 12, 31),
        date(2023, 11, 23),
        date(2023, 11, 24),
        date(2023, 12, 1),
        date(2023, 12, 2),
    ]
)
partial = days.flatmap(
    lambda day: st.sampled_from([f"{day.year:04d}", day.isoformat()[:7], day.isoformat()])
)
relaxed = settings(max_examples=60)


@pytest.fixture(params=DATED)
def dated(request: pytest.FixtureRequest, many_api: Api) -> tuple[Resource, dict[str, Any]]:
    resource = RESOURCES[request.param]
    records = many_api.all(f"{resource.path}?limit=500")
    return resource, {record["id"]: record[DATED[resource.type]] for record in records}


def found(api: Api, resource: Resource, query: str) -> set[str]:
    return {
        record["id"] for record in api.json(f"{resource.path}?{query}&limit=500&fields=id")["data"]
    }


@given(day=days)
@relaxed
def test_a_day_finds_what_may_have_been_on_that_day(many_api: Api, dated: Any, day: date) -> None:
    resource, dates = dated
    expected = {
        record_id
        for record_id, known in dates.items()
        if known is not None
        and (known["earliest"] is None or date.fromisoformat(known["earliest"]) <= day)
        and (known["latest"] is None or date.fromisoformat(known["latest"]) >= day)
    }
    assert found(many_api, resource, f"date={day.isoformat()}") == expected


@pytest.mark.slow
@given(first=partial, last=partial)
@relaxed
def test_a_window_is_all_its_days(many_api: Api, dated: Any, first: str, last: str) -> None:
    """Found between two ends is what is found from the one and, as well, up to the other."""
    resource, _ = dated
    response = many_api.get(f"{resource.path}?date_from={first}&date_to={last}&limit=500&fields=id")
    if response.status_code == 422:
        assert "lies beyond" in response.text
        return
    both = {record["id"] for record in response.json()["data"]}
    since, until = (
        found(many_api, resource, f"date_from={first}"),
        found(many_api, resource, f"date_to={last}"),
    )
    assert both == since & until


@given(first=days, middle=days, last=days)
@relaxed
def test_two_windows_that_meet_find_what_the_whole_finds(
    many_api: Api, dated: Any, first: date, middle: date, last: date
) -> None:
    resource, _ = dated
    first, middle, last = sorted((first, middle, last))
    if middle == last:
        return
    after = middle + timedelta(days=1)
    whole = found(many_api, resource, f"date_from={first.isoformat()}&date_to={last.isoformat()}")
    begin = found(many_api, resource, f"date_from={first.isoformat()}&date_to={middle.isoformat()}")
    end = found(many_api, resource, f"date_from={after.isoformat()}&date_to={last.isoformat()}")
    assert whole == begin | end


@pytest.mark.slow
@given(window=partial)
@relaxed
def test_a_year_or_month_is_from_its_first_to_its_last_day(
    many_api: Api, dated: Any, window: str
) -> None:
    resource, dates = dated
    exactly = found(many_api, resource, f"date={window}")
    assert exactly == found(many_api, resource, f"date_from={window}&date_to={window}")
    missing = {record_id for record_id, known in dates.items() if known is None}
    assert not exactly & missing
    assert found(many_api, resource, "date_missing=true") == missing


def test_what_is_dated_otherwise_is_told_so(api: Api) -> None:
    for path in ("/v1/actors", "/v1/places", "/v1/series"):
        problem = api.get(f"{path}?date_from=2023").json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "date_from")


def test_as_of_is_the_last_day_of_what_is_asked(many_api: Api) -> None:
    """A figure as of February 2024 may be as of its last day: it is not known to have been so on
    the first.
    """
    monthly = {
        f["id"] for f in many_api.all("/v1/figures?limit=500") if f["as_of"]["edtf"] == "2024-02"
    }
    assert monthly
    figures = RESOURCES["figure"]
    assert monthly <= found(many_api, figures, "as_of=2024-02")
    assert not monthly & found(many_api, figures, "as_of=2024-02-28")
    assert monthly <= found(many_api, figures, "as_of=2024-02-29")


def test_the_newest_of_a_series_stay_together_when_tied(many_api: Api) -> None:
    newest = many_api.json("/v1/figures?latest=true&limit=500")["data"]
    by_series: dict[str, set[str]] = {}
    for figure in newest:
        by_series.setdefault(figure["series"], set()).add(figure["as_of"]["latest"])
    assert all(len(days) == 1 for days in by_series.values())
    assert len(newest) > len(by_series)


def test_the_newest_is_chosen_among_what_the_other_filters_leave(many_api: Api) -> None:
    series = many_api.json("/v1/figures?latest=true&limit=1")["data"][0]["series"]
    early = many_api.json(f"/v1/figures?series={series}&as_of=2024-01-20&latest=true&limit=500")[
        "data"
    ]
    assert early
    assert all(figure["as_of"]["latest"] <= "2024-01-20" for figure in early)
