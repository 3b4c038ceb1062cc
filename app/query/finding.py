"""Full-text search over all nouns. Two statements: what matches, and the records of the page; where very much matches, one
more that looks at each noun by itself, and, where an exact total is wanted, one more that counts.

The rank is ours, so that both databases give the same: records whose name has all the words come before those that have
them elsewhere, then short before long (a word says more of a short text), then as they were loaded. What is ranked is
bounded: of each noun the first CANDIDATES matches. Lists with `q=` give every match, unranked.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import TextClause, text

from app.db import Reader
from app.query import statements
from app.query.cursor import Walk
from app.query.parser import ListQuery
from app.query.read import Dataset, Stored
from app.query.recorded import Times
from app.query.search import RecordText, Words, rows_with, texts_of
from app.resources import RESOURCES
from app.vocabulary import Noun

CANDIDATES = 1_000

Rank = tuple[int, int, int]
"""Smaller is better: 0 where the name has the words, else 1; the length in tokens; the key."""


@dataclass(frozen=True)
class Highlight:
    """A text of a record with the places where the words stand: code points, 0-based, end-exclusive."""

    of: RecordText
    spans: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Hit:
    noun: Noun
    record: Stored
    highlights: Sequence[Highlight]


@dataclass(frozen=True)
class NounCount:
    """Not `exact`: there are more, and nobody counted them."""

    noun: Noun
    count: int
    exact: bool


@dataclass(frozen=True)
class Hits:
    hits: Sequence[Hit]
    counts: Sequence[NounCount]
    next: str | None
    previous: str | None
    times: Times | None = None

    @property
    def records(self) -> Sequence[tuple[Noun, Stored]]:
        return [(hit.noun, hit.record) for hit in self.hits]


async def search(database: Reader, dataset: Dataset, query: ListQuery, *, first_page: str) -> Hits:
    asked = {item.parameter.name: item.values for item in query.chosen}
    words: Words = asked["q"][0]
    nouns = nouns_asked(query, tuple(RESOURCES))
    walk = Walk.from_token(
        query.cursor,
        question=query.question(),
        version=dataset.version,
        first_page=first_page,
        keys=(int, int, int),
    )
    ranked, counts = await _candidates(database, words, nouns)
    if query.total == "exact" and not all(count.exact for count in counts):
        counts = await _exact_counts(database, words, nouns)
    seen = bisect_right(ranked, walk.after, key=lambda found: found[0]) if walk.continues else 0
    first, behind = (max(0, seen - 1 - query.limit), seen - 1) if walk.backward else (seen, seen + query.limit)
    page = ranked[first:behind]
    return Hits(
        hits=await _hits(database, words, page),
        counts=[] if query.total == "none" else counts,
        next=walk.token(page[-1][0]) if page and behind < len(ranked) else None,
        previous=walk.token(page[0][0], backward=True) if page and first else None,
    )


def nouns_asked(query: ListQuery, every: Sequence[Noun]) -> tuple[Noun, ...]:
    for item in query.chosen:
        if item.parameter.name == "noun":
            return tuple(noun for noun in every if noun in item.values)
    return tuple(every)


Found = tuple[Rank, Noun]


async def _candidates(database: Reader, words: Words, nouns: Sequence[Noun]) -> tuple[list[Found], list[NounCount]]:
    """What matches, best first, and how many of each noun."""
    named, anywhere = await _matches(database, words, [tuple(nouns)])
    if len(anywhere) > CANDIDATES:
        named, anywhere = await _matches(database, words, [(noun,) for noun in nouns])
    by_noun: dict[Noun, list[tuple[int, int]]] = {noun: [] for noun in nouns}
    for key, noun, length in anywhere:
        by_noun[noun].append((key, length))
    ranked = {key: ((1, length, key), noun) for noun, found in by_noun.items() for key, length in found[:CANDIDATES]}
    ranked |= {key: ((0, length, key), noun) for key, noun, length in named}
    listed = Counter(noun for _, noun in ranked.values())
    # Whatever is listed is counted, and where candidates were left out there are more than are listed.
    counts = [NounCount(noun, listed[noun], exact=len(found) <= CANDIDATES) for noun, found in by_noun.items()]
    return sorted(ranked.values()), counts


async def _exact_counts(database: Reader, words: Words, nouns: Sequence[Noun]) -> list[NounCount]:
    statement = database.prepared(("search counts", tuple(nouns)), lambda: _counting(nouns, database))
    values = {f"any_{noun}": words.in_sqlite([noun]) if database.is_sqlite else words.in_postgresql() for noun in nouns}
    found: dict[Noun, int] = dict(await database.rows(statement, values, may_be_long=True))
    return [NounCount(noun, found[noun], exact=True) for noun in nouns]


def _counting(nouns: Sequence[Noun], database: Reader) -> TextClause:
    if database.is_past and database.is_sqlite:
        matching = rows_with(":any_{0}", past=True)
        form = f"SELECT '{{0}}', (SELECT count(*) FROM search_document WHERE key IN ({matching}))"  # noqa: S608 - no value in it
    elif database.is_sqlite:
        form = "SELECT '{0}', (SELECT count(*) FROM search_index WHERE search_index MATCH :any_{0})"
    else:
        form = (
            "SELECT '{0}', (SELECT count(*) FROM search_document"
            " WHERE noun = '{0}' AND vector @@ CAST(:any_{0} AS tsquery))"
        )
    return text(" UNION ALL ".join(form.format(noun) for noun in nouns))


Match = tuple[int, Noun, int]
"""Key, noun and length of a document."""


async def _matches(
    database: Reader, words: Words, groups: Sequence[tuple[Noun, ...]]
) -> tuple[list[Match], list[Match]]:
    """Of each group of nouns, the first matches by name and the first matches anywhere, one more than CANDIDATES."""
    every = len(groups) == 1 and len(groups[0]) == len(RESOURCES)
    statement = database.prepared(
        ("search", tuple(groups)),
        lambda: _matching(groups, database, every=every),
    )
    values: dict[str, Any] = {"most": CANDIDATES + 1}
    for index, group in enumerate(groups):
        of = () if every else group
        if database.is_sqlite:
            values[f"name_{index}"] = words.in_sqlite(of, columns="name")
            values[f"any_{index}"] = words.in_sqlite(of)
        else:
            values["name_0"], values["any_0"] = words.in_postgresql(weight="A"), words.in_postgresql()
    rows = await database.rows(statement, values, may_be_long=True)
    named = [(key, noun, length) for tier, key, noun, length in rows if tier == 0]
    anywhere = [(key, noun, length) for tier, key, noun, length in rows if tier == 1]
    return named, anywhere


def _matching(groups: Sequence[tuple[Noun, ...]], database: Reader, *, every: bool) -> TextClause:
    """Written by hand: a join with the index stops as soon as it has enough, `IN` would gather every match first."""
    selections = []
    for index, group in enumerate(groups):
        for tier, which in enumerate(("name", "any")):
            if database.is_past and database.is_sqlite:
                selection = (
                    f"SELECT {tier} AS tier, d.key, d.noun, d.length FROM search_document AS d"  # noqa: S608 - no value in it
                    f" WHERE d.key IN ({rows_with(f':{which}_{index}', past=True)}) ORDER BY d.key LIMIT :most"
                )
            elif database.is_sqlite:
                selection = (
                    f"SELECT {tier} AS tier, d.key, d.noun, d.length FROM search_index"  # noqa: S608 - no value in it
                    " JOIN search_document AS d ON d.key = search_index.rowid"
                    f" WHERE search_index MATCH :{which}_{index} ORDER BY search_index.rowid LIMIT :most"
                )
            else:
                nouns = ", ".join(f"'{noun}'" for noun in group)
                of_nouns = "" if every else f" AND noun IN ({nouns})"
                selection = (
                    f"SELECT {tier} AS tier, key, noun, length FROM search_document"  # noqa: S608 - the same
                    f" WHERE vector @@ CAST(:{which}_0 AS tsquery){of_nouns} ORDER BY key LIMIT :most"
                )
            selections.append(f"SELECT * FROM ({selection}) AS {which}_{index}")  # noqa: S608 - the same
    return text(" UNION ALL ".join(selections))


async def _hits(database: Reader, words: Words, page: Sequence[Found]) -> list[Hit]:
    if not page:
        return []
    statement = database.prepared(("bodies", len(page)), lambda: statements.bodies_by_key(len(page)))
    rows = await database.rows(statement, {f"key_{index}": rank[2] for index, (rank, _) in enumerate(page)})
    stored = {key: (record_id, body) for key, record_id, body in rows}
    return [Hit(noun, stored[rank[2]], highlights(words, noun, stored[rank[2]][1])) for rank, noun in page]


def highlights(words: Words, noun: Noun, body: str) -> list[Highlight]:
    """Where in a record the words stand. Every text that has one of them, in the order of the record."""
    record: Mapping[str, Any] = orjson.loads(body)
    found = ((item, words.spans(item.text)) for item in texts_of(noun, record))
    return [Highlight(item, spans) for item, spans in found if spans]
