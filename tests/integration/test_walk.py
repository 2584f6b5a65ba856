"""The six-degree walk against a slow enumeration of all chains, on random small graphs in a real Neo4j."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk_oracle import Rules, World
from walk_worlds import NOW, a_few, worlds

from sixhop.domain import SourceResult
from sixhop.graph.executor import Graph
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks

EXACT = 1e-12
QUOTAS = ((0,) * 6, (1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (1, 1, 1, 0, 0, 0), (1,) * 6)


@dataclass(frozen=True)
class Example:
    world: World
    rules: Rules
    walk: WalkSettings


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(worlds())
    targets = draw(st.sampled_from([1, 2, 4, 8, 40, 40]))
    asked = WalkSettings(
        width=draw(st.sampled_from([1, 2, 3, 5])),
        beam=draw(st.sampled_from([0, 1, 2, 4])),
        targets=targets,
        quotas=draw(st.sampled_from([quotas for quotas in QUOTAS if sum(quotas) <= targets])),
        max_length=draw(st.sampled_from([6, 6, 6, 5, 3, 2, 1])),
    )
    offering = draw(st.sampled_from([True, True, False]))
    return Example(world, Rules(world, "m00", NOW, offering, avoid=draw(a_few(world))), asked)


def walk(graph: Graph, example: Example) -> SourceResult:
    rules = example.rules
    anchor = Anchor(rules.sender, "o" if rules.offering else None, rules.as_of, tuple(rules.avoid))
    rows = graph.rows(SIX_DEGREE_WALK, **example.walk.parameters([anchor]))
    [result] = read_walks(rows, anchors=1, name=SIX_DEGREE_WALK)
    assert result is not None
    return result


def certified(best: dict[str, float], above: float) -> dict[str, float]:
    return {m: score for m, score in best.items() if score > above}


def check(graph: Graph, example: Example) -> tuple[int, int, bool, bool]:
    """Assert every claim on its own; say how much there was to certify."""
    world, rules, asked = example.world, example.rules, example.walk
    world.write(graph)
    try:
        result = walk(graph, example)
    finally:
        world.clear(graph)
    assert result.certificate is not None
    close, found = world.close_to(), {c.target_id: c for c in result.candidates}
    assert len(found) == len(result.candidates) <= asked.targets

    above = result.certificate.complete_above
    expected = certified(rules.best_scores(close, asked.max_length), above)
    assert {m: c.chain.score for m, c in found.items() if c.chain.score > above} == pytest.approx(
        expected, rel=EXACT, abs=0
    )

    above_all = result.certificate.complete_above_all_ties
    assert above_all >= above
    expected_all = certified(rules.best_scores(world.pass_on, asked.max_length), above_all)
    got_all = {m: c.chain.score for m, c in found.items() if c.chain.score > above_all}
    assert got_all == pytest.approx(expected_all, rel=EXACT, abs=0)

    valid = {c.members: c.score for c in rules.chains(close, asked.max_length)}
    # Ties dated after the realm's last event are only looked for along the chains that are returned.
    undated = rules if rules.past else replace(rules, world=replace(world, since={}))
    shortest = undated.shortest(close, asked.max_length)
    for target, candidate in found.items():
        chain = candidate.chain
        assert rules.eligible(target)
        assert chain.members[-1] == target
        assert chain.score == pytest.approx(valid[chain.members], rel=EXACT, abs=0)
        assert shortest[target] <= candidate.degree <= chain.length
    return len(expected), len(expected_all), above > 0, above_all > above


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[tuple[int, int, bool, bool]] = []

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
    assert sum(n > 0 for n, _, _, _ in seen) > whole / 3, "too few examples certify anything over CLOSE_TO"
    assert sum(n > 0 for _, n, _, _ in seen) > whole / 3, "too few examples certify anything over all ties"
    assert sum(n > 0 and limited for n, _, limited, _ in seen) > whole / 6, "too few examples reach a limit"
    assert sum(hub for _, _, _, hub in seen) > whole / 12, "too few examples have unlisted ties"


def test_with_a_beam_for_everybody_every_degree_is_visited(graph: Graph) -> None:
    """Then the walk is a breadth-first search too: who can be reached is found, at its true degree."""
    visited: set[int] = set()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(examples())
    def run(drawn: Example) -> None:
        world = drawn.world if drawn.rules.past else replace(drawn.world, since={})
        rules = replace(drawn.rules, world=world)
        wide = replace(drawn.walk, width=1, beam=100, targets=500, quotas=(0,) * 6)
        world.write(graph)
        try:
            result = walk(graph, Example(world, rules, wide))
        finally:
            world.clear(graph)
        shortest = rules.shortest(world.close_to(), wide.max_length)
        expected = {m: degree for m, degree in shortest.items() if rules.eligible(m)}
        assert {c.target_id: c.degree for c in result.candidates} == expected
        visited.update(expected.values())

    run()
    assert visited >= {1, 2, 3}


def test_everything_above_the_thresholds_is_found_exactly(graph: Graph) -> None:
    tally_check(graph, 100)


@pytest.mark.verify
def test_everything_above_the_thresholds_is_found_exactly_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)
