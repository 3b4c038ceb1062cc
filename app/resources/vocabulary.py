"""The vocabulary: the codes that records are classified by, which are data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

from app import vocabulary as v
from app.resources.fields import Part, field

NO_CODES: Mapping[str, "VocabularyCode"] = {}
SCHEME_TITLES: Mapping[v.Scheme, tuple[str, str]] = {
    "act": ("Acts", "What a speaker does by a statement."),
    "actor_kind": ("Kinds of actors", "What sort of actor it is."),
    "breakdown_category": ("Categories", "Categories that figures are limited to."),
    "event_type": ("Types of events", "What happened."),
    "measure": ("Measures", "What is measured."),
    "participant_role": ("Roles of participants", "What a participant does in an event."),
    "place_kind": ("Kinds of places", "What sort of place it is."),
    "place_role": ("Roles of places", "How a place is related to a record."),
    "plover": ("PLOVER", "Event classes of PLOVER 2021, which types of events are mapped to."),
    "source_kind": ("Kinds of sources", "What sort of source it is."),
    "unit": ("Units", "What is counted."),
}
"""The title and the description of each scheme."""


class CodeMapping(Part):
    """A code of another scheme that one of ours is mapped to."""

    scheme: v.MappedScheme = field("The other scheme.", "plover")
    code: str = field("The code in it.", "CONSULT")
    match: v.MappingMatch = field("How it is related to ours.", "broad")

    @property
    def name(self) -> str:
        """The scheme and the code, such as `plover:CONSULT`."""
        return f"{self.scheme}:{self.code}"


class VocabularyMapping(CodeMapping):
    note: str | None = field("What the mapping follows; null: nothing.", "CAMEO 040")


class VocabularyCode(Part):
    """A code, with its meaning."""

    scheme: v.Scheme = field("The scheme that it belongs to.", "event_type")
    code: str = field("The code, as records and filters have it.", "meeting")
    label: str = field("The code in words.", "meeting")
    definition: str = field("When it applies.", "People meet, to talk or for a ceremony.")
    broader: str | None = field(
        "The broader code, whose filter includes this one; null: none.", None
    )
    mappings: tuple[VocabularyMapping, ...] = field("Codes of other schemes.")
    deprecated: bool = field("Whether new records must use `replaced_by` instead.", False)
    replaced_by: str | None = field("The code that replaces it; null: it is in use.", None)


class VocabularyScheme(Part):
    """A scheme, without its codes."""

    scheme: v.Scheme = field("The scheme.", "event_type")
    title: str = field("The scheme in words.", "Types of events")
    description: str = field("What its codes say.", "What happened.")
    count: int = field("Number of its codes.", 110)


class Vocabulary:
    """All schemes with their codes."""

    def __init__(self, codes: Iterable[VocabularyCode] = ()) -> None:
        self._schemes: dict[str, dict[str, VocabularyCode]] = defaultdict(dict)
        for item in codes:
            self._schemes[item.scheme][item.code] = item

    def __iter__(self) -> Iterator[VocabularyCode]:
        for scheme in v.SCHEMES:
            yield from self.codes(scheme).values()

    @property
    def schemes(self) -> list[VocabularyScheme]:
        return [
            VocabularyScheme(
                scheme=scheme, title=title, description=text, count=len(self.codes(scheme))
            )
            for scheme, (title, text) in SCHEME_TITLES.items()
        ]

    def codes(self, scheme: v.Scheme) -> Mapping[str, VocabularyCode]:
        return self._schemes.get(scheme, NO_CODES)

    def values(self, scheme: v.Scheme | Literal["mapping"]) -> Sequence[str]:
        """The values of filters for a scheme. A mapping is one of event types, or to PLOVER."""
        if scheme != "mapping":
            return list(self.codes(scheme))
        mapped = {item.name for code in self.codes("event_type").values() for item in code.mappings}
        return sorted(mapped.union(f"plover:{code}" for code in self.codes("plover")))

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """The labels of all codes, by scheme and code."""
        return {(item.scheme, item.code): item.label for item in self}

    def label(self, scheme: str, code: str) -> str:
        """The code in words; a code that the scheme does not have, as it is."""
        item = self._schemes.get(scheme, NO_CODES).get(code)
        return code if item is None else item.label

    def mappings(self, scheme: v.Scheme, code: str) -> tuple[CodeMapping, ...]:
        """The codes of other schemes that a code is mapped to."""
        item = self.codes(scheme).get(code)
        return () if item is None else item.mappings

    def with_narrower(self, scheme: str, codes: Sequence[str]) -> tuple[str, ...]:
        """The codes and all that are narrower than one of them, each once."""
        narrower = self._narrower.get(scheme, {})
        result = dict.fromkeys(codes)
        pending = list(codes)
        while pending:
            new = [code for code in narrower.get(pending.pop(), ()) if code not in result]
            result |= dict.fromkeys(new)
            pending += new
        return tuple(result)

    def with_broader(self, scheme: str, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes and all that are broader than one of them, each once."""
        known = self._schemes.get(scheme, NO_CODES)
        result: dict[str, None] = {}
        for code in codes:
            broader: str | None = code
            while broader is not None and broader not in result:
                result[broader] = None
                broader = known[broader].broader if broader in known else None
        return tuple(result)

    @cached_property
    def _narrower(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By scheme and code, the codes that are directly narrower."""
        narrower: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for item in self:
            if item.broader is not None:
                narrower[item.scheme][item.broader].append(item.code)
        return narrower
