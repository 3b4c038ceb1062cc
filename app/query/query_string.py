"""Reads raw query strings: strict UTF-8, every repetition seen, nothing ignored but tracking.

https://url.spec.whatwg.org/#urlencoded-parsing
"""

import re
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qsl

from app.problems import URI_TOO_LONG, Problem, QueryError
from app.query.values import MAX_ECHOED, echo

MAX_QUERY_LENGTH = 16_384
"""Bytes, as sent."""
MAX_PARAMETERS = 200

_TRACKING = frozenset(
    ("fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ref_src")
)
_TRACKING_PREFIX = "utm_"
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")

Values = Mapping[str, str | Sequence[str]]
"""By the name of a parameter its value, or all its values where it may stand several times."""


def read_query_string(
    raw: bytes, repeatable: Collection[str]
) -> tuple[dict[str, str | list[str]], list[QueryError]]:
    """The parameters of a query, and its mistakes. `repeatable` names those that take several.

    Raises Problem `uri-too-long`.
    """
    if len(raw) > MAX_QUERY_LENGTH:
        detail = (
            f"Ask in several requests: the query has {len(raw)} bytes; at most {MAX_QUERY_LENGTH}"
            " are read."
        )
        raise Problem(URI_TOO_LONG, detail)
    values: dict[str, str | list[str]] = {}
    errors: list[QueryError] = []
    pairs = _decoded(raw, errors)
    if len(pairs) > MAX_PARAMETERS:
        detail = (
            f"Join values by commas: the query has {len(pairs)} parameters of {MAX_PARAMETERS}."
        )
        return {}, [QueryError(parameter="", received=None, detail=detail)]
    counts: dict[str, int] = {}
    for name, value in pairs:
        if is_tracking(name):
            continue
        counts[name] = counts.get(name, 0) + 1
        if not value:
            detail = f"Give “{name[:MAX_ECHOED]}” a value: it is empty."
            errors.append(mistake(name, "", detail))
        elif name not in repeatable:
            values[name] = value
        elif name in values:
            values[name].append(value)  # type: ignore[union-attr] # a list, as below
        else:
            values[name] = [value]
    for name, count in counts.items():
        if count > 1 and name not in repeatable:
            detail = f"Give “{name[:MAX_ECHOED]}” once: it stands {count} times."
            errors.append(mistake(name, None, detail))
            values.pop(name, None)
    return values, errors


def is_tracking(name: str) -> bool:
    """Whether tools add a parameter to the links that people share. It never changes a response."""
    return name in _TRACKING or name.startswith(_TRACKING_PREFIX)


def mistake(
    parameter: str, value: str | None, detail: str, nearest: str | None = None
) -> QueryError:
    """A mistake in a query, which repeats no more than the beginning of what a client sent."""
    echoed = None if value is None else value[:MAX_ECHOED]
    return QueryError(
        parameter=parameter[:MAX_ECHOED], received=echoed, detail=detail, nearest=nearest
    )


def _decoded(raw: bytes, errors: list[QueryError]) -> list[tuple[str, str]]:
    """The pairs of a query; those that cannot be decoded are mistakes."""
    try:
        text = raw.decode()
        if "%" not in text or not _BROKEN_ESCAPE.search(text):
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
            if "\0" not in "".join(value for pair in pairs for value in pair):
                return pairs
    except UnicodeDecodeError:
        pass
    return [pair for part in raw.split(b"&") if part for pair in _decoded_part(part, errors)]


def _decoded_part(raw: bytes, errors: list[QueryError]) -> list[tuple[str, str]]:
    name, _, value = raw.decode("utf-8", "replace").partition("=")
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        errors.append(mistake(name, value, f"Encode {echo(value)} as UTF-8: it is not."))
        return []
    if _BROKEN_ESCAPE.search(f"{name}={value}"):
        detail = "Write %25 for a % itself: two hexadecimal digits must follow a %."
        errors.append(mistake(name, value, detail))
        return []
    if any("\0" in text for pair in pairs for text in pair):
        detail = "Remove the NUL character (%00), which no record has."
        errors.append(mistake(name, value, detail))
        return []
    return pairs
