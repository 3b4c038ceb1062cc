"""Short forms of records for language models, which pay for each token.

They have the fields and values of the JSON, without null and empty values, constants
(`quotes_verified`, hashes) and repetitions. A record of one source is complete: a number keeps its
qualifier, wording, bounds, as-of, attribution, source, caveats, corrections, successor and quotes.
The long lists of other records (actors, series) are shortened, with the number of omitted items.
"""

from collections.abc import Mapping
from typing import Any

_OMITTED_FIELDS = frozenset(
    {"content_sha256", "quotes_verified", "counts", "text_access", "characters"}
)
"""Fields that the series or the source has, or that only programs use."""
_MAX_ITEMS = 10
"""Items of a long list."""
_LONG_LISTS = ("evidence", "names_as_written", "points")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """The short form of a record. The source does not state a field that is absent."""
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
    """Long lists shortened, to the newest points and the first items of the others."""
    long = [name for name in _LONG_LISTS if len(fields.get(name, ())) > _MAX_ITEMS]
    cut = {
        name: fields[name][-_MAX_ITEMS:] if name == "points" else fields[name][:_MAX_ITEMS]
        for name in long
    }
    return {**cut, "left_out": {name: len(fields[name]) - _MAX_ITEMS for name in long}}


def _quote(item: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """The published words and their offsets; with the source where the record has several."""
    quoted_source = {} if item["source"] == source else {"source": item["source"]}
    names = ("exact", "first_words", "last_words", "start", "end")
    return {name: item[name] for name in names if name in item} | quoted_source


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
    """A date without its bounds, which the EDTF states."""
    return {
        name: date[name]
        for name in ("edtf", "basis", "basis_end", "note")
        if date[name] is not None
    }
