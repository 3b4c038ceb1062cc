"""Suggestions for names and values that are not accepted.

A wrong suggestion is worse than none: only a spelling mistake leads to one, or a name that other
APIs or earlier forms of this one use for a parameter.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

_CUTOFF = 0.85
"""A letter left out of four is a mistake in spelling; `value_min` is not meant by `value_missing`.
"""
_MAX_LENGTH = 80


def nearest(value: str, accepted: Sequence[str]) -> str | None:
    """The accepted value that `value` is a misspelling of, or the only one that it is a part of:
    `none` of `none_named`, `CONSULT` of `plover:CONSULT`.
    """
    lowered = {name.lower().replace("-", "_"): name for name in accepted}
    spelling = value[:_MAX_LENGTH].lower().replace("-", "_")
    matches = difflib.get_close_matches(spelling, lowered, n=1, cutoff=_CUTOFF) or [
        name for name in lowered if name.startswith(f"{spelling}_") or name.endswith(f":{spelling}")
    ]
    return lowered[matches[0]] if len(matches) == 1 else None


class Suggestion(NamedTuple):
    """A parameter that does what an unknown one was meant to do, and how to write it.

    `replacement` stands, encoded, for the unknown parameter and its value; None: it depends on what
    was meant.
    """

    name: str
    advice: str
    replacement: str | None = None


_OTHER_NAMES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("page", "page_number", "offset", "start", "skip", "after", "before", "next", "page_token"),
        ("cursor", "Follow `links.next`, whose URL has a `cursor`"),
    ),
    **dict.fromkeys(
        ("per_page", "page_size", "pagesize", "size", "count", "rows", "top", "max_results"),
        ("limit", "Write `limit={value}`"),
    ),
    **dict.fromkeys(
        ("order_by", "orderby", "order", "sort_by", "sortby", "ordering"),
        ("sort", "Write `sort=name`, or `sort=-name` for the other direction"),
    ),
    **dict.fromkeys(
        ("since", "updated_since", "modified_since", "changed_since", "updated_at"),
        ("updated_after", "Write `updated_after={value}`"),
    ),
    **dict.fromkeys(
        ("from", "date_after", "start_date", "after_date", "date_start"),
        ("date", "Write `date={value}/..`"),
    ),
    **dict.fromkeys(
        ("to", "until", "date_before", "end_date", "before_date", "date_end"),
        ("date", "Write `date=../{value}`"),
    ),
    **dict.fromkeys(("year", "month", "day", "datetime", "when"), ("date", "Write `date={value}`")),
    **dict.fromkeys(
        ("search", "query", "text", "term", "keyword", "keywords", "words"),
        ("q", "Write `q={value}`"),
    ),
    **dict.fromkeys(("ids",), ("id", "Write `id={value}`")),
    **dict.fromkeys(
        ("select", "columns", "only", "properties"), ("fields", "Write `fields={value}`")
    ),
    **dict.fromkeys(("expand", "embed", "with"), ("include", "Write `include={value}`")),
    **dict.fromkeys(("facet", "group_by", "groupby"), ("facets", "Write `facets={value}`")),
    **dict.fromkeys(
        ("noun", "type", "resource_type", "kind"), ("resource", "Write `resource={value}`")
    ),
    **dict.fromkeys(
        ("version", "dataset", "at", "snapshot"), ("known_at", "Write `known_at={value}`")
    ),
    **dict.fromkeys(
        ("location", "country", "where"), ("place", "Write `place=` and the id of a place")
    ),
    **dict.fromkeys(
        ("person", "who", "author"), ("speaker", "Write `speaker=` and the id of an actor")
    ),
    **dict.fromkeys(("actor",), ("participant", "Write `participant={value}`")),
    "attribution": ("origin", "Write `origin={value}`"),
    "plover": ("mapping", "Write `mapping=plover:{value}`"),
    "status": ("observation_status", "Write `observation_status={value}`"),
    "bound": ("qualifier", "Write `qualifier=over,at_least` and the like"),
    "include_history": ("include", "Write `include=history`"),
    "count_total": ("total", "Write `total=exact`"),
}
"""Names of other APIs and of our earlier form: the parameter, and how to write it."""

_SUFFIXES: Sequence[tuple[str, str, str]] = (
    (r"_(not|ne|neq|exclude)", "{base}", "Write `{base}=!{excluded}`"),
    (r"_(missing|isnull|is_null)", "missing", "Write `missing={base}`, or `present={base}`"),
    (r"_(present|exists|notnull)", "present", "Write `present={base}`, or `missing={base}`"),
    (r"_(from|after|since|start)", "{base}", "Write `{base}={value}/..`"),
    (r"_(to|until|before|end)", "{base}", "Write `{base}=../{value}`"),
    (r"_{1,2}(gt|gte|ge|min|from)", "{base}_min", "Write `{base}_min={value}`"),
    (r"_{1,2}(lt|lte|le|max|to)", "{base}_max", "Write `{base}_max={value}`"),
    (r"_{1,2}(gt|gte|ge|min)", "{base}", "Write `{base}={value}/..`"),
    (r"_{1,2}(lt|lte|le|max)", "{base}", "Write `{base}=../{value}`"),
    (r"_{1,2}(in|eq|any|is|id|ids)|\[\]|s", "{base}", "Write `{base}={value}`"),
    (r"_all", "match_all", "Write `{base}={value}&match_all={base}`"),
)
"""Suffixes of names: the parameter that they stand for, and how to write it."""
_WHOLE_ADVICE = re.compile("Write `([^`]+=[^`]+)`")
"""Advice that says all that is to be written."""
_DATES = ("date", "as_of", "published")
_EXACTLY = "Write `{base}_min={value}&{base}_max={value}`"


def suggest_parameter(
    name: str, value: str, accepted: Collection[str], choices: Mapping[str, Collection[str]]
) -> Suggestion | None:
    """The parameter among `accepted` that `name` was meant to be.

    `choices` are the names of filters that a parameter such as `missing` takes.
    """
    snake = _snake_case(name[:_MAX_LENGTH])
    if snake in accepted:
        return _suggestion(snake, value)
    if f"{snake}_min" in accepted:
        return _suggestion(f"{snake}_min", value, _EXACTLY, snake)
    if snake in _OTHER_NAMES:
        parameter, advice = _OTHER_NAMES[snake]
        if parameter in accepted:
            return _suggestion(parameter, value, advice)
    for pattern, form, advice in _SUFFIXES:
        match = re.fullmatch(rf"(.+?)(?:{pattern})", snake)
        if match is None:
            continue
        base = match[1]
        parameter = form.format(base=base)
        takes_window = "/.." in advice or "../" in advice
        if (
            parameter in accepted
            and base in choices.get(parameter, (base,))
            and (base in _DATES or not takes_window)
        ):
            return _suggestion(parameter, value, advice, base)
    near = nearest(snake, list(accepted))
    return None if near is None else _suggestion(near, value)


def _snake_case(name: str) -> str:
    """`valueMin`, `value-min`, `min_value` as `value_min`; `value[gte]` as `value__gte`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")
    words = re.sub(r"\[(\w+)\]", r"__\1", words).removeprefix("filter__")
    return re.sub(r"^(min|max)_(.+)", r"\2_\1", words)


def _suggestion(name: str, value: str, advice: str = "", base: str = "") -> Suggestion:
    """Suggest a parameter; `advice` is a template, empty where the name alone is wrong."""
    detail = f" {advice.format(base=base, **_forms(value[:_MAX_LENGTH]))}." if advice else ""
    whole = _WHOLE_ADVICE.fullmatch(advice or f"Write `{name}={{value}}`")
    replacement = whole and whole[1].format(base=base, **_forms(quote(value, safe="!,/:")))
    return Suggestion(name, f"Did you mean “{name}”?{detail}", replacement)


def _forms(value: str) -> dict[str, str]:
    return {"value": value, "excluded": value.replace(",", ",!")}
