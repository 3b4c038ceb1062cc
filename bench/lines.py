"""The lines of the benchmark: one kind of request, as each server spells it, and its ceiling.

Ceilings are for 100,000 figures. A server without a template cannot do what the line asks.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bench.dataset import MEASURES, WORDS

CEILING_SIZE = 100_000
MAX_PATHS = 20_000
UNITS = sorted({unit for _, unit in MEASURES})
BASELINE = "bare uvicorn"
"""Sends the bytes of one record next to every line, at the same load of the machine."""
PEERS = ("Datasette", "roapi", "soul", "tutorial")
EXPORTS = {
    "NDJSON": {
        "On Record": "/v1/figures.ndjson",
        "Datasette": "/bench/figures.json?_shape=array&_nl=on&_size=max",
    },
    "CSV": {
        "On Record": "/v1/figures.csv",
        "Datasette": "/bench/figures.csv?_stream=on&_size=max",
    },
}
EXPORT_FLOORS = {"NDJSON": 8.0, "CSV": 3.0}
"""At least so many times the MB/s of Datasette."""
EXPORT_GROWTH_CEILING = 32.0
"""MiB."""
START_CEILING = 3.0
"""Times the start of Datasette 1.0a."""

Parameters = Mapping[str, str | int]


@dataclass(frozen=True)
class Dataset:
    """`cursors` are the tokens of consecutive pages of all figures, `page_size` each."""

    size: int
    page_size: int
    cursors: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """`ceiling` is in times bare uvicorn, `growth_ceiling` for ten times the figures.

    `parameters` yields the values of the templates, none twice; None: the one path is repeated.
    """

    key: str
    title: str
    templates: Mapping[str, str]
    parameters: Callable[[Dataset, random.Random], Iterator[Parameters]] | None
    ceiling: float | None = None
    growth_ceiling: float = 1.5
    is_below_peers: bool = False
    accept: str = "*/*"
    sends_etag: bool = False

    def paths(self, server: str, dataset: Dataset) -> list[str]:
        if server == BASELINE:
            return ["/"]
        if self.parameters is None:
            return [self.templates[server]]
        rows = islice(self.parameters(dataset, random.Random(self.key)), MAX_PATHS)
        return [self.templates[server].format_map(row) for row in rows]


def ids(dataset: Dataset, random: random.Random) -> Iterator[Parameters]:
    for index in random.sample(range(dataset.size), dataset.size):
        yield {"id": f"figure-{index}"}


def pages(dataset: Dataset, random: random.Random) -> Iterator[Parameters]:
    """Every cursor once, and the same position as the last id before it and as an offset."""
    ordered = sorted(f"figure-{index}" for index in range(dataset.size))
    for index in random.sample(range(len(dataset.cursors)), len(dataset.cursors)):
        offset = (index + 1) * dataset.page_size
        yield {
            "cursor": dataset.cursors[index],
            "last_id": ordered[offset - 1],
            "offset": offset,
            "page": offset // 20 + 1,
        }


def ranges(dataset: Dataset, random: random.Random) -> Iterator[Parameters]:
    """Units, and values of which between 1 and 50 percent of all are at least as large."""
    for value in random.sample(range(500_000, 990_000), MAX_PATHS):
        yield {"unit": random.choice(UNITS), "value": value}


def words(dataset: Dataset, random: random.Random) -> Iterator[Parameters]:
    """Words that are neither in nearly every text nor in hardly any."""
    for index in random.sample(range(200, 5_000), 4_800):
        yield {"word": WORDS[index]}


_UNCOUNTED_DATASETTE = "_size=20&_shape=objects&_nofacet=1&_nosuggest=1&_nocount=1"

LINES = (
    Line(
        "record",
        "record by id",
        {
            "On Record": "/v1/figures/{id}",
            "Datasette": "/bench/figures/{id}.json?_shape=objects",
            "roapi": "/api/tables/figures?filter[id]=%27{id}%27&limit=1",
            "soul": "/api/tables/figures/rows/{id}",
            "tutorial": "/figures/{id}",
        },
        ids,
        ceiling=9,
        is_below_peers=True,
    ),
    Line(
        "page",
        "page of 20 at a random cursor",
        {
            "On Record": "/v1/figures?cursor={cursor}",
            "Datasette": f"/bench/figures.json?_next={{last_id}}&{_UNCOUNTED_DATASETTE}",
            "roapi": "/api/tables/figures?sort=id&limit=20&offset={offset}",
            "soul": "/api/tables/figures/rows?_limit=20&_page={page}",
            "tutorial": "/figures?limit=20&offset={offset}",
        },
        pages,
        ceiling=12,
        is_below_peers=True,
    ),
    Line(
        "filter",
        "unit, range and sort by value, counted",
        {
            "On Record": "/v1/figures?unit={unit}&value_min={value}&sort=-value",
            "Datasette": "/bench/figures.json?unit={unit}&value__gte={value}&_sort_desc=value"
            f"&{_UNCOUNTED_DATASETTE}",
            "roapi": "/api/tables/figures?filter[unit]=%27{unit}%27&filter[value]gte={value}"
            "&sort=-value&limit=20",
            "soul": "/api/tables/figures/rows?_filters=unit:{unit},value__gte:{value}"
            "&_ordering=-value&_limit=20",
            "tutorial": "/figures?unit={unit}&value_min={value}&sort=-value&limit=20",
        },
        ranges,
        ceiling=28,
    ),
    Line(
        "fulltext",
        "full-text filter `q=`, counted",
        {
            "On Record": "/v1/figures?q={word}",
            "Datasette": f"/bench/figures.json?_search={{word}}&{_UNCOUNTED_DATASETTE}",
            "soul": "/api/tables/figures/rows?_search={word}&_limit=20",
        },
        words,
        ceiling=28,
    ),
    Line(
        "join",
        "20 with source and event, range, counted",
        {
            "On Record": "/v1/figures?include=source,event&value_min={value}",
            "Datasette": f"/bench/figures_joined.json?value__gte={{value}}&{_UNCOUNTED_DATASETTE}",
            "tutorial": "/figures-joined?value_min={value}",
        },
        ranges,
        ceiling=32,
    ),
    Line(
        "cached", "record in the response cache", {"On Record": "/v1/figures/figure-1"}, None, 2.5
    ),
    Line(
        "304",
        "304 Not Modified",
        {"On Record": "/v1/figures/figure-1"},
        None,
        ceiling=2.5,
        sends_etag=True,
    ),
    Line(
        "html",
        "record as a page",
        {"On Record": "/v1/figures/{id}"},
        ids,
        accept="text/html",
    ),
    Line(
        "search",
        "ranked search over all resource types",
        {"On Record": "/v1/search?q={word}"},
        words,
        growth_ceiling=4,
    ),
    Line(
        "facets",
        "two facets of a filter",
        {
            "On Record": "/v1/figures?unit={unit}&value_min={value}&facets=qualifier,measure",
            "Datasette": "/bench/figures.json?unit={unit}&value__gte={value}&_facet=qualifier"
            "&_facet=measure&_size=20&_shape=objects&_nocount=1&_nosuggest=1",
        },
        ranges,
        growth_ceiling=4,
    ),
)
