"""The questions that a list takes, as a form: made from its declaration, so that a new filter shows up by itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from app.problems import QueryError
from app.query.filters import AppliedFilter
from app.query.params import DEFAULT_LIMIT, DEFAULT_TOTAL, ListQuery
from app.resources.declarations import Filter, Listing, Operator, Parameter, Resource

LIMITS = ("10", "20", "50", "100", "500")
Kind = Literal["text", "words", "one", "many"]
Values = Mapping[str, tuple[str, ...]]
"""What was asked, by parameter: each value as it stands in the query."""


@dataclass(frozen=True)
class Control:
    """One question. `choices` are pairs of a value and what it is called; of kind `many`, any number may be chosen."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    example: str = ""


@dataclass(frozen=True)
class Group:
    """Questions that belong together. The first is open, the others fold."""

    title: str
    controls: tuple[Control, ...]

    def is_asked(self, values: Values, errors: Mapping[str, QueryError]) -> bool:
        return any(control.name in values or control.name in errors for control in self.controls)


_GROUPS: Sequence[tuple[str, tuple[Operator, ...], bool | None]] = (
    ("", ("text", "overlaps", "up_to", "newest"), None),
    ("Kinds", ("any_of",), True),
    ("Names and values", ("any_of",), False),
    ("Ranges", ("at_least", "at_most", "from", "to", "recorded_after"), None),
    ("Exclusions and gaps", ("none_of", "missing"), None),
)
"""What a parameter does says where it stands; the last column, whether it chooses among codes of ours (null: either)."""
_HINTED = ("any_of", "text", "overlaps", "up_to", "newest")
_ENDINGS = {"_min": " at least", "_max": " at most", "_from": " from", "_to": " to"}


def groups(listing: Listing) -> tuple[Group, ...]:
    """Of one list, made once. (Lists of one source or one record are as many as there are records, and ask the same.)"""
    key = (id(listing.parameters), listing.supports_known_at)
    found = _made.get(key)
    if found is None or found[0] is not listing.parameters:
        found = _made[key] = (listing.parameters, tuple(_groups(listing)))
    return found[1]


_made: dict[tuple[int, bool], tuple[object, tuple[Group, ...]]] = {}
"""The parameters stand beside what was made of them, so that no other object can have their identity."""


def _groups(listing: Listing) -> Iterator[Group]:
    asked = [(parameter, _control(parameter)) for parameter in listing.parameters]
    for title, operators, wanted in _GROUPS:
        controls = [
            c
            for p, c in asked
            if p.operator in operators and wanted in (None, bool(p.value_type.choices))
        ]
        if controls:
            yield Group(title, tuple(sorted(controls, key=lambda control: control.kind != "words")))
    yield Group("Order and extent", tuple(_trimmings(listing)))


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
        if parameter.operator in _HINTED
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
    for ending, words in _ENDINGS.items():
        if name.endswith(ending) and parameter.operator not in ("any_of", "overlaps"):
            return f"{name.removesuffix(ending)}{words}".replace("_", " ")
    return name.replace("_", " ")


def _trimmings(listing: Listing) -> Iterator[Control]:
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
    """What a checked query asks, as the form shows it."""
    values = {item.parameter.name: item.raw for item in query.chosen}
    if query.raw_sort != (query.listing.default_sort,) and not query.listing.fixed_sort:
        values["sort"] = (",".join(query.raw_sort),)
    if query.limit != DEFAULT_LIMIT:
        values["limit"] = (str(query.limit),)
    if query.total != DEFAULT_TOTAL:
        values["total"] = (query.total,)
    if query.known_at is not None:
        values["known_at"] = (query.known_at.raw,)
    if query.history:
        values["include_history"] = ("true",)
    if query.fields is not None:
        values["fields"] = query.fields
    if query.includes:
        values["include"] = tuple(item.name for item in query.includes)
    if query.facets:
        values["facets"] = tuple(item.name for item in query.facets)
    if query.form.asked_by_name:
        values["format"] = (query.form.name,)
    return values


def values_sent(raw_query: bytes) -> dict[str, tuple[str, ...]]:
    """What somebody sent, right or wrong, so that it can be put right."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(
        raw_query.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"
    ):
        shown = value.replace("\0", "\ufffd")
        values[name] = (*values.get(name, ()), shown)
    return values


def joined(raw: Iterable[str]) -> str:
    """Several values as one text of a query."""
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in raw)


def without(chosen: Sequence[AppliedFilter], left_out: AppliedFilter) -> tuple[AppliedFilter, ...]:
    return tuple(item for item in chosen if item is not left_out)


def asked_for(query: ListQuery, item: Filter) -> tuple[str, ...]:
    return next(
        (
            c.raw
            for c in query.chosen
            if c.parameter.criterion is item and c.parameter.operator == "any_of"
        ),
        (),
    )
