"""Stops asking a query that does not answer, and finds out when it does again. Knows nothing of drivers.

Each query has a breaker of its own: when the whole graph stalls all of them trip, when one query has become slow only
that one does, and the others go on. While it is open calls fail at once instead of waiting in vain. Meanwhile the call
that failed last is made again and again in the background, one at a time and with more time than callers have (a server
that was restarted must make its plans first); once it answers as fast as callers need it, the breaker closes.
(M. Nygard, *Release It!*, 2007: circuit breaker.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sixhop.tasks import end

FAILURES = 10
"""As many in a row, with no success in between…"""
FAILING_FOR_S = 1.0
"""…over at least this time, so that one pause that hits many calls at once does not trip it."""
FIRST_REST_S = 0.1
LONGEST_REST_S = 0.5
"""The call is tried at least this often, so a graph that is back is found to be within a second."""
TRIAL_S = 5.0
"""How long one trial may take."""
FIRST_TRIALS_AT_ONCE = 2
"""Of a server that was just started: what it does first is slow enough without more of it side by side."""

Trial = Callable[[float], Awaitable[object]]
"""Makes the call that failed once more, in at most so many seconds."""


@dataclass(slots=True)
class Breaker:
    """The breaker of one query. Used from one event loop only."""

    clock: Callable[[], float] = time.monotonic
    is_open: bool = False
    asked_at: float = 0.0
    """When it was asked last."""
    trial: Trial | None = None
    """Makes the last call once more."""
    length: int = 0
    """Of its statement: roughly how long a server that was just started takes to plan it."""
    _failures: int = 0
    _failing_since: float = 0.0

    def succeeded(self) -> None:
        self._failures = 0

    def close(self) -> None:
        self._failures, self.is_open = 0, False

    def failed(self) -> bool:
        """Whether this failure trips it."""
        if self.is_open:
            return False
        now = self.clock()
        if not self._failures:
            self._failing_since = now
        self._failures += 1
        self.is_open = self._failures >= FAILURES and now - self._failing_since >= FAILING_FOR_S
        return self.is_open

    async def recover(self, trial: Trial, *, needed_s: float) -> None:
        """Try until the call that came last, at first `trial`, answers within `needed_s`; then close."""
        rest_s = FIRST_REST_S
        while self.is_open:
            await asyncio.sleep(rest_s)
            started = self.clock()
            try:
                async with asyncio.timeout(TRIAL_S):
                    await (self.trial or trial)(TRIAL_S)
            except Exception:
                rest_s = min(2 * rest_s, LONGEST_REST_S)
                continue
            if self.clock() - started <= needed_s:
                self.close()
                return


@dataclass(slots=True)
class Breakers:
    """One breaker a query, made when it is first asked for; as many as there are queries."""

    _by_name: dict[str, Breaker] = field(default_factory=dict)
    _recovering: set[asyncio.Task[None]] = field(default_factory=set)

    def of(self, query: str) -> Breaker:
        return self._by_name.setdefault(query, Breaker())

    def asked(self, query: str, trial: Trial, *, length: int = 0) -> Breaker:
        """The breaker of a query that is about to be asked; `trial` makes this call once more."""
        breaker = self.of(query)
        breaker.asked_at = breaker.clock()
        breaker.trial = trial
        breaker.length = length
        return breaker

    @property
    def states(self) -> dict[str, bool]:
        """Of each query that was asked, whether its breaker is open. May be read from another thread."""
        return {name: breaker.is_open for name, breaker in self._by_name.copy().items()}

    @property
    def open_names(self) -> tuple[str, ...]:
        """The queries that are not asked now."""
        return tuple(sorted(name for name, is_open in self.states.items() if is_open))

    def failed(self, query: str, trial: Trial, *, needed_s: float) -> None:
        """Count a failure; when it trips the breaker, try in the background until the query answers again."""
        breaker = self.of(query)
        if breaker.failed():
            self._recover(breaker, trial, needed_s)

    def _recover(self, breaker: Breaker, trial: Trial, needed_s: float) -> None:
        task = asyncio.create_task(breaker.recover(trial, needed_s=needed_s))
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def open_all(self) -> None:
        """The whole graph is gone: ask nothing, until `close_each`."""
        await self.close()
        for breaker in self._by_name.values():
            breaker.is_open = breaker.trial is not None

    async def close_each(self, *, asked_since: float) -> None:
        """The graph is back: ask each query once that was asked since then, and close its breaker when it answers.

        The shortest go first: an answer from some sources is there seconds before the plan of a long walk.
        """
        turns = asyncio.Semaphore(FIRST_TRIALS_AT_ONCE)

        async def first(breaker: Breaker, trial: Trial) -> None:
            async with turns:
                try:
                    async with asyncio.timeout(TRIAL_S):
                        await trial(TRIAL_S)
                except Exception:  # it goes on being tried by itself
                    self._recover(breaker, trial, TRIAL_S)
                else:
                    breaker.close()

        cold = [each for each in self._by_name.values() if each.is_open and each.asked_at >= asked_since]
        cold.sort(key=lambda each: each.length)
        await asyncio.gather(*(first(each, each.trial) for each in cold if each.trial))

    async def ask_again(self, *, asked_since: float) -> None:
        """Make the last call of each query once more that was asked since then and answers, one after the other."""
        for breaker in tuple(self._by_name.values()):
            if breaker.trial and not breaker.is_open and breaker.asked_at >= asked_since:
                with suppress(Exception):  # callers will see for themselves
                    async with asyncio.timeout(TRIAL_S):
                        await breaker.trial(TRIAL_S)

    async def close(self) -> None:
        """End all trials."""
        await end(*self._recovering)
