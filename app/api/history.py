"""What was served before: revisions of records, changes, datasets."""

import re
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api.context import base_of, base_url_of, current_snapshot
from app.api.lists import ListEndpoint, list_response
from app.api.negotiation import offered_formats
from app.api.openapi import (
    document_responses,
    format_parameter,
    id_path,
    list_parameters,
    list_responses,
    problems,
)
from app.api.responses import IMMUTABLE, VARY, document, make_etag, not_modified, require_id
from app.api.route import DataRoute
from app.formats.json import render_revision as render_revision_json
from app.formats.media_types import FORMATS, formats_of
from app.pages.render import render_revision as render_revision_page
from app.problems import (
    NOT_FOUND,
    TOO_SLOW,
    Problem,
)
from app.query.changes import read_changes, read_datasets
from app.query.datasets import Revision
from app.query.params import ListQuery, parse_document
from app.query.results import Change, ListedDataset, Page
from app.query.revisions import read_revision, read_revisions
from app.query.snapshots import SnapshotView
from app.resources import Resource
from app.resources.lists import CHANGES, DATASETS, REVISIONS
from app.schemas.history import Changes, Datasets, RevisionItem, Revisions

_DIGITS = re.compile("[1-9][0-9]{0,8}")
_NUMBER = Path(
    description="Counts from 1.",
    examples=[1],
    json_schema_extra={"type": "integer", "minimum": 1, "maximum": 999_999_999},
)

router = APIRouter(tags=["history"], route_class=DataRoute)


async def _read_changes(view: SnapshotView, query: ListQuery) -> Page[Change]:
    return await read_changes(view.database, view.dataset, query)


async def _read_datasets(view: SnapshotView, query: ListQuery) -> Page[ListedDataset]:
    return await read_datasets(view.database, view.dataset, query)


_CHANGES = ListEndpoint("changes", _read_changes)
_DATASETS = ListEndpoint("datasets", _read_datasets)


@router.get(
    CHANGES.path,
    operation_id="list_changes",
    summary="Everything that was recorded",
    description=CHANGES.description,
    response_model=Changes,
    responses=list_responses("A page of changes.", formats_of("changes")),
    openapi_extra={"parameters": list_parameters(CHANGES, formats_of("changes"))},
)
async def list_changes(request: Request) -> Response:
    return await list_response(request, CHANGES, _CHANGES)


@router.get(
    DATASETS.path,
    operation_id="list_datasets",
    summary="Every dataset that was served",
    description=DATASETS.description,
    response_model=Datasets,
    responses=list_responses("A page of datasets.", formats_of("datasets")),
    openapi_extra={"parameters": list_parameters(DATASETS, formats_of("datasets"))},
)
async def list_datasets(request: Request) -> Response:
    return await list_response(request, DATASETS, _DATASETS)


def revisions_router(resource: Resource) -> APIRouter:
    """The revisions of the records of a resource type."""
    router = APIRouter(
        prefix=f"{resource.path}/{{id}}/revisions", tags=["history"], route_class=DataRoute
    )

    @router.get(
        "",
        operation_id=f"list_{resource.type}_revisions",
        name=f"list_{resource.type}_revisions",
        summary=f"Every revision of one {resource.type}",
        description=REVISIONS.description,
        response_model=Revisions,
        responses={
            **list_responses("A page of revisions.", formats_of("revisions")),
            **problems(NOT_FOUND),
        },
        openapi_extra={"parameters": list_parameters(REVISIONS, formats_of("revisions"))},
    )
    async def list_revisions(request: Request, id: Annotated[str, id_path(resource)]) -> Response:
        record_id = require_id(request, resource, id)
        listing = replace(REVISIONS, path=f"{resource.path}/{record_id}/revisions")

        async def read(view: SnapshotView, query: ListQuery) -> Page[Revision]:
            return await read_revisions(view.database, view.dataset, query, resource, record_id)

        return await list_response(request, listing, ListEndpoint("revisions", read))

    @router.get(
        "/{number}",
        operation_id=f"get_{resource.type}_revision",
        name=f"get_{resource.type}_revision",
        summary=f"One {resource.type} as it was served once",
        description="A revision never changes and is kept after the record is withdrawn.",
        response_model=RevisionItem,
        responses=document_responses(
            "The revision.",
            NOT_FOUND,
            TOO_SLOW,
            formats=formats_of("document"),
        ),
        openapi_extra={"parameters": [format_parameter(formats_of("document"))]},
    )
    async def get_revision(
        request: Request,
        id: Annotated[str, id_path(resource)],
        number: Annotated[str, _NUMBER],
    ) -> Response:
        snapshot = await current_snapshot(request)
        formats = offered_formats(request, "document")
        requested_format = parse_document(request.scope["query_string"], formats, "a revision")
        format_ = FORMATS[requested_format.name]
        record_id = require_id(request, resource, id)
        url = f"{base_of(request)}{resource.path}/{record_id}"
        if not _DIGITS.fullmatch(number):
            detail = f"Revisions are numbered from 1 on; all of them are listed at {url}/revisions."
            raise Problem(NOT_FOUND, detail)
        validators = {
            "ETag": make_etag(url, number, format_.name),
            "Cache-Control": IMMUTABLE,
            "Vary": VARY,
        }
        if (unchanged := not_modified(request, validators)) is not None:
            return unchanged
        revision, record = await read_revision(snapshot.database, resource, record_id, int(number))
        links = [("latest-version", url), ("version-history", f"{url}/revisions")]
        if revision.number > 1:
            links.append(("predecessor-version", f"{url}/revisions/{revision.number - 1}"))
        headers = {
            **validators,
            **format_.headers,
            "Link": ", ".join(f'<{target}>; rel="{relation}"' for relation, target in links),
        }
        if format_.is_page:
            version = snapshot.dataset.version
            body = render_revision_page(
                revision, record, resource.type, version, base_url_of(request)
            )
        else:
            body = render_revision_json(revision, record, url)
        return document(request, body, format_.media_type, snapshot=snapshot, headers=headers)

    return router
