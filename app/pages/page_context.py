"""What every page needs: the root of its URLs, the titles of records, and its static files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.pages.text import escape_text
from app.query.results import Titles
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS, RecordKey, link_target
from app.urls import BaseUrl
from app.vocabulary import ResourceType

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


@cache
def _asset_names() -> Mapping[str, str]:
    return {name.rpartition("-")[0]: name for name in assets()}


def component_path() -> str:
    """The path of the web component."""
    return f"/assets/{_asset_names()[COMPONENT]}"


class Safe(str):
    """Markup that templates do not escape (the protocol of MarkupSafe)."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class PageContext:
    """The root of a page's URLs, which name no host, the dataset version, and titles of records."""

    root: Safe
    version: str
    titles: Mapping[RecordKey, str] = field(default_factory=dict)

    @property
    def stylesheet(self) -> str:
        return f"{self.root}/assets/{_asset_names()['style']}"

    @property
    def icon(self) -> str:
        return f"{self.root}/assets/{_asset_names()['icon']}"

    def url(self, resource_type: ResourceType, record_id: str) -> Safe:
        """The URL of a record; ids are slugs, which need no escaping."""
        return Safe(f"{self.root}{RESOURCES[resource_type].path}/{record_id}")

    def link(self, resource_type: ResourceType, record_id: str) -> Safe:
        """A link to a record by its title, or by its id where the title is unknown."""
        title = escape_text(self.titles.get((resource_type, record_id), record_id))
        return Safe(f'<a href="{self.url(resource_type, record_id)}">{title}</a>')

    def reference_link(self, name: str, reference: Mapping[str, Any]) -> Safe | None:
        """A link to the record of a reference in the field `name`; None: the text names none."""
        target = link_target(reference) if name in ("about", "relations") else None
        if target is None and reference.get("id") and name in REFERENCE_FIELDS:
            target = REFERENCE_FIELDS[name], reference["id"]
        return None if target is None else self.link(*target)


def page_context(origin: BaseUrl, version: str, titles: Titles) -> PageContext:
    return PageContext(root_of(origin.base), version, titles)


def root_of(base: str) -> Safe:
    """The path that URLs begin with."""
    return Safe(escape(urlsplit(base).path.rstrip("/") if "://" in base else base))
