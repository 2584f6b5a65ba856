"""Members alike in experience: who shares most comes first, each by a chain that obeys the walk's rules."""

from __future__ import annotations

from typing import Any

import pytest

from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph
from sixhop.graph.walk import Anchor, WalkSettings, read_walks
from small_world import experience, tie, write_world

NOW = 1_000_000_000
DAY = 86_400
ALIKE = "sources/alike"
OFFERINGS = [f"o{n}" for n in range(6)]
SETTINGS = WalkSettings(targets=10, quotas=(1, 1, 1, 1, 1, 1))


def found(graph: Graph, offering: str = "o0", **anchor: Any) -> dict[str, tuple[str, ...]]:
    rows = graph.rows(ALIKE, **SETTINGS.parameters([Anchor("me", offering, NOW, **anchor)]))
    result = read_walks(rows, anchors=1, name=ALIKE)[0]
    assert result is not None
    return {c.target_id: c.chain.members for c in result.candidates}


def share(member: str, count: int) -> list[dict[str, Any]]:
    """`member` experienced the first `count` offerings after o0."""
    return [experience(member, offering, NOW - DAY) for offering in OFFERINGS[1 : 1 + count]]


@pytest.fixture
def small(graph: Graph) -> Graph:
    """me → friend → near → far → further → beyond; `stranger` has no tie at all."""
    write_world(
        graph,
        members=["me", "friend", "near", "far", "further", "beyond", "stranger", "owner"],
        offerings=OFFERINGS,
        ties=[
            tie("me", "friend", pass_on=0.5),
            tie("friend", "near", pass_on=0.5),
            tie("near", "far", pass_on=0.5),
            tie("far", "further", pass_on=0.5),
            tie("further", "beyond", pass_on=0.5),
            tie("me", "owner", pass_on=0.9),
            tie("owner", "far", pass_on=0.1),
        ],
        experiences=[
            *share("me", 5),
            *share("near", 2),
            *share("far", 4),
            *share("further", 3),
            *share("beyond", 5),
            *share("stranger", 5),
            *share("owner", 5),
            experience("me", "o0", NOW - DAY),
            experience("owner", "o0", NOW - DAY),
        ],
        settings={"close_ties": 32, "half_life_days": 90.0, "last_event_at": NOW - DAY},
    )
    rebuild_close(graph)
    return graph


def test_the_most_alike_come_first_each_by_its_best_chain(small: Graph) -> None:
    chains = found(small)
    assert list(chains) == ["beyond", "far", "further", "near"]
    assert chains["near"] == ("me", "friend", "near")
    assert chains["far"] == ("me", "friend", "near", "far")  # 0.125 beats 0.09 through owner
    assert chains["beyond"] == ("me", "owner", "far", "further", "beyond")  # over friend it would be five ties
    assert chains["further"] == ("me", "owner", "far", "further")  # met in three rounds; no fourth is walked


def test_who_has_the_offering_is_no_target_and_who_has_no_chain_is_counted(small: Graph) -> None:
    rows = small.rows(ALIKE, **SETTINGS.parameters([Anchor("me", "o0", NOW)]))
    assert "owner" not in {row["target_id"] for row in rows}
    assert {row["no_chain"] for row in rows} == {1}  # the stranger


def test_rules_of_the_walk_hold_on_every_hop(small: Graph) -> None:
    assert found(small, avoid_ids=("near",))["far"] == ("me", "owner", "far")
    with small.driver.session() as session:
        session.run(
            "MATCH (m:Member {realm: $realm, member_id: 'friend'}) SET m.can_introduce = false", realm=small.realm
        )
        session.run(
            "MATCH (m:Member {realm: $realm, member_id: 'further'}) SET m.can_be_reached = false", realm=small.realm
        )
    chains = found(small)
    assert chains["far"] == ("me", "owner", "far")
    assert "near" not in chains
    assert "further" not in chains
    with small.driver.session() as session:
        session.run(
            "MATCH (u:Member {realm: $realm, member_id: 'owner'}), (v:Member {realm: $realm, member_id: 'far'}) "
            "CREATE (v)-[:BLOCKS {at: $at}]->(u)",
            realm=small.realm,
            at=NOW - DAY,
        )
    assert "far" not in found(small)


def test_an_unknown_sender_has_no_answer_and_a_newcomer_an_empty_one(small: Graph) -> None:
    rows = small.rows(ALIKE, **SETTINGS.parameters([Anchor("nobody", "o0", NOW), Anchor("friend", "o0", NOW)]))
    nobody, friend = read_walks(rows, anchors=2, name=ALIKE)
    assert nobody is None
    assert friend is not None
    assert friend.candidates == ()
