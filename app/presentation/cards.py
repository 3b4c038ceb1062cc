"""A record as a card: the little that travels to other people's pages. One card is shown in a frame, by the web component and as a
picture, so what it must not go without stands here, once: a number with its qualifier, what it counts, as of when and how
we know, according to whom, in which source, every caveat and correction.

Texts are plain. Signs that nobody sees, or that turn words round, stand in them by their names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from app.presentation.text import code_label, long_date, main_quote, measure_text, name_controls
from app.query.related import Titles
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
from app.vocabulary import ResourceType

NOUNS: tuple[ResourceType, ...] = ("figure", "series", "statement", "event")
"""The nouns that have cards: what somebody says."""
MEDIA_TYPE = "application/json"

MOST_POINTS = 4
MOST_NAMES = 6
MOST_NOTES = 12
LONGEST_LINE = 1_500
LONGEST_QUOTE = 600
"""In characters: what is cut ends in an ellipsis. Nothing else of a card is, but where it is told in one line."""

Record = Mapping[str, Any]


class Part(NamedTuple):
    """Some words of a line. `is_quoted`: the source's own; `path` leads to what they name, null: to nothing."""

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
    """`number` is as its source writes it, `measure` what qualifier and unit say of it, `sentence` is ours; each is null where
    the noun has none. `quote` are the source's words that say most of it.
    """

    noun: ResourceType
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
    def in_a_line(self) -> str:
        """All that must not be missing, where there is room for words alone."""
        parts = [f"“{self.number}”"] if self.number else []
        parts += [part for part in (self.measure, self.sentence) if part]
        parts += [f"{line.name}: {line.text}" for line in self.lines]
        line = " ".join([f"{'; '.join([self.title, *parts])}.", *self.corrections, *self.notes])
        return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"

    @property
    def path(self) -> str:
        return f"{RESOURCES[self.noun].path}/{self.record_id}"


def card(noun: ResourceType, record: Record, titles: Titles, version: str) -> Card:
    kind, number, qualified, sentence, lines = _OF[noun](record, titles)
    quote = (
        main_quote(record["evidence"])["exact"] if record["evidence"] and noun != "series" else None
    )
    if quote is not None and len(quote) > LONGEST_QUOTE:
        quote = f"{quote[:LONGEST_QUOTE]} …"
    return Card(
        noun,
        record["id"],
        code_label(kind),
        _shown(record["title"]),
        None if number is None else _shown(number),
        None if qualified is None else _shown(qualified),
        None if sentence is None else _shown(sentence),
        tuple(lines),
        None if quote is None else _shown(quote),
        tuple(_some(record["caveats"])),
        tuple(
            _some(
                [
                    f"Corrected {long_date(item['date'])}: {item['reason']}"
                    for item in record["corrections"]
                ]
            )
        ),
        version,
    )


def render_json(shown: Card, base: str) -> bytes:
    """`url`s begin with `base`, which may be a path: they are to be read against the address that was asked."""

    def part(of: Part) -> dict[str, Any]:
        return {
            "text": of.text,
            "quoted": of.is_quoted,
            "url": None if of.path is None else f"{base}{of.path}",
        }

    return orjson.dumps(
        {
            "noun": shown.noun,
            "id": shown.record_id,
            "kind": shown.kind,
            "title": shown.title,
            "number": shown.number,
            "measure": shown.measure,
            "sentence": shown.sentence,
            "lines": [
                {"name": line.name, "parts": [part(of) for of in line.parts]}
                for line in shown.lines
            ],
            "quote": shown.quote,
            "notes": shown.notes,
            "corrections": shown.corrections,
            "url": f"{base}{shown.path}",
            "dataset": {"version": shown.version},
        }
    )


# ------------------------------------------------------------------------------------------------------------ the nouns

_Told = tuple[str, str | None, str | None, str | None, Sequence[Line]]
"""Kind, number, measure, sentence, lines."""


def _figure(r: Record, titles: Titles) -> _Told:
    lines = [_line("as of", Part(_date(r["as_of"])))]
    if r["period"] is not None:
        lines.append(_line("covers", Part(_date(r["period"]))))
    counted = [*(_reference("actor", r["population"], titles) if r["population"] else ())]
    for part in r["breakdown"]:
        counted += [
            *([Part(", ")] if counted else []),
            Part(
                _shown(part["as_written"] or code_label(part["category"])),
                is_quoted=bool(part["as_written"]),
            ),
        ]
    if counted:
        lines.append(Line("counts", tuple(counted)))
    if r["denominator"] is not None:
        lines.append(_line("share of", _titled("figure", r["denominator"], titles)))
    if r["places"]:
        lines.append(Line("where", _listed("place", r["places"], titles)))
    lines += [
        _credit(r["attribution"], titles),
        _line("source", _titled("source", r["source"], titles)),
    ]
    return r["measure_kind"], r["as_written"], measure_text(r), None, lines


def _statement(r: Record, titles: Titles) -> _Told:
    if r["voice"] == "article":
        credit = _line("according to", Part("nobody: the article says so in its own voice"))
    else:
        credit = _credit(r["attribution"], titles)
        if r["voice"] == "ambiguous":
            credit = Line(
                credit.name, (*credit.parts, Part("; whose words these are is ambiguous"))
            )
    made_on = Part(_date(r["made_on"]) if r["made_on"] else "the text does not date it")
    source = _line("source", _titled("source", r["source"], titles))
    return r["act"], None, None, r["summary"], [credit, _line("made on", made_on), source]


def _event(r: Record, titles: Titles) -> _Told:
    lines = [_line("when", Part(_date(r["date"]) if r["date"] else "the text does not date it"))]
    lines.append(_line("status", Part(code_label(r["status"]))))
    for name, field in (("where", "places"), ("who", "participants")):
        if r[field]:
            lines.append(Line(name, _listed(REFERENCE_FIELDS[field], r[field], titles)))
    return (
        r["type"],
        None,
        None,
        None,
        [*lines, _line("source", _titled("source", r["source"], titles))],
    )


def _series(r: Record, titles: Titles) -> _Told:
    """Its newest figures, each with all that belongs to a number."""
    points = r["points"]
    lines = [_point(point, r, titles) for point in reversed(points[-MOST_POINTS:])]
    if len(points) > MOST_POINTS:
        lines.append(_line("before", Part(f"{len(points) - MOST_POINTS} more in the record")))
    if not points:
        lines.append(_line("figures", Part("none yet")))
    if r["disagreements"]:
        count = len(r["disagreements"])
        lines.append(
            _line(
                "disagree",
                Part(
                    f"{count} {'pair' if count == 1 else 'pairs'} of its figures cannot both hold"
                ),
            )
        )
    return r["measure_kind"], None, None, r["definition"], lines


def _point(point: Record, series: Record, titles: Titles) -> Line:
    credit = "credited to somebody" if point["attribution"] == "stated" else "credited to nobody"
    corrected = f", corrected {long_date(point['corrected_on'])}" if point["corrected_on"] else ""
    return _line(
        f"as of {_date(point['as_of'])}",
        Part(
            _shown(point["as_written"]),
            is_quoted=True,
            path=f"{RESOURCES['figure'].path}/{point['figure']}",
        ),
        Part(
            f" · {_shown(measure_text({**point, 'unit': series['unit']}))} · {credit}{corrected} · "
        ),
        _titled("source", point["source"], titles),
    )


_OF: Mapping[ResourceType, Callable[[Record, Titles], _Told]] = {
    "figure": _figure,
    "statement": _statement,
    "event": _event,
    "series": _series,
}

# ------------------------------------------------------------------------------------------------------------- its parts


def _line(name: str, *parts: Part) -> Line:
    return Line(name, parts)


def _shown(text: str) -> str:
    return name_controls(text)


def _date(date: Record) -> str:
    """With what it rests on."""
    shown = long_date(date["edtf"])
    if date["basis"] == "publication_date":
        shown += " (the day of publication)"
    elif date["basis"] != "stated":
        shown += f" ({code_label(date['basis'])})"
    return f"{shown} (its end {code_label(date['basis_end'])})" if date["basis_end"] else shown


def _titled(noun: ResourceType, record_id: str, titles: Titles) -> Part:
    title = titles.get((noun, record_id), record_id)
    return Part(_shown(title), path=f"{RESOURCES[noun].path}/{record_id}")


def _credit(attribution: Record, titles: Titles) -> Line:
    speaker, relays = attribution["speaker"], attribution["relayed_by"]
    if speaker:
        parts = [*_reference(REFERENCE_FIELDS["speaker"], speaker, titles)]
    else:
        parts = [Part("nobody named" if relays else "nobody: the text credits no one")]
    for relay in relays:
        parts += [Part(", relayed by "), *_reference(REFERENCE_FIELDS["relayed_by"], relay, titles)]
    return Line("according to", tuple(parts))


def _listed(noun: ResourceType, items: Sequence[Record], titles: Titles) -> tuple[Part, ...]:
    parts: list[Part] = []
    for item in items[:MOST_NAMES]:
        parts += [*([Part(", ")] if parts else []), *_reference(noun, item, titles)]
    if len(items) > MOST_NAMES:
        parts.append(Part(f", and {len(items) - MOST_NAMES} more in the record"))
    return tuple(parts)


def _reference(noun: ResourceType, item: Record, titles: Titles) -> Iterator[Part]:
    """What is named by its title, with the words of the source where they are others, and whether it is inferred."""
    title = _titled(noun, item["id"], titles) if item["id"] else None
    written = Part(_shown(item["as_written"]), is_quoted=True) if item["as_written"] else None
    if title and written and title.text == written.text:
        yield Part(written.text, is_quoted=True, path=title.path)
    elif title and written:
        yield from (title, Part(" "), written)
    else:
        yield title or written or Part("somebody or something unnamed")
    more = [_shown(code_label(item["role"]))] if item.get("role") else []
    more += ["inferred"] if item["basis"] == "inferred" else []
    if more:
        yield Part(f" ({', '.join(more)})")


def _some(notes: Sequence[str]) -> Iterator[str]:
    yield from map(_shown, notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        yield f"{len(notes) - MOST_NOTES} more in the record."
