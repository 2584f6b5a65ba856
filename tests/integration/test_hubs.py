"""A member with very many ties costs what anyone costs: counted in what the store reads, not in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from realms import forget_realm
from sixhop.domain import PairKey
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.close import rebuild_close
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph, prepare
from sixhop.graph.features import FeatureSet, by_offering
from sixhop.graph.walk import Anchor, BackwardAnchor, WalkSettings

TIES = 20_000
NOW = 1_760_000_000
MOST_TIMES = 4
"""How often more the hub may cost: its lists are full, an ordinary member's are not."""
LEAST_HITS = 2_000
"""Below this a statement is cheap whoever it is about."""
WORLD = """
UNWIND range(0, $ties) AS i
CREATE (:Member {realm: $realm, member_id: 'm' + i})
"""
TIED = """
MATCH (hub:Member {realm: $realm, member_id: 'm0'})
UNWIND range($start, $stop) AS i
MATCH (m:Member {realm: $realm, member_id: 'm' + i})
CREATE (hub)-[:KNOWS {pass_on: 0.02 + (i % 100) / 1000.0, strength: 1.0}]->(m)
CREATE (m)-[:KNOWS {pass_on: 0.02 + (i % 97) / 1000.0, strength: 1.0}]->(hub)
"""
ORDINARY = """
UNWIND range($start, $stop) AS i
MATCH (m:Member {realm: $realm, member_id: 'm' + i})
UNWIND range(1, 12) AS step
MATCH (n:Member {realm: $realm, member_id: 'm' + ($start + (i - $start + step * step) % ($stop - $start + 1))})
CREATE (m)-[:KNOWS {pass_on: 0.3 / step, strength: 1.0}]->(n)
"""
SHARED = """
CREATE (o:Offering {realm: $realm, offering_id: 'o', kind: 'product'})
WITH o
MATCH (m:Member {realm: $realm})
WHERE m.member_id > ''
CREATE (m)-[:EXPERIENCED {first_at: $now - 1000, last_at: $now - 1000}]->(o)
"""
ORDINARY_MEMBERS = (1, 400)


@dataclass(frozen=True)
class Hub:
    graph: Graph

    def hits(self, query: Any, **parameters: Any) -> int:
        """How much the store read for one call."""
        call = prepare(query, realm=self.graph.realm, parameters=parameters)
        summary = self.graph.driver.execute_query("PROFILE " + call.statement.text, call.parameters).summary
        return _hits(summary.profile)


def _hits(plan: Any) -> int:
    return int(plan.get("dbHits", 0)) + sum(_hits(child) for child in plan.get("children", ()))


@pytest.fixture(scope="module")
def hub(neo4j_location: Location) -> Iterator[Hub]:
    with Graph(neo4j_location, Catalog(find_cypher_dir()), "test-hubs") as graph:
        run = graph.driver.execute_query
        try:
            run(WORLD, realm=graph.realm, ties=TIES)
            for start in range(1, TIES + 1, 5000):
                run(TIED, realm=graph.realm, start=start, stop=min(start + 4999, TIES))
            run(ORDINARY, realm=graph.realm, start=ORDINARY_MEMBERS[0], stop=ORDINARY_MEMBERS[1])
            run(SHARED, realm=graph.realm, now=NOW)
            rebuild_close(graph, (f"m{i}" for i in range(ORDINARY_MEMBERS[1] + 1)), close_ties=32)
            yield Hub(graph)
        finally:
            forget_realm(graph)


def about(sender_id: str, offering_id: str) -> dict[str, Any]:
    return {"sender_id": sender_id, "offering_id": offering_id, "as_of": NOW, "limit": 26, "community_id": None}


@pytest.mark.parametrize(
    "name", ["sources/six_degree_walk", "sources/alike", "sources/strangers", "sources/gone_quiet", "questions/gate"]
)
def test_a_hub_that_sends(hub: Hub, name: str) -> None:
    def parameters(sender_id: str) -> dict[str, Any]:
        if name == "sources/six_degree_walk":
            return WalkSettings().parameters([Anchor(sender_id, None, NOW)])
        if name == "questions/gate":
            return {**about(sender_id, "o"), "offering_ids": ["o"], "sent_within_s": 1}
        return about(sender_id, "nothing")

    query = hub.graph.catalog[name]
    ordinary = max(hub.hits(query, **parameters("m7")), LEAST_HITS)
    assert hub.hits(query, **parameters("m0")) <= MOST_TIMES * ordinary


def test_a_hub_that_is_to_be_reached(hub: Hub) -> None:
    query = hub.graph.catalog["sources/six_degree_walk_back"]

    def hits(target_id: str) -> int:
        return hub.hits(query, **WalkSettings().parameters([BackwardAnchor((target_id,), "o", NOW)]))

    assert hits("m0") <= MOST_TIMES * max(hits("m7"), LEAST_HITS)


def test_a_hub_as_a_pair_that_is_scored(hub: Hub) -> None:
    query = FeatureSet(hub.graph.catalog).query

    def hits(sender_id: str, target_id: str) -> int:
        pair = PairKey(sender_id=sender_id, target_id=target_id, offering_id="o", as_of=NOW, degree=1)
        return hub.hits(query, offerings=by_offering([pair]))

    ordinary = max(hits("m7", "m8"), LEAST_HITS)
    assert hits("m7", "m0") <= MOST_TIMES * ordinary
    assert hits("m0", "m7") <= MOST_TIMES * ordinary


def test_a_hub_as_a_candidate_and_as_an_introducer(hub: Hub) -> None:
    query = hub.graph.catalog["filters/targets"]

    def hits(target_id: str, introducer_id: str) -> int:
        candidate = {"no": 0, "sender_id": "m9", "target_id": target_id, "introducer_ids": [introducer_id]}
        return hub.hits(
            query,
            sender_id="m9",
            as_of=NOW,
            filters=["has_adopted", "declined", "fatigued"],
            reached_within_s=1,
            most_reached=2,
            declined_within_s=1,
            about=[{"offering_id": "o", "candidates": [candidate]}],
        )

    ordinary = max(hits("m7", "m8"), LEAST_HITS)
    assert hits("m0", "m8") <= MOST_TIMES * ordinary
    assert hits("m7", "m0") <= MOST_TIMES * ordinary


def test_a_hub_that_chains_run_through(hub: Hub) -> None:
    query = hub.graph.catalog["questions/chains_to"]

    def hits(target_id: str) -> int:
        return hub.hits(
            query,
            offering_id="o",
            as_of=NOW,
            avoid_ids=[],
            detractor_sentiment=-0.5,
            experienced_introducers=False,
            most_asked=20,
            asked_within_s=1,
            second=4,
            target_ids=[target_id],
            joints=[{"member_id": "m9", "score": 1.0, "room": 6, "sends": True}],
        )

    assert hits("m0") <= MOST_TIMES * max(hits("m7"), LEAST_HITS)
