"""The rules for seeds, one function each.

The docstring of a rule states it with its reason; its name is the name in the message. RULES lists
all of them. That quotes occur in the text is checked if the text is available; that their lock
entries are right is checked by `verify`.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

from app.curation import schema as s
from app.curation.date_reader import DateMentions, date_support, find_date_mentions
from app.curation.dates import DateError, bounds, ends
from app.curation.files import Finding, Location
from app.curation.number_reader import read_number
from app.curation.quotes import CONTEXT_LIMIT, QuoteAmbiguousError, QuoteNotFoundError, locate
from app.curation.seeds import Article, Entry, Seeds, as_quote, walk
from app.curation.wording import (
    foreign_letters,
    in_quotation_marks,
    is_in_quotation_marks,
    loaded_terms,
    names_in,
    our_words,
    outside_quotation_marks,
    words,
)
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS
from app.vocabulary import ResourceType

Rule = Callable[[Seeds], Iterator[Finding]]
MAX_QUOTE_WORDS = 40
MAX_SIGNIFICANT_DIGITS = 15
MAX_EXACT_NUMBER = 10**22


def run(seeds: Seeds) -> list[Finding]:
    """Return the findings of all rules."""
    return [finding for rule in RULES for finding in rule(seeds)]


# ---------------------------------------------------------------------------------------------- ids


def ids_are_unique(seeds: Seeds) -> Iterator[Finding]:
    """An id belongs to one record of its resource type; otherwise a link would be ambiguous."""
    for resource_type, entries in _entries_by_type(seeds).items():
        first: dict[str, Entry[Any]] = {}
        for entry in entries:
            earlier = first.setdefault(entry.seed.id, entry)
            if earlier is not entry:
                where = f"{earlier.file.parent.name}/{earlier.file.name}"
                yield entry.finding(
                    "ids-are-unique",
                    f"the {resource_type} “{entry.seed.id}” stands already in {where}",
                    "id",
                )
    for article in seeds.articles:
        for name in ("actors", "places"):
            counts = Counter(entry.seed.id for entry in article.entries(name))
            for entry in article.entries(name):
                if counts[entry.seed.id] > 1:
                    yield entry.finding(
                        "ids-are-unique",
                        f"“{entry.seed.id}” stands twice here; put it together",
                        "id",
                    )


def _entries_by_type(seeds: Seeds) -> dict[ResourceType, list[Entry[Any]]]:
    return {
        "source": [article.source for article in seeds.articles],
        "actor": list(seeds.actors),
        "place": list(seeds.places),
        "series": list(seeds.series),
        "event": list(seeds.all_of("events")),
        "statement": list(seeds.all_of("statements")),
        "figure": list(seeds.all_of("figures")),
    }


def shared_files_are_sorted(seeds: Seeds) -> Iterator[Finding]:
    """Shared files are sorted by id, so that two curators who add entries rarely change the same
    line.
    """
    shared: tuple[list[Entry[Any]], ...] = (seeds.actors, seeds.places, seeds.series)
    for entries in shared:
        for before, entry in pairwise(entries):
            if before.seed.id > entry.seed.id:
                message = (
                    f"“{entry.seed.id}” stands behind “{before.seed.id}”; this file is sorted by id"
                )
                yield entry.finding("shared-files-are-sorted", message, "id")


def references_lead_somewhere(seeds: Seeds) -> Iterator[Finding]:
    """Every id that is referred to exists; otherwise a link would lead nowhere."""
    files = {"actor": "actors.yaml", "place": "places.yaml", "series": "measures.yaml"}
    for reference in _all_references(seeds):
        known_ids = seeds.known_ids[reference.resource_type]
        if reference.id not in known_ids:
            near = difflib.get_close_matches(reference.id, sorted(known_ids), n=1)
            file = files.get(reference.resource_type, "a facts.yaml")
            hint = f"; did you mean “{near[0]}”?" if near else f"; add it to {file}"
            message = f"there is no {reference.resource_type} “{reference.id}”{hint}"
            yield reference.entry.finding("references-lead-somewhere", message, *reference.location)


@dataclass(frozen=True)
class _Reference:
    """An id in a seed that names a record, and its location relative to `entry`."""

    resource_type: ResourceType
    id: str
    entry: Entry[Any]
    location: Location


def _all_references(seeds: Seeds) -> Iterator[_Reference]:
    shared: tuple[Entry[Any], ...] = (*seeds.places, *seeds.series)
    for entry in shared:
        yield from _references(entry)
    mentions: tuple[tuple[str, ResourceType], ...] = (("actors", "actor"), ("places", "place"))
    for name, resource_type in mentions:
        for entry in seeds.all_of(name):
            yield _Reference(resource_type, entry.seed.id, entry, ("id",))
    for name in ("actors", "events", "statements", "figures"):
        for entry in seeds.all_of(name):
            yield from _references(entry)


def _references(entry: Entry[Any]) -> Iterator[_Reference]:
    """Yield the ids in the reference fields of an entry and of its parts."""
    seed = entry.seed
    for name in type(seed).model_fields:
        value = getattr(seed, name)
        items = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for index, item in items:
            location: Location = (name,) if index is None else (name, index)
            if isinstance(item, BaseModel):
                part = Entry(entry.file, (*entry.location, *location), item)
                if isinstance(item, s.ReferenceSeed) and item.id is not None:
                    resource_type = (
                        item.resource if isinstance(item, s.TopicSeed) else REFERENCE_FIELDS[name]
                    )
                    yield _Reference(resource_type, item.id, part, ("id",))
                yield from _references(part)
            elif name == "to":
                resource_type = seed.resource if isinstance(seed, s.EventRelationSeed) else "actor"
                yield _Reference(resource_type, item, entry, location)
            elif isinstance(item, str) and name in REFERENCE_FIELDS:
                yield _Reference(REFERENCE_FIELDS[name], item, entry, location)


def identities_are_named_somewhere(seeds: Seeds) -> Iterator[Finding]:
    """Actors, places and series have evidence in an article."""
    named = {
        "actor": {entry.seed.id for entry in seeds.all_of("actors")},
        "place": {entry.seed.id for entry in seeds.all_of("places")},
        "series": {entry.seed.series for entry in seeds.all_of("figures")},
    }
    for resource_type, entries in (
        ("actor", seeds.actors),
        ("place", seeds.places),
        ("series", seeds.series),
    ):
        for entry in entries:
            if entry.seed.id not in named[resource_type] and not seeds.is_partial:
                message = (
                    f"no article has evidence for the {resource_type} “{entry.seed.id}”; quote"
                    " where it is named, or remove it"
                )
                yield entry.finding("identities-are-named-somewhere", message, "id")


def mentions_are_quoted(seeds: Seeds) -> Iterator[Finding]:
    """An article that names an actor or a place quotes the name at least once."""
    for name in ("actors", "places"):
        for entry in seeds.all_of(name):
            if not any(walk(entry, s.QuoteSeed)):
                yield entry.finding(
                    "mentions-are-quoted",
                    f"“{entry.seed.id}” has no quote; add one under names",
                    "id",
                )


def wholes_do_not_go_round(seeds: Seeds) -> Iterator[Finding]:
    """A place is not part of itself, not even indirectly; otherwise a filter for it would never
    end.
    """
    parts = {entry.seed.id: entry.seed.part_of for entry in seeds.places}
    for entry in seeds.places:
        visited, whole_id = {entry.seed.id}, entry.seed.part_of
        while whole_id is not None and whole_id not in visited:
            visited.add(whole_id)
            whole_id = parts.get(whole_id)
        if whole_id == entry.seed.id:
            yield entry.finding(
                "wholes-do-not-go-round",
                f"“{entry.seed.id}” is part of itself, by way of “{entry.seed.part_of}”: mend"
                " part_of",
                "part_of",
            )


def corrections_fit_the_records(seeds: Seeds) -> Iterator[Finding]:
    """A corrected record exists; a withdrawn or renamed one does not, and a new id leads to a
    record.
    """
    rule = "corrections-fit-the-records"
    withdrawals: dict[tuple[ResourceType, str], Entry[s.CorrectionSeed]] = {}
    for entry in seeds.corrections:
        if entry.seed.change != "corrected":
            earlier = withdrawals.setdefault((entry.seed.resource, entry.seed.id), entry)
            if earlier is not entry:
                message = (
                    f"the {entry.seed.resource} “{entry.seed.id}” is said to be"
                    f" {earlier.seed.change} already"
                )
                yield entry.finding(rule, message, "id")
    for entry in seeds.corrections:
        seed = entry.seed
        known_ids = seeds.known_ids[seed.resource]
        if seed.change == "corrected" and seed.id not in known_ids and not seeds.is_partial:
            near = difflib.get_close_matches(seed.id, sorted(known_ids), n=1)
            hint = f"did you mean “{near[0]}”?" if near else "is it change: withdrawn?"
            yield entry.finding(rule, f"there is no {seed.resource} “{seed.id}”; {hint}", "id")
        if seed.change != "corrected" and seed.id in known_ids:
            message = (
                f"the {seed.resource} “{seed.id}” is still there; an id that was {seed.change} is"
                " never used again"
            )
            yield entry.finding(rule, message, "id")
        if (seed.renamed_to is None) == (seed.change == "renamed"):
            message = (
                "says where a record has gone that is renamed, and stands with change: renamed"
                " alone"
            )
            yield entry.finding(
                rule, f"renamed_to {message}", *(["renamed_to"] if seed.renamed_to else [])
            )
        elif seed.renamed_to and not seeds.is_partial and seed.renamed_to not in known_ids:
            onward = withdrawals.get((seed.resource, seed.renamed_to))
            if onward is None or onward is entry:
                message = (
                    f"there is no {seed.resource} “{seed.renamed_to}”, and none that has gone on"
                    " from there"
                )
                yield entry.finding(rule, message, "renamed_to")
        yield from _rename_cycles(entry, withdrawals)


def _rename_cycles(
    entry: Entry[s.CorrectionSeed],
    withdrawals: dict[tuple[ResourceType, str], Entry[s.CorrectionSeed]],
) -> Iterator[Finding]:
    visited, current = {entry.seed.id}, entry.seed.renamed_to
    while current is not None and current not in visited:
        visited.add(current)
        onward = withdrawals.get((entry.seed.resource, current))
        current = onward.seed.renamed_to if onward else None
    if current == entry.seed.id:
        message = f"“{entry.seed.id}” comes back to itself, by way of “{entry.seed.renamed_to}”"
        yield entry.finding("corrections-fit-the-records", message, "renamed_to")


# -------------------------------------------------------------------------------------------- dates


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


def what_is_inferred_says_how(seeds: Seeds) -> Iterator[Finding]:
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
                yield entry.finding("what-is-inferred-says-how", message, "basis")


def dates_are_borne_out(seeds: Seeds) -> Iterator[Finding]:
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
        return  # asked by publication_dates_are_those_of_the_source
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
            yield entry.finding("dates-are-borne-out", message, "edtf")
        elif support.inferred and basis == "stated":
            message = (
                f"“{endpoint}” does not stand in the quotes as it is: its basis is inferred, and a"
                " note says how"
            )
            yield entry.finding("dates-are-borne-out", message, "basis")


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


def publication_dates_are_those_of_the_source(seeds: Seeds) -> Iterator[Finding]:
    """A date with `basis: publication_date` is the source's day of publication."""
    for article in seeds.articles:
        published = article.seed.source.published_on
        for entry in walk(Entry(article.file, (), article.seed), s.DateSeed):
            if entry.seed.basis == "publication_date" and (
                published is None or entry.seed.edtf != published.edtf
            ):
                day = "unknown" if published is None else published.edtf
                message = f"“{entry.seed.edtf}” is not the day of publication, which is {day}"
                yield entry.finding("publication-dates-are-those-of-the-source", message, "edtf")


def nothing_refers_to_itself(seeds: Seeds) -> Iterator[Finding]:
    """No event, actor or series has a relation to itself: such a relation has no meaning."""
    for name, key in (("actors", "relations"), ("events", "relations")):
        for entry in seeds.all_of(name):
            for index, relation in enumerate(getattr(entry.seed, key)):
                if (
                    relation.to == entry.seed.id
                    and getattr(relation, "resource", "event") == "event"
                ):
                    message = f"“{entry.seed.id}” is tied to itself"
                    yield entry.finding("nothing-refers-to-itself", message, key, index, "to")
    for series in seeds.series:
        if series.seed.id in series.seed.excludes:
            yield series.finding(
                "nothing-refers-to-itself", f"“{series.seed.id}” excludes itself", "excludes"
            )
    for figure in seeds.all_of("figures"):
        if figure.seed.denominator == figure.seed.id:
            yield figure.finding(
                "nothing-refers-to-itself",
                f"“{figure.seed.id}” is a share of itself",
                "denominator",
            )


def nothing_done_lies_ahead(seeds: Seeds) -> Iterator[Finding]:
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
                    yield entry.finding("nothing-done-lies-ahead", message, key)


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


# ------------------------------------------------------------------------------------------ figures


def _numbers(figure: s.FigureSeed) -> Iterator[tuple[str, int | float]]:
    for name in ("value", "lower", "upper"):
        number = getattr(figure, name)
        if number is not None:
            yield name, number


def numbers_are_exact(seeds: Seeds) -> Iterator[Finding]:
    """A number has at most 15 significant digits, which a double-precision number preserves."""
    for entry in seeds.all_of("figures"):
        for name, number in _numbers(entry.seed):
            digits = Decimal(str(number)).normalize().as_tuple().digits
            if len(digits) > MAX_SIGNIFICANT_DIGITS or abs(number) > MAX_EXACT_NUMBER:
                message = (
                    f"{number} has more than {MAX_SIGNIFICANT_DIGITS} significant digits or is too"
                    " large to be kept exactly"
                )
                yield entry.finding("numbers-are-exact", message, name)


def qualifier_fits_value(seeds: Seeds) -> Iterator[Finding]:
    """Bounds follow from the qualifier; a curator writes `lower` and `upper` only for “between”."""
    for entry in seeds.all_of("figures"):
        figure: s.FigureSeed = entry.seed
        has = {name for name, _ in _numbers(figure)}
        if figure.qualifier == "between":
            if has != {"lower", "upper"}:
                yield entry.finding(
                    "qualifier-fits-value",
                    "“between” takes lower and upper, and no value",
                    "qualifier",
                )
            elif (
                figure.lower is not None
                and figure.upper is not None
                and figure.lower >= figure.upper
            ):
                yield entry.finding(
                    "qualifier-fits-value",
                    f"lower {figure.lower} is not below upper {figure.upper}",
                    "lower",
                )
        elif figure.qualifier == "unquantified":
            if has:
                message = (
                    f"“{figure.as_written}” gives no number; take {', '.join(sorted(has))} away"
                )
                yield entry.finding("qualifier-fits-value", message, "qualifier")
        elif has != {"value"}:
            message = (
                f"“{figure.qualifier}” takes a value, and nothing but a value: its bounds follow"
                " from the qualifier"
            )
            yield entry.finding("qualifier-fits-value", message, "qualifier")


def as_written_is_quoted(seeds: Seeds) -> Iterator[Finding]:
    """The number occurs in a quote of the figure exactly as in `as_written`; otherwise it is
    unproved.
    """
    for entry in seeds.all_of("figures"):
        if not any(entry.seed.as_written in quote.seed.quote for quote in walk(entry, s.QuoteSeed)):
            message = (
                f"“{entry.seed.as_written}” stands in none of the figure's quotes: write it letter"
                " by letter as a quote has it"
            )
            yield entry.finding("as-written-is-quoted", message, "as_written")


def number_says_what_is_written(seeds: Seeds) -> Iterator[Finding]:
    """The numeral in `as_written` is the value: a wrong digit is the most harmful mistake."""
    for article in seeds.articles:
        english = article.is_english
        for entry in article.entries("figures"):
            figure: s.FigureSeed = entry.seed
            numbers = read_number(figure.as_written, english=english).numbers
            expected = [number for _, number in _numbers(figure)]
            if not numbers and not english:
                continue  # number words of another language: what they say cannot be read by us
            if figure.qualifier == "unquantified":
                if numbers:
                    yield entry.finding(
                        "number-says-what-is-written",
                        f"“{figure.as_written}” has a number; give it as value",
                        "qualifier",
                    )
                continue
            fits = len(numbers) == len(expected) and all(
                Decimal(str(number)) in readings
                for number, readings in zip(expected, numbers, strict=True)
            )
            if not fits:
                read_values = (
                    ", ".join(_format_readings(readings) for readings in numbers) or "no number"
                )
                seed_values = ", ".join(str(number) for number in expected) or "none"
                message = (
                    f"“{figure.as_written}” says {read_values}, but the figure has {seed_values}"
                )
                yield entry.finding("number-says-what-is-written", message, "value")


def _format_readings(readings: frozenset[Decimal]) -> str:
    return (
        " or ".join(f"{number.normalize():f}" for number in sorted(readings))
        or "an unreadable number"
    )


def qualifier_says_what_is_written(seeds: Seeds) -> Iterator[Finding]:
    """The words “over”, “at least”, “nearly” in `as_written` are the qualifier, and the reverse.

    Without the qualifier a lower bound would be read as a count.
    """
    for article in seeds.articles:
        if not article.is_english:
            continue
        for entry in article.entries("figures"):
            qualifier_read = read_number(entry.seed.as_written).qualifier or "none_stated"
            if qualifier_read != entry.seed.qualifier:
                message = (
                    f"“{entry.seed.as_written}” says {qualifier_read}, but the qualifier is"
                    f" {entry.seed.qualifier}"
                )
                yield entry.finding("qualifier-says-what-is-written", message, "qualifier")


def shares_say_of_what(seeds: Seeds) -> Iterator[Finding]:
    """A share names the figure that it is a share of, or the population; only a share has a
    denominator.
    """
    kinds = {entry.seed.id: _series_of(entry, seeds) for entry in seeds.all_of("figures")}
    for entry in seeds.all_of("figures"):
        series = kinds[entry.seed.id]
        if series is None:
            continue
        denominator = entry.seed.denominator
        if series.measure_kind == "share":
            if denominator is None and series.population is None:
                yield entry.finding(
                    "shares-say-of-what", "is a share: name the figure that it is a share of", "id"
                )
            elif (
                denominator is not None
                and (of := kinds.get(denominator)) is not None
                and of.measure_kind == "share"
            ):
                yield entry.finding(
                    "shares-say-of-what",
                    f"“{denominator}” is itself a share: name the count that this is a share of",
                    "denominator",
                )
        elif denominator is not None:
            yield entry.finding(
                "shares-say-of-what",
                "has a denominator, but its series is not of shares",
                "denominator",
            )


def _series_of(entry: Entry[s.FigureSeed], seeds: Seeds) -> s.SeriesSeed | None:
    return seeds.series_by_id.get(entry.seed.series)


def figures_keep_to_their_series(seeds: Seeds) -> Iterator[Finding]:
    """A figure has the categories and places of its series."""
    for entry in seeds.all_of("figures"):
        series = _series_of(entry, seeds)
        if series is None:
            continue
        declared = {(item.dimension, item.category) for item in series.breakdown}
        for index, item in enumerate(entry.seed.breakdown):
            if (item.dimension, item.category) not in declared:
                message = (
                    f"{item.dimension}: {item.category} is not in the breakdown of the series"
                    f" “{series.id}”"
                )
                yield entry.finding("figures-keep-to-their-series", message, "breakdown", index)
        for index, place in enumerate(entry.seed.places):
            if place.id is not None and place.id not in series.places:
                message = f"the place “{place.id}” is not one of the series “{series.id}”"
                yield entry.finding("figures-keep-to-their-series", message, "places", index)
        start, period = series.start, entry.seed.period
        if start is not None and period is not None and ends(period.edtf)[0] != ends(start.edtf)[0]:
            message = (
                f"begins with “{ends(period.edtf)[0]}”, but its series “{series.id}” with"
                f" “{start.edtf}”"
            )
            yield entry.finding("figures-keep-to-their-series", message, "period")
        if entry.seed.population is not None and series.population is None:
            message = f"the series “{series.id}” has no population to be worded here"
            yield entry.finding("figures-keep-to-their-series", message, "population")


# -------------------------------------------------------------------------- statements, attribution


def voice_fits_attribution(seeds: Seeds) -> Iterator[Finding]:
    """`attributed` means that a speaker is credited, `article` that the source speaks in its own
    voice.
    """
    for entry in seeds.all_of("statements"):
        statement: s.StatementSeed = entry.seed
        speaker = statement.attribution.speaker
        if statement.voice == "attributed" and speaker is None:
            yield entry.finding(
                "voice-fits-attribution",
                "is attributed, but nobody is named as its speaker: add attribution: speaker",
                "voice",
            )
        if statement.voice == "article" and speaker is not None:
            yield entry.finding(
                "voice-fits-attribution",
                "is in the source's own voice, so it has no speaker",
                "voice",
            )
        if (statement.voice == "article") != (statement.quote_type is None):
            message = (
                "quote_type says how a speaker is rendered: give it unless the voice is the"
                " article's own"
            )
            yield entry.finding("voice-fits-attribution", message, "quote_type")


def credit_is_complete(seeds: Seeds) -> Iterator[Finding]:
    """`stated` credits an actor by id or in words, `none` credits none: we add no name."""
    for article in seeds.articles:
        for entry in walk(Entry(article.file, (), article.seed), s.AttributionSeed):
            credited = entry.seed.speaker is not None or bool(entry.seed.relayed_by)
            if (entry.seed.basis == "stated") != credited:
                message = (
                    "credits nobody; name a speaker or a relay, or write basis: none"
                    if not credited
                    else ("says none, but names somebody")
                )
                yield entry.finding("credit-is-complete", message, "basis")


def speakers_are_cued(seeds: Seeds) -> Iterator[Finding]:
    """The cue (“said”, “urged”) is quoted as proof of the speaker, as for any other fact."""
    for entry in (*seeds.all_of("statements"), *seeds.all_of("figures")):
        attributed = (
            entry.seed.attribution.speaker is not None
            and getattr(entry.seed, "voice", "") != "ambiguous"
        )
        if attributed and not any(
            "speaker" in quote.seed.proves for quote in walk(entry, s.QuoteSeed)
        ):
            message = (
                "has a speaker, but no quote that proves it: add the cue with proves: [speaker]"
            )
            yield entry.finding("speakers-are-cued", message, "attribution")


def quoted_words_stand_in_evidence(seeds: Seeds) -> Iterator[Finding]:
    """Quoted words occur in the statement's evidence, and in the text between quotation marks.

    A paraphrase in quotation marks would attribute words that were not said.
    """
    for article in seeds.articles:
        for entry in article.entries("statements"):
            quotes = list(walk(entry, s.QuoteSeed))
            for index, quoted in enumerate(entry.seed.quoted_words):
                holding = [quote for quote in quotes if quoted in quote.seed.quote]
                if not holding:
                    message = (
                        f"“{quoted}” stands in none of the statement's quotes: quote it under"
                        " evidence"
                    )
                    yield entry.finding(
                        "quoted-words-stand-in-evidence", message, "quoted_words", index
                    )
                elif article.text is not None and not any(
                    _is_quotation(article.text, quote, quoted) for quote in holding
                ):
                    message = f"“{quoted}” does not stand between quotation marks in the text"
                    yield entry.finding(
                        "quoted-words-stand-in-evidence", message, "quoted_words", index
                    )


def _is_quotation(text: str, entry: Entry[s.QuoteSeed], exact: str) -> bool:
    """Whether the words are between quotation marks at the place of the quote.

    True if the quote has no unique place, which quotes_stand_in_the_text reports.
    """
    try:
        start = locate(text, as_quote(entry.seed)).start + entry.seed.quote.index(exact)
    except (QuoteNotFoundError, QuoteAmbiguousError):
        return True
    return is_in_quotation_marks(text, start, start + len(exact))


def rendering_fits_quoted_words(seeds: Seeds) -> Iterator[Finding]:
    """A direct or partial quotation has words in quotation marks, a paraphrase has none."""
    for entry in seeds.all_of("statements"):
        has_words, kind = bool(entry.seed.quoted_words), entry.seed.quote_type
        if kind in ("direct", "partial") and not has_words:
            message = (
                f"is a {kind} quotation: give the words that stand in quotation marks as"
                " quoted_words"
            )
            yield entry.finding("rendering-fits-quoted-words", message, "quote_type")
        if kind not in ("direct", "partial") and has_words:
            message = (
                "has quoted_words, so it is direct or partial"
                if kind
                else "is in the source's own voice, so nothing is quoted"
            )
            yield entry.finding("rendering-fits-quoted-words", message, "quoted_words")


# ------------------------------------------------------------------------------------------ wording


def _own_wording(seeds: Seeds) -> Iterator[tuple[Entry[Any], Article | None]]:
    """Yield every entry with words of ours, and the article that it belongs to."""
    for shared in (*seeds.actors, *seeds.places, *seeds.series):
        yield Entry(shared.file, shared.location, shared.seed), None
    for article in seeds.articles:
        yield Entry(article.file, article.source.location, article.source.seed), article
        for name in ("actors", "places", "events", "statements", "figures", "corrections"):
            for entry in article.entries(name):
                yield entry, article
    for correction in seeds.other_corrections:
        yield correction, None


def our_words_are_not_loaded(seeds: Seeds) -> Iterator[Finding]:
    """Our words contain no loaded term outside quotation marks.

    The terms are listed in loaded_terms.yaml.
    """
    names = "\n".join(
        quote.seed.quote for article in seeds.articles for quote in article.quotes
    ).lower()
    for entry, article in _own_wording(seeds):
        texts = [*our_words(entry.seed)]
        # A correction may name an id that is withdrawn because of its wording.
        if not isinstance(entry.seed, s.CorrectionSeed):
            texts.append((("id",), entry.seed.id.replace("-", " ")))
        title = getattr(entry.seed, "title", None)
        # A proper name that a source quotes may contain any word.
        if article is None and title and title.lower() in names:
            continue
        for location, text in texts:
            for _, start, end in loaded_terms().find(outside_quotation_marks(text)):
                word = outside_quotation_marks(text)[start:end]
                message = (
                    f"“{word}” is a loaded term: use a plain word, or the source's own in quotation"
                    " marks"
                )
                yield entry.finding("our-words-are-not-loaded", message, *location)


def quotation_marks_hold_quotes(seeds: Seeds) -> Iterator[Finding]:
    """Words in quotation marks are quoted literally: in a summary by the record's own evidence, in
    other fields by a quote of the article.
    """
    all_quotes = "\n".join(
        quote.seed.quote for article in seeds.articles for quote in article.quotes
    )
    article_quotes = {
        article.file: "\n".join(quote.seed.quote for quote in article.quotes)
        for article in seeds.articles
    }
    for entry, article in _own_wording(seeds):
        if article is None and seeds.is_partial:
            continue
        own_quotes = "\n".join(quote.seed.quote for quote in walk(entry, s.QuoteSeed))
        for location, text in our_words(entry.seed):
            allowed = (
                own_quotes
                if location == ("summary",)
                else all_quotes
                if article is None
                else article_quotes[article.file]
            )
            for quoted in in_quotation_marks(text):
                if quoted not in allowed:
                    message = (
                        f"“{quoted}” stands in quotation marks, but in no quote of the"
                        f" {'record' if allowed is own_quotes else 'article'}"
                    )
                    yield entry.finding("quotation-marks-hold-quotes", message, *location)


def our_words_are_english(seeds: Seeds) -> Iterator[Finding]:
    """Our words are in English, so that one reader can read all records."""
    for entry, _ in _own_wording(seeds):
        for location, text in our_words(entry.seed):
            foreign = foreign_letters(outside_quotation_marks(text))
            if foreign:
                message = (
                    f"“{foreign[:20]}” is not in the Latin alphabet; put the source's words in"
                    " quotation marks"
                )
                yield entry.finding("our-words-are-english", message, *location)


def names_in_our_words_are_supported(seeds: Seeds) -> Iterator[Finding]:
    """A name in a title or summary is in the record's quotes or names a record that it refers to.

    Any other name would be our addition.
    """
    if len(seeds.actors) + len(seeds.places) < len(seeds.known_ids["actor"]) + len(
        seeds.known_ids["place"]
    ):
        return  # a file of identities cannot be read; what is wrong with it has been said
    names = _known_names(seeds)
    for article in seeds.articles:
        for name in ("events", "statements", "figures"):
            for entry in article.entries(name):
                known_words = set(CALENDAR)
                for quote in walk(entry, s.QuoteSeed):
                    known_words.update(words(quote.seed.quote))
                for reference in _references(entry):
                    if reference.id != entry.seed.id:
                        known_words |= names.get(reference.id, set())
                for key in ("title", "summary"):
                    text = outside_quotation_marks(getattr(entry.seed, key, None) or "")
                    for word in names_in(text):
                        if word not in known_words and not known_words.issuperset(word.split("-")):
                            message = (
                                f"“{word}” stands neither in the record's quotes nor in what it"
                                " refers to"
                            )
                            yield entry.finding("names-in-our-words-are-supported", message, key)


CALENDAR = frozenset(
    "January February March April May June July August September October November December"
    " Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)


def _known_names(seeds: Seeds) -> dict[str, set[str]]:
    """Return the words of titles and of names as written, by id."""
    names: dict[str, set[str]] = defaultdict(set)
    for entry in (
        *seeds.actors,
        *seeds.places,
        *seeds.series,
        *seeds.all_of("events"),
        *seeds.all_of("figures"),
    ):
        names[entry.seed.id].update(words(getattr(entry.seed, "title", None) or ""))
    for mention in (*seeds.all_of("actors"), *seeds.all_of("places")):
        for quote in mention.seed.names:
            names[mention.seed.id].update(words(quote.as_written or quote.quote))
    for series in seeds.series:
        for place in (*series.seed.places, series.seed.population):
            names[series.seed.id] |= names.get(place or "", set())
    return names


Worded = s.ReferenceSeed | s.PopulationSeed | s.FigureBreakdownSeed


def wording_is_quoted(seeds: Seeds) -> Iterator[Finding]:
    """`as_written` occurs in a quote of the record; otherwise nothing proves it."""
    for name in ("events", "statements", "figures"):
        for record in seeds.all_of(name):
            quotes = [quote.seed.quote for quote in walk(record, s.QuoteSeed)]
            for entry in walk(record, *get_args(Worded)):
                as_written = entry.seed.as_written
                if as_written is not None and not any(as_written in quote for quote in quotes):
                    message = (
                        f"“{as_written}” stands in none of the record's quotes: quote it there, or"
                        " leave as_written out"
                    )
                    yield entry.finding("wording-is-quoted", message, "as_written")


# ------------------------------------------------------------------------------------------- quotes


def quotes_are_short(seeds: Seeds) -> Iterator[Finding]:
    """A quote has no more words than prove the fact: the text belongs to its author."""
    for article in seeds.articles:
        for entry in article.quotes:
            count = len(entry.seed.quote.split())
            if count > MAX_QUOTE_WORDS:
                message = (
                    f"quotes {count} words; at most {MAX_QUOTE_WORDS}: quote several shorter spans"
                )
                yield entry.finding("quotes-are-short", message, "quote")
            for name in ("prefix", "suffix"):
                if len(getattr(entry.seed, name)) > CONTEXT_LIMIT:
                    message = (
                        f"the {name} is longer than {CONTEXT_LIMIT} characters; the last few are"
                        " enough"
                    )
                    yield entry.finding("quotes-are-short", message, name)


def names_stand_in_their_quotes(seeds: Seeds) -> Iterator[Finding]:
    """A name as written is part of the quote that proves it."""
    for article in seeds.articles:
        for entry in walk(Entry(article.file, (), article.seed), s.NameSeed):
            name = entry.seed.as_written
            if name is not None and name not in entry.seed.quote:
                yield entry.finding(
                    "names-stand-in-their-quotes",
                    f"“{name}” is not in “{entry.seed.quote}”: write the name as the quote has it",
                    "as_written",
                )


def proves_names_fields(seeds: Seeds) -> Iterator[Finding]:
    """`proves` names fields of the record, so that readers see which words prove which field."""
    credit = {"speaker", "relayed_by"}
    lists: tuple[tuple[str, ResourceType], ...] = (
        ("actors", "actor"),
        ("places", "place"),
        ("events", "event"),
        ("statements", "statement"),
        ("figures", "figure"),
    )
    for name, resource_type in lists:
        known_fields = set(RESOURCES[resource_type].record.model_fields)
        if resource_type in ("statement", "figure"):
            known_fields |= credit
        for record in seeds.all_of(name):
            for entry in walk(record, s.QuoteSeed):
                for index, field_name in enumerate(entry.seed.proves):
                    if field_name not in known_fields:
                        near = difflib.get_close_matches(field_name, sorted(known_fields), n=1)
                        hint = (
                            f"; did you mean “{near[0]}”?"
                            if near
                            else f"; known are {', '.join(sorted(known_fields))}"
                        )
                        message = f"“{field_name}” is not a field of a {resource_type}{hint}"
                        yield entry.finding("proves-names-fields", message, "proves", index)


def quotes_stand_in_the_text(seeds: Seeds) -> Iterator[Finding]:
    """Every quote occurs once in the text, literally, if the text is available."""
    for article in seeds.articles:
        if article.text is None:
            continue
        for entry in article.quotes:
            try:
                locate(article.text, as_quote(entry.seed))
            except (QuoteNotFoundError, QuoteAmbiguousError) as error:
                yield entry.finding("quotes-stand-in-the-text", str(error), "quote")


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    shared_files_are_sorted,
    references_lead_somewhere,
    identities_are_named_somewhere,
    mentions_are_quoted,
    wholes_do_not_go_round,
    corrections_fit_the_records,
    dates_are_calendar_dates,
    dates_are_borne_out,
    publication_dates_are_those_of_the_source,
    nothing_done_lies_ahead,
    nothing_refers_to_itself,
    what_is_inferred_says_how,
    folders_are_named_by_date,
    figures_have_an_as_of,
    numbers_are_exact,
    qualifier_fits_value,
    as_written_is_quoted,
    number_says_what_is_written,
    qualifier_says_what_is_written,
    shares_say_of_what,
    figures_keep_to_their_series,
    voice_fits_attribution,
    credit_is_complete,
    speakers_are_cued,
    quoted_words_stand_in_evidence,
    rendering_fits_quoted_words,
    our_words_are_not_loaded,
    quotation_marks_hold_quotes,
    our_words_are_english,
    names_in_our_words_are_supported,
    wording_is_quoted,
    quotes_are_short,
    names_stand_in_their_quotes,
    proves_names_fields,
    quotes_stand_in_the_text,
)
