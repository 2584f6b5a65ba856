"""What is counted has labels from closed sets: nothing that a caller sends makes a new series."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from sixhop.domain import Stage, StageReport
from sixhop.errors import Misconfigured, Reason, Unavailable
from sixhop.telemetry.exposition import serve_metrics
from sixhop.telemetry.metrics import Metrics
from sixhop.telemetry.watch import WATCH, Watch
from sixhop.telemetry.watching import Watching

METHOD = "sixhop.v1.RecommendationService/RecommendTargets"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(methods=[METHOD], codes=["OK", "NOT_FOUND"], queries=["sources/walk"])


def series(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name.startswith("sixhop_") and not sample.name.endswith(("_bucket", "_created", "_sum"))
    }


def test_what_a_request_does_is_counted(metrics: Metrics) -> None:
    watch = Watching(metrics).begin(f"/{METHOD}", "r1", {})
    with watch.stage("sources/walk"), watch.query("sources/walk") as run:
        run.rows = 7
    with pytest.raises(Unavailable), watch.query("sources/walk"):
        raise Unavailable("late", reason=Reason.GRAPH_TIMEOUT)
    reports = (
        StageReport(Stage.SOURCES, "sources/walk, width 64", 3, elapsed_s=0.01),
        StageReport(Stage.SCORE, "score", 3, missing="no model"),
    )
    watch.answered(reports, empty=True)
    watch.recorded(applied=3, duplicate=2, rejected=1)
    watch.end("OK")
    counted = series(metrics)
    assert counted["sixhop_call_seconds_count", (METHOD, "OK")] == 1
    assert counted["sixhop_query_seconds_count", ("sources/walk",)] == 2
    assert counted["sixhop_query_rows_total", ("sources/walk",)] == 7
    assert counted["sixhop_query_failures_total", ("sources/walk", "GRAPH_TIMEOUT")] == 1
    assert counted["sixhop_stage_seconds_count", ("sources", "sources/walk")] == 1
    assert counted["sixhop_parts_missing_total", ("score", "no model")] == 1
    assert counted["sixhop_empty_answers_total", (METHOD,)] == 1
    assert [counted["sixhop_events_total", (each,)] for each in ("applied", "duplicate", "rejected")] == [3, 2, 1]


def test_whatever_is_not_known_is_other(metrics: Metrics) -> None:
    for number in range(1_000):
        odd = f"member-{number}"
        watch = Watching(metrics).begin(f"/{odd}", odd, {"traceparent": odd, "x-request-id": odd})
        with watch.query(odd):
            pass
        watch.answered([StageReport(Stage.SOURCES, odd, 0, elapsed_s=1.0, missing=odd)], empty=True)
        watch.failed(Reason.INTERNAL)
        watch.end(odd)
    assert "member-" not in generate_latest(metrics.registry).decode()
    counted = series(metrics)
    assert counted["sixhop_call_seconds_count", ("other", "other")] == 1_000
    assert counted["sixhop_query_rows_total", ("other",)] == 0
    assert counted["sixhop_stage_seconds_count", ("sources", "other")] == 1_000
    assert len(counted) < 30


def test_what_is_no_request_is_not_counted(metrics: Metrics) -> None:
    assert type(WATCH.get()) is Watch
    with WATCH.get().stage("gate"), WATCH.get().query("sources/walk") as run:
        run.rows = 3
    assert not [name for (name, labels), value in series(metrics).items() if labels and value]


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", ""),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", ""),
        ("00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", ""),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n", ""),
        ("rubbish", ""),
    ],
)
def test_only_a_well_formed_trace_of_the_caller_is_gone_on_with(
    metrics: Metrics, traceparent: str, trace_id: str
) -> None:
    watch = Watching(metrics).begin(METHOD, "r1", {"traceparent": traceparent})
    assert watch.trace_id == trace_id
    assert watch.tags == {"request_id": "r1", **({"trace_id": trace_id} if trace_id else {})}


def test_an_address_that_is_taken_is_named(metrics: Metrics) -> None:
    with (
        serve_metrics(metrics.registry, "127.0.0.1:0") as address,
        pytest.raises(Misconfigured, match=f"{address}.*SIXHOP_METRICS_ADDRESS"),
        serve_metrics(metrics.registry, address),
    ):
        pass
