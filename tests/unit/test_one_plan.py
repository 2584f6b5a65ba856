"""Every query that serves has one plan, whatever is asked: see docs/decisions/0012-parameters-as-one-map.md."""

from __future__ import annotations

import re

import neo4j
import pytest

from sixhop.graph.catalog import Catalog, Query, find_cypher_dir
from sixhop.graph.executor import prepare
from sixhop.graph.walk import BackwardAnchor, WalkSettings

CATALOG = Catalog(find_cypher_dir())
PARAMETER = re.compile(r"\$(\w+)")
WALKS = ("sources/six_degree_walk", "sources/six_degree_walk_back")
ONE_WALK = set(WalkSettings().parameters([BackwardAnchor(("m1",), "o1", 0)]))
"""A list of one, a list of six, and numbers: their types do not change from call to call."""


def parameters(query: Query) -> set[str]:
    code = "\n".join(line for line in query.text.splitlines() if not line.startswith("//"))
    return set(PARAMETER.findall(code))


@pytest.mark.parametrize(
    "query",
    [q for q in CATALOG if q.kind in {"question", "filter", "feature", "source"} and q.name not in WALKS],
    ids=lambda q: q.name,
)
def test_what_varies_in_length_is_inside_a_map(query: Query) -> None:
    assert parameters(query) <= {"realm", "ask"}


@pytest.mark.parametrize("name", WALKS)
def test_walks_take_one_anchor_and_numbers(name: str) -> None:
    assert "anchors" in parameters(CATALOG[name]) <= {"realm", *ONE_WALK}


def test_the_executor_makes_the_map() -> None:
    call = prepare(CATALOG["questions/outreach"], realm="demo", parameters={"outreach_id": "r1"})
    assert isinstance(call.statement, neo4j.Query)
    assert call.parameters == {"realm": "demo", "ask": {"outreach_id": "r1"}}
