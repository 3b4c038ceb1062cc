"""Links from a query with a mistake to the query that was meant."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

from app.problems import QueryError
from app.query.parameters import Parameters

_SAFE = "!,/:"


class Correction(NamedTuple):
    """What was meant in place of a mistake, as text, and the whole query with it."""

    text: str
    query: str


def correction(
    error: QueryError, pairs: Iterable[tuple[str, str]], model: type[Parameters]
) -> Correction | None:
    """The correction of one mistake; None: there is no telling what was meant."""
    if error.nearest is None:
        return None
    is_value = error.parameter in model.model_fields
    corrected: list[str] = []
    text = ""
    for name, value in pairs:
        if name != error.parameter:
            corrected.append(f"{quote(name)}={quote(value, safe=_SAFE)}")
            continue
        if is_value:
            pair = _corrected_value(name, value, error.received or "", error.nearest)
        else:
            suggestion = model.suggestion(name, value)
            pair = suggestion and suggestion.replacement
        if pair is None:
            return None
        text = unquote(pair)
        corrected += pair.split("&")
    names = [pair.partition("=")[0] for pair in corrected]
    is_repeated = any(names.count(name) > 1 for name in names if name not in model.repeatable)
    return None if is_repeated or not text else Correction(text, f"?{'&'.join(corrected)}")


def _corrected_value(name: str, value: str, wrong: str, nearest: str) -> str | None:
    if value == wrong:
        # Of an interval only one end is wrong.
        return None if "/" in value else f"{name}={quote(nearest, safe=_SAFE)}"
    values = [_replaced(part, wrong, nearest) for part in value.split(",")]
    return f"{name}={quote(','.join(values), safe=_SAFE)}"


def _replaced(value: str, wrong: str, nearest: str) -> str:
    plain = value.removeprefix("!")
    return value.removesuffix(plain) + nearest if plain == wrong else value
