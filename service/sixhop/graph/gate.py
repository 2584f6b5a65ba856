"""Reads what the pipeline's gate decides on. Knows the queries and their columns, not the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sixhop.domain import ChainsQuestion, GateFacts, TargetsQuestion
from sixhop.graph.executor import AsyncGraph, Row


class CypherGate:
    """The gate's view of one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def facts(self, question: TargetsQuestion, *, sent_since: int, timeout_s: float) -> GateFacts:
        """The facts on the question's sender and offering; outreaches are counted after `sent_since`."""
        rows = await self._graph.after(question.freshness_token).rows(
            "questions/gate",
            timeout_s=timeout_s,
            sender_id=question.sender_id,
            offering_id=question.offering_id,
            as_of=question.as_of,
            sent_since=sent_since,
        )
        return _facts(rows[0])

    async def known(self, question: ChainsQuestion, *, timeout_s: float) -> frozenset[str]:
        """Which of the question's two ends are there."""
        rows = await self._graph.after(question.freshness_token).rows(
            "questions/members_known", timeout_s=timeout_s, member_ids=[question.from_id, question.to_id]
        )
        return _ids(rows)

    async def unnamed(self, question: ChainsQuestion, member_ids: Sequence[str], *, timeout_s: float) -> frozenset[str]:
        """Which of these members have not consented to be named."""
        rows = await self._graph.after(question.freshness_token).rows(
            "filters/unnamed", timeout_s=timeout_s, member_ids=list(member_ids)
        )
        return _ids(rows)


def _ids(rows: list[Row]) -> frozenset[str]:
    return frozenset(str(row["member_id"]) for row in rows)


def _facts(row: dict[str, Any]) -> GateFacts:
    return GateFacts(
        sender_known=row["sender_known"],
        offering_known=row["offering_known"],
        offering_kind=row["offering_kind"],
        offering_value=float(row["offering_value"]),
        sender_opted_out=row["sender_opted_out"],
        experienced=row["experienced"],
        last_sentiment=row["last_sentiment"],
        sent_lately=row["sent_lately"],
    )
