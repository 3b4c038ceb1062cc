"""What was served before: the addresses of revisions, changes and datasets, and what of the past other answers bring along."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import Request, Response

from app.api.negotiation import forms_of
from app.api.responses import (
    CACHE_CONTROL,
    IMMUTABLE,
    VARY,
    Answer,
    document,
    first_page,
    id_in,
    not_modified,
    tag,
)
from app.api.snapshots import Handler, base_of, base_url_of, current
from app.formats import json as as_json
from app.formats.registry import FORMATS, OF_CHANGES, OF_DOCUMENTS, OF_HISTORY
from app.pages.render import render_revision
from app.problems import NOT_FOUND, Problem
from app.query.datasets import Withdrawals
from app.query.filters import AppliedFilter
from app.query.params import ListQuery, parse_document, parse_list
from app.query.records import Page, not_found
from app.query.revisions import (
    MOST_TOMBSTONES,
    gone,
    read_changes,
    read_datasets,
    read_left,
    read_pasts,
    read_revision,
    read_revisions,
    read_times,
    read_tombstone,
    read_tombstones,
)
from app.query.snapshots import Snapshot, SnapshotView
from app.resources import RESOURCES, Resource
from app.resources.lists import CHANGES, DATASETS, REVISIONS
from app.vocabulary import ResourceType

_REVISION_NUMBER = re.compile("[1-9][0-9]{0,8}")


async def with_past(
    page: Page, here: Snapshot, there: SnapshotView, query: ListQuery, resource: Resource
) -> Page:
    """What of the past comes along: the revisions of its records, what was withdrawn, when each record was recorded."""
    if query.history:
        ids = [record[0] for record in page.records]
        page = replace(page, pasts=await read_pasts(there.database, there.dataset, resource, ids))
    if FORMATS[query.form.name].is_feed:
        times = await read_times(
            there.database, [(resource.type, record) for record in page.records]
        )
        page = replace(page, times=times)
    tombstones = await tombstones_for(here, there, query, {resource.type: query.chosen})
    return page if tombstones is None else replace(page, tombstones=tombstones)


async def tombstones_for(
    here: Snapshot,
    there: SnapshotView,
    query: ListQuery,
    of_each: Mapping[ResourceType, Sequence[AppliedFilter]],
) -> Withdrawals | None:
    """They stand on the first page, all at once; null: nobody asks what was updated."""
    after = query.updated_after
    if after is None:
        return None
    if query.cursor:
        return Withdrawals((), (), complete=True)
    found = await read_tombstones(there.database, list(of_each), after.state)
    left: list[tuple[ResourceType, str]] = []
    if after.state.ordinal:
        then = await here.known_at(after)
        for noun, chosen in of_each.items():
            gone = await read_left(
                then.database,
                there.database,
                RESOURCES[noun],
                chosen,
                after=after.state,
                upto=there.dataset,
            )
            left += [(noun, record_id) for record_id in gone]
    complete = found.complete and len(left) <= MOST_TOMBSTONES
    return replace(found, left=left[:MOST_TOMBSTONES], complete=complete)


async def withdrawn_response(
    there: SnapshotView,
    resource: Resource,
    record_id: str,
    request: Request,
    *,
    under: str = "/v1",
    behind: str = "",
) -> Response:
    """The way to where a record has gone on, for good (308); `under` and `behind` are what stands around its noun and id. Raises
    Problem `withdrawn`, or `not-found`.
    """
    base = base_of(request)
    tombstone = await read_tombstone(there.database, resource, record_id)
    if tombstone is None:
        raise await not_found(there.database, resource, record_id)
    if tombstone.renamed_to is None:
        raise gone(tombstone, f"{base}{resource.path}/{record_id}")
    asked = request.scope["query_string"].decode("ascii", "replace")
    address = f"{base}{under}/{resource.plural}/{tombstone.renamed_to}{behind}{'?' if asked else ''}{asked}"
    body = as_json.render_renamed(tombstone, base)
    headers = {
        "Location": address,
        "Cache-Control": CACHE_CONTROL,
        "Content-Type": as_json.MEDIA_TYPE,
        "Vary": VARY,
    }
    return Response(body, status_code=308, headers=headers)


def revisions_handler(resource: Resource) -> Handler:
    async def list_revisions(request: Request) -> Response:
        here, origin = current(request), base_url_of(request)
        record_id = id_in(request, resource)
        listing = replace(REVISIONS, path=f"{resource.path}/{record_id}/revisions")
        query = parse_list(listing, request.scope["query_string"], forms_of(request, OF_HISTORY))
        answer = Answer(request, here, query, listing.path, origin, OF_HISTORY)
        if (same := answer.not_modified()) is not None:
            return same
        page = await read_revisions(
            here.database,
            here.dataset,
            query,
            resource,
            record_id,
            first_page=first_page(query, origin.base),
        )
        write = FORMATS[query.form.name].revisions
        assert write is not None  # noqa: S101 - it is offered
        body = write(page, query, here.dataset, origin)
        return answer.of(body, following=page.next, previous=page.previous)

    return list_revisions


def revision_handler(resource: Resource) -> Handler:
    async def get_revision(request: Request) -> Response:
        here = current(request)
        row = FORMATS[
            parse_document(
                request.scope["query_string"], forms_of(request, OF_DOCUMENTS), "a revision"
            ).name
        ]
        record_id, number = id_in(request, resource), request.path_params["number"]
        address = f"{base_of(request)}{resource.path}/{record_id}"
        if not _REVISION_NUMBER.fullmatch(number):
            raise Problem(
                NOT_FOUND,
                f"Revisions are numbered from 1 on; all of them are listed at {address}/revisions.",
            )
        validator = {
            "ETag": tag(address, number, row.name),
            "Cache-Control": IMMUTABLE,
            "Vary": VARY,
        }
        if (same := not_modified(request, validator)) is not None:
            return same
        revision, record = await read_revision(here.database, resource, record_id, int(number))
        links = [("latest-version", address), ("version-history", f"{address}/revisions")]
        if revision.number > 1:
            links.append(("predecessor-version", f"{address}/revisions/{revision.number - 1}"))
        headers = {
            **validator,
            "Link": ", ".join(f'<{target}>; rel="{rel}"' for rel, target in links),
            **row.headers,
        }
        if row.is_page:
            body = render_revision(
                revision, record, resource.type, here.dataset.version, base_url_of(request)
            )
        else:
            body = as_json.render_revision(revision, record, address)
        return document(request, body, row.media_type, of=here, headers=headers)

    return get_revision


async def changes(request: Request) -> Response:
    """Everything that was recorded."""
    here, origin = current(request), base_url_of(request)
    query = parse_list(
        CHANGES, request.scope["query_string"], forms_of(request, OF_CHANGES), here.axis
    )
    answer = Answer(request, here, query, CHANGES.path, origin, OF_CHANGES)
    if (same := answer.not_modified()) is not None:
        return same
    there = await here.known_at(query.known_at)
    page = await read_changes(
        there.database, there.dataset, query, first_page=first_page(query, origin.base)
    )
    write = FORMATS[query.form.name].changes
    assert write is not None  # noqa: S101 - it is offered
    return answer.of(
        write(page, query, there.dataset, origin), following=page.next, previous=page.previous
    )


async def datasets(request: Request) -> Response:
    """Every dataset that was served."""
    here, origin = current(request), base_url_of(request)
    query = parse_list(DATASETS, request.scope["query_string"], forms_of(request, OF_HISTORY))
    answer = Answer(request, here, query, DATASETS.path, origin, OF_HISTORY)
    if (same := answer.not_modified()) is not None:
        return same
    page = await read_datasets(
        here.database, here.dataset, query, first_page=first_page(query, origin.base)
    )
    write = FORMATS[query.form.name].datasets
    assert write is not None  # noqa: S101 - it is offered
    body = write(page, query, here.dataset, origin)
    return answer.of(body, following=page.next, previous=page.previous)
