"""The metrics of `/metrics`, in the exposition formats of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/

Each application has its own registry, so that one mounted in another counts only itself.
Several workers count into files in one folder (`PROMETHEUS_MULTIPROC_DIR`, which `onrecord serve`
sets), and each worker can report the sum.
"""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.query.results import Dataset

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
OTHER = "other"
"""The label of methods, and of paths, that the application does not have."""


class RequestRecord(NamedTuple):
    """A request as it is logged and counted. `size` is in bytes, of the body as it was sent."""

    client: str | None
    method: str
    target: str
    route: str
    status: int
    size: int
    seconds: float
    request_id: str
    is_cached: bool
    is_aborted: bool


class _Series(NamedTuple):
    """What requests of one method, route and status are counted in."""

    requests: Counter
    durations: Histogram
    sizes: Summary
    cache_hits: Counter
    aborted: Counter


class Metrics:
    """Counts requests. `dataset` returns the dataset that is served."""

    def __init__(self, dataset: Callable[[], Dataset | None]) -> None:
        self._series: dict[tuple[str, str, int], _Series] = {}
        self._registry = CollectorRegistry()
        self._dataset = _DatasetCollector(dataset)
        self._registry.register(self._dataset)
        self._requests = Counter(
            "http_requests",
            "Requests, by method, route template (other: no route) and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Time from the head of the request to the end of the response.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._sizes = Summary(
            "http_response_size_bytes",
            "Bytes of response bodies as they were sent.",
            ["route"],
            registry=self._registry,
        )
        self._cache_hits = Counter(
            "http_cache_hits",
            "Responses from the response cache.",
            ["route"],
            registry=self._registry,
        )
        self._aborted = Counter(
            "http_responses_aborted",
            "Responses that did not reach their end.",
            ["route"],
            registry=self._registry,
        )

    def observe(self, request: RequestRecord) -> None:
        # A client may invent methods; each label would take memory for good.
        method = request.method if request.method in _METHODS else OTHER
        series = self._series_of(method, request.route, request.status)
        series.requests.inc()
        series.durations.observe(request.seconds)
        series.sizes.observe(request.size)
        if request.is_cached:
            series.cache_hits.inc()
        if request.is_aborted:
            series.aborted.inc()

    def _series_of(self, method: str, route: str, status: int) -> _Series:
        # Looking up labels takes as long as counting.
        series = self._series.get((method, route, status))
        if series is None:
            series = self._series[method, route, status] = _Series(
                self._requests.labels(method, route, str(status)),
                self._durations.labels(route),
                self._sizes.labels(route),
                self._cache_hits.labels(route),
                self._aborted.labels(route),
            )
        return series

    def render(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics and their media type: OpenMetrics if `accept` prefers it."""
        registry = self._registry
        if _MULTIPROCESS in os.environ:
            registry = CollectorRegistry()
            registry.register(self._dataset)
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type


class _DatasetCollector(Collector):
    """The dataset that is served, read when the metrics are rendered."""

    def __init__(self, dataset: Callable[[], Dataset | None]) -> None:
        self._dataset = dataset

    def collect(self) -> Iterator[Metric]:
        dataset = self._dataset()
        if dataset is None:
            return
        yield InfoMetricFamily(
            "onrecord_dataset", "The dataset that is served.", value={"version": dataset.version}
        )
        records = GaugeMetricFamily(
            "onrecord_records", "Records that are served, by resource type.", labels=["resource"]
        )
        for resource, count in dataset.counts.items():
            records.add_metric([resource], count)
        yield records
