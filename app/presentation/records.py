"""From a record to its presentation: one function for each resource type."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.presentation.model import Fact, Presentation, Text, Texts, joined
from app.presentation.text import (
    PARTIES,
    code_label,
    date_text,
    enum_label,
    label,
    long_date,
    measure_text,
    name_controls,
    point_as_written,
    status_text,
)
from app.query.results import Titles
from app.resources.references import MAX_CARD_POINTS
from app.vocabulary import ResourceType

MAX_NAMES = 8

Record = Mapping[str, Any]
Parts = Mapping[str, Any]
"""The members of a presentation that a resource type has."""


def present(resource_type: ResourceType, record: Record, titles: Titles) -> Presentation:
    """A whole record in words. `titles` are those of the records that it names."""
    return Presentation(
        resource_type=resource_type,
        record_id=record["id"],
        title=name_controls(record["title"]),
        caveats=tuple(name_controls(caveat) for caveat in record["caveats"]),
        corrections=tuple(
            name_controls(f"Corrected {long_date(item['corrected_on'])}: {item['reason']}")
            for item in record["corrections"]
        ),
        evidence=record["evidence"],
        **_PARTS[resource_type](record, titles),
    )


# --------------------------------------------------------------------------------- resource types


def _figure(record: Record, titles: Titles) -> Parts:
    facts = [Fact("as of", _date(record["as_of"]))]
    if record["superseded_by"] is not None:
        facts.append(Fact("superseded by", _revision(record["superseded_by"], titles)))
    if record["observation_status"] is not None:
        facts.append(Fact("status", (Text(status_text(record["observation_status"])),)))
    if record["period"] is not None:
        facts.append(Fact("covers", _date(record["period"])))
    counted = [_with_words("actor", record["population"], titles)] if record["population"] else []
    counted += [
        (_quoted(part["as_written"]) or _category(part["category"], titles),)
        for part in record["breakdown"]
    ]
    if counted:
        facts.append(Fact("counts", joined(counted)))
    if record["excludes"]:
        excluded = [(_title("series", series, titles),) for series in record["excludes"]]
        facts.append(Fact("without", _limited(excluded)))
    if record["denominator"] is not None:
        facts.append(Fact("share of", (_title("figure", record["denominator"], titles),)))
    if record["places"]:
        facts.append(Fact("where", _places(record["places"], titles)))
    facts.append(Fact("according to", attribution_texts(record["attribution"], titles)))
    if record["event"] is not None:
        event = _with_words("event", record["event"], titles)
        facts.append(Fact("event", event, is_essential=False))
    if record["supersedes"] is not None:
        revised = _revision(record["supersedes"], titles)
        facts.append(Fact("supersedes", revised, is_essential=False))
    return {
        "kind": enum_label("measure_kind", record["measure_kind"]),
        "number": name_controls(record["as_written"]),
        "measure": name_controls(measure_text(record, label("unit", record["unit"], titles))),
        "facts": (*facts, _source(record, titles)),
    }


_WORDING = {
    "direct": "a direct quotation",
    "partial": "partly quoted",
    "paraphrase": "a paraphrase by the source",
}


def _statement(record: Record, titles: Titles) -> Parts:
    facts = [Fact("according to", attribution_texts(record["attribution"], titles))]
    if record["quote_type"] is not None:
        facts.append(Fact("wording", (Text(_WORDING[record["quote_type"]]),)))
    facts.append(Fact("made on", _date(record["made_on"])))
    if record["addressees"]:
        facts.append(_references("to", "actor", record["addressees"], titles, is_essential=False))
    if record["event"] is not None:
        event = _with_words("event", record["event"], titles)
        facts.append(Fact("event", event, is_essential=False))
    return {
        "kind": label("act", record["act"], titles),
        "summary": name_controls(record["summary"]),
        "facts": (*facts, _source(record, titles)),
    }


def _event(record: Record, titles: Titles) -> Parts:
    facts = [
        Fact("when", _date(record["date"])),
        Fact("status", (Text(code_label(record["status"])),)),
    ]
    if record["places"]:
        facts.append(Fact("where", _places(record["places"], titles)))
    if record["participants"]:
        facts.append(_references("who", "actor", record["participants"], titles))
    return {
        "kind": label("event_type", record["type"], titles),
        "facts": (*facts, _source(record, titles)),
    }


def _series(record: Record, titles: Titles) -> Parts:
    """The newest figures of the series, each with as-of date, qualifier, credit and source."""
    points = record["points"]
    facts = [
        Fact(f"as of {date_text(point['as_of'])}", _point(point, record, titles), index == 0)
        for index, point in enumerate(reversed(points[-MAX_CARD_POINTS:]))
    ]
    if len(points) > MAX_CARD_POINTS:
        more = (Text(f"{len(points) - MAX_CARD_POINTS} more in the record"),)
        facts.append(Fact("earlier figures", more, is_essential=False))
    if not points:
        facts.append(Fact("figures", (Text("none yet"),)))
    between = Counter(item["between"] for item in record["disagreements"])
    if between:
        pairs = [
            f"{words[0].lower()}{words[1:]} ({between[parties]} of its pairs cannot both hold)"
            for parties, words in PARTIES.items()
            if between[parties]
        ]
        facts.append(Fact("disagreements", (Text("; ".join(pairs)),)))
    return {
        "kind": enum_label("measure_kind", record["measure_kind"]),
        "summary": name_controls(record["definition"]),
        "facts": tuple(facts),
    }


def _point(point: Record, series: Record, titles: Titles) -> Texts:
    measure = name_controls(measure_text(point, label("unit", series["unit"], titles)))
    status = f", {status_text(point['observation_status'])}" if point["observation_status"] else ""
    covers = ""
    if point["period"] is not None and series["measure_kind"] != "cumulative":
        covers = f", covers {date_text(point['period'])}"
    corrected = f", corrected {long_date(point['corrected_on'])}" if point["corrected_on"] else ""
    superseded: Texts = ()
    if point["superseded_by"] is not None:
        successor = _number(series, point["superseded_by"])
        superseded = (Text(", superseded by "), successor)
    return (
        _number(series, point["figure"]),
        Text(f" ({measure}{status}){covers}{corrected}"),
        *superseded,
        Text(", according to: "),
        *attribution_texts(point["attribution"], titles),
        Text(", source: "),
        _title("source", point["source"], titles),
    )


def _number(series: Record, figure: str) -> Text:
    """The number of a figure of a series, as its source writes it."""
    written = point_as_written(series, figure)
    return Text(name_controls(written), is_quoted=True, record=("figure", figure))


def _actor(record: Record, titles: Titles) -> Parts:
    facts = [*_named(record, titles)]
    if record["roles"]:
        facts.append(Fact("role", _limited([_role(role, titles) for role in record["roles"]])))
    if record["relations"]:
        relations = [_relation(relation, titles) for relation in record["relations"]]
        facts.append(Fact("related", _limited(relations)))
    return {"kind": label("actor_kind", record["kind"], titles), "facts": tuple(facts)}


def _role(role: Record, titles: Titles) -> Texts:
    """“foreign minister of Iran”, with its date where the text has one."""
    of = (Text(" of "), _title("actor", role["of"], titles)) if role["of"] else ()
    return (_text(role["title"]), *of, *_dated_basis(role))


def _relation(relation: Record, titles: Titles) -> Texts:
    """“ally of United States”."""
    if relation["to"]:
        target = _title(relation["resource"], relation["to"], titles)
    else:
        target = _quoted(relation["as_written"]) or Text("somebody unnamed")
    return (Text(f"{code_label(relation['type'])} "), target, *_dated_basis(relation))


def _dated_basis(part: Record) -> Texts:
    """The date and the basis of a role or a relation in brackets, where they are to be said."""
    remarks = [date_text(part["date"])] if part["date"] else []
    remarks += ["inferred"] if part["basis"] == "inferred" else []
    return (Text(f" ({', '.join(remarks)})"),) if remarks else ()


def _place(record: Record, titles: Titles) -> Parts:
    facts = [*_named(record, titles)]
    if record["part_of"]:
        facts.append(Fact("part of", (_title("place", record["part_of"], titles),)))
    return {"kind": label("place_kind", record["kind"], titles), "facts": tuple(facts)}


def _named(record: Record, _: Titles) -> Iterator[Fact]:
    names = record["names_as_written"]
    if names:
        quoted_names = [(Text(name_controls(name), is_quoted=True),) for name in names]
        yield Fact("in the sources", _limited(quoted_names), is_essential=False)
    if record["country"]:
        yield Fact("country", (Text(record["country"]),), is_essential=False)


def _source_record(record: Record, titles: Titles) -> Parts:
    facts = []
    if record["headline"]:
        facts.append(Fact("headline", (Text(name_controls(record["headline"]), is_quoted=True),)))
    if record["authors"]:
        facts.append(Fact("authors", (Text(name_controls(", ".join(record["authors"]))),)))
    if record["publisher"]:
        facts.append(Fact("publisher", (Text(name_controls(record["publisher"])),)))
    facts.append(Fact("published", _date(record["published_on"])))
    return {"kind": label("source_kind", record["kind"], titles), "facts": tuple(facts)}


_PARTS: Mapping[ResourceType, Callable[[Record, Titles], Parts]] = {
    "source": _source_record,
    "actor": _actor,
    "place": _place,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


# ------------------------------------------------------------------------------------------ pieces


def _text(text: str) -> Text:
    return Text(name_controls(text))


def _category(code: str, titles: Titles) -> Text:
    return _text(label("breakdown_category", code, titles))


def _quoted(text: str | None) -> Text | None:
    return Text(name_controls(text), is_quoted=True) if text else None


def _date(date: Record | None) -> Texts:
    return (Text(date_text(date)),)


def _title(resource_type: ResourceType, record_id: str, titles: Titles) -> Text:
    key = (resource_type, record_id)
    return Text(name_controls(titles.get(key, record_id)), record=key)


def _revision(figure: str, titles: Titles) -> Texts:
    """Another figure of the same series, whose title is often the same."""
    return (_title("figure", figure, titles), Text(f" ({figure})"))


def _source(record: Record, titles: Titles) -> Fact:
    return Fact("source", (_title("source", record["source"], titles),))


def attribution_texts(attribution: Record, titles: Titles) -> Texts:
    """According to whom: “the publisher”, “nobody is named”, names, or “ambiguous: …”."""
    origin = attribution["origin"]
    if origin in ("publisher", "none_named"):
        credit: Texts = (Text(enum_label("origin", origin)),)
    else:
        names = [_with_words("actor", item, titles) for item in attribution["speakers"]]
        credit = joined(names) or (Text("no speaker is named"),)
        if origin == "ambiguous":
            credit = (Text("ambiguous: "), *credit, Text(" or the publisher"))
        for relay in attribution["relayed_by"]:
            credit = (*credit, Text(", relayed by "), *_with_words("actor", relay, titles))
    if attribution["note"]:
        credit = (*credit, _text(f" ({attribution['note'].rstrip('.')})"))
    return credit


def _references(
    name: str,
    resource_type: ResourceType,
    items: Sequence[Record],
    titles: Titles,
    *,
    is_essential: bool = True,
) -> Fact:
    texts = [_reference(resource_type, item, titles) for item in items]
    return Fact(name, _limited(texts), is_essential)


def _places(places: Sequence[Record], titles: Titles) -> Texts:
    """Places after their roles: “in Lower Vale, from Nomark (inferred)”."""
    return _limited(
        [
            (
                _text(f"{label('place_role', place['role'], titles)} "),
                *_reference("place", place, titles),
            )
            for place in places
        ]
    )


def _limited(items: Sequence[Texts]) -> Texts:
    """The first items, and how many more there are."""
    more = len(items) - MAX_NAMES
    last = [(Text(f"{more} more in the record"),)] if more > 0 else []
    return joined([*items[:MAX_NAMES], *last])


def _with_words(resource_type: ResourceType, item: Record, titles: Titles) -> Texts:
    """A reference with the source's words, where these are not the title itself."""
    name, *remarks = _reference(resource_type, item, titles)
    words = _quoted(item["as_written"])
    if words is None or words.text == name.text:
        return (name, *remarks)
    return (name, Text(" "), words, *remarks)


def _reference(resource_type: ResourceType, item: Record, titles: Titles) -> Texts:
    """The title of the record that is meant, else the source's words; with basis and role.

    The role of a place stands before it.
    """
    if item["id"]:
        name = _title(resource_type, item["id"], titles)
    else:
        name = _quoted(item["as_written"]) or Text("somebody or something unnamed")
    remarks = []
    if item.get("role") and resource_type != "place":
        remarks.append(name_controls(label("participant_role", item["role"], titles)))
    remarks += ["inferred"] if item["basis"] == "inferred" else []
    return (name, Text(f" ({', '.join(remarks)})")) if remarks else (name,)
