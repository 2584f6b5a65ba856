"""What a walk returns, case by case: certificates, places for each degree, joints, several anchors at once."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any
from unittest.mock import ANY

import pytest
from walk_oracle import World

from sixhop import bootstrap
from sixhop.domain import Certificate, Chain, SourceResult, Tie
from sixhop.errors import InvalidInput
from sixhop.graph.executor import Graph
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks, six_degree_walk
from sixhop.settings import Settings

NOW = 1_700_000_000


def walks(graph: Graph, *anchors: Anchor, settings: WalkSettings | None = None) -> list[SourceResult | None]:
    rows = graph.rows(SIX_DEGREE_WALK, **(settings or WalkSettings()).parameters(anchors))
    return read_walks(rows, anchors=anchors, name=SIX_DEGREE_WALK)


def degrees(graph: Graph, settings: WalkSettings) -> list[int]:
    [result] = walks(graph, Anchor("s", None, NOW), settings=settings)
    assert result is not None
    return sorted(candidate.degree for candidate in result.candidates)


@pytest.fixture
def crowd(graph: Graph) -> World:
    """The sender s has ten good contacts and one weak one, behind whom three more stand in a row."""
    ties = {"s": {f"c{n}": 0.9 - n / 100 for n in range(10)} | {"w1": 0.01}}
    ties |= {"w1": {"w2": 0.1}, "w2": {"w3": 0.1}, "w3": {"w4": 0.1}, "w4": {}} | {f"c{n}": {} for n in range(10)}
    world = World(members={m: {} for m in ties}, pass_on=ties)
    world.write(graph)
    return world


def test_places_are_kept_for_every_degree_asked_for(graph: Graph, crowd: World) -> None:
    few = WalkSettings(width=8, beam=8, targets=5, quotas=(0,) * 6)
    assert degrees(graph, few) == [1, 1, 1, 1, 1]
    assert degrees(graph, replace(few, quotas=(1, 1, 1, 0, 0, 0))) == [1, 1, 1, 2, 3]
    assert degrees(graph, replace(few, quotas=(0, 1, 1, 1, 0, 0))) == [1, 1, 2, 3, 4]


def test_without_a_beam_nothing_below_the_width_is_expanded(graph: Graph, crowd: World) -> None:
    assert degrees(graph, WalkSettings(width=4, beam=0, targets=64)) == [1] * 11


def test_all_six_degrees_are_visited_behind_a_crowd(graph: Graph) -> None:
    ties = {"s": {f"c{n}": 0.9 for n in range(20)} | {"d1": 0.01}} | {f"c{n}": {} for n in range(20)}
    ties |= {f"d{n}": {f"d{n + 1}": 0.01} for n in range(1, 8)} | {"d8": {}}
    World(members={m: {} for m in ties}, pass_on=ties).write(graph)
    seen = degrees(graph, WalkSettings(width=16, beam=8, targets=16, quotas=(1,) * 6))
    assert sorted(set(seen)) == [1, 2, 3, 4, 5, 6]


def test_length_and_degrees_are_limits(graph: Graph, crowd: World) -> None:
    assert max(degrees(graph, WalkSettings(max_length=3))) == 3
    assert degrees(graph, WalkSettings(min_degree=2, max_degree=3)) == [2, 3]


def test_nobody_to_reach_is_a_certificate_and_nobody_there_is_nothing(graph: Graph, crowd: World) -> None:
    alone, nobody = walks(graph, Anchor("w4", None, NOW), Anchor("nobody", None, NOW))
    assert alone == SourceResult(SIX_DEGREE_WALK, (), Certificate(0.0, 0.0))
    assert nobody is None


def test_several_anchors_are_walked_as_each_alone(graph: Graph, crowd: World) -> None:
    anchors = [
        Anchor("s", None, NOW),
        Anchor("w1", "o", NOW),
        Anchor("s", "o", NOW, ("w1",)),
        Anchor("nobody", None, NOW),
    ]
    assert walks(graph, *anchors) == [walks(graph, anchor)[0] for anchor in anchors]


def test_who_may_introduce_but_is_no_target_is_a_joint(graph: Graph) -> None:
    ties = {"s": {"a": 0.5, "b": 0.4}, "a": {"c": 0.5}, "b": {}, "c": {}}
    World(members={m: {} for m in ties}, pass_on=ties, experiences={"a": {"first_at": NOW}}).write(graph)
    [result] = walks(graph, Anchor("s", "o", NOW))
    assert result is not None
    assert {c.target_id for c in result.candidates} == {"b", "c"}
    assert [joint.chain for joint in result.joints] == [Chain(("s", "a"), (Tie(0.5),))]
    assert isnan(result.joints[0].chain.ties[0].strength)


def two_ways(a: dict[str, Any] | None = None, **facts: Any) -> World:
    """From s to t by a (0.25) or by b (0.04)."""
    ties = {"s": {"a": 0.5, "b": 0.2}, "a": {"t": 0.5}, "b": {"t": 0.2}, "t": {}}
    return World(members={m: {} for m in ties} | {"a": a or {}}, pass_on=ties, **facts)


def best_chain(graph: Graph, settings: WalkSettings | None = None, **anchor: Any) -> tuple[str, ...]:
    [result] = walks(graph, Anchor("s", "o", NOW, **anchor), settings=settings)
    assert result is not None
    return {c.target_id: c.chain.members for c in result.candidates}["t"]


@pytest.mark.parametrize(
    "facts",
    [
        {"since": {("a", "t"): NOW + 1}, "last_event_at": NOW + 1},
        {"blocks": {("t", "a"): NOW}},
        {"experiences": {"a": {"sentiment": -0.5, "first_at": NOW, "last_at": NOW}}},
        {"a": {"can_introduce": False}},
        {"a": {"can_be_named": False}},
        {"a": {"asked_at": [NOW - 9, NOW - 5] * 10}},
    ],
    ids=[
        "a tie that was not there yet",
        "a block on a hop",
        "a detractor",
        "no consent",
        "no name",
        "over the load cap",
    ],
)
def test_where_the_best_chain_may_not_be_the_second_best_is_found(graph: Graph, facts: dict[str, Any]) -> None:
    two_ways(**facts).write(graph)
    assert best_chain(graph) == ("s", "b", "t")


def test_who_is_to_be_avoided_does_not_introduce_but_may_be_reached(graph: Graph) -> None:
    two_ways().write(graph)
    assert best_chain(graph) == ("s", "a", "t")
    assert best_chain(graph, avoid_ids=("a", "t")) == ("s", "b", "t")


@pytest.mark.parametrize("at", [NOW + 1, NOW])
def test_what_came_later_had_not_happened(graph: Graph, at: int) -> None:
    experiences = {"a": {"sentiment": -1.0, "first_at": NOW + 1, "last_at": NOW + 1}}
    world = two_ways(blocks={("s", "a"): at}, experiences=experiences, last_event_at=NOW + 1)
    world.write(graph)
    assert best_chain(graph) == (("s", "a", "t") if at > NOW else ("s", "b", "t"))


def test_a_tie_younger_than_the_last_event_is_not_there_yet_either(graph: Graph) -> None:
    two_ways(since={("a", "t"): NOW + 1}, last_event_at=NOW).write(graph)
    assert best_chain(graph) == ("s", "b", "t")


@pytest.mark.parametrize("opted_out_at", [NOW - 1, NOW + 1])
def test_an_opt_out_counts_whenever_it_was_made_though_a_tie_is_younger(graph: Graph, opted_out_at: int) -> None:
    world = two_ways({"opted_out_at": opted_out_at}, since={("b", "t"): NOW + 9}, last_event_at=NOW)
    world.write(graph)
    [result] = walks(graph, Anchor("s", "o", NOW))
    assert result is not None
    assert {c.target_id: c.chain.members for c in result.candidates} == {"b": ("s", "b"), "t": ("s", "a", "t")}


def test_introducers_may_have_to_be_glad_of_the_offering(graph: Graph) -> None:
    strict = WalkSettings(experienced_introducers=True)
    two_ways(experiences={"b": {"first_at": NOW}, "a": {"first_at": NOW, "sentiment": -0.1}}).write(graph)
    assert best_chain(graph) == ("s", "a", "t")
    assert best_chain(graph, strict) == ("s", "b", "t")


@pytest.mark.parametrize(("asked_at", "via"), [([NOW - 9, NOW], "b"), ([NOW - 10, NOW], "a"), ([NOW, NOW + 1], "a")])
def test_only_what_was_asked_lately_counts(graph: Graph, asked_at: list[int], via: str) -> None:
    two_ways({"asked_at": asked_at}).write(graph)
    assert best_chain(graph, WalkSettings(most_asked=2, asked_within_s=10)) == ("s", via, "t")


def test_an_unnamed_contact_introduces_once_someone_else_comes_first(graph: Graph) -> None:
    ties = {"s": {"a": 0.9, "b": 0.5}, "b": {"a": 0.5}, "a": {"t": 0.5}, "t": {}}
    World(members={m: {} for m in ties} | {"a": {"can_be_named": False}}, pass_on=ties).write(graph)
    assert best_chain(graph) == ("s", "b", "a", "t")


@pytest.mark.parametrize("fact", [{"can_be_named": False}, {"can_be_reached": False}, {"opted_out_at": NOW}])
def test_who_may_not_be_named_or_reached_introduces_but_is_no_target(graph: Graph, fact: dict[str, Any]) -> None:
    ties = {"s": {"a": 0.5}, "a": {"b": 0.5}, "b": {"c": 0.5}, "c": {}}
    World(members={m: {} for m in ties} | {"b": fact}, pass_on=ties).write(graph)
    [result] = walks(graph, Anchor("s", "o", NOW))
    assert result is not None
    assert {c.target_id for c in result.candidates} == {"a", "c"}
    assert [joint.member_id for joint in result.joints] == ["b"]


def test_only_those_asked_for_are_targets(graph: Graph, crowd: World) -> None:
    [result] = walks(graph, Anchor("s", None, NOW, only_ids=("w3", "c1", "nobody")))
    assert result is not None
    assert [c.target_id for c in result.candidates] == ["c1", "w3"]
    assert walks(graph, Anchor("s", None, NOW, only_ids=()))[0] == replace(result, candidates=(), joints=ANY)


@pytest.mark.parametrize(
    ("community", "targets"), [("top", ["c1", "c2", "w2"]), ("within", ["c2", "w2"]), ("deep", ["w2"]), ("nothing", [])]
)
def test_targets_may_have_to_be_of_a_community_or_of_one_within_it(
    graph: Graph, crowd: World, community: str, targets: list[str]
) -> None:
    crowd.clear(graph)
    replace(
        crowd,
        parents={"top": None, "within": "top", "deep": "within", "other": None},
        belongs={
            ("c1", "top"): {},
            ("c2", "within"): {"since": NOW},
            ("w2", "deep"): {"until": NOW + 1},
            ("c3", "top"): {"since": NOW + 1},
            ("c4", "top"): {"until": NOW},
            ("c5", "other"): {},
        },
    ).write(graph)
    [result] = walks(graph, Anchor("s", None, NOW, community_id=community))
    assert result is not None
    assert sorted(c.target_id for c in result.candidates) == targets


async def test_the_asynchronous_front_gives_the_same(graph: Graph, crowd: World, settings: Settings) -> None:
    anchor = Anchor("s", "o", NOW)
    async with bootstrap.open_async_graph(settings, graph.realm) as serving:
        assert await six_degree_walk(serving, anchor, WalkSettings()) == walks(graph, anchor)[0]
        assert await six_degree_walk(serving, Anchor("nobody", None, NOW), WalkSettings()) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"width": 0}, "width"),
        ({"beam": -1}, "beam"),
        ({"targets": 0}, "targets"),
        ({"quotas": (1, 1)}, "quotas"),
        ({"quotas": (60, 1, 1, 1, 1, 1)}, "quotas"),
        ({"max_length": 7}, "max_length"),
    ],
)
def test_a_walk_that_cannot_be_says_why(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        WalkSettings(**wrong)  # type: ignore[arg-type]
    assert field in dict(raised.value.violations)
