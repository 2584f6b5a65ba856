"""Watches requests: counts, spans and one log line for each. Knows nothing of gRPC.

A request's watch is told of its stages and queries by `WATCH` (telemetry/watch.py), and tells `Metrics` and the trace.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from sixhop.domain import StageReport
from sixhop.errors import Reason, SixhopError
from sixhop.telemetry.metrics import GAVE_UP, OTHER, Metrics
from sixhop.telemetry.traces import PARENT, ChildSpan, caller_of, start_request
from sixhop.telemetry.watch import Watch

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watching:
    """Begins the watch of each request. `tracer` is None where nothing is traced."""

    metrics: Metrics
    tracer: Tracer | None = None

    def begin(self, method: str, request_id: str, metadata: Mapping[str, str]) -> RequestWatch:
        """The watch of a request that begins now, in the context that it will run in."""
        caller = caller_of(metadata)
        trace_id, span = caller.trace_id if caller else "", None
        if self.tracer is not None:
            span = start_request(self.tracer, method, caller)
            trace_id = format(span.get_span_context().trace_id, "032x")
        return RequestWatch(self, method, request_id, trace_id, span)


class RequestWatch(Watch):
    """The watch of one request."""

    def __init__(self, watching: Watching, method: str, request_id: str, trace_id: str, span: Span | None) -> None:
        self.metrics = watching.metrics
        self.request_id = request_id
        self.trace_id = trace_id
        self._method = method.removeprefix("/")
        self._started = time.monotonic()
        self._reason = ""
        self._span = span
        self.tracer = watching.tracer if span is not None and span.is_recording() else None
        self.tags = {"request_id": request_id, **({"trace_id": trace_id} if trace_id else {})}
        if self.tracer is not None and span is not None:
            from opentelemetry.trace import set_span_in_context

            PARENT.set(set_span_in_context(span))
            span.set_attribute("sixhop.request_id", request_id)

    def stage(self, name: str) -> AbstractContextManager[None]:
        return nullcontext() if self.tracer is None else ChildSpan(self.tracer, name)

    def query(self, name: str) -> AbstractContextManager[_QueryWatch]:
        return _QueryWatch(self, name)

    def answered(self, stages: Sequence[StageReport], *, empty: bool) -> None:
        for report in stages:
            part = report.name.partition(",")[0]  # what follows says how wide or far
            if report.elapsed_s:
                self.metrics.stage(report.stage, part, report.elapsed_s)
            if report.missing:
                self.metrics.part_missing(part, report.missing)
        if empty:
            self.metrics.empty_answer(self._method)

    def recorded(self, *, applied: int, duplicate: int, rejected: int) -> None:
        for outcome, count in (("applied", applied), ("duplicate", duplicate), ("rejected", rejected)):
            self.metrics.events(outcome, count)

    def failed(self, reason: Reason) -> None:
        self._reason = reason.value
        self.metrics.error(self._method, reason)

    def end(self, code: str) -> None:
        """The request ended, with a code's name."""
        elapsed_s = time.monotonic() - self._started
        self.metrics.call(self._method, code, elapsed_s)
        elapsed_ms = round(elapsed_s * 1000, 1)
        facts = {"method": self._method, "code": code, "reason": self._reason, "elapsed_ms": elapsed_ms}
        outcome = f"{code} {self._reason}" if self._reason else code
        log.info("%s %s %.1f ms", self._method, outcome, elapsed_ms, extra=facts)
        if self._span is not None:
            self._span.set_attribute("rpc.grpc.status", code)
            if self._reason:
                self._span.set_attribute("error.type", self._reason)
            self._span.end()


class _QueryWatch:
    """Around one run of a query."""

    __slots__ = ("_name", "_of", "_span", "_started", "rows")

    def __init__(self, of: RequestWatch, name: str) -> None:
        self._of = of
        self._name = name
        self._span = None if of.tracer is None else ChildSpan(of.tracer, name, query=True)
        self.rows = 0

    def __enter__(self) -> Self:
        if self._span is not None:
            self._span.__enter__()
        self._started = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        elapsed_s = time.monotonic() - self._started
        if kind is None:
            self._of.metrics.query(self._name, elapsed_s, self.rows)
        else:
            self._of.metrics.query_failed(self._name, elapsed_s, _why(error))
        if self._span is not None:
            if kind is None:
                self._span.set("db.response.returned_rows", self.rows)
            self._span.__exit__(kind)


def _why(error: BaseException | None) -> str:
    if isinstance(error, asyncio.CancelledError):
        return GAVE_UP
    return error.reason.value if isinstance(error, SixhopError) else OTHER
