"""Degrees of members as the pipeline wants them: a question and an effort in, what was found out. Knows no gRPC."""

from __future__ import annotations

from collections.abc import Sequence

from sixhop.degrees import DegreesFound, DegreesQuestion, Effort, Reach
from sixhop.graph.executor import AsyncGraph

DEGREES = "questions/degrees"
RING_MEMBERS, RING_TIES = 1_500, 50_000
"""A ring that is larger is met from the other end: with 50,000 ties of ten million, after 200 ties on average."""
HUB_TIES = 1_000
"""What lies behind a member with more incoming ties is not looked at in a step."""


class CypherDegreeFinder:
    """Finds degrees in one realm. Raises `Misconfigured` when there is no such query."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._query = graph.catalog[DEGREES]

    @property
    def name(self) -> str:
        return self._query.name

    async def find(
        self, question: DegreesQuestion, target_ids: Sequence[str], effort: Effort, *, timeout_s: float
    ) -> DegreesFound:
        """What `effort` knows of these targets, in their order."""
        rows = await self._graph.after(question.freshness_token).rows(
            self._query,
            timeout_s=timeout_s,
            member_id=question.member_id,
            target_ids=list(target_ids),
            rounds=effort.rounds,
            steps=effort.steps,
            step_ties=effort.step_ties,
            ring_members=RING_MEMBERS,
            ring_ties=RING_TIES,
            hub_ties=HUB_TIES,
        )
        reaches = (
            Reach(row["member_id"], row["known"], row["found"], row["at_least"], row["stopped_by"]) for row in rows
        )
        return DegreesFound(rows[0]["start_known"], tuple(reaches))
