"""Asks the graph which candidates may be shown. Knows the queries and their columns, not what is done about them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sixhop.domain import (
    CONTACT_CANNOT_BE_NAMED,
    OUT_OF_SLICE,
    Candidate,
    CandidateFacts,
    RecommendQuestion,
    TargetsQuestion,
)
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.slices import CypherSlices


class CypherFilter:
    """The filters of one realm, each question's in one statement.

    Args:
        graph: The realm.
        target_limits: How often a target may be reached, and which filters are switched on.
        sender_limits: Who may send, and how much may be asked of them.
    """

    def __init__(
        self,
        graph: AsyncGraph,
        *,
        target_limits: Mapping[str, Any],
        sender_limits: Mapping[str, int | bool],
    ) -> None:
        self._graph = graph
        self._slices = CypherSlices(graph)
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
        rows, unseen = await asyncio.gather(
            self._graph.after(question.freshness_token).rows(query, timeout_s=timeout_s, **asked),
            self._slices.unseen(question, (m for each in candidates for m in each.chain.members), timeout_s=timeout_s),
        )
        found: list[CandidateFacts | None] = [None] * len(candidates)
        for no, removed_by, unnamed_ids, named, community_id, asked_lately, asks_few, moderates in rows[0]["found"]:
            found[no] = CandidateFacts(
                removed_by=removed_by,
                unnamed_ids=frozenset(unnamed_ids),
                subject_named=named,
                community_id=community_id,
                asked_lately=asked_lately,
                asks_few=asks_few,
                moderates=moderates,
            )
        if not unseen:
            return found
        return [
            facts and _as_seen(facts, question.subject(candidate), candidate, unseen)
            for facts, candidate in zip(found, candidates, strict=True)
        ]


def _as_seen(facts: CandidateFacts, subject: str, candidate: Candidate, unseen: frozenset[str]) -> CandidateFacts:
    """The facts for who does not see some members: of the subject nothing, of introducers that they are not named."""
    if subject in unseen:
        return CandidateFacts(removed_by=OUT_OF_SLICE, subject_named=False)
    between = candidate.chain.members[1:-1]
    removed_by = facts.removed_by or (CONTACT_CANNOT_BE_NAMED if unseen.intersection(between[:1]) else "")
    return replace(facts, removed_by=removed_by, unnamed_ids=facts.unnamed_ids | unseen.intersection(between))


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
