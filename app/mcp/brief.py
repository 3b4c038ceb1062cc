"""Records for readers who pay for each word, language models above all: the same fields and the
same words as in JSON, without what is null or empty, what is the same everywhere (`quote_verified`,
units of offsets, hashes) and what stands twice.

Nothing is cut from what one source tells: a number keeps its qualifier, wording, bounds, as-of,
attribution, source, caveats, corrections and quotes. What any number of sources name (an actor, a
series) has the ends of its long lists, and says how many are left out.
"""

from collections.abc import Mapping
from typing import Any

_TWICE = frozenset({"content_sha256", "counts", "text_access", "characters"})
"""Told by the series or the source, or of use to programs alone."""
_MOST = 10
"""As many of what any number of sources tell."""
_GROWS = ("evidence", "names_as_written", "points")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """Of a whole record. What is left out the source does not say."""
    source = record.get("source")
    said = {
        name: _value(value) for name, value in record.items() if name not in ("evidence", *_TWICE)
    }
    said["evidence"] = [_quote(item, source) for item in record["evidence"]]
    if source is None:
        said |= _ends(said)
    return {name: value for name, value in said.items() if value not in _EMPTY}


def _ends(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of points the newest, of all else the first."""
    long = [name for name in _GROWS if len(said.get(name, ())) > _MOST]
    cut = {name: said[name][-_MOST:] if name == "points" else said[name][:_MOST] for name in long}
    return {**cut, "left_out": {name: len(said[name]) - _MOST for name in long}}


def _quote(item: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """The words and where they stand; their source where the record is not of one source."""
    where = {} if item["source"] == source else {"source": item["source"]}
    return {"exact": item["exact"], "start": item["start"], "end": item["end"], **where}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "edtf" in value:
        return _date(value)
    parts = {name: _value(part) for name, part in value.items() if name != "evidence"}
    if parts.get("basis") == "stated" and ("as_written" in parts or "type" in parts):
        del parts["basis"]
    return {name: part for name, part in parts.items() if part not in _EMPTY}


def _date(date: Mapping[str, Any]) -> dict[str, Any]:
    """EDTF says the bounds itself."""
    return {
        name: date[name]
        for name in ("edtf", "basis", "basis_end", "note")
        if date[name] is not None
    }
