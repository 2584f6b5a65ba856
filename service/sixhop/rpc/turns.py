"""Bounded concurrency with a bounded queue: so many at work, so many waiting, the rest told at once to come again.

Work is done in turn, in the order of its arrival. Were all of it worked on side by side, each would take as long as all
together, and under load every one would miss its deadline; and a long queue only makes everyone late. Knows no gRPC.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sixhop.errors import Reason, Unavailable

WAITING_SHARE = 0.5
"""Of its time a request may wait for its turn: with less left than that it would most likely be worked on in vain."""
LONGEST_WAIT_S = 1.0
"""However much time the caller gives."""

Waiting = asyncio.Future[None]


class Turns:
    """`working` turns at a time, for requests and for what streams bring; used from one event loop only.

    Requests wait in a queue of at most `waiting`. A stream has at most one thing to do at a time and is hardly read on
    until that is done, so what streams wait with is bounded by their number. Where both wait, turns go to one and the
    other alternately: neither a flood of requests nor one of events keeps the other from being worked on.
    """

    def __init__(self, *, working: int, waiting: int) -> None:
        self._free = working
        self._most_working = working
        self._most_waiting = waiting
        self._requests: deque[Waiting] = deque()
        self._units: deque[Waiting] = deque()
        self._next_to_units = False

    @property
    def working(self) -> int:
        """How many have their turn now."""
        return self._most_working - self._free

    @property
    def waiting(self) -> int:
        """How many wait for theirs."""
        return len(self._requests) + len(self._units)

    @asynccontextmanager
    async def for_request(self, remaining_s: float | None) -> AsyncIterator[None]:
        """A turn for a request that has so much time.

        Raises:
            Unavailable: with `OVERLOADED`; at once when the queue is full, else when no turn came in good time.
        """
        if not self._free and len(self._requests) >= self._most_waiting:
            raise Unavailable(
                f"the service is busy and {self._most_waiting} requests wait already; try again",
                reason=Reason.OVERLOADED,
            )
        most_s = LONGEST_WAIT_S if remaining_s is None else min(LONGEST_WAIT_S, WAITING_SHARE * remaining_s)
        try:
            async with asyncio.timeout(most_s):
                await self._take(self._requests)
        except TimeoutError as error:
            raise Unavailable(
                "the service is busy and no turn came in good time; try again", reason=Reason.OVERLOADED
            ) from error
        try:
            yield
        finally:
            self._give_back()

    @asynccontextmanager
    async def for_unit(self) -> AsyncIterator[None]:
        """A turn for one thing that a stream has to do, however long it must wait: meanwhile its sender is held up."""
        await self._take(self._units)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, queue: deque[Waiting]) -> None:
        if self._free:  # nobody waits then
            self._free -= 1
            return
        turn: Waiting = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # given up at the moment it was given its turn
                self._give_back()
            elif turn in queue:
                queue.remove(turn)
            raise

    def _give_back(self) -> None:
        first, second = (self._units, self._requests) if self._next_to_units else (self._requests, self._units)
        for queue in (first, second):
            while queue:
                turn = queue.popleft()
                if turn.cancelled():  # and not taken out yet
                    continue
                self._next_to_units = queue is self._requests
                turn.set_result(None)
                return
        self._free += 1
