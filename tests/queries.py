"""Queries of lists, without a request."""

from functools import cache

from app.query.parameters import ListParameters, list_parameters
from app.query.queries import ListQuery, list_query
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.resources.lists import CHANGES, DATASETS, REVISIONS, SEARCH, SOURCE_EVIDENCE, TIMELINE

LISTS: list[Listing] = [
    *RESOURCES.values(),
    TIMELINE,
    SEARCH,
    SOURCE_EVIDENCE,
    CHANGES,
    DATASETS,
    REVISIONS,
]


@cache
def parameters_of(listing: Listing) -> type[ListParameters]:
    return list_parameters(listing)


def parse(listing: Listing, raw: bytes) -> ListQuery:
    """Raises Problem `invalid-query`."""
    return list_query(listing, parameters_of(listing).from_query_string(raw).values)
