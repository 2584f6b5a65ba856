"""No query that serves reads more than it walks: its plan starts at keys, however little the store knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from sixhop.events import Link, Node
from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.degrees import DEGREES
from sixhop.graph.executor import Graph, prepare
from sixhop.graph.joiner import CHAINS_TO
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, BackwardAnchor, WalkSettings

NOW = 1_700_000_000
WALK = WalkSettings().parameters([Anchor("m1", "o1", NOW)])
BACK = WalkSettings().parameters([BackwardAnchor(("m1",), "o1", NOW)])
PROPOSED = {"sender_id": "m1", "offering_id": "o1", "as_of": NOW, "limit": 40, "community_id": "c1"}
JOINT = {"member_id": "m1", "score": 1.0, "room": 6, "sends": True}
RULES = {
    "avoid_ids": [],
    "detractor_sentiment": -0.5,
    "most_asked": 20,
    "asked_within_s": 9,
    "experienced_introducers": True,
}
JOIN = {
    "offering_id": "o1",
    "as_of": NOW,
    **RULES,
    "seen_by": None,
    "seen_consent": None,
    "second": 4,
    "target_ids": ["m9"],
    "joints": [JOINT],
}
TIMES = {"sent_within_s": 9, "most_sent": 2, "reached_within_s": 9, "most_reached": 2, "declined_within_s": 9}
CANDIDATE = {"no": 0, "sender_id": "m1", "target_id": "m9", "introducer_ids": ["m7"]}
ABOUT = {"about": [{"offering_id": "o1", "candidates": [CANDIDATE]}]}
CHECK = {"sender_id": "m1", "as_of": NOW, "filters": ["has_adopted", "declined", "fatigued"], **TIMES, **ABOUT}
GATE = {"sender_id": "m1", "offering_ids": ["o1"], "community_id": "c1", "as_of": NOW, **TIMES}
GATE_TARGET = {"target_id": "m1", "enterprise_id": "e1", "offering_id": "o1", "as_of": NOW, "filters": [], **TIMES}
CHAINS = {
    "from_id": "a",
    "to_id": "b",
    "as_of": 1,
    "avoid_ids": [],
    "only_named": False,
    "slice_enterprise_id": None,
    "seen_by": None,
    "seen_consent": None,
    "outreach": False,
    "offering_id": None,
    "max_length": 6,
    "limit": 10,
    "width": 32,
    "most_ties": 1000,
    "above": 0.0,
}
PAIRS = [["a", "b"]]
TOLD = {
    **{each: ["a"] for each in Node},
    **dict.fromkeys(Link, PAIRS),
    "experiences": PAIRS,
    "voices": [["v", "a", "o"]],
    "blocks": PAIRS,
}
MADE = {f"{each}_ids": ["a"] for each in ("event", "member", "offering", "enterprise", "alliance", "community", "told")}
LINKS = {**{each: [["a", "b", {}]] for each in Link}, "experiences": [["a", "o", {}]], "blocks": [["a", "b", 1, None]]}
PLACES = {
    "ties": [{"from_id": "a", "to_id": "b", "ended_at": 1, "properties": {}, "close_to": 0.5, "close_from": 0.5}],
    **{each: [["a", "b"]] for each in ("left_to", "left_from")},
    **{each: [["a", 0.5]] for each in ("to_best", "from_best")},
}
OUTREACH = {
    "id": "r",
    "offering_id": "o",
    "target_id": "a",
    "properties": {},
    "adopted": True,
    "opted_out_at": 1,
    "hops": [],
}
EFFORT = {"rounds": 5, "ring_members": 9, "ring_ties": 9, "steps": 6, "step_ties": 9, "hub_ties": 9}


def operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"]
    for child in plan.get("children", []):
        yield from operators(child)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (SIX_DEGREE_WALK, WALK),
        ("sources/six_degree_walk_back", BACK),
        ("sources/alike", PROPOSED),
        ("sources/asked", {**PROPOSED, "candidate_ids": ["m2"]}),
        ("sources/communities", PROPOSED),
        ("sources/gone_quiet", PROPOSED),
        ("sources/strangers", PROPOSED),
        ("filters/referrers", CHECK),
        ("filters/targets", CHECK),
        ("questions/gate", GATE),
        ("questions/gate_target", GATE_TARGET),
        ("questions/tie_strengths", {"as_of": NOW, "chains": [["m1", "m2"]]}),
        (CHAINS_TO, JOIN),
        (CHAINS_BETWEEN, CHAINS),
        (DEGREES, {"member_id": "a", "target_ids": ["b"], **EFFORT}),
        ("questions/outreach", {"outreach_id": "r"}),
        ("questions/last_voice", {"nothing": None}),
        ("questions/event_ties", {"from_ids": ["a"], "to_ids": ["b"], "senders": ["a"], "receivers": ["b"]}),
        ("questions/event_lists", {"senders": ["a"], "receivers": ["b"]}),
        ("questions/event_facts", TOLD),
        ("questions/communities_above", {"community_ids": ["c"]}),
        ("writes/events_lock", {"member_ids": ["a"], "event_ids": ["e"], "member_hashes": ["h"]}),
        ("writes/events_lock_outreach", {"outreach_ids": ["r"], "member_ids": ["a"]}),
        ("writes/events_made", MADE),
        ("writes/events_nodes", {each: [["a", {}, None]] for each in Node}),
        ("writes/events_links", LINKS),
        ("writes/events_ties", PLACES),
        ("writes/events_voices", {"rows": [["a", "o", {"voice_id": "v"}]]}),
        ("writes/member_times", {"rows": [["a", {}]]}),
        ("writes/outreach", {"rows": [OUTREACH]}),
    ],
)
def test_nothing_is_scanned(graph: Graph, name: str, parameters: dict[str, Any]) -> None:
    call = prepare(graph.catalog[name], realm=graph.realm, parameters=parameters)
    assert isinstance(call.statement, neo4j.Query)
    with graph.driver.session(database=graph.at.database) as session:
        plan = session.run("EXPLAIN " + call.statement.text, call.parameters).consume().plan  # type: ignore[arg-type]
    assert plan is not None
    found = list(operators(plan))
    assert [name for name in found if "Scan" in name] == []
    assert any("NodeUniqueIndexSeek" in name for name in found)


def test_voices_are_read_in_order_from_an_index(graph: Graph) -> None:
    parameters = {"after": 0, "limit": 10}
    call = prepare(graph.catalog["questions/voices"], realm=graph.realm, parameters=parameters)
    with graph.driver.session(database=graph.at.database) as session:
        plan = session.run("EXPLAIN " + call.statement.text, call.parameters).consume().plan  # type: ignore[arg-type]
    assert plan is not None
    found = list(operators(plan))
    assert any("RelationshipIndexSeek" in name for name in found)
    assert not any("Scan" in name for name in found)
