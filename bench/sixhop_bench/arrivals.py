"""How calls are made and timed: one after the other, or open-loop. Knows nothing of what is asked.

A *client* is a connection with at most one call under way. Open loop: calls arrive at random moments (a Poisson
process) whether or not earlier ones were answered; one that finds all clients busy waits, and its time counts from when
it arrived. So queueing counts, and a slow answer cannot slow down the asking and thereby hide itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

WHOLE, PARTIAL = "whole", "partial"
Ask = Callable[[int, int], Awaitable[str]]
"""Asks question number `n` as client `c`; returns WHOLE, PARTIAL (an answer that lacks something) or why it failed."""

PATIENCE = 3.0
"""How many times the planned length an open-loop run may take before what still waits is given up."""
GIVEN_UP = "given up: the calls came faster than they could be answered"


@dataclass(slots=True)
class Run:
    """What came of a number of calls: their times in seconds, how each ended, and how long the run was."""

    answered_s: list[float] = field(default_factory=list)
    unanswered_s: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    length_s: float = 0.0
    offered_per_s: float | None = None
    cpu_s: dict[str, float] = field(default_factory=dict)
    """By process, where it was measured."""

    @property
    def taken_s(self) -> list[float]:
        return self.answered_s + self.unanswered_s

    @property
    def calls(self) -> int:
        return sum(self.ends.values())

    @property
    def failed(self) -> int:
        return self.calls - self.ends[WHOLE] - self.ends[PARTIAL]

    @property
    def whole_share(self) -> float:
        return self.ends[WHOLE] / max(self.calls, 1)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return (self.calls - self.failed) / self.length_s if self.length_s else 0.0

    def percentile_ms(self, percent: float) -> float:
        return float(np.percentile(self.taken_s, percent)) * 1000 if self.taken_s else float("nan")

    def add(self, taken_s: float, end: str) -> None:
        (self.answered_s if end in (WHOLE, PARTIAL) else self.unanswered_s).append(taken_s)
        self.ends[end] += 1


async def in_turn(ask: Ask, numbers: Iterator[int], *, clients: int, calls: int, least_s: float, most_s: float) -> Run:
    """Each client asks as soon as it has its answer: `calls` of them, for at least and at most so long."""
    run = Run()
    began = time.perf_counter()

    async def client(number: int) -> None:
        while True:
            sent = time.perf_counter()
            if sent - began >= most_s or (run.calls >= calls and sent - began >= least_s):
                return
            end = await ask(next(numbers), number)
            run.add(time.perf_counter() - sent, end)

    await asyncio.gather(*(client(number) for number in range(clients)))
    run.length_s = time.perf_counter() - began
    return run


async def open_loop(
    ask: Ask, numbers: Iterator[int], *, clients: int, per_second: float, seconds: float, dice: np.random.Generator
) -> Run:
    """Calls arrive at random, `per_second` on average, for so long; all are answered before this returns."""
    run = Run(offered_per_s=per_second)
    moments = np.cumsum(dice.exponential(1 / per_second, max(1, round(per_second * seconds))))
    waiting: asyncio.Queue[float | None] = asyncio.Queue()
    began = time.perf_counter()
    end_at = began + float(moments[-1]) * PATIENCE

    async def arrive() -> None:
        for moment in moments:
            delay = began + moment - time.perf_counter()
            if delay > 0:
                await asyncio.sleep(delay)
            waiting.put_nowait(began + float(moment))
        for _ in range(clients):
            waiting.put_nowait(None)

    async def client(number: int) -> None:
        while (arrived := await waiting.get()) is not None:
            end = await ask(next(numbers), number) if time.perf_counter() < end_at else GIVEN_UP
            run.add(time.perf_counter() - arrived, end)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(arrive())
        for number in range(clients):
            tasks.create_task(client(number))
    run.length_s = time.perf_counter() - began
    return run
