"""What the backward walk returns, case by case: each rule for senders and introducers, several targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from walk_oracle import World

from sixhop.domain import Certificate, Chain, SourceResult, Tie
from sixhop.graph.executor import Graph
from sixhop.graph.walk import BackwardAnchor, WalkSettings, read_walks

BACK = "sources/six_degree_walk_back"
NOW = 1_700_000_000
GLAD = {"first_at": NOW, "last_at": NOW}


def back(graph: Graph, *target_ids: str, settings: WalkSettings | None = None, **anchor: Any) -> SourceResult | None:
    asked = BackwardAnchor(target_ids, "o", NOW, **anchor)
    rows = graph.rows(BACK, **(settings or WalkSettings()).parameters([asked]))
    return read_walks(rows, anchors=[asked], name=BACK)[0]


def chains(
    graph: Graph, *target_ids: str, settings: WalkSettings | None = None, **anchor: Any
) -> dict[str, tuple[str, ...]]:
    result = back(graph, *target_ids, settings=settings, **anchor)
    assert result is not None
    return {c.sender_id: c.chain.members for c in result.candidates}


def two_ways(a: dict[str, Any] | None = None, s: dict[str, Any] | None = None, **facts: Any) -> World:
    """From s, who is glad of the offering, to t by a (0.25) or by b (0.04)."""
    ties = {"s": {"a": 0.5, "b": 0.2}, "a": {"t": 0.5}, "b": {"t": 0.2}, "t": {}}
    members = {m: {} for m in ties} | {"a": a or {}, "s": s or {}}
    world = World(members=members, pass_on=ties, experiences={"s": GLAD})
    return replace(world, **{**facts, "experiences": {"s": GLAD, **facts.get("experiences", {})}})


def test_a_chain_goes_from_sender_to_target(graph: Graph) -> None:
    two_ways().write(graph)
    result = back(graph, "t", "nobody")
    assert result is not None
    [candidate] = result.candidates
    assert candidate.chain == Chain(("s", "a", "t"), (Tie(0.5), Tie(0.5)))
    assert (candidate.offering_id, candidate.degree) == ("o", 2)
    assert result.certificate == Certificate(0.0, 0.0)
    assert back(graph, "nobody") is None


@pytest.mark.parametrize(
    "facts",
    [
        {"since": {("a", "t"): NOW + 1}, "last_event_at": NOW + 1},
        {"blocks": {("t", "a"): NOW}},
        {"blocks": {("s", "a"): None}},
        {"experiences": {"a": {"sentiment": -0.5, **GLAD}}},
        {"a": {"can_introduce": False}},
        {"a": {"asked_at": [NOW - 9, NOW - 5] * 10}},
    ],
    ids=[
        "a tie not there yet",
        "a block at the end",
        "a block on a hop",
        "a detractor",
        "no consent",
        "over the load cap",
    ],
)
def test_where_the_best_chain_may_not_be_the_second_best_is_found(graph: Graph, facts: dict[str, Any]) -> None:
    two_ways(**facts).write(graph)
    assert chains(graph, "t")["s"] == ("s", "b", "t")


def test_introducers_may_be_avoided_or_have_to_be_glad(graph: Graph) -> None:
    two_ways(experiences={"b": GLAD}).write(graph)
    assert chains(graph, "t", avoid_ids=("a",))["s"] == ("s", "b", "t")
    strict = WalkSettings(experienced_introducers=True)
    assert chains(graph, "t", settings=strict) == {"s": ("s", "b", "t"), "b": ("b", "t")}


@pytest.mark.parametrize(
    "facts",
    [
        {"experiences": {"s": {"first_at": NOW + 1}}},
        {"experiences": {"s": {"sentiment": -0.1, **GLAD}}},
        {"experiences": {"s": {"sentiment": -0.5, **GLAD}}},
        {"s": {"can_be_named": False}},
        {"s": {"opted_out_at": NOW}},
        {"s": {"sent_at": [NOW - 1] * 20}},
        {"blocks": {("s", "t"): NOW}},
        {"a": {"can_be_named": False}},
    ],
    ids=[
        "not yet",
        "not glad",
        "a detractor",
        "no name",
        "opted out",
        "asked enough",
        "blocked",
        "contact without name",
    ],
)
def test_who_may_not_send_is_no_sender_but_may_introduce(graph: Graph, facts: dict[str, Any]) -> None:
    two_ways(**facts).write(graph)
    assert chains(graph, "t") == {}


@pytest.mark.parametrize(
    ("sent_at", "senders"), [([NOW - 9, NOW], []), ([NOW - 10, NOW], ["s"]), ([NOW, NOW + 1], ["s"])]
)
def test_only_what_was_sent_lately_counts(graph: Graph, sent_at: list[int], senders: list[str]) -> None:
    two_ways(s={"sent_at": sent_at}).write(graph)
    assert list(chains(graph, "t", settings=WalkSettings(most_sent=2, sent_within_s=10))) == senders


def test_of_several_targets_each_sender_has_the_best_and_no_chain_leads_through_one(graph: Graph) -> None:
    ties = {"s": {"t1": 0.5}, "t1": {"t2": 0.9}, "r": {"a": 0.9, "t1": 0.2}, "a": {"t2": 0.5}, "t2": {}}
    everybody = dict.fromkeys(ties, GLAD)
    World(members={m: {} for m in ties}, pass_on=ties, experiences=everybody).write(graph)
    assert chains(graph, "t1", "t2") == {"s": ("s", "t1"), "a": ("a", "t2"), "r": ("r", "a", "t2")}


def test_degrees_and_length_are_limits(graph: Graph) -> None:
    ties: dict[str, dict[str, float]] = {f"d{n}": {f"d{n - 1}": 0.5} for n in range(1, 9)} | {"d0": {}}
    World(members={m: {} for m in ties}, pass_on=ties, experiences=dict.fromkeys(ties, GLAD)).write(graph)
    assert sorted(chains(graph, "d0")) == [f"d{n}" for n in range(1, 7)]
    assert sorted(chains(graph, "d0", settings=WalkSettings(max_length=3))) == ["d1", "d2", "d3"]
    assert sorted(chains(graph, "d0", settings=WalkSettings(min_degree=2, max_degree=3))) == ["d2", "d3"]
