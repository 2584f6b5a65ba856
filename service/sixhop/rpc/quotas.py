"""How often each caller may call: a token bucket each, in a table that cannot grow without bound. Knows no gRPC."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sixhop.errors import Reason, Unavailable

MOST_CALLERS = 10_000
"""Beyond it the caller longest unheard of is forgotten, and begins with a full bucket if it comes again."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Quotas:
    """`per_s` calls a second for each caller, `burst` at once; without `per_s` as many as they like."""

    def __init__(
        self, *, per_s: float | None, burst: int, clock: Callable[[], float] = time.monotonic, most: int = MOST_CALLERS
    ) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count a call of `caller`.

        Raises:
            Unavailable: with `QUOTA_EXCEEDED` and the time until there is a token again.
        """
        if lacking_s := self._lacking_s(caller):
            raise Unavailable(
                f"more than {self._per_s:g} calls a second; try again in {lacking_s:.3f} s",
                reason=Reason.QUOTA_EXCEEDED,
                retry_after_s=lacking_s,
            )

    async def wait(self, caller: str) -> None:
        """Count one thing that a stream of `caller` has to do, once there is a token for it."""
        while True:
            lacking_s = self._lacking_s(caller)
            if not lacking_s:
                return
            await asyncio.sleep(lacking_s)

    def _lacking_s(self, caller: str) -> float:
        """Take a token, or say how long there will be none."""
        if self._per_s is None:
            return 0.0
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(caller)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_s
        bucket.tokens -= 1
        return 0.0
