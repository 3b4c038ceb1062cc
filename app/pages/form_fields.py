"""The parameters of a list as controls of a form, made from its declaration."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import parse_qsl

from app.presentation.text import field_label
from app.query.canonical import canonical_values
from app.query.queries import DEFAULT_LIMIT, ListQuery
from app.query.query_string import is_tracking
from app.query.results import Dataset
from app.query.values import InvalidValue, Window, parse_window
from app.resources.declarations import (
    DateRange,
    Filter,
    Listing,
    OperatorName,
    Parameter,
    Resource,
)

_MAX_CODES = 60
"""Codes that a form lists; of more, it takes any."""
LIMITS = ("10", "20", "50", "100", "500")
Kind = Literal["text", "words", "one", "many", "names", "window"]
Values = Mapping[str, tuple[str, ...]]
"""Raw values by the name of their parameter."""


@dataclass(frozen=True)
class Control:
    """One parameter. `choices` are pairs of value and label.

    Of `many` choices the form sends each by itself; `names` stand once, between commas. A `window`
    of days has two ends.
    """

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    example: str = ""


@dataclass(frozen=True)
class Group:
    """Controls under one title; the group without a title is always open."""

    title: str
    controls: tuple[Control, ...]

    def is_used(self, values: Values, errors: Collection[str]) -> bool:
        return any(
            name in values or name in errors
            for control in self.controls
            for name in (control.name, f"{control.name}.from", f"{control.name}.to")
        )


_GROUPS: Sequence[tuple[str, tuple[OperatorName, ...], bool | None]] = (
    ("", ("text", "overlaps", "newest"), None),
    ("Kinds", ("any_of",), True),
    ("Names and values", ("any_of",), False),
    ("Ranges", ("at_least", "at_most", "recorded_after"), None),
)
"""Title, operators, and whether the parameters have a vocabulary (None: either)."""
_SUFFIX_LABELS = {"_min": " at least", "_max": " at most"}


def control_groups(listing: Listing, dataset: Dataset | None = None) -> list[Group]:
    """The controls of a list; `dataset` has the codes that it offers. None: it offers none."""
    choices = {item.name: tuple(_choices(item, listing, dataset)) for item in listing.parameters}
    groups = []
    for title, operators, has_choices in _GROUPS:
        members = [
            _control(parameter, choices[parameter.name])
            for parameter in listing.parameters
            if parameter.operator in operators
            and has_choices in (None, bool(choices[parameter.name]))
        ]
        if members:
            groups.append(Group(title, tuple(members)))
    if listing.nullable:
        groups.append(Group("Values that are missing", tuple(_absence_controls(listing))))
    return [*groups, Group("Order and extent", tuple(_result_controls(listing)))]


def _choices(
    parameter: Parameter, listing: Listing, dataset: Dataset | None
) -> Iterator[tuple[str, str]]:
    """The values that a filter offers: those of its enum, or the codes that records have, with the
    broader ones.
    """
    criterion = parameter.criterion
    if not isinstance(criterion, Filter):
        return
    value_type = criterion.value_type
    for choice in value_type.choices:
        yield choice, field_label(choice)
    if value_type.scheme is None or dataset is None or not isinstance(listing, Resource):
        return
    counted, _ = dataset.counted_values.get((listing.type, criterion.name), ({}, True))
    codes = dataset.vocabulary.with_broader(value_type.scheme, [code for code in counted if code])
    if len(codes) <= _MAX_CODES:
        labels = ((code, dataset.vocabulary.label(value_type.scheme, code)) for code in codes)
        yield from sorted(labels, key=lambda label: label[1])


def _control(parameter: Parameter, choices: tuple[tuple[str, str], ...]) -> Control:
    kind: Kind = "many" if choices else "text"
    if parameter.operator == "text":
        kind = "words"
    elif parameter.operator == "overlaps":
        kind = "window"
    elif parameter.operator == "newest":
        kind, choices = "one", (("", "no"), ("true", "yes"))
    hint = parameter.description.partition(". ")[0].rstrip(".")
    return Control(parameter.name, _label(parameter), kind, choices, hint, parameter.example)


def _label(parameter: Parameter) -> str:
    name = parameter.name
    if parameter.operator == "text":
        return "words"
    for suffix, label in _SUFFIX_LABELS.items():
        if name.endswith(suffix):
            return field_label(f"{name.removesuffix(suffix)}{label}")
    return field_label(name)


def _absence_controls(listing: Listing) -> Iterator[Control]:
    names = tuple((name, field_label(name)) for name in listing.nullable)
    yield Control("missing", "without", "names", names)
    yield Control("present", "with", "names", names)
    if listing.multiple:
        multiple = tuple((name, field_label(name)) for name in listing.multiple)
        yield Control("match_all", "all values of", "names", multiple)


def _result_controls(listing: Listing) -> Iterator[Control]:
    if listing.sorts:
        orders = [
            (f"{sign}{sort.name}", sort.phrases[sign == "-"])
            for sort in listing.sorts
            for sign in ("", "-")
            if f"{sign}{sort.name}" != listing.default_sort
        ]
        default = next(
            sort.phrases[0] for sort in listing.sorts if sort.name == listing.default_sort
        )
        yield Control("sort", "order", "one", (("", default), *orders))
    limits = (
        ("", str(DEFAULT_LIMIT)),
        *((limit, limit) for limit in LIMITS if int(limit) != DEFAULT_LIMIT),
    )
    yield Control("limit", "on a page", "one", limits)
    if listing.supports_known_at:
        yield Control(
            "known_at",
            "as recorded by",
            "text",
            hint="A day, an instant or a dataset version",
            example="2026-05-04",
        )
    if listing.include_names:
        names = tuple((name, field_label(name)) for name in listing.include_names)
        yield Control("include", "with related records", "names", names)
    if listing.facets:
        facets = tuple((item.name, field_label(item.name)) for item in listing.facets)
        yield Control("facets", "count by", "names", facets)
    if listing.fields:
        yield Control(
            "fields",
            "only these fields",
            "names",
            tuple((name, field_label(name)) for name in listing.fields),
        )
    yield Control(
        "total", "count", "one", (("", "up to 1,000"), ("exact", "exactly"), ("none", "not at all"))
    )


def values_of(query: ListQuery) -> dict[str, tuple[str, ...]]:
    """The values of a valid query, as the form shows them."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in query.values.items():
        if isinstance(value, Window):
            values |= _ends(name, value)
        elif name != "cursor" and value is not False:
            values[name] = tuple(canonical_values(value))
    return values


def decoded_pairs(raw_query: bytes) -> Sequence[tuple[str, str]]:
    """The names and values of a query string, valid or not; tracking parameters are left out."""
    text = raw_query.decode("utf-8", "replace").replace("%00", "%EF%BF%BD")
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    return [(name, value) for name, value in pairs if not is_tracking(name)]


def values_sent(listing: Listing, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The values of a query with mistakes, as the form shows them."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        parameter = listing.parameter(name)
        if parameter is not None and isinstance(parameter.criterion, DateRange):
            values |= _ends_sent(name, value, parameter.criterion)
        else:
            values[name] = (*values.get(name, ()), *value.split(","))
    return values


def _ends_sent(name: str, value: str, dates: DateRange) -> dict[str, tuple[str, ...]]:
    try:
        return _ends(name, parse_window(value, up_to=dates.up_to))
    except InvalidValue:
        first, _, last = value.partition("/")
        return {f"{name}.from": (first,), f"{name}.to": (last,)}


def _ends(name: str, window: Window) -> dict[str, tuple[str, ...]]:
    return {f"{name}.from": _day(window.first), f"{name}.to": _day(window.last)}


def _day(ordinal: int | None) -> tuple[str, ...]:
    return () if ordinal is None else (date.fromordinal(ordinal).isoformat(),)
