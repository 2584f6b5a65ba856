"""What the gates read of who sends and of who is to be reached, and how strong ties are said to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from math import isnan
from typing import Any

import pytest
from rules_world import NOW, RulesWorld, outreach

from sixhop.domain import Chain, OfferingFacts, ReferrersQuestion, SenderFacts, TargetFacts, TargetsQuestion, Tie
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.gate import CypherGate
from sixhop.graph.ties import CypherTieReader
from small_world import experience, tie

DAY = 86_400
LIMITS = {
    "filters": ["has_adopted", "declined", "fatigued"],
    "reached_within_s": 10,
    "most_reached": 2,
    "declined_within_s": 100,
}
SENDING = TargetsQuestion(request_id="r", offering_ids=("o",), as_of=NOW, limit=10, sender_id="s")
REACHING = ReferrersQuestion(request_id="r", offering_ids=("o",), as_of=NOW, limit=10, target_id="t")
PLAIN = OfferingFacts("o", known=True)


@pytest.fixture
async def reads(graph: Graph) -> AsyncIterator[AsyncGraph]:
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield opened


async def sender(reads: AsyncGraph, question: TargetsQuestion = SENDING) -> SenderFacts:
    return await CypherGate(reads).sender(question, sent_within_s=10, timeout_s=30)


async def target(reads: AsyncGraph, question: ReferrersQuestion = REACHING) -> TargetFacts:
    return await CypherGate(reads).target(question, limits=LIMITS, timeout_s=30)


async def test_what_the_gate_sees_of_a_sender_and_of_each_offering(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld(
        {"s": {"sent_at": [NOW - 10, NOW - 9, NOW, NOW + 1], "opted_out_at": NOW + 1}},
        offerings={"o": {"kind": "event", "value": 7.5}, "bad": {}, "later": {}, "none": {}},
        experiences=[
            experience("s", "o", NOW),
            experience("s", "bad", NOW - 9, sentiment=-0.9),
            experience("s", "later", NOW + 1),
        ],
    ).write(graph)
    asked = replace(SENDING, offering_ids=("o", "bad", "later", "none", "unknown"))
    assert await sender(reads, asked) == SenderFacts(
        known=True,
        sent_lately=2,
        offerings=(
            OfferingFacts("o", known=True, kind="event", value=7.5, experienced=True),
            OfferingFacts("bad", known=True, experienced=True, last_sentiment=-0.9),
            OfferingFacts("later", known=True),
            OfferingFacts("none", known=True),
            OfferingFacts("unknown", known=False),
        ),
    )


async def test_a_sender_may_be_unknown_or_have_opted_out(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld({"s": {"opted_out_at": NOW}}).write(graph)
    assert (await sender(reads)).opted_out
    assert await sender(reads, replace(SENDING, sender_id="nobody")) == SenderFacts(known=False, offerings=(PLAIN,))


async def test_the_last_experience_is_what_counts(graph: Graph, reads: AsyncGraph) -> None:
    tried = [
        experience("s", "o", NOW - n, sentiment=said, kind=kind)
        for n, said, kind in ((9, -0.9, "trial"), (5, 0.5, "use"))
    ]
    RulesWorld({"s": {}}, experiences=tried).write(graph)
    assert (await sender(reads)).offerings[0].last_sentiment == 0.5


async def test_a_community_aimed_at_is_there_or_not(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld({"s": {}}, memberships=[("s", "jazz", {})]).write(graph)
    assert (await sender(reads, replace(SENDING, community_id="jazz"))).community_known
    assert not (await sender(reads, replace(SENDING, community_id="rock"))).community_known


async def test_a_senders_community_is_the_one_they_belong_to_most_at_the_time(graph: Graph, reads: AsyncGraph) -> None:
    memberships: list[tuple[str, str, dict[str, Any]]] = [
        ("s", "left", {"weight": 9.0, "until": NOW}),
        ("s", "later", {"weight": 9.0, "since": NOW + 1}),
        ("s", "little", {"weight": 0.2}),
        ("s", "rock", {}),
        ("s", "jazz", {"weight": 1.0, "since": NOW, "until": NOW + 1}),
    ]
    RulesWorld({"s": {}}, memberships=memberships).write(graph)
    assert (await sender(reads)).community_id == "jazz"
    assert (await sender(reads, replace(SENDING, as_of=NOW - 1))).community_id == "left"


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing": ({}, {}, ""),
    "no consent to be named": ({"can_be_named": False}, {}, "cannot_be_named"),
    "opted out": ({"opted_out_at": NOW}, {}, "opted_out"),
    "opted out later": ({"opted_out_at": NOW + 1}, {}, ""),
    "no consent": ({"can_be_reached": False}, {}, "cannot_be_reached"),
    "reached often": ({"reached_at": [NOW - 9, NOW]}, {}, "fatigued"),
    "reached once of late": ({"reached_at": [NOW - 10, NOW]}, {}, ""),
    "has it": ({}, {"experiences": [experience("t", "o", NOW)]}, "has_adopted"),
    "has it later": ({}, {"experiences": [experience("t", "o", NOW + 1)]}, ""),
    "declined": (
        {"reached_at": [NOW - 99]},
        {"outreaches": [outreach(1, "s", "t", at=NOW - 300, outcome="opted_out", outcome_at=NOW - 99)]},
        "declined",
    ),
    "declined long ago": (
        {"reached_at": [NOW - 100]},
        {"outreaches": [outreach(1, "s", "t", at=NOW - 100, outcome="declined")]},
        "",
    ),
    "introduced to one who declined": (
        {"reached_at": [NOW - 9]},
        {"outreaches": [outreach(1, "t", "s", outcome="declined")]},
        "",
    ),
}


@pytest.mark.parametrize(("facts", "others", "reason"), CASES.values(), ids=CASES)
async def test_why_a_target_may_not_be_reached(
    graph: Graph, reads: AsyncGraph, facts: dict[str, Any], others: dict[str, Any], reason: str
) -> None:
    RulesWorld({"s": {}, "t": facts}, **others).write(graph)
    removed = {reason: 1} if reason else {}
    assert await target(reads) == TargetFacts(
        known=True, offering=PLAIN, reachable_ids=() if reason else ("t",), removed_by=removed
    )


async def test_of_an_enterprise_whoever_acts_for_it_the_best_connected_first(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld(
        {"b": {}, "a": {}, "well-known": {}, "out": {"opted_out_at": NOW}, "x": {}},
        close_from=[("x", "well-known"), ("a", "well-known"), ("x", "out")],
        acts_for=[("b", "e"), ("a", "e"), ("a", "e"), ("well-known", "e"), ("out", "e"), ("x", "other")],
    ).write(graph)
    asked = replace(REACHING, target_id=None, enterprise_id="e")
    assert await target(reads, asked) == TargetFacts(
        known=True, offering=PLAIN, reachable_ids=("well-known", "a", "b"), removed_by={"opted_out": 1}
    )
    assert (await target(reads, replace(asked, offering_ids=("unknown",)))).offering == OfferingFacts(
        "unknown", known=False
    )


async def test_nobody_is_there_or_nobody_acts(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld({"m": {}}, acts_for=[("m", "e")]).write(graph)
    unknown = TargetFacts(known=False, offering=PLAIN)
    assert await target(reads, replace(REACHING, target_id="nobody")) == unknown
    assert await target(reads, replace(REACHING, target_id=None, enterprise_id="none")) == unknown
    graph.driver.execute_query(FIRE, realm=graph.realm, database_=graph.at.database)
    nobody_acts = replace(REACHING, target_id=None, enterprise_id="e")
    assert await target(reads, nobody_acts) == replace(unknown, known=True)


FIRE = "MATCH (:Member {realm: $realm, member_id: 'm'})-[a:ACTS_FOR]->() DELETE a"


async def test_ties_are_as_strong_as_of_the_question(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld(
        {m: {} for m in "abcd"},
        ties=[
            tie("a", "b", strength=2.0, last_at=NOW - 10 * DAY),
            tie("b", "c", strength=3.0, last_at=NOW + 1),
            tie("c", "d", strength=4.0),
        ],
        settings={"half_life_days": 10.0},
    ).write(graph)
    chains = [Chain(("a", "b", "c", "d"), (Tie(0.5), Tie(0.4), Tie(0.3))), Chain(("d", "a"), (Tie(0.2),))]
    first, second = await CypherTieReader(reads).strengths(chains, as_of=NOW, freshness_token=None, timeout_s=30)
    assert first.members == chains[0].members
    assert [each.pass_on for each in first.ties] == [0.5, 0.4, 0.3]
    assert first.ties[0].strength == pytest.approx(1.0)
    assert isnan(first.ties[1].strength)
    assert first.ties[2].strength == 4.0
    assert isnan(second.ties[0].strength)
