"""Answers how far members are: a short search for all, then a long one for who is left. What is late gives bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sixhop.degrees import DegreesAnswer, DegreesFound, DegreesQuestion, DegreeState, Effort, Reach
from sixhop.domain import Stage, StageReport
from sixhop.errors import NotFound
from sixhop.pipeline.attempt import Attempt, attempt, required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.ports import DegreeFinder

WHO_IS_THERE, NEAR, ALL = (0, 0), (2, 1), (5, 6)
"""Rounds forward and steps backward of the searches. The fewer targets are left, the more ties each one may follow."""
FIRST_SHARE = 0.75
"""Of the time, for the first search."""
TIES_IN_ALL, LEAST_TIES, MOST_TIES = 400_000, 1_000, 20_000
"""Ties that a step may follow from all targets together; from each one."""


@dataclass(frozen=True, slots=True)
class DegreesPipeline:
    """The pipeline of one realm."""

    finder: DegreeFinder
    queries_digest: str

    async def answer(self, question: DegreesQuestion, budget: Budget) -> DegreesAnswer:
        """The degree of each target of the question, or bounds of it.

        Raises:
            SixhopError: the member is not there, or not even that could be asked in time.
        """
        reaches: dict[str, Reach] = {}
        reports: list[StageReport] = []
        left: tuple[str, ...] = question.target_ids
        missing = ""
        for rounds, steps in (NEAR, ALL, ALL):
            step_ties = min(max(TIES_IN_ALL // len(left), LEAST_TIES), MOST_TIES)
            tried = await self._search(question, left, Effort(rounds, steps, step_ties), budget, first=not reaches)
            reports.append(_report(f"{self.finder.name}, {rounds} rounds, {steps} steps", tried))
            missing = missing or tried.missing
            if missing and not reaches:
                tried = await self._who_is_there(question, budget)
            if tried.value is None:
                break
            if not tried.value.member_known:
                raise NotFound("there is no member with this member_id")
            reaches |= {each.member_id: each.united(reaches.get(each.member_id, each)) for each in tried.value.reaches}
            left = tuple(each for each in left if _may_be_settled(reaches[each], whole=(rounds, steps) == ALL))
            if missing or not left:
                break
        degrees = tuple(reaches[each].degree for each in question.target_ids)
        unknown = [each for each in degrees if each.state is DegreeState.UNKNOWN]
        stops = {reaches[each.member_id].stopped_by for each in unknown}
        return DegreesAnswer(
            question=question,
            degrees=degrees,
            stopped_by="" if not unknown else "deadline" if missing else "hub" if "hub" in stops else "width",
            queries_digest=self.queries_digest,
            stages=tuple(reports),
        )

    async def _search(
        self, question: DegreesQuestion, target_ids: tuple[str, ...], effort: Effort, budget: Budget, *, first: bool
    ) -> Attempt[DegreesFound]:
        """The first one leaves time to ask who is there, in case it is late."""
        return await attempt(
            lambda statement_s: self.finder.find(question, target_ids, effort, timeout_s=statement_s),
            name=self.finder.name,
            request_id=question.request_id,
            timeout_s=budget.remaining_s * (FIRST_SHARE if first else 1.0),
        )

    async def _who_is_there(self, question: DegreesQuestion, budget: Budget) -> Attempt[DegreesFound]:
        """What bounds an answer where nothing else is known."""
        started = time.monotonic()
        found = await required(
            lambda statement_s: self.finder.find(
                question, question.target_ids, Effort(*WHO_IS_THERE, LEAST_TIES), timeout_s=statement_s
            ),
            name="finding degrees",
            timeout_s=budget.remaining_s,
        )
        return Attempt(found, time.monotonic() - started)


def _may_be_settled(reach: Reach, *, whole: bool) -> bool:
    """Whether one more search might do it; after a whole one only where there were more ties than could be followed."""
    return not reach.is_settled and (not whole or reach.stopped_by == "width")


def _report(name: str, tried: Attempt[DegreesFound]) -> StageReport:
    settled = sum(reach.is_settled for reach in tried.value.reaches) if tried.value else 0
    return StageReport(Stage.SOURCES, name, settled, elapsed_s=tried.elapsed_s, missing=tried.missing)
