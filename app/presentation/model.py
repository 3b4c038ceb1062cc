"""What a record says, in words: the one source of cards, citations, feeds, pictures and pages.

A presentation is plain text in pieces. Outputs decide how a piece looks, never what it says; where
room is bounded, they leave out facts that are not essential, and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from app.presentation.passages import Evidence, Passage, main_passage_of, passages_of
from app.resources import RESOURCES
from app.resources.references import RecordKey
from app.vocabulary import ResourceType


class Text(NamedTuple):
    """A piece of text. `is_quoted`: in the source's words. `record`: the record that it names."""

    text: str
    is_quoted: bool = False
    record: RecordKey | None = None

    def __str__(self) -> str:
        return f"“{self.text}”" if self.is_quoted else self.text


Texts = tuple[Text, ...]


def record_path(key: RecordKey) -> str:
    """The path of a record, without any prefix."""
    resource_type, record_id = key
    return f"{RESOURCES[resource_type].path}/{record_id}"


def plain(texts: Iterable[Text]) -> str:
    """Pieces as one plain text, with the source's words in quotation marks."""
    return "".join(str(text) for text in texts)


def joined(items: Sequence[Texts], separator: str = ", ") -> Texts:
    """Pieces with a separator between them."""
    result: list[Text] = []
    for item in items:
        result += [*([Text(separator)] if result else []), *item]
    return tuple(result)


class Fact(NamedTuple):
    """A fact about the record. `is_essential`: it is in every output that has words."""

    name: str
    texts: Texts
    is_essential: bool = True

    def __str__(self) -> str:
        return f"{self.name}: {plain(self.texts)}"


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """A record in words. Control characters are replaced by their names.

    `number` is as the source writes it, `measure` its qualifier, range and unit; None: the record
    has none. `summary` is what the record says in a sentence of ours; empty: the title says it.
    `caveats` and `corrections` are whole sentences, `evidence` what proves the record.
    """

    resource_type: ResourceType
    record_id: str
    title: str
    kind: str = ""
    number: str | None = None
    measure: str | None = None
    summary: str = ""
    facts: tuple[Fact, ...] = ()
    caveats: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    evidence: Sequence[Evidence] = ()

    @property
    def key(self) -> RecordKey:
        return self.resource_type, self.record_id

    @property
    def path(self) -> str:
        """The path of the record, without any prefix."""
        return record_path(self.key)

    @property
    def headline(self) -> str:
        """The number with its measure, or the summary; empty where the title says it all."""
        if self.number is not None:
            return f"“{self.number}” ({self.measure})"
        return self.summary

    @property
    def essential_facts(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.is_essential)

    @property
    def claim(self) -> str:
        """What the record says, in one line, with its essential facts and no full stop."""
        return self.claim_without()

    def claim_without(self, *names: str) -> str:
        """The claim without some of its facts."""
        # A title may have a colon itself: before a sentence it ends with a full stop.
        separator = ". " if self.number is None else ": "
        head = (
            f"{self.title.rstrip('.')}{separator}{self.headline}" if self.headline else self.title
        )
        facts = [str(fact) for fact in self.essential_facts if fact.name not in names]
        return "; ".join([head.rstrip("."), *facts])

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The quoted words in reading order."""
        return passages_of(self.evidence)

    @cached_property
    def main_passage(self) -> Passage | None:
        """The passage that supports the headline; None: no words are quoted for it.

        A source is quoted for what it states of others: it has no claim of its own.
        """
        if self.resource_type == "source":
            return None
        return main_passage_of(self.passages, self.number)

    @property
    def main_passages(self) -> tuple[Passage, ...]:
        """The passages that support the headline, in reading order."""
        if self.main_passage is None:
            return ()
        return tuple(passage for passage in self.passages if passage.is_of_headline)

    @property
    def notes(self) -> tuple[str, ...]:
        """Corrections, then caveats: what belongs to every word of the record."""
        return (*self.corrections, *self.caveats)

    @property
    def one_line(self) -> str:
        """The claim with its corrections and caveats, as plain text."""
        return " ".join([f"{self.claim}.", *self.notes])
