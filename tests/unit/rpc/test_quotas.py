"""A caller has so many calls a second and so many at once, whatever others do; the table stays small."""

from __future__ import annotations

import time

import pytest

from sixhop.errors import Reason, Unavailable
from sixhop.rpc.quotas import Quotas


def test_a_burst_then_so_many_a_second_each_for_itself() -> None:
    now = [0.0]
    quotas = Quotas(per_s=10, burst=3, clock=lambda: now[0])
    for _ in range(3):
        quotas.take("a")
    with pytest.raises(Unavailable) as raised:
        quotas.take("a")
    assert raised.value.reason is Reason.QUOTA_EXCEEDED
    assert raised.value.retry_after_s == pytest.approx(0.1)
    quotas.take("b")
    now[0] = 0.1
    quotas.take("a")
    with pytest.raises(Unavailable):
        quotas.take("a")
    now[0] = 100.0
    for _ in range(3):
        quotas.take("a")
    with pytest.raises(Unavailable):
        quotas.take("a")


def test_without_a_quota_all_are_taken() -> None:
    quotas = Quotas(per_s=None, burst=1)
    for _ in range(1000):
        quotas.take("a")


def test_the_caller_longest_unheard_of_is_forgotten() -> None:
    quotas = Quotas(per_s=0.001, burst=1, most=2)
    for caller in ("a", "b", "c"):
        quotas.take(caller)
    for caller in ("b", "c"):
        with pytest.raises(Unavailable):
            quotas.take(caller)
    quotas.take("a")


async def test_what_a_stream_brings_waits_for_its_quota() -> None:
    quotas = Quotas(per_s=50, burst=1)
    started = time.monotonic()
    for _ in range(4):
        await quotas.wait("a")
    assert 0.05 < time.monotonic() - started < 0.5
