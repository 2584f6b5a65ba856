"""Draws some members of a realm to warm up with. Knows the query and its columns."""

from __future__ import annotations

from sixhop.graph.executor import AsyncGraph


class CypherSampler:
    """Draws from one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def sample(self, *, timeout_s: float) -> list[tuple[str, str]]:
        """Some members who may send something, each with an offering."""
        rows = await self._graph.rows("questions/warm_up_sample", timeout_s=timeout_s)
        return [(row["member_id"], row["offering_id"]) for row in rows]
