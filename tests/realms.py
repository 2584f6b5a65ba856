"""Empties a realm of the tests' Neo4j, in bounded batches."""

from __future__ import annotations

from pathlib import Path

from sixhop.graph.executor import Graph

FORGET_REALM = (Path(__file__).parent / "forget_realm.cypher").read_text(encoding="utf-8")
FORGET_BATCH = 500
MOST_BATCHES = 10_000


def forget_realm(graph: Graph) -> None:
    """Delete all nodes of the graph's realm, and with them their relationships."""
    for _ in range(MOST_BATCHES):
        records, _, _ = graph.driver.execute_query(
            FORGET_REALM, realm=graph.realm, batch=FORGET_BATCH, database_=graph.at.database
        )
        if not records[0]["deleted"]:
            return
    raise AssertionError(f"realm {graph.realm} still has nodes after {MOST_BATCHES} batches")
