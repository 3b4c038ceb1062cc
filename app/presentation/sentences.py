"""A record in plain sentences, for formats that people read: what it says with its qualifier, as of when, according to whom,
in which source, with everything that a reader must see and the words that it rests on.

Our words are the same for every party; the source's stand in quotation marks.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.vocabulary import ResourceType

_BASIS = {"stated": "", "inferred": " (inferred)", "publication_date": " (the day of publication)"}
_QUALIFIED = re.compile(r"([0-9]{4}(?:-[0-9]{2}){0,2})([~?%])")
_IN_WORDS = {"~": "about", "?": "perhaps", "%": "perhaps about"}


@dataclass(frozen=True)
class Told:
    """`claim` is one sentence, `notes` those that belong to it, `quotes` the source's words with the id of their source."""

    claim: str
    notes: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]


def told(noun: ResourceType, record: Mapping[str, Any]) -> Told:
    """Of a whole record: one that `fields` cut may lack what must not be lost."""
    corrected = [f"Corrected on {item['date']}: {item['reason']}" for item in record["corrections"]]
    notes = [*_CLAIMS[noun][1](record), *record["caveats"], *corrected]
    if record.get("source"):
        notes.append(f"Source: {record['source']}.")
    quotes = dict.fromkeys((item["exact"], item["source"]) for item in record["evidence"])
    return Told(claim(noun, record), tuple(notes), tuple(quotes))


def claim(noun: ResourceType, record: Mapping[str, Any]) -> str:
    """What a record says, in one sentence."""
    return _CLAIMS[noun][0](record)


def date_in_words(date: Mapping[str, Any] | None) -> str | None:
    """A date as a reader would say it, with its basis where that is not the text; null where there is none."""
    if date is None:
        return None
    end = date.get("basis_end")
    basis = f" (its end {end.replace('_', ' ')})" if end else _BASIS[date["basis"]]
    return f"{edtf_in_words(date['edtf'])}{basis}"


@lru_cache(maxsize=4096)
def edtf_in_words(edtf: str) -> str:
    if edtf.startswith("["):
        first, _, last = edtf[1:-1].partition("..")
        if not first or not last:
            return f"not {'before' if first else 'after'} {_qualified(first or last)}"
        return f"some day from {_qualified(first)} to {_qualified(last)}"
    first, interval, last = edtf.partition("/")
    if not interval:
        return _qualified(first)
    if first == "..":
        return "at any time" if last == ".." else f"until {_qualified(last)}"
    return (
        f"since {_qualified(first)}"
        if last == ".."
        else f"{_qualified(first)} to {_qualified(last)}"
    )


def _qualified(date: str) -> str:
    return _QUALIFIED.sub(lambda found: f"{_IN_WORDS[found[2]]} {found[1]}", date)


def _figure(record: Mapping[str, Any]) -> str:
    return f"{record['title']}: “{record['as_written']}”, as of {date_in_words(record['as_of'])}."


def _figure_notes(record: Mapping[str, Any]) -> list[str]:
    notes = [f"Qualifier: {record['qualifier'].replace('_', ' ')}. Unit: {record['unit']}."]
    if record["period"] is not None:
        notes.append(f"Period: {date_in_words(record['period'])}.")
    return [*notes, _credit(record["attribution"])]


def _statement(record: Mapping[str, Any]) -> str:
    return str(record["summary"])


def _statement_notes(record: Mapping[str, Any]) -> list[str]:
    made_on = date_in_words(record["made_on"])
    voice = {"article": "the article's own", "attributed": "attributed", "ambiguous": "ambiguous"}[
        record["voice"]
    ]
    dated = "The text does not date it." if made_on is None else f"Made on: {made_on}."
    return [f"Voice: {voice}. Act: {record['act']}.", dated, _credit(record["attribution"])]


def _event(record: Mapping[str, Any]) -> str:
    date = date_in_words(record["date"])
    return f"{record['title']}: {record['type'].replace('_', ' ')}, {date or 'undated'}."


def _event_notes(record: Mapping[str, Any]) -> list[str]:
    return [f"Status: {record['status'].replace('_', ' ')}."]


def _series(record: Mapping[str, Any]) -> str:
    return f"{record['title']}: {len(record['points'])} figures."


def _series_notes(record: Mapping[str, Any]) -> list[str]:
    points = [
        f"As of {date_in_words(point['as_of'])}: “{point['as_written']}”,"
        f" {'credited to somebody' if point['attribution'] == 'stated' else 'credited to nobody'} (source: {point['source']})"
        f"{_corrected(point)}."
        for point in record["points"]
    ]
    return [record["definition"], f"Method: {record['method']}. Unit: {record['unit']}.", *points]


def _corrected(point: Mapping[str, Any]) -> str:
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


def _credit(attribution: Mapping[str, Any]) -> str:
    """According to whom; the publisher is the source, which is named beside it."""
    relayed = (
        f" Relayed by {_people(attribution['relayed_by'])}." if attribution["relayed_by"] else ""
    )
    speaker = attribution["speaker"]
    if speaker is None:
        return f"{'The text credits nobody with it.' if not relayed else 'The text names no speaker.'}{relayed}"
    return f"According to {_people([speaker])}.{relayed}"


def _people(references: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(_person(reference) for reference in references)


def _person(reference: Mapping[str, Any]) -> str:
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
"""The claim of each noun, and what of the record must stand beside it."""
