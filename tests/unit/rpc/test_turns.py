"""So many at work, so many waiting, the rest told at once; in order, and no turn is ever lost."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

import pytest

from sixhop.errors import Reason, Unavailable
from sixhop.rpc.turns import Turns


async def test_beyond_the_queue_one_is_told_at_once() -> None:
    turns = Turns(working=1, waiting=1)
    over = asyncio.Event()

    async def request() -> None:
        async with turns.for_request(5.0):
            await over.wait()

    held = [asyncio.create_task(request()) for _ in range(2)]
    await asyncio.sleep(0)
    assert (turns.working, turns.waiting) == (1, 1)
    started = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        async with turns.for_request(5.0):
            pass
    assert raised.value.reason is Reason.OVERLOADED
    assert time.monotonic() - started < 0.05
    over.set()
    await asyncio.gather(*held)
    async with turns.for_request(5.0):
        assert (turns.working, turns.waiting) == (1, 0)


async def test_who_has_no_turn_in_half_of_its_time_is_told_so() -> None:
    turns = Turns(working=1, waiting=5)
    async with turns.for_request(None):
        started = time.monotonic()
        with pytest.raises(Unavailable) as raised:
            async with turns.for_request(0.2):
                pass
        assert raised.value.reason is Reason.OVERLOADED
        assert 0.09 < time.monotonic() - started < 0.2
    assert (turns.working, turns.waiting) == (0, 0)


async def test_requests_have_their_turns_in_order_and_share_them_with_streams() -> None:
    turns = Turns(working=1, waiting=10)
    order: list[str] = []

    async def request(name: str) -> None:
        async with turns.for_request(None):
            order.append(name)
            await asyncio.sleep(0)

    async def unit(name: str) -> None:
        async with turns.for_unit():
            order.append(name)
            await asyncio.sleep(0)

    async with turns.for_request(None):
        all_of_them = [asyncio.create_task(request(f"r{number}")) for number in range(4)]
        all_of_them += [asyncio.create_task(unit(f"u{number}")) for number in range(4)]
        await asyncio.sleep(0)
    await asyncio.gather(*all_of_them)
    assert order == ["r0", "u0", "r1", "u1", "r2", "u2", "r3", "u3"]


@pytest.mark.parametrize("seed", range(5))
async def test_whoever_gives_up_and_whenever_no_turn_is_lost_and_none_is_given_twice(seed: int) -> None:
    dice = random.Random(seed)
    turns = Turns(working=3, waiting=4)
    at_work = most = done = 0

    async def work(for_stream: bool) -> None:
        nonlocal at_work, most, done
        with suppress(Unavailable):
            async with turns.for_unit() if for_stream else turns.for_request(dice.random() / 50):
                at_work += 1
                most = max(most, at_work)
                try:
                    await asyncio.sleep(dice.random() / 500)
                finally:
                    at_work -= 1
                done += 1

    tasks = []
    for _ in range(400):
        tasks.append(asyncio.create_task(work(dice.random() < 0.2)))
        if dice.random() < 0.5:
            await asyncio.sleep(dice.random() / 1000)
        if dice.random() < 0.3:
            dice.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (turns.working, turns.waiting) == (0, 0)
    assert most == 3
    assert done > 50
