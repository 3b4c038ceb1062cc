"""The words in which a noun declares itself.

A declaration drives the parser, the SQL, the OpenAPI parameters and whatever else must know the noun. It is data: where
a noun is special beyond these words, it gets a route of its own in web/, never a flag here.
"""

import calendar
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, cast, get_args

from sqlalchemy import Column, Table, inspect
from sqlmodel import SQLModel

from app.resources.fields import MOMENT_PATTERN, Record
from app.vocabulary import MAX_SLUG_LENGTH, SLUG_PATTERN, ResourceType

# -------------------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True)
class ValueType:
    """What values a parameter takes.

    `parse` returns the value that the database compares with, or raises ValueError whose message completes the
    sentence ““x” …”. `schema` is the JSON Schema of one value.
    """

    schema: dict[str, Any]
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()


MAX_TEXT_LENGTH = 500
MAX_DIGITS = 15
MAX_COUNT = 2**31 - 1

_SLUG_PATTERN = re.compile(SLUG_PATTERN)
_NUMBER_PATTERN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE_SHAPE = "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
_DATE_PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def _parse_slug(raw: str) -> str:
    if len(raw) > MAX_SLUG_LENGTH or not _SLUG_PATTERN.fullmatch(raw):
        raise ValueError(
            "is not an id: ids are lower-case words joined by hyphens, e.g. gaza-strip"
        )
    return raw


def _parse_text(raw: str) -> str:
    if len(raw) > MAX_TEXT_LENGTH:
        raise ValueError(f"is longer than {MAX_TEXT_LENGTH} characters")
    return raw


def _parse_number(raw: str) -> float:
    if len(raw) > MAX_TEXT_LENGTH or not _NUMBER_PATTERN.fullmatch(raw):
        raise ValueError("is not a number: write digits, e.g. 28473 or 6.5")
    if len(raw.lstrip("-").replace(".", "").strip("0")) > MAX_DIGITS:
        raise ValueError(f"has more than {MAX_DIGITS} significant digits, more than any value has")
    if not math.isfinite(float(raw)):
        raise ValueError("is larger than any value can be")
    return float(raw)


def _parse_count(raw: str) -> int:
    if not re.fullmatch("[0-9]{1,10}", raw) or int(raw) > MAX_COUNT:
        raise ValueError(f"is not a whole number from 0 to {MAX_COUNT}")
    return int(raw)


def _parse_country(raw: str) -> str:
    if not re.fullmatch("[A-Z]{2}", raw):
        raise ValueError("is not a country code: two capital letters (ISO 3166-1 alpha-2), e.g. QA")
    return raw


def _parse_date(raw: str) -> tuple[int, int]:
    """The first and the last day of a year, a month or a day, as day numbers."""
    match = _DATE_PATTERN.fullmatch(raw)
    if match is None:
        raise ValueError("is not a date: write 2023, 2023-09 or 2023-09-05")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(cast("int", year), month or 1, day or 1)
        last = date(first.year, month or 12, day or calendar.monthrange(first.year, month or 12)[1])
    except ValueError:
        raise ValueError("is not a date of the calendar; years are 0001 to 9999") from None
    return first.toordinal(), last.toordinal()


def _parse_boolean(raw: str) -> bool:
    if raw not in ("true", "false"):
        raise ValueError("is not accepted: true or false")
    return raw == "true"


SLUG_VALUE = ValueType(
    {"type": "string", "pattern": f"^{SLUG_PATTERN}$", "maxLength": MAX_SLUG_LENGTH}, _parse_slug
)
TEXT_VALUE = ValueType(
    {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_LENGTH, "pattern": r"^[^\x00]*$"},
    _parse_text,
)
NUMBER_VALUE = ValueType({"type": "number"}, _parse_number)
COUNT_VALUE = ValueType({"type": "integer", "minimum": 0, "maximum": MAX_COUNT}, _parse_count)
COUNTRY_VALUE = ValueType({"type": "string", "pattern": "^[A-Z]{2}$"}, _parse_country)
DATE_VALUE = ValueType({"type": "string", "pattern": _DATE_SHAPE}, _parse_date)
MOMENT_VALUE = ValueType({"type": "string", "pattern": MOMENT_PATTERN}, str)
BOOLEAN_VALUE = ValueType({"type": "boolean"}, _parse_boolean, ("true", "false"))


def one_of(codes: Any) -> ValueType:
    """A value of a closed vocabulary, given as its `Literal`."""
    choices = tuple(get_args(codes))

    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"is not accepted: one of {', '.join(choices)}")
        return raw

    return ValueType({"type": "string", "enum": list(choices)}, parse, choices)


# --------------------------------------------------------------------------------------------------- what can be asked

Operator = Literal[
    "any_of",
    "none_of",
    "missing",
    "at_least",
    "at_most",
    "overlaps",
    "from",
    "to",
    "up_to",
    "newest",
    "text",
    "recorded_after",
]
"""What a parameter does with its values; query/filters.py has the SQL and the phrase of each."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`name=value`: exact, several values mean any of them. `name_not=value`: every record that `name=value` does not
    give. `name_missing=true|false`: without or with any value, where a record can be without.

    `columns` hold the value: in the noun's own table, or in a table that links to it; several columns mean any of them.
    Filters on the same linking table speak of the same link (a participant with a role). `owner` is the column of a
    linking table that holds the record's id, where it is not the obvious one. `within` is the table that lists for each
    whole its parts. `always` says that no record is without a value. `of` names the date that it tells something of: without
    that date there is no value. `phrase` is what the filter says in a sentence.
    """

    name: str
    columns: tuple[Any, ...]
    value_type: ValueType
    description: str
    example: str
    owner: Any = None
    parts_table: type[SQLModel] | None = None
    always_present: bool = False
    date: str = ""
    phrase: str = ""

    @property
    def table(self) -> Table:
        return column_of(self.columns[0]).table

    def is_nullable(self, own: Table) -> bool:
        if self.always_present:
            return False
        return self.table is not own or any(
            column_of(attribute).nullable for attribute in self.columns
        )

    @property
    def is_facet(self) -> bool:
        """Whether it can be a facet: not where nearly every record has a value of its own."""
        return self.name != "id" and self.value_type is not NUMBER_VALUE


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """`name_min=` and `name_max=`: both inclusive; a record without a number matches neither.

    `sort_columns` are the columns that lists are sorted by, up and down, where those hold the number too: what is missing lies
    beyond one end of each. A list sorted by one of them begins at its bound.
    """

    name: str
    column: Any
    sort_columns: tuple[Any, ...] = ()
    value_type: ValueType
    description: str
    example: str


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """`name=`, `name_from=`, `name_to=`: records whose date overlaps the window, both ends inclusive; a year or month
    stands for all its days. A date that is null matches no window, an unbounded side every one.

    `exact` is false where `name=` means something else. The two columns may stand in a table that links to the noun.
    """

    name: str
    earliest: Any
    latest: Any
    description: str
    example: str
    always_present: bool = False
    exact: bool = True
    phrase: str = "dated {}"

    @property
    def table(self) -> Table:
        return column_of(self.earliest).table


@dataclass(frozen=True, kw_only=True)
class DateLimit:
    """`name=D`: records whose `column` is not later than the last day of D. Not together with `name_from`, `name_to`."""

    name: str
    column: Any
    description: str
    example: str


@dataclass(frozen=True, kw_only=True)
class LatestPerGroup:
    """`name=true`: of what all other filters leave, in each group of equal `by` all records with the greatest `column`."""

    name: str
    by: Any
    column: Any
    description: str


@dataclass(frozen=True, kw_only=True)
class FullText:
    """`q=`: full-text search."""

    name: str = "q"


@dataclass(frozen=True, kw_only=True)
class RecordedAfter:
    """`updated_after=`: what was recorded after a moment."""

    name: str = "updated_after"


Criterion = Filter | NumberRange | DateRange | DateLimit | LatestPerGroup | FullText | RecordedAfter


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """One name that a query may use. `many`: it takes several values, by comma or by repetition. Each equals itself alone."""

    name: str
    operator: Operator
    criterion: Criterion
    value_type: ValueType
    description: str
    example: str
    many: bool = False


FULL_TEXT = Parameter(
    name="q",
    operator="text",
    criterion=FullText(),
    value_type=TEXT_VALUE,
    description='Full text: all words must occur; `"…"` is a phrase, `word*` any word that begins so. Case and diacritics'
    " do not count.",
    example="truce",
)


UPDATED_AFTER = Parameter(
    name="updated_after",
    operator="recorded_after",
    criterion=RecordedAfter(),
    value_type=MOMENT_VALUE,
    description="Only what was added or changed after this dataset version, instant, or since the beginning of this day (UTC);"
    " what was withdrawn since is listed beside it as `tombstones`. For mirrors: give the dataset version that you have.",
    example="2026-11-24",
)


@dataclass(frozen=True, kw_only=True)
class Sort:
    """`sort=name` and `sort=-name`. Neither column is ever null: what is missing holds a value that comes last."""

    name: str
    ascending: Any
    descending: Any
    phrases: tuple[str, str]

    def column(self, *, descending: bool) -> Any:
        return self.descending if descending else self.ascending


@dataclass(frozen=True, kw_only=True, eq=False)
class Include:
    """`include=name`: the records of `noun` that `columns` point at, once each, beside the data."""

    name: str
    type: ResourceType
    columns: tuple[Any, ...]
    description: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing:
    """A list and the parameters that it takes. Two declarations are equal only if identical.

    `required` names the parameters that every query must have. `fixed_sort` is the name and the
    phrase of the order of a list that takes no `sort`; None: it takes one.
    """

    plural: str
    path: str
    description: str
    filters: tuple[Filter, ...] = ()
    ranges: tuple[NumberRange, ...] = ()
    dates: tuple[DateRange, ...] = ()
    up_to: tuple[DateLimit, ...] = ()
    newest: tuple[LatestPerGroup, ...] = ()
    sorts: tuple[Sort, ...] = ()
    max_sort_keys: int = 8
    default_sort: str = "id"
    fixed_sort: tuple[str, str] | None = None
    required: tuple[str, ...] = ()
    text: bool = True
    includes: tuple[Include, ...] = ()
    table: type[SQLModel] | None = None
    supports_known_at: bool = True

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every name that narrows the list, in the order in which a canonical query has them."""
        return tuple(self._parameters())

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The index of each name in `parameters`."""
        return {parameter.name: index for index, parameter in enumerate(self.parameters)}

    def parameter(self, name: str) -> Parameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    @cached_property
    def facets(self) -> tuple[Filter, ...]:
        return tuple(item for item in self.filters if item.is_facet)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that `fields=` takes, in the order of the record; empty: the list has no records to cut."""
        return ()

    def with_companions(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fields with their companions, in the order of the record."""
        return fields

    def _parameters(self) -> Iterator[Parameter]:
        own = None if self.table is None else table_of(self.table)
        for item in self.filters:
            yield from _filter_parameters(item, own)
        for number in self.ranges:
            yield from range_parameters(number)
        for point in self.up_to:
            yield Parameter(
                name=point.name,
                operator="up_to",
                criterion=point,
                value_type=DATE_VALUE,
                description=point.description,
                example=point.example,
            )
        for dates in self.dates:
            yield from _date_parameters(dates)
        for newest in self.newest:
            yield Parameter(
                name=newest.name,
                operator="newest",
                criterion=newest,
                value_type=BOOLEAN_VALUE,
                description=newest.description,
                example="true",
            )
        if self.text:
            yield FULL_TEXT


_NOT_ON_LINK = (
    "Everything that `{0}` with the same values does not give. Beside another parameter of the same link (a role beside its"
    " participant): links of that kind with another value, or with none."
)


def _filter_parameters(item: Filter, own: Table | None) -> Iterator[Parameter]:
    yield Parameter(
        name=item.name,
        operator="any_of",
        criterion=item,
        value_type=item.value_type,
        many=True,
        description=item.description,
        example=item.example,
    )
    yield Parameter(
        name=f"{item.name}_not",
        operator="none_of",
        criterion=item,
        value_type=item.value_type,
        many=True,
        description=_NOT_ON_LINK.format(item.name)
        if own is not None and item.table is not own
        else f"Everything that `{item.name}` with the same values does not give.",
        example=item.example,
    )
    if own is not None and item.is_nullable(own):
        yield Parameter(
            name=f"{item.name}_missing",
            operator="missing",
            criterion=item,
            value_type=BOOLEAN_VALUE,
            description=f"`true`: only records without any `{item.name}`; `false`: only those with one.",
            example="true",
        )


def range_parameters(number: NumberRange) -> Iterator[Parameter]:
    bounds: tuple[tuple[str, Operator, str], ...] = (
        ("min", "at_least", "At least"),
        ("max", "at_most", "At most"),
    )
    for suffix, operator, words in bounds:
        yield Parameter(
            name=f"{number.name}_{suffix}",
            operator=operator,
            criterion=number,
            value_type=number.value_type,
            description=f"{words} this; inclusive. {number.description}",
            example=number.example,
        )


def _date_parameters(dates: DateRange) -> Iterator[Parameter]:
    windows: list[tuple[str, Operator, str]] = [
        (f"{dates.name}_from", "from", "On this day or later"),
        (f"{dates.name}_to", "to", "On this day or earlier"),
    ]
    if dates.exact:
        windows.insert(0, (dates.name, "overlaps", "Within this year, month or day"))
    for name, operator, words in windows:
        yield Parameter(
            name=name,
            operator=operator,
            criterion=dates,
            value_type=DATE_VALUE,
            description=f"{words}, as far as the bounds tell; inclusive; `2023`, `2023-09` or `2023-09-05`."
            f" {dates.description}",
            example=dates.example,
        )
    if not dates.always_present:
        yield Parameter(
            name=f"{dates.name}_missing",
            operator="missing",
            criterion=dates,
            value_type=BOOLEAN_VALUE,
            description=f"`true`: only records without a date; `false`: only those with one. {dates.description}",
            example="true",
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource(Listing):
    """A resource type: everything in which two of them differ.

    `companion_fields` maps a field to those that no response may omit beside it.
    """

    record: type[Record]
    table: type[SQLModel]
    companion_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    type: ResourceType

    def _parameters(self) -> Iterator[Parameter]:
        yield from super()._parameters()
        yield UPDATED_AFTER

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return ("url", *self.record.model_fields)

    def with_companions(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        names = {*fields}.union(*(self.companion_fields.get(name, ()) for name in fields))
        return tuple(name for name in self.fields if name in names)


@dataclass(frozen=True, kw_only=True, eq=False)
class CustomListing(Listing):
    """A list that does not derive its parameters from the columns of one resource type."""

    own_parameters: tuple[Parameter, ...] = ()
    text: bool = False

    def _parameters(self) -> Iterator[Parameter]:
        yield from self.own_parameters


# -------------------------------------------------------------------------------------------------------------- tables


def column_of(attribute: Any) -> Column[Any]:
    """The column of a mapped attribute."""
    return cast("Column[Any]", attribute.property.columns[0])


def table_of(model: type[SQLModel]) -> Table:
    """The table that a model is mapped to."""
    return cast("Table", inspect(model).local_table)


def owner_column(link: Table, owner: Table) -> Column[Any]:
    """The column of a linking table that holds the owner's id. Where a table refers to its owner twice, as a relation
    between two events does, the owner is the one in the primary key.
    """
    candidates = [
        column
        for column in link.columns
        if any(key.column.table is owner for key in column.foreign_keys)
    ]
    keyed = [column for column in candidates if column.primary_key]
    return (keyed or candidates)[0]


# ---------------------------------------------------------------------------------------- what several nouns ask alike


def id_filter(table: Any, plural: str, example: str) -> Filter:
    return Filter(
        name="id",
        columns=(table.id,),
        value_type=SLUG_VALUE,
        description=f"Ids of {plural}; several give exactly these.",
        example=example,
    )


def published(table: Any) -> DateRange:
    """When the record's source was published: `table` holds the bounds."""
    return DateRange(
        name="published",
        earliest=table.published_earliest,
        latest=table.published_latest,
        description="When its source was published.",
        example="2024-02",
        phrase="published {}",
    )


def by_id(table: Any) -> Sort:
    return Sort(
        name="id", ascending=table.id, descending=table.id, phrases=("by id", "by id, backwards")
    )


def by_title(table: Any) -> Sort:
    return Sort(
        name="title",
        ascending=table.title_key,
        descending=table.title_key,
        phrases=("by title", "by title, backwards"),
    )


def by_date(name: str, earliest: Any, latest: Any, words: str) -> Sort:
    """Ascending by the earliest, descending by the latest day that a date may mean; a missing date comes last."""
    return Sort(
        name=name,
        ascending=earliest,
        descending=latest,
        phrases=(f"oldest {words} first", f"newest {words} first"),
    )
