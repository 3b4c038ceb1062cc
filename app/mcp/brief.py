"""Records for readers who pay for each word, language models above all: the same fields and the
same words as in JSON, without what is null or empty, what is the same everywhere (`quote_verified`,
units of offsets, hashes) and what stands twice.

Nothing is cut from what one source tells: a number keeps its qualifier, wording, bounds, as-of,
attribution, source, caveats, corrections and quotes. What any number of sources name (an actor, a
series) has the ends of its long lists, and says how many are left out.
"""

from collections.abc import Mapping
from typing import Any

_OMITTED_FIELDS = frozenset({"content_sha256", "counts", "text_access", "characters"})
"""Told by the series or the source, or of use to programs alone."""
_MAX_ITEMS = 10
"""As many of what any number of sources tell."""
_LONG_LISTS = ("evidence", "names_as_written", "points")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """Of a whole record. What is left out the source does not say."""
    source = record.get("source")
    fields = {
        name: _value(value)
        for name, value in record.items()
        if name not in ("evidence", *_OMITTED_FIELDS)
    }
    fields["evidence"] = [_quote(item, source) for item in record["evidence"]]
    if source is None:
        fields |= _ends(fields)
    return {name: value for name, value in fields.items() if value not in _EMPTY}


def _ends(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of points the newest, of all else the first."""
    long = [name for name in _LONG_LISTS if len(fields.get(name, ())) > _MAX_ITEMS]
    cut = {
        name: fields[name][-_MAX_ITEMS:] if name == "points" else fields[name][:_MAX_ITEMS]
        for name in long
    }
    return {**cut, "left_out": {name: len(fields[name]) - _MAX_ITEMS for name in long}}


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
