"""Asks the graph which candidates may be shown. Knows the queries and their columns, not what is done about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sixhop.domain import Candidate, CandidateFacts, RecommendQuestion, TargetsQuestion
from sixhop.graph.executor import AsyncGraph


class CypherFilter:
    """The filters of one realm, each question's in one statement.

    Args:
        graph: The realm.
        target_limits: How often a target may be reached, and which filters are switched on.
        sender_limits: How much may be asked of a sender.
    """

    def __init__(
        self,
        graph: AsyncGraph,
        *,
        target_limits: Mapping[str, Any],
        sender_limits: Mapping[str, int],
    ) -> None:
        self._graph = graph
        self._target_limits = dict(target_limits)
        self._sender_limits = dict(sender_limits)

    async def check(
        self, question: RecommendQuestion, candidates: Sequence[Candidate], *, timeout_s: float
    ) -> list[CandidateFacts | None]:
        """What is known of each candidate, in the same order; None for who is not in the graph (any more)."""
        asked: dict[str, Any] = {"as_of": question.as_of, "about": _about(candidates)}
        if isinstance(question, TargetsQuestion):
            query = "filters/targets"
            asked |= {"sender_id": question.sender_id, **self._target_limits}
        else:
            query = "filters/referrers"
            asked |= self._sender_limits
        rows = await self._graph.after(question.freshness_token).rows(query, timeout_s=timeout_s, **asked)
        found: list[CandidateFacts | None] = [None] * len(candidates)
        for no, removed_by, unnamed_ids, named, community_id, asked_lately, asks_few in rows[0]["found"]:
            found[no] = CandidateFacts(
                removed_by=removed_by,
                unnamed_ids=frozenset(unnamed_ids),
                subject_named=named,
                community_id=community_id,
                asked_lately=asked_lately,
                asks_few=asks_few,
            )
        return found


def _about(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    by_offering: dict[str, list[dict[str, Any]]] = {}
    for no, candidate in enumerate(candidates):
        by_offering.setdefault(candidate.offering_id, []).append(
            {
                "no": no,
                "sender_id": candidate.sender_id,
                "target_id": candidate.target_id,
                "introducer_ids": list(candidate.chain.members[1:-1]),
            }
        )
    return [{"offering_id": offering_id, "candidates": each} for offering_id, each in by_offering.items()]
