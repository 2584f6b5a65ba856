"""No walk reads more than it walks: its plan starts at a key and follows ties, however little the store knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.executor import Graph, prepare
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings

WALK = WalkSettings().parameters([Anchor("m1", "o1", 1_700_000_000)])
CHAINS = {"from_id": "a", "to_id": "b", "as_of": 1, "avoid_ids": [], "max_length": 6, "limit": 10, "width": 2000}


def operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"]
    for child in plan.get("children", []):
        yield from operators(child)


@pytest.mark.parametrize(
    ("name", "parameters"), [(SIX_DEGREE_WALK, WALK), ("sources/alike", WALK), (CHAINS_BETWEEN, CHAINS)]
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
