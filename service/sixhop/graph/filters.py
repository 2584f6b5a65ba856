"""Asks the graph which candidates may be shown. Knows the query and its columns, not what is done about them."""

from __future__ import annotations

from collections.abc import Sequence

from sixhop.domain import Candidate, TargetFacts, TargetsQuestion
from sixhop.graph.executor import AsyncGraph


class CypherTargetFilter:
    """The filters of one realm, all in one statement."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def check(
        self,
        question: TargetsQuestion,
        candidates: Sequence[Candidate],
        *,
        filters: Sequence[str],
        reached_since: int,
        timeout_s: float,
    ) -> list[TargetFacts]:
        """What is known of each candidate; one that is not in the answer is not in the graph (any more)."""
        rows = await self._graph.after(question.freshness_token).rows(
            "filters/targets",
            timeout_s=timeout_s,
            sender_id=question.sender_id,
            offering_id=question.offering_id,
            as_of=question.as_of,
            filters=list(filters),
            reached_since=reached_since,
            candidates=[
                {
                    "target_id": candidate.target_id,
                    "contact_id": candidate.chain.members[1],
                    "introducer_ids": list(candidate.chain.members[1:-1]),
                }
                for candidate in candidates
            ],
        )
        return [
            TargetFacts(
                target_id=row["target_id"],
                removed_by=row["removed_by"],
                unnamed_ids=frozenset(row["unnamed_ids"]),
                community_id=row["community_id"],
            )
            for row in rows
        ]
