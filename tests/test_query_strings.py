"""A hundred thousand random and mangled query strings: none makes the server fail, and none is
taken for another query.

Each accepted query is read a second time, the long way round, and all of it is found in the
canonical query.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, unquote_to_bytes

import pytest

from app.problems import Problem
from app.query.query_string import is_tracking
from app.query.values import Number
from app.resources.declarations import Filter, Listing
from tests.queries import LISTS, parameters_of, parse

VALUES = [
    *(
        "true",
        "false",
        "2023",
        "2024-02-14",
        "2023/..",
        "../2024",
        "iran",
        "!iran",
        "over",
        "!over",
    ),
    *("5", "-7.5", "1e9", "NaN", "9" * 20, "28,473", "0", "a,b", "a,!a", "x y", "ü", "🌊", "%", ""),
    *("id", "gaza-strip,iran", "-value", "value,-id", "exact", "none", "'", '"', "*", "٣", "＋1"),
    *("event", "place,event", "participant", "\\", "a\\,b", "!", ","),
]
NAMES = [
    *("sort", "fields", "include", "facets", "limit", "total", "cursor", "match_all", "missing"),
    *("present", "known_at", "colour", "utm_source", "fbclid"),
]


def random_query(draw: random.Random, listing: Listing) -> bytes:
    names = [parameter.name for parameter in listing.parameters] + NAMES
    pairs = []
    for _ in range(draw.randrange(1, 5)):
        name = draw.choice(names)
        declared = listing.parameter(name)
        value = declared.example if declared and draw.random() < 0.5 else draw.choice(VALUES)
        pairs.append(f"{name}={quote(value, safe=draw.choice(['', ',', ',!']))}")
    query = "&".join(pairs).encode()
    return draw.choice(MANGLES)(draw, query) if draw.random() < 0.4 else query


def _replace(draw: random.Random, query: bytes) -> bytes:
    at = draw.randrange(len(query))
    return query[:at] + bytes([draw.randrange(256)]) + query[at + 1 :]


def _cut(draw: random.Random, query: bytes) -> bytes:
    return query[: draw.randrange(len(query))]


def _double(_: random.Random, query: bytes) -> bytes:
    return query + b"&" + query


def _insert(draw: random.Random, query: bytes) -> bytes:
    at = draw.randrange(len(query))
    inserted = [b"%00", b"%ff", b"%ed%a0%80", b"&&", b"=", b"%2C", b"+", b";", b"%"]
    return query[:at] + draw.choice(inserted) + query[at:]


MANGLES: list[Callable[[random.Random, bytes], bytes]] = [_replace, _cut, _double, _insert]


def pairs_of(raw: bytes) -> Iterator[tuple[str, str]]:
    for pair in raw.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _decoded(name), _decoded(value)


def _decoded(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode()


def values_by_name(listing: Listing, raw: bytes) -> dict[str, set[str]]:
    """What a query asks for, apart from tracking."""
    values: dict[str, set[str]] = {}
    for name, text in pairs_of(raw):
        if not is_tracking(name):
            parts = text.split(",") if takes_several(listing, name) else [text]
            values.setdefault(name, set()).update(parts)
    return values


def takes_several(listing: Listing, name: str) -> bool:
    declared = listing.parameter(name)
    if declared is None:
        return name in ("sort", "fields", "include", "facets", "match_all", "missing", "present")
    return isinstance(declared.criterion, Filter) and declared.criterion.value_type.many


@pytest.mark.slow
def test_no_query_of_a_hundred_thousand_is_misread() -> None:
    draw = random.Random(20_240_214)
    accepted = 0
    for _ in range(100_000):
        listing = draw.choice(LISTS)
        raw = random_query(draw, listing)
        try:
            query = parse(listing, raw)
        except Problem as problem:
            assert problem.kind.status == 422, raw
            assert problem.errors, raw
            assert all(error.detail for error in problem.errors), raw
            continue
        accepted += 1
        canonical = query.canonical_page.encode()
        again = parse(listing, canonical)
        assert replace(again, values={}) == replace(query, values={}), raw
        assert again.canonical_page.encode() == canonical, raw
        sent, kept = values_by_name(listing, raw), values_by_name(listing, canonical)
        assert not kept.keys() - sent.keys(), raw
        for name, values in sent.items():
            value = query.values[name]
            if isinstance(value, Number):
                assert float(next(iter(values))) == value.value, raw
            elif hasattr(value, "first"):
                assert kept[name] in ({next(iter(values))}, {value.text}), raw
            elif name not in kept:
                is_default = values in ({"false"}, {listing.default_sort}, {"up_to_1000"}, {"20"})
                assert is_default, raw
            else:
                assert kept[name] == values, (raw, canonical)
    assert 10_000 < accepted < 90_000


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"&".join([b"a=1"] * 10_000), 414),
        (b"&".join([b"a=1"] * 1_000), 422),
        (b"q=" + b"a" * 20_000, 414),
    ],
    ids=["10,000 parameters", "1,000 parameters", "20,000 bytes"],
)
def test_a_query_beyond_the_limits_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        parameters_of(LISTS[0]).from_query_string(raw)
    assert refused.value.kind.status == status
