"""SQLite and PostgreSQL give the same responses, byte for byte."""

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.resources import RESOURCES
from app.resources.declarations import Listing, Parameter
from app.resources.lists import SEARCH, SOURCE_EVIDENCE, TIMELINE
from tests.client import Api
from tests.conftest import build_many, missing
from tests.postgres import postgres_binaries

pytestmark = pytest.mark.postgresql

WORDS = ["river", "flo*", "28,473", "non-NATO", '"river flood"', "日本", "вод*", "🌊", "naïve CAFÉ"]
DAYS = ["2023", "2023-09", "2024-02-14", "0001", "9999-12-31"]


@pytest.fixture(scope="module")
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Api, Api]]:
    if request.config.getoption("--database") != "both":
        pytest.skip("only one database was asked for")
    if postgres_binaries() is None:
        missing("no PostgreSQL server programs are installed")
    path: Path = tmp_path_factory.mktemp("same") / "x.db"
    urls = f"sqlite:///{path}", request.getfixturevalue("postgres").create_database("same_answers")
    for url in urls:
        build_many(url, 300)
    with Api.over(urls[0]) as one, Api.over(urls[1]) as other:
        yield one, other


def value_of(draw: random.Random, parameter: Parameter) -> str:
    if parameter.operator in ("missing", "newest"):
        return draw.choice(["true", "false"])
    if parameter.operator == "text":
        return draw.choice(WORDS)
    if parameter.value_type.schema.get("pattern", "").startswith("^[0-9]{4}"):
        return draw.choice(DAYS)
    if parameter.value_type.choices:
        return ",".join(
            draw.sample(parameter.value_type.choices, k=min(2, len(parameter.value_type.choices)))
        )
    resource_type = {"participant": "actor", "speaker": "actor", "about": "event"}.get(
        parameter.criterion.name
    )
    known = resource_type or (
        parameter.criterion.name if parameter.criterion.name in RESOURCES else None
    )
    return f"{known}-{draw.randrange(5)}" if known else parameter.example


def questions(listing: Listing, path: str, draw: random.Random, number: int) -> Iterator[str]:
    """Random questions of a list; those that contradict themselves are among them."""
    needed = [f"{name}={quote(draw.choice(WORDS))}" for name in listing.required]
    for _ in range(number):
        others = [
            parameter for parameter in listing.parameters if parameter.name not in listing.required
        ]
        asked = draw.sample(others, k=min(draw.randrange(1, 3), len(others)))
        parts = [*needed, *(f"{p.name}={quote(value_of(draw, p))}" for p in asked)]
        if listing.sorts:
            parts.append(f"sort={draw.choice(['', '-'])}{draw.choice(listing.sorts).name}")
        if listing.facets:
            parts.append(
                f"facets={','.join(facet.name for facet in draw.sample(listing.facets, k=2))}"
            )
        if listing.includes:
            parts.append(f"include={draw.choice(listing.includes).name}")
        parts += [
            f"limit={draw.choice([1, 7, 100])}",
            f"total={draw.choice(['exact', 'up_to_1000'])}",
        ]
        yield f"{path}?{'&'.join(parts)}"


LISTS = [
    *((resource, resource.path) for resource in RESOURCES.values()),
    (TIMELINE, TIMELINE.path),
    (SEARCH, SEARCH.path),
    (SOURCE_EVIDENCE, "/v1/sources/source-2/evidence"),
]


@pytest.mark.parametrize(("listing", "path"), LISTS, ids=lambda part: getattr(part, "path", ""))
def test_both_databases_give_the_same_responses(
    both: tuple[Api, Api], listing: Listing, path: str
) -> None:
    one, other = both
    answered = 0
    for question in questions(listing, path, random.Random(path), 80):
        following: str | None = question
        for _ in range(3):
            if following is None:
                break
            here, there = one.get(following), other.get(following)
            assert (here.status_code, here.content) == (there.status_code, there.content), following
            following = here.json()["links"]["next"] if here.status_code == 200 else None
            answered += here.status_code == 200
    assert answered > 60


def test_both_databases_give_the_same_citations(both: tuple[Api, Api]) -> None:
    one, other = both
    for resource in RESOURCES.values():
        for record in one.json(f"{resource.path}?limit=20")["data"]:
            address = f"{resource.path}/{record['id']}/citation?style=csl-json&accessed=2026-05-04"
            assert one.get(address).text == other.get(address).text
    address = "/v1/timeline?format=timelinejs&limit=200"
    assert one.get(address).text == other.get(address).text


@pytest.mark.parametrize("format_name", ["csv", "ndjson", "jsonld", "atom", "html"])
def test_both_databases_give_the_same_files(both: tuple[Api, Api], format_name: str) -> None:
    for resource in RESOURCES.values():
        for query in ("", "&q=river", "&id_not=no-such-id"):
            path = f"{resource.path}?format={format_name}{query}"
            responses = [client.get(path) for client in both]
            assert responses[0].status_code == 200, responses[0].text
            assert responses[0].content == responses[1].content, path
