"""Exports: all records of a list, as a file with a length and byte ranges where it can be one."""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import Any, Protocol

from anyio import create_task_group, move_on_after
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.api.byte_ranges import ByteRange, requested_range
from app.api.context import is_head
from app.api.responses import MAX_CODED_BYTES, DataResponse, unchanged_response
from app.database.execute import Reader
from app.formats.prebuilt import PrebuiltFile
from app.formats.streams import RECORD_STREAMS, ItemStream
from app.query.queries import ListQuery
from app.query.records import read_prebuilt, read_prebuilt_sizes
from app.resources import Resource

MAX_FILE_BYTES = 8 * 2**20
"""A list with filters is written before it is sent, up to this length: then the length is known."""
_MAX_FILES = 4
"""Written files that are kept."""
_PIECE = 128 * 1024
"""Bytes of a written file that are sent at once."""


class Items(Protocol):
    """What an export is made from, in batches. It counts as an export until it is closed."""

    def __aiter__(self) -> AsyncIterator[Sequence[Any]]: ...

    async def aclose(self) -> None: ...


Export = tuple[AsyncGenerator[bytes], Items]
"""The bytes of an export, and the items that they are made from."""


async def prebuilt_response(
    response: DataResponse, database: Reader, resource: Resource, query: ListQuery
) -> Response:
    """All records of a resource type, as the build wrote them."""
    format_name = query.format.name
    sizes = await read_prebuilt_sizes(database, resource.type, format_name)
    header = RECORD_STREAMS[format_name].header(query)
    file = PrebuiltFile(header, sizes, response.base_url)

    async def read(part: ByteRange) -> Export:
        rows = await read_prebuilt(database, resource.type, format_name, *file.parts_of(*part))
        return file.write(*part, rows), rows

    if file.length > MAX_CODED_BYTES:
        return await _file_response(response, file.length, read)
    content, rows = await read(ByteRange(0, file.length - 1))
    async with aclosing(rows), aclosing(content):
        return response.complete(b"".join([part async for part in content]))


async def file_or_stream(
    response: DataResponse, stream: ItemStream, items: Items, query: ListQuery
) -> Response:
    """All items of a list: a file up to `MAX_FILE_BYTES`, else a stream of unknown length.

    A client may ask for the length first, by HEAD: where the list is a file it is written for it.
    """
    content = stream.write(items, query, response.base_url)
    result: Response | None = None
    try:
        result = await _write(response, content, items)
        return result
    finally:
        # An export closes them itself when it has been sent.
        if not isinstance(result, ExportResponse):
            await content.aclose()
            await items.aclose()


async def _write(response: DataResponse, content: AsyncGenerator[bytes], items: Items) -> Response:
    body = response.snapshot.files.get(response.etag)
    if body is None:
        written, is_whole = await _gather(content)
        if not is_whole:
            headers = response.headers()
            del headers["Accept-Ranges"]  # They need a length.
            return _without_body(response, headers) or _export(
                response, (_resume(written, content), items), headers
            )
        body = b"".join(written)
    if len(body) <= MAX_CODED_BYTES:
        return response.complete(body)
    _remember(response, body)

    async def read(part: ByteRange) -> Export:
        # The items stay open, so that this counts as an export until it is sent.
        return _pieces(body[part.first : part.last + 1]), items

    return await _file_response(response, len(body), read)


async def _gather(content: AsyncGenerator[bytes]) -> tuple[list[bytes], bool]:
    """What fits into `MAX_FILE_BYTES`, and whether that is all."""
    written: list[bytes] = []
    size = 0
    async for part in content:
        written.append(part)
        size += len(part)
        if size > MAX_FILE_BYTES:
            return written, False
    return written, True


def _remember(response: DataResponse, body: bytes) -> None:
    """Clients that read ranges ask for several in a row, and for the length first."""
    files = response.snapshot.files
    files[response.etag] = body
    while len(files) > _MAX_FILES:
        del files[next(iter(files))]


async def _file_response(
    response: DataResponse, length: int, read: Callable[[ByteRange], Awaitable[Export]]
) -> Response:
    """A file that is sent in parts, or the range of it that is asked for."""
    headers = {**response.headers(), "Content-Length": str(length)}
    if (without_body := _without_body(response, headers)) is not None:
        return without_body
    part = requested_range(
        response.request.scope, length, response.etag, headers.get("Last-Modified")
    )
    if part is None:
        return _export(response, await read(ByteRange(0, length - 1)), headers)
    headers["Content-Range"] = part.content_range(length)
    headers["Content-Length"] = str(part.last + 1 - part.first)
    return _export(response, await read(part), headers, HTTPStatus.PARTIAL_CONTENT)


def _without_body(response: DataResponse, headers: Mapping[str, str]) -> Response | None:
    """The response to HEAD, or to a client that has the file; None: there is a body to send."""
    if (unchanged := unchanged_response(response.request, headers)) is not None:
        return unchanged
    if is_head(response.request):
        return StreamingResponse(_pieces(b""), headers=headers)
    return None


def _export(
    response: DataResponse,
    export: Export,
    headers: Mapping[str, str],
    status: int = HTTPStatus.OK,
) -> "ExportResponse":
    return ExportResponse(
        *export,
        write_timeout=response.snapshot.settings.write_timeout,
        headers=headers,
        status=status,
    )


async def _pieces(body: bytes) -> AsyncGenerator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]


async def _resume(
    written: Iterable[bytes], content: AsyncGenerator[bytes]
) -> AsyncGenerator[bytes]:
    async with aclosing(content):
        for part in written:
            yield part
        async for part in content:
            yield part


class _ClientStalled(Exception):
    """The client did not take a part of the body in time."""


class ExportResponse(StreamingResponse):
    """Streams `content`, which is made from `items`.

    The connection and the memory of `items` are given back at once when the export ends, when the
    client disconnects, and when a part of the body has waited `write_timeout` seconds for the
    client. In the latter two cases the body stays incomplete, which the access log shows.
    """

    def __init__(
        self,
        content: AsyncGenerator[bytes],
        items: Items,
        *,
        write_timeout: float,
        headers: Mapping[str, str],
        status: int,
    ) -> None:
        super().__init__(content, status, headers)
        self._content = content
        self._items = items
        self._write_timeout = write_timeout

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - ASGI's signature
        receive: Receive,
        send: Send,
    ) -> None:
        failure: Exception | None = None

        async def send_in_time(message: Message) -> None:
            with move_on_after(self._write_timeout) as limit:
                await send(message)
            if limit.cancelled_caught:
                raise _ClientStalled

        async def cancel_on_disconnect() -> None:
            await self.listen_for_disconnect(receive)
            group.cancel_scope.cancel()

        # The generator holds the items of the batch that it was writing, so both are closed.
        async with (
            aclosing(self._items),
            aclosing(self._content),
            create_task_group() as group,
        ):
            group.start_soon(cancel_on_disconnect)
            try:
                with suppress(_ClientStalled):
                    await self.stream_response(send_in_time)
            except Exception as error:  # raised below: a task group would wrap it
                failure = error
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure
