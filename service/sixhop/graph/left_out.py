"""Reads whom the rules of a walk kept out, for explaining. Knows the query and its columns, not what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sixhop.domain import LeftOut, RecommendQuestion, TargetsQuestion
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.slices import CypherSlices
from sixhop.graph.walk import WalkSettings

LEFT_OUT = "questions/left_out"
MOST = 200
"""Listed at most, of all offerings together."""


class CypherLeftOut:
    """Reads from one realm, under the rules of one surface."""

    def __init__(self, graph: AsyncGraph, settings: WalkSettings) -> None:
        self._graph = graph
        self._slices = CypherSlices(graph)
        self._settings = settings

    async def left_out(
        self,
        question: RecommendQuestion,
        around: Mapping[str, Sequence[str]],
        found: Mapping[str, Sequence[str]],
        *,
        timeout_s: float,
    ) -> list[LeftOut]:
        """By offering and member.

        Args:
            question: What was asked.
            around: For each offering, members of the chains that were found.
            found: For each offering, who was found.
            timeout_s: For the statement.
        """
        forward = isinstance(question, TargetsQuestion)
        rows = await self._graph.after(question.freshness_token).rows(
            LEFT_OUT,
            timeout_s=timeout_s,
            back=not forward,
            end_ids=list(question.ends),
            as_of=question.as_of,
            **self._settings.rules_of_introducing,
            most_sent=self._settings.most_sent,
            sent_within_s=self._settings.sent_within_s,
            most=MOST,
            about=[
                {"offering_id": offering_id, "around_ids": list(ids), "found_ids": list(found.get(offering_id, ()))}
                for offering_id, ids in around.items()
            ],
        )
        found_out = [LeftOut(*each) for each in rows[0]["found"]]
        unseen = await self._slices.unseen(question, (each.member_id for each in found_out), timeout_s=timeout_s)
        return [each for each in found_out if each.member_id not in unseen]
