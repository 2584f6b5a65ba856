"""Keeps plans current without any caller waiting for one. Knows no drivers.

When the counts it planned for have changed a lot, Neo4j plans a query anew before it answers. For a walk that takes
longer than callers wait; cut short it leaves no plan, so the next call plans again, and in vain. Callers' queries are
therefore sent with `KEEP_PLAN`: as planned last. From time to time each query that is in use is asked once more without
it, with patience, and whatever has become stale is planned anew (docs/decisions/0013-plans-are-made-beside-callers.md).
"""

from __future__ import annotations

import asyncio
import time

from sixhop.graph.breaker import Breakers
from sixhop.tasks import end

KEEP_PLAN = "CYPHER replan=skip "
"""Goes before a query. With one space, as here, the plan is the one that is kept for the query alone."""
EVERY_S = 60.0


class Plans:
    """Of one graph; used from one event loop only."""

    def __init__(self, breakers: Breakers) -> None:
        self._breakers = breakers
        self._keeping: asyncio.Task[None] | None = None

    def keep_current(self) -> None:
        """Begin; until `close`."""
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        await end(self._keeping)

    async def _keep(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(EVERY_S)
            await self._breakers.ask_again(asked_since=began)
