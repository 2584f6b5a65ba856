"""The six-degree walk against a slow enumeration of all chains, on random small graphs in a real Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk_oracle import Rules, World

from sixhop.domain import SourceResult
from sixhop.graph.executor import Graph
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks

NOW = 1_700_000_000
EXACT = 1e-12
T = TypeVar("T")
# Few different values make equal scores; 1.0 makes chains that cost nothing, 0 ties that nobody passes on.
SCORES = ([1.0], [1.0, 0.5], [0.9, 0.5, 0.5, 0.25, 0.1, 0.0], [], [], [])
QUOTAS = ((0,) * 6, (1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (1, 1, 1, 0, 0, 0), (1,) * 6)


@dataclass(frozen=True)
class Example:
    world: World
    rules: Rules
    walk: WalkSettings


def present(**facts: object) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """A graph of up to ten members who know each other well enough that there is much to cut off, sometimes a hub."""
    dice = draw(st.randoms(use_true_random=True))
    hub = draw(st.integers(0, 9)) == 0
    ids = [f"m{i:02d}" for i in range(draw(st.integers(3, 10)))]
    leaves = [f"n{i:02d}" for i in range(40)] if hub else []
    pairs = [(u, v) for u in ids for v in ids if u != v]
    density = draw(st.sampled_from([0.15, 0.3, 0.5, 0.7]))
    scores = draw(st.sampled_from(SCORES))
    ties = [pair for pair in pairs if dice.random() < density] or pairs[:1]
    if hub:
        ties += [(ids[0], leaf) for leaf in leaves] + [(leaf, dice.choice(ids)) for leaf in leaves[:3]]
    pass_on: dict[str, dict[str, float]] = {m: {} for m in ids + leaves}
    for u, v in dict.fromkeys(ties):
        pass_on[u][v] = dice.choice(scores) if scores else dice.random()

    def some(count: int, *, of: Sequence[T]) -> list[T]:
        return dice.sample(of, min(len(of), dice.randrange(count + 1)))

    def about_now() -> int | None:
        return dice.choice([None, *range(NOW - 2, NOW + 3)])

    no_introducers, not_reached, opted_out = (some(2, of=ids[1:]) for _ in range(3))
    world = World(
        members={
            m: present(
                can_introduce=False if m in no_introducers else dice.choice([None, True]),
                can_be_reached=False if m in not_reached else dice.choice([None, True]),
                opted_out_at=NOW + dice.randrange(-2, 3) if m in opted_out else None,
            )
            for m in ids + leaves
        },
        pass_on=pass_on,
        since={pair: NOW + dice.randrange(-2, 3) for pair in some(4, of=ties)},
        blocks={pair: about_now() for pair in some(2, of=pairs)},
        experiences={m: experience(dice) for m in some(3, of=ids)},
        close_ties=32 if hub else draw(st.sampled_from([2, 3, 4, 32])),
        last_event_at=draw(st.sampled_from([None, NOW - 1, NOW, NOW + 5])),
    )
    targets = draw(st.integers(2, 10))
    asked = WalkSettings(
        width=draw(st.integers(2, 8)),
        beam=draw(st.integers(0, 4)),
        targets=targets,
        quotas=draw(st.sampled_from([quotas for quotas in QUOTAS if sum(quotas) <= targets])),
        max_length=draw(st.sampled_from([6, 6, 6, 5, 3, 2, 1])),
    )
    rules = Rules(
        world,
        sender=ids[0],
        as_of=NOW,
        offering=draw(st.sampled_from([True, True, False])),
        avoid=frozenset(some(1, of=ids)),
    )
    return Example(world, rules, asked)


def experience(dice: Random) -> dict[str, object]:
    first_at = dice.choice([None, *range(NOW - 2, NOW + 3)])
    last_at = None if first_at is None else first_at + dice.randrange(3)
    return present(sentiment=dice.choice([None, 0.5, -0.4, -0.5, -1.0]), first_at=first_at, last_at=last_at)


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
    share = len(seen)
    assert sum(n > 0 for n, _, _, _ in seen) > share / 4, "too few examples certify anything over CLOSE_TO"
    assert sum(n > 0 for _, n, _, _ in seen) > share / 4, "too few examples certify anything over all ties"
    assert sum(n > 0 and limited for n, _, limited, _ in seen) > share / 10, "too few examples reach a limit"
    assert sum(hub for _, _, _, hub in seen) > share / 20, "too few examples have unlisted ties"


def test_everything_above_the_thresholds_is_found_exactly(graph: Graph) -> None:
    tally_check(graph, 80)


@pytest.mark.verify
def test_everything_above_the_thresholds_is_found_exactly_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)
