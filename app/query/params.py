"""Parses and validates query strings, and reports every mistake of a query at once.

Queries are strict UTF-8 without NUL. Empty values, unknown parameters, repeated parameters that
take one value, and contradictions are errors: FastAPI would keep the last of `limit=5&limit=7` and
ignore unknown names, so that a mistyped filter would return unfiltered records.
"""

import difflib
import itertools
import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeVar, cast, get_args
from urllib.parse import quote, unquote_to_bytes

from app.problems import INVALID_QUERY, NOT_ACCEPTABLE, URI_TOO_LONG, Problem, QueryError
from app.query.datasets import NO_PAST, DatasetHistory, KnownAt
from app.query.filters import AppliedFilter, clauses
from app.query.tokenizer import Words
from app.resources.declarations import (
    DateRange,
    Filter,
    Include,
    Listing,
    NumberRange,
    OperatorName,
    Parameter,
    Resource,
    Sort,
    column_of,
    table_of,
)
from app.resources.fields import DAY_PATTERN
from app.vocabulary import CitationStyle, FormatName, ResourceType, Theme, codes

DEFAULT_LIMIT = 20
MAX_LIMIT = 500
MAX_PARAMETERS = 200
MAX_VALUES = 200
MAX_QUERY_LENGTH = 16_384
"""In bytes, as sent."""

TotalMode = Literal["up_to_1000", "exact", "none"]
"""How matches are counted: up to a thousand, all of them, or not at all."""
DEFAULT_TOTAL_MODE: TotalMode = "up_to_1000"

_PLAIN = re.compile(rb"[A-Za-z0-9_.,:-]*")
"""Characters that need no decoding in a query."""
_URL_SAFE = re.compile("[A-Za-z0-9_.~,-]*")
"""Characters that need no encoding in a URL."""
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_DAY = re.compile(DAY_PATTERN)
_ESCAPED_OR_PLAIN = re.compile(r"\\[\\,]|.", re.DOTALL)
ItemT = TypeVar("ItemT", Include, Filter)
Choice = TypeVar("Choice", bound=str)

_MAX_UNREAD_PARAMETERS = 20
_MAX_ECHOED = 80
"""Characters of a client's value that an error message repeats."""


@dataclass(frozen=True)
class NegotiatedFormat:
    """The format of a response.

    `is_explicit`: the query names it. `is_record_stream`: it holds records alone, without a total,
    links or included records. `is_export`: it holds all records of the list, not one page.
    """

    name: FormatName = "json"
    is_explicit: bool = False
    is_record_stream: bool = False
    is_export: bool = False


@dataclass(frozen=True, eq=False)
class OfferedFormats:
    """The formats that an endpoint offers.

    `plain` are those with records alone. `preferred` is the one that the `Accept` header prefers;
    None: it accepts none of them. `unsupported_options` are the parameters whose result a format
    cannot show.
    """

    offered: tuple[FormatName, ...]
    plain: tuple[FormatName, ...]
    preferred: FormatName | None
    unsupported_options: Mapping[FormatName, tuple[str, ...]] = field(default_factory=dict)


JSON_ONLY = OfferedFormats(("json",), (), "json")


@dataclass(frozen=True)
class SortKey:
    sort: Sort
    descending: bool

    @property
    def raw(self) -> str:
        return f"-{self.sort.name}" if self.descending else self.sort.name

    @property
    def phrase(self) -> str:
        return self.sort.phrases[self.descending]


@dataclass(frozen=True)
class ListQuery:
    """The validated query of a list.

    `filters` are in the order of their declaration, not of the URL. `fields` None: all fields.
    """

    listing: Listing
    filters: tuple[AppliedFilter, ...] = ()
    sort: tuple[SortKey, ...] = ()
    fields: tuple[str, ...] | None = None
    includes: tuple[Include, ...] = ()
    facets: tuple[Filter, ...] = ()
    limit: int = DEFAULT_LIMIT
    total: TotalMode = DEFAULT_TOTAL_MODE
    cursor: str | None = None
    format: NegotiatedFormat = NegotiatedFormat()
    known_at: KnownAt | None = None
    include_history: bool = False

    def canonical(self, *, cursor: str | None = None) -> str:
        """The canonical query string: equal queries have equal URLs. It may be empty."""
        if cursor is None:
            return self._canonical
        page = f"cursor={_quoted(cursor)}"
        return f"{self._canonical}&{page}" if self._canonical else page

    def url_path(self) -> str:
        """The path and query of the first page of the list, without any prefix."""
        query = self.canonical()
        return f"{self.listing.path}?{query}" if query else self.listing.path

    @property
    def has_options(self) -> bool:
        """Whether the query has options that some formats do not support."""
        return bool(
            self.fields is not None
            or self.includes
            or self.facets
            or self.include_history
            or self.total != DEFAULT_TOTAL_MODE
            or self.updated_after
        )

    def in_format(self, form: NegotiatedFormat, *, without: Collection[str] = ()) -> str:
        """The query string for a format, without the parameters `without`."""
        pairs = [pair for name, pair in self._pairs if name not in without]
        if self.limit != DEFAULT_LIMIT or (form.is_record_stream and not form.is_export):
            pairs.append(f"limit={self.limit}")
        if self.total != DEFAULT_TOTAL_MODE and "total" not in without:
            pairs.append(f"total={self.total}")
        if form.is_explicit:
            pairs.append(f"format={form.name}")
        return "&".join(pairs)

    @cached_property
    def _canonical(self) -> str:
        return self.in_format(self.format)

    @cached_property
    def _pairs(self) -> Sequence[tuple[str, str]]:
        pairs = [(item.parameter.name, _joined(item)) for item in self.filters] + _time_pairs(self)
        if self.sort and self.raw_sort != (self.listing.default_sort,):
            pairs.append(("sort", ",".join(self.raw_sort)))
        if self.fields is not None:
            pairs.append(("fields", ",".join(self.fields)))
        pairs += _listed("include", self.includes) + _listed("facets", self.facets)
        return _encoded_pairs(pairs)

    @property
    def resource_type(self) -> ResourceType:
        """The resource type of the list. Raises TypeError where it has several."""
        if not isinstance(self.listing, Resource):
            raise TypeError(f"{self.listing.plural} are of several resource types")
        return self.listing.type

    def resource_types(self, every: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """The types among `every` that the query selects; all of them without such a filter."""
        for item in self.filters:
            if item.name == "resource":
                return tuple(
                    resource_type for resource_type in every if resource_type in item.values
                )
        return every

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
        return (fixed[0],) if fixed else tuple(key.raw for key in self.sort)

    @cached_property
    def list_id(self) -> str:
        """Identifies the list, for cursors: its filters and order, without page or options."""
        filters = "&".join(
            [f"{item.parameter.name}={_quoted(_joined(item))}" for item in self.filters]
        )
        return f"{self.listing.path}?{filters}&sort={','.join(self.raw_sort)}"

    @cached_property
    def sentence(self) -> str:
        """The query as an English sentence."""
        table = None if self.listing.table is None else table_of(self.listing.table)
        phrases = ", ".join(clauses(self.filters, table))
        fixed = self.listing.fixed_sort
        order = fixed[1] if fixed else ", then ".join(key.phrase for key in self.sort)
        time_phrase = f", as recorded by {self.known_at.raw}" if self.known_at else ""
        subject = f"{self.listing.plural} {phrases}" if phrases else self.listing.plural
        return f"{subject}, {order}{time_phrase}"

    @cached_property
    def updated_after(self) -> KnownAt | None:
        return next(
            (
                item.values[0]
                for item in self.filters
                if item.parameter.operator == "recorded_after"
            ),
            None,
        )


@dataclass(frozen=True)
class ItemQuery:
    """The validated query of a record."""

    resource: Resource
    fields: tuple[str, ...] | None = None
    includes: tuple[Include, ...] = ()
    format: NegotiatedFormat = NegotiatedFormat()
    known_at: KnownAt | None = None
    include_history: bool = False

    @property
    def has_options(self) -> bool:
        """Whether the query has options that some formats do not support."""
        return bool(self.fields is not None or self.includes or self.include_history)

    def canonical(self) -> str:
        return self.in_format(self.format)

    def in_format(self, form: NegotiatedFormat, *, without: Collection[str] = ()) -> str:
        """The query string for a format, without the parameters `without`."""
        pairs = [pair for name, pair in self._pairs if name not in without]
        return "&".join([*pairs, f"format={form.name}"] if form.is_explicit else pairs)

    @cached_property
    def _pairs(self) -> Sequence[tuple[str, str]]:
        pairs = _time_pairs(self)
        if self.fields is not None:
            pairs.append(("fields", ",".join(self.fields)))
        return _encoded_pairs(pairs + _listed("include", self.includes))


@dataclass(frozen=True)
class CitationQuery:
    """The validated query of a citation. `accessed` None: the day of the request."""

    resource: Resource
    style: CitationStyle
    accessed: date | None = None
    known_at: KnownAt | None = None

    def canonical(self) -> str:
        return self.in_style(self.style)

    def in_style(self, style: CitationStyle) -> str:
        """The query string for a style. It names the style, so that `Accept` has no effect."""
        pairs: list[tuple[str, str]] = [("style", style)]
        if self.accessed is not None:
            pairs.append(("accessed", self.accessed.isoformat()))
        if self.known_at is not None:
            pairs.append(("known_at", self.known_at.raw))
        return "&".join(parameter for _, parameter in _encoded_pairs(pairs))


@dataclass(frozen=True)
class CardQuery:
    """The validated query of a card."""

    theme: Theme
    format: NegotiatedFormat

    def canonical(self) -> str:
        return f"theme={self.theme}&format={self.format.name}"


@dataclass(frozen=True)
class OembedQuery:
    """The validated query of an oEmbed consumer.

    `max_width` and `max_height` are in CSS pixels; None: any. `unread` are the names of further
    parameters, which the standard allows.
    """

    url: str
    format: str
    max_width: int | None
    max_height: int | None
    unread: tuple[str, ...]

    def canonical(self) -> str:
        size = f"maxwidth={self.max_width}&maxheight={self.max_height}"
        unread_names = quote(",".join(self.unread))
        return f"url={quote(self.url)}&format={quote(self.format)}&{size}&others={unread_names}"


def _encoded_pairs(pairs: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Each name with its parameter, encoded for a URL."""
    return [(name, f"{name}={_quoted(value)}") for name, value in pairs]


def _quoted(value: str) -> str:
    return value if _URL_SAFE.fullmatch(value) else quote(value, safe=",")


def _time_pairs(query: ListQuery | ItemQuery) -> list[tuple[str, str]]:
    pairs = [("known_at", query.known_at.raw)] if query.known_at else []
    return [*pairs, ("include_history", "true")] if query.include_history else pairs


def _listed(name: str, items: Sequence[Include | Filter]) -> list[tuple[str, str]]:
    return [(name, ",".join(item.name for item in items))] if items else []


def _joined(item: AppliedFilter) -> str:
    if not item.parameter.many:
        return item.raw[0]
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in item.raw)


def _split(value: str) -> list[str]:
    r"""The values between commas; `\,` is a comma and `\\` a backslash inside one."""
    if "\\" not in value:
        return value.split(",")
    parts = [""]
    for token in _ESCAPED_OR_PLAIN.findall(value):
        if token == ",":
            parts.append("")
        else:
            parts[-1] += token[-1]
    return parts


def parse_list(
    listing: Listing,
    raw_query: bytes,
    formats: OfferedFormats = JSON_ONLY,
    history: DatasetHistory = NO_PAST,
) -> ListQuery:
    """The query of a list.

    Raises Problem `invalid-query` with all mistakes, `uri-too-long`, or `not-acceptable`.
    """
    reader = _Reader(raw_query, lambda: _names_of(listing), history)
    reader.require(listing.required)
    is_page = reader.is_sent("limit") or reader.is_sent("cursor")
    format_ = reader.format(formats)
    filters = tuple(
        item
        for parameter in reader.listed_parameters(listing)
        if (item := reader.applied_filter(parameter)) is not None
    )
    reader.reject_contradictions(filters)
    known_at = reader.known_at() if listing.supports_known_at else None
    reader.reject_future_updates(filters, known_at)
    is_export = format_.is_record_stream and not is_page
    query = ListQuery(
        listing,
        filters=filters,
        sort=reader.sort(listing),
        fields=reader.fields(listing),
        includes=reader.declared_items("include", listing.includes),
        facets=reader.declared_items("facets", listing.facets),
        limit=reader.limit(),
        total=reader.total(),
        cursor=reader.single_value("cursor"),
        format=replace(format_, is_export=True) if is_export else format_,
        known_at=known_at,
        include_history=isinstance(listing, Resource) and reader.boolean("include_history"),
    )
    reader.finish(listing.plural)
    _require_acceptable(formats, format_)
    return query


def _names_of(listing: Listing) -> list[str]:
    values_by_option = {
        "sort": listing.sorts,
        "fields": listing.fields,
        "include": listing.includes,
        "facets": listing.facets,
    }
    options = [name for name, accepted in values_by_option.items() if accepted]
    time_options = [
        *(["known_at"] if listing.supports_known_at else []),
        *(["include_history"] if listing.fields else []),
    ]
    return [
        *(parameter.name for parameter in listing.parameters),
        *time_options,
        *options,
        "limit",
        "total",
        "cursor",
        "format",
    ]


def parse_item(
    resource: Resource,
    raw_query: bytes,
    formats: OfferedFormats = JSON_ONLY,
    history: DatasetHistory = NO_PAST,
) -> ItemQuery:
    """The query of a record.

    Raises Problem `invalid-query` with all mistakes, or `not-acceptable`.
    """
    names = [
        "fields",
        *(["include"] if resource.includes else []),
        "known_at",
        "include_history",
        "format",
    ]
    reader = _Reader(raw_query, lambda: names, history)
    format_ = reader.format(formats)
    known_at = reader.known_at()
    include_history = reader.boolean("include_history")
    fields = reader.fields(resource)
    includes = reader.declared_items("include", resource.includes)
    reader.finish(f"one {resource.type}")
    _require_acceptable(formats, format_)
    return ItemQuery(resource, fields, includes, format_, known_at, include_history)


def _require_acceptable(formats: OfferedFormats, form: NegotiatedFormat) -> None:
    if formats.preferred is None and not form.is_explicit:
        raise Problem(
            NOT_ACCEPTABLE,
            "Accept names none of the formats that are offered here:"
            f" {', '.join(formats.offered)}. Ask for one of them by"
            " its media type, or by format=….",
            headers={"Vary": "Accept"},
        )


def parse_citation(
    resource: Resource,
    raw_query: bytes,
    preferred: CitationStyle | None,
    history: DatasetHistory = NO_PAST,
) -> CitationQuery:
    """The query of a citation. `preferred`: the style that `Accept` prefers; None: none of them.

    Raises Problem `invalid-query` with all mistakes, or `not-acceptable`.
    """
    reader = _Reader(raw_query, lambda: ["style", "accessed", "known_at"], history)
    style = reader.one_of("style", codes(CitationStyle)) or preferred
    query = CitationQuery(resource, style or "sentence", reader.accessed(), reader.known_at())
    reader.finish(f"the citation of one {resource.type}")
    if style is None:
        raise Problem(
            NOT_ACCEPTABLE,
            "Accept names none of the styles that are offered here:"
            f" {', '.join(codes(CitationStyle))}. Ask for one of them"
            " by its media type, or by style=….",
            headers={"Vary": "Accept"},
        )
    return query


def parse_card(raw_query: bytes, formats: OfferedFormats) -> CardQuery:
    """The query of a card. Raises Problem `invalid-query` with all mistakes."""
    reader = _Reader(raw_query, lambda: ["theme", "format"])
    format_ = reader.format(formats)
    query = CardQuery(reader.one_of("theme", codes(Theme)) or "auto", format_)
    reader.finish("a card")
    return query


def parse_oembed(raw_query: bytes) -> OembedQuery:
    """The query of an oEmbed consumer. Raises Problem `invalid-query` with all mistakes.

    Consumers may add further parameters: they are not read, and the response names them.
    """
    reader = _Reader(raw_query, lambda: ["url", "format", "maxwidth", "maxheight"])
    reader.require(("url",))
    query = OembedQuery(
        reader.single_value("url") or "",
        reader.single_value("format") or "json",
        reader.pixels("maxwidth"),
        reader.pixels("maxheight"),
        reader.unread(),
    )
    reader.finish("oEmbed")
    return query


def parse_nothing(raw_query: bytes, what: str) -> None:
    """Validate the query of an endpoint without parameters; `what` names it in messages."""
    _Reader(raw_query, list).finish(what)


def parse_document(raw_query: bytes, formats: OfferedFormats, what: str) -> NegotiatedFormat:
    """The query of an endpoint that takes `format` alone; `what` names it in messages."""
    reader = _Reader(raw_query, lambda: ["format"])
    format_ = reader.format(formats)
    reader.finish(what)
    return format_


def parse_facets(
    raw_query: bytes, formats: OfferedFormats, accepted: Sequence[str], what: str
) -> tuple[tuple[str, ...], NegotiatedFormat]:
    """The query of an endpoint that takes `facets` and `format`."""
    reader = _Reader(raw_query, lambda: ["facets", "format"])
    format_ = reader.format(formats)
    names = reader.names("facets", accepted)
    reader.finish(what)
    return names, format_


def _default_sort(listing: Listing) -> tuple[SortKey, ...]:
    return tuple(
        SortKey(sort, descending=False)
        for sort in listing.sorts
        if sort.name == listing.default_sort
    )


class _Reader:
    """Takes parameters out of a query one by one, and collects every mistake.

    `finish` reports the parameters that no method took as unknown, and raises.
    """

    def __init__(
        self,
        raw_query: bytes,
        known_names: Callable[[], Sequence[str]],
        history: DatasetHistory = NO_PAST,
    ) -> None:
        if len(raw_query) > MAX_QUERY_LENGTH:
            raise Problem(
                URI_TOO_LONG,
                (
                    f"The query has {len(raw_query)} bytes; at most {MAX_QUERY_LENGTH} are read."
                    " Ask in several requests."
                ),
            )
        self._known_names = known_names
        self._history = history
        self._errors: list[QueryError] = []
        self._values: dict[str, list[str]] = {}
        self._sent_names: set[str] = set()
        pairs = [pair for pair in raw_query.split(b"&") if pair]
        if len(pairs) > MAX_PARAMETERS:
            self._add_error(
                "",
                None,
                f"the query has {len(pairs)} parameters; at most {MAX_PARAMETERS} are read",
            )
            raise _invalid(self._errors)
        for pair in pairs:
            raw_name, separator, raw_value = pair.partition(b"=")
            self._sent_names.add(raw_name.decode("utf-8", "replace"))
            name, value = self._text(raw_name, raw_name), self._text(raw_name, raw_value)
            if name is None or value is None:
                continue
            if not separator:
                self._add_error(name, None, f"has no value; write {name or 'name'}=value")
                continue
            self._values.setdefault(name, []).append(value)

    def _add_error(
        self, parameter: str, value: str | None, detail: str, nearest: str | None = None
    ) -> None:
        echoed = None if value is None else value[:_MAX_ECHOED]
        self._errors.append(
            QueryError(
                parameter=parameter[:_MAX_ECHOED], value=echoed, detail=detail, nearest=nearest
            )
        )

    def _text(self, raw_name: bytes, raw: bytes) -> str | None:
        if _PLAIN.fullmatch(raw):
            return raw.decode("ascii")
        name, value = raw_name.decode("utf-8", "replace"), raw.decode("utf-8", "replace")
        if _BROKEN_ESCAPE.search(raw):
            self._add_error(
                name,
                value,
                "has a % that is not followed by two hexadecimal digits; write %25 for a % itself",
            )
            return None
        try:
            text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            self._add_error(name, value, "is not UTF-8")
            return None
        if "\0" in text:
            self._add_error(name, value, "has a NUL character, which no record holds")
            return None
        return text

    def require(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._sent_names:
                self._add_error(name, None, f"is missing; write {name}=…")

    def single_value(self, name: str) -> str | None:
        if name not in self._values:
            return None
        values = self._values.pop(name)
        if len(values) > 1:
            self._add_error(name, ", ".join(values), "stands more than once; which one is meant?")
            return None
        if values == [""]:
            self._add_error(name, "", "is empty; leave it out")
            return None
        return values[0]

    def all_values(self, name: str, *, keep_duplicates: bool = False) -> tuple[str, ...]:
        """The values, separated by commas or repetition, in the order of the query."""
        if name not in self._values:
            return ()
        values = [part for value in self._values.pop(name) for part in _split(value)]
        if "" in values:
            self._add_error(
                name,
                "",
                "has an empty value; leave it out" if len(values) > 1 else "is empty; leave it out",
            )
            return ()
        if len(values) > MAX_VALUES:
            self._add_error(
                name, None, f"has {len(values)} values; at most {MAX_VALUES} are accepted"
            )
            return ()
        return tuple(values) if keep_duplicates else tuple(dict.fromkeys(values))

    def is_sent(self, name: str) -> bool:
        return name in self._values

    def listed_parameters(self, listing: Listing) -> list[Parameter]:
        """The list's parameters that the query has, in the order of their declaration."""
        places = listing.positions
        return [
            listing.parameters[place]
            for place in sorted(places[name] for name in self._values if name in places)
        ]

    def applied_filter(self, declared: Parameter) -> AppliedFilter | None:
        single = None if declared.many else self.single_value(declared.name)
        raw = (
            self.all_values(declared.name)
            if declared.many
            else (() if single is None else (single,))
        )
        values = []
        for item in raw:
            try:
                values.append(self._value(declared, declared.value_type.parse(item)))
            except ValueError as error:
                self._add_error(
                    declared.name, item, str(error), _nearest(item, declared.value_type.choices)
                )
        return (
            AppliedFilter(declared, raw, tuple(values))
            if values and len(values) == len(raw)
            else None
        )

    def _value(self, declared: Parameter, parsed: Any) -> Any:
        """The value that records are compared with."""
        if declared.operator == "text":
            return Words.of(parsed)
        if declared.operator == "recorded_after":
            return self._history.after(parsed)
        return parsed

    def one_of(self, name: str, choices: tuple[Choice, ...]) -> Choice | None:
        """The value of a parameter with fixed choices; None: it was not sent or is invalid."""
        raw = self.single_value(name)
        choice = next((choice for choice in choices if choice == raw), None)
        if raw is not None and choice is None:
            self._add_error(
                name, raw, f"is not accepted: one of {', '.join(choices)}", _nearest(raw, choices)
            )
        return choice

    def pixels(self, name: str) -> int | None:
        raw = self.single_value(name)
        if raw is None:
            return None
        if re.fullmatch("[0-9]{1,5}", raw) and int(raw) > 0:
            return int(raw)
        self._add_error(name, raw, "is not accepted: a whole number of pixels from 1 to 99999")
        return None

    def unread(self) -> tuple[str, ...]:
        """Take all remaining parameters; the names of the first ones."""
        names = tuple(name[:_MAX_ECHOED] for name in self._values)[:_MAX_UNREAD_PARAMETERS]
        self._values.clear()
        return names

    def accessed(self) -> date | None:
        raw = self.single_value("accessed")
        if raw is None:
            return None
        if not _DAY.fullmatch(raw) or raw.startswith("0000"):
            self._add_error("accessed", raw, "is not a day: write 2026-05-04")
            return None
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            self._add_error(
                "accessed", raw, "is not a date of the calendar; years are 0001 to 9999"
            )
            return None
        # It may already be tomorrow in the client's time zone.
        if day > self._history.today + timedelta(days=1):
            self._add_error("accessed", raw, "lies in the future; leave it out for today")
        return day

    def known_at(self) -> KnownAt | None:
        raw = self.single_value("known_at")
        if raw is None:
            return None
        try:
            return self._history.known_at(raw)
        except ValueError as error:
            self._add_error("known_at", raw, str(error))
            return None

    def boolean(self, name: str) -> bool:
        raw = self.single_value(name)
        if raw not in (None, "true", "false"):
            self._add_error(name, raw, "is not accepted: true or false")
        return raw == "true"

    def reject_future_updates(
        self, filters: Sequence[AppliedFilter], known_at: KnownAt | None
    ) -> None:
        """Refuse `updated_after` later than `known_at`: no record could match."""
        for item in filters:
            if (
                item.parameter.operator == "recorded_after"
                and known_at
                and item.values[0].is_after(known_at)
            ):
                detail = (
                    f"lies behind known_at={known_at.raw}; nothing that was recorded after it was"
                    " known then"
                )
                self._add_error(item.parameter.name, item.raw[0], detail)

    def reject_contradictions(self, filters: Sequence[AppliedFilter]) -> None:
        """Refuse filters that no record can match: an empty list would look like a result."""
        by_subject: dict[Hashable, list[AppliedFilter]] = {}
        for item in filters:
            by_subject.setdefault(_subject(item.parameter), []).append(item)
        for same_subject in by_subject.values():
            if len(same_subject) > 1:
                self._errors += _contradictions(same_subject)
        names = {item.parameter.name: item for item in filters}
        for item in filters:
            if item.parameter.operator == "up_to":
                conflicting = [
                    names[name] for name in _bound_names(item.parameter.name) if name in names
                ]
                self._errors += [_conflict(other, item) for other in conflicting[:1]]
            criterion = item.parameter.criterion
            if isinstance(criterion, Filter) and item.parameter.operator == "any_of":
                date = names.get(f"{criterion.date}_missing")
                if date is not None and date.values[0]:
                    self._errors.append(_conflict(item, date))

    def sort(self, listing: Listing) -> tuple[SortKey, ...]:
        if "sort" not in self._values or not listing.sorts:
            return _default_sort(listing)
        sorts = {sort.name: sort for sort in listing.sorts}
        keys: list[SortKey] = []
        for raw in self.all_values("sort", keep_duplicates=True):
            name = raw.removeprefix("-")
            if name not in sorts:
                accepted = ", ".join(sorts)
                near = _nearest(name, list(sorts))
                detail = f"is not accepted: one of {accepted}, with - before it to turn it round"
                self._add_error(
                    "sort", raw, detail, near and f"{'-' if raw.startswith('-') else ''}{near}"
                )
            elif name in (key.sort.name for key in keys):
                self._add_error("sort", raw, f"names {name} twice")
            elif keys and keys[-1].sort.name == "id":
                self._add_error(
                    "sort",
                    raw,
                    "stands behind id, which leaves nothing to sort; put id last or leave it out",
                )
            else:
                keys.append(SortKey(sorts[name], raw.startswith("-")))
        if len(keys) > listing.max_sort_keys:
            raw_keys = ",".join(key.raw for key in keys)
            self._add_error(
                "sort",
                raw_keys,
                f"has {len(keys)} keys; {listing.plural} take {listing.max_sort_keys}",
            )
        return tuple(keys) or _default_sort(listing)

    def fields(self, listing: Listing) -> tuple[str, ...] | None:
        if not listing.fields or "fields" not in self._values:
            return None
        names = self.names("fields", listing.fields)
        return listing.with_companions(names) if names else None

    def names(self, parameter: str, accepted: Sequence[str]) -> tuple[str, ...]:
        values = self.all_values(parameter)
        for name in values:
            if name not in accepted:
                self._add_error(
                    parameter,
                    name,
                    f"is not accepted: one of {', '.join(accepted)}",
                    _nearest(name, accepted),
                )
        return tuple(name for name in accepted if name in values)

    def declared_items(self, parameter: str, items: Sequence[ItemT]) -> tuple[ItemT, ...]:
        if not items or parameter not in self._values:
            return ()
        names = self.names(parameter, [item.name for item in items])
        return tuple(item for item in items if item.name in names)

    def format(self, formats: OfferedFormats) -> NegotiatedFormat:
        """The format that `format=` names, otherwise the preferred one.

        Parameters that the format does not support are errors; they are never ignored.
        """
        raw = self.single_value("format")
        if raw is not None and raw not in formats.offered:
            accepted = ", ".join(formats.offered)
            self._add_error(
                "format",
                raw,
                f"is not offered here: one of {accepted}",
                _nearest(raw, formats.offered),
            )
        name = raw if raw in formats.offered else formats.preferred or "json"
        form = NegotiatedFormat(name, raw is not None, name in formats.plain)
        for option in formats.unsupported_options.get(name, ()):
            if option in self._values:
                self._add_error(
                    option,
                    ",".join(self._values.pop(option)),
                    f"has no place in {name}; ask for json",
                )
        return form

    def limit(self) -> int:
        raw = self.single_value("limit")
        if raw is None:
            return DEFAULT_LIMIT
        if re.fullmatch("[0-9]{1,3}", raw) and 1 <= int(raw) <= MAX_LIMIT:
            return int(raw)
        self._add_error("limit", raw, f"is not accepted: a whole number from 1 to {MAX_LIMIT}")
        return DEFAULT_LIMIT

    def total(self) -> TotalMode:
        raw = self.single_value("total")
        if raw is None:
            return DEFAULT_TOTAL_MODE
        choices = get_args(TotalMode)
        if raw in choices:
            return cast("TotalMode", raw)
        self._add_error(
            "total", raw, f"is not accepted: one of {', '.join(choices)}", _nearest(raw, choices)
        )
        return DEFAULT_TOTAL_MODE

    def finish(self, what: str) -> None:
        for name, values in self._values.items():
            names = self._known_names()
            accepted = (
                f"it takes {', '.join(_base_names(names))}" if names else "it takes no parameters"
            )
            detail = f"is not a parameter of {what}; {accepted}"
            self._add_error(name, ",".join(values), detail, _nearest(name, names))
        if self._errors:
            raise _invalid(self._errors)


def _invalid(errors: Sequence[QueryError]) -> Problem:
    first = errors[0]
    subject = (
        f"“{first.parameter}={first.value}” "
        if first.value is not None
        else f"“{first.parameter}” "
    )
    if not first.parameter and first.value is None:
        subject = ""
    remainder = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    hint = f" Did you mean “{first.nearest}”?" if first.nearest else ""
    return Problem(INVALID_QUERY, f"{subject}{first.detail}.{hint}{remainder}", tuple(errors))


def _base_names(names: Sequence[str]) -> Iterator[str]:
    """The names without derived ones such as `place_not`, to keep messages short."""
    for name in names:
        if name.endswith("_not") and name[:-4] in names:
            continue
        if name.endswith("_missing") and {name[:-8], f"{name[:-8]}_from"} & set(names):
            continue
        yield name


def _bound_names(name: str) -> tuple[str, str]:
    return f"{name}_from", f"{name}_to"


@lru_cache(maxsize=1024)
def _subject(parameter: Parameter) -> Hashable:
    """What a parameter compares: parameters with the same columns can contradict each other."""
    criterion = parameter.criterion
    if isinstance(criterion, DateRange):
        return column_of(criterion.earliest)
    if isinstance(criterion, NumberRange):
        return column_of(criterion.column), None
    if isinstance(criterion, Filter) and criterion.columns:
        return column_of(criterion.columns[0]), criterion.owner and column_of(criterion.owner)
    return criterion.name


def _contradictions(filters: Sequence[AppliedFilter]) -> Iterator[QueryError]:
    """The contradictions between several filters on one subject."""

    def of(*operators: OperatorName) -> list[AppliedFilter]:
        return [item for item in filters if item.parameter.operator in operators]

    for excluded, allowed in itertools.product(of("none_of"), of("any_of")):
        both = [
            raw
            for raw, value in zip(excluded.raw, excluded.values, strict=True)
            if value in allowed.values
        ]
        if both:
            detail = (
                f"is excluded by {excluded.parameter.name} and asked for by"
                f" {allowed.parameter.name}"
            )
            yield QueryError(
                parameter=excluded.parameter.name, value=both[0][:_MAX_ECHOED], detail=detail
            )
    for missing in of("missing"):
        if missing.values[0]:
            contradicting = [
                other for other in filters if other.parameter.operator not in ("missing", "none_of")
            ]
            contradicting += [other for other in of("missing") if not other.values[0]]
            yield from (_conflict(missing, other) for other in contradicting)
    for window, bound in itertools.product(of("overlaps"), of("from", "to")):
        if window.parameter.criterion is bound.parameter.criterion:
            yield _conflict(bound, window)
    for begin, end in itertools.product(of("from", "overlaps"), of("to", "overlaps")):
        if begin.values[0][0] > end.values[0][1]:
            yield _reversed_bounds(begin, end)
    for lower, upper in itertools.product(of("at_least"), of("at_most")):
        if lower.values[0] > upper.values[0]:
            yield _reversed_bounds(lower, upper)
    for allowed in of("any_of"):
        for lower in of("at_least"):
            if all(value < lower.values[0] for value in allowed.values):
                yield _reversed_bounds(lower, allowed)
        for upper in of("at_most"):
            if all(value > upper.values[0] for value in allowed.values):
                yield _reversed_bounds(upper, allowed)


def _conflict(one: AppliedFilter, other: AppliedFilter) -> QueryError:
    detail = (
        f"cannot stand beside {other.parameter.name}={other.raw[0][:_MAX_ECHOED]}; leave one of"
        " them out"
    )
    return QueryError(parameter=one.parameter.name, value=one.raw[0][:_MAX_ECHOED], detail=detail)


def _reversed_bounds(first: AppliedFilter, last: AppliedFilter) -> QueryError:
    detail = (
        f"lies beyond {last.parameter.name}={','.join(last.raw)[:_MAX_ECHOED]}; no record can"
        " match both"
    )
    return QueryError(parameter=first.parameter.name, value=first.raw[0], detail=detail)


def _nearest(value: str, accepted: Sequence[str]) -> str | None:
    lowered = {name.lower(): name for name in accepted}
    matches = difflib.get_close_matches(value[:_MAX_ECHOED].lower(), lowered, n=1, cutoff=0.65)
    return lowered[matches[0]] if matches else None
