"""Why a candidate may not be shown: each reason on its own, for targets and for referrers; who would ask the few."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from rules_world import NOW, RulesWorld, outreach

from sixhop.domain import Candidate, CandidateFacts, Chain, ReferrersQuestion, TargetsQuestion, Tie
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.filters import CypherFilter
from small_world import experience, tie

FILTERS = ("has_adopted", "declined", "fatigued")
TARGET_LIMITS: dict[str, Any] = {"reached_within_s": 10, "most_reached": 2, "declined_within_s": 100}
SENDER_LIMITS = {"sent_within_s": 10, "most_sent": 2}
TARGETS = TargetsQuestion(request_id="r", offering_ids=("o", "p"), as_of=NOW, limit=10, sender_id="s")
REFERRERS = ReferrersQuestion(
    request_id="r", offering_ids=("o",), as_of=NOW, limit=10, target_id="t", target_ids=("t",)
)
FREE = CandidateFacts()


@pytest.fixture
async def reads(graph: Graph) -> AsyncIterator[AsyncGraph]:
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield opened


def candidate(*members: str, offering_id: str = "o") -> Candidate:
    return Candidate(Chain(members, (Tie(0.5),) * (len(members) - 1)), offering_id, ("test",), len(members) - 1)


async def check(
    reads: AsyncGraph,
    question: TargetsQuestion | ReferrersQuestion,
    candidates: Sequence[Candidate],
    switched_on: Sequence[str] = FILTERS,
) -> list[CandidateFacts | None]:
    filter_ = CypherFilter(
        reads, target_limits={**TARGET_LIMITS, "filters": list(switched_on)}, sender_limits=SENDER_LIMITS
    )
    return await filter_.check(question, candidates, timeout_s=30)


async def reasons(
    reads: AsyncGraph, world: RulesWorld, graph: Graph, *candidates: Candidate, switched_on: Sequence[str] = FILTERS
) -> list[str | None]:
    world.write(graph)
    question = TARGETS if candidates[0].sender_id == "s" else REFERRERS
    return [facts and facts.removed_by for facts in await check(reads, question, candidates, switched_on)]


TARGET_CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing": ({}, {}, ""),
    "opted out": ({"opted_out_at": NOW}, {}, "opted_out"),
    "opted out later": ({"opted_out_at": NOW + 1}, {}, ""),
    "no consent to be reached": ({"can_be_reached": False}, {}, "cannot_be_reached"),
    "no consent to be named": ({"can_be_named": False}, {}, "cannot_be_named"),
    "blocks the sender": ({}, {"blocks": [("t", "s")]}, "blocked"),
    "blocked by the sender": ({}, {"blocks": [("s", "t")]}, "blocked"),
    "blocks the introducer's business": ({}, {"blocks": [("t", "i")]}, ""),
    "reached often": ({"reached_at": [NOW - 9, NOW]}, {}, "fatigued"),
    "reached once of late": ({"reached_at": [NOW - 10, NOW]}, {}, ""),
    "has it": ({}, {"experiences": [experience("t", "o", NOW)]}, "has_adopted"),
    "has it later": ({}, {"experiences": [experience("t", "o", NOW + 1)]}, ""),
    "has another": ({}, {"experiences": [experience("t", "p", NOW)]}, ""),
    "declined": (
        {"reached_at": [NOW - 99]},
        {"outreaches": [outreach(1, "s", "i", "t", at=NOW - 200, outcome="declined", outcome_at=NOW - 99)]},
        "declined",
    ),
    "complained, undated": (
        {"reached_at": [NOW - 99]},
        {"outreaches": [outreach(1, "i", "t", at=NOW - 99, outcome="complained")]},
        "declined",
    ),
    "declined long ago": (
        {"reached_at": [NOW - 100]},
        {"outreaches": [outreach(1, "s", "t", outcome="declined", outcome_at=NOW - 100)]},
        "",
    ),
    "declined another": (
        {"reached_at": [NOW - 9]},
        {"outreaches": [outreach(1, "s", "t", offering="p", outcome="declined")]},
        "",
    ),
    "adopted through one": ({"reached_at": [NOW - 9]}, {"outreaches": [outreach(1, "s", "t", outcome="adopted")]}, ""),
    "introduced to one who declined": (
        {"reached_at": [NOW - 9]},
        {"outreaches": [outreach(1, "s", "t", "i", outcome="declined")]},
        "",
    ),
    "the cheapest reason first": ({"opted_out_at": 1, "can_be_reached": False, "can_be_named": False}, {}, "opted_out"),
}


@pytest.mark.parametrize(("facts", "others", "reason"), TARGET_CASES.values(), ids=TARGET_CASES)
async def test_why_a_target_is_not_shown(
    graph: Graph, reads: AsyncGraph, facts: dict[str, Any], others: dict[str, Any], reason: str
) -> None:
    world = RulesWorld({"s": {}, "i": {}, "t": facts}, offerings={"o": {}, "p": {}}, **others)
    assert await reasons(reads, world, graph, candidate("s", "i", "t")) == [reason]


async def test_consent_holds_whatever_is_switched_off(graph: Graph, reads: AsyncGraph) -> None:
    people: dict[str, dict[str, Any]] = {
        "s": {},
        "i": {},
        "opted": {"opted_out_at": NOW},
        "blocked": {},
        "reached": {"reached_at": [NOW] * 9},
        "adopted": {},
        "declined": {"reached_at": [NOW]},
    }
    world = RulesWorld(
        people,
        blocks=[("s", "blocked")],
        experiences=[experience("adopted", "o", NOW)],
        outreaches=[outreach(1, "s", "declined", outcome="declined")],
    )
    everybody = [candidate("s", "i", m) for m in list(people)[2:]]
    assert await reasons(reads, world, graph, *everybody, switched_on=()) == ["opted_out", "blocked", "", "", ""]
    for place, name in ((2, "fatigued"), (3, "has_adopted"), (4, "declined")):
        found = await check(reads, TARGETS, everybody, (name,))
        removed = [facts.removed_by for facts in found if facts]
        assert removed == ["opted_out", "blocked", *(name if n == place else "" for n in range(2, 5))]


async def test_who_may_not_be_named_takes_the_chain_out_only_as_the_first_contact(
    graph: Graph, reads: AsyncGraph
) -> None:
    RulesWorld({"s": {}, "i": {}, "shy": {"can_be_named": False}, "t": {}, "u": {}}).write(graph)
    asked = [
        candidate("s", "shy", "t"),
        candidate("s", "i", "shy", "u"),
        candidate("s", "shy"),
        candidate("s", "i", "gone"),
    ]
    first, second, itself, gone = await check(reads, TARGETS, asked)
    assert first == CandidateFacts(removed_by="contact_cannot_be_named", unnamed_ids=frozenset({"shy"}))
    assert second == CandidateFacts(unnamed_ids=frozenset({"shy"}))
    assert itself == CandidateFacts(removed_by="cannot_be_named", subject_named=False)
    assert gone is None


async def test_each_offering_is_looked_at_for_itself(graph: Graph, reads: AsyncGraph) -> None:
    world = RulesWorld({"s": {}, "t": {}}, offerings={"o": {}, "p": {}}, experiences=[experience("t", "p", NOW)])
    pair = [candidate("s", "t", offering_id="p"), candidate("s", "t"), candidate("s", "t", offering_id="unknown")]
    assert await reasons(reads, world, graph, *pair) == ["has_adopted", "", ""]


async def test_what_selection_needs_to_know_of_a_target(graph: Graph, reads: AsyncGraph) -> None:
    memberships: list[tuple[str, str, dict[str, Any]]] = [
        ("t", "jazz", {"weight": 0.7}),
        ("t", "rock", {}),
        ("t", "left", {"weight": 9.0, "until": NOW}),
        ("u", "b", {}),
        ("u", "a", {}),
    ]
    RulesWorld({"s": {}, "t": {"reached_at": [NOW - 10, NOW, NOW + 1]}, "u": {}}, memberships=memberships).write(graph)
    assert await check(reads, TARGETS, [candidate("s", "t"), candidate("s", "u")]) == [
        CandidateFacts(community_id="rock", asked_lately=1),
        CandidateFacts(community_id="a"),
    ]


@pytest.mark.parametrize(("top_ties", "few"), [(2, [True, True, False]), (3, [False] * 3), (None, [False] * 3)])
async def test_asking_the_few_is_told_of_targets_and_introducers(
    graph: Graph, reads: AsyncGraph, top_ties: int | None, few: list[bool]
) -> None:
    """`star` has three contacts; the realm says that only a hundredth have more than `top_ties`."""
    RulesWorld(
        {m: {} for m in ("s", "star", "i", "t", "star-sender")},
        ties=[tie(star, end) for star in ("star", "star-sender") for end in ("s", "i", "t")],
        experiences=[experience(m, "o", NOW) for m in ("star", "i", "star-sender")],
        settings={} if top_ties is None else {"top_ties": top_ties},
    ).write(graph)
    to_few = await check(
        reads, TARGETS, [candidate("s", "star"), candidate("s", "star", "t"), candidate("s", "i", "t")]
    )
    assert [facts and facts.asks_few for facts in to_few] == few
    by_few = await check(
        reads,
        REFERRERS,
        [candidate("star-sender", "t"), candidate("i", "star", "t"), candidate("i", "t")],
    )
    assert [facts and facts.asks_few for facts in by_few] == few


GOOD = [experience("u", "o", NOW)]
SENDER_CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing": ({}, {}, ""),
    "opted out": ({"opted_out_at": NOW}, {}, "opted_out"),
    "no consent to be named": ({"can_be_named": False}, {}, "cannot_be_named"),
    "may not be reached": ({"can_be_reached": False}, {}, ""),
    "blocks the target": ({}, {"blocks": [("u", "t")]}, "blocked"),
    "blocked by the target": ({}, {"blocks": [("t", "u")]}, "blocked"),
    "sent often": ({"sent_at": [NOW - 9, NOW]}, {}, "over_attention_cap"),
    "sent once of late": ({"sent_at": [NOW - 10, NOW, NOW + 1]}, {}, ""),
    "has not tried it": ({}, {"experiences": []}, "lacks_experience"),
    "tries it later": ({}, {"experiences": [experience("u", "o", NOW + 1)]}, "lacks_experience"),
    "does not like it": ({}, {"experiences": [experience("u", "o", NOW, sentiment=-0.1)]}, "lacks_experience"),
    "finds it fair": ({}, {"experiences": [experience("u", "o", NOW, sentiment=0.0)]}, ""),
    "tried another": ({}, {"experiences": [experience("u", "p", NOW)]}, "lacks_experience"),
}


@pytest.mark.parametrize(("facts", "others", "reason"), SENDER_CASES.values(), ids=SENDER_CASES)
async def test_why_a_referrer_is_not_shown(
    graph: Graph, reads: AsyncGraph, facts: dict[str, Any], others: dict[str, Any], reason: str
) -> None:
    world = RulesWorld({"u": facts, "i": {}, "t": {}}, offerings={"o": {}, "p": {}}, **{"experiences": GOOD, **others})
    assert await reasons(reads, world, graph, candidate("u", "i", "t")) == [reason]


async def test_a_referrers_first_contact_may_be_named_and_others_are_told(graph: Graph, reads: AsyncGraph) -> None:
    RulesWorld(
        {"u": {"sent_at": [NOW]}, "i": {}, "shy": {"can_be_named": False}, "t": {}},
        experiences=GOOD,
        memberships=[("u", "jazz", {}), ("t", "rock", {})],
    ).write(graph)
    asked = [candidate("u", "shy", "t"), candidate("u", "i", "shy", "t"), candidate("gone", "t"), candidate("u", "t")]
    first, second, gone, direct = await check(reads, REFERRERS, asked)
    known = {"community_id": "jazz", "asked_lately": 1}
    assert first == CandidateFacts(removed_by="contact_cannot_be_named", unnamed_ids=frozenset({"shy"}), **known)
    assert second == CandidateFacts(unnamed_ids=frozenset({"shy"}), **known)
    assert direct == CandidateFacts(**known)
    assert gone is None
