"""The benchmark's oracle must be right itself: compared with an enumeration of every chain of small worlds."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop_bench import oracle
from sixhop_bench.oracle import DETRACTOR_SENTIMENT, MAX_LENGTH, Oracle
from sixhop_bench.world import Bools, Ways, World

OFFERING = 0
MEMBERS = 7


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few members with some ties, blocks, refusals and experiences of one offering."""
    member = st.integers(0, MEMBERS - 1)
    pair = st.tuples(member, member).filter(lambda ends: ends[0] != ends[1])
    ties = draw(st.dictionaries(pair, st.sampled_from([0.1, 0.3, 0.5, 0.9, 1.0]), max_size=24))
    blocked = draw(st.sets(pair, max_size=3))
    blocked |= {(b, a) for a, b in blocked}
    had = draw(st.dictionaries(member, st.sampled_from([-0.9, -0.2, 0.7, float("nan")]), max_size=4))
    yes_or_no = st.lists(st.booleans(), min_size=MEMBERS, max_size=MEMBERS)
    refused, unnamed, shy = (np.array(draw(yes_or_no)) & np.array(draw(yes_or_no)) for _ in range(3))
    return World(
        members=MEMBERS,
        offerings=1,
        forward=_ways([(u, v, p) for (u, v), p in ties.items()], blocked),
        backward=_ways([(v, u, p) for (u, v), p in ties.items()], blocked),
        blocked=frozenset(blocked),
        reachable=~refused,
        opted_out=np.zeros(MEMBERS, dtype=bool),
        named=~unnamed,
        introduces=~shy,
        had_start=np.searchsorted(sorted(had), np.arange(MEMBERS + 1)),
        had_offering=np.full(len(had), OFFERING),
        sentiment=np.array([had[m] for m in sorted(had)], dtype=np.float64),
        outreaches=0,
    )


def _ways(ties: list[tuple[int, int, float]], blocked: set[tuple[int, int]]) -> Ways:
    ties = sorted(ties)
    start = np.searchsorted([u for u, _, _ in ties], np.arange(MEMBERS + 1))
    pass_on = np.array([0.0 if (u, v) in blocked else p for u, v, p in ties])
    return Ways(start, np.array([v for _, v, _ in ties], dtype=np.int64), pass_on)


def chains(world: World, ways: Ways, start: int, *, about: bool) -> Iterator[tuple[list[int], float]]:
    """Every simple chain from `start`; `about`: detractors of the offering do not introduce."""
    moods = dict(zip(*world.experienced(OFFERING), strict=True)) if about else {}
    stack: list[tuple[list[int], float]] = [([start], 1.0)]
    while stack:
        chain, score = stack.pop()
        yield chain, score
        end = chain[-1]
        silent = end != start and (not world.introduces[end] or moods.get(end, 0) <= DETRACTOR_SENTIMENT)
        if len(chain) > MAX_LENGTH or silent:
            continue
        for row in range(ways.start[end], ways.start[end + 1]):
            if ways.to[row] not in chain and ways.pass_on[row] > 0:
                stack.append(([*chain, int(ways.to[row])], score * ways.pass_on[row]))


def best_of(world: World, ways: Ways, start: int, first: Bools | None = None) -> dict[int, float]:
    best: dict[int, float] = {}
    for chain, score in chains(world, ways, start, about=True):
        if len(chain) > 1 and (first is None or first[chain[1]]):
            best[chain[-1]] = max(best.get(chain[-1], 0.0), score)
    return best


def same(found: dict[int, float], wanted: dict[int, float]) -> bool:
    return found.keys() == wanted.keys() and all(np.isclose(found[m], wanted[m]) for m in found)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_its_targets_are_those_of_every_chain(world: World) -> None:
    had = set(world.experienced(OFFERING)[0].tolist())
    for sender in range(MEMBERS):
        wanted = {
            m: score
            for m, score in best_of(world, world.forward, sender, first=world.named).items()
            if m not in had and world.reachable[m] and world.named[m] and (sender, m) not in world.blocked
        }
        assert same(Oracle(world).targets(sender, OFFERING), wanted)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_letting_go_of_low_scores_loses_none_of_the_best(world: World) -> None:
    for sender in range(MEMBERS):
        everyone = Oracle(world).targets(sender, OFFERING)
        with mock.patch.object(oracle, "TOP", 2):
            best = Oracle(world).targets(sender, OFFERING)
        assert np.allclose(sorted(best.values())[-2:], sorted(everyone.values())[-2:])


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_its_referrers_are_those_of_every_chain(world: World) -> None:
    moods = dict(zip(*world.experienced(OFFERING), strict=True))
    for target in range(MEMBERS):
        wanted = {
            m: score
            for m, score in best_of(world, world.backward, target).items()
            if m in moods and not moods[m] < 0 and world.named[m] and (target, m) not in world.blocked
        }
        assert same(Oracle(world).referrers(target, OFFERING), wanted)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_its_best_chain_between_two_is_the_best_of_every_chain(world: World) -> None:
    for start in range(MEMBERS):
        wanted = np.zeros(MEMBERS)
        for chain, score in chains(world, world.forward, start, about=False):
            if len(chain) <= 2 or world.named[chain[1]]:
                wanted[chain[-1]] = max(wanted[chain[-1]], score)
        for end in set(range(MEMBERS)) - {start}:
            expected = 0.0 if (start, end) in world.blocked else wanted[end]
            assert np.isclose(Oracle(world).best_chain(start, end), expected)
