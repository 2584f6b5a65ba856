"""Chains between two members against a slow enumeration of all of them, on random small graphs in a real Neo4j."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk_oracle import Chain, Rules, World
from walk_worlds import NOW, a_few, worlds

from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.executor import Graph

EXACT = 1e-12
FROM, TO = "m00", "m01"


@dataclass(frozen=True)
class Example:
    world: World
    rules: Rules
    max_length: int
    limit: int
    width: int


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(worlds())
    return Example(
        world,
        Rules(world, FROM, NOW, offering=False, avoid=draw(a_few(world))),
        max_length=draw(st.sampled_from([6, 6, 5, 4, 3, 2, 1])),
        limit=draw(st.sampled_from([1, 3, 10])),
        width=draw(st.sampled_from([2, 3, 5, 8, 100])),
    )


def ask(graph: Graph, example: Example, **more: Any) -> list[dict[str, Any]]:
    asked = {
        "from_id": FROM,
        "to_id": TO,
        "as_of": NOW,
        "avoid_ids": list(example.rules.avoid),
        "max_length": example.max_length,
        "limit": example.limit,
        "width": example.width,
    }
    return graph.rows(CHAINS_BETWEEN, **asked | more)


def met_in_the_middle(example: Example, chains: list[Chain]) -> list[Chain]:
    """The chains whose first half is of CLOSE_TO and whose second half is of CLOSE_FROM."""
    close_to, close_from = example.world.close_to(), example.world.close_from()
    first_half, second_half = (example.max_length + 1) // 2, example.max_length // 2

    def splits(chain: Chain) -> bool:
        hops = list(zip(chain.members, chain.members[1:], strict=False))
        return any(
            all(v in close_to[u] for u, v in hops[:i]) and all(u in close_from[v] for u, v in hops[i:])
            for i in range(max(0, len(hops) - second_half), min(first_half, len(hops)) + 1)
        )

    return [chain for chain in chains if splits(chain)]


def check(graph: Graph, example: Example) -> tuple[bool, bool, bool]:
    """Assert every claim on its own; say whether there was something to certify, and a limit."""
    world, rules = example.world, example.rules
    world.write(graph)
    try:
        rows = ask(graph, example)
    finally:
        world.clear(graph)
    apart = rules.blocked(FROM, TO)
    every = [c for c in rules.chains(world.pass_on, example.max_length) if c.members[-1] == TO and not apart]
    scores = {c.members: c.score for c in every}

    found = [tuple(row["member_ids"]) for row in rows if row["member_ids"] is not None]
    assert len(rows) == max(1, len(found)) <= max(1, example.limit)
    assert len(set(found)) == len(found)
    for row, members in zip(rows, found, strict=False):
        assert row["score"] == pytest.approx(scores[members], rel=EXACT, abs=0)
        assert len(row["pass_ons"]) == len(row["strengths"]) == len(members) - 1
    in_order = [(-row["score"], len(members), members) for row, members in zip(rows, found, strict=False)]
    assert in_order == sorted(in_order)

    above, above_all = rows[0]["complete_above"], rows[0]["complete_above_all_ties"]
    assert above_all >= above
    best_found = rows[0]["score"] or 0.0
    best = max((c.score for c in met_in_the_middle(example, every)), default=0.0)
    best_of_all = max(scores.values(), default=0.0)
    if best > above:
        assert best_found == pytest.approx(max(best, best_found), rel=EXACT, abs=0)
    if best_of_all > above_all:
        assert best_found == pytest.approx(best_of_all, rel=EXACT, abs=0)
    return best > above, best_of_all > above_all, above > 0


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[tuple[bool, bool, bool]] = []

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
    whole = len(seen)
    assert sum(best for best, _, _ in seen) > whole / 6, "too few examples certify a chain"
    assert sum(best for _, best, _ in seen) > whole / 20, "too few examples certify a chain over all ties"
    assert sum(limited for _, _, limited in seen) > whole / 6, "too few examples reach a limit"


def test_the_best_chain_above_the_threshold_is_the_best_there_is(graph: Graph) -> None:
    tally_check(graph, 100)


@pytest.mark.verify
def test_the_best_chain_above_the_threshold_is_the_best_there_is_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)


def chain_world(**facts: Any) -> World:
    ties = {FROM: {"a": 0.5, "b": 0.4}, "a": {TO: 0.5}, "b": {TO: 0.5}, TO: {}}
    return World(members={m: {} for m in ties}, pass_on=ties, **facts)


@pytest.fixture
def example() -> Example:
    world = chain_world()
    return Example(world, Rules(world, FROM, NOW, offering=False), max_length=6, limit=10, width=100)


def test_chains_come_best_first_with_the_whole_certificate(graph: Graph, example: Example) -> None:
    example.world.write(graph)
    rows = ask(graph, example)
    assert [row["member_ids"] for row in rows] == [[FROM, "a", TO], [FROM, "b", TO]]
    assert [row["score"] for row in rows] == [0.25, 0.2]
    assert {(row["complete_above"], row["complete_above_all_ties"]) for row in rows} == {(0.0, 0.0)}


def test_no_chain_is_one_row_with_its_certificate(graph: Graph, example: Example) -> None:
    example.world.write(graph)
    [row] = ask(graph, example, avoid_ids=["a", "b"])
    assert row == {
        "member_ids": None,
        "pass_ons": None,
        "strengths": None,
        "score": None,
        "complete_above": 0.0,
        "complete_above_all_ties": 0.0,
    }


def test_two_who_block_each_other_have_no_chain(graph: Graph, example: Example) -> None:
    chain_world(blocks={(TO, FROM): None}).write(graph)
    [row] = ask(graph, example)
    assert row["member_ids"] is None


@pytest.mark.parametrize("ends", [{"from_id": "nobody"}, {"to_id": "nobody"}, {"to_id": FROM}])
def test_an_end_that_is_not_there_gives_no_row(graph: Graph, example: Example, ends: dict[str, str]) -> None:
    example.world.write(graph)
    assert ask(graph, example, **ends) == []
