"""All that is counted and timed, for Prometheus. Knows nothing of gRPC, Neo4j and requests.

A label's values come from a closed set that is known at the start: whatever else comes is `other`, so that no caller
can make a new series (https://prometheus.io/docs/practices/naming/#labels).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector

from sixhop.domain import Stage
from sixhop.errors import Reason

OTHER = "other"
OUTCOMES = frozenset({"applied", "duplicate", "rejected"})
"""Of events that were told."""
GAVE_UP = "GIVEN_UP"
"""Why a query failed whose caller, or stage, no longer waited for it."""
PARTS = frozenset(
    {
        "gate",
        "filter",
        "hydrate",
        "score",
        "select",
        "record",
        "outreach",
        "chains_to",
        "slots",
        "left_out",
        "strengths",
    }
)
"""Of stages, besides the queries that are sources."""
WHY_MISSING = frozenset({"timed out", "failed", "no model", "no room"})
SECONDS = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
M = TypeVar("M", Counter, Histogram)


class Metrics:
    """The registry and what is in it. Its methods may be called from one thread, read from any.

    Args:
        methods: Full names of the calls that are served, `/package.Service/Method`.
        codes: Names of the codes that calls end with.
        queries: Names of the queries that may be run.
    """

    def __init__(self, *, methods: Iterable[str], codes: Iterable[str], queries: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        known_methods = frozenset(method.removeprefix("/") for method in methods)
        known_queries, reasons = frozenset(queries), frozenset(Reason)
        parts, stages = PARTS | known_queries, frozenset(Stage)
        self._calls = _Labelled(
            self._histogram("sixhop_call_seconds", "Calls, by how they ended.", "method", "code"),
            known_methods,
            frozenset(codes),
        )
        self._errors = _Labelled(
            self._counter("sixhop_errors", "Calls that got an error, by its reason.", "method", "reason"),
            known_methods,
            reasons,
        )
        self._stages = _Labelled(
            self._histogram("sixhop_stage_seconds", "Parts of the pipeline's stages.", "stage", "part"), stages, parts
        )
        self._missing = _Labelled(
            self._counter("sixhop_parts_missing", "Parts that an answer was made without.", "part", "why"),
            parts,
            WHY_MISSING,
        )
        self._empty = _Labelled(
            self._counter("sixhop_empty_answers", "Answers in which nothing was found.", "method"), known_methods
        )
        self._events = _Labelled(self._counter("sixhop_events", "Events that were told.", "outcome"), OUTCOMES)
        self._queries = _Labelled(
            self._histogram("sixhop_query_seconds", "Queries, as the service waited for them.", "query"), known_queries
        )
        self._rows = _Labelled(self._counter("sixhop_query_rows", "Rows that queries gave.", "query"), known_queries)
        self._failures = _Labelled(
            self._counter("sixhop_query_failures", "Queries that gave nothing, by reason.", "query", "reason"),
            known_queries,
            reasons | {GAVE_UP},
        )

    def call(self, method: str, code: str, elapsed_s: float) -> None:
        self._calls(method, code).observe(elapsed_s)

    def error(self, method: str, reason: str) -> None:
        self._errors(method, reason).inc()

    def stage(self, stage: str, part: str, elapsed_s: float) -> None:
        self._stages(stage, part).observe(elapsed_s)

    def part_missing(self, part: str, why: str) -> None:
        self._missing(part, why).inc()

    def empty_answer(self, method: str) -> None:
        self._empty(method).inc()

    def events(self, outcome: str, count: int) -> None:
        self._events(outcome).inc(count)

    def query(self, query: str, elapsed_s: float, rows: int) -> None:
        self._queries(query).observe(elapsed_s)
        self._rows(query).inc(rows)

    def query_failed(self, query: str, elapsed_s: float, reason: str) -> None:
        self._queries(query).observe(elapsed_s)
        self._failures(query, reason).inc()

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(name, what, labels, registry=self.registry, buckets=SECONDS)


class _Labelled(Generic[M]):
    """One metric; each of its series is found by a look-up, which costs a tenth of the library's own."""

    def __init__(self, metric: M, *known: frozenset[str]) -> None:
        self._metric: Any = metric
        self._known = known
        self._series: dict[tuple[str, ...], M] = {}

    def __call__(self, *values: str) -> M:
        known = self._series.get(values)
        if known is not None:
            return known
        bounded = tuple(value if value in known else OTHER for value, known in zip(values, self._known, strict=True))
        series: M = self._metric.labels(*bounded)
        if bounded == values:
            self._series[values] = series
        return series
