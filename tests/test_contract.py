"""Lists return exactly what an oracle computes, for random combinations of parameters."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.resources import RESOURCES, Resource
from app.resources.declarations import Filter, NumberRange, Parameter
from app.vocabulary import ResourceType
from tests.client import Api
from tests.oracle import NAMES, World, known_values

pytestmark = pytest.mark.slow

RESOURCE_TYPES: list[ResourceType] = list(RESOURCES)
DAYS = [
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
    criterion = parameter.criterion
    if parameter.operator in ("missing", "newest"):
        return [draw(st.sampled_from(["true", "false"]))]
    if parameter.operator == "text":
        return [" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))]
    if isinstance(criterion, Filter):
        pool = known_values(world, resource_type, criterion.name) or [criterion.example]
        return list(dict.fromkeys(draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4))))
    if isinstance(criterion, NumberRange):
        return [draw(st.sampled_from(["0", "5", "110", "4000"]))]
    return [draw(st.sampled_from(DAYS))]


def as_sent(parameter: Parameter, values: list[str]) -> str:
    if not parameter.many:
        return quote(values[0])
    return ",".join(quote(value.replace("\\", "\\\\").replace(",", "\\,")) for value in values)


def list_url(resource: Resource, query: dict[str, list[str]], *more: str) -> str:
    parts = [
        f"{name}={as_sent(parameter_of(resource, name), values)}" for name, values in query.items()
    ]
    return f"{resource.path}?{'&'.join([*parts, *more])}"


def parameter_of(resource: Resource, name: str) -> Parameter:
    return next(item for item in resource.parameters if item.name == name)


def stated_by_records(resource: Resource) -> list[Parameter]:
    """All but `updated_after`, which tests/test_changes.py covers."""
    return [
        parameter for parameter in resource.parameters if parameter.operator != "recorded_after"
    ]


CONTRADICTION = ("cannot stand beside", "is excluded by", "lies beyond")


@given(data=st.data())
@settings(max_examples=600)
@pytest.mark.slow
def test_a_list_returns_exactly_the_matching_records(
    many_api: Api, world: World, data: st.DataObject
) -> None:
    resource_type = data.draw(st.sampled_from(RESOURCE_TYPES))
    resource = RESOURCES[resource_type]
    names = [parameter.name for parameter in stated_by_records(resource)]
    query = {
        name: values_for(world, resource_type, parameter_of(resource, name), data.draw)
        for name in data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    }
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
    if response.status_code == 422:
        assert all(
            error["detail"].startswith(CONTRADICTION) for error in response.json()["errors"]
        ), response.text
        return
    assert response.status_code == 200, response.text
    body = response.json()
    expected = world.answer(resource_type, query, sort_keys)
    assert [record["id"] for record in body["data"]] == [record["id"] for record in expected], url
    assert (body["total"], body["total_exact"]) == (len(expected), True)
    counts = {item["value"]: item["count"] for item in body["facets"][facet.name]}
    assert counts == world.facet(resource_type, expected, facet.name), url
    assert body["query"]["filters"] == query


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
    names = [
        parameter.name for parameter in resource.parameters if parameter.criterion.name in group
    ]
    query = {
        name: values_for(world, resource_type, parameter_of(resource, name), data.draw)
        for name in data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True))
    }
    response = many_api.get(list_url(resource, query, "limit=500", "fields=id"))
    if response.status_code == 422:
        assert all(
            error["detail"].startswith(CONTRADICTION) for error in response.json()["errors"]
        ), response.text
        return
    expected = [record["id"] for record in world.answer(resource_type, query, ["id"])]
    assert [record["id"] for record in response.json()["data"]] == expected, query


def test_the_oracle_knows_every_parameter(world: World) -> None:
    for resource_type, resource in RESOURCES.items():
        for parameter in stated_by_records(resource):
            stem = parameter.criterion.name
            assert stem in ("q", "latest") or any(
                stem in names for names in NAMES[resource_type]
            ), (
                resource_type,
                parameter.name,
            )


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
def test_every_parameter_includes_some_records_and_excludes_others(
    many_api: Api, world: World, resource_type: ResourceType
) -> None:
    """Otherwise the comparison with the oracle would prove nothing."""
    resource = RESOURCES[resource_type]
    count = len(world.records[resource_type])
    # A generated series has figures of nearly every source, and no figure has a denominator.
    constant = {("series", "source_missing"), ("figure", "denominator")}
    for parameter in stated_by_records(resource):
        if {(resource_type, parameter.name), (resource_type, parameter.criterion.name)} & (
            constant | {("series", "published")}
        ):
            continue
        pools: list[list[str]] = {
            "missing": [["true"], ["false"]],
            "newest": [["true"]],
            "text": [["river"]],
            "at_least": [["100"], ["4000"]],
            "at_most": [["100"], ["4000"]],
        }.get(parameter.operator) or (
            [[value] for value in known_values(world, resource_type, parameter.criterion.name)]
            if isinstance(parameter.criterion, Filter)
            else [[day] for day in DAYS]
        )
        totals = [
            many_api.json(list_url(resource, {parameter.name: values}))["total"] for values in pools
        ]
        assert any(0 < total < count for total in totals), (resource_type, parameter.name, totals)
