"""The query contract, against an oracle: whatever is asked, in whatever combination, the answer is exactly this."""

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

NOUNS: list[ResourceType] = list(RESOURCES)
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
        {noun: many_api.all(f"{resource.path}?limit=500") for noun, resource in RESOURCES.items()}
    )


def values_for(world: World, noun: ResourceType, parameter: Parameter, draw: Any) -> list[str]:
    criterion = parameter.criterion
    if parameter.operator in ("missing", "newest"):
        return [draw(st.sampled_from(["true", "false"]))]
    if parameter.operator == "text":
        return [" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))]
    if isinstance(criterion, Filter):
        pool = known_values(world, noun, criterion.name) or [criterion.example]
        return list(dict.fromkeys(draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4))))
    if isinstance(criterion, NumberRange):
        return [draw(st.sampled_from(["0", "5", "110", "4000"]))]
    return [draw(st.sampled_from(DAYS))]


def as_sent(parameter: Parameter, values: list[str]) -> str:
    if not parameter.many:
        return quote(values[0])
    return ",".join(quote(value.replace("\\", "\\\\").replace(",", "\\,")) for value in values)


def address(resource: Resource, query: dict[str, list[str]], *more: str) -> str:
    parts = [
        f"{name}={as_sent(parameter_of(resource, name), values)}" for name, values in query.items()
    ]
    return f"{resource.path}?{'&'.join([*parts, *more])}"


def parameter_of(resource: Resource, name: str) -> Parameter:
    found = resource.parameter(name)
    assert found is not None
    return found


def answered_by_records(resource: Resource) -> list[Parameter]:
    """What was recorded when, no record says; tests/test_changes.py asks about that."""
    return [
        parameter for parameter in resource.parameters if parameter.operator != "recorded_after"
    ]


CONTRADICTION = ("cannot stand beside", "is excluded by", "lies beyond")


@given(data=st.data())
@settings(max_examples=600)
def test_a_list_answers_exactly_what_is_asked(
    many_api: Api, world: World, data: st.DataObject
) -> None:
    noun = data.draw(st.sampled_from(NOUNS))
    resource = RESOURCES[noun]
    names = [parameter.name for parameter in answered_by_records(resource)]
    query = {
        name: values_for(world, noun, parameter_of(resource, name), data.draw)
        for name in data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    }
    sort = data.draw(
        st.lists(st.sampled_from(resource.sorts), max_size=2, unique_by=lambda s: s.name)
    )
    wanted = [data.draw(st.sampled_from(["", "-"])) + key.name for key in sort] or ["id"]
    if wanted[0] in ("id", "-id"):
        wanted = wanted[:1]
    facet = data.draw(st.sampled_from(resource.facets))
    asked = address(
        resource,
        query,
        f"sort={','.join(wanted)}",
        f"facets={facet.name}",
        "limit=500",
        "total=exact",
    )
    response = many_api.get(asked)
    if response.status_code == 422:
        assert all(
            error["detail"].startswith(CONTRADICTION) for error in response.json()["errors"]
        ), response.text
        return
    assert response.status_code == 200, response.text
    answer = response.json()
    expected = world.answer(noun, query, wanted)
    assert [record["id"] for record in answer["data"]] == [record["id"] for record in expected], (
        asked
    )
    assert (answer["total"], answer["total_exact"]) == (len(expected), True)
    counts = {item["value"]: item["count"] for item in answer["facets"][facet.name]}
    assert counts == world.facet(noun, expected, facet.name), asked
    assert answer["query"]["filters"] == query


LINKED = [
    (noun, names) for noun in NOUNS for names in NAMES[noun][1:] if len(names - {"published"}) > 1
]


@given(data=st.data())
@settings(max_examples=300)
def test_parameters_of_one_link_speak_of_that_link(
    many_api: Api, world: World, data: st.DataObject
) -> None:
    """Also three at once: who it is, who it is not, and in which role."""
    noun, group = data.draw(st.sampled_from(LINKED))
    resource = RESOURCES[noun]
    names = [
        parameter.name for parameter in resource.parameters if parameter.criterion.name in group
    ]
    query = {
        name: values_for(world, noun, parameter_of(resource, name), data.draw)
        for name in data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True))
    }
    response = many_api.get(address(resource, query, "limit=500"))
    if response.status_code == 422:
        assert all(
            error["detail"].startswith(CONTRADICTION) for error in response.json()["errors"]
        ), response.text
        return
    expected = [record["id"] for record in world.answer(noun, query, ["id"])]
    assert [record["id"] for record in response.json()["data"]] == expected, query


def test_the_oracle_knows_every_parameter(world: World) -> None:
    """What it does not know it would not miss."""
    for noun, resource in RESOURCES.items():
        for parameter in answered_by_records(resource):
            stem = parameter.criterion.name
            assert stem in ("q", "latest") or any(stem in names for names in NAMES[noun]), (
                noun,
                parameter.name,
            )


@pytest.mark.parametrize("noun", NOUNS)
def test_every_parameter_finds_something_and_leaves_something_out(
    many_api: Api, world: World, noun: ResourceType
) -> None:
    """Otherwise the comparison would say nothing of it."""
    resource = RESOURCES[noun]
    everything = len(world.records[noun])
    # A generated series has figures of nearly every source, and no figure has a denominator.
    dull = {("series", "source_missing"), ("figure", "denominator")}
    for parameter in answered_by_records(resource):
        if {(noun, parameter.name), (noun, parameter.criterion.name)} & (
            dull | {("series", "published")}
        ):
            continue
        pools: list[list[str]] = {
            "missing": [["true"], ["false"]],
            "newest": [["true"]],
            "text": [["river"]],
            "at_least": [["100"], ["4000"]],
            "at_most": [["100"], ["4000"]],
        }.get(parameter.operator) or (
            [[value] for value in known_values(world, noun, parameter.criterion.name)]
            if isinstance(parameter.criterion, Filter)
            else [[day] for day in DAYS]
        )
        totals = [
            many_api.json(address(resource, {parameter.name: values}))["total"] for values in pools
        ]
        assert any(0 < total < everything for total in totals), (noun, parameter.name, totals)
