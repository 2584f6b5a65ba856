"""Chains between two members as the pipeline wants them: a question in, chains out. Knows no gRPC and no model."""

from __future__ import annotations

from sixhop.domain import Certificate, ChainsFound, ChainsQuestion
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.slices import CypherSlices
from sixhop.graph.walk import chain_of, seen_by

CHAINS_BETWEEN = "questions/chains_between"


class CypherChainFinder:
    """Finds chains in one realm. Raises `Misconfigured` when there is no such query."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._query = graph.catalog[CHAINS_BETWEEN]
        self._slices = CypherSlices(graph)

    @property
    def name(self) -> str:
        return self._query.name

    async def find(
        self, question: ChainsQuestion, *, width: int, most_ties: int, above: float, timeout_s: float
    ) -> ChainsFound:
        """The best chains that score strictly above `above`.

        Args:
            question: Whom it is about, and the rules.
            width: Of how many members at each end, one and two ties away, the next tie is looked at.
            most_ties: Whoever has more ties is walked on from over the closest ones only.
            above: What scores no more than that is passed over.
            timeout_s: On the server.
        """
        rows = await self._graph.after(question.freshness_token).rows(
            self._query,
            timeout_s=timeout_s,
            from_id=question.from_id,
            to_id=question.to_id,
            as_of=question.as_of,
            max_length=question.max_length,
            avoid_ids=list(question.avoid_ids),
            only_named=question.only_named,
            slice_enterprise_id=question.slice_enterprise_id,
            **seen_by(question.seen_by),
            outreach=question.outreach_about is not None,
            offering_id=question.outreach_about,
            limit=question.max_chains,
            width=width,
            most_ties=most_ties,
            above=above,
        )
        first, found = rows[0], [row for row in rows if row["member_ids"] is not None]
        between = (member for row in found for member in row["member_ids"][1:-1])
        unseen = await self._slices.unseen(question, between, timeout_s=timeout_s)
        return ChainsFound(
            from_known=first["from_known"],
            to_known=first["to_known"],
            enterprise_known=first["enterprise_known"],
            chains=tuple(chain_of(row) for row in found),
            unnamed_ids=unseen.union(member for row in found for member in row["unnamed_ids"]),
            certificate=Certificate(first["complete_above"], first["complete_above_all_ties"]),
            fewest_unlisted=first["fewest_unlisted"],
        )
