"""The functions that write each kind of result in each format.

A new format is a module in `app/formats/`, a row in `app/formats/media_types.py` and its functions
here; a test holds the two tables together.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.formats import atom, json, jsonld, skos, timelinejs
from app.formats.media_types import ResultKind
from app.pages import render as pages
from app.query.queries import ItemQuery, ListQuery
from app.query.results import Dataset, Item, Page
from app.urls import BaseUrl
from app.vocabulary import FormatName

ListRenderer = Callable[[Page[Any], ListQuery, Dataset, BaseUrl], bytes]
ItemRenderer = Callable[[Item, ItemQuery, Dataset, BaseUrl], bytes]

LIST_RENDERERS: Mapping[ResultKind, Mapping[FormatName, ListRenderer]] = {
    "records": {
        "json": json.render_list,
        "jsonld": jsonld.render_list,
        "atom": atom.render_list,
        "html": pages.render_list,
    },
    "timeline": {
        "json": json.render_timeline,
        "jsonld": jsonld.render_across,
        "atom": atom.render_timeline,
        "timelinejs": timelinejs.render_timeline,
        "html": pages.render_timeline,
    },
    "search": {
        "json": json.render_search,
        "jsonld": jsonld.render_across,
        "atom": atom.render_hits,
        "html": pages.render_hits,
    },
    "changes": {
        "json": json.render_changes,
        "atom": atom.render_changes,
        "html": pages.render_changes,
    },
    "evidence": {
        "json": json.render_evidence,
        "jsonld": jsonld.render_evidence,
        "html": pages.render_evidence,
    },
    "revisions": {"json": json.render_revisions, "html": pages.render_revisions},
    "datasets": {"json": json.render_datasets, "html": pages.render_datasets},
    "vocabularies": {
        "json": json.render_schemes,
        "jsonld": skos.render_schemes,
        "html": pages.render_schemes,
    },
    "codes": {
        "json": json.render_codes,
        "jsonld": skos.render_codes,
        "html": pages.render_codes,
    },
}
"""Formats of items alone (CSV, NDJSON) are in `app/formats/streams.py`."""

ITEM_RENDERERS: Mapping[FormatName, ItemRenderer] = {
    "json": json.render_item,
    "jsonld": jsonld.render_item,
    "html": pages.render_item,
}
