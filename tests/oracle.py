"""The query contract a second time, over plain records and without SQL: what a list must answer.

It is slow and simple on purpose. Where it and the server differ, one of the two is wrong.
"""

import calendar
from collections.abc import Iterator
from typing import Any

from app.query.tokenizer import Words, sort_key, texts_of
from app.query.tokenizer import tokens as tokens_of
from app.resources import RESOURCES
from app.vocabulary import ResourceType

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
            {"place": self.wholes(place["id"]), "place_role": one(place["role"])}
            for place in r.get("places", ())
            if isinstance(place, dict)
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
        own = {name: one(r[name]) for name in ("kind", "publisher", "language", "text_access")}
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
            {"kind": one(r["kind"]), "country": one(r["country"])},
            [{"name_as_written": one(name["as_written"])} for name in r["names_as_written"]],
            [{"role": one(role["title"]), "role_of": one(role["of"])} for role in r["roles"]],
            [
                {"relation": one(relation["type"]), "related_to": one(relation["to"])}
                for relation in r["relations"]
            ],
            incoming,
        ]

    def _place(self, r: Record) -> list[Any]:
        own = {name: one(r[name]) for name in ("kind", "country", "part_of")}
        return [
            own,
            [{"name_as_written": one(name["as_written"])} for name in r["names_as_written"]],
        ]

    def _event(self, r: Record) -> list[Any]:
        incoming = [
            {"incoming_relation": one(relation["type"]), "related_from": one(other["id"])}
            for other in self.records["event"]
            for relation in other["relations"]
            if (relation["resource"], relation["to"]) == ("event", r["id"])
        ]
        own = {name: one(r[name]) for name in ("type", "plover", "status")}
        return [
            {**own, "date": r["date"], "date_basis": one(r["date"] and r["date"]["basis"])},
            [
                {"participant": one(p["id"]), "participant_role": one(p["role"])}
                for p in r["participants"]
            ],
            [
                {"relation": one(relation["type"]), "related_to": one(relation["to"])}
                for relation in r["relations"]
            ],
            incoming,
        ]

    def _statement(self, r: Record) -> list[Any]:
        own = {name: one(r[name]) for name in ("voice", "quote_type", "act")}
        credit = r["attribution"]
        return [
            {
                **own,
                "attribution": one(credit["basis"]),
                "speaker": one(credit["speaker"] and credit["speaker"]["id"]),
                "event": one(r["event"] and r["event"]["id"]),
                "date": r["made_on"],
                "date_basis": one(r["made_on"] and r["made_on"]["basis"]),
            },
            [{"relayed_by": one(relay["id"])} for relay in credit["relayed_by"]],
            [{"addressee": one(addressee["id"])} for addressee in r["addressees"]],
            [{"about": one(topic["id"])} for topic in r["about"]],
            [{"quoted_word": one(words["exact"])} for words in r["quoted_words"]],
            [{"loaded_term": one(term["term"])} for term in r["loaded_terms"]],
        ]

    def _figure(self, r: Record) -> list[Any]:
        names = (
            "series",
            "measure",
            "measure_kind",
            "unit",
            "qualifier",
            "bound",
            "denominator",
            "event",
            "value",
        )
        own = {name: one(r[name]) for name in names}
        credit = r["attribution"]
        return [
            {
                **own,
                "population": one(r["population"] and r["population"]["id"]),
                "as_of_basis": one(r["as_of"]["basis"]),
                "date_basis": one(r["period"] and r["period"]["basis"]),
                "attribution": one(credit["basis"]),
                "speaker": one(credit["speaker"] and credit["speaker"]["id"]),
                "date": r["period"],
                "as_of": r["as_of"],
            },
            [
                {"breakdown": one(b["category"]), "breakdown_dimension": one(b["dimension"])}
                for b in r["breakdown"]
            ],
            [{"relayed_by": one(relay["id"])} for relay in credit["relayed_by"]],
        ]

    def _series(self, r: Record) -> list[Any]:
        names = ("measure", "measure_kind", "unit", "population", "method")
        sources = sorted({point["source"] for point in r["points"]})
        return [
            {name: one(r[name]) for name in names},
            [
                {"breakdown": one(b["category"]), "breakdown_dimension": one(b["dimension"])}
                for b in r["breakdown"]
            ],
            [{"place": self.wholes(place)} for place in r["places"]],
            [{"exclude": one(excluded)} for excluded in r["excludes"]],
            [{"source": one(source), "published": self.published(source)} for source in sources],
        ]

    # ------------------------------------------------------------------------------------------
    # what a query asks

    def answer(self, resource_type: ResourceType, query: Query, sort: list[str]) -> list[Record]:
        """Every record that matches, in order."""
        found = [r for r in self.records[resource_type] if self.matches(resource_type, r, query)]
        if query.get("latest") == ["true"]:
            newest: dict[str, str] = {}
            for r in found:
                newest[r["series"]] = max(newest.get(r["series"], ""), r["as_of"]["latest"])
            found = [r for r in found if r["as_of"]["latest"] == newest[r["series"]]]
        return self.in_order(resource_type, found, sort)

    def matches(self, resource_type: ResourceType, r: Record, query: Query) -> bool:
        if "q" in query and not says(resource_type, r, Words.of(query["q"][0])):
            return False
        return all(
            group_matches(links, dict(asked_of(links, resource_type, query)))
            for links in self.links_with_names(resource_type, r)
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
        """How many of these records have each value."""
        counts: dict[str | None, int] = {None: 0}
        for r in found:
            values = {
                v
                for names, links in self.links_with_names(resource_type, r)
                if name in names
                for e in links
                for v in e[name]
            }
            for value in values or {None}:
                counts[value] = counts.get(value, 0) + 1
        return counts


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
            {"role", "role_of"},
            relation,
            incoming,
            source,
        ],
        "place": [shared | {"kind", "country", "part_of"}, {"name_as_written"}, source],
        "event": [
            told | {"type", "plover", "status", "date", "date_basis"},
            {"participant", "participant_role"},
            relation,
            incoming,
            place,
        ],
        "statement": [
            told
            | {
                "voice",
                "quote_type",
                "act",
                "attribution",
                "speaker",
                "event",
                "date",
                "date_basis",
            },
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
                "bound",
                "denominator",
                "event",
                "value",
            }
            | {
                "population",
                "as_of_basis",
                "date_basis",
                "attribution",
                "speaker",
                "date",
                "as_of",
            },
            {"breakdown", "breakdown_dimension"},
            {"relayed_by"},
            place,
        ],
        "series": [
            shared | {"measure", "measure_kind", "unit", "population", "method"},
            {"breakdown", "breakdown_dimension"},
            {"place"},
            {"exclude"},
            source,
        ],
    }[resource_type]


NAMES = {resource_type: _names_of(resource_type) for resource_type in RESOURCES}


def asked_of(
    group: tuple[set[str], list[Link]], resource_type: ResourceType, query: Query
) -> Iterator[tuple[str, tuple[str, Any]]]:
    """The parameters that speak of a group: name → (operator, values)."""
    names, _ = group
    for parameter, values in query.items():
        if parameter == "as_of":
            if "as_of" in names:
                yield parameter, ("up_to", values)
            continue
        stem, operator = parameter, "any_of"
        for suffix in ("not", "missing", "min", "max", "from", "to"):
            if parameter.endswith(f"_{suffix}") and parameter.removesuffix(f"_{suffix}") in names:
                stem, operator = parameter.removesuffix(f"_{suffix}"), suffix
        if stem in names:
            yield parameter, (f"{operator}:{stem}", values)


def group_matches(group: tuple[set[str], list[Link]], asked: dict[str, tuple[str, Any]]) -> bool:
    _, links = group
    must: list[tuple[str, Any]] = []
    must_not: list[tuple[str, Any]] = []
    for operator, values in asked.values():
        negative = operator.startswith("not:") or (
            operator.startswith("missing:") and values == ["true"]
        )
        (must_not if negative else must).append((operator, values))
    inside: list[tuple[str, Any]] = []
    outside: list[tuple[str, Any]] = []
    for operator, values in must_not:
        stem = operator.split(":")[1]
        others = [o for o, _ in must if o.split(":")[-1] != stem]
        (inside if others and len(others) == len(must) else outside).append((operator, values))
    if must and not any(all(link_says(link, *item) for item in [*must, *inside]) for link in links):
        return False
    return all(link_says(link, *item) for item in outside for link in links)


def link_says(link: Link, operator: str, values: list[str]) -> bool:
    operator, _, stem = operator.partition(":")
    if operator == "up_to":
        return bool(link["as_of"]["latest"] <= window(values[0])[1])
    held = link[stem]
    if operator == "missing":
        return (held in (None, set())) == (values == ["true"])
    if operator in ("min", "max"):
        numbers = held if isinstance(held, set) else {held}
        wanted = float(values[0])
        return any(
            number >= wanted if operator == "min" else number <= wanted for number in numbers
        )
    if isinstance(held, set):
        found = bool(held & {float(v) for v in values} if stem == "value" else held & set(values))
        return found == (operator == "any_of")
    if held is None:
        return False
    first, last = window(values[0])
    begins_in_time = operator == "from" or (held["earliest"] or "0000") <= last
    ends_in_time = operator == "to" or (held["latest"] or "9999-99") >= first
    return begins_in_time and ends_in_time


def window(raw: str) -> tuple[str, str]:
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
