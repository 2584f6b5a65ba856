"""Notices that the whole graph is gone, and brings it back into use query by query when it returns. Knows no drivers.

A server that was started again has no plans, and its code is cold: a query takes up to seconds the first time. Were it
asked by callers then, none of them would wait long enough, and what was begun for them would be in vain. So while the
graph is gone all breakers are open (callers are told at once), and when it returns each query is asked once, with
patience, and what was in use first; each breaker closes as its query is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf

from sixhop.graph.breaker import Breakers
from sixhop.tasks import end

IN_USE_S = 10.0
"""Queries that were asked within this time before the graph went come first, and the graph is back when they answer."""
LOOK_EVERY_S = 0.1
LOOK_WITHIN_S = 2.0


class Absence:
    """Of one graph; used from one event loop only.

    Args:
        breakers: Of its queries.
        check: Raises `SixhopError` unless the server answers.
    """

    def __init__(self, breakers: Breakers, check: Callable[[], Awaitable[None]]) -> None:
        self._breakers = breakers
        self._check = check
        self._looking: asyncio.Task[None] | None = None
        self.is_away = False

    def suspect(self) -> None:
        """A connection broke or could not be made: find out whether it was only that one."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        await end(self._looking)

    async def _look(self) -> None:
        if await self._answers():
            return
        self.is_away = True
        in_use_since = time.monotonic() - IN_USE_S
        await self._breakers.open_all()
        while True:
            if await self._answers():
                break
            await asyncio.sleep(LOOK_EVERY_S)
        await self._breakers.close_each(asked_since=in_use_since)
        self.is_away = False
        await self._breakers.close_each(asked_since=-inf)  # the others

    async def _answers(self) -> bool:
        with suppress(Exception):  # of any kind: whoever looks for it must go on looking
            async with asyncio.timeout(LOOK_WITHIN_S):
                await self._check()
            return True
        return False
