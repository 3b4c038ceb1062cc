"""The raw query of a request → a checked request, or every mistake in it.

One reader for all lists: strict UTF-8, no NUL, nothing repeated that stands once, nothing empty, nothing unknown. The
framework's own reader keeps the last of `limit=5&limit=7` and drops what it does not know; a mistyped filter would then
answer with records that nobody asked for.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from app.errors import INVALID_QUERY, Fault, Problem
from app.resources import Filter, Include, Resource

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 500
MOST_PARAMETERS = 100
MOST_VALUES = 200

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPED_OR_PLAIN = re.compile(r"\\[\\,]|.", re.DOTALL)


@dataclass(frozen=True)
class Chosen:
    """A filter with the values that were asked for, any of which may match: as sent, and as the database compares."""

    filter: Filter
    raw: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class ListQuery:
    """A checked request for a list. `chosen` is in the order of the declaration, whatever the order in the URL."""

    resource: Resource
    chosen: tuple[Chosen, ...] = ()
    includes: tuple[Include, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None

    def canonical(self, *, cursor: str | None = None) -> str:
        """The one way to write this query, so that equal questions have equal URLs. Empty where nothing was asked."""
        pairs = [(item.filter.name, _joined(item.raw)) for item in self.chosen]
        if self.includes:
            pairs.append(("include", _joined([include.name for include in self.includes])))
        if self.limit != DEFAULT_LIMIT:
            pairs.append(("limit", str(self.limit)))
        if cursor is not None:
            pairs.append(("cursor", cursor))
        return "&".join(f"{name}={quote(value, safe=',')}" for name, value in pairs)

    def question(self) -> str:
        """What makes a list the same list: noun and filters, but neither page nor trimmings."""
        return self.resource.noun + "?" + "&".join(f"{item.filter.name}={_joined(item.raw)}" for item in self.chosen)

    def sentence(self) -> str:
        """The query in plain words."""
        clauses = [f"{item.filter.name.replace('_', ' ')} {_any_of(item.raw)}" for item in self.chosen]
        return f"{self.resource.plural}{' with ' if clauses else ''}{' and '.join(clauses)}, by id"


@dataclass(frozen=True)
class ItemQuery:
    """A checked request for one record."""

    resource: Resource
    includes: tuple[Include, ...] = ()

    def canonical(self) -> str:
        names = _joined([include.name for include in self.includes])
        return f"include={quote(names, safe=',')}" if self.includes else ""


def _joined(values: Iterable[str]) -> str:
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in values)


def _split(value: str) -> list[str]:
    r"""The values between commas; `\,` is a comma and `\\` a backslash inside one."""
    if "\\" not in value:
        return value.split(",")
    parts = [""]
    for token in _ESCAPED_OR_PLAIN.findall(value):
        if token == ",":
            parts.append("")
        else:
            parts[-1] += token[-1]
    return parts


def _any_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def parse_list(resource: Resource, raw_query: bytes) -> ListQuery:
    """Raises Problem `invalid-query` with all faults."""
    reader = _Reader(raw_query, ["limit", "cursor", "include", *(item.name for item in resource.filters)])
    chosen = tuple(found for item in resource.filters if (found := reader.filter(item)) is not None)
    includes = reader.includes(resource)
    limit = reader.limit()
    cursor = reader.once("cursor")
    reader.finish(resource.plural)
    return ListQuery(resource, chosen, includes, limit, cursor)


def parse_item(resource: Resource, raw_query: bytes) -> ItemQuery:
    """Raises Problem `invalid-query` with all faults."""
    reader = _Reader(raw_query, ["include"])
    includes = reader.includes(resource)
    reader.finish(f"one {resource.noun}")
    return ItemQuery(resource, includes)


def parse_nothing(raw_query: bytes, what: str) -> None:
    """For addresses that take no parameters."""
    _Reader(raw_query, []).finish(what)


class _Reader:
    """Takes parameters out of a query one by one and keeps every fault; what is left at the end is unknown."""

    def __init__(self, raw_query: bytes, known: Sequence[str]) -> None:
        self._known = known
        self._faults: list[Fault] = []
        self._values: dict[str, list[str]] = {}
        pairs = [pair for pair in raw_query.split(b"&") if pair]
        if len(pairs) > MOST_PARAMETERS:
            self._fault("", None, f"the query has {len(pairs)} parameters; at most {MOST_PARAMETERS} are read")
            pairs = []
        for pair in pairs:
            raw_name, separator, raw_value = pair.partition(b"=")
            name, value = self._text(raw_name, raw_name), self._text(raw_name, raw_value)
            if name is None or value is None:
                continue
            if not separator:
                self._fault(name, None, f"has no value; write {name or 'name'}=value")
                continue
            self._values.setdefault(name, []).append(value)

    def _fault(self, parameter: str, value: str | None, detail: str, nearest: str | None = None) -> None:
        self._faults.append(Fault(parameter=parameter[:80], value=value, detail=detail, nearest=nearest))

    def _text(self, raw_name: bytes, raw: bytes) -> str | None:
        shown_name, shown = raw_name.decode("utf-8", "replace")[:80], raw.decode("utf-8", "replace")[:80]
        if _BROKEN_ESCAPE.search(raw):
            self._fault(
                shown_name, shown, "has a % that is not followed by two hexadecimal digits; write %25 for a % itself"
            )
            return None
        try:
            text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            self._fault(shown_name, shown, "is not UTF-8")
            return None
        if "\0" in text:
            self._fault(shown_name, shown, "has a NUL character, which no record holds")
            return None
        return text

    def once(self, name: str) -> str | None:
        values = self._values.pop(name, [])
        if len(values) > 1:
            self._fault(name, ", ".join(values)[:80], "stands more than once; which one is meant?")
            return None
        if values == [""]:
            self._fault(name, "", "is empty; leave it out")
            return None
        return values[0] if values else None

    def many(self, name: str) -> tuple[str, ...]:
        """All values, by comma or by repetition, each once, in the order given."""
        if name not in self._values:
            return ()
        values = [part for value in self._values.pop(name) for part in _split(value)]
        if "" in values:
            self._fault(name, "", "has an empty value; leave it out" if len(values) > 1 else "is empty; leave it out")
            return ()
        if len(values) > MOST_VALUES:
            self._fault(name, None, f"has {len(values)} values; at most {MOST_VALUES} are accepted")
            return ()
        return tuple(dict.fromkeys(values))

    def filter(self, declared: Filter) -> Chosen | None:
        raw = self.many(declared.name)
        values = []
        for item in raw:
            try:
                values.append(declared.kind.parse(item))
            except ValueError as error:
                self._fault(declared.name, item[:80], str(error), _nearest(item, declared.kind.choices))
        return Chosen(declared, raw, tuple(values)) if values and len(values) == len(raw) else None

    def includes(self, resource: Resource) -> tuple[Include, ...]:
        known = [include.name for include in resource.includes]
        wanted = self.many("include")
        for name in wanted:
            if name not in known:
                accepted = f"one of {', '.join(known)}" if known else f"{resource.plural} have nothing to include"
                self._fault("include", name[:80], f"is not accepted: {accepted}", _nearest(name, known))
        return tuple(include for include in resource.includes if include.name in wanted)

    def limit(self) -> int:
        raw = self.once("limit")
        if raw is None:
            return DEFAULT_LIMIT
        if re.fullmatch("[0-9]{1,3}", raw) and 1 <= int(raw) <= LARGEST_LIMIT:
            return int(raw)
        self._fault("limit", raw[:80], f"is not accepted: a whole number from 1 to {LARGEST_LIMIT}")
        return DEFAULT_LIMIT

    def finish(self, what: str) -> None:
        for name, values in self._values.items():
            if name in self._known:
                continue
            accepted = f"it takes {', '.join(self._known)}" if self._known else "it takes no parameters"
            value = ",".join(values)[:80]
            self._fault(name[:80], value, f"is not a parameter of {what}; {accepted}", _nearest(name, self._known))
        if self._faults:
            first = self._faults[0]
            shown = f"{first.parameter}={first.value}" if first.value is not None else first.parameter
            more = f" (and {len(self._faults) - 1} more)" if len(self._faults) > 1 else ""
            hint = f" Did you mean “{first.nearest}”?" if first.nearest else ""
            raise Problem(INVALID_QUERY, f"“{shown}” {first.detail}.{hint}{more}", tuple(self._faults))


def _nearest(value: str, known: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(value[:80].lower(), known, n=1, cutoff=0.5)), None)
