"""The vocabulary: its schemes, and the codes of each."""

import difflib
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.lists import ListEndpoint, add_list, list_response
from app.api.openapi import (
    FORMAT_PATH,
    LIST_AS_FILE,
    file_format,
    list_file_responses,
    list_responses,
    problems,
)
from app.api.route import DataRoute
from app.problems import NOT_FOUND, Problem
from app.query.parameters import list_parameters
from app.query.queries import ListQuery
from app.query.results import Page
from app.query.snapshots import SnapshotView
from app.resources.lists import CODES, VOCABULARIES
from app.resources.vocabulary import VocabularyCode, VocabularyScheme
from app.schemas.vocabulary import Codes, Vocabularies
from app.vocabulary import CODE_PATTERN, SCHEMES, VOCABULARIES_PATH

_SCHEME = Path(
    description="The scheme.", pattern=CODE_PATTERN, max_length=40, examples=["event_type"]
)
CodesParameters = list_parameters(CODES)
CodesFileParameters = list_parameters(CODES, is_file=True)


async def _read_schemes(view: SnapshotView, _: ListQuery) -> Page[VocabularyScheme]:
    return _whole(view.dataset.vocabulary.schemes)


async def _read_codes(view: SnapshotView, query: ListQuery) -> Page[VocabularyCode]:
    scheme: Any = query.path.rpartition("/")[2]
    return _whole(list(view.dataset.vocabulary.codes(scheme).values()))


def _whole(items: list[Any]) -> Page[Any]:
    return Page(items=items, total=len(items), total_exact=True, next=None, previous=None)


router = APIRouter(tags=["vocabularies"], route_class=DataRoute)
add_list(
    router,
    VOCABULARIES,
    ListEndpoint("vocabularies", _read_schemes),
    tag="vocabularies",
    operation_id="list_vocabularies",
    summary="List vocabularies",
    items="schemes",
    response_model=Vocabularies,
)


@router.get(
    f"{CODES.path}.{{format}}",
    operation_id="list_codes_as_file",
    summary="List the codes of a vocabulary as a file",
    description=LIST_AS_FILE,
    response_class=Response,
    response_model=None,
    responses={**list_file_responses("codes"), **problems(NOT_FOUND)},
)
async def list_codes_as_file(
    request: Request,
    scheme: Annotated[str, _SCHEME],
    format: Annotated[str, FORMAT_PATH, file_format("codes")],
    params: Annotated[CodesFileParameters, Query()],
) -> Response:
    return await _codes_response(request, scheme, params, suffix=format)


@router.get(
    CODES.path,
    operation_id="list_codes",
    summary="List the codes of a vocabulary",
    description=CODES.description,
    response_model=Codes,
    responses={**list_responses("The codes."), **problems(NOT_FOUND)},
)
async def list_codes(
    request: Request,
    scheme: Annotated[str, _SCHEME],
    params: Annotated[CodesParameters, Query()],
) -> Response:
    return await _codes_response(request, scheme, params)


async def _codes_response(
    request: Request, scheme: str, params: Any, *, suffix: str | None = None
) -> Response:
    if scheme not in SCHEMES:
        raise _no_scheme(request, scheme)
    path = f"{VOCABULARIES_PATH}/{scheme}"
    return await list_response(
        request, params, ListEndpoint("codes", _read_codes), suffix=suffix, path=path
    )


def _no_scheme(request: Request, scheme: str) -> Problem:
    base = f"{request.state.base}{VOCABULARIES_PATH}"
    near = difflib.get_close_matches(scheme[:40].replace("-", "_"), SCHEMES, n=1)
    paths = tuple((name, f"{VOCABULARIES_PATH}/{name}") for name in near)
    hint = f"Did you mean {base}/{near[0]}?" if near else f"See {base} for all schemes."
    return Problem(NOT_FOUND, f"{hint} “{scheme[:40]}” is no scheme.", near=paths)
