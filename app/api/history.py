"""What was served before: revisions of records, changes, datasets."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.context import base_of, base_url_of, snapshot_of
from app.api.lists import ListEndpoint, add_list, list_response
from app.api.negotiation import negotiate
from app.api.openapi import (
    FORMAT_PATH,
    LIST_AS_FILE,
    article,
    document_responses,
    file_format,
    id_path,
    list_file_responses,
    list_responses,
    problems,
)
from app.api.responses import IMMUTABLE, VARY, document, make_etag, not_modified, require_id
from app.api.route import DataRoute
from app.formats.json import render_revision as render_revision_json
from app.formats.media_types import FORMATS
from app.pages.render import render_revision as render_revision_page
from app.problems import (
    NOT_FOUND,
    Problem,
)
from app.query.changes import read_changes, read_datasets
from app.query.datasets import Revision
from app.query.parameters import ListParameters, list_parameters
from app.query.queries import ListQuery
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


async def _read_changes(view: SnapshotView, query: ListQuery) -> Page[Change]:
    return await read_changes(view.database, view.dataset, query)


async def _read_datasets(view: SnapshotView, query: ListQuery) -> Page[ListedDataset]:
    return await read_datasets(view.database, view.dataset, query)


_CHANGES = ListEndpoint("changes", _read_changes)
_DATASETS = ListEndpoint("datasets", _read_datasets)

RevisionsParameters = list_parameters(REVISIONS)
RevisionsFileParameters = list_parameters(REVISIONS, is_file=True)


router = APIRouter(route_class=DataRoute)
add_list(
    router,
    CHANGES,
    _CHANGES,
    tag="history",
    operation_id="list_changes",
    summary="List changes",
    items="changes",
    response_model=Changes,
)
add_list(
    router,
    DATASETS,
    _DATASETS,
    tag="history",
    operation_id="list_datasets",
    summary="List datasets",
    items="datasets",
    response_model=Datasets,
)


def revisions_router(resource: Resource) -> APIRouter:
    """The revisions of the records of a resource type, each by URL and as a file."""
    router = APIRouter(
        prefix=f"{resource.path}/{{id}}/revisions", tags=["history"], route_class=DataRoute
    )
    type_ = resource.type

    @router.get(
        "",
        operation_id=f"list_{type_}_revisions",
        name=f"list_{type_}_revisions",
        summary=f"List the revisions of {article(type_)}",
        description=REVISIONS.description,
        response_model=Revisions,
        responses={**list_responses("A page of revisions."), **problems(NOT_FOUND)},
    )
    async def list_revisions(
        request: Request,
        id: Annotated[str, id_path(resource)],
        params: Annotated[RevisionsParameters, Query()],
    ) -> Response:
        return await _revisions_response(request, resource, id, params)

    @router.get(
        ".{format}",
        operation_id=f"list_{type_}_revisions_as_file",
        name=f"list_{type_}_revisions_as_file",
        summary=f"List the revisions of {article(type_)} as a file",
        description=LIST_AS_FILE,
        response_class=Response,
        response_model=None,
        responses={**list_file_responses("revisions"), **problems(NOT_FOUND)},
    )
    async def list_revisions_as_file(
        request: Request,
        id: Annotated[str, id_path(resource)],
        format: Annotated[str, FORMAT_PATH, file_format("revisions")],
        params: Annotated[RevisionsFileParameters, Query()],
    ) -> Response:
        return await _revisions_response(request, resource, id, params, suffix=format)

    @router.get(
        "/{number}",
        operation_id=f"get_{type_}_revision",
        name=f"get_{type_}_revision",
        summary=f"Get a revision of {article(type_)}",
        description="A revision never changes and is kept after the record is withdrawn.",
        response_model=RevisionItem,
        responses=document_responses("The revision.", NOT_FOUND),
    )
    async def get_revision(
        request: Request,
        id: Annotated[str, id_path(resource)],
        number: Annotated[str, _NUMBER],
    ) -> Response:
        return await _revision_response(request, resource, id, number)

    return router


async def _revisions_response(
    request: Request,
    resource: Resource,
    record_id: str,
    params: ListParameters,
    *,
    suffix: str | None = None,
) -> Response:
    require_id(request, resource, record_id)

    async def read(view: SnapshotView, query: ListQuery) -> Page[Revision]:
        return await read_revisions(view.database, view.dataset, query, resource, record_id)

    endpoint = ListEndpoint("revisions", read)
    path = f"{resource.path}/{record_id}/revisions"
    return await list_response(request, params, endpoint, suffix=suffix, path=path)


async def _revision_response(
    request: Request, resource: Resource, record_id: str, number: str
) -> Response:
    number, dot, suffix = number.partition(".")
    format_ = FORMATS[negotiate(request, "document", suffix if dot else None).name]
    snapshot = snapshot_of(request)
    require_id(request, resource, record_id)
    url = f"{base_of(request)}{resource.path}/{record_id}"
    if not _DIGITS.fullmatch(number):
        detail = f"Choose a number from 1 on; all revisions are listed at {url}/revisions."
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
        body = render_revision_page(revision, record, resource.type, version, base_url_of(request))
    else:
        body = render_revision_json(revision, record, url)
    return document(request, body, format_.media_type, snapshot=snapshot, headers=headers)
