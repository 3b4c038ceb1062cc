"""Cards on other people's pages, as far as they are a matter of HTTP: in a frame, as JSON for the web component, as a picture, and
what oEmbed consumers are told of them.
"""

import re
from asyncio import get_running_loop
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.api import history, pages
from app.api.negotiation import forms_of
from app.api.responses import CACHE_CONTROL, VARY, id_in, not_modified, tag
from app.api.snapshots import CARD, Handler, base_of, base_url_of, current, mark_cacheable
from app.formats.registry import FORMATS, OF_DOCUMENTS
from app.pages.frames import card_assets, render_card
from app.pages.page_context import root_of
from app.presentation import cards as cards
from app.presentation import oembed
from app.presentation.cards import Card, make_card
from app.problems import NOT_FOUND, NOT_IMPLEMENTED, NOT_READY, Problem
from app.query.params import ItemQuery, parse_card, parse_nothing, parse_oembed
from app.query.records import read_item
from app.query.related import named_in, parsed
from app.query.revisions import read_tombstone
from app.query.snapshots import Snapshot
from app.resources import RESOURCES, Resource
from app.urls import BaseUrl
from app.vocabulary import SLUG_PATTERN, ResourceType, Theme

RESOURCES_WITH_CARDS: Mapping[str, Resource] = {
    RESOURCES[noun].plural: RESOURCES[noun] for noun in cards.CARD_TYPES
}
PNG = "image/png"
_ADDRESS = re.compile(rf"/(v1|embed)/({'|'.join(RESOURCES_WITH_CARDS)})/({SLUG_PATTERN})")
_MAX_PENDING = 18
"""Pictures being drawn or waiting, per application; more are refused."""


def embed_handler(resource: Resource) -> Handler:
    async def embed(request: Request) -> Response:
        request.scope[CARD] = "auto"
        here, base = current(request), base_of(request)
        query = parse_card(request.scope["query_string"], forms_of(request, OF_DOCUMENTS))
        request.scope[CARD] = query.theme
        record_id = id_in(request, resource)
        is_page = FORMATS[query.form.name].is_page
        headers = {
            **_headers(
                here,
                base,
                f"/embed/{resource.plural}/{record_id}",
                query.canonical(),
                card_assets().style,
                card_assets().script,
            ),
            "Content-Type": FORMATS[query.form.name].media_type,
            **(card_assets().headers if is_page else {}),
        }
        if (same := not_modified(request, headers)) is not None:
            return same
        shown = await _card_of(here, resource, record_id)
        if shown is None:
            return await history.withdrawn_response(
                await here.known_at(None), resource, record_id, request, under="/embed"
            )
        mark_cacheable(request, here)
        root = root_of(base)
        body = render_card(shown, root, query.theme) if is_page else cards.render_json(shown, root)
        return Response(body, headers=headers)

    return embed


def _headers(here: Snapshot, *named: str) -> dict[str, str]:
    return {
        "ETag": tag(here.dataset.mark, *named),
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "Dataset-Version": here.dataset.version,
        # Pages that load only what agrees to it (COEP) may show it, too.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


async def _card_of(here: Snapshot, resource: Resource, record_id: str) -> Card | None:
    """Null: there is no such record. Two statements, the second for titles that are not known yet."""
    there = await here.known_at(None)
    item = await read_item(there.database, ItemQuery(resource), record_id)
    if item is None:
        return None
    beside = await pages.titles_of(there, named_in(item.record))
    return make_card(resource.type, parsed(item.record[1]), beside.titles, there.dataset.version)


# --------------------------------------------------------------------------------------------------------------- oEmbed


async def oembed_answer(request: Request) -> Response:
    """What an oEmbed consumer may show for an address of ours."""
    here, origin = current(request), base_url_of(request)
    query = parse_oembed(request.scope["query_string"])
    if query.format != "json":
        detail = f"oEmbed is answered in JSON, not in “{query.format[:40]}”: leave format out, or write format=json."
        raise Problem(NOT_IMPLEMENTED, detail)
    noun, record_id, theme = _named_by(query.url, request, origin)
    headers = {
        **_headers(here, origin.absolute, "/oembed", query.canonical()),
        "Content-Type": oembed.MEDIA_TYPE,
        "Vary": "Accept-Encoding",
    }
    if (same := not_modified(request, headers)) is not None:
        return same
    shown = await _card_of(here, RESOURCES[noun], record_id)
    if shown is None:
        there = await here.known_at(None)
        tombstone = await read_tombstone(there.database, RESOURCES[noun], record_id)
        # A consumer that is led on would ask with the old address again.
        if tombstone is None or tombstone.renamed_to is None:
            return await history.withdrawn_response(there, RESOURCES[noun], record_id, request)
        shown = await _card_of(here, RESOURCES[noun], tombstone.renamed_to)
        if shown is None:
            raise _unknown(query.url)
    mark_cacheable(request, here, names_host=origin.base != origin.absolute)
    return Response(oembed.render_oembed(shown, query, theme, origin.absolute), headers=headers)


def _named_by(url: str, request: Request, origin: BaseUrl) -> tuple[ResourceType, str, Theme]:
    """Which record an address is of: of ours under our public URL, under the host that was asked, or without any host. A query
    that asks for something else than the record as it is now has no card.
    """
    try:
        parts = urlsplit(url)
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise _unknown(url) from None
    themes: tuple[Theme, ...] = get_args(Theme)
    for host, prefix in _own(request, origin):
        is_ours = parts.netloc.lower() == host if parts.netloc else not parts.scheme
        found = (
            _ADDRESS.fullmatch(parts.path.removeprefix(prefix))
            if parts.path.startswith(f"{prefix}/")
            else None
        )
        if not is_ours or found is None or parts.scheme not in ("", "http", "https"):
            continue
        kind, plural, record_id = found.groups()
        themed = dict(asked).get("theme", "auto")
        theme = next((each for each in themes if each == themed), None)
        left = [(name, value) for name, value in asked if (name, value) != ("format", "html")]
        if theme is None or (left and (kind != "embed" or [name for name, _ in left] != ["theme"])):
            break
        return RESOURCES_WITH_CARDS[plural].type, record_id, theme
    raise _unknown(url)


def _own(request: Request, origin: BaseUrl) -> list[tuple[str, str]]:
    """Hosts and prefixes under which we are."""
    asked = urlsplit(origin.absolute)
    own = [(asked.netloc.lower(), asked.path)]
    root_path = request.scope.get("root_path", "").rstrip("/")
    return [*own, (request.headers.get("host", "").lower(), root_path)]


def _unknown(url: str) -> Problem:
    detail = (
        f"“{url[:120]}” is not the address of a record here that has a card: those are /v1/{{noun}}/{{id}} of"
        f" {', '.join(RESOURCES_WITH_CARDS)}, without a query."
    )
    return Problem(NOT_FOUND, detail)


# -------------------------------------------------------------------------------------------------------------- pictures


class PreviewRenderer:
    """Draws preview pictures in two threads and refuses what would wait too long."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="preview")
        self._pending = 0

    async def draw(self, shown: Card) -> bytes:
        """The picture as PNG. Raises Problem (503) while too many are pending."""
        if self._pending >= _MAX_PENDING:
            raise Problem(
                NOT_READY, "Too many pictures are asked for at once.", headers={"Retry-After": "5"}
            )
        # Pillow takes a tenth of a second to load, and most servers draw no picture.
        from app.presentation.preview import draw

        self._pending += 1
        try:
            return await get_running_loop().run_in_executor(self._threads, draw, shown)
        finally:
            self._pending -= 1


def preview_handler(resource: Resource) -> Handler:
    async def preview(request: Request) -> Response:
        here = current(request)
        parse_nothing(request.scope["query_string"], "a picture")
        record_id = id_in(request, resource)
        headers = {
            **_headers(here, "preview", resource.plural, record_id),
            "Content-Type": PNG,
            "Vary": "Accept-Encoding",
        }
        if (same := not_modified(request, headers)) is not None:
            return same
        shown = await _card_of(here, resource, record_id)
        if shown is None:
            there = await here.known_at(None)
            return await history.withdrawn_response(
                there, resource, record_id, request, under="/preview", behind=".png"
            )
        renderer: PreviewRenderer = request.app.state.previews
        body = await renderer.draw(shown)
        mark_cacheable(request, here)
        return Response(body, headers=headers)

    return preview
