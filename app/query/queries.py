"""Validated queries, with their canonical form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from app.query.canonical import canonical_pairs
from app.query.datasets import KnownAt
from app.query.filters import AppliedFilter, applied_filters
from app.query.sorting import SortKey, default_sort
from app.resources.declarations import HISTORY, Filter, Include, Listing, Resource
from app.vocabulary import FormatName, ResourceType

DEFAULT_LIMIT = 20
MAX_LIMIT = 500

TotalMode = Literal["up_to_1000", "exact", "none"]
"""How matches are counted: up to a thousand, all of them, or not at all."""
DEFAULT_TOTAL_MODE: TotalMode = "up_to_1000"


@dataclass(frozen=True)
class NegotiatedFormat:
    """The format of a response.

    `suffix` ends the path of the URL that asks for it; empty: `Accept` did. `is_record_stream`: it
    holds records alone, without a total, links or included records. `is_export`: it holds all
    records of the list, not one page.
    """

    name: FormatName = "json"
    suffix: str = ""
    is_record_stream: bool = False
    is_export: bool = False


JSON = NegotiatedFormat()


@dataclass(frozen=True)
class ListQuery:
    """The validated query of a list.

    `path` is that of the list, without a suffix. `filters` are in the order of their declaration,
    not of the URL. `fields` None: all fields. `values` are those of the parameters, by name.
    """

    listing: Listing
    path: str = ""
    filters: tuple[AppliedFilter, ...] = ()
    sort: tuple[SortKey, ...] = ()
    fields: tuple[str, ...] | None = None
    includes: tuple[Include, ...] = ()
    facets: tuple[Filter, ...] = ()
    limit: int = DEFAULT_LIMIT
    total: TotalMode = DEFAULT_TOTAL_MODE
    cursor: str | None = None
    format: NegotiatedFormat = JSON
    known_at: KnownAt | None = None
    include_history: bool = False
    byte_order_mark: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> Mapping[str, str]:
        """The canonical query without the page: the encoded parameters by name."""
        defaults = {"sort": self.listing.default_sort, "total": DEFAULT_TOTAL_MODE}
        return canonical_pairs(self.values, defaults)

    @cached_property
    def canonical(self) -> str:
        """The canonical query string of the first page; it may be empty."""
        return self.without()

    @cached_property
    def canonical_page(self) -> str:
        """The canonical query string of this page."""
        return self.page(self.cursor) if self.cursor else self.canonical

    def page(self, cursor: str) -> str:
        """The canonical query string of the page that a cursor leads to."""
        page = f"cursor={quote(cursor)}"
        return f"{self.canonical}&{page}" if self.canonical else page

    def without(self, *names: str) -> str:
        """The canonical query string of the first page, without some parameters."""
        pairs = [pair for name, pair in self.pairs.items() if name not in names]
        is_page_of_stream = self.format.is_record_stream and not self.format.is_export
        if self.limit != DEFAULT_LIMIT or is_page_of_stream:
            pairs.append(f"limit={self.limit}")
        return "&".join(pairs)

    @property
    def file_path(self) -> str:
        """The path of the list in this format, without any prefix."""
        return f"{self.path}{self.format.suffix}"

    def url_path(self) -> str:
        """The path and query of the first page of the list, without any prefix."""
        return f"{self.file_path}?{self.canonical}" if self.canonical else self.file_path

    @property
    def resource_type(self) -> ResourceType:
        """The resource type of the list. Raises TypeError where it has several."""
        if not isinstance(self.listing, Resource):
            raise TypeError(f"{self.listing.plural} are of several resource types")
        return self.listing.type

    def resource_types(self, every: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """The types among `every` that the query selects; all of them without such a filter."""
        selected = set(every)
        for item in self.filters:
            if item.name == "resource":
                is_listed = selected.intersection(item.values)
                selected = selected - is_listed if item.is_negative else is_listed
        return tuple(resource_type for resource_type in every if resource_type in selected)

    @property
    def is_everything(self) -> bool:
        """Whether the list has all records with all fields in the default order."""
        return (
            not self.filters
            and self.fields is None
            and self.raw_sort == (self.listing.default_sort,)
        )

    @cached_property
    def raw_sort(self) -> tuple[str, ...]:
        fixed = self.listing.fixed_sort
        return (fixed[0],) if fixed else tuple(key.text for key in self.sort)

    @cached_property
    def list_id(self) -> str:
        """Identifies the list, for cursors: its filters and order, without page or options."""
        filters = "&".join(
            pair for name, pair in self.pairs.items() if name not in OPTIONS_OF_PAGES
        )
        return f"{self.path}?{filters}&sort={','.join(self.raw_sort)}"

    @cached_property
    def updated_after(self) -> KnownAt | None:
        return next(
            (item.values[0] for item in self.filters if item.operator_name == "recorded_after"),
            None,
        )


OPTIONS_OF_PAGES = frozenset(("sort", "fields", "include", "facets", "total", "known_at", "bom"))
"""The parameters that leave the records of a list and their order as they are."""


def list_query(
    listing: Listing,
    values: Mapping[str, Any],
    *,
    path: str = "",
    filters: tuple[AppliedFilter, ...] | None = None,
    format_: NegotiatedFormat = JSON,
) -> ListQuery:
    """The query of a list from the validated values of its parameters.

    A record stream has all records unless a page is asked for.
    """
    names = values.get("include") or ()
    is_page = values.get("limit") is not None or values.get("cursor") is not None
    if format_.is_record_stream and not is_page:
        format_ = replace(format_, is_export=True)
    fields = values.get("fields")
    return ListQuery(
        listing,
        path=path or listing.path,
        filters=applied_filters(listing.parameters_by_name, values) if filters is None else filters,
        sort=values.get("sort") or default_sort(listing),
        fields=fields and listing.with_companions(fields),
        includes=tuple(item for item in listing.includes if item.name in names),
        facets=tuple(item for item in listing.facets if item.name in (values.get("facets") or ())),
        limit=values.get("limit") or DEFAULT_LIMIT,
        total=values.get("total") or DEFAULT_TOTAL_MODE,
        cursor=values.get("cursor"),
        format=format_,
        known_at=values.get("known_at"),
        include_history=HISTORY in names,
        byte_order_mark=bool(values.get("bom")),
        values=values,
    )


@dataclass(frozen=True)
class ItemQuery:
    """The validated query of a record. `fields` None: all fields."""

    resource: Resource
    fields: tuple[str, ...] | None = None
    includes: tuple[Include, ...] = ()
    format: NegotiatedFormat = JSON
    known_at: KnownAt | None = None
    include_history: bool = False
    byte_order_mark: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> Mapping[str, str]:
        """The canonical query: the encoded parameters by name."""
        return canonical_pairs(self.values)

    @cached_property
    def canonical(self) -> str:
        return self.without()

    @property
    def canonical_page(self) -> str:
        return self.canonical

    def without(self, *names: str) -> str:
        """The canonical query string, without some parameters."""
        return "&".join(pair for name, pair in self.pairs.items() if name not in names)


def item_query(
    resource: Resource, values: Mapping[str, Any], format_: NegotiatedFormat
) -> ItemQuery:
    """The query of a record from the validated values of its parameters."""
    fields, names = values.get("fields"), values.get("include") or ()
    return ItemQuery(
        resource,
        fields=fields and resource.with_companions(fields),
        includes=tuple(item for item in resource.includes if item.name in names),
        format=format_,
        known_at=values.get("known_at"),
        include_history=HISTORY in names,
        byte_order_mark=bool(values.get("bom")),
        values=values,
    )
