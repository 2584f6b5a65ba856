"""The challenger is taken up and let go while requests run; one that cannot be used is none, and harms nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from test_registry import FEATURES, stored

from sixhop.models import challenger as challengers
from sixhop.models.challenger import Challenger
from sixhop.models.registry import REFERRAL, TIE, Registry


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setattr(challengers, "LOOK_EVERY_S", 0.01)
    return Registry(tmp_path, "demo")


@asynccontextmanager
async def watching(registry: Registry, features_digest: str = "f1") -> AsyncIterator[Challenger]:
    challenger = Challenger(registry, feature_names=FEATURES, features_digest=features_digest)
    assert challenger.model() is None
    challenger.keep_current()
    try:
        yield challenger
    finally:
        await challenger.close()


async def soon(what: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("did not happen in time")


def digest(challenger: Challenger) -> str:
    model = challenger.model()
    return model.digest if model else ""


async def test_it_is_taken_up_exchanged_and_let_go(registry: Registry) -> None:
    first, second, tie = (stored(registry, seed=n, kind=kind) for n, kind in ((1, REFERRAL), (2, REFERRAL), (3, TIE)))
    registry.challenge(TIE, tie, why="another kind")
    async with watching(registry) as challenger:
        await asyncio.sleep(0.1)
        assert challenger.model() is None
        registry.challenge(REFERRAL, first, why="looks better")
        await soon(lambda: digest(challenger) == first)
        registry.challenge(REFERRAL, second, why="looks better yet")
        await soon(lambda: digest(challenger) == second)
        registry.promote(REFERRAL, second, why="is better")
        await soon(lambda: challenger.model() is None)


async def test_one_that_is_not_whole_is_none_and_told_of_once(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = stored(registry, seed=1), stored(registry, seed=2)
    registry.challenge(REFERRAL, good, why="looks better")
    with caplog.at_level(logging.ERROR):
        async with watching(registry) as challenger:
            await soon(lambda: digest(challenger) == good)
            registry.challenge(REFERRAL, bad, why="looks better yet")
            (registry.folder / bad / "model.skops").write_bytes(b"something else")
            await soon(lambda: challenger.model() is None)
            await asyncio.sleep(0.2)
            assert challenger.model() is None, "nor does the one before go on: it has no role"
            registry.challenge(REFERRAL, good, why="it was whole")
            await soon(lambda: digest(challenger) == good)
    told = [record.message for record in caplog.records if "the challenger cannot be used" in record.message]
    assert 1 <= len(told) <= 2, "it may have been seen before and while it was changed"


async def test_one_of_other_features_or_unreadable_pointers_is_none(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    registry.challenge(REFERRAL, stored(registry, seed=1), why="looks better")
    async with watching(registry, features_digest="f2") as challenger:
        await soon(lambda: "other feature queries" in caplog.text)
        assert challenger.model() is None
    (registry.folder / "pointers.json").write_text("{")
    async with watching(registry) as challenger:
        await soon(lambda: "not readable" in caplog.text)
        assert challenger.model() is None
