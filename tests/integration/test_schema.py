"""`schema.yaml` and the migrations say the same of the store, as the real store has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sixhop.graph.catalog import find_cypher_dir
from sixhop.graph.executor import Graph

OWN_LABELS = ("Migration",)
"""Labels of the store's own records, which are no part of a realm."""
TEST_LABELS = re.compile(r"^(Test|Migration)_x")
FORGET_REALM = Path(__file__).parents[1] / "forget_realm.cypher"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(yaml.safe_load((find_cypher_dir() / "schema.yaml").read_text(encoding="utf-8")))


def _of_the_product(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = [(row, row["labelsOrTypes"] or [""]) for row in rows]
    return [row for row, (name, *_) in names if name and name not in OWN_LABELS and not TEST_LABELS.match(name)]


def test_each_nodes_key_is_a_constraint(graph: Graph, schema: dict[str, Any]) -> None:
    constraints = _of_the_product(graph.rows("ops/doctor_constraints"))
    unique = {(row["labelsOrTypes"][0], tuple(row["properties"])) for row in constraints}
    assert unique == {(label, tuple(node["key"])) for label, node in schema["nodes"].items()}


def test_what_is_indexed_is_in_the_schema(graph: Graph, schema: dict[str, Any]) -> None:
    indexes = _of_the_product(graph.rows("ops/doctor_indexes"))
    assert indexes
    for row in indexes:
        described = schema["nodes" if row["entityType"] == "NODE" else "relationships"]
        (name,) = row["labelsOrTypes"]
        assert name in described, row["name"]
        assert set(row["properties"]) <= set(described[name]["properties"]), row["name"]


def test_every_key_begins_with_the_realm_and_is_declared(schema: dict[str, Any]) -> None:
    for label, node in schema["nodes"].items():
        assert node["key"][0] == "realm", label
        assert set(node["key"]) <= set(node["properties"]), label


def test_relationships_join_nodes_that_there_are(schema: dict[str, Any]) -> None:
    for name, relationship in schema["relationships"].items():
        assert {relationship["from"], relationship["to"]} <= set(schema["nodes"]), name


def test_tests_empty_their_realm_of_every_label(schema: dict[str, Any]) -> None:
    text = FORGET_REALM.read_text(encoding="utf-8")
    assert set(re.findall(r"\(n:(\w+) ", text)) == set(schema["nodes"])
