"""Citations of records, in the styles of reference managers and of people.

A citation names the revision, what it says, the qualifier and the as-of date of a number, the
attribution and the source, in fields that every style prints, not in notes alone. What the source
does not name is said to be unnamed. Names are printed as they are: nothing tells the family name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from app.presentation.model import Presentation
from app.presentation.passages import supports_headline
from app.presentation.records import present
from app.presentation.text import MONTHS, date_text, join_words, label, long_date
from app.query.results import CitedRecord, Titles
from app.resources import RESOURCES
from app.vocabulary import CitationStyle, ResourceType

_WHITESPACE_AND_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\\s]+")
# Bidirectional controls reorder the text that follows them.
_DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FACTS_OF_SOURCES = ("source", "headline", "authors", "publisher", "published")
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class PinnedRecord:
    """A revision to be cited. `address` is the absolute URL of its list."""

    cited: CitedRecord
    address: str
    version: str

    @property
    def resource_type(self) -> ResourceType:
        return self.cited.resource_type

    @property
    def record_id(self) -> str:
        return str(self.cited.record["id"])

    @property
    def permalink(self) -> str:
        """The permanent URL of the revision."""
        return f"{self.address}/{self.record_id}/revisions/{self.cited.revision}"

    @property
    def recorded_on(self) -> date | None:
        """The day on which the revision was recorded; None: the build had no time."""
        recorded_at = self.cited.recorded_in.recorded_at
        return date.fromisoformat(recorded_at[:10]) if recorded_at else None

    @property
    def revision_label(self) -> str:
        return (
            f"{self.resource_type} {self.record_id}, revision {self.cited.revision}, dataset "
            f"{self.version}"
        )

    @cached_property
    def presentation(self) -> Presentation:
        return present(self.resource_type, self.cited.record, self.cited.titles)

    @property
    def claim(self) -> str:
        """What the record says and according to whom, without a full stop.

        What it says of its source follows in the form of the style.
        """
        kind = self.presentation.kind or "record"
        claim = self.presentation.claim_without(*_FACTS_OF_SOURCES)
        return clean_text(f"{claim} [{self.resource_type}: {kind}]")

    @property
    def notes(self) -> list[str]:
        """Corrections and caveats, as sentences."""
        return [clean_text(note) for note in self.presentation.notes]

    @property
    def quotes(self) -> list[str]:
        """The passages that support the headline of a record with one source, in reading order."""
        if len(self.cited.sources) != 1:
            return []
        return [f"“{clean_text(passage.text)}”" for passage in self.presentation.main_passages]

    def sources(
        self, format_source: Callable[["CitedSource"], str], *, separator: str = "; "
    ) -> str:
        """All sources in the format of a style."""
        formatted = [
            format_source(CitedSource.of(source, self.cited.record, self.cited.titles))
            for source in self.cited.sources
        ]
        omitted = self.cited.source_count - len(formatted)
        if omitted > 0:
            formatted.append(f"{omitted} more")
        return separator.join(formatted) or "none is quoted"


@dataclass(frozen=True)
class Citation(PinnedRecord):
    """A revision as it was read on a day."""

    accessed: date


class CitedSource(NamedTuple):
    """A source of a cited record.

    `title` is the headline as printed, or our title in brackets; `unnamed` lists what the text
    does not name; `url` leads to the quoted words.
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
    def of(
        cls, source: Mapping[str, Any], record: Mapping[str, Any], titles: Titles
    ) -> "CitedSource":
        authors = tuple(clean_text(author) for author in source["authors"])
        headline, publisher = source["headline"], source["publisher"]
        missing = [
            name
            for name, value in (
                ("headline", headline),
                ("author", authors),
                ("publisher", publisher),
            )
            if not value
        ]
        return cls(
            kind=label("source_kind", source["kind"], titles),
            title=clean_text(headline) if headline else f"[{clean_text(source['title'])}]",
            has_headline=bool(headline),
            authors=authors,
            publisher=clean_text(publisher) if publisher else None,
            published_on=source["published_on"],
            unnamed=f"the text at hand names {join_words([f'no {name}' for name in missing])}"
            if missing
            else "",
            url=_source_url(source, record),
        )


def clean_text(text: str) -> str:
    """Text on one line, without control characters and those that reorder text."""
    if text.isprintable():
        # Printable text has neither, and its only white space are spaces.
        return " ".join(text.split()) if "  " in text else text.strip()
    return _WHITESPACE_AND_CONTROLS.sub(" ", _DIRECTION_CONTROLS.sub("", text)).strip()


# --- text fragments ---


def text_fragment(exact: str, prefix: str = "", suffix: str = "") -> str:
    """The fragment of a URL that leads to words on a page (WICG text fragments).

    Prefix and suffix are reduced to whole words, as browsers match no others.
    """
    first, _, last = exact.strip().partition("\n")
    words = _percent_encode(first)
    if last.strip():
        words += f",{_percent_encode(last.rpartition(chr(10))[2])}"
    before, after = _whole_words(prefix[::-1])[::-1], _whole_words(suffix)
    start = f"{_percent_encode(before)}-," if before else ""
    end = f",-{_percent_encode(after)}" if after else ""
    return f":~:text={start}{words}{end}"


def range_fragment(first_words: str, last_words: str) -> str:
    """The fragment of a URL that leads to a passage, which is the only one with these ends."""
    first = first_words.strip().partition("\n")[0]
    last = last_words.strip().rpartition("\n")[2]
    return f":~:text={_percent_encode(first)},{_percent_encode(last)}"


def _percent_encode(words: str) -> str:
    return quote(" ".join(words.split()), safe="").replace("-", "%2D")


def _whole_words(context: str) -> str:
    """A context without its last word, which may be incomplete."""
    if "\n" in context:
        context = context.partition("\n")[0] + " "
    return (
        context
        if context[-1:].isspace()
        else context[: -len(context.split()[-1])]
        if context.split()
        else ""
    ).strip()


def _source_url(source: Mapping[str, Any], record: Mapping[str, Any]) -> str | None:
    """The URL of the source, at the quoted words; None: it has none on the web."""
    url = source["original_url"]
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    address = quote(_DIRECTION_CONTROLS.sub("", url), safe=_URL_SAFE)
    quotation = next(
        (item for item in _evidence_by_relevance(record) if item["source"] == source["id"]), None
    )
    if quotation is None or record["id"] == source["id"]:
        return address
    fragment = (
        range_fragment(quotation["first_words"], quotation["last_words"])
        if quotation["type"] == "range"
        else text_fragment(quotation["exact"], quotation["prefix"], quotation["suffix"])
    )
    return f"{address}{'' if '#' in address else '#'}{fragment}"


def _evidence_by_relevance(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The evidence of the record; what supports its headline comes first."""
    as_written = record.get("as_written")

    def rank(item: Mapping[str, Any]) -> tuple[bool, bool]:
        has_number = as_written is None or as_written in item.get("exact", "")
        return not has_number, not supports_headline(item["proves"])

    return sorted(record["evidence"], key=rank)


# --- text styles ---


def _sentence(citation: Citation) -> str:
    return f"{_undated_sentence(citation)}, accessed {citation.accessed}.\n"


def _undated_sentence(citation: PinnedRecord) -> str:
    sentences = [f"{citation.claim}.", *citation.notes]
    if quotes := citation.quotes:
        sentences.append(f"In the source’s words: {' … '.join(quotes)}.")
    sentences.append(f"Source: {citation.sources(_source_in_sentence)}.")
    return f"{' '.join(sentences)} On Record, {citation.revision_label}, <{citation.permalink}>"


def _source_in_sentence(source: CitedSource) -> str:
    title = f"“{source.title}”" if source.has_headline else source.title
    published = _published(source)
    # In angle brackets (RFC 3986, C), so that punctuation is not taken for a part of the URL.
    parts = [
        join_words(source.authors),
        title,
        source.publisher,
        source.kind,
        published,
        source.url and f"<{source.url}>",
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text} ({source.unnamed})" if source.unnamed else text


def _published(source: CitedSource) -> str:
    if source.published_on is None:
        return "day of publication unknown"
    return f"published {date_text(source.published_on)}"


def _apa(citation: Citation) -> str:
    """APA 7, dataset that changes: author, date, title, description, day of retrieval, URL."""
    recorded = citation.recorded_on
    recorded_text = f"{recorded.year}, {_month_and_day(recorded)}" if recorded else "n.d."
    description = (
        f"[{citation.resource_type.capitalize()} {citation.record_id};"
        f" revision {citation.cited.revision}; dataset {citation.version}]"
    )
    retrieved = f"Retrieved {_american_date(citation.accessed)}, from {citation.permalink}"
    source = citation.sources(_source_in_apa, separator=" Source: ")
    return (
        f"On Record. ({recorded_text}). {citation.claim} {description}. {retrieved} "
        f"{_notes(citation)}Source: {source}\n"
    )


def _source_in_apa(source: CitedSource) -> str:
    published = _of_publication(source, lambda day: f"{day.year}, {_month_and_day(day)}") or "n.d."
    authors = (
        f"{source.authors[0]}" if len(source.authors) == 1 else join_words(source.authors, " & ")
    )
    head = (
        [authors, f"({published})", source.title] if authors else [source.title, f"({published})"]
    )
    return _with_full_stops([*head, source.publisher, _capitalize(source.unnamed)], source.url)


def _chicago(citation: Citation) -> str:
    """Chicago, notes and bibliography: a dataset with author, title, container, days and URL."""
    recorded = citation.recorded_on
    days = f"Recorded {_american_date(recorded)}. " if recorded else ""
    claim = citation.claim.replace("“", "‘").replace("”", "’")
    source = citation.sources(_source_in_chicago, separator=" Source: ")
    return (
        f"On Record. “{claim}.” {citation.revision_label[0].upper()}"
        f"{citation.revision_label[1:]}. {days}Accessed"
        f" {_american_date(citation.accessed)}. {citation.permalink}. {_notes(citation)}"
        f"Source: {source}\n"
    )


def _source_in_chicago(source: CitedSource) -> str:
    published = _of_publication(source, _american_date) or "n.d."
    nested = source.title.replace("“", "‘").replace("”", "’")
    title = f"“{nested}.”" if source.has_headline else f"{source.title}."
    authors = f"{join_words(source.authors)}. " if source.authors else ""
    return f"{authors}{title} " + _with_full_stops(
        [", ".join(filter(None, [source.publisher, published])), _capitalize(source.unnamed)],
        source.url,
    )


def _with_full_stops(parts: Sequence[str | None], url: str | None) -> str:
    """Parts with full stops; the URL has none, which would be taken for a part of it."""
    return " ".join(
        [
            *(part if part.endswith(".") else f"{part}." for part in parts if part),
            *([url] if url else []),
        ]
    )


def _notes(citation: Citation) -> str:
    return f"Note: {' '.join(citation.notes)} " if citation.notes else ""


def _of_publication(source: CitedSource, format_day: Callable[[date], str]) -> str | None:
    if source.published_on is None:
        return None
    edtf = source.published_on["edtf"]
    day = format_day(date.fromisoformat(edtf)) if _ISO_DAY.fullmatch(edtf) else long_date(edtf)
    return day if source.published_on["basis"] == "stated" else f"{day} [inferred]"


def _american_date(day: date) -> str:
    return f"{_month_and_day(day)}, {day.year}"


def _month_and_day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}"


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- reference managers ---


def _title(citation: Citation) -> str:
    """The title, which every style prints: so it has the source, too."""
    return f"{citation.claim}; source: {citation.sources(_source_in_title)}"


def _source_in_title(source: CitedSource) -> str:
    return ", ".join(filter(None, [source.title, source.publisher, _published(source)]))


def _note(citation: Citation) -> str:
    sentences = [*citation.notes, f"Source: {citation.sources(_source_in_sentence)}."]
    if citation.quotes:
        sentences.append(f"In the source’s words: {' … '.join(citation.quotes)}.")
    return " ".join(sentences)


_BIBTEX_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{mark: f"\\{mark}" for mark in "$&#%_"},
}
"""Braces are commands, as BibTeX also counts escaped ones."""


def _bibtex(citation: Citation) -> str:
    recorded = citation.recorded_on
    fields = {
        "author": "{On Record}",
        "title": f"{{{_escape_bibtex(_title(citation))}}}",
        "howpublished": _escape_bibtex(f"On Record, {citation.revision_label}"),
        **({"year": str(recorded.year), "date": recorded.isoformat()} if recorded else {}),
        "url": citation.permalink,
        "urldate": citation.accessed.isoformat(),
        "note": _escape_bibtex(f"Accessed {citation.accessed}. {_note(citation)}"),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return (
        f"@misc{{{citation.resource_type}-{citation.record_id}-r{citation.cited.revision},\n"
        f"{lines}\n}}\n"
    )


def _escape_bibtex(text: str) -> str:
    return "".join(_BIBTEX_ESCAPES.get(character, character) for character in text)


def _ris(citation: Citation) -> str:
    recorded = citation.recorded_on
    lines = [
        ("TY", "DATA"),
        ("ID", f"{citation.resource_type}-{citation.record_id}-r{citation.cited.revision}"),
        ("AU", "On Record"),
        ("TI", _title(citation)),
        ("T2", "On Record"),
        ("PB", "On Record"),
        ("ET", f"revision {citation.cited.revision}, dataset {citation.version}"),
        *([("PY", str(recorded.year)), ("DA", recorded.strftime("%Y/%m/%d"))] if recorded else []),
        ("UR", citation.permalink),
        ("Y2", citation.accessed.strftime("%Y/%m/%d")),
        ("N1", _note(citation)),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in [*lines, ("ER", "")])


def _csl_json(citation: Citation) -> str:
    recorded = citation.recorded_on
    item: dict[str, Any] = {
        "id": f"{citation.resource_type}-{citation.record_id}-r{citation.cited.revision}",
        "type": "dataset",
        "author": [{"literal": "On Record"}],
        "title": _title(citation),
        "container-title": "On Record",
        "publisher": "On Record",
        "version": f"revision {citation.cited.revision}, dataset {citation.version}",
        "URL": citation.permalink,
        "accessed": _date_parts(citation.accessed),
        "note": _note(citation),
    }
    if recorded:
        item["issued"] = _date_parts(recorded)
    return orjson.dumps([item]).decode()


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


# --- the styles ---


@dataclass(frozen=True)
class Style:
    media_type: str
    format: Callable[[Citation], str]


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
    """`origin` is the beginning of URLs, with scheme and host."""
    citation = Citation(cited, f"{origin}{RESOURCES[cited.resource_type].path}", version, accessed)
    return STYLES[style].format(citation).encode()


def undated_citation(cited: CitedRecord, *, origin: str, version: str) -> str:
    """The citation without the day of access."""
    record = PinnedRecord(cited, f"{origin}{RESOURCES[cited.resource_type].path}", version)
    return f"{_undated_sentence(record)}."
