"""No walk reads more than it walks: its plan starts at a key and follows ties, however little the store knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.degrees import DEGREES
from sixhop.graph.executor import Graph, prepare
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings

WALK = WalkSettings().parameters([Anchor("m1", "o1", 1_700_000_000)])
CHAINS = {
    "from_id": "a",
    "to_id": "b",
    "as_of": 1,
    "avoid_ids": [],
    "only_named": False,
    "slice_enterprise_id": None,
    "outreach": False,
    "offering_id": None,
    "max_length": 6,
    "limit": 10,
    "width": 32,
    "most_ties": 1000,
    "above": 0.0,
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
        ("sources/alike", WALK),
        (CHAINS_BETWEEN, CHAINS),
        (DEGREES, {"member_id": "a", "target_ids": ["b"], **EFFORT}),
        ("questions/outreach", {"outreach_id": "r"}),
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
