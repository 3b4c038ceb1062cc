"""The parser under a hundred thousand random and mangled queries: it never fails, and it never
takes a question for another one. An oracle reads each accepted query a second time and looks for
all of it in the echo.
"""

import random
import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

import pytest

from app.formats.json import query_document
from app.problems import Problem
from app.query.params import ListQuery, parse_list
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.resources.lists import SEARCH, SOURCE_EVIDENCE, TIMELINE

LISTS: list[Listing] = [*RESOURCES.values(), TIMELINE, SEARCH, SOURCE_EVIDENCE]
VALUES = [
    "true",
    "false",
    "2023",
    "2024-02-14",
    "iran",
    "over",
    "5",
    "-7.5",
    "a,b",
    "a\\,b",
    "\\",
    "x y",
    "ü",
    "🌊",
    "%",
    "id",
]
VALUES += [
    "",
    "0",
    "1e9",
    "NaN",
    "9" * 20,
    "gaza-strip,iran",
    "-value",
    "value,-id",
    "exact",
    "none",
    "'",
    '"',
    "*",
    "٣",
    "＋1",
]


def random_query(draw: random.Random, listing: Listing) -> bytes:
    names = [parameter.name for parameter in listing.parameters]
    names += ["sort", "fields", "include", "facets", "limit", "total", "cursor", "colour"]
    pairs = []
    for _ in range(draw.randrange(1, 5)):
        name = draw.choice(names)
        declared = listing.parameter(name)
        value = declared.example if declared and draw.random() < 0.5 else draw.choice(VALUES)
        safe = draw.choice(["", ",", ",\\"])
        pairs.append(f"{name}={quote(value, safe=safe)}")
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
    return (
        query[:at]
        + draw.choice([b"%00", b"%ff", b"%ed%a0%80", b"&&", b"=", b"%2C", b"+", b";", b"%"])
        + query[at:]
    )


MANGLES: list[Callable[[random.Random, bytes], bytes]] = [_replace, _cut, _double, _insert]


def said(query: ListQuery) -> dict[str, list[str]]:
    """All that the echo says was asked for."""
    told = query_document(query)
    everything = dict(told["filters"])
    everything |= {
        name: list(told.get(name) or []) for name in ("sort", "fields", "include", "facets")
    }
    everything["limit"] = [str(told["limit"])]
    everything["total"] = [query.total]
    everything["cursor"] = [] if query.cursor is None else [query.cursor]
    return everything


def asked(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of a query, read the long way round."""
    pairs = []
    for pair in raw.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            pairs.append(
                (
                    unquote_to_bytes(name.replace(b"+", b" ")).decode(),
                    unquote_to_bytes(value.replace(b"+", b" ")).decode(),
                )
            )
    return pairs


def split(value: str) -> list[str]:
    """At commas that no backslash makes part of a value."""
    parts = re.split(r"(?<!\\)((?:\\\\)*),", value)
    whole = [part + slashes for part, slashes in zip(parts[::2], [*parts[1::2], ""], strict=True)]
    return [re.sub(r"\\([\\,])", r"\1", part) for part in whole]


def query_filters(query: ListQuery) -> list[str]:
    return list(query_document(query)["filters"])


@pytest.mark.slow
def test_no_query_of_a_hundred_thousand_is_misread() -> None:
    draw = random.Random(20_240_214)
    accepted = 0
    for _ in range(100_000):
        listing = draw.choice(LISTS)
        raw = random_query(draw, listing)
        try:
            query = parse_list(listing, raw)
        except Problem as problem:
            assert problem.kind.status in (422, 414), raw
            assert problem.errors, raw
            assert all(fault.detail for fault in problem.errors), raw
            continue
        accepted += 1
        told = said(query)
        wanted: dict[str, set[str]] = {}
        for name, value in asked(raw):
            declared = listing.parameter(name)
            one = name in ("cursor", "limit", "total") or (
                declared is not None and not declared.many
            )
            wanted.setdefault(name, set()).update([value] if one else split(value))
        for name, values in wanted.items():
            if name == "fields":
                assert values <= set(told[name]), raw  # some bring others along
            else:
                assert values == set(told[name]), (raw, told)
        unasked = set(query_filters(query)) - set(wanted)
        assert not unasked, raw
        assert parse_list(listing, query.canonical(cursor=query.cursor).encode()) == query, raw
    assert 10_000 < accepted < 90_000


def test_ten_thousand_parameters_are_too_many() -> None:
    for raw, status in (
        (b"&".join([b"a=1"] * 10_000), 414),
        (b"&".join([b"a=1"] * 1_000), 422),
        (b"q=" + b"a" * 20_000, 414),
    ):
        try:
            parse_list(RESOURCES["figure"], raw)
        except Problem as problem:
            assert problem.kind.status == status
        else:
            raise AssertionError(raw[:20])
