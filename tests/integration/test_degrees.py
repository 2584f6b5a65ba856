"""Degrees against a plain breadth-first search, on random small graphs with hubs, in a real Neo4j."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import World
from walk_worlds import repeatable

from sixhop.degrees import Degree, DegreeState, Reach
from sixhop.graph.degrees import DEGREES
from sixhop.graph.executor import Graph

START = "m00"


@dataclass(frozen=True)
class Example:
    ties: Mapping[str, frozenset[str]]
    targets: tuple[str, ...]
    asked: Mapping[str, int]


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """A sparse graph, a chain through it, sometimes hubs out, in, or both."""
    dice: Random = draw(st.randoms(use_true_random=True))
    ids = [f"m{i:02d}" for i in range(draw(st.sampled_from([2, 8, 16, 30])))]
    density = draw(st.sampled_from([0.0, 0.5, 1.0, 1.5])) / len(ids)
    ties = {u: {v for v in ids if u != v and dice.random() < density} for u in ids}
    chain = dice.sample(ids, min(len(ids), dice.randrange(2, 11)))
    for u, v in itertools.pairwise(chain):
        ties[u].add(v)
    for hub in dice.sample(ids, dice.randrange(3)):
        way = dice.choice(["out", "in", "both"])
        others = [m for m in ids if m != hub and dice.random() < 0.6]
        ties[hub] |= set(others) if way != "in" else set()
        for m in others if way != "out" else ():
            ties[m].add(hub)
    asked = {
        "rounds": draw(st.sampled_from([0, 1, 2, 5, 5, 5])),
        "ring_members": draw(st.sampled_from([1, 3, 1000])),
        "ring_ties": draw(st.sampled_from([0, 3, 8, 1000])),
        "steps": draw(st.sampled_from([0, 1, 3, 6, 6, 6])),
        "step_ties": draw(st.sampled_from([1, 4, 1000, 1000])),
        "hub_ties": draw(st.sampled_from([0, 2, 5, 1000])),
    }
    targets = (*ids, "nobody")
    return Example({u: frozenset(vs) for u, vs in ties.items()}, targets, asked)


def breadth_first(ties: Mapping[str, frozenset[str]], start: str) -> dict[str, int]:
    far, ring = {start: 0}, [start]
    while ring:
        ring = sorted({v for u in ring for v in ties[u]} - set(far))
        far |= dict.fromkeys(ring, max(far.values()) + 1)
    return far


def ask(graph: Graph, example: Example, **more: Any) -> list[Reach]:
    asked = {"member_id": START, "target_ids": list(example.targets), **example.asked, **more}
    rows = graph.rows(DEGREES, **asked)
    assert all(row["start_known"] for row in rows)
    return [Reach(*(row[name] for name in ("member_id", "known", "found", "at_least", "stopped_by"))) for row in rows]


def write(graph: Graph, ties: Mapping[str, frozenset[str]]) -> World:
    world = World(members={m: {} for m in ties}, pass_on={u: dict.fromkeys(vs, 0.5) for u, vs in ties.items()})
    world.write(graph)
    return world


def check(graph: Graph, example: Example) -> dict[DegreeState, int]:
    world = write(graph, example.ties)
    try:
        reaches = ask(graph, example)
    finally:
        world.clear(graph)
    assert [reach.member_id for reach in reaches] == list(example.targets)
    far = breadth_first(example.ties, START)
    seen: dict[DegreeState, int] = {}
    for reach in reaches:
        degree = reach.degree
        seen[degree.state] = seen.get(degree.state, 0) + 1
        true = far.get(reach.member_id, 10**9)
        match degree.state:
            case DegreeState.NO_MEMBER:
                assert reach.member_id == "nobody"
            case DegreeState.EXACT:
                assert degree.degree == true
            case DegreeState.BEYOND:
                assert true > 6
            case DegreeState.UNKNOWN:
                assert 1 <= degree.at_least <= true
                assert degree.at_most == 0 or true <= degree.at_most <= 6
                assert degree.at_least < (degree.at_most or 7)
        assert reach.is_settled == (degree.state is not DegreeState.UNKNOWN)
    limits = {**example.asked, "rounds": 5, "steps": 6}
    if example.asked == limits and min(limits[name] for name in ("step_ties", "hub_ties")) == 1000:
        assert DegreeState.UNKNOWN not in seen, "with no limit in the way all is known"
    return seen


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: dict[DegreeState, int] = {}

    @repeatable(max_examples)
    @given(examples())
    def run(example: Example) -> None:
        for state, count in check(graph, example).items():
            seen[state] = seen.get(state, 0) + count

    run()
    assert min(seen.get(state, 0) for state in DegreeState) > max_examples / 2, f"too few of some: {seen}"


def test_degrees_are_those_of_a_breadth_first_search(graph: Graph) -> None:
    tally_check(graph, 150)


@pytest.mark.verify
def test_degrees_are_those_of_a_breadth_first_search_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)


WIDE = {"rounds": 5, "ring_members": 1500, "ring_ties": 50_000, "steps": 6, "step_ties": 1000, "hub_ties": 1000}


def degrees(graph: Graph, ties: Mapping[str, set[str]], **limits: int) -> dict[str, Degree]:
    ids = sorted({*ties, *(v for vs in ties.values() for v in vs)})
    whole = {m: frozenset(ties.get(m, ())) for m in ids}
    write(graph, whole)
    example = Example(whole, tuple(ids), WIDE | limits)
    return {reach.member_id: reach.degree for reach in ask(graph, example)}


def test_along_a_line_of_members(graph: Graph) -> None:
    line = [START, "a", "b", "c", "d", "e", "f", "g"]
    found = degrees(graph, {u: {v} for u, v in itertools.pairwise(line)})
    assert [found[m].degree for m in line[:-1]] == [0, 1, 2, 3, 4, 5, 6]
    assert found["g"].state is DegreeState.BEYOND


HUB_WORLD = {
    START: {"a", "hub"},
    "hub": {f"n{i:02d}" for i in range(20)} | {"t"},
    "n00": {"u"},
    "a": {"b"},
    "b": {"c"},
    "c": {"u"},
}


def test_a_hub_in_between_is_met_from_the_other_end(graph: Graph) -> None:
    """Its ring stays as it is; whoever is tied to it is one step from that ring."""
    found = degrees(graph, HUB_WORLD, ring_ties=10)
    assert found["t"] == Degree("t", DegreeState.EXACT, degree=2)
    assert found["u"] == Degree("u", DegreeState.EXACT, degree=3)


def test_a_hub_as_the_start_is_met_from_the_other_end(graph: Graph) -> None:
    found = degrees(graph, {START: {f"n{i:02d}" for i in range(20)}, "n00": {"a"}, "a": {"b"}}, ring_ties=10)
    assert [found[m].degree for m in (START, "n07", "a", "b")] == [0, 1, 2, 3]


def test_what_lies_behind_a_hub_on_the_way_back_has_bounds(graph: Graph) -> None:
    into = {f"n{i:02d}": {"hub"} for i in range(20)}
    found = degrees(graph, {START: {"a"}, "a": {"n00"}, **into, "hub": {"t"}}, rounds=1, hub_ties=10)
    assert found["t"] == Degree("t", DegreeState.UNKNOWN, at_least=3), "the hub itself is not in the last ring"
    assert found["hub"] == Degree("hub", DegreeState.UNKNOWN, at_least=2), (
        "a hub is not looked behind as a target either"
    )


def test_a_member_that_is_not_there_and_a_start_that_is_not(graph: Graph) -> None:
    degrees(graph, {START: {"a"}})
    rows = graph.rows(DEGREES, member_id=START, target_ids=["a", "nobody"], **WIDE)
    assert [(row["known"], row["found"]) for row in rows] == [(True, 1), (False, None)]
    rows = graph.rows(DEGREES, member_id="nobody", target_ids=["a"], **WIDE)
    assert [row["start_known"] for row in rows] == [False]
