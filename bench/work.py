"""What is asked: the same question in the words of each server. Where a server has no words for it, it is left out."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from app.query.pagination import Cursor, encode
from app.query.params import ListQuery, parse_list
from app.resources import RESOURCES
from bench.dataset import MEASURES, WORDS
from bench.drive import Server

FLAT = "id,title,source,series,measure,measure_kind,unit,value,as_written,qualifier,lower,upper,bound,as_of,event"
"""Of our fields those that the plain tables have; a number brings the rest along that it may not be shown without."""

Ask = Callable[[random.Random], str]


@dataclass(frozen=True)
class Work:
    """`ask` makes a path by server; `hot` means the same path again and again. `headers` are sent with each request."""

    name: str
    title: str
    ask: Mapping[str, Ask]
    connections: int = 8

    def paths(self, server: str, count: int, *, hot: bool) -> list[str]:
        """What wrk goes through: random parameters, or one of them."""
        chance = random.Random(self.name)
        ask = self.ask[server]
        return [ask(chance)] if hot else [ask(chance) for _ in range(count)]


def works(size: int, version: str) -> Sequence[Work]:
    deep = int(size * 0.9)
    last = sorted(f"figure-{index}" for index in range(size))[deep]
    first: ListQuery = parse_list(RESOURCES["figure"], b"")
    cursor = encode(Cursor((last,)), question=first.question, version=version)

    def one(form: str) -> Ask:
        return lambda chance: form.format(chance.randrange(size))

    def fixed(form: str) -> Ask:
        return lambda _: form

    def narrowed(form: str) -> Ask:
        return lambda chance: form.format(
            chance.choice(MEASURES)[1], chance.randrange(500_000, 990_000)
        )

    def word(form: str) -> Ask:
        """One of the middle of the vocabulary: neither in nearly every text nor in hardly any."""
        return lambda chance: form.format(WORDS[chance.randrange(200, 5_000)])

    sql = "select f.*, s.*, e.* from figures f join sources s on s.id = f.source join events e on e.id = f.event"
    sql += " order by f.id limit 20"
    plain = "_nocount=1&_nofacet=1&_nosuggest=1"
    return [
        Work(
            "record",
            "record by id",
            {
                "On Record": one("/v1/figures/figure-{}"),
                "On Record, same columns": one(f"/v1/figures/figure-{{}}?fields={FLAT}"),
                "Datasette": one("/bench/figures/figure-{}.json?_shape=objects"),
                "roapi": one("/api/tables/figures?filter[id]=%27figure-{}%27&limit=1"),
                "soul": one("/api/tables/figures/rows/figure-{}"),
                "tutorial": one("/figures/figure-{}"),
                "uvicorn": fixed("/record"),
                "nginx": fixed("/record"),
            },
        ),
        Work(
            "list",
            "list of 20",
            {
                "On Record": fixed("/v1/figures"),
                "On Record, same columns": fixed(f"/v1/figures?fields={FLAT}"),
                "Datasette": fixed(f"/bench/figures.json?_size=20&_shape=objects&{plain}"),
                "roapi": fixed("/api/tables/figures?sort=id&limit=20"),
                "soul": fixed("/api/tables/figures/rows?_limit=20"),
                "tutorial": fixed("/figures?limit=20"),
                "uvicorn": fixed("/list"),
                "nginx": fixed("/list"),
            },
        ),
        Work(
            "filter",
            "filter, range and sort",
            {
                "On Record": narrowed("/v1/figures?unit={}&value_min={}&sort=-value"),
                "On Record, uncounted": narrowed(
                    "/v1/figures?unit={}&value_min={}&sort=-value&total=none"
                ),
                "On Record, same columns": narrowed(
                    f"/v1/figures?unit={{}}&value_min={{}}&sort=-value&total=none&fields={FLAT}"
                ),
                "Datasette": narrowed(
                    f"/bench/figures.json?unit={{}}&value__gte={{}}&_sort_desc=value&_size=20&_shape=objects&{plain}"
                ),
                "soul": narrowed(
                    "/api/tables/figures/rows?_filters=unit:{},value__gte:{}&_ordering=-value&_limit=20"
                ),
                "roapi": narrowed(
                    "/api/tables/figures?filter[unit]=%27{}%27&filter[value]gte={}&sort=-value&limit=20"
                ),
                "tutorial": narrowed("/figures?unit={}&value_min={}&sort=-value&limit=20"),
            },
        ),
        Work(
            "search",
            "search",
            {
                "On Record": word("/v1/figures?q={}"),
                "On Record, uncounted": word("/v1/figures?q={}&total=none"),
                "On Record, same columns": word(f"/v1/figures?q={{}}&total=none&fields={FLAT}"),
                "On Record, ranked over all nouns": word("/v1/search?q={}"),
                "Datasette": word(
                    f"/bench/figures.json?_search={{}}&_size=20&_shape=objects&{plain}"
                ),
                "soul": word("/api/tables/figures/rows?_search={}&_limit=20"),
            },
        ),
        Work(
            "join",
            "join of 20 with source and event",
            {
                "On Record": fixed("/v1/figures?include=source,event"),
                "On Record, same columns": fixed(f"/v1/figures?include=source,event&fields={FLAT}"),
                "Datasette": fixed(f"/bench/figures_joined.json?_size=20&_shape=objects&{plain}"),
                "Datasette, own SQL": fixed(f"/bench.json?sql={quote(sql)}&_shape=arrays"),
                "soul": fixed("/api/tables/figures/rows?_limit=20&_extend=source,event"),
                "tutorial": fixed("/figures-with-more"),
                "uvicorn": fixed("/join"),
            },
        ),
        Work(
            "depth",
            "page at nine tenths of the depth",
            {
                "On Record": fixed(f"/v1/figures?cursor={cursor}"),
                "Datasette": fixed(
                    f"/bench/figures.json?_size=20&_next={last}&_shape=objects&{plain}"
                ),
                "soul": fixed(f"/api/tables/figures/rows?_limit=20&_page={deep // 20}"),
                "roapi": fixed(f"/api/tables/figures?sort=id&limit=20&offset={deep}"),
                "tutorial": fixed(f"/figures?limit=20&offset={deep}"),
            },
        ),
        Work(
            "facets",
            "facets",
            {
                "On Record": narrowed(
                    "/v1/figures?unit={}&value_min={}&facets=qualifier,measure&limit=20&total=none"
                ),
                "Datasette": narrowed(
                    "/bench/figures.json?unit={}&value__gte={}&_facet=qualifier&_facet=measure&_size=20&_shape=objects&_nocount=1"
                ),
            },
        ),
        Work(
            "total",
            "exact total",
            {
                "On Record": narrowed("/v1/figures?unit={}&value_min={}&total=exact&limit=1"),
                "Datasette": narrowed(
                    "/bench/figures.json?unit={}&value__gte={}&_size=1&_shape=objects&_nofacet=1&_nosuggest=1&_extra=count"
                ),
            },
        ),
    ]


def seen(server: Server, work: Work, name: str) -> int:
    """How many bytes the first answer has; raises where it is no answer."""
    path = work.paths(name, 1, hot=True)[0]
    status, _, body = server.get(path)
    if status != 200:
        raise RuntimeError(f"{server.name}: {path} answers {status}: {body[:300]!r}")
    return len(body)
