"""Bounds how many requests are worked on at once, and how many wait; more are told to come again. Not health checks.

Requests take turns in the order of their arrival. Were all worked on side by side, each would take as long as all
together, and under load every one would miss its deadline; in turn those that get one are answered in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.errors import Reason, Unavailable
from sixhop.rpc.interceptors.around import Around

WAITING_SHARE = 0.5
"""Of its time a request may wait for its turn: with less left than that it would most likely be worked on in vain."""
LONGEST_WAIT_S = 1.0
"""However much time the caller gives."""


class Admission(Around):
    """At most `most` requests at once, of which `working` have their turn.

    gRPC's own limit would refuse without saying why or when to try again; it stands behind this one, a little higher.
    """

    def __init__(self, most: int, working: int) -> None:
        self._most = most
        self._turns = asyncio.Semaphore(working)
        self._under_way = 0
        self._working = 0
        self._ending = False

    @property
    def working(self) -> int:
        """How many have their turn now."""
        return self._working

    @property
    def waiting(self) -> int:
        """How many wait for theirs."""
        return self._under_way - self._working

    def end(self) -> None:
        """Take no more requests; those under way go on."""
        self._ending = True

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        if self._ending:
            raise Unavailable("the service is ending; try again", reason=Reason.SERVICE_UNAVAILABLE)
        if self._under_way >= self._most:
            raise Unavailable(
                f"{self._most} requests are under way, more are not taken; try again", reason=Reason.OVERLOADED
            )
        self._under_way += 1
        try:
            await self._wait(context)
            self._working += 1
            try:
                yield
            finally:
                self._working -= 1
                self._turns.release()
        finally:
            self._under_way -= 1

    async def _wait(self, context: grpc.aio.ServicerContext) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # at once
            return
        remaining_s = context.time_remaining()
        most_s = LONGEST_WAIT_S if remaining_s is None else min(LONGEST_WAIT_S, WAITING_SHARE * remaining_s)
        try:
            async with asyncio.timeout(most_s):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Unavailable(
                "the service is busy and no turn came in good time; try again",
                reason=Reason.SERVICE_UNAVAILABLE,
            ) from error
