"""Exports: responses that stream all records of a list."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress

from anyio import create_task_group, move_on_after
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.database.execute import RowStream


class _ClientStalled(Exception):
    """The client did not take a part of the body in time."""


class ExportResponse(StreamingResponse):
    """Streams `content`, which is made from `rows`.

    The connection and the memory of `rows` are given back at once when the export ends, when the
    client disconnects, and when a part of the body has waited `write_timeout` seconds for the
    client. In the latter two cases the body stays incomplete, which the access log shows.
    """

    def __init__(
        self,
        content: AsyncGenerator[bytes],
        rows: RowStream,
        *,
        write_timeout: float,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(content, headers=headers)
        self._content = content
        self._rows = rows
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

        # The generator holds the rows of the batch that it was writing, so both are closed.
        async with (
            aclosing(self._rows),
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
