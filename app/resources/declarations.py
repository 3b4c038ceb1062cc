"""The classes that declare a resource type and its list.

The parser, the SQL, the OpenAPI parameters and the HTML form are derived from the declarations. A
declaration is data: special behaviour gets a path operation, not a flag.
"""

import calendar
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal, cast

from sqlalchemy import Column, Table, inspect
from sqlmodel import SQLModel
from typing_extensions import TypeAliasType

from app.resources.fields import MOMENT_PATTERN, Record
from app.vocabulary import (
    CODE_PATTERN,
    MAX_SLUG_LENGTH,
    SLUG_PATTERN,
    ResourceType,
    codes,
    is_open,
)

# ------------------------------------------------------------------------------------------- values


@dataclass(frozen=True)
class ValueType:
    """The type of a parameter's value.

    `parse` returns the value that the SQL statement compares with. It raises ValueError with a
    message that completes the sentence ““x” …”. `schema` is the JSON Schema of one value.
    """

    schema: dict[str, Any]
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()


MAX_TEXT_LENGTH = 500
MAX_DIGITS = 15
MAX_COUNT = 2**31 - 1

_SLUG_PATTERN = re.compile(SLUG_PATTERN)
_NUMBER_PATTERN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE_SHAPE = (
    "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
    "(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
)
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
    """Return the first and last day of a year, month or day, as ordinals of `datetime.date`."""
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


def one_of(vocabulary: TypeAliasType) -> ValueType:
    """Return the type of a code of a vocabulary; one that is open is documented as a string."""
    choices = codes(vocabulary)

    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"is not accepted: one of {', '.join(choices)}")
        return raw

    schema: dict[str, Any] = (
        {"type": "string", "pattern": CODE_PATTERN}
        if is_open(vocabulary)
        else {"type": "string", "enum": list(choices)}
    )
    return ValueType(schema, parse, choices)


# --------------------------------------------------------------------------------------- parameters

OperatorName = Literal[
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
"""How a criterion compares its values; query/filters.py has the SQL and the phrase of each."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Equality with any of several values.

    `name=a,b` matches records with one of the values, `name_not=a,b` all other records, nulls
    included. `name_missing=true|false` exists where a record may have no value.

    `columns` hold the value, in the table of the resource type or in a table that links to it; with
    several columns, any of them may match. Filters on the same linking table apply to the same row
    of it (a participant and its role). `owner` is the column of the linking table that refers to
    the record; None: the one that `owner_column` finds. `parts_table` maps each id to the ids of
    its parts, which match too. `always_present`: every record has a value. `date` names the
    criterion of the date that this value describes; without that date the value is null. `phrase`
    is the text of the filter in a sentence, with `{}` for the values.
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

    def is_nullable(self, resource_table: Table) -> bool:
        if self.always_present:
            return False
        return self.table is not resource_table or any(
            column_of(attribute).nullable for attribute in self.columns
        )

    @property
    def is_facet(self) -> bool:
        """Whether its values are counted: those of names and codes are."""
        return self.name != "id" and self.value_type not in (NUMBER_VALUE, BOOLEAN_VALUE)


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """`name_min` and `name_max`, both inclusive. Records without a number match neither.

    `sort_columns` are the columns of the ascending and the descending sort by this number, in which
    nulls are replaced by values that sort last. The SQL compares them, so that a list sorted by one
    of them starts at its bound.
    """

    name: str
    column: Any
    sort_columns: tuple[Any, ...] = ()
    value_type: ValueType
    description: str
    example: str


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """`name`, `name_from` and `name_to`: dates that overlap the window, both ends inclusive.

    A year or month means all its days. Null matches no window; an unbounded end matches every one.
    `always_present`: every record has the date. `exact`: the parameter `name` exists. `earliest`
    and `latest` are columns of the table of the resource type or of a table that links to it.
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
    """`name=D`: records whose `column` is at most the last day of D.

    It excludes `name_from` and `name_to`.
    """

    name: str
    column: Any
    description: str
    example: str


@dataclass(frozen=True, kw_only=True)
class LatestPerGroup:
    """`name=true`: the records with the greatest `column` of each group of equal `by`.

    All other filters apply first.
    """

    name: str
    by: Any
    column: Any
    description: str


@dataclass(frozen=True, kw_only=True)
class FullText:
    """`q`: full-text search."""

    name: str = "q"


@dataclass(frozen=True, kw_only=True)
class RecordedAfter:
    """`updated_after`: records that were recorded after a moment."""

    name: str = "updated_after"


Criterion = Filter | NumberRange | DateRange | DateLimit | LatestPerGroup | FullText | RecordedAfter


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """One name of a query. `many`: it takes several values, by comma or by repetition.

    Two parameters are equal only if identical.
    """

    name: str
    operator: OperatorName
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
    description='Full text: all words must occur; `"…"` is a phrase, `word*` any word that begins'
    " so. Case and diacritics do not count.",
    example="truce",
)


UPDATED_AFTER = Parameter(
    name="updated_after",
    operator="recorded_after",
    criterion=RecordedAfter(),
    value_type=MOMENT_VALUE,
    description="Only what was added or changed after this dataset version, instant, or since the"
    " beginning of this day (UTC); what was withdrawn since is listed beside it as `tombstones`."
    " For mirrors: give the dataset version that you have.",
    example="2026-11-24",
)


@dataclass(frozen=True, kw_only=True)
class Sort:
    """`sort=name` and `sort=-name`. Nulls are stored as values that sort last."""

    name: str
    ascending: Any
    descending: Any
    phrases: tuple[str, str]

    def column(self, *, descending: bool) -> Any:
        return self.descending if descending else self.ascending


@dataclass(frozen=True, kw_only=True, eq=False)
class Include:
    """`include=name`: adds the records of type `type` that `columns` refer to, each once."""

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
        """Every name that filters the list, in the order of the canonical query."""
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
        """The names that `fields=` takes, in the order of the record; empty: none."""
        return ()

    def with_companions(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fields with their companions, in the order of the record."""
        return fields

    def _parameters(self) -> Iterator[Parameter]:
        resource_table = None if self.table is None else table_of(self.table)
        for item in self.filters:
            yield from _filter_parameters(item, resource_table)
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
    "Everything that `{0}` with the same values does not give. Beside another parameter of the same"
    " link (a role beside its participant): links of that kind with another value, or with none."
)


def _filter_parameters(item: Filter, resource_table: Table | None) -> Iterator[Parameter]:
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
        if resource_table is not None and item.table is not resource_table
        else f"Everything that `{item.name}` with the same values does not give.",
        example=item.example,
    )
    if resource_table is not None and item.is_nullable(resource_table):
        yield Parameter(
            name=f"{item.name}_missing",
            operator="missing",
            criterion=item,
            value_type=BOOLEAN_VALUE,
            description=f"`true`: only records without any `{item.name}`; `false`: only those with"
            " one.",
            example="true",
        )


def range_parameters(number: NumberRange) -> Iterator[Parameter]:
    bounds: tuple[tuple[str, OperatorName, str], ...] = (
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
    windows: list[tuple[str, OperatorName, str]] = [
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
            description=f"{words}, as far as the bounds tell; inclusive; `2023`, `2023-09` or"
            f" `2023-09-05`. {dates.description}",
            example=dates.example,
        )
    if not dates.always_present:
        yield Parameter(
            name=f"{dates.name}_missing",
            operator="missing",
            criterion=dates,
            value_type=BOOLEAN_VALUE,
            description="`true`: only records without a date; `false`: only those with one."
            f" {dates.description}",
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


# ------------------------------------------------------------------------------------------- tables


def column_of(attribute: Any) -> Column[Any]:
    """Return the column of a mapped attribute."""
    return cast("Column[Any]", attribute.property.columns[0])


@cache
def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model."""
    return cast("Table", inspect(model).local_table)


def owner_column(link: Table, owner: Table) -> Column[Any]:
    """Return the column of a linking table that refers to its owner.

    If several refer to it, as in a relation between two events, it is the one in the primary key.
    """
    candidates = [
        column
        for column in link.columns
        if any(key.column.table is owner for key in column.foreign_keys)
    ]
    keyed = [column for column in candidates if column.primary_key]
    return (keyed or candidates)[0]


# ------------------------------------------------------------ declarations shared by resource types


def id_filter(table: Any, plural: str, example: str) -> Filter:
    return Filter(
        name="id",
        columns=(table.id,),
        value_type=SLUG_VALUE,
        description=f"Ids of {plural}; several give exactly these.",
        example=example,
    )


def published(table: Any) -> DateRange:
    """Declare the source's publication date, whose bounds are columns of `table`."""
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
    """Return a sort by the earliest day ascending, the latest day descending. Nulls sort last."""
    return Sort(
        name=name,
        ascending=earliest,
        descending=latest,
        phrases=(f"oldest {words} first", f"newest {words} first"),
    )
