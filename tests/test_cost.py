"""What an answer costs: how many statements, and that none of them reads a whole table."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from app.database.execute import CompiledStatement
from app.query.select import linked_references, own_references
from app.resources import RESOURCES, Resource
from app.resources.declarations import Listing, Parameter
from app.resources.lists import SEARCH, SOURCE_EVIDENCE, TIMELINE
from tests.client import Api

NARROWED = {
    "figure": "qualifier=over&value_min=5",
    "statement": "voice=attributed",
    "event": "place=place-0",
    "source": "kind=report",
    "actor": "kind=person,state,population",
    "place": "country=QA",
    "series": "unit=USD",
}


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_a_list_is_one_statement_and_one_for_each_thing_more(
    many_api: Api, resource: Resource
) -> None:
    def cost(query: str) -> int:
        many_api.json(f"{resource.path}?{query}")
        return len(many_api.statements)

    narrowed = f"{NARROWED[resource.type]}&limit=1"
    facets = ",".join(facet.name for facet in resource.facets)
    linked = linked_references(resource, resource.includes)
    assert cost("") == cost(f"facets={facets}") == cost("sort=-title&fields=id") == 1
    assert cost(f"{narrowed}&total=none") == 1
    assert cost(narrowed) == cost(f"{narrowed}&total=exact") == 2
    assert cost("id=no-such-id") == 1, "a page that shows all is its own total"
    assert cost(f"{narrowed}&facets={facets}") == 3
    for include in resource.includes:
        # What a column of the record's own points at comes with its row.
        assert cost(f"{narrowed}&total=none&include={include.name}") == (
            1 if own_references(resource, (include,)) else 2
        )
    if resource.includes:
        assert cost(
            f"{narrowed}&include={','.join(include.name for include in resource.includes)}"
        ) == 2 + bool(linked)


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_a_record_is_one_statement(many_api: Api, resource: Resource) -> None:
    address = many_api.json(f"{resource.path}?limit=1")["data"][0]["url"]
    many_api.json(f"{address}?fields=title")
    assert len(many_api.statements) == 1


def test_the_lists_across_resource_types_have_a_fixed_cost(many_api: Api) -> None:
    for path, statements in (
        ("/v1/timeline?limit=50", 1),
        ("/v1/timeline?place=place-0", 2),
        ("/v1/sources/source-1/evidence", 4),
        ("/v1/sources/source-1/evidence?total=none", 3),
        ("/v1?facets=kind,type", 0),
    ):
        many_api.json(path)
        assert len(many_api.statements) == statements, path


# -------------------------------------------------------------------------------------------- plans


BIG = ("event", "statement", "figure", "revision")


def plans(api: Api, path: str) -> list[str]:
    """The plan of each statement of a request."""
    database = api.snapshot.database
    executed: list[tuple[str, Any]] = []
    on_statement = database.on_statement
    database.on_statement = lambda sql, values: executed.append((sql, values))
    try:
        api.json(path)
    finally:
        database.on_statement = on_statement
    result = []
    for sql, values in executed:
        if database.is_sqlite:
            explained = database.fetch_all_sync(
                CompiledStatement(f"EXPLAIN QUERY PLAN {sql}", values)
            )
            result.append("\n".join(row.detail for row in explained))
        else:
            with database.engine.connect() as connection:
                # The planner reads small tables whole; the test is whether it could use an index.
                connection.execute(text("SET enable_seqscan = off"))
                cursor = connection.connection.cursor()
                cursor.execute(f"EXPLAIN {sql}", values)
                result.append("\n".join(row[0] for row in cursor.fetchall()))
                connection.execute(text("RESET enable_seqscan"))
    return result


def reads_a_whole_table(plan: str) -> str | None:
    for line in plan.splitlines():
        for table in BIG:
            words = line.split()
            if f"Seq Scan on {table} " in line or (
                words[:2] == ["SCAN", table] and "INDEX" not in line
            ):
                return line
    return None


def example(parameter: Parameter) -> str:
    if parameter.operator in ("missing", "newest"):
        return "true"
    return quote(parameter.example)


LISTS: list[tuple[Listing, str]] = [
    *((resource, resource.path) for resource in RESOURCES.values()),
    (TIMELINE, TIMELINE.path),
    (SOURCE_EVIDENCE, "/v1/sources/source-1/evidence"),
    (SEARCH, "/v1/search?q=river"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("listing", "path"), LISTS, ids=lambda part: getattr(part, "path", ""))
def test_no_parameter_and_no_sort_reads_a_whole_table(
    large_api: Api, listing: Listing, path: str
) -> None:
    glue = "&" if "?" in path else "?"
    queries = [
        f"{parameter.name}={example(parameter)}"
        for parameter in listing.parameters
        if parameter.name != "q"
    ]
    queries += [f"sort={sign}{sort.name}" for sort in listing.sorts for sign in ("", "-")]
    for query in queries:
        for plan in plans(large_api, f"{path}{glue}{query}&total=none"):
            assert reads_a_whole_table(plan) is None, (query, plan)


@pytest.mark.parametrize(
    "sort", ["id", "value", "-value", "-as_of", "date", "title", "-as_of,value"]
)
def test_the_second_page_begins_in_an_index(large_api: Api, sort: str) -> None:
    following = large_api.json(f"/v1/figures?sort={sort}&total=none")["links"]["next"]
    plan = plans(large_api, following)[0]
    database = large_api.snapshot.database
    if database.is_sqlite:
        assert (
            "SEARCH figure USING INDEX" in plan or "SEARCH figure USING COVERING INDEX" in plan
        ), plan
    else:
        assert "Index Cond" in plan, plan


def test_a_plan_that_reads_a_whole_table_is_seen(large_api: Api) -> None:
    """Otherwise the tests above could not fail."""
    assert reads_a_whole_table("SCAN figure")
    assert reads_a_whole_table("  ->  Seq Scan on statement  (cost=…)")
    assert not reads_a_whole_table("SCAN figure USING INDEX ix_figure_title_key_id")


def test_the_facets_of_the_build_are_those_of_a_request(many_api: Api) -> None:
    """Counted once when the data were built, and again over a filter that leaves nothing out."""
    for resource in RESOURCES.values():
        facets = ",".join(facet.name for facet in resource.facets)
        built = many_api.json(f"{resource.path}?facets={facets}")["facets"]
        counted = many_api.json(f"{resource.path}?facets={facets}&id=!no-such-id")["facets"]
        assert json.dumps(built) == json.dumps(counted)


def test_facets_look_at_so_many_matches_and_say_so(
    many_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "/v1/figures?id=!no-such-id&facets=unit&limit=1"
    every = many_api.json(f"{asked}&total=exact")
    number = every["total"]
    assert sum(item["count"] for item in every["facets"]["unit"]) == number
    # One match more than the bound is looked at: it tells that there are more.
    for bound, is_exact in ((number, True), (number - 1, False), (number // 2, False)):
        monkeypatch.setattr("app.query.facets.MAX_MATCHES", bound)
        some = many_api.json(asked)
        assert some["facets_exact"] is is_exact
        assert sum(item["count"] for item in some["facets"]["unit"]) == min(number, bound + 1)
        assert many_api.json(f"{asked}&total=exact")["facets_exact"]
