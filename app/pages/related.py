"""Links from a record to the lists of records that refer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.pages.page_context import PageContext
from app.presentation.text import field_label
from app.query.results import Dataset
from app.resources import RESOURCES, Filter, Resource
from app.resources.declarations import SLUG_VALUE, column_of, table_of
from app.vocabulary import ResourceType

_MAX_TITLE_LENGTH = 120
_NO_COUNTS: tuple[Mapping[str | None, int], bool] = {}, False


@dataclass(frozen=True)
class RelatedList:
    """A list in words, its URL, and how many records it has; `count` None: not counted."""

    text: str
    url: str
    count: int | None


@cache
def _referring_filters(resource_type: ResourceType) -> Sequence[tuple[Resource, Filter]]:
    """The filters of all lists that take ids of a resource type."""
    table = table_of(RESOURCES[resource_type].table)
    return [
        (resource, item)
        for resource in RESOURCES.values()
        for item in resource.filters
        if item.value_type is SLUG_VALUE
        and item.name != "id"
        and any(
            key.column.table is table
            for attribute in item.columns
            for key in column_of(attribute).foreign_keys
        )
    ]


def related_lists(
    context: PageContext, resource_type: ResourceType, record: Mapping[str, Any], dataset: Dataset
) -> list[RelatedList]:
    """The lists of records that refer to this one, without empty ones."""
    lists = []
    for resource, item in _referring_filters(resource_type):
        counts, is_complete = dataset.counted_values.get((resource.type, item.name), _NO_COUNTS)
        count = counts.get(record["id"])
        if count is None and is_complete:
            continue
        phrase = (item.phrase or f"with {field_label(item.name)} {{}}").format(
            _shorten(record["title"])
        )
        url = f"{context.root}{resource.path}?{item.name}={record['id']}"
        lists.append(RelatedList(f"{resource.plural} {phrase}", url, count))
    return lists


def _shorten(title: str) -> str:
    return title if len(title) <= _MAX_TITLE_LENGTH else f"{title[:_MAX_TITLE_LENGTH]}…"
