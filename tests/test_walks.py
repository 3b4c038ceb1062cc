"""Walking a list page by page, in any order and direction, gives each row exactly once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.resources import RESOURCES
from app.resources.lists import TIMELINE
from tests.client import Api

SORTS = {resource.path: [sort.name for sort in resource.sorts] for resource in RESOURCES.values()}
SORTS[TIMELINE.path] = [sort.name for sort in TIMELINE.sorts]
NARROWED = ["", "source=source-1,source-2,source-3", "source=!source-1", "q=river"]


def ids(page: Any) -> list[str]:
    """What tells a row of any list from another."""
    return [
        row.get("id") or row.get("record", {}).get("id") or f"{row['start']}-{row['end']}"
        for row in page["data"]
    ]


def walk(api: Api, first: str) -> list[list[str]]:
    """The pages from the first to the last; each is also reached from the one behind it."""
    pages = [api.json(first)]
    while pages[-1]["links"]["next"]:
        pages.append(api.json(pages[-1]["links"]["next"]))
        before = api.json(pages[-1]["links"]["prev"])
        assert ids(before) == ids(pages[-2]), first
    assert pages[0]["links"]["prev"] is None
    return [ids(page) for page in pages]


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=60)
def test_pages_have_each_row_once_in_any_order(many_api: Api, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(SORTS)))
    names = data.draw(
        st.lists(
            st.sampled_from(SORTS[path]),
            min_size=1,
            max_size=1 if path == TIMELINE.path else 3,
            unique=True,
        )
    )
    if "id" in names:
        names = [*(name for name in names if name != "id"), "id"]
    sort = ",".join(data.draw(st.sampled_from(["", "-"])) + name for name in names)
    narrowed = data.draw(st.sampled_from(NARROWED))
    if path == "/v1/sources" and narrowed.startswith("source"):
        narrowed = ""
    whole = many_api.json(f"{path}?{narrowed}&sort={sort}&limit=500&total=exact")
    limit = data.draw(st.integers(max(2, whole["total"] // 12), 40))
    pages = walk(many_api, f"{path}?{narrowed}&sort={sort}&limit={limit}")
    everything = [row for page in pages for row in page]
    assert everything == ids(whole), (path, sort)
    assert len(everything) == len(set(everything)) == whole["total"]
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [
        "/v1/search?q=river",
        "/v1/search?q=flo*&resource=figure,event",
        "/v1/sources/source-1/evidence?total=exact",
    ],
)
@pytest.mark.parametrize("limit", [1, 7, 500])
def test_pages_have_each_row_once_across_resource_types(
    many_api: Api, first: str, limit: int
) -> None:
    pages = walk(many_api, f"{first}&limit={limit}")
    everything = [row for page in pages for row in page]
    assert len(everything) == len(set(everything)) == many_api.json(first)["total"] > 7


def test_the_last_page_has_no_next(many_api: Api) -> None:
    total = many_api.json("/v1/figures")["total"]
    page = many_api.json(f"/v1/figures?limit={total}")
    assert (page["links"]["next"], page["links"]["prev"]) == (None, None)


@pytest.mark.parametrize(
    "path", ["/v1/timeline", "/v1/search?q=river", "/v1/sources/source-1/evidence"]
)
def test_forged_foreign_and_expired_cursors_are_problems_everywhere(
    many_api: Api, api: Api, path: str
) -> None:
    glue = "&" if "?" in path else "?"
    token = many_api.json(f"{path}{glue}limit=1")["links"]["next"].split("cursor=")[1]
    for query, kind in (
        (f"cursor={token[:-2]}xx", "invalid-cursor"),
        (f"resource=figure&cursor={token}", "invalid-cursor"),
    ):
        response = many_api.get(f"{path}{glue}{query}")
        assert (response.status_code, response.json()["type"]) == (422, f"/problems/{kind}")
    if "source-1" not in path:
        response = api.get(f"{path}{glue}cursor={token}")
        assert (response.status_code, response.json()["type"]) == (410, "/problems/cursor-expired")
        assert api.get(response.json()["first"]).status_code == 200


def test_a_cursor_is_bound_to_the_sort(many_api: Api) -> None:
    token = many_api.json("/v1/figures?sort=value&limit=1")["links"]["next"].split("cursor=")[1]
    for sort in ("-value", "as_of", "value,title"):
        response = many_api.get(f"/v1/figures?sort={sort}&cursor={token}")
        assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")
