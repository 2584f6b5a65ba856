"""Open loop means: calls arrive whether or not earlier ones were answered, and their time counts from then."""

from __future__ import annotations

import asyncio
import itertools

import numpy as np

from sixhop_bench.arrivals import WHOLE, in_turn, open_loop

SERVICE_S = 0.02


async def slow(number: int, client: int) -> str:
    await asyncio.sleep(SERVICE_S)
    return WHOLE


async def test_waiting_for_a_free_client_counts() -> None:
    """One client answers 50 a second; at 100 a second half of the calls wait ever longer."""
    dice = np.random.default_rng(1)
    run = await open_loop(slow, itertools.count(), clients=1, per_second=100, seconds=0.5, dice=dice)
    assert run.calls == 50
    assert run.percentile_ms(99) > 10 * 1000 * SERVICE_S
    assert run.per_second < 55


async def test_with_clients_enough_nobody_waits() -> None:
    dice = np.random.default_rng(1)
    run = await open_loop(slow, itertools.count(), clients=16, per_second=100, seconds=0.5, dice=dice)
    assert run.percentile_ms(50) < 3 * 1000 * SERVICE_S
    assert run.whole_share == 1.0


async def test_what_can_never_be_answered_is_given_up_and_told() -> None:
    dice = np.random.default_rng(1)
    run = await open_loop(slow, itertools.count(), clients=1, per_second=1000, seconds=0.2, dice=dice)
    assert run.calls == 200
    assert run.failed > 100
    assert run.length_s < 2


async def test_in_turn_ends_after_its_calls_or_its_time() -> None:
    numbers = itertools.count()
    run = await in_turn(slow, numbers, clients=2, calls=10, least_s=0.0, most_s=10.0)
    assert 10 <= run.calls <= 11
    run = await in_turn(slow, numbers, clients=2, calls=10_000, least_s=0.0, most_s=0.2)
    assert run.calls < 30
