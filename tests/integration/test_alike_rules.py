"""Every chain of an alike member obeys the walk's rules: against a slow enumeration, on random small graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk_oracle import Rules, World
from walk_worlds import NOW, a_few, worlds

from sixhop.graph.executor import Graph
from sixhop.graph.walk import Anchor, WalkSettings

ALIKE = "sources/alike"
EXACT = 1e-12
SENDER = "m00"


@dataclass(frozen=True)
class Example:
    world: World
    rules: Rules
    asked: WalkSettings


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(worlds())
    asked = WalkSettings(targets=6, quotas=(0,) * 6, max_length=draw(st.sampled_from([6, 4, 3, 2, 1])))
    offering = draw(st.sampled_from([True, True, False]))
    return Example(world, Rules(world, SENDER, NOW, offering, avoid=draw(a_few(world))), asked)


def ask(graph: Graph, example: Example) -> list[dict[str, Any]]:
    offering = "o" if example.rules.offering else None
    anchor = Anchor(SENDER, offering, NOW, tuple(example.rules.avoid))
    example.world.write(graph)
    try:
        return graph.rows(ALIKE, **example.asked.parameters([anchor]))
    finally:
        example.world.clear(graph)


def similarity(example: Example, member: str) -> float:
    """The share of the sender's experiences that the member shares; a first time at `as_of` is not before it."""
    world = example.world
    tastes = {m: set(world.tastes.get(m, ())) for m in (SENDER, member)}
    for m in tastes:
        first_at = world.experiences.get(m, {}).get("first_at")
        if first_at is not None and first_at < NOW:
            tastes[m].add("o")
    return len(tastes[SENDER] & tastes[member]) / len(tastes[SENDER])


def check(graph: Graph, example: Example) -> int:
    rows = ask(graph, example)
    found = [row for row in rows if row["target_id"] is not None]
    assert len(rows) == max(1, len(found)) <= example.asked.targets
    scores = {c.members: c.score for c in example.rules.chains(example.world.pass_on, example.asked.max_length)}
    for row in found:
        assert example.rules.eligible(row["target_id"])
        assert row["member_ids"][-1] == row["target_id"]
        assert row["score"] == pytest.approx(scores[tuple(row["member_ids"])], rel=EXACT, abs=0)
        assert 1 <= row["degree"] <= len(row["pass_ons"]) == len(row["strengths"]) <= example.asked.max_length
        assert row["similarity"] == pytest.approx(similarity(example, row["target_id"]))
    in_order = [(-row["similarity"], -row["score"], row["target_id"]) for row in found]
    assert in_order == sorted(in_order)
    return len(found)


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[int] = []

    @settings(
        max_examples=max_examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(examples())
    def run(example: Example) -> None:
        seen.append(check(graph, example))

    run()
    assert sum(found > 0 for found in seen) > len(seen) / 3, "too few examples find anybody"


def test_every_chain_of_an_alike_member_obeys_the_rules(graph: Graph) -> None:
    tally_check(graph, 60)


@pytest.mark.verify
def test_every_chain_of_an_alike_member_obeys_the_rules_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 2000)
