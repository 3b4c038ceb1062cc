"""SQLite and PostgreSQL give the same responses, byte for byte."""

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.resources import RESOURCES
from app.resources.declarations import DateRange, Filter, FullText, Listing, Parameter
from app.resources.lists import SEARCH, SOURCE_EVIDENCE, TIMELINE
from tests.client import Api
from tests.conftest import build_many, missing
from tests.postgres import postgres_binaries

pytestmark = pytest.mark.postgresql

WORDS = ["river", "flo*", "28,473", "non-NATO", '"river flood"', "日本", "вод*", "🌊", "naïve CAFÉ"]
WINDOWS = ["2023", "2023-09/2023-12", "2024-02-14/..", "../2012", "0001", "9999-12-31"]


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
    match parameter.criterion:
        case Filter() as item if item.value_type.choices:
            values = draw.sample(item.value_type.choices, k=min(2, len(item.value_type.choices)))
            return ",".join(draw.choice(["", "", "!"]) + value for value in values)
        case Filter(name=name):
            known = {"participant": "actor", "speaker": "actor", "about": "event"}.get(name, name)
            return f"{known}-{draw.randrange(5)}" if known in RESOURCES else parameter.example
        case DateRange():
            return draw.choice(WINDOWS)
        case FullText():
            return draw.choice(WORDS)
        case _:
            return parameter.example


def queries(listing: Listing, path: str, draw: random.Random, number: int) -> Iterator[str]:
    """Random queries of a list; those that contradict themselves are among them."""
    needed = [f"{name}={quote(draw.choice(WORDS))}" for name in listing.required]
    others = [
        parameter for parameter in listing.parameters if parameter.name not in listing.required
    ]
    for _ in range(number):
        drawn = draw.sample(others, k=min(draw.randrange(1, 3), len(others)))
        parts = [*needed, *(f"{p.name}={quote(value_of(draw, p))}" for p in drawn)]
        if listing.nullable and draw.random() < 0.3:
            absence = draw.choice(["missing", "present"])
            parts.append(f"{absence}={draw.choice(listing.nullable)}")
        if listing.sorts:
            parts.append(f"sort={draw.choice(['', '-'])}{draw.choice(listing.sorts).name}")
        if listing.facets:
            facets = ",".join(facet.name for facet in draw.sample(listing.facets, k=2))
            parts.append(f"facets={facets}")
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
    for query in queries(listing, path, random.Random(path), 80):
        following: str | None = query
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
    address = "/v1/timeline.timelinejs?limit=200"
    assert one.get(address).text == other.get(address).text


@pytest.mark.parametrize("format_name", ["csv", "ndjson", "jsonld", "atom", "html"])
def test_both_databases_give_the_same_files(both: tuple[Api, Api], format_name: str) -> None:
    for resource in RESOURCES.values():
        for query in ("", "?q=river", "?id=!no-such-id"):
            path = f"{resource.path}.{format_name}{query}"
            responses = [client.get(path) for client in both]
            assert responses[0].status_code == 200, responses[0].text
            assert responses[0].content == responses[1].content, path
