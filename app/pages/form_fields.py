"""The parameters of a list as controls of a form, made from its declaration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from app.problems import QueryError
from app.query.params import DEFAULT_LIMIT, DEFAULT_TOTAL_MODE, ListQuery
from app.resources.declarations import Filter, Listing, OperatorName, Parameter, Resource

LIMITS = ("10", "20", "50", "100", "500")
Kind = Literal["text", "words", "one", "many"]
Values = Mapping[str, tuple[str, ...]]
"""Raw values by the name of their parameter."""


@dataclass(frozen=True)
class Control:
    """One parameter. `choices` are pairs of value and label; `many` allows several of them."""

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

    def is_used(self, values: Values, errors: Mapping[str, QueryError]) -> bool:
        return any(control.name in values or control.name in errors for control in self.controls)


_GROUPS: Sequence[tuple[str, tuple[OperatorName, ...], bool | None]] = (
    ("", ("text", "overlaps", "up_to", "newest"), None),
    ("Kinds", ("any_of",), True),
    ("Names and values", ("any_of",), False),
    ("Ranges", ("at_least", "at_most", "from", "to", "recorded_after"), None),
    ("Exclusions and gaps", ("none_of", "missing"), None),
)
"""Title, operators, and whether the parameters have a vocabulary (None: either)."""
_OPERATORS_WITH_HINTS = ("any_of", "text", "overlaps", "up_to", "newest")
_SUFFIX_LABELS = {"_min": " at least", "_max": " at most", "_from": " from", "_to": " to"}


def control_groups(listing: Listing) -> list[Group]:
    controls = [(parameter, _control(parameter)) for parameter in listing.parameters]
    groups = []
    for title, operators, has_choices in _GROUPS:
        members = [
            control
            for parameter, control in controls
            if parameter.operator in operators
            and has_choices in (None, bool(parameter.value_type.choices))
        ]
        if members:
            members.sort(key=lambda control: control.kind != "words")
            groups.append(Group(title, tuple(members)))
    return [*groups, Group("Order and extent", tuple(_result_controls(listing)))]


def _control(parameter: Parameter) -> Control:
    choices = tuple((choice, choice.replace("_", " ")) for choice in parameter.value_type.choices)
    kind: Kind = "text"
    if parameter.operator == "text":
        kind = "words"
    elif parameter.operator in ("missing", "newest"):
        kind, choices = "one", (("", "either"), ("true", "yes"), ("false", "no"))
    elif choices and parameter.operator == "any_of":
        kind = "many"
    elif parameter.value_type.choices and parameter.operator == "none_of":
        choices = ()
    hint = (
        parameter.description.partition(". ")[0].rstrip(".").replace("`", "")
        if parameter.operator in _OPERATORS_WITH_HINTS
        else ""
    )
    return Control(parameter.name, _label(parameter), kind, choices, hint, parameter.example)


def _label(parameter: Parameter) -> str:
    name = parameter.name
    if parameter.operator == "text":
        return "words"
    if parameter.operator == "none_of":
        return f"not {name.removesuffix('_not')}".replace("_", " ")
    if parameter.operator == "missing":
        return f"without {name.removesuffix('_missing')}".replace("_", " ")
    for suffix, label in _SUFFIX_LABELS.items():
        if name.endswith(suffix) and parameter.operator not in ("any_of", "overlaps"):
            return f"{name.removesuffix(suffix)}{label}".replace("_", " ")
    return name.replace("_", " ")


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
    if isinstance(listing, Resource):
        yield Control("include_history", "earlier forms", "one", (("", "no"), ("true", "yes")))
    for name, items in (("include", listing.includes), ("facets", listing.facets)):
        if items and isinstance(listing, Resource):
            titles = {"include": "bring along", "facets": "count by"}
            yield Control(
                name,
                titles[name],
                "many",
                tuple((item.name, item.name.replace("_", " ")) for item in items),
            )
    if listing.fields:
        yield Control(
            "fields",
            "only these fields",
            "many",
            tuple((name, name.replace("_", " ")) for name in listing.fields),
        )
    yield Control(
        "total", "count", "one", (("", "up to 1,000"), ("exact", "exactly"), ("none", "not at all"))
    )


def values_of(query: ListQuery) -> dict[str, tuple[str, ...]]:
    """The values of a valid query, as the form shows them."""
    values = {item.parameter.name: item.raw for item in query.filters}
    if query.raw_sort != (query.listing.default_sort,) and not query.listing.fixed_sort:
        values["sort"] = (",".join(query.raw_sort),)
    if query.limit != DEFAULT_LIMIT:
        values["limit"] = (str(query.limit),)
    if query.total != DEFAULT_TOTAL_MODE:
        values["total"] = (query.total,)
    if query.known_at is not None:
        values["known_at"] = (query.known_at.raw,)
    if query.include_history:
        values["include_history"] = ("true",)
    if query.fields is not None:
        values["fields"] = query.fields
    if query.includes:
        values["include"] = tuple(item.name for item in query.includes)
    if query.facets:
        values["facets"] = tuple(item.name for item in query.facets)
    if query.format.is_explicit:
        values["format"] = (query.format.name,)
    return values


def values_sent(raw_query: bytes) -> dict[str, tuple[str, ...]]:
    """The values of a query string, valid or not."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(
        raw_query.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"
    ):
        values[name] = (*values.get(name, ()), value.replace("\0", "\ufffd"))
    return values


def join_values(values: Iterable[str]) -> str:
    """Join values by commas, which are escaped in each."""
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in values)


def selected_values(query: ListQuery, item: Filter) -> tuple[str, ...]:
    """The values that the query takes for a filter."""
    return next(
        (
            applied.raw
            for applied in query.filters
            if applied.parameter.criterion is item and applied.parameter.operator == "any_of"
        ),
        (),
    )
