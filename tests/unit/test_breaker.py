"""The breaker of a query: trips on a row of failures, tries in the background, closes once the query is fast again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import pytest

from sixhop.graph import breaker as subject
from sixhop.graph.breaker import FAILING_FOR_S, FAILURES, Breaker, Breakers


@dataclass
class Hands:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_many_failures_at_one_moment_do_not_trip_it() -> None:
    hands = Hands()
    breaker = Breaker(hands)
    for _ in range(10 * FAILURES):
        breaker.failed()
        hands.now += FAILING_FOR_S / (20 * FAILURES)
    assert not breaker.is_open


def test_a_success_in_between_starts_the_count_anew() -> None:
    hands = Hands()
    breaker = Breaker(hands)
    for _ in range(20):
        breaker.failed()
        breaker.failed()
        hands.now += FAILING_FOR_S
        breaker.succeeded()
    assert not breaker.is_open


def test_failures_in_a_row_trip_it_once() -> None:
    hands = Hands()
    breaker = Breaker(hands)
    tripped = []
    for _ in range(3 * FAILURES):
        tripped.append(breaker.failed())
        hands.now += FAILING_FOR_S
    assert breaker.is_open
    assert tripped.count(True) == 1


def trip(breakers: Breakers, name: str, trial: subject.Trial, needed_s: float) -> None:
    hands = Hands()
    breakers.of(name).clock = hands
    for _ in range(FAILURES):
        breakers.failed(name, trial, needed_s=needed_s)
        hands.now += FAILING_FOR_S
    breakers.of(name).clock = time.monotonic
    assert breakers.open_names == (name,)


def test_it_closes_when_the_call_is_as_fast_as_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "FIRST_REST_S", 0.001)
    monkeypatch.setattr(subject, "LONGEST_REST_S", 0.001)
    calls: list[str] = []

    async def trial(_: float) -> None:
        calls.append("call")
        if len(calls) <= 2:
            raise ConnectionError("the graph is away")
        if len(calls) <= 4:
            await asyncio.sleep(0.2)  # it is back, and makes its plans

    async def wait() -> None:
        breakers = Breakers()
        trip(breakers, "sources/slow", trial, needed_s=0.1)
        assert not breakers.of("sources/other").is_open
        async with asyncio.timeout(5):
            await asyncio.gather(*breakers._recovering)
        assert not breakers.open_names

    asyncio.run(wait())
    assert len(calls) == 5


def test_trials_end_with_the_graph() -> None:
    ended: list[bool] = []

    async def trial(_: float) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def wait() -> None:
        breakers = Breakers()
        trip(breakers, "sources/slow", trial, needed_s=0.1)
        await asyncio.sleep(2 * subject.FIRST_REST_S)
        await breakers.close()

    asyncio.run(wait())
    assert ended == [True]


async def test_what_is_in_use_and_answers_is_asked_again_one_after_the_other() -> None:
    hands = Hands()
    breakers = Breakers()
    asked: list[str] = []

    def query(name: str, *, breaks: bool = False) -> Breaker:
        async def trial(within_s: float) -> None:
            assert within_s == subject.TRIAL_S
            asked.append(f"{name} begins")
            await asyncio.sleep(0)
            if breaks:
                raise ConnectionError("the graph is away")
            asked.append(f"{name} ends")

        breakers.of(name).clock = hands
        return breakers.asked(name, trial)

    query("old")
    hands.now += 60
    query("breaks", breaks=True)
    query("open").is_open = True
    query("walk")
    breakers.of("never asked")
    await breakers.ask_again(asked_since=hands.now)
    assert asked == ["breaks begins", "walk begins", "walk ends"]
