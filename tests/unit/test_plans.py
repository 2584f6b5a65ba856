"""Callers' queries go as they were planned last; what is in use is asked once more in the background."""

from __future__ import annotations

import asyncio
from pathlib import Path

import neo4j
import pytest

from sixhop.graph import plans as subject
from sixhop.graph.breaker import Breakers
from sixhop.graph.catalog import Catalog
from sixhop.graph.executor import prepare

CATALOG = Catalog(Path(__file__).parents[2] / "cypher")


async def test_what_was_asked_is_asked_again_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "EVERY_S", 0.02)
    again = asyncio.Event()
    breakers = Breakers()

    async def trial(_: float) -> None:
        again.set()

    plans = subject.Plans(breakers)
    plans.keep_current()
    await asyncio.sleep(0)
    breakers.asked("walk", trial)
    async with asyncio.timeout(5):
        await again.wait()
    again.clear()
    await asyncio.sleep(0.1)
    assert not again.is_set(), "nobody asks it any more"
    await plans.close()
    breakers.asked("walk", trial)
    await asyncio.sleep(0.1)
    assert not again.is_set()


def test_options_go_right_before_the_text_that_plans_are_kept_by() -> None:
    plain, kept = (
        prepare(
            CATALOG["questions/outreach"], realm="demo", parameters={"outreach_id": "r1"}, options=options
        ).statement
        for options in ("", subject.KEEP_PLAN)
    )
    assert isinstance(plain, neo4j.Query)
    assert isinstance(kept, neo4j.Query)
    assert kept.text == "CYPHER replan=skip " + plain.text
