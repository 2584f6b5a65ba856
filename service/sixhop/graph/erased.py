"""Who was erased from a realm, by keyed hash."""

from __future__ import annotations

from sixhop.graph.executor import Graph

PAGE = 10_000


def erased_hashes(graph: Graph) -> frozenset[str]:
    """All of them."""
    found: list[str] = []
    while rows := graph.rows("ops/erased_page", cursor=found[-1] if found else "", limit=PAGE):
        found += [row["member_hash"] for row in rows]
    return frozenset(found)
