"""The rules for seeds, one function each, in one module per family.

The docstring of a rule states it with its reason; its name is the name in the message. RULES lists
all of them. That quotes occur in the text is checked if the text is available; that their lock
entries are right is checked by `verify`.
"""

from collections.abc import Callable, Iterator

from app.curation.checks import (
    attribution,
    corrections,
    dates,
    identities,
    names,
    numbers,
    quotes,
    series,
    speech,
    wording,
)
from app.curation.files import Finding
from app.curation.seeds import Seeds

Rule = Callable[[Seeds], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    identities.ids_are_unique,
    identities.shared_files_are_sorted,
    identities.references_exist,
    identities.identities_have_evidence,
    identities.mentions_are_quoted,
    identities.no_place_is_part_of_itself,
    corrections.corrections_match_the_records,
    dates.dates_are_calendar_dates,
    dates.dates_are_supported,
    dates.publication_dates_match_the_source,
    dates.past_is_before_publication,
    identities.nothing_refers_to_itself,
    dates.inferences_have_a_note,
    dates.folders_are_named_by_date,
    dates.figures_have_an_as_of,
    numbers.numbers_are_exact,
    numbers.qualifier_fits_value,
    numbers.number_is_quoted,
    numbers.value_matches_the_words,
    numbers.qualifier_matches_the_words,
    series.shares_have_a_whole,
    series.figures_match_their_series,
    attribution.voice_matches_attribution,
    attribution.attribution_is_complete,
    attribution.speakers_have_a_cue,
    speech.quoted_words_are_in_quotation_marks,
    speech.quote_type_matches_quoted_words,
    wording.our_words_are_neutral,
    wording.quotation_marks_hold_quotes,
    wording.our_words_are_english,
    names.names_in_our_words_are_supported,
    names.words_are_quoted,
    quotes.quotes_are_short,
    names.names_are_in_their_quotes,
    quotes.proves_names_fields,
    quotes.quotes_are_in_the_text,
)


def run(seeds: Seeds) -> list[Finding]:
    """Return the findings of all rules."""
    return [finding for rule in RULES for finding in rule(seeds)]
