"""Whole lists: how fast they come, what they cost the server, and what others wait for meanwhile."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.drive import Server, load, wait_until_idle

OURS = {"NDJSON": "/v1/figures?format=ndjson", "CSV": "/v1/figures?format=csv"}
# It streams CSV alone; as newline JSON it gives as many rows as `max_returned_rows` lets it, from one piece of memory.
DATASETTES = {
    "NDJSON": "/bench/figures.json?_shape=array&_nl=on&_size=max",
    "CSV": "/bench/figures.csv?_stream=on&_size=max",
}
RECORD = {
    "On Record": "/v1/figures/figure-{}",
    "Datasette": "/bench/figures/figure-{}.json?_shape=objects",
}
_BLOCK = 1 << 18


def exports(server: Server, paths: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """Of each format: bytes, seconds, CPU seconds, and by how many MiB the server grew; of records by id beside it, the p99
    in µs with and without an export under way.
    """
    form = RECORD["On Record" if server.name == "On Record" else "Datasette"]
    records = [form.format(index) for index in range(5_000)]
    result: dict[str, Any] = {}
    for name, path in paths.items():
        read_all(server, path)  # what the system reads from the disk, it reads now
        wait_until_idle()
        memory, cpu, began = server.memory(), server.cpu_seconds(), time.monotonic()
        with sampled(server) as peak:
            size = read_all(server, path)
        took = time.monotonic() - began
        spent = server.cpu_seconds() - cpu
        alone = load(server, records, seconds=seconds, connections=2)
        with again_and_again(server, path):
            beside = load(server, records, seconds=seconds, connections=2, when_idle=False)
        result[name] = {
            "bytes": size,
            "seconds": took,
            "cpu": spent,
            "grew": max(peak) - memory,
            "p99": alone.p99,
            "p99_meanwhile": beside.p99,
        }
        print(
            f"{server.name}: {name} {size / took / 1e6:.1f} MB/s, p99 {alone.p99} µs, meanwhile {beside.p99} µs",
            flush=True,
        )
    return result


def read_all(server: Server, path: str, stop: threading.Event | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", path)
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{server.name}: {path} answers {response.status}")
    size = 0
    while (block := response.read(_BLOCK)) and not (stop and stop.is_set()):
        size += len(block)
    connection.close()
    return size


@contextmanager
def sampled(server: Server) -> Iterator[list[float]]:
    """What the server takes of memory, looked at again and again."""
    found = [server.memory()]
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            found.append(server.memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


@contextmanager
def again_and_again(server: Server, path: str) -> Iterator[None]:
    """One client that asks for everything, and when it has it, again."""
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            read_all(server, path, done)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        done.set()
        thread.join()
