"""A PostgreSQL server of the tests' own: a new cluster on a free port, gone when they end."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import eventually


def postgres_binaries() -> Path | None:
    """The folder of the server's programs; Debian keeps them off the PATH."""
    candidates = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).parent)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _as_nobody() -> list[str]:
    """The server refuses to run as root."""
    return (
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        if os.geteuid() == 0
        else []
    )


@dataclass(frozen=True)
class PostgresServer:
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator["PostgresServer"]:
        binaries = postgres_binaries()
        assert binaries is not None
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, "nobody", "nogroup")
            for parent in (folder, *folder.parents):
                parent.chmod(parent.stat().st_mode | 0o711)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "onrecord",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(
            [*_as_nobody(), *initdb, "--no-sync", "--locale=C.UTF-8"], check=True, **quiet
        )  # type: ignore[call-overload]
        options = [
            "-c",
            "fsync=off",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]
        command = [
            *_as_nobody(),
            str(binaries / "postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            *options,
        ]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        try:
            server = cls(port, process)
            eventually(lambda: process.poll() is not None or server.accepts_connections())
            assert process.poll() is None, "the PostgreSQL server ended at once"
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: it waits for no client
            process.wait(timeout=60)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server's processes are stopped: connections stay open, and nothing answers."""
        parent = str(self.process.pid)
        children = [
            int(stat.parent.name)
            for stat in Path("/proc").glob("[0-9]*/stat")
            if stat.read_text().rpartition(")")[2].split()[1] == parent
        ]
        for pid in (self.process.pid, *children):
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in (self.process.pid, *children):
                os.kill(pid, signal.SIGCONT)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://onrecord@127.0.0.1:{self.port}/{database}"

    def accepts_connections(self) -> bool:
        import psycopg

        try:
            psycopg.connect(
                host="127.0.0.1", port=self.port, user="onrecord", dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> str:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="onrecord", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)
