"""The rules for seeds, one function each, in one module per family.

RULES lists all of them, each with how to fix what breaks it. That quotes occur in the text is
checked if the text is available; that their lock entries are right is checked by `verify`.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.curation.checks import (
    attribution,
    bases,
    corrections,
    dates,
    identities,
    names,
    numbers,
    quotes,
    series,
    speech,
    vocabulary,
    wording,
)
from app.curation.files import Finding
from app.curation.seeds import Seeds


@dataclass(frozen=True)
class Rule:
    """A rule: the function that finds what breaks it, and how to fix that.

    The function's name is the name in the messages; its docstring states the rule.
    """

    check: Callable[[Seeds], Iterator[Finding]]
    fix: str

    @property
    def name(self) -> str:
        return self.check.__name__.replace("_", "-")

    @property
    def statement(self) -> str:
        """The first paragraph of the docstring, in one line."""
        return " ".join((inspect.getdoc(self.check) or "").partition("\n\n")[0].split())


RULES: tuple[Rule, ...] = (
    Rule(identities.ids_are_unique, "Give the record an id of its own, or merge the two entries."),
    Rule(identities.shared_files_are_sorted, "Move the entry to its place."),
    Rule(
        vocabulary.codes_are_in_the_vocabulary,
        "Correct the code, or add it to `vocabulary.yaml` with a label and a definition.",
    ),
    Rule(vocabulary.vocabulary_is_sorted, "Move the entry to its place, or merge the two."),
    Rule(vocabulary.vocabulary_names_codes, "Correct the code, or add it."),
    Rule(vocabulary.deprecated_codes_have_a_successor, "Add `deprecated: true` and `replaced_by`."),
    Rule(
        identities.identifiers_are_of_one_record,
        "Correct the identifier, or merge the two entries.",
    ),
    Rule(identities.references_exist, "Correct the id, or add what it names."),
    Rule(identities.identities_have_evidence, "Quote the name in an article, or delete the entry."),
    Rule(identities.mentions_are_quoted, "Add a quote under `names`."),
    Rule(identities.no_place_is_part_of_itself, "Correct `part_of`."),
    Rule(
        corrections.corrections_match_the_records,
        "Correct the id, or what happened to it (`change`, `renamed_to`).",
    ),
    Rule(
        dates.dates_are_calendar_dates,
        "Write e.g. `2031-03`, `2031-03-04`, `2012/..`, `[2031-03-01..2031-03-03]`.",
    ),
    Rule(
        dates.dates_are_supported,
        "Quote the words that give the date; write `basis: inferred` and a note where"
        " they do not state it.",
    ),
    Rule(
        dates.publication_dates_match_the_source,
        "Write the day of publication, or another basis.",
    ),
    Rule(
        dates.past_is_before_publication,
        "Correct the date, or write `status: planned`, `status: agreed` or `observation_status:"
        " forecast`.",
    ),
    Rule(
        dates.what_goes_on_has_no_end,
        "Write `status: ongoing`, or an end: `2012/2014`, or `2012/` where it is not known.",
    ),
    Rule(
        dates.events_during_dated_ones_have_a_date,
        "Add a date, such as some day within that of the other event, with a note.",
    ),
    Rule(identities.nothing_refers_to_itself, "Name another record."),
    Rule(bases.inferences_have_a_note, "Add `note:`."),
    Rule(
        bases.inferences_are_not_stated,
        "Write `basis: stated` and quote the words, or say in the note how it is inferred.",
    ),
    Rule(
        bases.stated_references_are_in_the_quotes,
        "Write `as_written` and quote it, or `basis: inferred` and a note.",
    ),
    Rule(dates.folders_are_named_by_date, "Rename the folder, or correct `published_on`."),
    Rule(dates.figures_have_an_as_of, "Add `as_of`, with a first and a last possible day."),
    Rule(numbers.numbers_are_exact, "Write fewer digits, or use a larger unit."),
    Rule(
        numbers.qualifier_fits_value,
        "Write `lower` and `upper` for “between”, none for “unquantified”, else `value` alone.",
    ),
    Rule(numbers.number_is_quoted, "Copy `as_written` from a quote."),
    Rule(numbers.number_is_whole, "Write all the words that belong to the number."),
    Rule(numbers.value_matches_the_words, "Write the number that the words say."),
    Rule(
        numbers.falls_are_negative,
        "Write the number with its sign, the words with the one that says a fall, and `reading:`.",
    ),
    Rule(numbers.qualifier_matches_the_words, "Write the qualifier that the words say."),
    Rule(
        numbers.readings_have_a_note,
        "Add `reading:` and say how you read the words, or remove it where they can be read.",
    ),
    Rule(
        numbers.unit_matches_the_sign,
        "Choose a series in the unit of the sign, or correct its unit.",
    ),
    Rule(
        series.shares_name_what_is_shared,
        "Write `measure: share_of_…` with what is shared, or correct `measure_kind`.",
    ),
    Rule(series.denominators_are_counts, "Name a count, or delete `denominator`."),
    Rule(
        series.revisions_are_proved,
        "Correct `supersedes`; quote the words that revise it with `proves: [supersedes]`.",
    ),
    Rule(series.figures_match_their_series, "Add it to the series, or choose another series."),
    Rule(
        attribution.records_name_their_origin,
        "Write `attribution: {speakers: […]}`, `publisher` (once under `source`, if it holds for"
        " most) or, of a number, `none_named`.",
    ),
    Rule(
        attribution.attribution_is_complete,
        "Name speakers or `relayed_by`, or write `attribution: publisher`.",
    ),
    Rule(
        attribution.quote_type_matches_origin,
        "Add or delete `quote_type`, or correct `attribution`.",
    ),
    Rule(
        attribution.cues_are_explained,
        "Name the speakers, or write a `note` under `attribution` that says what the cue governs.",
    ),
    Rule(attribution.speakers_have_a_cue, "Quote the cue with `proves: [attribution]`."),
    Rule(
        attribution.relays_govern_their_sentence,
        "Delete the relay, or quote its cue in the sentence of the words.",
    ),
    Rule(
        speech.quoted_words_are_in_quotation_marks,
        "Quote the words under `evidence`; write `quote_type: paraphrase` for what is no"
        " direct speech.",
    ),
    Rule(
        speech.direct_quotations_are_whole,
        "Write the whole sentence under `quoted_words`, or `quote_type: partial`.",
    ),
    Rule(
        speech.quote_type_matches_quoted_words,
        "Add or delete `quoted_words`, or correct `quote_type`.",
    ),
    Rule(
        wording.our_words_are_neutral,
        "Use a plain word, or the source's own in quotation marks.",
    ),
    Rule(
        wording.quotation_marks_hold_quotes,
        "Quote the words as evidence, or take the quotation marks away.",
    ),
    Rule(
        wording.loaded_words_are_the_speakers,
        "Write `origin: ambiguous`, or say whose words they are.",
    ),
    Rule(wording.verbs_presuppose_nothing, "Write “says that …”."),
    Rule(wording.titles_tell_statements_apart, "Say in the title what the statement says."),
    Rule(wording.our_words_are_english, "Translate, or put the source's words in quotation marks."),
    Rule(names.names_in_our_words_are_supported, "Quote the name, refer to it, or leave it out."),
    Rule(names.words_are_quoted, "Quote the words as evidence, or delete `as_written`."),
    Rule(
        quotes.published_texts_are_free,
        "Add `licence` and the text, or write `text_access: quotes_only`.",
    ),
    Rule(
        quotes.quotes_are_short,
        "Quote the part that proves the fact, or write the longer clause as a range.",
    ),
    Rule(
        quotes.ranges_are_longer_clauses,
        "Quote a clause of up to 15 words whole; end a range in the sentence in which it begins.",
    ),
    Rule(
        quotes.ranges_prove_no_value,
        "Quote the words for the number, the name or the date beside the range.",
    ),
    Rule(quotes.neighbouring_quotes_are_one, "Write one quote, or one range."),
    Rule(
        names.references_use_declared_names,
        "Correct the id, or declare the name under `names`.",
    ),
    Rule(names.names_are_in_their_quotes, "Copy the name from its quote."),
    Rule(quotes.proves_names_fields, "Name a field of the record that words can prove."),
    Rule(
        quotes.quotes_are_in_the_text,
        "Copy the words from the text; add `prefix` or `suffix` where a quote occurs twice.",
    ),
)


def compare_with_texts(seeds: Seeds) -> list[Finding]:
    """Return what is wrong with quotes and ranges where they stand in the texts."""
    return [
        *quotes.quotes_are_in_the_text(seeds),
        *quotes.ranges_are_longer_clauses(seeds),
    ]


def run(seeds: Seeds) -> list[Finding]:
    """Return the findings of all rules."""
    return [finding for rule in RULES for finding in rule.check(seeds)]
