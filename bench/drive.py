"""Servers and the load on them: each server on one core, wrk on another.

CPU time per request is what is compared: it holds on a machine that others use, too. Requests per second and percentiles
are given beside it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = "0", "1"
# As users start it: what Python has compiled once, it need not compile at each start.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
ALL_CORES = f"0-{(os.cpu_count() or 2) - 1}"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_IDLE_ENOUGH = 0.15
"""A run begins when the machine was busy with other things for less than this share of a second."""

# Paths come from a file, one a line, in order; what wrk has seen is told as one line of JSON.
_SCRIPT = """
local paths, headers, index = {}, {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
for line in (os.getenv("BENCH_HEADERS") or ""):gmatch("[^\\n]+") do
  local name, value = line:match("^(.-): (.*)$")
  headers[name] = value
end
request = function()
  index = index % #paths + 1
  return wrk.format("GET", paths[index], headers)
end
done = function(summary, latency, requests)
  io.write(string.format('RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration, summary.bytes,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Measured:
    """Of one kind of request at one server: CPU time of all its processes in µs for each request, latencies in µs, and how
    many bytes an answer has.
    """

    cpu: float
    per_second: float
    p50: float
    p99: float
    bytes: float
    errors: int


@dataclass
class Server:
    """`started` is how long it took to the first answer, in seconds; memory is in MiB."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    started: float

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def memory(self) -> float:
        pages = sum(
            int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.processes()
        )
        return pages * _PAGE / 2**20

    def get(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        request = urllib.request.Request(self.base + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    name: str,
    command: Sequence[str],
    *,
    first: str,
    port: int,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    cores: str = SERVER_CORE,
) -> Iterator[Server]:
    """A server as its users start it, on its cores, until `first` is answered."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["taskset", "-c", cores, *command],
            env={**_ENVIRONMENT, **(environment or {})},
            stdout=log,
            stderr=log,
            cwd=cwd,
            start_new_session=True,
        )
        server = Server(name, port, process, 0.0)
        try:
            while True:
                if process.poll() is not None or time.monotonic() - began > 300:
                    log.seek(0)
                    raise RuntimeError(
                        f"{name} does not answer: {log.read().decode(errors='replace')[-2000:]}"
                    )
                with contextlib.suppress(OSError):
                    if server.get(first)[0] == 200:
                        break
                time.sleep(0.005)
            server.started = time.monotonic() - began
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_until_idle() -> None:
    """Or until it is clear that the machine will not be: CPU time per request is good then, too, and times are not."""
    for _ in range(60):
        busy_before = _busy()
        time.sleep(1.0)
        if _busy() - busy_before < _IDLE_ENOUGH:
            return


def _busy() -> float:
    """Waiting for a disk counts: a server that reads its file ahead has not come to rest."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields) - fields[3]) / _TICKS


def load(
    server: Server,
    paths: Sequence[str],
    *,
    seconds: float = 4.0,
    connections: int = 8,
    headers: Mapping[str, str] | None = None,
    cores: str = LOAD_CORE,
    when_idle: bool = True,
) -> Measured:
    """Ask for these paths, one after another and again from the beginning."""
    assert shutil.which("wrk"), "wrk is not installed: apt-get install wrk"
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder, "ask.lua"), Path(folder, "paths")
        script.write_text(_SCRIPT)
        listed.write_text("\n".join(paths))
        said = "\n".join(f"{name}: {value}" for name, value in (headers or {}).items())
        command = [
            "taskset",
            "-c",
            cores,
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds:.0f}s",
            "--timeout",
            "60s",
        ]
        if when_idle:
            wait_until_idle()
        before = server.cpu_seconds()
        done = subprocess.run(
            [*command, "-s", str(script), server.base],
            env={**os.environ, "BENCH_PATHS": str(listed), "BENCH_HEADERS": said},
            capture_output=True,
            text=True,
            check=True,
        )
        spent = server.cpu_seconds() - before
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    told = json.loads(line.removeprefix("RESULT "))
    requests = max(told["requests"], 1)
    return Measured(
        cpu=spent / requests * 1e6,
        per_second=requests / (told["microseconds"] / 1e6),
        p50=told["p50"],
        p99=told["p99"],
        bytes=told["bytes"] / requests,
        errors=told["errors"],
    )
