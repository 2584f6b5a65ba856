"""A request is traced in its caller's trace down to each query; where nobody asks for traces, nothing is done."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanKind, Tracer
from serving_process import eventually, running

from sixhop import serving
from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.client import Client
from sixhop.rpc.authentication import open_authentication, open_tls
from sixhop.rpc.interceptors.watched import CODES
from sixhop.rpc.limits import Limits
from sixhop.rpc.server import METHODS, Server, Serving
from sixhop.settings import load_settings
from sixhop.telemetry.metrics import Metrics
from sixhop.telemetry.state import State
from sixhop.telemetry.watching import Watching

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ATTRIBUTES = {
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "rpc.grpc.status",
    "sixhop.request_id",
    "sixhop.stage",
    "db.system.name",
    "db.query.summary",
    "db.response.returned_rows",
    "error.type",
}


async def traced(
    tracer: Tracer | None, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], flags: str = "01"
) -> None:
    """Serve in this process, and ask over a socket once."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    metrics = Metrics(methods=METHODS, codes=CODES, queries=[])
    state = State()
    async with serving.open_realm(settings, state) as (served, _), serving.open_audit(settings, state) as audit_log:
        where = Serving(
            "127.0.0.1:0",
            await open_authentication(settings),
            open_tls(settings),
            {settings.realm: audit_log},
            Limits(most_working=2, most_waiting=4, most_streams=1),
        )
        server = Server(where, {settings.realm: served}, Watching(metrics, tracer))
        await server.start()
        async with grpc.aio.insecure_channel(server.address) as channel:
            stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
            metadata = (("traceparent", f"00-{TRACE}-{CALLER}-{flags}"), ("x-request-id", "r1"))
            asked = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="with_breaks")
            await stub.RecommendTargets(asked, timeout=5, metadata=metadata)
            unknown = recommendation_pb2.FindChainsRequest(from_id="s", to_id="nobody-of-this-name")
            with pytest.raises(grpc.RpcError):
                await stub.FindChains(unknown, timeout=5, metadata=metadata)
        await server.stop()


@pytest.fixture
def env(service_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    ours = {name: value for name, value in service_env.items() if name.startswith("SIXHOP_")}
    return {**ours, "SIXHOP_HOME": str(tmp_path)}


async def test_spans_lead_from_the_callers_down_to_each_query(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(ALWAYS_OFF))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    await traced(provider.get_tracer("tests"), monkeypatch, env)
    spans = kept.get_finished_spans()
    assert {format(span.context.trace_id, "032x") for span in spans} == {TRACE}
    by_id = {span.context.span_id: span for span in spans}

    def above(span: ReadableSpan) -> ReadableSpan | None:
        return by_id.get(span.parent.span_id) if span.parent else None

    asked, unknown = [span for span in spans if span.kind is SpanKind.SERVER]
    assert asked.name == "sixhop.v1.RecommendationService/RecommendTargets"
    assert {format(span.parent.span_id, "016x") for span in (asked, unknown) if span.parent} == {CALLER}
    assert dict(asked.attributes or {})["sixhop.request_id"] == "r1"
    queries = [span for span in spans if span.kind is SpanKind.CLIENT]
    for query in queries:
        stage = above(query)
        assert stage is not None, query.name
        assert stage.kind is SpanKind.INTERNAL
        assert above(stage) in (asked, unknown), stage.name
        assert (stage.start_time or 0) <= (query.start_time or 0) <= (query.end_time or 0) <= (stage.end_time or 0)
    walk = next(query for query in queries if query.name == "sources/six_degree_walk")
    assert dict(walk.attributes or {})["db.response.returned_rows"] == 1
    broken = next(query for query in queries if query.name == "sources/breaks")
    assert not broken.status.is_ok
    names = {query.name for query in queries}
    assert {"questions/gate", "sources/six_degree_walk", "filters/targets", "features"} <= names
    assert dict(unknown.attributes or {})["error.type"] == "MEMBER_NOT_FOUND"
    assert {name for span in spans for name in span.attributes or {}} <= ATTRIBUTES
    assert "nobody-of-this-name" not in "".join(span.to_json() for span in spans)
    assert not [event for span in spans for event in span.events], "texts of errors would stand there"


async def test_what_the_caller_does_not_sample_is_not_traced(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(ALWAYS_ON))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    await traced(provider.get_tracer("tests"), monkeypatch, env, flags="00")
    assert not kept.get_finished_spans()


def test_without_being_asked_for_traces_opentelemetry_is_not_even_loaded(
    env: dict[str, str], service_env: dict[str, str]
) -> None:
    program = (
        "import sys; import sixhop.serving; from sixhop.telemetry.traces import open_tracer\n"
        "with open_tracer() as tracer: assert tracer is None\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    subprocess.run([sys.executable, "-c", program], env=clean, check=True, timeout=60)


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Where exporters send spans to."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.resources: set[str] = set()
        self._lock = threading.Lock()

    def Export(  # noqa: N802
        self, request: trace_service_pb2.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        with self._lock:
            for batch in request.resource_spans:
                self.resources |= {
                    each.value.string_value for each in batch.resource.attributes if each.key == "service.name"
                }
                self.names += [span.name for scope in batch.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


@contextmanager
def collecting() -> Iterator[tuple[str, Collector]]:
    collector = Collector()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}", collector
    finally:
        server.stop(0).wait()


def test_the_service_sends_its_spans_to_where_the_standard_variables_say(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    with collecting() as (endpoint, collector):
        env = {**service_env, "SIXHOP_HOME": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        with running({**env, "OTEL_SERVICE_NAME": "mine", "OTEL_BSP_SCHEDULE_DELAY": "100"}) as service:
            with Client(service.address, timeout_s=5) as client:
                client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
            eventually(lambda: "sixhop.v1.RecommendationService/RecommendTargets" in collector.names)
    assert "sources/six_degree_walk" in collector.names
    assert collector.resources == {"mine"}


def test_a_collector_that_is_away_neither_slows_nor_breaks_serving(service_env: dict[str, str], tmp_path: Path) -> None:
    env = {**service_env, "SIXHOP_HOME": str(tmp_path), "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with running({**env, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}) as service:
        with Client(service.address, timeout_s=5) as client:
            for _ in range(30):
                client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
        service.process.terminate()
        told = time.monotonic()
        assert service.process.wait(20) == 0
        assert time.monotonic() - told < 10
    assert not [line for line in service.log if "Traceback" in line]
