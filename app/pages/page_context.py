"""Where a page is: what its addresses begin with, what records are called, and the files that all pages load."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.pages.text import escape_text
from app.query.related import RelatedRecords
from app.resources import RESOURCES
from app.resources.references import REFERENCE_FIELDS, RecordKey, link_target
from app.urls import BaseUrl
from app.vocabulary import ResourceType

FOLDER = Path(__file__).parent
_FILES = {
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "on-record.js": "text/javascript; charset=utf-8",
}
COMPONENT = "on-record"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
"""Content-Security-Policy of every page: no script, no style in the markup, nothing from elsewhere."""
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """The files by the name under which they are served. It has a hash of what they hold, so that they may be kept for good."""
    found = {}
    for name, media_type in _FILES.items():
        body = (FOLDER / name).read_bytes()
        if name.endswith(".js"):
            # One file, whose style is that of the card in a frame.
            body = body.replace(
                b'"card.css"', orjson.dumps((FOLDER / "card.css").read_text(encoding="utf-8"))
            )
        stem, _, suffix = name.partition(".")
        found[f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"] = Asset(body, media_type)
    return found


@cache
def _asset_names() -> Mapping[str, str]:
    return {name.rpartition("-")[0]: name for name in assets()}


def component_path() -> str:
    """Where the file of the web component is."""
    return f"/assets/{_asset_names()[COMPONENT]}"


class Safe(str):
    """Markup that is written as it is (the protocol of MarkupSafe)."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class PageContext:
    """`root` is put before every path: addresses name no host, so that one page is right for all."""

    root: Safe
    version: str
    titles: Mapping[RecordKey, str] = field(default_factory=dict)
    _links: dict[RecordKey, Safe] = field(default_factory=dict, init=False)

    @property
    def stylesheet(self) -> str:
        return f"{self.root}/assets/{_asset_names()['style']}"

    @property
    def icon(self) -> str:
        return f"{self.root}/assets/{_asset_names()['icon']}"

    def url(self, noun: ResourceType, record_id: str) -> Safe:
        """Ids are slugs, which need no escaping."""
        return Safe(f"{self.root}{RESOURCES[noun].path}/{record_id}")

    def link(self, noun: ResourceType, record_id: str) -> Safe:
        """A record by its title, or by its id where that is all we have. Some stand on a page several times."""
        named = noun, record_id
        link = self._links.get(named)
        if link is None:
            shown = escape_text(self.titles.get(named, record_id))
            link = self._links[named] = Safe(
                f'<a href="{self.root}{RESOURCES[noun].path}/{record_id}">{shown}</a>'
            )
        return link

    def named(self, name: str, item: Mapping[str, Any]) -> Safe | None:
        """What a reference in the field `name` leads to, as a link; null: the text does not tell."""
        target = link_target(item) if name in ("about", "relations") else None
        if target is None and item.get("id") and name in REFERENCE_FIELDS:
            target = REFERENCE_FIELDS[name], item["id"]
        return None if target is None else self.link(*target)


def here(origin: BaseUrl, version: str, beside: RelatedRecords | None) -> PageContext:
    return PageContext(root_of(origin.base), version, {} if beside is None else beside.titles)


@lru_cache(maxsize=64)
def root_of(base: str) -> Safe:
    """The path of what addresses begin with."""
    return Safe(escape(urlsplit(base).path.rstrip("/") if "://" in base else base))
