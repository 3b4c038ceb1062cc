"""The vocabulary, and the codes in the fields of seeds."""

import difflib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import get_args

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from app.curation import schema as s
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds, walk
from app.vocabulary import SCHEME_OF, Scheme


def codes_are_in_the_vocabulary(seeds: Seeds) -> Iterator[Finding]:
    """A code is in `vocabulary.yaml`, which says what it means; new records use none that is
    deprecated.
    """
    if not any(seeds.known_codes.values()):
        return
    deprecated = {
        (scheme, entry.seed.code): entry.seed.replaced_by
        for scheme, entries in seeds.vocabulary.items()
        for entry in entries
        if entry.seed.deprecated
    }
    for entry in _entries(seeds):
        for name, scheme in _code_fields(type(entry.seed)):
            code = getattr(entry.seed, name)
            if code is None:
                continue
            if code not in seeds.known_codes[scheme]:
                message = _unknown(seeds, scheme, code)
                yield entry.finding("codes-are-in-the-vocabulary", message, name)
            elif (successor := deprecated.get((scheme, code))) is not None:
                message = f"Write “{successor}”: “{code}” is deprecated"
                yield entry.finding("codes-are-in-the-vocabulary", message, name)


def _entries(seeds: Seeds) -> Iterator[Entry[s.Seed]]:
    """Yield every part of the seeds that may have a code."""
    for shared in (*seeds.actors, *seeds.places, *seeds.series):
        yield from walk(shared, s.Seed)
    for article in seeds.articles:
        yield article.source
    for name in ("events", "statements", "figures"):
        for entry in seeds.all_of(name):
            yield from walk(entry, s.Seed)


@cache
def _code_fields(model: type[BaseModel]) -> tuple[tuple[str, Scheme], ...]:
    """Return the fields of a model that are codes, each with its scheme."""
    return tuple(
        (name, SCHEME_OF[alias])
        for name, field in model.model_fields.items()
        for alias in (field.annotation, *get_args(field.annotation))
        if isinstance(alias, TypeAliasType) and alias in SCHEME_OF
    )


def vocabulary_is_sorted(seeds: Seeds) -> Iterator[Finding]:
    """The codes of a scheme are sorted, and each is there once."""
    for entries in seeds.vocabulary.values():
        for before, entry in pairwise(entries):
            earlier, code = before.seed.code, entry.seed.code
            if earlier == code:
                message = f"Merge the two entries of “{code}”"
                yield entry.finding("vocabulary-is-sorted", message, "code")
            elif earlier > code:
                message = f"Move “{code}” before “{earlier}”: the scheme is sorted by code"
                yield entry.finding("vocabulary-is-sorted", message, "code")


def vocabulary_names_codes(seeds: Seeds) -> Iterator[Finding]:
    """What an entry of the vocabulary names exists: a broader code, a successor, a class of PLOVER.
    No code is broader than itself.
    """
    for scheme, entries in seeds.vocabulary.items():
        broader = {entry.seed.code: entry.seed.broader for entry in entries}
        for entry in entries:
            for name in ("broader", "replaced_by"):
                code = getattr(entry.seed, name)
                if code is not None and code not in seeds.known_codes[scheme]:
                    message = _unknown(seeds, scheme, code)
                    yield entry.finding("vocabulary-names-codes", message, name)
            for index, mapping in enumerate(entry.seed.mappings):
                if mapping.scheme == "plover" and mapping.code not in seeds.known_codes["plover"]:
                    message = _unknown(seeds, "plover", mapping.code)
                    where = ("mappings", index, "code")
                    yield entry.finding("vocabulary-names-codes", message, *where)
            visited, code = {entry.seed.code}, entry.seed.broader
            while code is not None and code not in visited:
                visited.add(code)
                code = broader.get(code)
            if code == entry.seed.code:
                message = f"Correct broader: “{code}” is broader than itself"
                yield entry.finding("vocabulary-names-codes", message, "broader")


def _unknown(seeds: Seeds, scheme: Scheme, code: str) -> str:
    near = difflib.get_close_matches(code, sorted(seeds.known_codes[scheme]), n=1)
    hint = f"Did you mean “{near[0]}”? Else add" if near else "Add"
    return f"{hint} the code to vocabulary.yaml: {scheme} has no “{code}”"


def deprecated_codes_have_a_successor(seeds: Seeds) -> Iterator[Finding]:
    """A deprecated code names the one that replaces it, and no other code does."""
    for entries in seeds.vocabulary.values():
        for entry in entries:
            if entry.seed.deprecated != (entry.seed.replaced_by is not None):
                message = "Add “replaced_by”: the code is deprecated"
                if not entry.seed.deprecated:
                    message = "Add “deprecated: true”, or delete “replaced_by”: the code is in use"
                yield entry.finding("deprecated-codes-have-a-successor", message, "code")
