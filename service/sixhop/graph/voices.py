"""Reads voices in order. Knows the queries and their columns."""

from __future__ import annotations

from sixhop.graph.executor import AsyncGraph
from sixhop.voices import Voice

VOICES = "questions/voices"
LAST_VOICE = "questions/last_voice"


class CypherVoices:
    """The voices of one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def after(
        self, number: int, *, limit: int, freshness_token: str | None = None, timeout_s: float
    ) -> list[Voice]:
        """The first `limit` voices after `number`."""
        rows = await self._graph.after(freshness_token).rows(VOICES, timeout_s=timeout_s, after=number, limit=limit)
        return [Voice(**row) for row in rows]

    async def last(self, *, timeout_s: float) -> int:
        """The number of the voice that came last; 0 where none did."""
        rows = await self._graph.rows(LAST_VOICE, timeout_s=timeout_s)
        return int(rows[0]["number"])
