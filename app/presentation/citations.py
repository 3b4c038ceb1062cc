"""Citations. What is cited is the record as it was served: pinned to its revision, with what it says, the qualifier and the
as-of day of a number, who is credited, and the source. What the source does not name is said to be unnamed; what is printed in
it is never turned about (“Ana Example” stays so), because where a name is to be parted nobody has told.

Every style says all of this in what reference managers print, not only in notes. Pure functions: values in, bytes out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from app.presentation.sentences import date_in_words, edtf_in_words
from app.query.citations import CitedRecord
from app.resources import RESOURCES
from app.vocabulary import CitationStyle, ResourceType

_MOST_QUOTES = 3
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\\s]+")
# They are no words, and would turn round what stands behind them.
_TURNS_TEXT = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~-._"
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True)
class Pinned:
    """What is cited. `address` is that of its list, absolute; `version` that of the dataset."""

    cited: CitedRecord
    address: str
    version: str

    @property
    def noun(self) -> ResourceType:
        return self.cited.noun

    @property
    def record_id(self) -> str:
        return str(self.cited.record["id"])

    @property
    def permalink(self) -> str:
        """Where this revision stays for good."""
        return f"{self.address}/{self.record_id}/revisions/{self.cited.revision}"

    @property
    def recorded_on(self) -> date | None:
        """The day on which this revision was recorded; null: its build was told no time."""
        at = self.cited.recorded_in.recorded_at
        return date.fromisoformat(at[:10]) if at else None

    @property
    def pinned(self) -> str:
        return (
            f"{self.noun} {self.record_id}, revision {self.cited.revision}, dataset {self.version}"
        )

    @property
    def claim(self) -> str:
        """What the record says, with all that belongs to it, without a full stop."""
        said = clean(_CLAIMS[self.noun](self.cited.record))
        credit = _credit(self.cited)
        return f"{said}; {credit}" if credit else said

    @property
    def notes(self) -> list[str]:
        """Sentences that a reader must see."""
        record = self.cited.record
        corrected = [
            f"Corrected on {item['date']}: {item['reason']}" for item in record["corrections"]
        ]
        return [clean(note) for note in (*record["caveats"], *corrected)]

    @property
    def quotes(self) -> list[str]:
        """The source's words, of a record that one source tells."""
        if not self.cited.record.get("source"):
            return []
        exact = dict.fromkeys(clean(item["exact"]) for item in _proofs(self.cited.record))
        return [f"“{words}”" for words in list(exact)[:_MOST_QUOTES]]

    def sources(self, write: Callable[["Told"], str], *, between: str = "; ") -> str:
        """All sources in the form of a style."""
        told = [write(Told.of(source, self.cited.record)) for source in self.cited.sources]
        more = self.cited.source_count - len(told)
        return between.join([*told, *([f"{more} more"] if more > 0 else [])]) or "none is quoted"


@dataclass(frozen=True)
class Citation(Pinned):
    """The same, as it was read on a day."""

    accessed: date


class Told(NamedTuple):
    """A source as far as it tells of itself. `title` is the headline in its own words, or ours in brackets; `unnamed` says
    what the text does not name; `url` leads to the words that are cited.
    """

    kind: str
    title: str
    has_headline: bool
    authors: tuple[str, ...]
    publisher: str | None
    published_on: Mapping[str, Any] | None
    unnamed: str
    url: str | None

    @classmethod
    def of(cls, source: Mapping[str, Any], record: Mapping[str, Any]) -> "Told":
        authors = tuple(clean(author) for author in source["authors"])
        headline, publisher = source["headline"], source["publisher"]
        absent = [
            what
            for what, value in (
                ("headline", headline),
                ("author", authors),
                ("publisher", publisher),
            )
            if not value
        ]
        return cls(
            kind=source["kind"].replace("_", " "),
            title=clean(headline) if headline else f"[{clean(source['title'])}]",
            has_headline=bool(headline),
            authors=authors,
            publisher=clean(publisher) if publisher else None,
            published_on=source["published_on"],
            unnamed=f"the text at hand names {_and([f'no {what}' for what in absent])}"
            if absent
            else "",
            url=_link(source, record),
        )


def clean(text: str) -> str:
    """On one line, without what would turn text round or ring a bell."""
    if text.isprintable():
        # So it has none of that, and no white space but blanks.
        return " ".join(text.split()) if "  " in text else text.strip()
    return _NOT_TEXT.sub(" ", _TURNS_TEXT.sub("", text)).strip()


# --------------------------------------------------------------------------------------------------------- text fragments


def text_fragment(exact: str, prefix: str = "", suffix: str = "") -> str:
    """The part of an address that leads to words on a page (WICG text fragments). A context that our offsets cut inside a
    word is cut back to whole words, as browsers find no others.
    """
    first, _, last = exact.strip().partition("\n")
    words = _encoded(first) + (f",{_encoded(last.rpartition(chr(10))[2])}" if last.strip() else "")
    before, after = _whole_words(prefix[::-1])[::-1], _whole_words(suffix)
    return f":~:text={f'{_encoded(before)}-,' if before else ''}{words}{f',-{_encoded(after)}' if after else ''}"


def _encoded(words: str) -> str:
    return quote(" ".join(words.split()), safe="").replace("-", "%2D")


def _whole_words(context: str) -> str:
    """What of a context is surely no part of a word: it may end inside one."""
    if "\n" in context:
        context = context.partition("\n")[0] + " "
    return (
        context
        if context[-1:].isspace()
        else context[: -len(context.split()[-1])]
        if context.split()
        else ""
    ).strip()


def _link(source: Mapping[str, Any], record: Mapping[str, Any]) -> str | None:
    """The source's own address, at the words that are cited; null where it has none on the web."""
    url = source["original_url"]
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    address = quote(_TURNS_TEXT.sub("", url), safe=_URL_SAFE)
    proof = next((item for item in _proofs(record) if item["source"] == source["id"]), None)
    if proof is None or record["id"] == source["id"]:
        return address
    return f"{address}{'' if '#' in address else '#'}{text_fragment(proof['exact'], proof['prefix'], proof['suffix'])}"


def _proofs(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The record's evidence; first that which holds a number as it is written."""
    written = record.get("as_written")
    return sorted(
        record["evidence"], key=lambda item: written is not None and written not in item["exact"]
    )


# -------------------------------------------------------------------------------------------------------- what is claimed


def _figure(record: Mapping[str, Any]) -> str:
    qualifier = record["qualifier"].replace("_", " ")
    as_of = date_in_words(record["as_of"])
    return f"{record['title']}: “{record['as_written']}” (qualifier: {qualifier}; unit: {record['unit']}), as of {as_of}"


def _statement(record: Mapping[str, Any]) -> str:
    made_on = date_in_words(record["made_on"])
    said = record["summary"].rstrip()
    said = said[:-1] if said.endswith(".") and not said.endswith("..") else said
    return (
        f"{said} (statement, {f'made on {made_on}' if made_on else 'which the text does not date'})"
    )


def _event(record: Mapping[str, Any]) -> str:
    status, kind = (record[name].replace("_", " ") for name in ("status", "type"))
    return (
        f"{record['title']} (event: {kind}, {status}), {date_in_words(record['date']) or 'undated'}"
    )


def _series(record: Mapping[str, Any]) -> str:
    points = record["points"]
    days = dict.fromkeys(date_in_words(point["as_of"]) for point in points[:1] + points[-1:])
    reach = f", as of {' to '.join(str(day) for day in days)}" if days else ""
    count = f"{len(points)} figure{'' if len(points) == 1 else 's'}"
    disagree = "; some disagree" if record["disagreements"] else ""
    return f"{record['title']} (series of {count}, {record['method']}{reach}{disagree})"


def _named(record: Mapping[str, Any]) -> str:
    return f"{record['title']} ({record['kind'].replace('_', ' ')})"


_CLAIMS: dict[ResourceType, Callable[[Mapping[str, Any]], str]] = {
    "source": _named,
    "actor": _named,
    "place": _named,
    "event": _event,
    "statement": _statement,
    "figure": _figure,
    "series": _series,
}


def _credit(cited: CitedRecord) -> str:
    """According to whom, beside the source; empty where the noun has no such thing."""
    attribution = cited.record.get("attribution")
    if attribution is None or isinstance(attribution, str):
        return ""
    relayed = attribution["relayed_by"]
    through = (
        f", relayed by {_and([_person(item, cited.names) for item in relayed])}" if relayed else ""
    )
    speaker = attribution["speaker"]
    if cited.record.get("voice") == "article":
        return f"in the source’s own voice{through}"
    if cited.record.get("voice") == "ambiguous":
        whose = f" or that of {_person(speaker, cited.names)}" if speaker else ""
        return f"in the source’s own voice{whose}: the text does not tell{through}"
    if speaker is None:
        return f"no speaker named{through}" if relayed else "credited to nobody"
    return f"according to {_person(speaker, cited.names)}{through}"


def _person(reference: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = clean(names.get(reference["id"] or "", reference["id"] or ""))
    written = reference["as_written"] and f"“{clean(reference['as_written'])}”"
    inferred = "inferred" if reference["basis"] == "inferred" else ""
    if written is None:
        return f"{name or 'somebody unnamed'}{f' ({inferred})' if inferred else ''}"
    known = "; ".join(filter(None, [name, inferred]))
    return f"{written} ({known})" if known else written


# ----------------------------------------------------------------------------------------------------------- text styles


def _sentence(citation: Citation) -> str:
    return f"{_in_a_sentence(citation)}, accessed {citation.accessed}.\n"


def _in_a_sentence(citation: Pinned) -> str:
    said = [f"{citation.claim}.", *citation.notes]
    if quotes := citation.quotes:
        said.append(f"In the source’s words: {' … '.join(quotes)}.")
    said.append(f"Source: {citation.sources(_plainly)}.")
    return f"{' '.join(said)} On Record, {citation.pinned}, <{citation.permalink}>"


def _plainly(source: Told) -> str:
    title = f"“{source.title}”" if source.has_headline else source.title
    published = date_in_words(source.published_on) or "day of publication unknown"
    # In angle brackets (RFC 3986, C): what stands behind an address is easily taken for a part of it.
    parts = [
        _and(source.authors),
        title,
        source.publisher,
        source.kind,
        published,
        source.url and f"<{source.url}>",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said} ({source.unnamed})" if source.unnamed else said


def _apa(citation: Citation) -> str:
    """APA 7, a data set that changes: author, date, title, description, day of retrieval, address."""
    recorded = citation.recorded_on
    when = f"{recorded.year}, {_month_and_day(recorded)}" if recorded else "n.d."
    what = f"[{citation.noun.capitalize()} {citation.record_id}; revision {citation.cited.revision}; dataset {citation.version}]"
    retrieved = f"Retrieved {_american(citation.accessed)}, from {citation.permalink}"
    source = citation.sources(_source_in_apa, between=" Source: ")
    return f"On Record. ({when}). {citation.claim} {what}. {retrieved} {_notes(citation)}Source: {source}\n"


def _source_in_apa(source: Told) -> str:
    published = _of_publication(source, lambda day: f"{day.year}, {_month_and_day(day)}") or "n.d."
    people = f"{source.authors[0]}" if len(source.authors) == 1 else _and(source.authors, " & ")
    head = [people, f"({published})", source.title] if people else [source.title, f"({published})"]
    return _stopped([*head, source.publisher, _capital(source.unnamed)], source.url)


def _chicago(citation: Citation) -> str:
    """Chicago, notes and bibliography: a data set with author, title, what it is part of, days and address."""
    recorded = citation.recorded_on
    days = f"Recorded {_american(recorded)}. " if recorded else ""
    claim = citation.claim.replace("“", "‘").replace("”", "’")
    source = citation.sources(_source_in_chicago, between=" Source: ")
    return (
        f"On Record. “{claim}.” {citation.pinned[0].upper()}{citation.pinned[1:]}. {days}Accessed"
        f" {_american(citation.accessed)}. {citation.permalink}. {_notes(citation)}Source: {source}\n"
    )


def _source_in_chicago(source: Told) -> str:
    published = _of_publication(source, _american) or "n.d."
    nested = source.title.replace("“", "‘").replace("”", "’")
    title = f"“{nested}.”" if source.has_headline else f"{source.title}."
    people = f"{_and(source.authors)}. " if source.authors else ""
    return f"{people}{title} " + _stopped(
        [", ".join(filter(None, [source.publisher, published])), _capital(source.unnamed)],
        source.url,
    )


def _stopped(parts: Sequence[str | None], url: str | None) -> str:
    """Parts with full stops behind them, and the address, which has none: it would be taken for a part of it."""
    return " ".join(
        [
            *(part if part.endswith(".") else f"{part}." for part in parts if part),
            *([url] if url else []),
        ]
    )


def _notes(citation: Citation) -> str:
    return f"Note: {' '.join(citation.notes)} " if citation.notes else ""


def _of_publication(source: Told, write: Callable[[date], str]) -> str | None:
    if source.published_on is None:
        return None
    edtf = source.published_on["edtf"]
    day = write(date.fromisoformat(edtf)) if _DAY.fullmatch(edtf) else edtf_in_words(edtf)
    return day if source.published_on["basis"] == "stated" else f"{day} [inferred]"


def _american(day: date) -> str:
    return f"{_month_and_day(day)}, {day.year}"


def _month_and_day(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _and(words: Sequence[str], last: str = " and ") -> str:
    return ", ".join(words[:-1]) + last + words[-1] if len(words) > 1 else "".join(words)


# ---------------------------------------------------------------------------------------------------- reference managers


def _title(citation: Citation) -> str:
    """What is printed even where notes are not: a number never without its source."""
    return f"{citation.claim}; source: {citation.sources(_in_short)}"


def _in_short(source: Told) -> str:
    return ", ".join(
        filter(None, [source.title, source.publisher, date_in_words(source.published_on)])
    )


def _remarks(citation: Citation) -> str:
    said = [*citation.notes, f"Source: {citation.sources(_plainly)}."]
    if citation.quotes:
        said.append(f"In the source’s words: {' … '.join(citation.quotes)}.")
    return " ".join(said)


_IN_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{mark: f"\\{mark}" for mark in "$&#%_"},
}
"""Braces as commands: BibTeX counts them also where a backslash stands before them."""


def _bibtex(citation: Citation) -> str:
    recorded = citation.recorded_on
    fields = {
        "author": "{On Record}",
        "title": f"{{{_escaped(_title(citation))}}}",
        "howpublished": _escaped(f"On Record, {citation.pinned}"),
        **({"year": str(recorded.year), "date": recorded.isoformat()} if recorded else {}),
        "url": citation.permalink,
        "urldate": citation.accessed.isoformat(),
        "note": _escaped(f"Accessed {citation.accessed}. {_remarks(citation)}"),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{citation.noun}-{citation.record_id}-r{citation.cited.revision},\n{lines}\n}}\n"


def _escaped(text: str) -> str:
    return "".join(_IN_BIBTEX.get(character, character) for character in text)


def _ris(citation: Citation) -> str:
    recorded = citation.recorded_on
    lines = [
        ("TY", "DATA"),
        ("ID", f"{citation.noun}-{citation.record_id}-r{citation.cited.revision}"),
        ("AU", "On Record"),
        ("TI", _title(citation)),
        ("T2", "On Record"),
        ("PB", "On Record"),
        ("ET", f"revision {citation.cited.revision}, dataset {citation.version}"),
        *([("PY", str(recorded.year)), ("DA", recorded.strftime("%Y/%m/%d"))] if recorded else []),
        ("UR", citation.permalink),
        ("Y2", citation.accessed.strftime("%Y/%m/%d")),
        ("N1", _remarks(citation)),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in [*lines, ("ER", "")])


def _csl_json(citation: Citation) -> str:
    recorded = citation.recorded_on
    item: dict[str, Any] = {
        "id": f"{citation.noun}-{citation.record_id}-r{citation.cited.revision}",
        "type": "dataset",
        "author": [{"literal": "On Record"}],
        "title": _title(citation),
        "container-title": "On Record",
        "publisher": "On Record",
        "version": f"revision {citation.cited.revision}, dataset {citation.version}",
        "URL": citation.permalink,
        "accessed": _date_parts(citation.accessed),
        "note": _remarks(citation),
    }
    if recorded:
        item["issued"] = _date_parts(recorded)
    return orjson.dumps([item]).decode()


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


# ------------------------------------------------------------------------------------------------------------- the styles


@dataclass(frozen=True)
class Style:
    media_type: str
    write: Callable[[Citation], str]


STYLES: dict[CitationStyle, Style] = {
    "sentence": Style("text/plain; charset=utf-8", _sentence),
    "apa": Style("text/plain; charset=utf-8", _apa),
    "chicago": Style("text/plain; charset=utf-8", _chicago),
    "bibtex": Style("application/x-bibtex; charset=utf-8", _bibtex),
    "ris": Style("application/x-research-info-systems; charset=utf-8", _ris),
    "csl-json": Style("application/vnd.citationstyles.csl+json", _csl_json),
}


def render_citation(
    style: CitationStyle, cited: CitedRecord, *, origin: str, version: str, accessed: date
) -> bytes:
    """`origin` is where addresses begin, with scheme and host."""
    citation = Citation(cited, f"{origin}{RESOURCES[cited.noun].path}", version, accessed)
    return STYLES[style].write(citation).encode()


def cited_in_a_sentence(cited: CitedRecord, *, origin: str, version: str) -> str:
    """The citation as far as it is the same on every day."""
    return f"{_in_a_sentence(Pinned(cited, f'{origin}{RESOURCES[cited.noun].path}', version))}."
