"""Runs one part of a stage inside its slice of time, so that its failing never fails the answer.

The two ways a part may end badly are told apart by whether the answer can do without it: `attempt` returns what went
wrong, `required` raises it as an error with a reason. Work is told how long its statement may run on the server, which
is a little less than it is waited for: a statement that the server ends leaves its connection usable.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sixhop.errors import Reason, SixhopError, Unavailable
from sixhop.telemetry.watch import WATCH

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[float], Awaitable[T]]
"""Called with how many seconds its statement may run."""

STATEMENT_SHARE = 0.8
"""Of a slice, for the statement on the server."""
TIMED_OUT = "timed out"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What came of a part. `missing` is empty, or why there is no value."""

    value: T | None
    elapsed_s: float
    missing: str = ""


async def attempt(work: Work[T], *, name: str, request_id: str, timeout_s: float) -> Attempt[T]:
    """Do `work` for at most `timeout_s`; a failure is logged without the ids it may speak of."""
    started = time.monotonic()
    try:
        with WATCH.get().stage(name):
            async with asyncio.timeout(timeout_s):
                return Attempt(await work(timeout_s * STATEMENT_SHARE), time.monotonic() - started)
    except Exception as error:
        missing = TIMED_OUT if _is_timeout(error) else FAILED
        cause = error.reason.value if isinstance(error, SixhopError) else type(error).__name__
        log.warning("%s %s (%s), left out; request_id=%s", name, missing, cause, request_id)
        return Attempt(None, time.monotonic() - started, missing)


async def required(work: Work[T], *, name: str, timeout_s: float) -> T:
    """Do `work` for at most `timeout_s`.

    Raises:
        Unavailable: with `GRAPH_TIMEOUT`, when it does not end in time.
        SixhopError: whatever `work` raises.
    """
    try:
        with WATCH.get().stage(name):
            async with asyncio.timeout(timeout_s):
                return await work(timeout_s * STATEMENT_SHARE)
    except TimeoutError as error:
        raise Unavailable(
            f"{name} did not end within its share of the deadline; set a later one or try again",
            reason=Reason.GRAPH_TIMEOUT,
        ) from error


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or (isinstance(error, SixhopError) and error.reason is Reason.GRAPH_TIMEOUT)
