"""What `/metrics` counts, in the form of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/

Each application has a registry of its own, so that one mounted in another counts only itself. Several workers count into files
of one folder (PROMETHEUS_MULTIPROC_DIR, which `onrecord serve` makes), and each of them can tell the sum.
"""

import os
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.query.records import Dataset

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """`count` is called once for each request, when its answer has ended."""

    def __init__(self, dataset: Callable[[], Dataset]) -> None:
        self._registry = CollectorRegistry()
        self._served = _Served(dataset)
        self._registry.register(self._served)
        self._requests = Counter(
            "onrecord_requests",
            "Requests, by route as it is declared (other: none), method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "onrecord_request_duration_seconds",
            "From the request's head to the answer's last byte.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._bytes = Counter(
            "onrecord_response_body_bytes",
            "Bytes of answers, as they were sent.",
            ["route"],
            registry=self._registry,
        )
        self._kept = Counter(
            "onrecord_kept_answers",
            "Requests that were answered from memory.",
            ["route"],
            registry=self._registry,
        )
        self._counted: dict[tuple[str, str, int], tuple[Counter, Histogram, Counter, Counter]] = {}

    def count(
        self, route: str, method: str, status: int, seconds: float, body_bytes: int, *, kept: bool
    ) -> None:
        found = self._counted.get((route, method, status))
        if found is None:
            found = self._of(route, method, status)
        found[0].inc()
        found[1].observe(seconds)
        found[2].inc(body_bytes)
        if kept:
            found[3].inc()

    def _of(
        self, route: str, method: str, status: int
    ) -> tuple[Counter, Histogram, Counter, Counter]:
        # Methods are whatever a client invents: those that nothing answers are one.
        known = method if method in _METHODS else "other"
        found = (
            self._requests.labels(route, known, str(status)),
            self._seconds.labels(route),
            self._bytes.labels(route),
            self._kept.labels(route),
        )
        if known == method:
            self._counted[route, method, status] = found
        return found

    def render(self, accept: str) -> tuple[bytes, str]:
        """All of it, and its media type: OpenMetrics where `accept` prefers that."""
        registry = self._registry
        if _SHARED in os.environ:
            registry = CollectorRegistry()
            registry.register(self._served)
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type


class _Served(Collector):
    """What is served now."""

    def __init__(self, dataset: Callable[[], Dataset]) -> None:
        self._dataset = dataset

    def collect(self) -> Iterator[Metric]:
        dataset = self._dataset()
        yield InfoMetricFamily(
            "onrecord_dataset", "The dataset that is served.", value={"version": dataset.version}
        )
        records = GaugeMetricFamily(
            "onrecord_records", "Records that are served, by noun.", labels=["noun"]
        )
        for noun, count in dataset.counts.items():
            records.add_metric([noun], count)
        yield records
