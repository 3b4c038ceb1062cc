"""Server processes on one core, and requests to them from another."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

SERVER_CORE, CLIENT_CORE = 0, 1
CONNECTIONS = 8
_START_TIMEOUT = 300.0
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_BLOCK_BYTES = 1 << 18

# Sends each path of a file once, then stops; `BENCH_REPEAT` begins again instead.
_WRK_SCRIPT = """
local paths, index, etag = {}, 0, os.getenv("BENCH_ETAG")
local headers = {["Accept"] = os.getenv("BENCH_ACCEPT"), ["If-None-Match"] = etag}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
request = function()
  index = index + 1
  if index > #paths then
    if os.getenv("BENCH_REPEAT") then index = 1 else wrk.thread:stop() end
  end
  return wrk.format("GET", paths[math.min(index, #paths)], headers)
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests": %d, "errors": %d, "p99": %d}\\n', summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Measurement:
    """Mean CPU time and 99th percentile of the latency of one request, in µs."""

    cpu: float
    p99: float
    requests: int


@dataclass(frozen=True)
class Export:
    """Bytes, seconds, and the growth of the server's memory in MiB while they were sent."""

    size: int
    seconds: float
    growth: float


@dataclass
class Server:
    """A running server; `start_seconds` is the time until its first response."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float = 0.0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> list[int]:
        """The process and all its descendants."""
        pids = [self.process.pid]
        for pid in pids:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += [int(child) for child in children.read_text().split()]
        return pids

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS_PER_SECOND

    def memory(self) -> float:
        """Resident memory in MiB."""
        statm = [Path(f"/proc/{pid}/statm").read_text() for pid in self.pids()]
        return sum(int(fields.split()[1]) for fields in statm) * _PAGE_BYTES / 2**20

    def wait_until_idle(self) -> None:
        """Wait for work in the background, such as reading a file ahead."""
        previous = -1.0
        while (current := self.cpu_seconds()) != previous:
            previous = current
            time.sleep(0.3)

    def get(self, path: str, accept: str = "*/*") -> tuple[int, Message, bytes]:
        request = urllib.request.Request(self.base_url + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


StartServer = Callable[[], AbstractContextManager[Server]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def run_server(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    first_path: str,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[Server]:
    """Start a server and stop it afterwards; it has started when `first_path` is 200."""
    variables = {**os.environ, **(environment or {})}
    # Users start a server whose modules are compiled already.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            env=variables,
            stdout=log,
            stderr=log,
            cwd=cwd,
            start_new_session=True,
        )
        server = Server(name, port, process)
        try:
            while True:
                with contextlib.suppress(OSError):
                    if server.get(first_path)[0] == 200:
                        break
                if process.poll() is not None or time.monotonic() - began > _START_TIMEOUT:
                    log.seek(0)
                    output = log.read().decode(errors="replace")
                    raise RuntimeError(f"{name} did not start: {output[-2000:]}")
                time.sleep(0.005)
            server.start_seconds = time.monotonic() - began
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def send_requests(
    server: Server,
    paths: Sequence[str],
    *,
    seconds: int,
    repeat: bool = False,
    accept: str = "*/*",
    etag: str | None = None,
) -> Measurement:
    """Send each path once, for at most `seconds`; with `repeat`, again and again.

    Raises RuntimeError where a response is an error, TimeoutError where none came in time.
    """
    if not shutil.which("wrk"):
        raise RuntimeError("wrk is not installed: apt-get install wrk")
    server.wait_until_idle()
    with tempfile.TemporaryDirectory() as folder:
        script, path_list = Path(folder, "wrk.lua"), Path(folder, "paths")
        script.write_text(_WRK_SCRIPT)
        path_list.write_text("\n".join(paths))
        variables = {**os.environ, "BENCH_PATHS": str(path_list), "BENCH_ACCEPT": accept}
        variables |= {"BENCH_ETAG": etag} if etag else {}
        variables |= {"BENCH_REPEAT": "1"} if repeat else {}
        command = ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{CONNECTIONS}"]
        command += [f"-d{seconds}s", "--timeout", "60s", "-s", str(script), server.base_url]
        before = server.cpu_seconds()
        process = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        cpu_seconds = server.cpu_seconds() - before
    line = next(line for line in process.stdout.splitlines() if line.startswith("RESULT "))
    summary = json.loads(line.removeprefix("RESULT "))
    if not summary["requests"]:
        raise TimeoutError(f"{server.name}: no response to {paths[0]} within {seconds} s")
    if summary["errors"]:
        status, _, body = server.get(paths[-1], accept)
        raise RuntimeError(f"{server.name}: {paths[-1]} returns {status}: {body[:200]!r}")
    return Measurement(cpu_seconds / summary["requests"] * 1e6, summary["p99"], summary["requests"])


def download(server: Server, path: str) -> Export:
    """Read a whole export, and watch the memory of the server meanwhile."""
    server.wait_until_idle()
    memory = [server.memory()]
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(0.05):
            memory.append(server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    try:
        size = _read(server, path)
    finally:
        seconds = time.monotonic() - began
        finished.set()
        watcher.join()
    return Export(size, seconds, max(memory) - memory[0])


def _read(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    with contextlib.closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{server.name}: {path} returns {response.status}")
        size = 0
        while block := response.read(_BLOCK_BYTES):
            size += len(block)
    return size
