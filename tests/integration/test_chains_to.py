"""Chains joined to known ones against brute force: real simple chains that obey the rules, the best that can be met."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import Rules, World
from walk_worlds import LATELY_S, MOST, NOW, repeatable, tried, worlds

from sixhop import bootstrap
from sixhop.domain import Candidate, Chain, Joint, Proposal, TargetsQuestion, Tie
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.joiner import CHAINS_TO, SECOND, CypherJoiner
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks
from sixhop.settings import Settings

SENDER = "m00"
EXACT = 1e-12


def asked(max_length: int = 6) -> TargetsQuestion:
    return TargetsQuestion(
        request_id="r", offering_ids=("o",), as_of=NOW, limit=10, sender_id=SENDER, max_length=max_length
    )


@dataclass(frozen=True)
class Example:
    world: World
    rules: Rules
    walk: WalkSettings


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(worlds())
    experienced = draw(st.integers(0, 4)) == 0
    if experienced or draw(st.integers(0, 4)) == 0:
        world = draw(tried(world))
    # No two ties alike, so that there is no doubt about who the best are; and served after all that happened.
    ties = [(u, v) for u, of in world.pass_on.items() for v in of]
    pass_on = {u: {v: p * (1 - ties.index((u, v)) * 1e-4) for v, p in of.items()} for u, of in world.pass_on.items()}
    world = replace(world, pass_on=pass_on, since={}, last_event_at=NOW)
    walk = WalkSettings(
        width=draw(st.sampled_from([1, 2, 4])),
        beam=draw(st.sampled_from([0, 1])),
        targets=draw(st.sampled_from([1, 2, 4])),
        quotas=(0,) * 6,
        max_length=draw(st.sampled_from([6, 6, 3, 2])),
        experienced_introducers=experienced,
        most_asked=MOST,
        asked_within_s=LATELY_S,
    )
    experiences = {
        m: facts if facts.get("first_at", 0) <= NOW else {**facts, "first_at": NOW, "last_at": NOW}
        for m, facts in world.experiences.items()
    }
    world = replace(
        world, experiences={m: {"first_at": NOW, **facts, "last_at": NOW} for m, facts in experiences.items()}
    )
    rules = Rules(world, SENDER, NOW, experienced=experienced, most_asked=MOST, asked_within_s=LATELY_S)
    return Example(world, rules, walk)


def join(
    graph: Graph, serving: AsyncGraph, runner: asyncio.Runner, example: Example
) -> tuple[list[Candidate], dict[str, Chain]]:
    """The chains found to everybody, and the chains they were joined to: a narrow walk's targets and joints."""
    example.world.write(graph)
    try:
        anchor = Anchor(SENDER, "o", NOW)
        rows = graph.rows(SIX_DEGREE_WALK, **example.walk.parameters([anchor]))
        [walked] = read_walks(rows, anchors=[anchor], name=SIX_DEGREE_WALK)
        assert walked is not None
        joints = [*walked.joints, *(Joint(each.chain, "o", each.degree) for each in walked.candidates)]
        proposals = [Proposal(m, "o", 1.0) for m in (*example.world.members, "nobody") if m != SENDER]
        joiner = CypherJoiner(serving, example.walk)
        question = asked(example.walk.max_length)
        found = runner.run(joiner.join(question, proposals, joints, timeout_s=30))
    finally:
        example.world.clear(graph)
    return found, {joint.member_id: joint.chain for joint in joints} | {SENDER: Chain((SENDER,), ())}


def legal(rules: Rules, chain: Chain, max_length: int) -> bool:
    """Whether it is simple, not too long, and all in between may introduce, the first of them by name."""
    members = chain.members
    return (
        len(set(members)) == len(members) <= max_length + 1
        and all(v in rules.world.pass_on[u] and rules.hop(u, v) for u, v in itertools.pairwise(members))
        and all(map(rules.introduces, members[1:-1]))
        and (len(members) == 2 or rules.named(members[1]))
    )


def expected(example: Example, known: dict[str, Chain], target: str) -> float:
    """The best score of all ways by at most two rounds backward; 0 where there is none."""
    rules, before = example.rules, example.world.close_from()
    joins = {
        m: chain
        for m, chain in known.items()
        if chain.length < example.walk.max_length and (m == SENDER or _may(rules, m))
    }

    def longer(chain: Chain, *further: tuple[str, float]) -> Chain:
        ids, pass_ons = zip(*further, strict=True)
        return Chain((*chain.members, *ids), (*chain.ties, *map(Tie, pass_ons)))

    met = {x: p for x, p in before[target].items() if x in joins and p > 0}
    direct = [
        longer(joins[x], (target, p))
        for x, p in met.items()
        if not rules.blocked(x, target) and (x == SENDER or rules.introduces(x))
    ]
    ways = [known[target]] if target in known else []
    ways += direct
    if not direct:
        others = sorted((-p, x) for x, p in before[target].items() if x not in joins and p > 0)[:SECOND]
        ways += [
            longer(joins[y], (x, near), (target, -minus))
            for minus, x in others
            for y, near in before[x].items()
            if y in joins and y != target and near > 0
        ]
    return max((way.score for way in ways if legal(rules, way, example.walk.max_length)), default=0.0)


def _may(rules: Rules, m: str) -> bool:
    """What is asked of a joint before it is known what experience it has."""
    return replace(rules, offering=False, experienced=False).introduces(m)


def tally_check(graph: Graph, own: Settings, max_examples: int) -> None:
    seen: list[tuple[int, int]] = []
    with asyncio.Runner() as runner:
        serving = bootstrap.open_async_graph(own, graph.realm)

        @repeatable(max_examples)
        @given(examples())
        def run(example: Example) -> None:
            found, known = join(graph, serving, runner, example)
            scores = {c.target_id: c.chain.score for c in found}
            assert len(scores) == len(found)
            for candidate in found:
                assert candidate.sender_id == SENDER
                assert legal(example.rules, candidate.chain, example.walk.max_length)
                assert 1 <= candidate.degree <= candidate.chain.length
            best = {m: expected(example, known, m) for m in example.world.members if m != SENDER}
            assert scores == pytest.approx({m: score for m, score in best.items() if score > 0}, rel=EXACT, abs=0)
            seen.append((sum(m not in known for m in scores), len(best) - len(found)))

        try:
            run()
        finally:
            runner.run(serving.__aexit__(None, None, None))
    assert sum(new > 0 for new, _ in seen) > len(seen) / 6, "too few examples join anything"
    assert sum(missed > 0 for _, missed in seen) > len(seen) / 6, "too few examples leave somebody without a chain"


def test_the_best_legal_chain_within_two_rounds_is_found(graph: Graph, settings: Settings) -> None:
    tally_check(graph, settings, 150)


@pytest.mark.verify
def test_the_best_legal_chain_within_two_rounds_is_found_thousands_of_times(graph: Graph, settings: Settings) -> None:
    tally_check(graph, settings, 3000)


def joined(graph: Graph, joints: Facts, **asked: Any) -> list[list[Any]]:
    """The ways to t, as the query gives them."""
    rows = graph.rows(
        CHAINS_TO,
        offering_id="o",
        as_of=NOW,
        detractor_sentiment=-0.5,
        most_asked=2,
        asked_within_s=10,
        second=2,
        target_ids=["t", "nobody"],
        joints=[{"member_id": m, "score": 1.0, "room": 6, "sends": False, **facts} for m, facts in joints.items()],
        **{"avoid_ids": [], "experienced_introducers": False, **asked},
    )
    return dict(rows[0]["found"]).get("t", [])


Facts = dict[str, dict[str, Any]]
LOADED = {"asked_at": [NOW - 9, NOW]}
DETRACTOR = {"sentiment": -0.5}
RULE_CASES: dict[str, tuple[Facts, Facts]] = {
    "no consent": ({"a": {"can_introduce": False}}, {}),
    "over the load cap": ({"a": LOADED}, {}),
    "a detractor": ({}, {"a": DETRACTOR}),
}


@pytest.mark.parametrize(("facts", "experiences"), RULE_CASES.values(), ids=RULE_CASES)
def test_a_joint_that_may_not_introduce_does_not_but_the_sender_need_not(
    graph: Graph, facts: Facts, experiences: Facts
) -> None:
    ties = {"a": {"t": 0.5}, "b": {"t": 0.4}, "t": {}}
    World(members={m: {} for m in ties} | facts, pass_on=ties, experiences=experiences).write(graph)
    assert joined(graph, {"a": {}, "b": {}}) == [["b", [], [0.4]]]
    assert joined(graph, {"a": {"sends": True}, "b": {}}) == [["a", [], [0.5]], ["b", [], [0.4]]]


@pytest.mark.parametrize(("facts", "experiences"), RULE_CASES.values(), ids=RULE_CASES)
def test_who_stands_between_joint_and_target_may_introduce(graph: Graph, facts: Facts, experiences: Facts) -> None:
    ties = {"j": {"a": 0.5, "b": 0.5}, "a": {"t": 0.5}, "b": {"t": 0.4}, "t": {}}
    world = World(members={m: {} for m in ties}, pass_on=ties)
    world.write(graph)
    assert joined(graph, {"j": {}}) == [["j", ["a"], [0.5, 0.5]], ["j", ["b"], [0.5, 0.4]]]
    assert joined(graph, {"j": {}}, avoid_ids=["a"]) == [["j", ["b"], [0.5, 0.4]]]
    world.clear(graph)
    replace(world, members={**world.members, **facts}, experiences=experiences).write(graph)
    assert joined(graph, {"j": {}}) == [["j", ["b"], [0.5, 0.4]]]


def test_a_joint_before_the_last_but_one_may_introduce_too(graph: Graph) -> None:
    ties = {"j": {"a": 0.5}, "k": {"a": 0.4}, "a": {"t": 0.5}, "t": {}}
    World(members={m: {} for m in ties}, pass_on=ties, experiences={"j": DETRACTOR}).write(graph)
    assert joined(graph, {"j": {}, "k": {}}) == [["k", ["a"], [0.4, 0.5]]]


def test_the_first_contact_of_the_sender_may_be_named(graph: Graph) -> None:
    ties = {"s": {"a": 0.5, "b": 0.4}, "a": {"t": 0.5}, "b": {"t": 0.4}, "t": {}}
    World(members={m: {} for m in ties} | {"a": {"can_be_named": False}}, pass_on=ties).write(graph)
    assert joined(graph, {"s": {"sends": True}}) == [["s", ["b"], [0.4, 0.4]]]
    assert [way[1] for way in joined(graph, {"s": {"sends": False}})] == [["a"], ["b"]]


def test_no_hop_joins_two_who_block_each_other_but_others_of_a_chain_may(graph: Graph) -> None:
    ties = {"j": {"a": 0.5, "b": 0.4}, "k": {"a": 0.3}, "a": {"t": 0.5}, "b": {"t": 0.4}, "t": {}}
    blocks = {("a", "j"): None, ("t", "k"): None}
    World(members={m: {} for m in ties}, pass_on=ties, blocks=blocks).write(graph)
    assert joined(graph, {"j": {}, "k": {}}) == [["j", ["b"], [0.4, 0.4]], ["k", ["a"], [0.3, 0.5]]]


def test_where_who_was_met_may_not_join_a_second_round_is_made(graph: Graph) -> None:
    ties = {"j": {"a": 0.5, "t": 0.9}, "a": {"t": 0.5}, "t": {}}
    World(members={m: {} for m in ties}, pass_on=ties, blocks={("j", "t"): None}).write(graph)
    assert joined(graph, {"j": {}}) == [["j", ["a"], [0.5, 0.5]]]


def test_room_experience_and_the_end_of_what_is_looked_for(graph: Graph) -> None:
    ties = {"j": {"a": 0.5}, "a": {"t": 0.5}, "t": {}}
    world = World(members={m: {} for m in ties}, pass_on=ties, experiences={"a": {"first_at": NOW}})
    world.write(graph)
    assert joined(graph, {"j": {"room": 1}}) == []
    assert joined(graph, {"j": {}}, experienced_introducers=True) == []
    assert joined(graph, {"j": {"sends": True}}, experienced_introducers=True) == [["j", ["a"], [0.5, 0.5]]]
    assert joined(graph, {"nobody": {}}) == []
    assert joined(graph, {"a": {"room": 0}, "j": {}}) == [["j", ["a"], [0.5, 0.5]]]
