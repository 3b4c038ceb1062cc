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
    """A record is found between two ends if it is found from the one and up to the other."""
    resource, _ = dated
    response = many_api.get(f"{resource.path}?date={first}/{last}&limit=500&fields=id")
    if response.status_code == 422:
        assert response.json()["detail"].startswith("Swap the two dates")
        return
    both = {record["id"] for record in response.json()["data"]}
    since = found(many_api, resource, f"date={first}/..")
    until = found(many_api, resource, f"date=../{last}")
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
    whole = found(many_api, resource, f"date={first}/{last}")
    begin = found(many_api, resource, f"date={first}/{middle}")
    end = found(many_api, resource, f"date={after}/{last}")
    assert whole == begin | end


@pytest.mark.slow
@given(window=partial)
@relaxed
def test_a_year_or_month_is_from_its_first_to_its_last_day(
    many_api: Api, dated: Any, window: str
) -> None:
    resource, dates = dated
    exactly = found(many_api, resource, f"date={window}")
    assert exactly == found(many_api, resource, f"date={window}/{window}")
    missing = {record_id for record_id, known in dates.items() if known is None}
    assert not exactly & missing
    assert found(many_api, resource, "missing=date") == missing


def test_an_undated_resource_type_has_no_date(api: Api) -> None:
    for path in ("/v1/actors", "/v1/places", "/v1/series"):
        problem = api.get(f"{path}?date=2023").json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "date")


def test_a_day_alone_is_the_last_one_of_as_of(many_api: Api) -> None:
    figures = RESOURCES["figure"]
    for day in ("2024-01", "2024-02-14", "2024"):
        assert found(many_api, figures, f"as_of={day}") == found(
            many_api, figures, f"as_of=../{day}"
        )
    every = found(many_api, figures, "")
    exactly = found(many_api, figures, "as_of=2024-02-14/2024-02-14")
    assert 0 < len(exactly) < len(found(many_api, figures, "as_of=2024-02-14")) < len(every)


def test_the_newest_of_a_series_stay_together_when_tied(many_api: Api) -> None:
    newest = many_api.json("/v1/figures?latest=true&limit=500")["data"]
    by_series: dict[str, set[str]] = {}
    for figure in newest:
        by_series.setdefault(figure["series"], set()).add(figure["as_of"]["latest"])
    assert all(len(days) == 1 for days in by_series.values())
    assert len(newest) > len(by_series)


def test_the_newest_is_chosen_among_what_the_other_filters_leave(many_api: Api) -> None:
    series = many_api.json("/v1/figures?latest=true&limit=1")["data"][0]["series"]
    path = f"/v1/figures?series={series}&as_of=2024-01-20&limit=500"
    early = many_api.json(path)["data"]
    newest = max(figure["as_of"]["latest"] for figure in early)
    of_newest_day = [figure for figure in early if figure["as_of"]["latest"] == newest]
    assert many_api.json(f"{path}&latest=true")["data"] == of_newest_day != early
