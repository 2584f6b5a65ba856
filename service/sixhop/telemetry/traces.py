"""Spans of a request, its stages and its queries, for OpenTelemetry. Knows nothing of gRPC and Neo4j.

Set up by the standard `OTEL_*` variables, and only where one of them asks for it; OpenTelemetry itself is an extra of
the package. Spans carry names and counts, never a parameter, an id or the text of an error. They are sent in batches by
a thread of their own, from a bounded queue: a collector that is away costs spans, not answers.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from sixhop import __version__
from sixhop.errors import Misconfigured

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_INSTALL = "tracing is asked for (OTEL_*), but OpenTelemetry is not installed; run `pip install 'sixhop[otel]'`"
LAST_SPANS_WITHIN_S = 2.0
"""How long the end of the process waits for the last spans to be sent."""
PARENT: ContextVar[Any] = ContextVar("parent_span", default=None)
"""The span that the next one belongs to."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller's place in its own trace, by W3C's traceparent (https://www.w3.org/TR/trace-context/)."""

    trace_id: str
    span_id: str
    flags: str
    state: str = ""


def caller_of(metadata: Mapping[str, str]) -> Caller | None:
    """What the metadata say of the caller's trace; None where they do not, or not as they should."""
    match = _TRACEPARENT.fullmatch(metadata.get("traceparent", ""))
    return Caller(match[1], match[2], match[3], metadata.get("tracestate", "")[:512]) if match else None


@contextmanager
def open_tracer(environment: Mapping[str, str] = os.environ) -> Iterator[Tracer | None]:
    """A tracer that sends its spans where `OTEL_*` says; None where nothing asks for one.

    Raises:
        Misconfigured: tracing is asked for, but not installed or not known.
    """
    name = _exporter_name(environment)
    if name is None:
        yield None
        return
    try:
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise Misconfigured(_INSTALL) from error
    found = list(entry_points(group="opentelemetry_traces_exporter", name=name))
    if not found:
        raise Misconfigured(
            f"no exporter {name} is installed; set OTEL_TRACES_EXPORTER and its protocol to one that is"
        )
    named = Resource({"service.name": "sixhop", "service.version": __version__})
    provider = TracerProvider(resource=Resource.create().merge(named).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(found[0].load()()))
    try:
        yield provider.get_tracer("sixhop", __version__)
    finally:
        ending = threading.Thread(target=provider.shutdown, name="last-spans", daemon=True)
        ending.start()
        ending.join(LAST_SPANS_WITHIN_S)


def _exporter_name(environment: Mapping[str, str]) -> str | None:
    chosen = environment.get("OTEL_TRACES_EXPORTER", "otlp" if any(map(environment.get, _ENDPOINTS)) else "none")
    if chosen == "none" or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    if chosen != "otlp":
        return chosen
    protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environment.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    return "otlp_proto_http" if protocol == "http/protobuf" else "otlp_proto_grpc"


def start_request(tracer: Tracer, method: str, caller: Caller | None) -> Span:
    """The span of a whole request, in the caller's trace where there is one."""
    from opentelemetry import context, trace

    above = context.Context()
    if caller:
        remote = trace.SpanContext(
            int(caller.trace_id, 16),
            int(caller.span_id, 16),
            is_remote=True,
            trace_flags=trace.TraceFlags(int(caller.flags, 16)),
            trace_state=trace.TraceState.from_header([caller.state]),
        )
        above = trace.set_span_in_context(trace.NonRecordingSpan(remote), above)
    service, _, name = method.removeprefix("/").rpartition("/")
    attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}
    return tracer.start_span(f"{service}/{name}", above, trace.SpanKind.SERVER, attributes)


class ChildSpan:
    """A span below the current one, around a stage or a query."""

    __slots__ = ("_arguments", "_span", "_token", "_tracer")

    def __init__(self, tracer: Tracer, name: str, *, query: bool = False) -> None:
        from opentelemetry.trace import SpanKind

        kind = SpanKind.CLIENT if query else SpanKind.INTERNAL
        attributes = {"db.system.name": "neo4j", "db.query.summary": name} if query else {"sixhop.stage": name}
        self._tracer = tracer
        self._arguments = (name, kind, attributes)

    def __enter__(self) -> None:
        from opentelemetry.trace import set_span_in_context

        name, kind, attributes = self._arguments
        above = PARENT.get()
        self._span = self._tracer.start_span(name, above, kind, attributes)
        self._token = PARENT.set(set_span_in_context(self._span, above))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        PARENT.reset(self._token)
        if kind is not None:
            self.fail(kind.__name__)
        self._span.end()

    def set(self, name: str, value: int) -> None:
        self._span.set_attribute(name, value)

    def fail(self, error_type: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("error.type", error_type)
        self._span.set_status(StatusCode.ERROR)
