"""The results of queries: stored records, pages of lists, and the parts around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar

from app.query.datasets import (
    DatasetStamp,
    DatasetVersion,
    RecordedTimes,
    Revision,
    RevisionsById,
    Withdrawals,
)
from app.query.tokenizer import RecordText
from app.resources.references import RecordKey
from app.resources.vocabulary import Vocabulary
from app.vocabulary import ChangeKind, ResourceType

ListItem = TypeVar("ListItem")
Titles = Mapping[tuple[str, str], str]
"""The titles of records, by resource type and id, and the labels of codes, by scheme and code."""
RecordsById = Mapping[str, Mapping[str, str]]
"""The JSON of records, by the plural of their resource type and id."""


class StoredRecord(NamedTuple):
    """A record's JSON as the build wrote it, without its `url`."""

    id: str
    body: str


class Facet(TypedDict):
    """`values` are pairs of a value (None: no value) and its count, most frequent first, None last.

    `complete` is false where there are more values than are listed.
    """

    values: list[tuple[str | None, int]]
    complete: bool


Facets = dict[str, Facet]
"""By the name of the filter whose values are counted."""


@dataclass(frozen=True)
class Dataset(DatasetVersion):
    """A dataset version with its records by resource type, and its facets over all of them.

    `vocabulary` is the current one, which has every code that was ever used.
    """

    counts: Mapping[ResourceType, int]
    facets: Mapping[ResourceType, Facets]
    vocabulary: Vocabulary

    @cached_property
    def counted_values(
        self,
    ) -> Mapping[tuple[ResourceType, str], tuple[Mapping[str | None, int], bool]]:
        """By resource type and facet, the records of each value, and whether all are listed."""
        return {
            (resource_type, name): (dict(facet["values"]), facet["complete"])
            for resource_type, facets in self.facets.items()
            for name, facet in facets.items()
        }


@dataclass(frozen=True)
class ResourceCount:
    """The matches of one resource type. Not `exact`: there are more than were counted."""

    resource_type: ResourceType
    count: int
    exact: bool


@dataclass(frozen=True)
class Page(Generic[ListItem]):
    """A page of any list.

    `total` counts the whole list; None: the query asked for no count. Not `total_exact`: there are
    more. `next` and `previous` are cursors. Parts that the query does not request are None.
    `record_id` is the record whose evidence or revisions are listed, `content_sha256` the hash of
    that source's text.
    """

    items: Sequence[ListItem]
    total: int | None
    total_exact: bool
    next: str | None
    previous: str | None
    counts: Sequence[ResourceCount] = ()
    facets: Facets | None = None
    facets_exact: bool = True
    included: RecordsById | None = None
    withdrawals: Withdrawals | None = None
    revisions: RevisionsById | None = None
    recorded_times: RecordedTimes = field(default_factory=dict)
    titles: Titles = field(default_factory=dict)
    record_id: str = ""
    content_sha256: str = ""


@dataclass(frozen=True)
class Item:
    """One record. Parts that the query does not request are None."""

    record: StoredRecord
    included: RecordsById | None = None
    revisions: RevisionsById | None = None
    related: "RelatedRecords | None" = None


@dataclass(frozen=True, kw_only=True)
class ItemWithRevision(Item):
    """A record with its current revision, and the JSON of records that its page shows."""

    revision: Revision
    bodies: Mapping[RecordKey, str]


class TimelineEntry(NamedTuple):
    resource_type: ResourceType
    record: StoredRecord


@dataclass(frozen=True)
class Highlight:
    """A text of a record, and where the words of the query occur in it.

    Spans are in code points, 0-based, end-exclusive.
    """

    text: RecordText
    spans: Sequence[tuple[int, int]]


class SearchHit(NamedTuple):
    resource_type: ResourceType
    record: StoredRecord
    highlights: Sequence[Highlight]


class SupportedRecord(TypedDict):
    """A record that a quote supports, as the API returns it, without its URL."""

    resource: ResourceType
    id: str
    title: str
    proves: list[str]


class QuotedSpan(NamedTuple):
    """A span of a source with the records that it proves: a quote, which has `exact`, or a range,
    which has its first and last words. `start` is 0-based, `end` exclusive, in code points of the
    source's text.
    """

    source: str
    start: int
    end: int
    exact: str | None
    first_words: str | None
    last_words: str | None
    prefix: str
    suffix: str
    records: Sequence[SupportedRecord]

    @property
    def evidence(self) -> dict[str, Any]:
        """Its evidence, as in a record that it proves alone."""
        proves = list(dict.fromkeys(name for item in self.records for name in item["proves"]))
        place = {"start": self.start, "end": self.end}
        if self.exact is None:
            ends = {"first_words": self.first_words, "last_words": self.last_words}
            return {"source": self.source, "type": "range", "proves": proves, **ends, **place}
        words = {"exact": self.exact, "prefix": self.prefix, "suffix": self.suffix}
        return {"source": self.source, "type": "quote", "proves": proves, **words, **place}


@dataclass(frozen=True)
class Change:
    """What a dataset recorded: a revision with the record's JSON, or a withdrawal without."""

    resource_type: ResourceType
    id: str
    kind: ChangeKind
    number: int | None
    recorded_in: DatasetStamp
    reason: str | None
    renamed_to: str | None
    body: str | None


@dataclass(frozen=True)
class ListedDataset:
    """A dataset that was served, with its records and its changes by resource type."""

    stamp: DatasetStamp
    counts: Mapping[str, int]
    changes: Mapping[str, Mapping[str, int]]


class CitedRecord(NamedTuple):
    """What a citation needs: a record at one revision, with its sources and the names it credits.

    `sources` are the first of `source_count` sources in reading order; `titles` are those of the
    records that it names.
    """

    resource_type: ResourceType
    record: Mapping[str, Any]
    revision: int
    recorded_in: DatasetStamp
    sources: tuple[Mapping[str, Any], ...]
    source_count: int
    titles: Titles


@dataclass(frozen=True)
class RelatedRecords:
    """What a record's page shows besides the record.

    `series` is that of a figure, `quotes` are those of a source, `revisions` the newest
    ones. Empty or None: the page does not show it.
    """

    titles: Titles
    series: Mapping[str, Any] | None = None
    quotes: Page[QuotedSpan] | None = None
    revisions: Sequence[Revision] = ()
    cited: CitedRecord | None = None


def dataset_of(
    ordinal: int,
    version: str,
    recorded_at: str | None,
    newest_published: int | None,
    last_key: int,
) -> DatasetVersion:
    """A dataset version from its row. Days are day numbers (1 = 0001-01-01)."""
    return DatasetVersion(
        ordinal,
        version,
        None if recorded_at is None else datetime.fromisoformat(recorded_at),
        None if newest_published is None else date.fromordinal(newest_published),
        last_key,
    )
