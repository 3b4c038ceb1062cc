"""Records in plain sentences, for Atom, TimelineJS and citations.

Our wording is the same for all parties; the words of sources are in quotation marks.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.vocabulary import ResourceType

_BASIS = {"stated": "", "inferred": " (inferred)", "publication_date": " (the day of publication)"}
_QUALIFIED_DATE = re.compile(r"([0-9]{4}(?:-[0-9]{2}){0,2})([~?%])")
_QUALIFIERS = {"~": "about", "?": "perhaps", "%": "perhaps about"}


@dataclass(frozen=True)
class RecordText:
    """A claim, its notes, and its quotes, each with the id of its source."""

    claim: str
    notes: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]


def record_text(resource_type: ResourceType, record: Mapping[str, Any]) -> RecordText:
    """The text of a whole record; one cut by `fields` may lack its caveats."""
    corrections = [
        f"Corrected on {item['date']}: {item['reason']}" for item in record["corrections"]
    ]
    notes = [*_CLAIMS[resource_type][1](record), *record["caveats"], *corrections]
    if record.get("source"):
        notes.append(f"Source: {record['source']}.")
    quotes = dict.fromkeys((item["exact"], item["source"]) for item in record["evidence"])
    return RecordText(claim(resource_type, record), tuple(notes), tuple(quotes))


def claim(resource_type: ResourceType, record: Mapping[str, Any]) -> str:
    """What a record says, in one sentence."""
    return _CLAIMS[resource_type][0](record)


def date_in_words(date: Mapping[str, Any] | None) -> str | None:
    """A date in words, with its basis unless it is stated; None for None."""
    if date is None:
        return None
    end = date.get("basis_end")
    basis = f" (its end {end.replace('_', ' ')})" if end else _BASIS[date["basis"]]
    return f"{edtf_in_words(date['edtf'])}{basis}"


def edtf_in_words(edtf: str) -> str:
    if edtf.startswith("["):
        first, _, last = edtf[1:-1].partition("..")
        if not first or not last:
            return f"not {'before' if first else 'after'} {_qualified_date(first or last)}"
        return f"some day from {_qualified_date(first)} to {_qualified_date(last)}"
    first, interval, last = edtf.partition("/")
    if not interval:
        return _qualified_date(first)
    if first == "..":
        return "at any time" if last == ".." else f"until {_qualified_date(last)}"
    return (
        f"since {_qualified_date(first)}"
        if last == ".."
        else f"{_qualified_date(first)} to {_qualified_date(last)}"
    )


def _qualified_date(date: str) -> str:
    return _QUALIFIED_DATE.sub(lambda match: f"{_QUALIFIERS[match[2]]} {match[1]}", date)


def _figure(record: Mapping[str, Any]) -> str:
    return f"{record['title']}: “{record['as_written']}”, as of {date_in_words(record['as_of'])}."


def _figure_notes(record: Mapping[str, Any]) -> list[str]:
    notes = [f"Qualifier: {record['qualifier'].replace('_', ' ')}. Unit: {record['unit']}."]
    if record["period"] is not None:
        notes.append(f"Period: {date_in_words(record['period'])}.")
    return [*notes, _attribution(record["attribution"])]


def _statement(record: Mapping[str, Any]) -> str:
    return str(record["summary"])


def _statement_notes(record: Mapping[str, Any]) -> list[str]:
    made_on = date_in_words(record["made_on"])
    voice = {"article": "the article's own", "attributed": "attributed", "ambiguous": "ambiguous"}[
        record["voice"]
    ]
    dated = "The text does not date it." if made_on is None else f"Made on: {made_on}."
    return [f"Voice: {voice}. Act: {record['act']}.", dated, _attribution(record["attribution"])]


def _event(record: Mapping[str, Any]) -> str:
    date = date_in_words(record["date"])
    return f"{record['title']}: {record['type'].replace('_', ' ')}, {date or 'undated'}."


def _event_notes(record: Mapping[str, Any]) -> list[str]:
    return [f"Status: {record['status'].replace('_', ' ')}."]


def _series(record: Mapping[str, Any]) -> str:
    return f"{record['title']}: {len(record['points'])} figures."


def _series_notes(record: Mapping[str, Any]) -> list[str]:
    points = [
        f"As of {date_in_words(point['as_of'])}: “{point['as_written']}”, {_point_credit(point)}"
        f" (source: {point['source']}){_correction(point)}."
        for point in record["points"]
    ]
    return [record["definition"], f"Method: {record['method']}. Unit: {record['unit']}.", *points]


def _point_credit(point: Mapping[str, Any]) -> str:
    return "credited to somebody" if point["attribution"] == "stated" else "credited to nobody"


def _correction(point: Mapping[str, Any]) -> str:
    return f", corrected on {point['corrected_on']}" if point["corrected_on"] else ""


def _named(record: Mapping[str, Any]) -> str:
    return f"{record['title']}: {record['kind'].replace('_', ' ')}."


def _source_notes(record: Mapping[str, Any]) -> list[str]:
    published = date_in_words(record["published_on"])
    return [
        "The text does not say when it was published."
        if published is None
        else f"Published on: {published}."
    ]


def _no_notes(_: Mapping[str, Any]) -> list[str]:
    return []


def _attribution(attribution: Mapping[str, Any]) -> str:
    """According to whom, without the publisher, which is the source."""
    relays, speaker = attribution["relayed_by"], attribution["speaker"]
    relayed = f" Relayed by {_actors(relays)}." if relays else ""
    if speaker is None:
        credit = "The text names no speaker." if relays else "The text credits nobody with it."
        return f"{credit}{relayed}"
    return f"According to {_actors([speaker])}.{relayed}"


def _actors(references: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(_actor(reference) for reference in references)


def _actor(reference: Mapping[str, Any]) -> str:
    inferred = ", inferred" if reference["basis"] == "inferred" else ""
    if reference["as_written"] is None:
        return f"{reference['id']}{' (inferred)' if inferred else ''}"
    return f"“{reference['as_written']}” ({reference['id'] or 'nobody we know'}{inferred})"


_CLAIMS: dict[
    ResourceType,
    tuple[Callable[[Mapping[str, Any]], str], Callable[[Mapping[str, Any]], list[str]]],
] = {
    "source": (_named, _source_notes),
    "actor": (_named, _no_notes),
    "place": (_named, _no_notes),
    "event": (_event, _event_notes),
    "statement": (_statement, _statement_notes),
    "figure": (_figure, _figure_notes),
    "series": (_series, _series_notes),
}
"""The functions for claim and notes of each resource type."""
