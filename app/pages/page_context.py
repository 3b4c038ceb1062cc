"""What every page needs: the root of its URLs, the titles of records, and its static files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.presentation.model import record_path
from app.presentation.text import enum_label
from app.query.results import Titles
from app.resources.references import (
    REFERENCE_FIELDS,
    TYPED_REFERENCE_FIELDS,
    RecordKey,
    link_target,
)
from app.urls import BaseUrl
from app.vocabulary import ResourceType, Scheme

FOLDER = Path(__file__).parent
_MEDIA_TYPES = {
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "on-record.js": "text/javascript; charset=utf-8",
}
COMPONENT = "on-record"


@dataclass(frozen=True)
class Asset:
    body: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """The static files of pages by name. Names contain a hash, so that caches never revalidate."""
    assets_by_name = {}
    for name, media_type in _MEDIA_TYPES.items():
        body = (FOLDER / name).read_bytes()
        if name.endswith(".js"):
            # The component is one file and has the style of framed cards.
            body = body.replace(
                b'"card.css"', orjson.dumps((FOLDER / "card.css").read_text(encoding="utf-8"))
            )
        stem, _, suffix = name.partition(".")
        assets_by_name[f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"] = Asset(
            body, media_type
        )
    return assets_by_name


_SCHEMES_OF: Mapping[str, tuple[Scheme, ...]] = {
    "act": ("act",),
    "breakdown": ("breakdown_category",),
    "category": ("breakdown_category",),
    "kind": ("actor_kind", "place_kind", "source_kind"),
    "measure": ("measure",),
    "role": ("participant_role", "place_role"),
    "type": ("event_type",),
    "unit": ("unit",),
}
"""The schemes that the codes of a field may be of."""


@cache
def _asset_names() -> Mapping[str, str]:
    return {name.rpartition("-")[0]: name for name in assets()}


def component_path() -> str:
    """The path of the web component."""
    return f"/assets/{_asset_names()[COMPONENT]}"


@dataclass(frozen=True)
class PageContext:
    """The root of a page's URLs, which name no host, the dataset version, and titles of records."""

    root: str
    version: str
    titles: Titles = field(default_factory=dict)

    @property
    def stylesheet(self) -> str:
        return f"{self.root}/assets/{_asset_names()['style']}"

    @property
    def icon(self) -> str:
        return f"{self.root}/assets/{_asset_names()['icon']}"

    def url(self, resource_type: ResourceType, record_id: str) -> str:
        return f"{self.root}{record_path((resource_type, record_id))}"

    def title(self, resource_type: ResourceType, record_id: str) -> str:
        """The title of a record, or its id where the title is unknown."""
        return self.titles.get((resource_type, record_id), record_id)

    def label(self, name: str, code: str) -> str:
        """A value of the field `name` in words, where it is a code."""
        labels = (self.titles.get((scheme, code)) for scheme in _SCHEMES_OF.get(name, ()))
        return next((text for text in labels if text), None) or enum_label(name, code)

    def target(self, name: str, reference: Mapping[str, Any]) -> RecordKey | None:
        """The record of a reference in the field `name`; None: the source names none."""
        target = link_target(reference) if name in TYPED_REFERENCE_FIELDS else None
        if target is None and reference.get("id") and name in REFERENCE_FIELDS:
            target = REFERENCE_FIELDS[name], reference["id"]
        return target


def page_context(origin: BaseUrl, version: str, titles: Titles) -> PageContext:
    return PageContext(root_of(origin.base), version, titles)


def root_of(base: str) -> str:
    """The path that URLs begin with."""
    return urlsplit(base).path.rstrip("/") if "://" in base else base
