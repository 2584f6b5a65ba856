"""Chains between two members as the pipeline wants them: a question in, chains out. Knows no gRPC and no model."""

from __future__ import annotations

from sixhop.domain import Candidate, Certificate, ChainsQuestion, SourceResult
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.walk import chain_of

CHAINS_BETWEEN = "questions/chains_between"
WIDTH = 2_000
"""Members kept at each end: on a million members 2,000 found the best chain of every pair, 1,000 of 81-84 %."""


class CypherChainFinder:
    """Finds chains in one realm. Raises `Misconfigured` when there is no such query."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._query = graph.catalog[CHAINS_BETWEEN]

    async def find(self, question: ChainsQuestion, *, limit: int, timeout_s: float) -> SourceResult:
        """At most `limit` chains, best first; none when an end is not there."""
        rows = await self._graph.after(question.freshness_token).rows(
            self._query,
            timeout_s=timeout_s,
            from_id=question.from_id,
            to_id=question.to_id,
            as_of=question.as_of,
            max_length=question.max_length,
            avoid_ids=list(question.avoid_ids),
            limit=limit,
            width=WIDTH,
        )
        certificate = Certificate(rows[0]["complete_above"], rows[0]["complete_above_all_ties"]) if rows else None
        chains = [chain_of(row) for row in rows if row["member_ids"] is not None]
        candidates = (Candidate(chain, "", (self._query.name,), chain.length) for chain in chains)
        return SourceResult(self._query.name, tuple(candidates), certificate)
