"""Whom the parts of a request tell what they do, while they do it. Knows nothing of Prometheus and OpenTelemetry.

The outermost interceptor sets `WATCH` for each request (telemetry/watching.py). What belongs to no request, such as the
warm-up, tells the one here, which listens to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from sixhop.domain import StageReport
from sixhop.errors import Reason

_NOTHING: AbstractContextManager[None] = nullcontext()


class QueryRun(Protocol):
    """One run of a query; whoever runs it sets how many rows came."""

    rows: int


class _Unseen:
    """Forgets what it is told."""

    rows = 0

    def __enter__(self) -> QueryRun:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Watch:
    """Listens to nothing."""

    request_id = ""
    trace_id = ""
    tags: Mapping[str, str] = {}
    """Sent along with every transaction, so that Neo4j's own lists and logs lead back to the request."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around one part of a stage. `name` is the part's own, never a caller's."""
        return _NOTHING

    def query(self, name: str) -> AbstractContextManager[QueryRun]:
        """Around one run of a catalogued query."""
        return _Unseen()

    def answered(self, stages: Sequence[StageReport], *, empty: bool) -> None:
        """The pipeline has an answer: what its stages did, and whether nothing was found."""

    def recorded(self, *, applied: int, duplicate: int, rejected: int) -> None:
        """So many events were told, and this became of them."""

    def failed(self, reason: Reason) -> None:
        """The caller gets an error with this reason."""


WATCH: ContextVar[Watch] = ContextVar("watch", default=Watch())  # noqa: B039  it has no state
