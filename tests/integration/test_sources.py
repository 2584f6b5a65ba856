"""What sources propose, in which order; and that a hub costs them what anybody costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import neo4j
import pytest
from walk_oracle import LONG_AGO, World

from sixhop.graph.executor import Graph, prepare
from small_world import experience, tie, write_world

NOW = 1_700_000_000
DAY = 86_400
ALIKE, STRANGERS = "sources/alike", "sources/strangers"
QUIET, COMMUNITIES = "sources/gone_quiet", "sources/communities"


def proposed(graph: Graph, name: str, **asked: Any) -> dict[str, float]:
    given = {"sender_id": "s", "offering_id": "o", "as_of": NOW, "limit": 40, "community_id": None, **asked}
    rows = graph.rows(name, **given)
    assert [(-row["relevance"], row["target_id"]) for row in rows] == sorted(
        (-row["relevance"], row["target_id"]) for row in rows
    )
    return {row["target_id"]: row["relevance"] for row in rows}


def taste(*offerings: str) -> frozenset[str]:
    return frozenset(offerings)


@pytest.fixture
def tasters(graph: Graph) -> World:
    tastes = {
        "s": taste("x1", "x2", "x3", "x4"),
        "one": taste("x1"),
        "three": taste("x1", "x2", "x3"),
        "also-three": taste("x2", "x3", "x4", "x9"),
        "has-it": taste("x1", "x2", "x3", "x4"),
        "other": taste("x9"),
    }
    members: dict[str, dict[str, Any]] = {m: {} for m in tastes}
    return World(members=members, pass_on={}, tastes=tastes, experiences={"has-it": {"first_at": NOW + 9}})


def test_the_most_alike_come_first_and_who_has_the_offering_not_at_all(graph: Graph, tasters: World) -> None:
    tasters.write(graph)
    assert proposed(graph, ALIKE) == {"also-three": 0.75, "three": 0.75, "one": 0.25}
    assert proposed(graph, ALIKE, limit=2) == {"also-three": 0.75, "three": 0.75}
    assert proposed(graph, ALIKE, offering_id="unknown")["has-it"] == 1.0
    assert proposed(graph, ALIKE, sender_id="other") == {"also-three": 1.0}
    assert proposed(graph, ALIKE, sender_id="nobody") == {}


def test_only_what_was_experienced_before_counts_and_of_the_sender_the_latest(graph: Graph, tasters: World) -> None:
    tasters.write(graph)
    assert proposed(graph, ALIKE, as_of=LONG_AGO) == {}
    write_world(
        graph,
        members=["s", "late", "early"],
        offerings=["y1", "y2", "y3"],
        experiences=[experience("s", f"y{n}", NOW - n * DAY) for n in (1, 2, 3)]
        + [experience("early", f"y{n}", NOW - DAY) for n in (1, 2, 3)]
        + [experience("late", "y1", NOW - DAY), experience("late", "y2", NOW)],
    )
    assert proposed(graph, ALIKE, tastes=3) == {"early": 1.0, "late": pytest.approx(1 / 3)}
    assert proposed(graph, ALIKE, tastes=1) == {"early": 1.0, "late": 1.0}


def test_strangers_are_trusted_by_those_whom_the_sender_trusts(graph: Graph) -> None:
    ties = {
        "s": {"a": 0.5, "b": 0.4, "c": 0.1},
        "a": {"s": 0.9, "b": 0.9, "x": 0.4, "y": 0.1, "never": 0.0},
        "b": {"x": 0.5, "z": 0.6},
        "c": {"w": 1.0},
    }
    members: dict[str, dict[str, Any]] = {m: {} for m in ("s", "a", "b", "c", "x", "y", "z", "w", "never")}
    World(members=members, pass_on=ties).write(graph)
    assert proposed(graph, STRANGERS) == pytest.approx({"x": 0.4, "z": 0.24, "w": 0.1, "y": 0.05})
    assert list(proposed(graph, STRANGERS)) == ["x", "z", "w", "y"]
    assert list(proposed(graph, STRANGERS, trusted=2)) == ["x", "z", "y"]
    assert list(proposed(graph, STRANGERS, limit=1)) == ["x"]
    assert proposed(graph, STRANGERS, sender_id="w") == {}


def test_contacts_gone_quiet_were_often_in_touch_but_not_for_long(graph: Graph) -> None:
    half_life = 10.0
    long_since = NOW - 20 * DAY - 1
    write_world(
        graph,
        members=["s", "often", "more", "lately", "seldom", "undated"],
        ties=[
            tie("s", "often", contacts=9, last_at=long_since),
            tie("s", "more", contacts=30, last_at=long_since),
            tie("s", "lately", contacts=50, last_at=long_since + 1),
            tie("s", "seldom", contacts=3, last_at=long_since),
            tie("s", "undated"),
            tie("often", "s", contacts=50, last_at=long_since),
        ],
        settings={"half_life_days": half_life},
    )
    assert proposed(graph, QUIET) == {"more": 30.0, "often": 9.0}
    assert list(proposed(graph, QUIET, least_contacts=3)) == ["more", "often", "seldom"]
    assert list(proposed(graph, QUIET, quiet_half_lives=1.0)) == ["lately", "more", "often"]
    assert list(proposed(graph, QUIET, limit=1)) == ["more"]


def test_members_of_the_community_aimed_at_and_of_those_within_it_leaders_first(graph: Graph) -> None:
    circles = {"jazz": None, "bebop": "jazz", "cool": "jazz", "rock": None}
    belongs: dict[tuple[str, str], dict[str, Any]] = {
        ("s", "bebop"): {},
        ("leader", "bebop"): {"role": "opinion_leader"},
        ("fan", "bebop"): {"role": "member", "weight": 0.9},
        ("distant", "cool"): {"role": "moderator", "weight": 0.8},
        ("both", "cool"): {"weight": 0.9},
        ("both", "bebop"): {"weight": 0.6},
        ("gone", "jazz"): {"until": NOW},
        ("to-come", "jazz"): {"since": NOW + 1},
        ("has-it", "jazz"): {},
        ("rocker", "rock"): {},
    }
    members: dict[str, dict[str, Any]] = {m: {} for m, _ in belongs}
    World(
        members=members, pass_on={}, parents=circles, belongs=belongs, experiences={"has-it": {"first_at": NOW}}
    ).write(graph)
    found = proposed(graph, COMMUNITIES, community_id="jazz")
    assert found == pytest.approx({"leader": 2.0, "fan": 0.9, "distant": 0.8, "both": 0.6})
    assert list(found) == ["leader", "fan", "distant", "both"]
    assert list(proposed(graph, COMMUNITIES, community_id="cool")) == ["distant", "both"]
    assert list(proposed(graph, COMMUNITIES, community_id="jazz", limit=1)) == ["leader"]
    assert proposed(graph, COMMUNITIES, community_id="nothing") == {}
    assert proposed(graph, COMMUNITIES) == {}


def hits(graph: Graph, name: str, **asked: Any) -> int:
    """How often one call reads the store."""
    given = {"sender_id": "s", "offering_id": "o", "as_of": NOW, "limit": 40, "community_id": "c", **asked}
    call = prepare(graph.catalog[name], realm=graph.realm, parameters=given)
    assert isinstance(call.statement, neo4j.Query)
    with graph.driver.session(database=graph.at.database) as session:
        profile = session.run("PROFILE " + call.statement.text, call.parameters).consume().profile  # type: ignore[arg-type]
    assert profile is not None
    return _sum(profile)


def _sum(profile: dict[str, Any]) -> int:
    return int(profile.get("dbHits", 0)) + sum(map(_sum, profile.get("children", [])))


def crowd(size: int) -> World:
    """s knows everybody, as hub does; all share a taste and a community, half have the offering."""
    everybody = [f"n{n:04d}" for n in range(size)]
    return World(
        members={m: {} for m in ["s", "hub", *everybody]},
        pass_on={"s": dict.fromkeys(["hub", *everybody], 0.5), "hub": dict.fromkeys(everybody, 0.5)},
        tastes={m: taste("x1") for m in ["s", *everybody]},
        experiences={m: {"first_at": LONG_AGO} for m in everybody[::2]},
        parents={"c": None},
        belongs={(m, "c"): {} for m in ["s", *everybody]},
    )


def test_a_hub_costs_what_anybody_costs(graph: Graph) -> None:
    costs: dict[str, list[int]] = {name: [] for name in (ALIKE, STRANGERS, QUIET, COMMUNITIES)}
    for size in (1200, 2400):
        world = crowd(size)
        world.write(graph)
        for name, taken in costs.items():
            taken.append(hits(graph, name))
        world.clear(graph)
    for name, (small, large) in costs.items():
        assert 0 < large <= 1.1 * small + 500, f"{name} read {small} times among 1,200 and {large} among 2,400"


def test_tastes_and_fans_bound_what_is_looked_at(graph: Graph) -> None:
    world = replace(crowd(60), parents={}, belongs={}, pass_on={})
    world.write(graph)
    assert len(proposed(graph, ALIKE, fans=5)) <= 5
    assert len(proposed(graph, ALIKE)) <= 32
