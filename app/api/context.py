"""The context of a request: its headers, the base of its links, the snapshot that it reads.

State of a request hangs on `request.state`: `base`, `path` and `is_head` are set by
`HeadAndCorsMiddleware`, `snapshot` by `DataRoute`; `cacheable` is read by
`ResponseCacheMiddleware`; `parameters_model`, set by the route, says how a problem is shown.
"""

import re
from typing import NamedTuple, cast
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.types import Scope

from app.query.snapshots import Snapshot, Snapshots
from app.urls import BaseUrl

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")


class Cacheable(NamedTuple):
    """A response that holds as long as its snapshot is current.

    `names_host`: it has URLs with the host of the request, and holds for that host alone.
    """

    snapshot: Snapshot
    names_host: bool


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header; several lines are one list (RFC 9110, 5.3). `name` is lower-case."""
    values = [value for key, value in scope["headers"] if key == name]
    return b", ".join(values).decode("latin-1") if values else None


def set_base(connection: HTTPConnection, public_url: str | None) -> None:
    root_path: str = connection.scope.get("root_path", "").rstrip("/")
    connection.state.base = public_url or quote(root_path)
    connection.state.path = connection.scope["path"].removeprefix(root_path)


def base_of(connection: HTTPConnection) -> str:
    """What links begin with: the public URL, or the path that the application is mounted under.

    `root_path` itself grows with every mount inside the application.
    """
    return cast("str", connection.state.base)


def path_of(connection: HTTPConnection) -> str:
    """The path within the application."""
    return cast("str", connection.state.path)


def base_url_of(connection: HTTPConnection) -> BaseUrl:
    base = base_of(connection)
    if "://" in base:
        return BaseUrl(base, base)
    host = header(connection.scope, b"host")
    authority = host if host and _HOST.fullmatch(host) else "localhost"
    return BaseUrl(base, f"{connection.scope['scheme']}://{authority}{base}")


def is_head(connection: HTTPConnection) -> bool:
    """Whether the response has no body, so that an export does not run."""
    return cast("bool", connection.state.is_head)


def snapshots_of(connection: HTTPConnection) -> Snapshots:
    return cast("Snapshots", connection.app.state.snapshots)


async def open_snapshot(connection: HTTPConnection) -> Snapshot:
    """Choose what a request reads, from its first statement to its last."""
    snapshots = snapshots_of(connection)
    await snapshots.refresh_if_stale()
    connection.state.snapshot = snapshots.current
    return snapshots.current


def snapshot_of(connection: HTTPConnection) -> Snapshot:
    """What a request reads; its route chose it."""
    return cast("Snapshot", connection.state.snapshot)


def mark_cacheable(
    connection: HTTPConnection, snapshot: Snapshot, *, names_host: bool = False
) -> None:
    """Let the response cache keep the response as long as the snapshot is current."""
    connection.state.cacheable = Cacheable(snapshot, names_host)
