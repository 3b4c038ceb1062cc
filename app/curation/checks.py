"""The rules that seeds must keep. Each is one small function: its docstring is the rule and its reason, its name is the
name in the message. RULES is the table of all of them.

Whether quotes stand in the text is asked here where the text is at hand; whether they still stand as they did when they
were locked is the business of `verify`.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.curation import schema as s
from app.curation.dates import DateError, bounds
from app.curation.files import Finding
from app.curation.numerals import read
from app.curation.quotes import CONTEXT_LIMIT, QuoteAmbiguousError, QuoteNotFoundError, locate
from app.curation.seeds import Article, Entry, Seeds, as_quote, walk
from app.resources import RESOURCES
from app.vocabulary import Noun

Rule = Callable[[Seeds], Iterator[Finding]]
LONGEST_QUOTE_IN_WORDS = 40
MOST_SIGNIFICANT_DIGITS = 15
LARGEST_EXACT_DOUBLE = 10**22


def run(seeds: Seeds) -> list[Finding]:
    """All findings of all rules."""
    return [finding for rule in RULES for finding in rule(seeds)]


# ----------------------------------------------------------------------------------------------- ids and what they mean


def ids_are_unique(seeds: Seeds) -> Iterator[Finding]:
    """An id belongs to one record of its noun: with two, nobody can say which one a link means."""
    for noun, entries in _identities(seeds).items():
        first: dict[str, Entry[Any]] = {}
        for entry in entries:
            earlier = first.setdefault(entry.seed.id, entry)
            if earlier is not entry:
                where = f"{earlier.file.parent.name}/{earlier.file.name}"
                yield entry.finding("ids-are-unique", f"the {noun} “{entry.seed.id}” stands already in {where}", "id")
    for article in seeds.articles:
        for name in ("actors", "places"):
            counts = Counter(entry.seed.id for entry in article.entries(name))
            for entry in article.entries(name):
                if counts[entry.seed.id] > 1:
                    yield entry.finding("ids-are-unique", f"“{entry.seed.id}” stands twice here; put it together", "id")


def _identities(seeds: Seeds) -> dict[Noun, list[Entry[Any]]]:
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
    """Shared identities are sorted by id, so that two curators who add to them do not meet in the same line."""
    shared: tuple[list[Entry[Any]], ...] = (seeds.actors, seeds.places, seeds.series)
    for entries in shared:
        for before, entry in pairwise(entries):
            if before.seed.id > entry.seed.id:
                message = f"“{entry.seed.id}” stands behind “{before.seed.id}”; this file is sorted by id"
                yield entry.finding("shared-files-are-sorted", message, "id")


def references_lead_somewhere(seeds: Seeds) -> Iterator[Finding]:
    """Every id that is referred to exists; otherwise a link would lead nowhere."""
    for noun, entry, key, value in _references(seeds):
        known = seeds.known_ids[noun]
        if value not in known:
            near = difflib.get_close_matches(value, sorted(known), n=1)
            hint = f"; did you mean “{near[0]}”?" if near else ""
            yield entry.finding("references-lead-somewhere", f"there is no {noun} “{value}”{hint}", *key)


def _references(seeds: Seeds) -> Iterator[tuple[Noun, Entry[Any], tuple[str | int, ...], str]]:
    def each(noun: Noun, entry: Entry[Any], name: str) -> Iterator[tuple[Noun, Entry[Any], tuple[str | int, ...], str]]:
        value = getattr(entry.seed, name)
        if isinstance(value, str):
            yield noun, entry, (name,), value
        elif isinstance(value, s.ReferenceSeed):
            if value.id is not None:
                yield noun, entry, (name, "id"), value.id
        elif value is not None:
            for index, item in enumerate(value):
                if isinstance(item, str):
                    yield noun, entry, (name, index), item
                elif item.id is not None:
                    yield noun, entry, (name, index, "id"), item.id

    for place in seeds.places:
        yield from each("place", place, "part_of")
    for series in seeds.series:
        yield from each("actor", series, "population")
        yield from each("series", series, "excludes")
        yield from each("place", series, "places")
    for article in seeds.articles:
        for mention in article.entries("actors"):
            yield "actor", mention, ("id",), mention.seed.id
            for role in walk(mention, s.RoleSeed):
                yield from each("actor", role, "of")
            for relation in walk(mention, s.ActorRelationSeed):
                yield from each("actor", relation, "to")
        for mention in article.entries("places"):
            yield "place", mention, ("id",), mention.seed.id
        for event in article.entries("events"):
            yield from each("place", event, "places")
            yield from each("actor", event, "participants")
            for relation in walk(event, s.EventRelationSeed):
                yield from each(relation.seed.noun, relation, "to")
        for statement in article.entries("statements"):
            yield from each("actor", statement, "addressees")
            yield from each("event", statement, "event")
            for topic in walk(statement, s.TopicSeed):
                if topic.seed.id is not None:
                    yield topic.seed.noun, topic, ("id",), topic.seed.id
        for figure in article.entries("figures"):
            yield from each("series", figure, "series")
            yield from each("figure", figure, "denominator")
            yield from each("place", figure, "places")
            yield from each("event", figure, "event")
        for credited in (*article.entries("statements"), *article.entries("figures")):
            for attribution in walk(credited, s.AttributionSeed):
                yield from each("actor", attribution, "speaker")
                yield from each("actor", attribution, "relayed_by")


def identities_are_named_somewhere(seeds: Seeds) -> Iterator[Finding]:
    """An actor, place or series that no article speaks of has no evidence, and a record without evidence is ours alone."""
    named = {
        "actor": {entry.seed.id for entry in seeds.all_of("actors")},
        "place": {entry.seed.id for entry in seeds.all_of("places")},
        "series": {entry.seed.series for entry in seeds.all_of("figures")},
    }
    for noun, entries in (("actor", seeds.actors), ("place", seeds.places), ("series", seeds.series)):
        for entry in entries:
            if entry.seed.id not in named[noun] and len(seeds.articles) == len(seeds.tree.articles):
                message = (
                    f"no article has evidence for the {noun} “{entry.seed.id}”; quote where it is named, or remove it"
                )
                yield entry.finding("identities-are-named-somewhere", message, "id")


def mentions_are_quoted(seeds: Seeds) -> Iterator[Finding]:
    """What an article is said to write of an actor or a place is proved by at least one quote."""
    for name in ("actors", "places"):
        for entry in seeds.all_of(name):
            if not any(walk(entry, s.QuoteSeed)):
                yield entry.finding("mentions-are-quoted", f"“{entry.seed.id}” has no quote; add one under names", "id")


def wholes_do_not_go_round(seeds: Seeds) -> Iterator[Finding]:
    """A place is not part of itself, by whatever detour: a filter for it would never end."""
    parts = {entry.seed.id: entry.seed.part_of for entry in seeds.places}
    for entry in seeds.places:
        seen, here = {entry.seed.id}, entry.seed.part_of
        while here is not None and here not in seen:
            seen.add(here)
            here = parts.get(here)
        if here == entry.seed.id:
            yield entry.finding("wholes-do-not-go-round", f"“{entry.seed.id}” is part of itself", "part_of")


# --------------------------------------------------------------------------------------------------------------- dates


def dates_are_calendar_dates(seeds: Seeds) -> Iterator[Finding]:
    """Dates are EDTF and in the calendar; a date that cannot be bounded cannot be asked for."""
    for entry in _dates(seeds):
        try:
            bounds(entry.seed.edtf)
        except DateError as error:
            yield entry.finding("dates-are-calendar-dates", f"“{entry.seed.edtf}” {error}", "edtf")


def _dates(seeds: Seeds) -> Iterator[Entry[s.DateSeed]]:
    for entry in (*seeds.series, *(Entry(article.file, (), article.seed) for article in seeds.articles)):
        yield from walk(entry, s.DateSeed)


def what_is_inferred_says_how(seeds: Seeds) -> Iterator[Finding]:
    """Whatever the text does not state in so many words says how we came to it, so that a reader can judge."""
    for article in seeds.articles:
        top = Entry(article.file, (), article.seed)
        kinds = (s.DateSeed, s.ReferenceSeed, s.PopulationSeed, s.ActorRelationSeed)
        for entry in (found for kind in kinds for found in walk(top, kind)):
            inferred = entry.seed.basis == "inferred" or getattr(entry.seed, "basis_end", None) == "inferred"
            if inferred and entry.seed.note is None:
                message = "is inferred, but no note says how; write e.g. note: the year is that of the publication"
                yield entry.finding("what-is-inferred-says-how", message, "basis")


def folders_are_named_by_date(seeds: Seeds) -> Iterator[Finding]:
    """An article's folder begins with its day of publication, so that folders sort as the reports appeared."""
    for article in seeds.articles:
        published = article.seed.source.published_on
        if published is not None and not article.file.parent.name.startswith(f"{published.edtf}-"):
            message = (
                f"the folder “{article.file.parent.name}” must begin with the day of publication, “{published.edtf}-”"
            )
            yield article.source.finding("folders-are-named-by-date", message, "published_on")


def figures_have_an_as_of(seeds: Seeds) -> Iterator[Finding]:
    """A number without a day up to which it holds misleads: where the text gives none, it is the day of publication,
    and where that is unknown too, the curator must say one.
    """
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


# ------------------------------------------------------------------------------------------------------------- figures


def _numbers(figure: s.FigureSeed) -> Iterator[tuple[str, int | float]]:
    for name in ("value", "lower", "upper"):
        number = getattr(figure, name)
        if number is not None:
            yield name, number


def numbers_are_exact(seeds: Seeds) -> Iterator[Finding]:
    """At most 15 significant digits: any computer's number holds that many without changing one."""
    for entry in seeds.all_of("figures"):
        for name, number in _numbers(entry.seed):
            digits = Decimal(str(number)).normalize().as_tuple().digits
            if len(digits) > MOST_SIGNIFICANT_DIGITS or abs(number) > LARGEST_EXACT_DOUBLE:
                message = f"{number} has more than {MOST_SIGNIFICANT_DIGITS} significant digits or is too large to be kept exactly"
                yield entry.finding("numbers-are-exact", message, name)


def qualifier_fits_value(seeds: Seeds) -> Iterator[Finding]:
    """Bounds come from the qualifier alone, so a curator writes `lower` and `upper` only for “between”."""
    for entry in seeds.all_of("figures"):
        figure: s.FigureSeed = entry.seed
        has = {name for name, _ in _numbers(figure)}
        if figure.qualifier == "between":
            if has != {"lower", "upper"}:
                yield entry.finding(
                    "qualifier-fits-value", "“between” takes lower and upper, and no value", "qualifier"
                )
            elif figure.lower is not None and figure.upper is not None and figure.lower >= figure.upper:
                yield entry.finding(
                    "qualifier-fits-value", f"lower {figure.lower} is not below upper {figure.upper}", "lower"
                )
        elif figure.qualifier == "unquantified":
            if has:
                message = f"“{figure.as_written}” gives no number; take {', '.join(sorted(has))} away"
                yield entry.finding("qualifier-fits-value", message, "qualifier")
        elif has != {"value"}:
            message = (
                f"“{figure.qualifier}” takes a value, and nothing but a value: its bounds follow from the qualifier"
            )
            yield entry.finding("qualifier-fits-value", message, "qualifier")


def as_written_is_quoted(seeds: Seeds) -> Iterator[Finding]:
    """The number stands in one of the figure's quotes exactly as `as_written` has it; otherwise it is not proved."""
    for entry in seeds.all_of("figures"):
        if not any(entry.seed.as_written in quote.seed.quote for quote in walk(entry, s.QuoteSeed)):
            message = f"“{entry.seed.as_written}” stands in none of the figure's quotes"
            yield entry.finding("as-written-is-quoted", message, "as_written")


def number_says_what_is_written(seeds: Seeds) -> Iterator[Finding]:
    """The numeral in `as_written` is the value: a slipped digit is the mistake that does most harm."""
    for article in seeds.articles:
        english = _is_english(article)
        for entry in article.entries("figures"):
            figure: s.FigureSeed = entry.seed
            numbers = read(figure.as_written, english=english).numbers
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
                Decimal(str(number)) in readings for number, readings in zip(expected, numbers, strict=True)
            )
            if not fits:
                written = ", ".join(_one_number(readings) for readings in numbers) or "no number"
                given = ", ".join(str(number) for number in expected) or "none"
                message = f"“{figure.as_written}” says {written}, but the figure has {given}"
                yield entry.finding("number-says-what-is-written", message, "value")


def _one_number(readings: frozenset[Decimal]) -> str:
    return " or ".join(f"{number.normalize():f}" for number in sorted(readings)) or "an unreadable number"


def qualifier_says_what_is_written(seeds: Seeds) -> Iterator[Finding]:
    """“Over”, “at least”, “nearly” in `as_written` is the qualifier, and a qualifier has its word there: without it a
    lower bound would be read as a count.
    """
    for article in seeds.articles:
        if not _is_english(article):
            continue
        for entry in article.entries("figures"):
            written = read(entry.seed.as_written).qualifier or "none_stated"
            if written != entry.seed.qualifier:
                message = f"“{entry.seed.as_written}” says {written}, but the qualifier is {entry.seed.qualifier}"
                yield entry.finding("qualifier-says-what-is-written", message, "qualifier")


def _is_english(article: Article) -> bool:
    language = article.seed.source.language
    return language is None or language.split("-")[0].lower() == "en"


def shares_say_of_what(seeds: Seeds) -> Iterator[Finding]:
    """A share names the figure that it is a share of, or at least the population; only a share has a denominator."""
    kinds = {entry.seed.id: _series_of(entry, seeds) for entry in seeds.all_of("figures")}
    for entry in seeds.all_of("figures"):
        series = kinds[entry.seed.id]
        if series is None:
            continue
        denominator = entry.seed.denominator
        if series.measure_kind == "share":
            if denominator is None and series.population is None:
                yield entry.finding("shares-say-of-what", "is a share: name the figure that it is a share of", "id")
            elif denominator is not None and (of := kinds.get(denominator)) is not None and of.measure_kind == "share":
                yield entry.finding("shares-say-of-what", f"“{denominator}” is itself a share", "denominator")
        elif denominator is not None:
            yield entry.finding(
                "shares-say-of-what", "has a denominator, but its series is not of shares", "denominator"
            )


def _series_of(entry: Entry[s.FigureSeed], seeds: Seeds) -> s.SeriesSeed | None:
    return seeds.series_by_id.get(entry.seed.series)


def figures_keep_to_their_series(seeds: Seeds) -> Iterator[Finding]:
    """A figure is confined to the same categories and places as its series: what counts something else is another series."""
    for entry in seeds.all_of("figures"):
        series = _series_of(entry, seeds)
        if series is None:
            continue
        declared = {(item.dimension, item.category) for item in series.breakdown}
        for index, item in enumerate(entry.seed.breakdown):
            if (item.dimension, item.category) not in declared:
                message = f"{item.dimension}: {item.category} is not in the breakdown of the series “{series.id}”"
                yield entry.finding("figures-keep-to-their-series", message, "breakdown", index)
        for index, place in enumerate(entry.seed.places):
            if place.id is not None and place.id not in series.places:
                message = f"the place “{place.id}” is not one of the series “{series.id}”"
                yield entry.finding("figures-keep-to-their-series", message, "places", index)
        if entry.seed.population is not None and series.population is None:
            message = f"the series “{series.id}” has no population to be worded here"
            yield entry.finding("figures-keep-to-their-series", message, "population")


# ---------------------------------------------------------------------------------------------- statements, attribution


def voice_fits_attribution(seeds: Seeds) -> Iterator[Finding]:
    """`attributed` means that a speaker is credited, `article` that the source speaks itself and renders nobody."""
    for entry in seeds.all_of("statements"):
        statement: s.StatementSeed = entry.seed
        speaker = statement.attribution.speaker
        if statement.voice == "attributed" and speaker is None:
            yield entry.finding("voice-fits-attribution", "is attributed, but nobody is named as its speaker", "voice")
        if statement.voice == "article" and speaker is not None:
            yield entry.finding("voice-fits-attribution", "is in the source's own voice, so it has no speaker", "voice")
        if (statement.voice == "article") != (statement.quote_type is None):
            message = "quote_type says how a speaker is rendered: give it unless the voice is the article's own"
            yield entry.finding("voice-fits-attribution", message, "quote_type")


def credit_is_complete(seeds: Seeds) -> Iterator[Finding]:
    """`stated` credits somebody by id or in words, `none` nobody: no name is added that the text does not give."""
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
    """That somebody said it is a fact like any other: the cue (“said”, “urged”) is quoted as proof of the speaker."""
    for entry in (*seeds.all_of("statements"), *seeds.all_of("figures")):
        attributed = entry.seed.attribution.speaker is not None and getattr(entry.seed, "voice", "") != "ambiguous"
        if attributed and not any("speaker" in quote.seed.proves for quote in walk(entry, s.QuoteSeed)):
            message = "has a speaker, but no quote that proves it: add the cue with proves: [speaker]"
            yield entry.finding("speakers-are-cued", message, "attribution")


def quoted_words_stand_in_evidence(seeds: Seeds) -> Iterator[Finding]:
    """Words given as quoted or as loaded stand in the statement's own evidence, letter by letter."""
    for entry in seeds.all_of("statements"):
        quotes = [quote.seed.quote for quote in walk(entry, s.QuoteSeed)]
        for name in ("quoted_words", "loaded_terms"):
            for index, words in enumerate(getattr(entry.seed, name)):
                if not any(words in quote for quote in quotes):
                    message = f"“{words}” stands in none of the statement's quotes"
                    yield entry.finding("quoted-words-stand-in-evidence", message, name, index)


# --------------------------------------------------------------------------------------------------------------- quotes


def quotes_are_short(seeds: Seeds) -> Iterator[Finding]:
    """The fewest words that prove the fact: the text is its author's, and a reader finds the proof at a glance."""
    for article in seeds.articles:
        for entry in article.quotes:
            count = len(entry.seed.quote.split())
            if count > LONGEST_QUOTE_IN_WORDS:
                message = f"quotes {count} words; at most {LONGEST_QUOTE_IN_WORDS}: quote several shorter spans"
                yield entry.finding("quotes-are-short", message, "quote")
            for name in ("prefix", "suffix"):
                if len(getattr(entry.seed, name)) > CONTEXT_LIMIT:
                    message = f"the {name} is longer than {CONTEXT_LIMIT} characters; the last few are enough"
                    yield entry.finding("quotes-are-short", message, name)


def names_stand_in_their_quotes(seeds: Seeds) -> Iterator[Finding]:
    """A name as written is part of the quote that proves it."""
    for article in seeds.articles:
        for entry in walk(Entry(article.file, (), article.seed), s.NameSeed):
            name = entry.seed.as_written
            if name is not None and name not in entry.seed.quote:
                yield entry.finding(
                    "names-stand-in-their-quotes", f"“{name}” is not in “{entry.seed.quote}”", "as_written"
                )


def proves_names_fields(seeds: Seeds) -> Iterator[Finding]:
    """`proves` names fields of the record that the quote belongs to, so that a reader sees which words carry what."""
    credit = {"speaker", "relayed_by"}
    for name, noun in (
        ("actors", "actor"),
        ("places", "place"),
        ("events", "event"),
        ("statements", "statement"),
        ("figures", "figure"),
    ):
        known = set(RESOURCES[noun].record.model_fields) | (credit if noun in ("statement", "figure") else set())  # type: ignore[index]
        for record in seeds.all_of(name):
            for entry in walk(record, s.QuoteSeed):
                for index, field_name in enumerate(entry.seed.proves):
                    if field_name not in known:
                        near = difflib.get_close_matches(field_name, sorted(known), n=1)
                        hint = f"; did you mean “{near[0]}”?" if near else f"; known are {', '.join(sorted(known))}"
                        message = f"“{field_name}” is not a field of a {noun}{hint}"
                        yield entry.finding("proves-names-fields", message, "proves", index)


def quotes_stand_in_the_text(seeds: Seeds) -> Iterator[Finding]:
    """Every quote stands in the text, letter by letter, in one place. (Where the text is at hand.)"""
    for article in seeds.articles:
        if article.text is None:
            continue
        for entry in article.quotes:
            try:
                locate(article.text, as_quote(entry.seed))
            except (QuoteNotFoundError, QuoteAmbiguousError) as error:
                yield entry.finding("quotes-stand-in-the-text", str(error), "quote")


def texts_can_be_stored(seeds: Seeds) -> Iterator[Finding]:
    """No NUL in any word: PostgreSQL cannot hold one."""
    for article in seeds.articles:
        for entry in article.quotes:
            if "\0" in entry.seed.quote + entry.seed.prefix + entry.seed.suffix:
                yield entry.finding("texts-can-be-stored", "the quote holds a NUL character; quote around it", "quote")


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    shared_files_are_sorted,
    references_lead_somewhere,
    identities_are_named_somewhere,
    mentions_are_quoted,
    wholes_do_not_go_round,
    dates_are_calendar_dates,
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
    quotes_are_short,
    names_stand_in_their_quotes,
    proves_names_fields,
    quotes_stand_in_the_text,
    texts_can_be_stored,
)
