"""The query contract a second time, over plain records and without SQL: what a list must answer.

It is slow and simple on purpose. Where it and the server differ, one of the two is wrong.
"""

import calendar
from collections.abc import Iterator
from typing import Any

from app.query.tokenizer import Words, sort_key, texts_of
from app.query.tokenizer import tokens as tokens_of
from app.resources import RESOURCES
from app.vocabulary import ResourceType, Scheme
from tests.vocabulary import VOCABULARY

Record = dict[str, Any]
Link = dict[str, Any]
"""What one link of a record (to a participant, a place, …) says: sets of values by filter, dates by
name.
"""
Query = dict[str, list[str]]


class World:
    """All records of a dataset, by resource type."""

    def __init__(self, records: dict[ResourceType, list[Record]]) -> None:
        self.records = records
        self.by_id = {
            resource_type: {record["id"]: record for record in found}
            for resource_type, found in records.items()
        }

    # ----------------------------------------------------------------------------------------------
    # what a record says

    def wholes(self, place: str | None) -> set[str]:
        found = set()
        while place is not None:
            found.add(place)
            place = self.by_id["place"][place]["part_of"]
        return found

    def published(self, source: str) -> Any:
        return self.by_id["source"][source]["published_on"]

    def links(self, resource_type: ResourceType, r: Record) -> list[list[Link]]:
        """The groups of links; the first is the record itself, once."""
        places = [
            {"place": self.wholes(place["id"]), "place_role": code("place_role", place["role"])}
            for place in r.get("places", ())
        ]
        sources = [
            {"source": one(source), "published": self.published(source)}
            for source in sorted({item["source"] for item in r["evidence"]})
        ]
        if resource_type in ("event", "statement", "figure"):
            told = {"source": one(r["source"]), "published": self.published(r["source"])}
        else:
            told = {}
        groups = getattr(self, f"_{resource_type}")(r)
        own = {"id": one(r["id"]), "title": r["title"], **told, **groups[0]}
        rest = [*groups[1:], *([places] if resource_type in ("event", "figure") else [])]
        return [[own], *rest, *([sources] if resource_type in ("actor", "place") else [])]

    def _source(self, r: Record) -> list[Any]:
        own = {name: one(r[name]) for name in ("publisher", "language", "text_access")}
        own["kind"] = code("source_kind", r["kind"])
        dates = {"date": r["published_on"], "published": r["published_on"]}
        return [
            {**own, **dates, "characters": r["characters"]},
            [{"author": one(name)} for name in r["authors"]],
        ]

    def _actor(self, r: Record) -> list[Any]:
        incoming = [
            {"incoming_relation": one(relation["type"]), "related_from": one(other["id"])}
            for other in self.records["actor"]
            for relation in other["relations"]
            if relation["to"] == r["id"]
        ]
        return [
            {"kind": code("actor_kind", r["kind"]), "country": one(r["country"])},
            [{"name_as_written": one(name)} for name in r["names_as_written"]],
            [{"same_as": one(f"{i['scheme']}:{i['id']}")} for i in r["same_as"]],
            [{"role": one(role["title"]), "role_of": one(role["of"])} for role in r["roles"]],
            [
                {"relation": one(relation["type"]), "related_to": one(relation["to"])}
                for relation in r["relations"]
            ],
            incoming,
        ]

    def _place(self, r: Record) -> list[Any]:
        own = {name: one(r[name]) for name in ("country", "part_of")}
        own["kind"] = code("place_kind", r["kind"])
        return [
            own,
            [{"name_as_written": one(name)} for name in r["names_as_written"]],
            [{"same_as": one(f"{i['scheme']}:{i['id']}")} for i in r["same_as"]],
        ]

    def _event(self, r: Record) -> list[Any]:
        incoming = [
            {"incoming_relation": one(relation["type"]), "related_from": one(other["id"])}
            for other in self.records["event"]
            for relation in other["relations"]
            if (relation["resource"], relation["to"]) == ("event", r["id"])
        ]
        own = {"type": code("event_type", r["type"]), "status": one(r["status"])}
        return [
            {**own, "date": r["date"]},
            [
                {
                    "participant": one(p["id"]),
                    "participant_role": code("participant_role", p["role"]),
                }
                for p in r["participants"]
            ],
            [
                {"relation": one(relation["type"]), "related_to": one(relation["to"])}
                for relation in r["relations"]
            ],
            incoming,
            [{"mapping": one(f"{item['scheme']}:{item['code']}")} for item in r["mappings"]],
        ]

    def _statement(self, r: Record) -> list[Any]:
        own = {name: one(r[name]) for name in ("voice", "quote_type")}
        own["act"] = code("act", r["act"])
        credit = r["attribution"]
        return [
            {
                **own,
                "origin": one(credit["origin"]),
                "event": one(r["event"] and r["event"]["id"]),
                "date": r["made_on"],
            },
            [credited("speaker", speaker) for speaker in credit["speakers"]],
            [credited("relayed_by", relay) for relay in credit["relayed_by"]],
            [{"addressee": one(addressee["id"])} for addressee in r["addressees"]],
            [{"about": one(topic["id"])} for topic in r["about"]],
            [
                {"quoted_word": one(words.get("exact")), "quoted_word_in_words": True}
                for words in r["quoted_words"]
            ],
            [{"loaded_term": one(term["term"])} for term in r["loaded_terms"]],
        ]

    def _figure(self, r: Record) -> list[Any]:
        names = (
            "series",
            "measure",
            "measure_kind",
            "unit",
            "qualifier",
            "denominator",
            "observation_status",
            "supersedes",
            "superseded_by",
            "value",
        )
        own = {name: one(r[name]) for name in names}
        credit = r["attribution"]
        return [
            {
                **own,
                "population": one(r["population"] and r["population"]["id"]),
                "event": one(r["event"] and r["event"]["id"]),
                "origin": one(credit["origin"]),
                "date": r["period"],
                "as_of": r["as_of"],
            },
            [{"breakdown": code("breakdown_category", b["category"])} for b in r["breakdown"]],
            [credited("speaker", speaker) for speaker in credit["speakers"]],
            [credited("relayed_by", relay) for relay in credit["relayed_by"]],
        ]

    def _series(self, r: Record) -> list[Any]:
        sources = sorted({point["source"] for point in r["points"]})
        return [
            {name: one(r[name]) for name in ("measure_kind", "method")}
            | codes_of_series(r)
            | {"population": one(r["population"] and r["population"]["id"])},
            [{"breakdown": code("breakdown_category", b["category"])} for b in r["breakdown"]],
            [{"place": self.wholes(place["id"])} for place in r["places"]],
            [{"exclude": one(excluded)} for excluded in r["excludes"]],
            [{"source": one(source), "published": self.published(source)} for source in sources],
        ]

    # ------------------------------------------------------------------------------------------
    # what a query asks

    def answer(self, resource_type: ResourceType, query: Query, sort: list[str]) -> list[Record]:
        """Every record that matches, in order."""
        found = [r for r in self.records[resource_type] if self.matches(resource_type, r, query)]
        if query.get("latest") == ["true"]:
            found = [r for r in found if not self.is_superseded(r, query)]
            newest: dict[str, str] = {}
            for r in found:
                newest[r["series"]] = max(newest.get(r["series"], ""), r["as_of"]["latest"])
            found = [r for r in found if r["as_of"]["latest"] == newest[r["series"]]]
        return self.in_order(resource_type, found, sort)

    def is_superseded(self, r: Record, query: Query) -> bool:
        """Whether its source has revised a figure, by the end of the window of `as_of`."""
        successor = self.by_id["figure"].get(r["superseded_by"])
        by = window("as_of", query["as_of"][0])[1] if "as_of" in query else "9999-99"
        return successor is not None and (successor["as_of"]["earliest"] or "0000") <= by

    def matches(self, resource_type: ResourceType, r: Record, query: Query) -> bool:
        if "q" in query and not says(resource_type, r, Words.of(query["q"][0])):
            return False
        return all(
            group_matches(names, links, query)
            for names, links in self.links_with_names(resource_type, r)
        )

    def links_with_names(
        self, resource_type: ResourceType, r: Record
    ) -> list[tuple[set[str], list[Link]]]:
        """Each group with the names of its filters, which a record without links does not tell
        itself.
        """
        return [
            (names, links)
            for names, links in zip(NAMES[resource_type], self.links(resource_type, r), strict=True)
        ]

    def in_order(
        self, resource_type: ResourceType, found: list[Record], sort: list[str]
    ) -> list[Record]:
        keys = [(name.removeprefix("-"), name.startswith("-")) for name in sort]
        if keys[-1][0] != "id":
            keys.append(("id", keys[-1][1]))
        for name, descending in reversed(keys):
            known = [r for r in found if self.sorted_by(resource_type, r, name) is not None]
            missing = [r for r in found if self.sorted_by(resource_type, r, name) is None]
            known.sort(
                key=lambda r: sort_value(self.sorted_by(resource_type, r, name), descending),
                reverse=descending,
            )
            found = known + missing
        return found

    def sorted_by(self, resource_type: ResourceType, r: Record, name: str) -> Any:
        if name == "id":
            return r["id"]
        if name == "title":
            return sort_key(r["title"])[:200]
        value = self.links(resource_type, r)[0][0][name]
        return next(iter(value), None) if isinstance(value, set) else value

    def facet(
        self, resource_type: ResourceType, found: list[Record], name: str
    ) -> dict[str | None, int]:
        """How many of these records have each value; of None, how many `missing` finds."""
        counts: dict[str | None, int] = {
            None: sum(self.matches(resource_type, r, {"missing": [name]}) for r in found)
        }
        for r in found:
            values = {
                v
                for names, links in self.links_with_names(resource_type, r)
                if name in names
                for e in links
                for v in e[name]
            }
            for value in values:
                counts[value] = counts.get(value, 0) + 1
        return counts


def credited(name: str, reference: Any) -> Link:
    """A credit; one in words has no id and is present."""
    return {name: one(reference and reference["id"]), f"{name}_in_words": reference is not None}


class Code(str):
    """A code with those that include it."""

    broader: set[str]


def code(scheme: Scheme, value: str | None) -> set[Any]:
    if value is None:
        return set()
    result = Code(value)
    result.broader = set(VOCABULARY.with_broader(scheme, [value]))
    return {result}


def codes_of_series(r: Record) -> Link:
    return {"measure": code("measure", r["measure"]), "unit": code("unit", r["unit"])}


def including_broader(values: set[Any]) -> set[Any]:
    return values.union(*(value.broader for value in values if isinstance(value, Code)))


def one(value: Any) -> set[Any]:
    return set() if value is None else {value}


def sort_value(value: Any, descending: bool) -> Any:
    """A date by its earliest day, descending by its latest; an unbounded side comes first."""
    if isinstance(value, dict):
        return (value["latest"] or "9999-99") if descending else (value["earliest"] or "")
    return value


def _names_of(resource_type: ResourceType) -> list[set[str]]:
    """The filters of each group, in the order in which `World.links` gives the groups."""
    place = {"place", "place_role"}
    source = {"source", "published"}
    shared = {"id", "title"}
    told = shared | source
    relation, incoming = {"relation", "related_to"}, {"incoming_relation", "related_from"}
    return {
        "source": [
            shared
            | {"kind", "publisher", "language", "text_access", "date", "published", "characters"},
            {"author"},
        ],
        "actor": [
            shared | {"kind", "country"},
            {"name_as_written"},
            {"same_as"},
            {"role", "role_of"},
            relation,
            incoming,
            source,
        ],
        "place": [
            shared | {"kind", "country", "part_of"},
            {"name_as_written"},
            {"same_as"},
            source,
        ],
        "event": [
            told | {"type", "status", "date"},
            {"participant", "participant_role"},
            relation,
            incoming,
            {"mapping"},
            place,
        ],
        "statement": [
            told
            | {
                "voice",
                "quote_type",
                "act",
                "origin",
                "event",
                "date",
            },
            {"speaker"},
            {"relayed_by"},
            {"addressee"},
            {"about"},
            {"quoted_word"},
            {"loaded_term"},
        ],
        "figure": [
            told
            | {
                "series",
                "measure",
                "measure_kind",
                "unit",
                "qualifier",
                "denominator",
                "observation_status",
                "supersedes",
                "superseded_by",
                "event",
                "value",
            }
            | {
                "population",
                "origin",
                "date",
                "as_of",
            },
            {"breakdown"},
            {"speaker"},
            {"relayed_by"},
            place,
        ],
        "series": [
            shared | {"measure", "measure_kind", "unit", "population", "method"},
            {"breakdown"},
            {"place"},
            {"exclude"},
            source,
        ],
    }[resource_type]


DATES = ("date", "published", "as_of")
NAMES = {resource_type: _names_of(resource_type) for resource_type in RESOURCES}


Condition = tuple[str, str, Any]
"""The name of a filter, how it compares, and with what."""


def conditions(names: set[str], query: Query) -> Iterator[tuple[Condition, bool]]:
    """The conditions that a query sets on a group of links, and whether they exclude."""
    for name in names:
        values = query.get(name, [])
        if name in DATES:
            yield from (((name, "touches", window(name, raw)), False) for raw in values)
            continue
        plain = [value for value in values if not value.startswith("!")]
        excluded = [value[1:] for value in values if value.startswith("!")]
        if plain:
            yield (name, "any of", plain), False
        if excluded:
            yield (name, "any of", excluded), True
        for end in ("min", "max"):
            yield from (((name, end, float(raw)), False) for raw in query.get(f"{name}_{end}", []))
    yield from (((name, "missing", None), True) for name in names & {*query.get("missing", [])})
    yield from (((name, "present", None), False) for name in names & {*query.get("present", [])})


def group_matches(names: set[str], links: list[Link], query: Query) -> bool:
    """Whether the links of a record meet all conditions on them.

    An exclusion speaks of the link that other filters require, unless its own filter is among
    these; otherwise of all links of the record.
    """
    every = list(conditions(names, query))
    required = [condition for condition, excludes in every if not excludes]
    excluding = [condition for condition, excludes in every if excludes]
    required_names = {name for name, _, _ in required}
    inside = [each for each in excluding if required and each[0] not in required_names]
    meeting = [
        link
        for link in links
        if all(link_says(link, each) for each in required)
        and not any(link_excluded(link, each) for each in inside)
    ]
    if required and not meeting:
        return False
    for name, comparison, wanted in required:
        if comparison == "any of" and name in query.get("match_all", []):
            found = [
                value
                for value in wanted
                if any(value in including_broader(link[name]) for link in meeting)
            ]
            if found != wanted:
                return False
    outside = [each for each in excluding if each not in inside]
    return not any(record_excluded(links, each) for each in outside)


def record_excluded(links: list[Link], condition: Condition) -> bool:
    if condition[1] == "missing":
        return bool(links) and not any(is_missing(link, condition[0]) for link in links)
    return any(link_excluded(link, condition) for link in links)


def link_excluded(link: Link, condition: Condition) -> bool:
    """Whether a link is what an exclusion leaves out; `missing` leaves those with a value out."""
    if condition[1] == "missing":
        return not is_missing(link, condition[0])
    return link_says(link, condition)


def link_says(link: Link, condition: Condition) -> bool:
    name, comparison, wanted = condition
    if comparison == "present":
        return not is_missing(link, name)
    held = link[name]
    if comparison == "any of":
        return bool(including_broader(held) & set(wanted))
    if comparison == "touches":
        first, last = wanted
        return held is not None and (
            (held["earliest"] or "0000") <= last and (held["latest"] or "9999-99") >= first
        )
    numbers = held if isinstance(held, set) else {held}
    return any(wanted <= number if comparison == "min" else number <= wanted for number in numbers)


def is_missing(link: Link, name: str) -> bool:
    return not link.get(f"{name}_in_words") and link[name] in (None, set())


def window(name: str, raw: str) -> tuple[str, str]:
    """The first and the last day of a window."""
    if name == "as_of" and "/" not in raw:
        raw = f"../{raw}"
    first, _, last = raw.partition("/") if "/" in raw else (raw, "", raw)
    return (
        "0000" if first == ".." else days(first)[0],
        "9999-99" if last == ".." else days(last)[1],
    )


def days(raw: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day."""
    if len(raw) == 4:
        return f"{raw}-01-01", f"{raw}-12-31"
    if len(raw) == 7:
        return f"{raw}-01", f"{raw}-{calendar.monthrange(int(raw[:4]), int(raw[5:]))[1]:02d}"
    return raw, raw


def says(resource_type: ResourceType, r: Record, words: Words) -> bool:
    """Whether each term stands in one of the record's texts."""
    texts = [tokens_of(item.text) for item in texts_of(resource_type, r)]

    def stands(text: list[str], term: Any) -> bool:
        width = len(term.tokens)
        for index in range(len(text) - width + 1):
            run = text[index : index + width]
            last = (
                run[-1].startswith(term.tokens[-1]) if term.prefix else run[-1] == term.tokens[-1]
            )
            if run[:-1] == list(term.tokens[:-1]) and last:
                return True
        return False

    return bool(words.terms) and all(
        any(stands(text, term) for text in texts) for term in words.terms
    )


def known_values(world: World, resource_type: ResourceType, name: str) -> list[str]:
    """Every value that a filter can find, as it is sent."""
    found: set[Any] = set()
    for record in world.records[resource_type]:
        for names, links in world.links_with_names(resource_type, record):
            if name in names:
                for link in links:
                    found |= link[name]
    return sorted(f"{value:g}" if isinstance(value, float) else str(value) for value in found)
