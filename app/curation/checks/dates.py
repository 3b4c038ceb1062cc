"""Dates: their form, their proof in the quotes, and their basis."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from app.curation import schema as s
from app.curation.dates import DateError, bounds, ends
from app.curation.files import Finding
from app.curation.readers.date_meanings import DateReading
from app.curation.readers.date_support import date_support
from app.curation.readers.date_words import words_of
from app.curation.readers.dates import read_quoted_dates, with_years
from app.curation.seeds import Article, Entry, Seeds, as_quote, walk


def dates_are_calendar_dates(seeds: Seeds) -> Iterator[Finding]:
    """Dates are EDTF and in the calendar; a date without bounds could not be searched."""
    for entry in _dates(seeds):
        try:
            bounds(entry.seed.edtf)
        except DateError as error:
            yield entry.finding(
                "dates-are-calendar-dates", f"Correct “{entry.seed.edtf}”: it {error}", "edtf"
            )


def _dates(seeds: Seeds) -> Iterator[Entry[s.DateSeed]]:
    for entry in seeds.series:
        yield from walk(entry, s.DateSeed)
    for article in seeds.articles:
        yield from article.parts(s.DateSeed)


def dates_are_supported(seeds: Seeds) -> Iterator[Finding]:
    """Quoted words give each end of a date, in the record or in the event that it belongs to.

    What they give only relative to publication, or by a part of the date, is inferred. So is what
    cannot be read in them.
    """
    events = {entry.seed.id: entry for entry in seeds.all_of("events")}
    for article in seeds.articles:
        published = _published(article)
        reader = _DateReader(article, published)
        for record in _dated_records(article):
            if not events.keys() >= set(_events_of(record)) & seeds.known_ids["event"]:
                continue  # an event that is invalid may have its date
            for entry in walk(record, s.DateSeed):
                field = str(entry.location[len(record.location)])
                readings, is_proof = _readings(record, field, events, reader)
                yield from _check_date(
                    entry,
                    readings,
                    published,
                    may_lie_ahead=s.may_lie_ahead(record.seed) or _goes_on(record.seed),
                    may_be_published=not readings or (field == "as_of" and not is_proof),
                    is_fully_read=reader.is_full,
                )


def _goes_on(seed: s.Seed) -> bool:
    """Whether a record is of something that goes on, which may end after publication."""
    return isinstance(seed, s.EventSeed) and seed.status == "ongoing"


def _dated_records(article: Article) -> Iterator[Entry[Any]]:
    """Yield what has dates and quotes of its own."""
    for name in ("events", "statements", "figures"):
        yield from article.entries(name)
    for actor in article.entries("actors"):
        yield from walk(actor, s.RoleSeed, s.ActorRelationSeed)


class _DateReader:
    """Reads the dates of an article's quotes, each once."""

    def __init__(self, article: Article, published: date | None) -> None:
        self.text, self.published = article.text, published
        self.language = article.seed.source.language or "en"
        self.is_full = words_of(self.language).is_full
        self._readings: dict[s.QuoteSeed, tuple[DateReading, ...]] = {}

    def read(self, quotes: Iterable[s.QuoteSeed]) -> tuple[DateReading, ...]:
        return with_years(reading for quote in quotes for reading in self._read(quote))

    def _read(self, quote: s.QuoteSeed) -> tuple[DateReading, ...]:
        if quote not in self._readings:
            self._readings[quote] = read_quoted_dates(
                as_quote(quote), self.text, self.language, self.published
            )
        return self._readings[quote]


def _readings(
    record: Entry[Any], field: str, events: dict[str, Entry[s.EventSeed]], reader: _DateReader
) -> tuple[tuple[DateReading, ...], bool]:
    """Return the dates in the quotes that prove the field, else in all quotes of the record, else
    in those of its events; and whether they are in those that prove it.
    """
    quotes = [entry.seed for entry in record.quotes]
    proving = [quote for quote in quotes if field in quote.proves]
    if readings := reader.read(proving):
        return readings, True
    return reader.read(quotes) or reader.read(_related_quotes(record, events)), False


def _check_date(
    entry: Entry[s.DateSeed],
    readings: Sequence[DateReading],
    published: date | None,
    *,
    may_lie_ahead: bool,
    may_be_published: bool,
    is_fully_read: bool,
) -> Iterator[Finding]:
    edtf = entry.seed.edtf
    if entry.seed.basis == "publication_date":
        return  # asked by publication_dates_match_the_source
    try:
        bounds(edtf)
    except DateError:
        return
    support = date_support(
        edtf,
        readings,
        published,
        may_lie_ahead=may_lie_ahead,
        may_be_published=may_be_published,
    )
    bases = (entry.seed.basis, entry.seed.basis_end or entry.seed.basis)
    is_read = is_fully_read and all(reading.edtf for reading in readings)
    both = ends(edtf)
    for end, basis, given in list(zip(both, bases, support, strict=True))[
        : 1 + (both[0] != both[1])
    ]:
        if given is None and is_read:
            message = f"Quote the words that give “{end}”, or correct the date; "
            message += _said(readings, may_lie_ahead=may_lie_ahead)
            yield entry.finding("dates-are-supported", message, "edtf")
        elif given != "stated" and basis == "stated":
            message = (
                f"Write basis: inferred, and a note that says how: the quotes do not state “{end}”"
            )
            yield entry.finding("dates-are-supported", message, "basis")


def _said(readings: Sequence[DateReading], *, may_lie_ahead: bool) -> str:
    """Say what the quotes give instead."""
    usable = (r for r in readings if may_lie_ahead or not r.is_ahead)
    read = list(dict.fromkeys(r.edtf for r in usable if r.edtf))
    if not read:
        return "they name no date"
    more = ", …" if len(read) > 4 else ""
    return f"they give {', '.join(f'“{edtf}”' for edtf in read[:4])}{more}"


def _related_quotes(
    record: Entry[Any], events: dict[str, Entry[s.EventSeed]], depth: int = 2
) -> Iterator[s.QuoteSeed]:
    """Yield the quotes of a record and of its events, up to two steps away."""
    for quote in record.quotes:
        yield quote.seed
    if depth:
        for event_id in _events_of(record):
            if event_id in events:
                yield from _related_quotes(events[event_id], events, depth - 1)


def _events_of(record: Entry[Any]) -> Iterator[str]:
    """Yield the ids of the events that a record refers to."""
    event = getattr(record.seed, "event", None)
    if event is not None and event.id is not None:
        yield event.id
    for relation in getattr(record.seed, "relations", ()):
        if relation.resource == "event":
            yield relation.to


def _published(article: Article, *, last: bool = False) -> date | None:
    """Return the first or the last possible day of publication."""
    published = article.seed.source.published_on
    try:
        day = None if published is None else bounds(published.edtf)[last]
    except DateError:
        return None
    return None if day is None else date.fromisoformat(day)


def publication_dates_match_the_source(seeds: Seeds) -> Iterator[Finding]:
    """A date with `basis: publication_date` is the source's day of publication."""
    for article in seeds.articles:
        published = article.seed.source.published_on
        for entry in article.parts(s.DateSeed):
            if entry.seed.basis == "publication_date" and (
                published is None or entry.seed.edtf != published.edtf
            ):
                day = "unknown" if published is None else published.edtf
                message = (
                    f"Write another basis: “{entry.seed.edtf}” is not the day of publication, {day}"
                )
                yield entry.finding("publication-dates-match-the-source", message, "edtf")


_AHEAD: dict[type[Any], str] = {
    s.EventSeed: ", or write status: planned or status: agreed",
    s.FigureSeed: ", or write observation_status: forecast",
}


def past_is_before_publication(seeds: Seeds) -> Iterator[Finding]:
    """What a text reports as done, said or counted does not begin after publication; what it plans,
    agrees or forecasts may.
    """
    for article in seeds.articles:
        published = _published(article, last=True)
        if published is None:
            continue
        for record in _dated_records(article):
            if s.may_lie_ahead(record.seed):
                continue
            otherwise = _AHEAD.get(type(record.seed), "")
            for entry in walk(record, s.DateSeed):
                try:
                    earliest, _ = bounds(entry.seed.edtf)
                except DateError:
                    continue
                if earliest is not None and earliest > published.isoformat():
                    message = (
                        f"Correct “{entry.seed.edtf}”{otherwise}: it begins after publication"
                        f" ({published}), but is reported as past"
                    )
                    yield entry.finding("past-is-before-publication", message, "edtf")


def events_during_dated_ones_have_a_date(seeds: Seeds) -> Iterator[Finding]:
    """An event that is `during` an event with a date has a date too, so that like cases are
    treated alike and searches by date find it.
    """
    dates = {entry.seed.id: entry.seed.date for entry in seeds.all_of("events")}
    for entry in seeds.all_of("events"):
        for index, relation in enumerate(entry.seed.relations):
            date = dates.get(relation.to) if relation.resource == "event" else None
            if relation.type == "during" and entry.seed.date is None and date is not None:
                message = (
                    f"Add a date: it is during “{relation.to}”, whose date is “{date.edtf}”; write"
                    " some day within it, basis: inferred and a note"
                )
                yield entry.finding(
                    "events-during-dated-ones-have-a-date", message, "relations", index, "to"
                )


def what_goes_on_has_no_end(seeds: Seeds) -> Iterator[Finding]:
    """An event is `ongoing` if its date goes on (`2012/..`) or has no end before publication."""
    for article in seeds.articles:
        published = _published(article)
        for entry in article.entries("events"):
            date, status = entry.seed.date, entry.seed.status
            if date is None:
                continue
            if status == "reported" and date.edtf.endswith("/.."):
                end = date.edtf.removesuffix("..")
                message = (
                    f"Write status: ongoing, or “{end}” where the text does not say that it goes"
                    f" on: “{date.edtf}” goes on"
                )
                yield entry.finding("what-goes-on-has-no-end", message, "date")
            if status == "ongoing" and published is not None:
                try:
                    _, latest = bounds(date.edtf)
                except DateError:
                    continue
                if latest is not None and latest < published.isoformat():
                    message = (
                        f"Write status: reported, or correct “{date.edtf}”: it ends before"
                        f" publication ({published})"
                    )
                    yield entry.finding("what-goes-on-has-no-end", message, "status")


def folders_are_named_by_date(seeds: Seeds) -> Iterator[Finding]:
    """An article's folder begins with its day of publication: folders sort by time."""
    for article in seeds.articles:
        published = article.seed.source.published_on
        if published is not None and not article.file.parent.name.startswith(f"{published.edtf}-"):
            message = (
                f"Rename the folder “{article.file.parent.name}”: it begins with the day of"
                f" publication, “{published.edtf}-”"
            )
            yield article.source.finding("folders-are-named-by-date", message, "published_on")


def figures_have_an_as_of(seeds: Seeds) -> Iterator[Finding]:
    """A figure has an as-of date, if only the day of publication: without one it would mislead."""
    for article in seeds.articles:
        for entry in article.entries("figures"):
            as_of = entry.seed.as_of or article.seed.source.published_on
            if as_of is None and not article.is_complete:
                continue  # the day of publication may be what is invalid
            if as_of is None:
                message = "Add as_of: the source has no day of publication to take its place"
                yield entry.finding("figures-have-an-as-of", message, "id")
                continue
            try:
                first, last = bounds(as_of.edtf)
            except DateError:
                continue
            if first is None or last is None:
                message = f"Close “{as_of.edtf}”: an as-of date has a first and a last possible day"
                yield entry.finding("figures-have-an-as-of", message, "as_of")
