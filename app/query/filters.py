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
    Select,
    Table,
    and_,
    bindparam,
    false,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.elements import BindParameter

from app.models import MISSING_LATEST
from app.query.tokenizer import TextMatch, places_of
from app.query.values import FullTextQuery, Number, Selection, Text, Window
from app.resources.declarations import (
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
    """A condition of a query: how a parameter's criterion compares with values.

    `raw` are the values as sent, `values` as the database compares them. `key` names the bound
    values, and is unique in a query. `each`: the record needs a link of its own for this value.
    """

    parameter: Parameter
    operator_name: OperatorName
    raw: tuple[str, ...]
    values: tuple[Any, ...]
    key: str
    each: bool = False

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def operator(self) -> "Operator":
        return OPERATORS[self.operator_name]

    @property
    def is_negative(self) -> bool:
        return self.operator.is_negative

    def criterion(self, of: type[CriterionT]) -> CriterionT:
        """What the parameter is about. Raises TypeError where its operator is not for that."""
        if not isinstance(self.parameter.criterion, of):
            raise TypeError(f"{self.name}: {self.operator_name} needs a {of.__name__}")
        return self.parameter.criterion

    @property
    def words(self) -> str:
        """The name of the criterion as words."""
        return self.parameter.criterion.name.replace("_", " ")


def applied_filters(
    parameters: Mapping[str, Parameter], values: Mapping[str, Any]
) -> tuple[AppliedFilter, ...]:
    """The conditions that the values of a query set, in the order of the parameters."""
    each = values.get("match_all") or ()
    filters = [
        item
        for name, parameter in parameters.items()
        if (value := values.get(name)) is not None
        for item in _filters_of(parameter, value, each=name in each)
    ]
    for operator in ("missing", "present"):
        for name in values.get(operator) or ():
            key = f"{operator}_{name}"
            filters.append(AppliedFilter(parameters[name], operator, (), (), key))
    return tuple(filters)


def _filters_of(parameter: Parameter, value: Any, *, each: bool) -> Iterator[AppliedFilter]:
    name = parameter.name
    if not isinstance(value, Selection):
        # `latest=false` is the default, and no condition.
        if value is not False:
            raw = "true" if value is True else value.text
            yield AppliedFilter(parameter, parameter.operator, (raw,), (_bound(value),), name)
        return
    if value.plain and each:
        for index, single in enumerate(value.plain):
            key, codes = f"{name}_each_{index}", value.with_narrower((single,))
            yield AppliedFilter(parameter, "any_of", (single,), codes, key, each=True)
    elif value.plain:
        codes = value.with_narrower(value.plain)
        yield AppliedFilter(parameter, "any_of", value.plain, codes, name)
    if value.excluded:
        key, codes = f"{name}_not", value.with_narrower(value.excluded)
        yield AppliedFilter(parameter, "none_of", value.excluded, codes, key)


def _bound(value: Any) -> Any:
    """The value that the database compares with."""
    match value:
        case Text(text):
            return text
        case Number(number, _):
            return number
        case FullTextQuery(words, _):
            return words
        case _:
            return value


@dataclass(frozen=True)
class BindTarget:
    """The resource type and database that bound values depend on. `resource_type` None: any."""

    resource_type: ResourceType | None
    is_sqlite: bool


class Operator:
    """The meaning of a parameter: its SQL condition, bound values and phrase."""

    is_indexed = False
    """Whether one index finds the matching rows in the order of a single key."""
    is_negative = False
    """Whether it excludes records."""

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
        return phrase.format(listed(item.raw))


class NoneOf(Operator):
    is_negative = True

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        """The complement, nulls included: SQL's own `NOT IN` would drop rows without a value."""
        filter_ = item.criterion(Filter)
        return and_(
            *(
                or_(column.is_(None), not_(_is_any_of(column, filter_, item)))
                for column in _columns(rows, item)
            )
        )

    def phrase(self, item: AppliedFilter) -> str:
        return f"whose {item.words} is not {listed(item.raw)}"


class Present(Operator):
    """The record has a value."""

    def size(self, item: AppliedFilter) -> int:
        return 0

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return not_(is_missing(rows, _nullable(item)))

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {}

    def phrase(self, item: AppliedFilter) -> str:
        return f"with any {item.words}"


class Missing(Operator):
    """The record has no value; of a filter of a link: some link has none."""

    is_negative = True

    def size(self, item: AppliedFilter) -> int:
        return 0

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return is_missing(rows, _nullable(item))

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {}

    def phrase(self, item: AppliedFilter) -> str:
        return f"without {item.words}"


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


class Overlaps(Operator):
    """Dates that can touch a window of days.

    A missing date has each bound past the calendar's other end, so that one comparison with a
    bound leaves it out.
    """

    def size(self, item: AppliedFilter) -> int:
        """Which ends the window has: 1 the first, 2 the last."""
        window: Window = item.values[0]
        return (window.first is not None) + 2 * (window.last is not None)

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        window, dates = item.values[0], item.criterion(DateRange)
        latest = rows.c[column_of(dates.latest).name]
        earliest = rows.c[column_of(dates.earliest).name]
        ends = []
        if window.last is not None:
            ends.append(earliest <= bindparam(f"{item.key}_last"))
        if window.first is not None:
            ends.append(latest >= bindparam(f"{item.key}_first"))
        return and_(*ends)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        ends = {"first": item.values[0].first, "last": item.values[0].last}
        return {f"{item.key}_{name}": day for name, day in ends.items() if day is not None}

    def phrase(self, item: AppliedFilter) -> str:
        dates, text = item.criterion(DateRange), item.raw[0]
        first, _, last = text.partition("/")
        if dates.up_to and not last and "[" not in text:
            text = f"{text} or earlier"
        elif last == "..":
            text = f"{first} or later"
        elif first == "..":
            text = f"{last} or earlier"
        elif last:
            text = f"{first} to {last}"
        return dates.phrase.format(text)


class LatestOfGroup(Operator):
    """`latest=true`. It applies to the matches of the other filters: see `select.matching`."""

    def size(self, item: AppliedFilter) -> int:
        return 0

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition | None:
        return None

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {}

    def phrase(self, item: AppliedFilter) -> str:
        return "of these the newest of each series"


class MatchesText(Operator):
    def size(self, item: AppliedFilter) -> int:
        return int(item.values[0].is_common)

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return TextMatch(rows.c.revision_key, item.key, one_by_one=item.values[0].is_common)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        words = item.values[0]
        if not target.is_sqlite:
            return {item.key: words.in_postgresql()}
        first, last = places_of(target.resource_type)
        return {
            item.key: words.in_sqlite(),
            f"{item.key}_first": first,
            f"{item.key}_last": last,
        }

    def phrase(self, item: AppliedFilter) -> str:
        return f"with the words {listed(item.raw)}"


class RecordedSince(Operator):
    """`updated_after=`: keys of revisions grow in the order of recording."""

    def condition(self, rows: FromClause, item: AppliedFilter) -> Condition:
        return rows.c.revision_key > bindparam(item.key)

    def bound_values(self, item: AppliedFilter, target: BindTarget) -> dict[str, Any]:
        return {item.key: item.values[0].state.last_key}

    def phrase(self, item: AppliedFilter) -> str:
        return f"updated after {item.raw[0]}"


OPERATORS: Mapping[OperatorName, Operator] = {
    "any_of": AnyOf(),
    "none_of": NoneOf(),
    "missing": Missing(),
    "present": Present(),
    "at_least": AtLeast(),
    "at_most": AtMost(),
    "overlaps": Overlaps(),
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
    return tuple((item.key, item.operator.size(item)) for item in filters)


def newest_of(filters: Sequence[AppliedFilter]) -> AppliedFilter | None:
    """The filter for the newest of each group, if there is one."""
    return next((item for item in filters if item.operator_name == "newest"), None)


def is_slow(filters: Sequence[AppliedFilter], sort_names: Sequence[str]) -> bool:
    """Whether a statement may read very many rows, and belongs in a thread.

    Fast is what indexes answer: filters on a record's own values, in the order of ids or of a
    number that is filtered. For another order the database sorts all matches of a filter.
    """
    if len(sort_names) > 1 or not all(map(_is_indexed, filters)):
        return True
    ranges = [item.parameter.criterion for item in filters]
    in_order = {"id", *(range_.name for range_ in ranges if isinstance(range_, NumberRange))}
    return bool(filters) and not in_order.issuperset(sort_names)


def _is_indexed(item: AppliedFilter) -> bool:
    criterion = item.parameter.criterion
    is_own = isinstance(criterion, Filter | NumberRange) and not is_linked(item.parameter)
    return is_own and item.operator.is_indexed


# -------------------------------------------------------------------------------------------- links


def link_of(item: AppliedFilter, table: Table) -> tuple[Table, str] | None:
    """The linking table, and its column for the record, that a filter looks into.

    None: it looks into the record's own table.
    """
    criterion = item.parameter.criterion
    if isinstance(criterion, DateRange):
        is_own = criterion.table is table
    elif isinstance(criterion, Filter) and criterion.columns:
        is_own = not criterion.is_linked(table)
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
    participant); otherwise it applies to all links of the record. Of values that must all match
    (`match_all`) each has a link of its own, which meets the other filters of the link: of another
    one whose values must all match, any value.
    """
    of_named_link = within_link(on_link)
    each = [item for item in on_link if item.each]
    of_every_link = [item for item in on_link if not item.is_negative and not item.each]
    shared = [[item] for item in of_every_link]
    for item in each:
        names = dict.fromkeys(other.name for other in each if other.name != item.name)
        others = [[other for other in each if other.name == name] for name in names]
        yield _has_link(rows, link, owner, [[item], *shared, *others], of_named_link)
    if shared and not each:
        yield _has_link(rows, link, owner, shared, of_named_link)
    for item in on_link:
        if item.is_negative and item not in of_named_link:
            # Row by row: a page is complete before all links are read, and null owners match
            # nothing.
            of_record = owner == rows.c.id
            if item.operator_name == "missing":
                yield lacks_value(link, of_record, _nullable(item))
            else:
                excluded = has_any_of(link, item, probed=True)
                yield ~select(literal_column("1")).where(of_record, excluded).exists()


def _has_link(
    rows: FromClause,
    link: Table,
    owner: Any,
    required: Sequence[Sequence[AppliedFilter]],
    negative: Sequence[AppliedFilter],
) -> Condition:
    """That the record has a link which meets one filter of each group, and all negative ones."""
    of_link = []
    for group in [*required, *([item] for item in negative)]:
        conditions_of_group = (item.operator.condition(link, item) for item in group)
        of_link.append(or_(*(each for each in conditions_of_group if each is not None)))
    if any(item.operator_name == "any_of" for group in required for item in group):
        in_links: Condition = rows.c.id.in_(select(owner).where(*of_link))
        return in_links
    # Nearly every record may have such a link: checking row by row is cheaper than reading all
    # links first.
    return select(literal_column("1")).where(owner == rows.c.id, *of_link).exists()


def lacks_value(link: Table, of_record: Condition, criterion: Filter | DateRange) -> Condition:
    """That a record has no link, or one without a value."""
    links: Select[Any] = select(literal_column("1")).where(of_record)
    without_value = links.where(is_missing(link, criterion))
    return or_(~links.exists(), without_value.exists())


def is_missing(rows: FromClause, criterion: Filter | DateRange) -> Condition:
    """That a row has no value; a credit in words, without an id, is one."""
    if isinstance(criterion, DateRange):
        latest: Condition = rows.c[column_of(criterion.latest).name] == MISSING_LATEST
        return latest
    if criterion.is_credit:
        return false()
    columns = [rows.c[column_of(attribute).name] for attribute in criterion.columns]
    return and_(*(column.is_(None) for column in columns))


def _nullable(item: AppliedFilter) -> Filter | DateRange:
    criterion = item.parameter.criterion
    if not isinstance(criterion, Filter | DateRange):
        raise TypeError(f"{item.name} is never missing")
    return criterion


def has_any_of(rows: FromClause, item: AppliedFilter, *, probed: bool = False) -> Condition:
    """That a row has one of the values in one of the columns of the filter.

    `probed`: the condition is evaluated for the few links of one record at a time, so that the
    parts of a place are looked up, not gathered.
    """
    filter_ = item.criterion(Filter)
    columns = _columns(rows, item)
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


def _columns(rows: FromClause, item: AppliedFilter) -> list[Any]:
    return [rows.c[column_of(attribute).name] for attribute in item.criterion(Filter).columns]


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
    return [f"{item.key}_{index}" for index in range(item.operator.size(item))]


def _binds(item: AppliedFilter) -> list[BindParameter[Any]]:
    return [bindparam(name) for name in _names(item)]


def listed(raw: Sequence[str]) -> str:
    """Values in a sentence: between quotation marks where their edges would not be visible."""
    values = [value if value == value.strip() else f"“{value}”" for value in raw]
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
