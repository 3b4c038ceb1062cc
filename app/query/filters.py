"""Filters: the meaning of each parameter, in SQL and in English.

An operator is a class with everything about it: the condition that a row must meet, the values
that are bound to it, its phrase in a sentence, and whether an index answers it. Parameters name
their operator; `OPERATORS` maps names to operators.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.elements import BindParameter

from app.models import MISSING_LATEST
from app.query.tokenizer import TextMatch, places_of
from app.resources.declarations import (
    DateLimit,
    DateRange,
    Filter,
    NumberRange,
    OperatorName,
    Parameter,
    column_of,
    owner_column,
    table_of,
)
from app.vocabulary import ResourceType

Condition = ColumnElement[bool]
CriterionT = TypeVar("CriterionT")


@dataclass(frozen=True)
class AppliedFilter:
    """A parameter with the values of a query: as sent, and as the database compares them."""

    parameter: Parameter
    raw: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def operator(self) -> "Operator":
        return OPERATORS[self.parameter.operator]

    @property
    def is_negative(self) -> bool:
        return self.operator.is_negative(self)

    def criterion(self, of: type[CriterionT]) -> CriterionT:
        """What the parameter is about. Raises TypeError where its operator is not for that."""
        if not isinstance(self.parameter.criterion, of):
            raise TypeError(f"{self.name}: {self.parameter.operator} needs a {of.__name__}")
        return self.parameter.criterion

    @property
    def words(self) -> str:
        """The name of the criterion as words."""
        return self.parameter.criterion.name.replace("_", " ")


@dataclass(frozen=True)
class BindTarget:
    """The resource type and database that bound values depend on. `resource_type` None: any."""

    resource_type: ResourceType | None
    is_sqlite: bool


class Operator:
    """The meaning of a parameter: its SQL condition, bound values and phrase."""

    is_indexed = False
    """Whether one index finds the matching rows in the order of a single key."""

    def is_negative(self, item: AppliedFilter) -> bool:
        """Whether it excludes records."""
        return False

    def size(self, item: AppliedFilter) -> int:
        """How many values its SQL has; queries of one size share a compiled statement.

        The next power of two, so that lists of any length make few statements.
        """
        return 1 << (len(item.values) - 1).bit_length()

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition | None:
        """The condition for a row; None: there is none for a row by itself."""
        raise NotImplementedError

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        """The values of the parameters in its condition; the last one fills up its size."""
        names = _names(item)
        padded = [*item.values, *item.values[-1:] * (len(names) - len(item.values))]
        return dict(zip(names, padded, strict=True))

    def phrase(self, item: AppliedFilter) -> str:
        """A clause of a sentence; empty: none."""
        raise NotImplementedError


class AnyOf(Operator):
    is_indexed = True

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return has_any_of(rows, item)

    def phrase(self, item: AppliedFilter) -> str:
        phrase = item.criterion(Filter).phrase or f"with {item.words} {{}}"
        return phrase.format(_listed(item.raw))


class NoneOf(Operator):
    def is_negative(self, item: AppliedFilter) -> bool:
        return True

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        """The complement, nulls included: SQL's own `NOT IN` would drop rows without a value."""
        filter_ = item.criterion(Filter)
        columns = [rows.c[column_of(attribute).name] for attribute in filter_.columns]
        return and_(
            *(or_(column.is_(None), not_(_is_any_of(column, filter_, item))) for column in columns)
        )

    def phrase(self, item: AppliedFilter) -> str:
        return f"whose {item.words} is not {_listed(item.raw)}"


class Missing(Operator):
    def is_negative(self, item: AppliedFilter) -> bool:
        return bool(item.values[0])

    def size(self, item: AppliedFilter) -> int:
        return int(item.values[0])

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        criterion = item.parameter.criterion
        if isinstance(criterion, DateRange):
            latest = rows.c[column_of(criterion.latest).name]
            return latest == MISSING_LATEST if item.values[0] else latest > MISSING_LATEST
        columns = [
            rows.c[column_of(attribute).name] for attribute in item.criterion(Filter).columns
        ]
        if item.values[0]:
            return and_(*(column.is_(None) for column in columns))
        return or_(*(column.is_not(None) for column in columns))

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {}

    def phrase(self, item: AppliedFilter) -> str:
        state = "missing" if item.values[0] else "given"
        return f"where {item.parameter.criterion.name} is {state}"


class AtLeast(Operator):
    is_indexed = True

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return and_(*(column >= _binds(item)[0] for column in _range_columns(rows, item)))

    def phrase(self, item: AppliedFilter) -> str:
        return f"with {item.words} at least {item.raw[0]}"


class AtMost(Operator):
    is_indexed = True

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return and_(*(column <= _binds(item)[0] for column in _range_columns(rows, item)))

    def phrase(self, item: AppliedFilter) -> str:
        return f"with {item.words} at most {item.raw[0]}"


class _Window(Operator):
    """Days. A missing date has each bound past the calendar's other end, so that one comparison
    with a bound leaves it out.
    """

    words_for_ends = "{}"

    def from_first_day(self, rows: FromClause, item: AppliedFilter) -> Condition:
        latest = rows.c[column_of(item.criterion(DateRange).latest).name]
        return latest >= bindparam(f"{item.name}_first")

    def to_last_day(self, rows: FromClause, item: AppliedFilter) -> Condition:
        earliest = rows.c[column_of(item.criterion(DateRange).earliest).name]
        return earliest <= bindparam(f"{item.name}_last")

    def phrase(self, item: AppliedFilter) -> str:
        ends = self.words_for_ends.format(item.raw[0])
        return item.criterion(DateRange).phrase.format(ends)


class Overlaps(_Window):
    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return and_(self.to_last_day(rows, item), self.from_first_day(rows, item))

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        first, last = item.values[0]
        return {f"{item.name}_first": first, f"{item.name}_last": last}


class OnOrAfter(_Window):
    words_for_ends = "{} or later"

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return self.from_first_day(rows, item)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {f"{item.name}_first": item.values[0][0]}


class OnOrBefore(_Window):
    words_for_ends = "{} or earlier"

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return self.to_last_day(rows, item)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {f"{item.name}_last": item.values[0][1]}


class NotLaterThan(Operator):
    """`as_of=D`: not later than the last day of D."""

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        column = rows.c[column_of(item.criterion(DateLimit).column).name]
        return column <= bindparam(f"{item.name}_last")

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {f"{item.name}_last": item.values[0][1]}

    def phrase(self, item: AppliedFilter) -> str:
        return f"as of {item.raw[0]} or earlier"


class LatestOfGroup(Operator):
    """`latest=true`. It applies to the matches of the other filters: see `select.matching`."""

    def size(self, item: AppliedFilter) -> int:
        return int(item.values[0])

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition | None:
        return None

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {}

    def phrase(self, item: AppliedFilter) -> str:
        return "of these the newest of each series" if item.values[0] else ""


class MatchesText(Operator):
    def size(self, item: AppliedFilter) -> int:
        return int(item.values[0].is_common)

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return TextMatch(rows.c.revision_key, item.name, one_by_one=item.values[0].is_common)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        words = item.values[0]
        if not target.is_sqlite:
            return {item.name: words.in_postgresql()}
        first, last = places_of(target.resource_type)
        return {
            item.name: words.in_sqlite(),
            f"{item.name}_first": first,
            f"{item.name}_last": last,
        }

    def phrase(self, item: AppliedFilter) -> str:
        return f"with the words {_listed(item.raw)}"


class RecordedSince(Operator):
    """`updated_after=`: keys of revisions grow in the order of recording."""

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return rows.c.revision_key > bindparam(item.name)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {item.name: item.values[0].state.last_key}

    def phrase(self, item: AppliedFilter) -> str:
        return f"updated after {item.raw[0]}"


OPERATORS: Mapping[OperatorName, Operator] = {
    "any_of": AnyOf(),
    "none_of": NoneOf(),
    "missing": Missing(),
    "at_least": AtLeast(),
    "at_most": AtMost(),
    "overlaps": Overlaps(),
    "from": OnOrAfter(),
    "to": OnOrBefore(),
    "up_to": NotLaterThan(),
    "newest": LatestOfGroup(),
    "text": MatchesText(),
    "recorded_after": RecordedSince(),
}


# ------------------------------------------------------------------------------------ all of a
# query


def conditions(rows: FromClause, table: Table, filters: Sequence[AppliedFilter]) -> list[Condition]:
    """The conditions for a row of `rows` (the resource type's `table` or an alias of it).

    `LatestOfGroup` is not among them: it applies to the matches of the others.
    """
    result: list[Condition] = []
    by_link: dict[tuple[Table, str], list[AppliedFilter]] = {}
    for item in filters:
        link_and_owner = link_of(item, table)
        if link_and_owner is not None:
            by_link.setdefault(link_and_owner, []).append(item)
        elif (condition := item.operator.condition(rows, item)) is not None:
            result.append(condition)
    for (link, owner), on_link in by_link.items():
        result += _link_conditions(rows, link, link.c[owner], on_link)
    return result


def bound_values(
    filters: Sequence[AppliedFilter], resource_type: ResourceType | None, *, is_sqlite: bool
) -> dict[str, Any]:
    """The values of the parameters that `conditions` names. `resource_type` None: any."""
    target = BindTarget(resource_type, is_sqlite)
    return {
        name: value
        for item in filters
        for name, value in item.operator.bound_values(item, target).items()
    }


def shape_of(filters: Sequence[AppliedFilter]) -> tuple[tuple[str, int], ...]:
    """Identifies the SQL of the filters: their parameters, each with the size of its values."""
    return tuple((item.name, item.operator.size(item)) for item in filters)


def newest_of(filters: Sequence[AppliedFilter]) -> AppliedFilter | None:
    """The filter for the newest of each group, if there is one."""
    return next(
        (item for item in filters if item.parameter.operator == "newest" and item.values[0]), None
    )


def is_slow(filters: Sequence[AppliedFilter], sort_names: Sequence[str]) -> bool:
    """Whether a statement may read very many rows, and belongs in a thread.

    Fast is what indexes answer: filters on a record's own values, in the order of ids or of a
    number that is filtered. For another order the database sorts all matches of a filter.
    """
    if len(sort_names) > 1 or not all(_is_indexed(item.parameter) for item in filters):
        return True
    ranges = [item.parameter.criterion for item in filters]
    in_order = {"id", *(range_.name for range_ in ranges if isinstance(range_, NumberRange))}
    return bool(filters) and not in_order.issuperset(sort_names)


def _is_indexed(parameter: Parameter) -> bool:
    is_own = isinstance(parameter.criterion, Filter | NumberRange) and not is_linked(parameter)
    return is_own and OPERATORS[parameter.operator].is_indexed


def clauses(filters: Sequence[AppliedFilter], table: Table | None) -> list[str]:
    """The clauses of filters; one about a link that another filter names comes last."""
    by_link: dict[tuple[Table, str], list[AppliedFilter]] = {}
    for item in filters:
        link = None if table is None else link_of(item, table)
        if link is not None:
            by_link.setdefault(link, []).append(item)
    of_named_link = [item for on_link in by_link.values() for item in within_link(on_link)]
    phrases = [item.operator.phrase(item) for item in filters if item not in of_named_link]
    return [phrase for phrase in phrases if phrase] + [
        f"there without {item.words}"
        if item.parameter.operator == "missing"
        else f"there with {item.words} other than {_listed(item.raw)}"
        for item in of_named_link
    ]


# -------------------------------------------------------------------------------------------- links


def link_of(item: AppliedFilter, table: Table) -> tuple[Table, str] | None:
    """The linking table, and its column for the record, that a filter looks into.

    None: it looks into the record's own table.
    """
    criterion = item.parameter.criterion
    if isinstance(criterion, DateRange):
        is_own = criterion.table is table
    elif isinstance(criterion, Filter) and criterion.columns:
        is_own = criterion.table is table and criterion.owner is None
    else:
        return None
    return None if is_own else (criterion.table, owner_of(criterion, table).name)


def is_linked(parameter: Parameter) -> bool:
    """Whether a filter looks into a table whose rows are not the records themselves."""
    criterion = parameter.criterion
    if not isinstance(criterion, Filter) or not criterion.columns:
        return False
    return criterion.owner is not None or "id" not in criterion.table.c


def owner_of(criterion: Filter | DateRange, table: Table) -> Any:
    """The column that holds the record's id in the table that a filter looks into."""
    if isinstance(criterion, Filter) and criterion.owner is not None:
        return column_of(criterion.owner)
    return owner_column(criterion.table, table)


def within_link(on_link: Sequence[AppliedFilter]) -> list[AppliedFilter]:
    """The negative filters about a link that other filters name."""
    named = [item.parameter.criterion for item in on_link if not item.is_negative]
    return [
        item
        for item in on_link
        if item.is_negative
        and named
        and all(criterion is not item.parameter.criterion for criterion in named)
    ]


def _link_conditions(
    rows: FromClause, link: Table, owner: Any, on_link: Sequence[AppliedFilter]
) -> Iterator[Condition]:
    """The conditions of filters on one linking table; positive ones apply to one and the same link.

    A negative filter joins that condition where another filter names the link (the role of a
    participant); otherwise it applies to all links of the record.
    """
    of_named_link = within_link(on_link)
    required = [item for item in on_link if not item.is_negative]
    if required:
        link_conditions = (
            item.operator.condition(link, item) for item in [*required, *of_named_link]
        )
        of_link = [condition for condition in link_conditions if condition is not None]
        if any(item.parameter.operator == "any_of" for item in required):
            yield rows.c.id.in_(select(owner).where(*of_link))
        else:
            # Nearly every record may have such a link: checking row by row is cheaper than
            # reading all links first.
            yield select(literal_column("1")).where(owner == rows.c.id, *of_link).exists()
    for item in on_link:
        if item.is_negative and item not in of_named_link:
            excluded = (
                _has_value(link, item)
                if item.parameter.operator == "missing"
                else has_any_of(link, item, probed=True)
            )
            # Row by row: a page is complete before all links are read, and null owners match
            # nothing.
            yield ~select(literal_column("1")).where(owner == rows.c.id, excluded).exists()


def has_any_of(rows: FromClause, item: AppliedFilter, *, probed: bool = False) -> Condition:
    """That a row has one of the values in one of the columns of the filter.

    `probed`: the condition is evaluated for the few links of one record at a time, so that the
    parts of a place are looked up, not gathered.
    """
    filter_ = item.criterion(Filter)
    columns = (rows.c[column_of(attribute).name] for attribute in filter_.columns)
    return or_(*(_is_any_of(column, filter_, item, probed=probed) for column in columns))


def _is_any_of(
    column: Any, filter_: Filter, item: AppliedFilter, *, probed: bool = False
) -> Condition:
    binds = _binds(item)
    if filter_.parts_table is not None:
        parts = table_of(filter_.parts_table)
        of_wholes = parts.c.whole_id.in_(binds)
        if probed:
            return select(literal_column("1")).where(parts.c.place_id == column, of_wholes).exists()
        in_parts: Condition = column.in_(select(parts.c.place_id).where(of_wholes))
        return in_parts
    is_any: Condition = column == binds[0] if len(binds) == 1 else column.in_(binds)
    return is_any


def _has_value(link: FromClause, item: AppliedFilter) -> Condition:
    criterion = item.parameter.criterion
    if isinstance(criterion, DateRange):
        return link.c[column_of(criterion.latest).name] > MISSING_LATEST
    columns = item.criterion(Filter).columns
    return or_(*(link.c[column_of(attribute).name].is_not(None) for attribute in columns))


def _range_columns(rows: FromClause, item: AppliedFilter) -> list[Any]:
    """Both columns that are sorted by, where there are two.

    A missing number lies past any bound in one of them, so both conditions together mean what one
    on the number means; and whichever index gives the order, the list begins at the bound.
    """
    range_ = item.criterion(NumberRange)
    return [
        rows.c[column_of(attribute).name] for attribute in range_.sort_columns or (range_.column,)
    ]


def _names(item: AppliedFilter) -> list[str]:
    return [f"{item.name}_{index}" for index in range(item.operator.size(item))]


def _binds(item: AppliedFilter) -> list[BindParameter[Any]]:
    return [bindparam(name) for name in _names(item)]


def _listed(raw: Sequence[str]) -> str:
    """Values in a sentence: between quotation marks where their edges would not be visible."""
    values = [value if value == value.strip() else f"“{value}”" for value in raw]
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
