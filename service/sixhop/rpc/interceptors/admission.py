"""Lets in what can be worked on: within its caller's quota, in its turn, until the service ends. Not health checks.

A request has its turn for as long as it is worked on. A stream may live for hours, so it has none: it takes one of a
bounded number of places, and its handler takes a turn for each thing it does (`turn_of_stream`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import grpc

from sixhop.errors import Reason, Unavailable
from sixhop.rpc.context import CALLER
from sixhop.rpc.interceptors.around import Around
from sixhop.rpc.quotas import Quotas
from sixhop.rpc.turns import Turns

_STREAM: ContextVar[_Stream] = ContextVar("stream")


class Admission(Around):
    """Quota, then a turn for a request or a place for a stream. gRPC's own limit stands behind, a good deal higher.

    Args:
        turns: Of requests and of what streams do.
        quotas: Of each caller.
        streams: The methods with a stream of requests or answers, and others that may last as long.
        most_streams: How many of those at a time.
    """

    def __init__(self, turns: Turns, quotas: Quotas, *, streams: frozenset[str], most_streams: int) -> None:
        self._turns = turns
        self._quotas = quotas
        self._streams = streams
        self._most_streams = most_streams
        self._open: set[_Stream] = set()
        self._ending = False
        self._under_way = 0
        self._none_under_way = asyncio.Event()
        self._none_under_way.set()

    @property
    def working(self) -> int:
        """How many requests, and things that streams do, have their turn now."""
        return self._turns.working

    @property
    def waiting(self) -> int:
        """How many wait for theirs."""
        return self._turns.waiting

    @property
    def streams_open(self) -> int:
        return len(self._open)

    def end(self) -> None:
        """Take no more; what is under way goes on."""
        self._ending = True

    async def finished(self) -> None:
        """Return once no request is under way and no stream is at work."""
        await self._none_under_way.wait()

    def end_streams(self) -> None:
        """Tell those who hold a stream to come again, most likely to another replica."""
        for stream in self._open:
            stream.until.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        self._refuse_at_the_end()
        caller = _caller()
        self._quotas.take(caller)
        if method in self._streams:
            async with self._stream(caller):
                yield
            return
        with self._counted():
            async with self._turns.for_request(context.time_remaining()):
                yield

    @asynccontextmanager
    async def _stream(self, caller: str) -> AsyncIterator[None]:
        if len(self._open) >= self._most_streams:
            raise Unavailable(
                f"{self._most_streams} streams are open, more are not taken; try again", reason=Reason.OVERLOADED
            )
        try:
            async with asyncio.timeout(None) as until:
                stream = _Stream(self, caller, until)
                self._open.add(stream)
                _STREAM.set(stream)
                try:
                    yield
                finally:
                    self._open.discard(stream)
        except TimeoutError:
            if until.expired():
                raise _ending() from None
            raise

    @asynccontextmanager
    async def turn_of(self, stream: _Stream) -> AsyncIterator[None]:
        self._refuse_at_the_end()
        await self._quotas.wait(stream.caller)
        with self._counted():
            async with self._turns.for_unit():
                yield

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        self._none_under_way.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._none_under_way.set()

    def _refuse_at_the_end(self) -> None:
        if self._ending:
            raise _ending()


class _Stream:
    """An open stream: whose it is, and what ends it."""

    def __init__(self, admission: Admission, caller: str, until: asyncio.Timeout) -> None:
        self.admission = admission
        self.caller = caller
        self.until = until


def turn_of_stream() -> AbstractAsyncContextManager[None]:
    """For handlers of streams: a turn for one message or one answer, to be held while that is worked on and no longer.

    It waits as long as it must, for the caller's quota and for its turn; a handler that does not read on meanwhile
    holds up its sender by that (gRPC's flow control does the rest). Raises `Unavailable` once the service is ending.
    """
    stream = _STREAM.get()
    return stream.admission.turn_of(stream)


def _ending() -> Unavailable:
    return Unavailable("the service is ending; try again", reason=Reason.SERVICE_UNAVAILABLE)


def _caller() -> str:
    """Whose quota it is. Callers without credentials are all on this machine, and share one."""
    caller = CALLER.get()
    return f"{caller.realm} {caller.subject}"
