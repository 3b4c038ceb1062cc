"""Dates: their form, their proof in the quotes, and their basis."""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from app.curation import schema as s
from app.curation.date_reader import DateMentions, date_support, find_date_mentions
from app.curation.dates import DateError, bounds, ends
from app.curation.files import Finding
from app.curation.seeds import Article, Entry, Seeds, walk


def dates_are_calendar_dates(seeds: Seeds) -> Iterator[Finding]:
    """Dates are EDTF and in the calendar; a date without bounds could not be searched."""
    for entry in _dates(seeds):
        try:
            bounds(entry.seed.edtf)
        except DateError as error:
            yield entry.finding("dates-are-calendar-dates", f"“{entry.seed.edtf}” {error}", "edtf")


def _dates(seeds: Seeds) -> Iterator[Entry[s.DateSeed]]:
    for entry in (
        *seeds.series,
        *(Entry(article.file, (), article.seed) for article in seeds.articles),
    ):
        yield from walk(entry, s.DateSeed)


Inferable = s.DateSeed | s.ReferenceSeed | s.PopulationSeed | s.ActorRelationSeed


def inferences_have_a_note(seeds: Seeds) -> Iterator[Finding]:
    """What the text does not state literally has a note that explains it, so that readers can
    judge.
    """
    for article in seeds.articles:
        top = Entry(article.file, (), article.seed)
        for entry in walk(top, *get_args(Inferable)):
            inferred = (
                entry.seed.basis == "inferred"
                or getattr(entry.seed, "basis_end", None) == "inferred"
            )
            if inferred and entry.seed.note is None:
                message = (
                    "is inferred, but no note says how; write e.g. note: the year is that of the"
                    " publication"
                )
                yield entry.finding("inferences-have-a-note", message, "basis")


def dates_are_supported(seeds: Seeds) -> Iterator[Finding]:
    """Quoted words support each end of a date, in the record or in the event that it belongs to.

    They give the day, month and year, a day of the week before publication, a day or month of the
    year before publication, or the day of publication. An inferred date is not `stated`. (English
    sources.)
    """
    events = {entry.seed.id: entry for entry in seeds.all_of("events")}
    for article in seeds.articles:
        if not article.is_english:
            continue
        published = _published(article)
        for name in ("events", "statements", "figures"):
            for record in article.entries(name):
                may_lie_ahead = getattr(record.seed, "status", "told_as_done") != "told_as_done"
                for entry in walk(record, s.DateSeed):
                    mentions = _date_mentions(
                        record, str(entry.location[len(record.location)]), events
                    )
                    yield from _check_date(entry, mentions, published, may_lie_ahead=may_lie_ahead)


def _date_mentions(
    record: Entry[Any], field: str, events: dict[str, Entry[s.EventSeed]]
) -> DateMentions:
    """Return the dates in the quotes that prove the field, else in all quotes of the record, else
    in those of its events.
    """
    proving = [q.seed.quote for q in walk(record, s.QuoteSeed) if field in q.seed.proves]
    all_quotes = [q.seed.quote for q in walk(record, s.QuoteSeed)]
    for quotes in (proving, all_quotes):
        mentions = find_date_mentions(" ; ".join(quotes))
        if not mentions.is_empty:
            return mentions
    return find_date_mentions(" ; ".join(_related_quotes(record, events)))


def _check_date(
    entry: Entry[s.DateSeed], mentions: DateMentions, published: date | None, *, may_lie_ahead: bool
) -> Iterator[Finding]:
    if entry.seed.basis == "publication_date":
        return  # asked by publication_dates_match_the_source
    try:
        bounds(entry.seed.edtf)
    except DateError:
        return
    bases = (entry.seed.basis, entry.seed.basis_end or entry.seed.basis)
    both = ends(entry.seed.edtf)
    is_lone = both[0] == both[1] or None in both
    for endpoint, basis in zip(both, bases, strict=True):
        if endpoint is None:
            continue
        support = date_support(
            mentions, endpoint, published, is_lone=is_lone, may_lie_ahead=may_lie_ahead
        )
        if not support.supported:
            message = (
                f"no quote of the record bears out “{endpoint}”: quote the words that give it, or"
                " mend the date"
            )
            if mentions.relative:
                message += (
                    "; what “two days ago” or “last month” gives is approximate: write it with ~,"
                    " e.g. 2024-01~"
                )
            yield entry.finding("dates-are-supported", message, "edtf")
        elif support.inferred and basis == "stated":
            message = (
                f"“{endpoint}” does not stand in the quotes as it is: its basis is inferred, and a"
                " note says how"
            )
            yield entry.finding("dates-are-supported", message, "basis")


def _related_quotes(
    record: Entry[Any], events: dict[str, Entry[s.EventSeed]], depth: int = 2
) -> Iterator[str]:
    """Yield the quotes of a record and of its events, up to two steps away."""
    for quote in walk(record, s.QuoteSeed):
        yield quote.seed.quote
    if depth:
        event = getattr(record.seed, "event", None)
        ids = [event if isinstance(event, str) or event is None else event.id]
        ids += [
            relation.to
            for relation in getattr(record.seed, "relations", ())
            if relation.resource == "event"
        ]
        for event_id in ids:
            if event_id in events:
                yield from _related_quotes(events[event_id], events, depth - 1)


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
        for entry in walk(Entry(article.file, (), article.seed), s.DateSeed):
            if entry.seed.basis == "publication_date" and (
                published is None or entry.seed.edtf != published.edtf
            ):
                day = "unknown" if published is None else published.edtf
                message = f"“{entry.seed.edtf}” is not the day of publication, which is {day}"
                yield entry.finding("publication-dates-match-the-source", message, "edtf")


def past_is_before_publication(seeds: Seeds) -> Iterator[Finding]:
    """What a text reports as done, said or counted does not begin after publication."""
    for article in seeds.articles:
        published = _published(article, last=True)
        if published is None:
            continue
        for name, key in (("events", "date"), ("statements", "made_on"), ("figures", "as_of")):
            for entry in article.entries(name):
                value = getattr(entry.seed, key)
                if value is None or getattr(entry.seed, "status", "told_as_done") in (
                    "planned",
                    "agreed",
                ):
                    continue
                try:
                    earliest, _ = bounds(value.edtf)
                except DateError:
                    continue
                if earliest is not None and earliest > published.isoformat():
                    message = (
                        f"“{value.edtf}” begins after publication ({published}), but is told as"
                        " past"
                    )
                    yield entry.finding("past-is-before-publication", message, key)


def folders_are_named_by_date(seeds: Seeds) -> Iterator[Finding]:
    """An article's folder begins with its day of publication: folders sort by time."""
    for article in seeds.articles:
        published = article.seed.source.published_on
        if published is not None and not article.file.parent.name.startswith(f"{published.edtf}-"):
            message = (
                f"the folder “{article.file.parent.name}” must begin with the day of publication,"
                f" “{published.edtf}-”"
            )
            yield article.source.finding("folders-are-named-by-date", message, "published_on")


def figures_have_an_as_of(seeds: Seeds) -> Iterator[Finding]:
    """A figure has an as-of date, if only the day of publication: without one it would mislead."""
    for article in seeds.articles:
        for entry in article.entries("figures"):
            as_of = entry.seed.as_of or article.seed.source.published_on
            if as_of is None:
                message = "has no as_of, and the source has no day of publication to take its place"
                yield entry.finding("figures-have-an-as-of", message, "id")
                continue
            try:
                first, last = bounds(as_of.edtf)
            except DateError:
                continue
            if first is None or last is None:
                message = f"“{as_of.edtf}” is open; an as-of has a first and a last possible day"
                yield entry.finding("figures-have-an-as-of", message, "as_of")
