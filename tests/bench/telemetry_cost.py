"""What watching a request costs: `python tests/bench/telemetry_cost.py`. Made-up requests: 10 stages, 12 queries."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from sixhop.domain import Stage, StageReport
from sixhop.telemetry.metrics import Metrics
from sixhop.telemetry.watch import WATCH, Watch
from sixhop.telemetry.watching import Watching

METHOD = "sixhop.v1.RecommendationService/RecommendTargets"
QUERIES = tuple(f"sources/query_{number}" for number in range(12))
STAGES = tuple(StageReport(Stage.SOURCES, name, 1, elapsed_s=0.01) for name in QUERIES[:10])
ROUNDS = 3_000


def request(begin: Callable[[], Watch]) -> None:
    WATCH.set(begin())
    for name in QUERIES[:10]:
        with WATCH.get().stage(name), WATCH.get().query(name) as run:
            run.rows = 1
    for name in QUERIES[10:]:
        with WATCH.get().query(name) as run:
            run.rows = 1
    WATCH.get().answered(STAGES, empty=False)
    if hasattr(WATCH.get(), "end"):
        WATCH.get().end("OK")


def measure(what: str, begin: Callable[[], Watch]) -> None:
    best_s = min(_timed(begin) for _ in range(5))
    print(f"{what:30} {best_s / ROUNDS * 1e6:7.1f} µs a request")


def _timed(begin: Callable[[], Watch]) -> float:
    started = time.perf_counter()
    for _ in range(ROUNDS):
        request(begin)
    return time.perf_counter() - started


def main() -> None:
    logging.getLogger("sixhop").setLevel(logging.WARNING)  # the log line of a request is not what is measured
    metrics = Metrics(methods=[METHOD], codes=["OK"], queries=QUERIES)
    traceparent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(InMemorySpanExporter()))
    traced = Watching(metrics, provider.get_tracer("bench"))
    sampled_out = {"traceparent": traceparent["traceparent"][:-1] + "0"}
    measure("not watched", Watch)
    measure("metrics", lambda: Watching(metrics).begin(METHOD, "r1", traceparent))
    measure("metrics, trace not sampled", lambda: traced.begin(METHOD, "r1", sampled_out))
    measure("metrics and trace", lambda: traced.begin(METHOD, "r1", traceparent))
    started = time.perf_counter()
    size = len(generate_latest(metrics.registry))
    print(f"reading the metrics once: {(time.perf_counter() - started) * 1e3:.1f} ms for {size // 1024} KiB")
    provider.shutdown()


if __name__ == "__main__":
    main()
