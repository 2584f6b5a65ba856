"""The six-degree walk against a slow enumeration of all chains, on random small graphs in a real Neo4j."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import Chain, Rules, Ties, World
from walk_worlds import LATELY_S, MOST, NOW, SIZES, a_few, repeatable, some_of, tried, worlds

from sixhop.domain import Candidate, SourceResult
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
def examples(draw: st.DrawFn, sizes: Sequence[int] = SIZES) -> Example:
    world = draw(worlds(sizes))
    experienced = draw(st.integers(0, 5)) == 0
    if experienced:
        world = draw(tried(world))
    targets = draw(st.sampled_from([1, 2, 4, 8, 40, 40]))
    min_degree, max_degree = draw(st.sampled_from([(1, 6)] * 5 + [(2, 6), (1, 2), (2, 3)]))
    asked = WalkSettings(
        width=draw(st.sampled_from([1, 2, 3, 5, 8])),
        beam=draw(st.sampled_from([0, 1, 2, 4])),
        targets=targets,
        quotas=draw(st.sampled_from([quotas for quotas in QUOTAS if sum(quotas) <= targets])),
        max_length=draw(st.sampled_from([6, 6, 6, 5, 3, 2, 1])),
        min_degree=min_degree,
        max_degree=max_degree,
        experienced_introducers=experienced,
        most_asked=MOST,
        asked_within_s=LATELY_S,
    )
    rules = Rules(
        world,
        "m00",
        NOW,
        offering=experienced or draw(st.sampled_from([True, True, False])),
        avoid=draw(a_few(world)),
        only=draw(some_of(world)) if draw(st.integers(0, 5)) == 0 else None,
        community=draw(st.sampled_from([None, "c1", "c1", "c2"])) if world.parents else None,
        experienced=experienced,
        most_asked=MOST,
        asked_within_s=LATELY_S,
    )
    return Example(world, rules, asked)


def walk(graph: Graph, example: Example) -> SourceResult:
    rules = example.rules
    anchor = Anchor(
        rules.sender,
        "o" if rules.offering else None,
        rules.as_of,
        tuple(rules.avoid),
        only_ids=None if rules.only is None else tuple(rules.only),
        community_id=rules.community,
    )
    rows = graph.rows(SIX_DEGREE_WALK, **example.walk.parameters([anchor]))
    [result] = read_walks(rows, anchors=[anchor], name=SIX_DEGREE_WALK)
    assert result is not None
    return result


def check(graph: Graph, example: Example) -> tuple[int, int, bool, bool]:
    """Assert every claim on its own; say how much there was to certify."""
    world, rules, asked = example.world, example.rules, example.walk
    world.write(graph)
    try:
        result = walk(graph, example)
    finally:
        world.clear(graph)
    assert result.certificate is not None
    found = {c.target_id: c for c in result.candidates}
    assert len(found) == len(result.candidates) <= asked.targets
    above, above_all = result.certificate.complete_above, result.certificate.complete_above_all_ties
    assert above_all >= above
    certified = whole(rules, world.close_to(), asked, found, above)
    certified_all = whole(rules, world.pass_on, asked, found, above_all)

    chains = {c.members: c for c in rules.chains(world.close_to(), asked.max_length)}
    shortest = rules.shortest(world.close_to(), asked.max_length)
    for target, candidate in found.items():
        chain = candidate.chain
        assert rules.eligible(target)
        assert chain.score == pytest.approx(chains[chain.members].score, rel=EXACT, abs=0)
        assert shortest[target] <= candidate.degree <= chain.length
        assert asked.min_degree <= candidate.degree <= asked.max_degree
    for joint in result.joints:
        assert joint.member_id not in found
        assert rules.goes_on(chains[joint.chain.members])
    return certified, certified_all, above > 0, above_all > above


def whole(rules: Rules, ties: Ties, asked: WalkSettings, found: dict[str, Candidate], above: float) -> int:
    """Assert that who is certified was found, with the best score; how many these are.

    A degree is at least the shortest chain's length and at most the best one's: who lies in the range for certain must
    be there, who lies outside for certain must not.
    """
    best: dict[str, Chain] = {}
    for chain in rules.chains(ties, asked.max_length):
        end = chain.members[-1]
        if rules.eligible(end) and chain.score > above:
            best[end] = max(best.get(end, chain), chain, key=lambda c: (c.score, len(c.members)))
    shortest = rules.shortest(ties, asked.max_length)
    must = {
        m: chain.score
        for m, chain in best.items()
        if asked.min_degree <= shortest[m] and len(chain.members) - 1 <= asked.max_degree
    }
    scores = {m: c.chain.score for m, c in found.items()}
    assert {m: scores.get(m) for m in must} == pytest.approx(must, rel=EXACT, abs=0)
    for m, score in scores.items():
        if score > above:
            assert score == pytest.approx(best[m].score, rel=EXACT, abs=0)
    return len(must)


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[tuple[int, int, bool, bool]] = []

    @repeatable(max_examples)
    @given(examples())
    def run(example: Example) -> None:
        seen.append(check(graph, example))

    run()
    whole = len(seen)
    assert sum(n > 0 for n, _, _, _ in seen) > whole / 4, "too few examples certify anything over CLOSE_TO"
    assert sum(n > 0 for _, n, _, _ in seen) > whole / 5, "too few examples certify anything over all ties"
    assert sum(n > 0 and limited for n, _, limited, _ in seen) > whole / 12, "too few examples reach a limit"
    assert sum(hub for _, _, _, hub in seen) > whole / 12, "too few examples have unlisted ties"


def test_with_room_for_everybody_all_are_found_at_their_true_degree(graph: Graph) -> None:
    """Then the walk is a breadth-first search too."""
    visited: Counter[int] = Counter()

    @repeatable(60)
    @given(examples(sizes=(8, 9, 10)))
    def run(drawn: Example) -> None:
        world, rules = drawn.world, drawn.rules
        room = replace(drawn.walk, width=100, beam=100, targets=500, quotas=(0,) * 6)
        wide = replace(room, max_length=6, min_degree=1, max_degree=6)
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
    assert visited.keys() >= {1, 2, 3}


def test_everything_above_the_thresholds_is_found_exactly(graph: Graph) -> None:
    tally_check(graph, 300)


@pytest.mark.verify
def test_everything_above_the_thresholds_is_found_exactly_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)
