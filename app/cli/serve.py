"""`onrecord serve`."""

import logging
import os
import signal
import socket
import sys
import tempfile
from typing import Annotated

import typer

from app.cli.options import DatabaseOption
from app.errors import OperatorError
from app.settings import load_settings

_GRACE = 7
"""Seconds that responses have to end after SIGTERM. With a query that is running the process ends
within 10 seconds, after which `docker stop` would kill it.
"""
_STARTUP_TIMEOUT = 60
"""Seconds after which a worker that does not react is replaced. On a busy machine its start takes
longer than uvicorn's default of 5.
"""
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_LOG = logging.getLogger("onrecord")


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (ONRECORD_HOST). Default: 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port (ONRECORD_PORT); 0 picks a free one. Default: 8000"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Worker processes (ONRECORD_WORKERS). Default: 1"),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Serve the database over HTTP. The server cannot write to it."""
    # The first process of a container ignores SIGTERM unless it has a handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The application takes long to load, and most commands do not need it.
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from app.cli.logs import log_config
    from app.cli.protocol import LimitedHttpProtocol
    from app.main import create_app

    settings = load_settings(host=host, port=port, workers=workers, database_url=database)
    # Worker processes read their settings from the environment.
    os.environ["ONRECORD_DATABASE_URL"] = settings.database_url
    app = create_app(settings)
    app.state.snapshots.open()
    listener = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        app if settings.workers == 1 else "app.main:from_environment",
        factory=settings.workers > 1,
        workers=settings.workers,
        http=LimitedHttpProtocol,
        ws="none",
        # uvicorn refuses requests when it has as many connections as this.
        limit_concurrency=settings.max_connections + 1,
        timeout_graceful_shutdown=_GRACE,
        timeout_worker_healthcheck=_STARTUP_TIMEOUT,
        # The application has its own access log and proxy-headers middleware.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=log_config(settings),
    )
    if settings.workers == 1:
        _log_addresses(listener, settings.workers)
        uvicorn.Server(config).run(sockets=[listener])
        return
    app.state.snapshots.close()
    # The parent process tells which workers it starts and ends.
    logging.getLogger("uvicorn").setLevel(logging.INFO)
    with _metrics_folder() as folder:
        os.environ.setdefault(_METRICS_FOLDER, folder)
        _log_addresses(listener, settings.workers)
        Multiprocess(config, sockets=[listener]).run()


def _log_addresses(listener: socket.socket, workers: int) -> None:
    host, port = listener.getsockname()[:2]
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    processes = "1 process" if workers == 1 else f"{workers} processes"
    _LOG.info("On Record serves %s/v1 with %s", base, processes)
    _LOG.info("Documentation: %s/docs", base)
    _LOG.info("Press Ctrl+C to stop")


def _metrics_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="onrecord-metrics-")
    except OSError as error:
        raise OperatorError(
            f"cannot make a folder in which the workers count requests ({error.strerror or error}):"
            " name one that can be written in TMPDIR, or use --workers 1"
        ) from None


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raise OperatorError if the address cannot be used.

    uvicorn would report a port in use as a traceback. Clients that connect from now on are served
    when the application has started.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "is not a host name"
        raise OperatorError(
            f"cannot listen on {host} port {port} ({reason}): choose another with --port or --host"
        ) from None
    listener.set_inheritable(True)
    return listener
