"""Reads what the pipeline's gates decide on. Knows the queries and their columns, not the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sixhop.domain import (
    OfferingFacts,
    ReferrersQuestion,
    SenderFacts,
    TargetFacts,
    TargetsQuestion,
)
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.slices import CypherSlices


class CypherGate:
    """The gates' view of one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._slices = CypherSlices(graph)

    async def sender(self, question: TargetsQuestion, *, sent_within_s: int, timeout_s: float) -> SenderFacts:
        """The facts on the question's sender and offerings; outreaches are counted within `sent_within_s`."""
        rows = await self._graph.after(question.freshness_token).rows(
            "questions/gate",
            timeout_s=timeout_s,
            sender_id=question.sender_id,
            offering_ids=list(question.offering_ids),
            community_id=question.community_id,
            as_of=question.as_of,
            sent_within_s=sent_within_s,
        )
        return SenderFacts(
            known=rows[0]["sender_known"],
            opted_out=rows[0]["sender_opted_out"],
            sent_lately=rows[0]["sent_lately"],
            community_known=rows[0]["community_known"],
            community_id=rows[0]["community_id"],
            offerings=tuple(
                _offering(row, offering_id) for row, offering_id in zip(rows, question.offering_ids, strict=True)
            ),
        )

    async def target(self, question: ReferrersQuestion, *, limits: Mapping[str, Any], timeout_s: float) -> TargetFacts:
        """The facts on who is to be reached, and on the offering; `limits` are the surface's on targets."""
        rows = await self._graph.after(question.freshness_token).rows(
            "questions/gate_target",
            timeout_s=timeout_s,
            target_id=question.target_id,
            enterprise_id=question.enterprise_id,
            offering_id=question.offering_ids[0],
            as_of=question.as_of,
            **limits,
        )
        targets = [row for row in rows if row["target_id"] is not None]
        unseen = await self._slices.unseen(question, (row["target_id"] for row in targets), timeout_s=timeout_s)
        targets = [row for row in targets if row["target_id"] not in unseen]
        reachable = tuple(row["target_id"] for row in targets if not row["removed_by"])
        removed = Counter(row["removed_by"] for row in targets if row["removed_by"])
        return TargetFacts(
            known=rows[0]["known"],
            offering=_offering(rows[0], question.offering_ids[0]),
            reachable_ids=reachable,
            removed_by=dict(removed),
        )


def _offering(row: dict[str, Any], offering_id: str) -> OfferingFacts:
    return OfferingFacts(
        offering_id=offering_id,
        known=row["offering_known"],
        kind=row["offering_kind"],
        value=float(row["offering_value"]),
        experienced=row.get("experienced", False),
        last_sentiment=row.get("last_sentiment"),
    )
