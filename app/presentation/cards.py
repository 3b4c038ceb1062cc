"""A record as a card, for frames, the web component, pictures and oEmbed on other websites.

A number comes with its qualifier, unit, as-of date, attribution and source; every card has its
caveats and corrections. Texts are plain; their control characters are replaced by their names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from app.presentation.text import code_label, long_date, main_quote, measure_text, name_controls
from app.query.results import Titles
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
from app.vocabulary import ResourceType

CARD_TYPES: tuple[ResourceType, ...] = ("figure", "series", "statement", "event")
"""The resource types that have cards: those that make claims."""
MEDIA_TYPE = "application/json"

MAX_POINTS = 4
MAX_NAMES = 6
MAX_NOTES = 12
MAX_LINE_LENGTH = 1_500
MAX_QUOTE_LENGTH = 600
"""In characters; a longer text ends in an ellipsis. No other text of a card is cut."""

Record = Mapping[str, Any]


class Part(NamedTuple):
    """A part of a line; `is_quoted`: in the source's words. `path` leads to the record it names."""

    text: str
    is_quoted: bool = False
    path: str | None = None


class Line(NamedTuple):
    name: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(f"“{part.text}”" if part.is_quoted else part.text for part in self.parts)


class Card(NamedTuple):
    """`number` is as the source writes it, `measure` its qualifier, range and unit, `sentence` a
    summary in our words; each is None where the resource type has none. `quote` is the main quote.
    """

    resource_type: ResourceType
    record_id: str
    kind: str
    title: str
    number: str | None
    measure: str | None
    sentence: str | None
    lines: tuple[Line, ...]
    quote: str | None
    notes: tuple[str, ...]
    corrections: tuple[str, ...]
    version: str

    @property
    def one_line(self) -> str:
        """The whole card as one line of plain text."""
        parts = [f"“{self.number}”"] if self.number else []
        parts += [part for part in (self.measure, self.sentence) if part]
        parts += [f"{line.name}: {line.text}" for line in self.lines]
        line = " ".join([f"{'; '.join([self.title, *parts])}.", *self.corrections, *self.notes])
        return line if len(line) <= MAX_LINE_LENGTH else f"{line[:MAX_LINE_LENGTH]} …"

    @property
    def path(self) -> str:
        return f"{RESOURCES[self.resource_type].path}/{self.record_id}"


def make_card(resource_type: ResourceType, record: Record, titles: Titles, version: str) -> Card:
    kind, number, qualified, sentence, lines = _CONTENTS[resource_type](record, titles)
    quote = (
        main_quote(record["evidence"])["exact"]
        if record["evidence"] and resource_type != "series"
        else None
    )
    if quote is not None and len(quote) > MAX_QUOTE_LENGTH:
        quote = f"{quote[:MAX_QUOTE_LENGTH]} …"
    return Card(
        resource_type,
        record["id"],
        code_label(kind),
        name_controls(record["title"]),
        None if number is None else name_controls(number),
        None if qualified is None else name_controls(qualified),
        None if sentence is None else name_controls(sentence),
        tuple(lines),
        None if quote is None else name_controls(quote),
        tuple(_limited(record["caveats"])),
        tuple(
            _limited(
                [
                    f"Corrected {long_date(item['date'])}: {item['reason']}"
                    for item in record["corrections"]
                ]
            )
        ),
        version,
    )


def render_json(card: Card, base: str) -> bytes:
    """Every `url` begins with `base`, which is absolute or a path."""

    def part_document(part: Part) -> dict[str, Any]:
        return {
            "text": part.text,
            "quoted": part.is_quoted,
            "url": None if part.path is None else f"{base}{part.path}",
        }

    return orjson.dumps(
        {
            "resource": card.resource_type,
            "id": card.record_id,
            "kind": card.kind,
            "title": card.title,
            "number": card.number,
            "measure": card.measure,
            "sentence": card.sentence,
            "lines": [
                {"name": line.name, "parts": [part_document(part) for part in line.parts]}
                for line in card.lines
            ],
            "quote": card.quote,
            "notes": card.notes,
            "corrections": card.corrections,
            "url": f"{base}{card.path}",
            "dataset": {"version": card.version},
        }
    )


# --- the resource types ---

_Content = tuple[str, str | None, str | None, str | None, Sequence[Line]]
"""Kind, number, measure, sentence, lines."""


def _figure(record: Record, titles: Titles) -> _Content:
    lines = [_line("as of", Part(_date(record["as_of"])))]
    if record["period"] is not None:
        lines.append(_line("covers", Part(_date(record["period"]))))
    population = [
        *(_reference_parts("actor", record["population"], titles) if record["population"] else ())
    ]
    for part in record["breakdown"]:
        population += [
            *([Part(", ")] if population else []),
            Part(
                name_controls(part["as_written"] or code_label(part["category"])),
                is_quoted=bool(part["as_written"]),
            ),
        ]
    if population:
        lines.append(Line("counts", tuple(population)))
    if record["denominator"] is not None:
        lines.append(_line("share of", _title("figure", record["denominator"], titles)))
    if record["places"]:
        lines.append(Line("where", _reference_list("place", record["places"], titles)))
    lines += [
        _attribution(record["attribution"], titles),
        _line("source", _title("source", record["source"], titles)),
    ]
    return record["measure_kind"], record["as_written"], measure_text(record), None, lines


def _statement(record: Record, titles: Titles) -> _Content:
    if record["voice"] == "article":
        credit = _line("according to", Part("nobody: the article says so in its own voice"))
    else:
        credit = _attribution(record["attribution"], titles)
        if record["voice"] == "ambiguous":
            credit = Line(
                credit.name, (*credit.parts, Part("; whose words these are is ambiguous"))
            )
    made_on = Part(_date(record["made_on"]) if record["made_on"] else "the text does not date it")
    source = _line("source", _title("source", record["source"], titles))
    return record["act"], None, None, record["summary"], [credit, _line("made on", made_on), source]


def _event(record: Record, titles: Titles) -> _Content:
    lines = [
        _line(
            "when", Part(_date(record["date"]) if record["date"] else "the text does not date it")
        )
    ]
    lines.append(_line("status", Part(code_label(record["status"]))))
    for name, field in (("where", "places"), ("who", "participants")):
        if record[field]:
            lines.append(
                Line(name, _reference_list(REFERENCE_FIELDS[field], record[field], titles))
            )
    return (
        record["type"],
        None,
        None,
        None,
        [*lines, _line("source", _title("source", record["source"], titles))],
    )


def _series(record: Record, titles: Titles) -> _Content:
    """The newest figures of the series."""
    points = record["points"]
    lines = [_point(point, record, titles) for point in reversed(points[-MAX_POINTS:])]
    if len(points) > MAX_POINTS:
        lines.append(_line("before", Part(f"{len(points) - MAX_POINTS} more in the record")))
    if not points:
        lines.append(_line("figures", Part("none yet")))
    if record["disagreements"]:
        count = len(record["disagreements"])
        lines.append(
            _line(
                "disagree",
                Part(
                    f"{count} {'pair' if count == 1 else 'pairs'} of its figures cannot both hold"
                ),
            )
        )
    return record["measure_kind"], None, None, record["definition"], lines


def _point(point: Record, series: Record, titles: Titles) -> Line:
    credit = "credited to somebody" if point["attribution"] == "stated" else "credited to nobody"
    corrected = f", corrected {long_date(point['corrected_on'])}" if point["corrected_on"] else ""
    return _line(
        f"as of {_date(point['as_of'])}",
        Part(
            name_controls(point["as_written"]),
            is_quoted=True,
            path=f"{RESOURCES['figure'].path}/{point['figure']}",
        ),
        Part(
            f" · {name_controls(measure_text({**point, 'unit': series['unit']}))} · "
            f"{credit}{corrected} · "
        ),
        _title("source", point["source"], titles),
    )


_CONTENTS: Mapping[ResourceType, Callable[[Record, Titles], _Content]] = {
    "figure": _figure,
    "statement": _statement,
    "event": _event,
    "series": _series,
}

# --- its parts ---


def _line(name: str, *parts: Part) -> Line:
    return Line(name, parts)


def _date(date: Record) -> str:
    """A date with its basis."""
    text = long_date(date["edtf"])
    if date["basis"] == "publication_date":
        text += " (the day of publication)"
    elif date["basis"] != "stated":
        text += f" ({code_label(date['basis'])})"
    return f"{text} (its end {code_label(date['basis_end'])})" if date["basis_end"] else text


def _title(resource_type: ResourceType, record_id: str, titles: Titles) -> Part:
    title = titles.get((resource_type, record_id), record_id)
    return Part(name_controls(title), path=f"{RESOURCES[resource_type].path}/{record_id}")


def _attribution(attribution: Record, titles: Titles) -> Line:
    speaker, relays = attribution["speaker"], attribution["relayed_by"]
    if speaker:
        parts = [*_reference_parts(REFERENCE_FIELDS["speaker"], speaker, titles)]
    else:
        parts = [Part("nobody named" if relays else "nobody: the text credits no one")]
    for relay in relays:
        parts += [
            Part(", relayed by "),
            *_reference_parts(REFERENCE_FIELDS["relayed_by"], relay, titles),
        ]
    return Line("according to", tuple(parts))


def _reference_list(
    resource_type: ResourceType, items: Sequence[Record], titles: Titles
) -> tuple[Part, ...]:
    parts: list[Part] = []
    for item in items[:MAX_NAMES]:
        parts += [*([Part(", ")] if parts else []), *_reference_parts(resource_type, item, titles)]
    if len(items) > MAX_NAMES:
        parts.append(Part(f", and {len(items) - MAX_NAMES} more in the record"))
    return tuple(parts)


def _reference_parts(resource_type: ResourceType, item: Record, titles: Titles) -> Iterator[Part]:
    """The title of the record, the source's words where they differ, role and basis."""
    title = _title(resource_type, item["id"], titles) if item["id"] else None
    as_written = (
        Part(name_controls(item["as_written"]), is_quoted=True) if item["as_written"] else None
    )
    if title and as_written and title.text == as_written.text:
        yield Part(as_written.text, is_quoted=True, path=title.path)
    elif title and as_written:
        yield from (title, Part(" "), as_written)
    else:
        yield title or as_written or Part("somebody or something unnamed")
    remarks = [name_controls(code_label(item["role"]))] if item.get("role") else []
    remarks += ["inferred"] if item["basis"] == "inferred" else []
    if remarks:
        yield Part(f" ({', '.join(remarks)})")


def _limited(notes: Sequence[str]) -> Iterator[str]:
    yield from map(name_controls, notes[:MAX_NOTES])
    if len(notes) > MAX_NOTES:
        yield f"{len(notes) - MAX_NOTES} more in the record."
