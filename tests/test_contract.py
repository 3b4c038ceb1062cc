"""Lists return exactly what an oracle computes, for random combinations of parameters."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.resources import RESOURCES, Resource
from app.resources.declarations import (
    DateRange,
    Filter,
    LatestPerGroup,
    NumberRange,
    Parameter,
)
from app.vocabulary import ResourceType
from tests.client import Api
from tests.oracle import NAMES, Query, World, known_values

pytestmark = pytest.mark.slow

RESOURCE_TYPES: list[ResourceType] = list(RESOURCES)
WINDOWS = [
    "2023",
    "2024",
    "2023-09",
    "2024-02",
    "2023-12-01",
    "2024-02-14",
    "0001",
    "9999-12-31",
    "2010-06",
    "2024-02-29",
    "2023-09/2023-12-01",
    "2023/2024",
    "2024-02-14/..",
    "2025/..",
    "../2011",
    "../2024-01",
]
WORDS = [
    "river",
    "flood*",
    "angstrom",
    "Ångström",
    "28,473",
    "non-NATO",
    '"river flood"',
    "日本",
    "вод*",
    "28473",
    "xyz",
]


@pytest.fixture(scope="session")
def world(many_api: Api) -> World:
    return World(
        {
            resource_type: many_api.all(f"{resource.path}?limit=500")
            for resource_type, resource in RESOURCES.items()
        }
    )


def values_for(
    world: World, resource_type: ResourceType, parameter: Parameter, draw: Any
) -> list[str]:
    match parameter.criterion:
        case Filter() as item:
            pool = known_values(world, resource_type, item.name) or [item.example]
            value = st.sampled_from(pool)
            if not item.value_type.many:
                return [draw(value)]
            either = st.tuples(st.sampled_from(["", "", "!"]), value).map("".join)
            values = st.lists(either, min_size=1, max_size=4, unique_by=lambda v: v.strip("!"))
            return list(draw(values))
        case NumberRange():
            return [draw(st.sampled_from(["0", "5", "110", "4000"]))]
        case DateRange():
            return [draw(st.sampled_from(WINDOWS))]
        case LatestPerGroup():
            return [draw(st.sampled_from(["true", "false"]))]
        case _:
            return [" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))]


def draw_query(
    world: World, resource: Resource, parameters: list[Parameter], data: st.DataObject, most: int
) -> Query:
    """Values of some parameters, and names of some for `match_all`, `missing` and `present`."""
    drawn = data.draw(
        st.lists(st.sampled_from(parameters), max_size=most, unique_by=lambda p: p.name)
    )
    query = {p.name: values_for(world, resource.type, p, data.draw) for p in drawn}
    names = {parameter.criterion.name for parameter in parameters}
    for control, accepted in (
        ("match_all", [name for name in resource.multiple if name in query]),
        ("missing", [name for name in resource.nullable if name in names]),
        ("present", [name for name in resource.nullable if name in names]),
    ):
        if accepted and data.draw(st.integers(0, 3)) == 0:
            query[control] = data.draw(
                st.lists(st.sampled_from(accepted), min_size=1, max_size=2, unique=True)
            )
    return query


def list_url(resource: Resource, query: Query, *more: str) -> str:
    parts = [f"{name}={quote(','.join(values))}" for name, values in query.items()]
    return f"{resource.path}?{'&'.join([*parts, *more])}"


def stated_by_records(resource: Resource) -> list[Parameter]:
    """All but `updated_after`, which tests/test_changes.py covers."""
    return [
        parameter for parameter in resource.parameters if parameter.operator != "recorded_after"
    ]


def is_contradictory(response: httpx.Response) -> bool:
    """Whether values that no record has together are refused, as they should be."""
    if response.status_code != 422:
        return False
    details = [error["detail"] for error in response.json()["errors"]]
    assert all(detail.startswith(("Swap ", "Leave ", "Give the values")) for detail in details)
    return True


@given(data=st.data())
@settings(max_examples=600)
def test_a_list_returns_exactly_the_matching_records(
    many_api: Api, world: World, data: st.DataObject
) -> None:
    resource = RESOURCES[data.draw(st.sampled_from(RESOURCE_TYPES))]
    query = draw_query(world, resource, stated_by_records(resource), data, 4)
    sort = data.draw(
        st.lists(st.sampled_from(resource.sorts), max_size=2, unique_by=lambda s: s.name)
    )
    sort_keys = [data.draw(st.sampled_from(["", "-"])) + key.name for key in sort] or ["id"]
    if sort_keys[0] in ("id", "-id"):
        sort_keys = sort_keys[:1]
    facet = data.draw(st.sampled_from(resource.facets))
    url = list_url(
        resource,
        query,
        f"sort={','.join(sort_keys)}",
        f"facets={facet.name}",
        "limit=500",
        "total=exact",
        "fields=id",
    )
    response = many_api.get(url)
    if is_contradictory(response):
        return
    assert response.status_code == 200, response.text
    body = response.json()
    expected = world.answer(resource.type, query, sort_keys)
    assert [record["id"] for record in body["data"]] == [record["id"] for record in expected], url
    assert (body["total"], body["total_exact"]) == (len(expected), True)
    counts = {item["key"]: item["count"] for item in body["facets"][facet.name]}
    assert counts == world.facet(resource.type, expected, facet.name), url


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
def test_missing_and_present_ask_for_links_without_and_with_a_value(
    many_api: Api, world: World, resource_type: ResourceType
) -> None:
    resource = RESOURCES[resource_type]
    for name in resource.nullable:
        for query in ({"missing": [name]}, {"present": [name]}):
            response = many_api.json(list_url(resource, query, "limit=500", "fields=id"))
            expected = [record["id"] for record in world.answer(resource_type, query, ["id"])]
            assert [record["id"] for record in response["data"]] == expected, query


LINKED = [
    (resource_type, names)
    for resource_type in RESOURCE_TYPES
    for names in NAMES[resource_type][1:]
    if len(names - {"published"}) > 1
]


@given(data=st.data())
@settings(max_examples=300)
def test_parameters_of_one_link_apply_to_the_same_link(
    many_api: Api, world: World, data: st.DataObject
) -> None:
    resource_type, group = data.draw(st.sampled_from(LINKED))
    resource = RESOURCES[resource_type]
    of_link = [parameter for parameter in resource.parameters if parameter.criterion.name in group]
    query = draw_query(world, resource, of_link, data, 3)
    response = many_api.get(list_url(resource, query, "limit=500", "fields=id"))
    if is_contradictory(response):
        return
    expected = [record["id"] for record in world.answer(resource_type, query, ["id"])]
    assert [record["id"] for record in response.json()["data"]] == expected, query


def test_the_oracle_knows_every_parameter() -> None:
    for resource_type, resource in RESOURCES.items():
        for parameter in stated_by_records(resource):
            name = parameter.criterion.name
            is_known = any(name in names for names in NAMES[resource_type])
            assert is_known or name in ("q", "latest"), (resource_type, parameter.name)


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
def test_every_parameter_includes_some_records_and_excludes_others(
    many_api: Api, world: World, resource_type: ResourceType
) -> None:
    """Otherwise the comparison with the oracle would prove nothing."""
    resource = RESOURCES[resource_type]
    count = len(world.records[resource_type])
    queries = {
        parameter.name: [
            {parameter.name: [value]} for value in values_of(world, resource, parameter)
        ]
        for parameter in stated_by_records(resource)
    }
    queries |= {name: [{"missing": [name]}, {"present": [name]}] for name in resource.nullable}
    # A generated series has figures of nearly every source, and no figure has a denominator.
    for constant in {"figure": ("denominator",), "series": ("source", "published")}.get(
        resource_type, ()
    ):
        del queries[constant]
    for name, alternatives in queries.items():
        totals = [many_api.json(list_url(resource, query))["total"] for query in alternatives]
        assert any(0 < total < count for total in totals), (resource_type, name, totals)


def values_of(world: World, resource: Resource, parameter: Parameter) -> list[str]:
    match parameter.criterion:
        case Filter(name=name):
            return known_values(world, resource.type, name)
        case NumberRange():
            return ["100", "4000"]
        case DateRange():
            return WINDOWS
        case LatestPerGroup():
            return ["true"]
        case _:
            return ["river", "flood", "water"]
