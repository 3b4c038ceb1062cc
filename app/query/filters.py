"""What each parameter does: its SQL and its English. One table of each, by operator."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

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
from app.query.tokenizer import TextMatch, Words, places_of
from app.resources.declarations import (
    DateLimit,
    DateRange,
    Filter,
    NumberRange,
    Operator,
    Parameter,
    column_of,
    owner_column,
    table_of,
)
from app.vocabulary import ResourceType

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class AppliedFilter:
    """A parameter with the values that were asked for: as sent, and as the database compares."""

    parameter: Parameter
    raw: tuple[str, ...]
    values: tuple[Any, ...]


# ----------------------------------------------------------------------------------------------------------------- SQL


def conditions(own: FromClause, table: Table, chosen: Sequence[AppliedFilter]) -> list[Condition]:
    """What a row of `own` (the noun's `table` or an alias of it) must fulfil. `newest` is not among them: it speaks of
    what the others leave.
    """
    result: list[Condition] = []
    by_link: dict[tuple[Table, str], list[AppliedFilter]] = {}
    for item in chosen:
        link_and_owner = link_of(item, table)
        if link_and_owner is not None:
            by_link.setdefault(link_and_owner, []).append(item)
        elif (condition := _ON_ITSELF[item.parameter.operator](own, item)) is not None:
            result.append(condition)
    for (link, owner), asked in by_link.items():
        result += _on_link(own, link, link.c[owner], asked)
    return result


def bound_values(chosen: Sequence[AppliedFilter], noun: str, *, sqlite: bool) -> dict[str, Any]:
    """The values of the parameters that `conditions` names. An empty `noun` means any."""
    return {
        name: value
        for item in chosen
        for name, value in _BOUND[item.parameter.operator](item, noun, sqlite)
    }


def shape_of(chosen: Sequence[AppliedFilter]) -> tuple[tuple[str, int], ...]:
    """What makes the same SQL: which parameters, with how many values; a yes or no counts as its value, words as whether
    they are common.
    """
    return tuple((item.parameter.name, _size(item)) for item in chosen)


def asks_for_newest(chosen: Sequence[AppliedFilter]) -> AppliedFilter | None:
    return next(
        (item for item in chosen if item.parameter.operator == "newest" and item.values[0]), None
    )


def _size(item: AppliedFilter) -> int:
    if isinstance(item.values[0], bool):
        return int(item.values[0])
    if isinstance(item.values[0], Words):
        return int(item.values[0].is_common)
    # Up to the next power of two, so that lists of any length make few statements; the last value fills the rest.
    return 1 << (len(item.values) - 1).bit_length()


def _names(item: AppliedFilter) -> list[str]:
    return [f"{item.parameter.name}_{index}" for index in range(_size(item))]


def _binds(item: AppliedFilter) -> list[BindParameter[Any]]:
    return [bindparam(name) for name in _names(item)]


def owner_of(criterion: Filter | DateRange, table: Table) -> Any:
    """The column that holds the record's id in the table that a filter looks into."""
    if isinstance(criterion, Filter) and criterion.owner is not None:
        return column_of(criterion.owner)
    return owner_column(criterion.table, table)


def _is_any_of(
    column: Any, criterion: Filter, item: AppliedFilter, *, probed: bool = False
) -> Condition:
    """`probed`: asked of the few links of one record, so that a whole's parts must not be gone through for each."""
    binds = _binds(item)
    if criterion.parts_table is not None:
        parts = table_of(criterion.parts_table)
        in_wholes = parts.c.whole_id.in_(binds)
        if probed:
            return select(literal_column("1")).where(parts.c.place_id == column, in_wholes).exists()
        condition: Condition = column.in_(select(parts.c.place_id).where(in_wholes))
    elif len(binds) == 1:
        condition = column == binds[0]
    else:
        condition = column.in_(binds)
    return condition


def _any_of(own: FromClause, item: AppliedFilter, *, probed: bool = False) -> Condition:
    criterion = cast("Filter", item.parameter.criterion)
    return or_(
        *(
            _is_any_of(own.c[column_of(a).name], criterion, item, probed=probed)
            for a in criterion.columns
        )
    )


def _none_of(own: FromClause, item: AppliedFilter) -> Condition:
    """The complement, null included: SQL's own `NOT IN` would drop what has no value."""
    criterion = cast("Filter", item.parameter.criterion)
    columns = [own.c[column_of(attribute).name] for attribute in criterion.columns]
    return and_(
        *(or_(column.is_(None), not_(_is_any_of(column, criterion, item))) for column in columns)
    )


def _missing(own: FromClause, item: AppliedFilter) -> Condition:
    criterion = item.parameter.criterion
    wanted = item.values[0]
    if isinstance(criterion, DateRange):
        latest = own.c[column_of(criterion.latest).name]
        return latest == MISSING_LATEST if wanted else latest > MISSING_LATEST
    columns = [own.c[column_of(attribute).name] for attribute in cast("Filter", criterion).columns]
    if wanted:
        return and_(*(column.is_(None) for column in columns))
    return or_(*(column.is_not(None) for column in columns))


def _at_least(own: FromClause, item: AppliedFilter) -> Condition:
    return and_(*(column >= _binds(item)[0] for column in _of_range(own, item)))


def _at_most(own: FromClause, item: AppliedFilter) -> Condition:
    return and_(*(column <= _binds(item)[0] for column in _of_range(own, item)))


def _of_range(own: FromClause, item: AppliedFilter) -> list[Any]:
    """Both columns that are sorted by, where there are two: a number that is missing is in one of them beyond any bound, so
    that both together say what the number says, and whichever index gives the order, the list begins at the bound.
    """
    criterion = cast("NumberRange", item.parameter.criterion)
    return [
        own.c[column_of(attribute).name]
        for attribute in criterion.sort_columns or (criterion.column,)
    ]


def _from(own: FromClause, item: AppliedFilter) -> Condition:
    """A missing date has each bound beyond the calendar's other end, so that either comparison alone leaves it out."""
    criterion = cast("DateRange", item.parameter.criterion)
    return own.c[column_of(criterion.latest).name] >= bindparam(f"{item.parameter.name}_first")


def _to(own: FromClause, item: AppliedFilter) -> Condition:
    criterion = cast("DateRange", item.parameter.criterion)
    return own.c[column_of(criterion.earliest).name] <= bindparam(f"{item.parameter.name}_last")


def _overlaps(own: FromClause, item: AppliedFilter) -> Condition:
    return and_(_to(own, item), _from(own, item))


def _up_to(own: FromClause, item: AppliedFilter) -> Condition:
    column = own.c[column_of(cast("DateLimit", item.parameter.criterion).column).name]
    return column <= bindparam(f"{item.parameter.name}_last")


def _text(own: FromClause, item: AppliedFilter) -> Condition:
    return TextMatch(own.c.revision_key, item.parameter.name, one_by_one=item.values[0].is_common)


def _recorded_after(own: FromClause, item: AppliedFilter) -> Condition:
    """Keys of revisions grow in the order of recording."""
    return own.c.revision_key > bindparam(item.parameter.name)


_ON_ITSELF: Mapping[Operator, Callable[[FromClause, AppliedFilter], Condition | None]] = {
    "any_of": _any_of,
    "none_of": _none_of,
    "missing": _missing,
    "at_least": _at_least,
    "at_most": _at_most,
    "overlaps": _overlaps,
    "from": _from,
    "to": _to,
    "up_to": _up_to,
    "newest": lambda _own, _item: None,
    "text": _text,
    "recorded_after": _recorded_after,
}


def _on_link(
    own: FromClause, link: Table, owner: Any, asked: Sequence[AppliedFilter]
) -> Iterator[Condition]:
    """Parameters on one linking table speak of one link: what the link must be is one condition. What it must not be
    belongs to that condition where something else of the same link is named (a role beside its participant, a participant
    beside its role); otherwise it is asked of all links of the record: none may be so.
    """
    there = within_link(asked)
    must_be = [item for item in asked if not _is_negative(item)]
    if must_be:
        conditions = [
            _ON_ITSELF[item.parameter.operator](link, item) for item in [*must_be, *there]
        ]
        said = [condition for condition in conditions if condition is not None]
        if any(item.parameter.operator == "any_of" for item in must_be):
            yield own.c.id.in_(select(owner).where(*said))
        else:
            # Nearly every record may have such a link: they are looked for row by row instead of gathered first.
            yield select(literal_column("1")).where(owner == own.c.id, *said).exists()
    for item in asked:
        if _is_negative(item) and item not in there:
            criterion = cast("Filter", item.parameter.criterion)
            is_missing = item.parameter.operator == "missing"
            there_is = (
                _has_value(link, criterion) if is_missing else _any_of(link, item, probed=True)
            )
            # Asked row by row: a page is found before all links are gathered, and null owners do no harm.
            yield ~select(literal_column("1")).where(owner == own.c.id, there_is).exists()


def within_link(asked: Sequence[AppliedFilter]) -> list[AppliedFilter]:
    """Of parameters on one link, those negative ones that speak of the link which the others name."""
    must_be = [item.parameter.criterion for item in asked if not _is_negative(item)]
    return [
        item
        for item in asked
        if _is_negative(item)
        and must_be
        and all(criterion is not item.parameter.criterion for criterion in must_be)
    ]


def is_linked(parameter: Parameter) -> bool:
    """Whether a filter looks into a table whose rows are not the records themselves."""
    criterion = parameter.criterion
    return (
        isinstance(criterion, Filter)
        and bool(criterion.columns)
        and (criterion.owner is not None or "id" not in criterion.table.c)
    )


def link_of(item: AppliedFilter, table: Table) -> tuple[Table, str] | None:
    """The linking table, and its column for the record, that a parameter looks into; null: the record's own table."""
    criterion = item.parameter.criterion
    if not isinstance(criterion, Filter | DateRange) or (
        isinstance(criterion, Filter) and not criterion.columns
    ):
        return None
    if criterion.table is table and (isinstance(criterion, DateRange) or criterion.owner is None):
        return None
    return criterion.table, owner_of(criterion, table).name


def _is_negative(item: AppliedFilter) -> bool:
    return item.parameter.operator == "none_of" or (
        item.parameter.operator == "missing" and item.values[0]
    )


def _has_value(link: FromClause, criterion: Filter | DateRange) -> Condition:
    if isinstance(criterion, DateRange):
        return link.c[column_of(criterion.latest).name] > MISSING_LATEST
    return or_(*(link.c[column_of(attribute).name].is_not(None) for attribute in criterion.columns))


Pairs = Iterator[tuple[str, Any]]


def _each(item: AppliedFilter, _noun: str, _sqlite: bool) -> Pairs:
    names = _names(item)
    return zip(
        names, [*item.values, *item.values[-1:] * (len(names) - len(item.values))], strict=True
    )


def _first_day(item: AppliedFilter, _noun: str, _sqlite: bool) -> Pairs:
    yield f"{item.parameter.name}_first", item.values[0][0]


def _last_day(item: AppliedFilter, _noun: str, _sqlite: bool) -> Pairs:
    yield f"{item.parameter.name}_last", item.values[0][1]


def _both_days(item: AppliedFilter, noun: str, sqlite: bool) -> Pairs:
    yield from _first_day(item, noun, sqlite)
    yield from _last_day(item, noun, sqlite)


def _nothing(_item: AppliedFilter, _noun: str, _sqlite: bool) -> Pairs:
    return iter(())


def _match(item: AppliedFilter, noun: str, sqlite: bool) -> Pairs:
    wanted = item.values[0]
    yield item.parameter.name, wanted.in_sqlite() if sqlite else wanted.in_postgresql()
    if sqlite:
        first, last = places_of(cast("ResourceType", noun) if noun else None)
        yield f"{item.parameter.name}_first", first
        yield f"{item.parameter.name}_last", last


def _last_key(item: AppliedFilter, _noun: str, _sqlite: bool) -> Pairs:
    yield item.parameter.name, item.values[0].state.last_key


_BOUND: Mapping[Operator, Callable[[AppliedFilter, str, bool], Pairs]] = {
    "any_of": _each,
    "none_of": _each,
    "missing": _nothing,
    "at_least": _each,
    "at_most": _each,
    "overlaps": _both_days,
    "from": _first_day,
    "to": _last_day,
    "up_to": _last_day,
    "newest": _nothing,
    "text": _match,
    "recorded_after": _last_key,
}


# ------------------------------------------------------------------------------------------------------------- English


def clauses(chosen: Sequence[AppliedFilter], table: Table | None) -> list[str]:
    """What parameters say, each as a clause of a sentence; what speaks of a link that another names comes last."""
    by_link: dict[tuple[Table, str], list[AppliedFilter]] = {}
    for item in chosen:
        link = None if table is None else link_of(item, table)
        if link is not None:
            by_link.setdefault(link, []).append(item)
    there = [item for asked in by_link.values() for item in within_link(asked)]
    said = [_PHRASES[item.parameter.operator](item) for item in chosen if item not in there]
    return [clause for clause in said if clause] + [_of_that_link(item) for item in there]


def _shown(raw: Sequence[str]) -> str:
    """Values as they read in a sentence: between quotation marks where they would not be seen for values."""
    shown = [value if value == value.strip() else f"“{value}”" for value in raw]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _words(item: AppliedFilter) -> str:
    return item.parameter.criterion.name.replace("_", " ")


def _of_filter(item: AppliedFilter) -> str:
    criterion = cast("Filter", item.parameter.criterion)
    return (criterion.phrase or f"with {_words(item)} {{}}").format(_shown(item.raw))


def _of_no_filter(item: AppliedFilter) -> str:
    return f"whose {_words(item)} is not {_shown(item.raw)}"


def _of_missing(item: AppliedFilter) -> str:
    return f"where {item.parameter.criterion.name} is {'missing' if item.values[0] else 'given'}"


def _of_that_link(item: AppliedFilter) -> str:
    if item.parameter.operator == "missing":
        return f"there without {_words(item)}"
    return f"there with {_words(item)} other than {_shown(item.raw)}"


def _of_dates(ends: str) -> Callable[[AppliedFilter], str]:
    return lambda item: cast("DateRange", item.parameter.criterion).phrase.format(
        ends.format(item.raw[0])
    )


_PHRASES: Mapping[Operator, Callable[[AppliedFilter], str]] = {
    "any_of": _of_filter,
    "none_of": _of_no_filter,
    "missing": _of_missing,
    "at_least": lambda item: f"with {_words(item)} at least {item.raw[0]}",
    "at_most": lambda item: f"with {_words(item)} at most {item.raw[0]}",
    "overlaps": _of_dates("{}"),
    "from": _of_dates("{} or later"),
    "to": _of_dates("{} or earlier"),
    "up_to": lambda item: f"as of {item.raw[0]} or earlier",
    "newest": lambda item: "of these the newest of each series" if item.values[0] else "",
    "text": lambda item: f"with the words {_shown(item.raw)}",
    "recorded_after": lambda item: f"updated after {item.raw[0]}",
}
