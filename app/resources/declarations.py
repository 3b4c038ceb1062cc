"""The classes that declare a resource type and its list.

The parser, the SQL, the OpenAPI parameters and the HTML form are derived from the declarations. A
declaration is data: special behaviour gets a path operation, not a flag.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, cast

from sqlalchemy import Column, Table, inspect
from sqlmodel import SQLModel
from typing_extensions import TypeAliasType

from app.resources.fields import Record
from app.vocabulary import (
    CODE_PATTERN,
    IDENTIFIER_PATTERNS,
    MAX_SLUG_LENGTH,
    SCHEME_OF,
    SLUG_PATTERN,
    VOCABULARIES_PATH,
    ResourceType,
    Scheme,
    codes,
)

# ------------------------------------------------------------------------------------------- values

MAX_TEXT_LENGTH = 500
MAX_DIGITS = 15
MAX_COUNT = 2**31 - 1


@dataclass(frozen=True)
class ValueType:
    """The type of a filter's values.

    `pattern` matches a whole value; `form` says in words what it is, for messages. `choices` are
    the codes of the `enum`; empty: any value of the pattern. `scheme`: the values are its codes, or
    those that event types are mapped to; the data have them. `many`: the filter takes several
    values, and excludes with `!`; else one text, with its commas.
    """

    pattern: str
    form: str
    max_length: int = MAX_SLUG_LENGTH
    choices: tuple[str, ...] = ()
    enum: TypeAliasType | None = None
    scheme: Scheme | Literal["mapping"] | None = None
    many: bool = True

    @property
    def vocabulary_path(self) -> str | None:
        """Where the codes of its scheme are listed; None: it has none."""
        if self.scheme is None:
            return None
        return f"{VOCABULARIES_PATH}/{'event_type' if self.scheme == 'mapping' else self.scheme}"

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def accepts(self, value: str) -> bool:
        if self.choices:
            return value in self.choices
        return len(value) <= self.max_length and self._regex.fullmatch(value) is not None


SLUG_VALUE = ValueType(
    SLUG_PATTERN, "an id, lower-case words joined by hyphens, such as gaza-strip"
)
WORDS_VALUE = ValueType(r"[^!,\x00][^,\x00]*", "words without commas", MAX_TEXT_LENGTH)
COUNTRY_VALUE = ValueType(
    "[A-Z]{2}", "two capital letters, a country code of ISO 3166-1, such as QA", 2
)
IDENTIFIER_VALUE = ValueType(
    f"({'|'.join(f'{scheme}:{pattern}' for scheme, pattern in IDENTIFIER_PATTERNS.items())})",
    "an identifier with its scheme (wikidata, geonames, iso_3166_2), such as wikidata:Q794",
    40,
)
LANGUAGE_VALUE = ValueType("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", "a language tag, such as en", 35)
MAPPING_VALUE = ValueType(
    r"[a-z0-9_]+:[^\s!,:]+", "a scheme and a code of it, such as plover:CONSULT", scheme="mapping"
)
TEXT_VALUE = ValueType(r"[^\x00]+", "text", MAX_TEXT_LENGTH, many=False)


def one_of(enum: TypeAliasType) -> ValueType:
    """Return the type of the codes of an enum."""
    choices = codes(enum)
    return ValueType("|".join(choices), f"one of {', '.join(choices)}", choices=choices, enum=enum)


def code_of(alias: TypeAliasType) -> ValueType:
    """Return the type of the codes of a scheme of the vocabulary."""
    form = "a code of letters, digits and . _ -"
    return ValueType(CODE_PATTERN.strip("^$"), form, scheme=SCHEME_OF[alias])


# --------------------------------------------------------------------------------------- parameters

OperatorName = Literal[
    "any_of",
    "none_of",
    "missing",
    "present",
    "at_least",
    "at_most",
    "overlaps",
    "newest",
    "text",
    "recorded_after",
]
"""How a filter compares its values; query/filters.py has the SQL and the phrase of each."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Equality: `name=a,b` is any of the values, `name=!a` all records without the value.

    `columns` hold the value, in the table of the resource type or in a table that links to it; with
    several columns, any of them may match. Filters on the same linking table apply to the same row
    of it (a participant and its role). `owner` is the column of the linking table that refers to
    the record; None: the one that `owner_column` finds. `parts_table` maps each id to the ids of
    its parts, which match too. `always_present`: every record has a value. `is_credit`: a link
    whose column is null names somebody in words, and counts as a value. `phrase` is the text of the
    filter in a sentence, with `{}` for the values.
    """

    name: str
    columns: tuple[Any, ...]
    value_type: ValueType
    description: str
    example: str
    owner: Any = None
    parts_table: type[SQLModel] | None = None
    always_present: bool = False
    is_credit: bool = False
    phrase: str = ""

    @property
    def table(self) -> Table:
        return column_of(self.columns[0]).table

    def is_linked(self, resource_table: Table) -> bool:
        """Whether its values are in rows that link to the record, of which it may have several."""
        return self.table is not resource_table or self.owner is not None

    def is_nullable(self, resource_table: Table) -> bool:
        if self.always_present:
            return False
        return self.is_linked(resource_table) or any(
            column_of(attribute).nullable for attribute in self.columns
        )

    @property
    def is_facet(self) -> bool:
        """Whether its values are counted."""
        return self.name != "id"


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """`name_min` and `name_max`, both inclusive. Records without a number match neither.

    `sort_columns` are the columns of the ascending and the descending sort by this number, in which
    nulls are replaced by values that sort last. The SQL compares them, so that a list sorted by one
    of them starts at its bound. `is_count`: whole numbers from 0.
    """

    name: str
    column: Any
    sort_columns: tuple[Any, ...] = ()
    description: str
    example: str
    is_count: bool = False


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """`name`: dates that can touch a window of days, both ends inclusive.

    A year or month means all its days. Null matches no window; an unbounded end matches every one.
    `always_present`: every record has the date. `up_to`: a date alone means up to its last day.
    `earliest` and `latest` are columns of the table of the resource type or of a table that links
    to it.
    """

    name: str
    earliest: Any
    latest: Any
    description: str
    example: str
    always_present: bool = False
    up_to: bool = False
    phrase: str = "dated {}"

    @property
    def table(self) -> Table:
        return column_of(self.earliest).table


@dataclass(frozen=True, kw_only=True)
class LatestPerGroup:
    """`name=true`: the records with the greatest `column` of each group of equal `by`.

    All other filters apply first. Records with a successor, whose id is in `replaced_by`, are left
    out; where the query has the window of dates named `window`, only if the successor can lie
    within it or before.
    """

    name: str
    by: Any
    column: Any
    replaced_by: Any
    window: str
    description: str


@dataclass(frozen=True, kw_only=True)
class FullText:
    """`q`: full-text search."""

    name: str = "q"


@dataclass(frozen=True, kw_only=True)
class RecordedAfter:
    """`updated_after`: records that were recorded after a moment."""

    name: str = "updated_after"


Criterion = Filter | NumberRange | DateRange | LatestPerGroup | FullText | RecordedAfter


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """A parameter that filters a list. Two parameters are equal only if identical."""

    name: str
    operator: OperatorName
    criterion: Criterion
    description: str
    example: str


FULL_TEXT = Parameter(
    name="q",
    operator="text",
    criterion=FullText(),
    description='Full text: all words must occur; `"…"` is a phrase, `word*` any word that begins'
    " so. Case and diacritics do not count.",
    example="truce",
)


UPDATED_AFTER = Parameter(
    name="updated_after",
    operator="recorded_after",
    criterion=RecordedAfter(),
    description="Only what was added or changed after this dataset version, instant, or since the"
    " beginning of this day (UTC); what was withdrawn since is listed beside it as `withdrawn`."
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
    phrase of the order of a list that takes no `sort`; None: it takes one. Not `is_paged`: a
    response has all of its items.
    """

    plural: str
    path: str
    description: str
    filters: tuple[Filter, ...] = ()
    ranges: tuple[NumberRange, ...] = ()
    dates: tuple[DateRange, ...] = ()
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
    is_paged: bool = True

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that filter the list, in the order of the canonical query."""
        return tuple(self._parameters())

    @cached_property
    def parameters_by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    def parameter(self, name: str) -> Parameter | None:
        return self.parameters_by_name.get(name)

    @cached_property
    def facets(self) -> tuple[Filter, ...]:
        return tuple(item for item in self.filters if item.is_facet)

    @cached_property
    def nullable(self) -> tuple[str, ...]:
        """The names that `missing` and `present` take: a record may have no value of these."""
        if self.table is None:
            return ()
        table = table_of(self.table)
        filters = [item.name for item in self.filters if item.is_nullable(table)]
        return (*filters, *(item.name for item in self.dates if not item.always_present))

    @cached_property
    def multiple(self) -> tuple[str, ...]:
        """The names that `match_all` takes: a record may have several values of these."""
        if self.table is None:
            return ()
        table = table_of(self.table)
        return tuple(
            item.name for item in self.filters if item.is_linked(table) and item.value_type.many
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that `fields=` takes, in the order of the record; empty: none."""
        return ()

    @property
    def include_names(self) -> tuple[str, ...]:
        """The names that `include=` takes."""
        return tuple(include.name for include in self.includes)

    def with_companions(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fields with their companions, in the order of the record."""
        return fields

    def _parameters(self) -> Iterator[Parameter]:
        if self.text:
            yield FULL_TEXT
        for item in self.filters:
            yield filter_parameter(item)
        for number in self.ranges:
            yield from range_parameters(number)
        for dates in self.dates:
            yield date_parameter(dates)
        for newest in self.newest:
            yield Parameter(
                name=newest.name,
                operator="newest",
                criterion=newest,
                description=newest.description,
                example="true",
            )


def filter_parameter(item: Filter) -> Parameter:
    return Parameter(
        name=item.name,
        operator="any_of",
        criterion=item,
        description=item.description,
        example=item.example,
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
            description=f"{words} this; inclusive. {number.description}",
            example=number.example,
        )


def date_parameter(dates: DateRange) -> Parameter:
    return Parameter(
        name=dates.name,
        operator="overlaps",
        criterion=dates,
        description=dates.description,
        example=dates.example,
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

    @property
    def include_names(self) -> tuple[str, ...]:
        return (*super().include_names, HISTORY)

    def with_companions(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        names = {*fields}.union(*(self.companion_fields.get(name, ()) for name in fields))
        return tuple(name for name in self.fields if name in names)


HISTORY = "history"
"""`include=history`: the earlier revisions of each record."""


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
