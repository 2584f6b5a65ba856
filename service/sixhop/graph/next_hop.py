"""Reads an outreach under way. Knows the query and its columns, not what is to be done next."""

from __future__ import annotations

from sixhop.graph.executor import AsyncGraph, Row
from sixhop.graph.slices import CypherSlices
from sixhop.outreach import Hop, HopState, NextHopQuestion, Outreach


class CypherOutreachReader:
    """The outreaches of one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._slices = CypherSlices(graph)

    async def read(self, question: NextHopQuestion, *, timeout_s: float) -> Outreach | None:
        """The outreach of the question; None when it is not there, or nobody stands in it any more."""
        rows = await self._graph.after(question.freshness_token).rows(
            "questions/outreach", timeout_s=timeout_s, outreach_id=question.outreach_id
        )
        asked = [row for row in rows if row["member_id"] is not None]
        unseen = await self._slices.unseen(question, (row["member_id"] for row in asked), timeout_s=timeout_s)
        hops = tuple(_hop(row, seen=row["member_id"] not in unseen) for row in asked)
        if not hops:
            return None
        return Outreach(offering_id=rows[0]["offering_id"], outcome=rows[0]["outcome"] or "", hops=hops)


def _hop(row: Row, *, seen: bool) -> Hop:
    return Hop(
        position=row["position"],
        member_id=row["member_id"],
        state=HopState(row["state"]),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        answered_at=row["answered_at"],
        can_be_named=row["can_be_named"] and seen,
    )
