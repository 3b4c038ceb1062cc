"""Cards on other pages: in a frame, as JSON for the web component, as a picture, by oEmbed."""

import re
from asyncio import get_running_loop
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Query, Request, Response

from app.api.context import base_of, base_url_of, header, mark_cacheable, snapshot_of
from app.api.negotiation import negotiate
from app.api.openapi import (
    RENAMED,
    article,
    document_responses,
    id_path,
)
from app.api.responses import (
    CACHE_CONTROL,
    VARY,
    conditional_response,
    make_etag,
    not_modified,
    require_id,
)
from app.api.route import DataRoute
from app.formats.media_types import FORMATS
from app.pages.frames import card_assets, render_card
from app.pages.page_context import root_of
from app.presentation import cards, oembed
from app.presentation.model import Presentation
from app.presentation.records import present
from app.problems import (
    NOT_FOUND,
    NOT_IMPLEMENTED,
    NOT_READY,
    WITHDRAWN,
    Problem,
)
from app.query.parameters import CardParameters, OembedParameters
from app.query.queries import ItemQuery
from app.query.query_string import is_tracking
from app.query.records import read_item
from app.query.snapshots import Snapshot
from app.query.titles import parse_record, read_titles, references_of
from app.query.withdrawals import raise_missing, read_withdrawal
from app.resources import RESOURCES, Resource
from app.schemas.cards import CardDocument, OembedDocument
from app.urls import BaseUrl
from app.vocabulary import SLUG_PATTERN, Theme, codes

RESOURCES_WITH_CARDS: Mapping[str, Resource] = {
    RESOURCES[resource_type].plural: RESOURCES[resource_type] for resource_type in cards.CARD_TYPES
}
PNG = "image/png"
_PATH = re.compile(rf"/(v1|embed)/({'|'.join(RESOURCES_WITH_CARDS)})/({SLUG_PATTERN})(?:\.html)?")
_MAX_PENDING = 18
"""Pictures that are drawn or queued; further requests get 503 with `Retry-After`."""


def embeds_router(resource: Resource) -> APIRouter:
    """The card of a record, and its picture."""
    router = APIRouter(tags=[resource.plural], route_class=DataRoute)

    @router.get(f"/embed/{resource.plural}/{{id}}.{{format}}", include_in_schema=False)
    async def embed_as_file(
        request: Request,
        id: str,
        format: str,
        params: Annotated[CardParameters, Query()],
    ) -> Response:
        return await _card_response(request, resource, id, params, suffix=format)

    @router.get(
        f"/embed/{resource.plural}/{{id}}",
        operation_id=f"embed_{resource.type}",
        summary=f"Get the card of {article(resource.type)}",
        description=f"The current {resource.type} with its caveats and corrections: as HTML for an"
        " iframe, which posts its height to the page; as JSON for the web component.",
        response_model=CardDocument,
        responses={
            **document_responses(
                "The card.",
                NOT_FOUND,
                WITHDRAWN,
            ),
            **RENAMED,
        },
    )
    async def embed(
        request: Request,
        id: Annotated[str, id_path(resource)],
        params: Annotated[CardParameters, Query()],
    ) -> Response:
        return await _card_response(request, resource, id, params)

    @router.get(
        f"/preview/{resource.plural}/{{id}}.png",
        operation_id=f"preview_{resource.type}",
        summary=f"Get the preview picture of {article(resource.type)}",
        description="The card, as far as it fits on 1200 by 630 pixels, for previews of links.",
        response_class=Response,
        response_model=None,
        responses={
            **document_responses(
                "The picture.",
                NOT_FOUND,
                WITHDRAWN,
                content={PNG: {"type": "string", "format": "binary"}},
            ),
            **RENAMED,
        },
    )
    async def preview(request: Request, id: Annotated[str, id_path(resource)]) -> Response:
        snapshot = snapshot_of(request)
        record_id = require_id(request, resource, id)
        headers = {
            **_headers(snapshot, "preview", resource.plural, record_id),
            "Content-Type": PNG,
            "Vary": "Accept-Encoding",
        }
        if (unchanged := not_modified(request, headers)) is not None:
            return unchanged
        record_card = await _read_card(snapshot, resource, record_id)
        if record_card is None:
            await raise_missing(snapshot.database, resource, record_id)
        renderer: PreviewRenderer = request.app.state.previews
        body = await renderer.draw(record_card, snapshot.dataset.version)
        if body is None:
            card_path = f"{base_of(request)}/embed/{resource.plural}/{record_id}"
            detail = f"Use the card at {card_path}: a picture has no room for its caveats."
            raise Problem(NOT_FOUND, detail)
        mark_cacheable(request, snapshot)
        return conditional_response(request, body, headers)

    return router


async def _card_response(
    request: Request,
    resource: Resource,
    record_id: str,
    params: CardParameters,
    *,
    suffix: str | None = None,
) -> Response:
    request.state.card_theme = params.theme
    snapshot, base = snapshot_of(request), base_of(request)
    require_id(request, resource, record_id)
    format_, frame = FORMATS[negotiate(request, "document", suffix).name], card_assets()
    path = f"/embed/{resource.plural}/{record_id}"
    headers = {
        **_headers(snapshot, base, path, params.theme, format_.name, frame.style, frame.script),
        "Content-Type": format_.media_type,
        **(frame.headers if format_.is_page else {}),
    }
    if (unchanged := not_modified(request, headers)) is not None:
        return unchanged
    record_card = await _read_card(snapshot, resource, record_id)
    if record_card is None:
        await raise_missing(snapshot.database, resource, record_id)
    mark_cacheable(request, snapshot)
    root, version = root_of(base), snapshot.dataset.version
    body = (
        render_card(record_card, root, params.theme, version)
        if format_.is_page
        else cards.render_json(record_card, root, version)
    )
    return conditional_response(request, body, headers)


def _headers(snapshot: Snapshot, *parts: str) -> dict[str, str]:
    return {
        "ETag": make_etag(snapshot.dataset.fingerprint, *parts),
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "Dataset-Version": snapshot.dataset.version,
        # Pages that load only what agrees to it (COEP) may show it, too.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


async def _read_card(snapshot: Snapshot, resource: Resource, record_id: str) -> Presentation | None:
    """A card; None: there is no such record. Two statements, the second for uncached titles."""
    view = await snapshot.view(None)
    item = await read_item(view.database, ItemQuery(resource), record_id)
    if item is None:
        return None
    titles = await read_titles(view.database, references_of(item.record), view.titles)
    return present(resource.type, parse_record(item.record.body), titles)


# ------------------------------------------------------------------------------------------- oEmbed

oembed_router = APIRouter(tags=["service"], route_class=DataRoute)


@oembed_router.get(
    "/oembed",
    operation_id="get_oembed",
    summary="Get the oEmbed response for a URL",
    description="Of type `rich`: an iframe with the card. Parameters that consumers add have no"
    " effect; `not_read` names them.",
    response_model=OembedDocument,
    responses=document_responses("The oEmbed response.", NOT_FOUND, WITHDRAWN, NOT_IMPLEMENTED),
)
async def get_oembed(request: Request, params: Annotated[OembedParameters, Query()]) -> Response:
    snapshot, base_url = snapshot_of(request), base_url_of(request)
    if params.format != "json":
        detail = (
            "Leave format out, or write format=json: oEmbed is answered in JSON, not in"
            f" “{params.format[:40]}”."
        )
        raise Problem(NOT_IMPLEMENTED, detail)
    resource, record_id, theme = _record_of(params.url, request, base_url)
    headers = {
        **_headers(snapshot, base_url.absolute, "/oembed", params.canonical()),
        "Content-Type": oembed.MEDIA_TYPE,
        "Vary": "Accept-Encoding",
    }
    if (unchanged := not_modified(request, headers)) is not None:
        return unchanged
    record_card = await _read_card(snapshot, resource, record_id)
    if record_card is None:
        # A consumer that is redirected would ask with the old URL again.
        withdrawal = await read_withdrawal(snapshot.database, resource, record_id)
        if withdrawal is None or withdrawal.renamed_to is None:
            await raise_missing(snapshot.database, resource, record_id)
        record_card = await _read_card(snapshot, resource, withdrawal.renamed_to)
    if record_card is None:
        raise _unknown_url(params.url)
    mark_cacheable(request, snapshot, names_host=base_url.base != base_url.absolute)
    body = oembed.render_oembed(record_card, params, theme, base_url.absolute)
    return conditional_response(request, body, headers)


def _record_of(url: str, request: Request, base_url: BaseUrl) -> tuple[Resource, str, Theme]:
    """The record of a URL of this server: with the public host, the host of the request, or none.

    Only the current form of a record has a card, so other queries are refused.
    """
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise _unknown_url(url) from None
    themes: tuple[Theme, ...] = codes(Theme)
    for host, prefix in _own_hosts(request, base_url):
        is_own = parts.netloc.lower() == host if parts.netloc else not parts.scheme
        match = (
            _PATH.fullmatch(parts.path.removeprefix(prefix))
            if parts.path.startswith(f"{prefix}/")
            else None
        )
        if not is_own or match is None or parts.scheme not in ("", "http", "https"):
            continue
        kind, plural, record_id = match.groups()
        theme_name = dict(query).get("theme", "auto")
        theme = next((each for each in themes if each == theme_name), None)
        names = [name for name, _ in query if not is_tracking(name)]
        if theme is None or (names and (kind != "embed" or names != ["theme"])):
            break
        return RESOURCES_WITH_CARDS[plural], record_id, theme
    raise _unknown_url(url)


def _own_hosts(request: Request, base_url: BaseUrl) -> list[tuple[str, str]]:
    """The hosts and path prefixes of this application."""
    parts = urlsplit(base_url.absolute)
    host = header(request.scope, b"host") or ""
    root_path = request.scope.get("root_path", "").rstrip("/")
    return [(parts.netloc.lower(), parts.path), (host.lower(), root_path)]


def _unknown_url(url: str) -> Problem:
    detail = (
        f"“{url[:120]}” is not the address of a record here that has a card: those are"
        f" /v1/{{resources}}/{{id}} of {', '.join(RESOURCES_WITH_CARDS)}, without a query."
    )
    return Problem(NOT_FOUND, detail)


# ----------------------------------------------------------------------------------------- pictures


class PreviewRenderer:
    """Draws preview pictures in two threads, with a bounded queue."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="preview")
        self._pending = 0

    async def draw(self, record_card: Presentation, version: str) -> bytes | None:
        """The picture as PNG; None: it has no room for what a card must have.

        Raises Problem (503) while too many are pending.
        """
        if self._pending >= _MAX_PENDING:
            raise Problem(
                NOT_READY,
                "Try again later: the server is drawing other pictures.",
                headers={"Retry-After": "5"},
            )
        # Pillow takes a tenth of a second to load, and most servers draw no picture.
        from app.presentation.preview import draw

        self._pending += 1
        try:
            return await get_running_loop().run_in_executor(
                self._threads, draw, record_card, version
            )
        finally:
            self._pending -= 1
