"""Degrees are searched near first, then far for who is left; what is late leaves bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from sixhop.degrees import Degree, DegreesFound, DegreesQuestion, DegreeState, Effort, Reach
from sixhop.errors import NotFound, Reason, Unavailable
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.degrees import MOST_TIES, DegreesPipeline

QUESTION = DegreesQuestion(request_id="r", member_id="a", target_ids=("b", "c"), as_of=0)
LATE = Unavailable("slow", reason=Reason.GRAPH_TIMEOUT)


@dataclass
class Finder:
    answers: list[DegreesFound | Exception]
    asked: list[tuple[tuple[str, ...], Effort]] = field(default_factory=list)
    name: str = "finder"

    async def find(
        self, question: DegreesQuestion, target_ids: Sequence[str], effort: Effort, *, timeout_s: float
    ) -> DegreesFound:
        self.asked.append((tuple(target_ids), effort))
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def reached(*reaches: Reach) -> DegreesFound:
    return DegreesFound(True, reaches)


async def test_only_who_is_left_is_searched_further() -> None:
    finder = Finder([reached(Reach("b", True, 2, 4), Reach("c", True, None, 4)), reached(Reach("c", True, 5, 5))])
    answer = await DegreesPipeline(finder, "d").answer(QUESTION, Budget(2.0))
    assert answer.degrees == (Degree("b", DegreeState.EXACT, 2), Degree("c", DegreeState.EXACT, 5))
    assert answer.stopped_by == ""
    assert [targets for targets, _ in finder.asked] == [("b", "c"), ("c",)]
    assert finder.asked[1][1].step_ties == MOST_TIES


async def test_a_search_that_is_late_leaves_bounds() -> None:
    finder = Finder([reached(Reach("b", True, None, 4), Reach("c", False, None, 7)), LATE])
    answer = await DegreesPipeline(finder, "d").answer(QUESTION, Budget(2.0))
    assert answer.degrees == (Degree("b", DegreeState.UNKNOWN, at_least=4), Degree("c", DegreeState.NO_MEMBER))
    assert answer.stopped_by == "deadline"
    assert answer.stages[-1].missing == "timed out"


async def test_where_even_the_first_search_is_late_who_is_there_is_known() -> None:
    finder = Finder([LATE, reached(Reach("b", True, None, 1), Reach("c", False, None, 7))])
    answer = await DegreesPipeline(finder, "d").answer(QUESTION, Budget(2.0))
    assert finder.asked[1][1].rounds == 0
    assert answer.degrees == (Degree("b", DegreeState.UNKNOWN, at_least=1), Degree("c", DegreeState.NO_MEMBER))
    assert answer.stopped_by == "deadline"
    with pytest.raises(Unavailable):
        await DegreesPipeline(Finder([LATE, LATE]), "d").answer(QUESTION, Budget(2.0))


async def test_bounds_of_both_searches_hold() -> None:
    first, second = Reach("b", True, 6, 3), Reach("b", True, None, 4, "hub")
    finder = Finder([reached(first, Reach("c", True, 1, 1)), reached(second)])
    answer = await DegreesPipeline(finder, "d").answer(QUESTION, Budget(2.0))
    assert answer.degrees[0] == Degree("b", DegreeState.UNKNOWN, at_most=6, at_least=4)
    assert answer.stopped_by == "hub"


async def test_who_is_left_for_want_of_ties_is_searched_with_more_of_them() -> None:
    by_width, by_hub = Reach("b", True, 6, 5, "width"), Reach("c", True, 6, 5, "hub")
    finder = Finder([reached(by_width, by_hub), reached(by_width, by_hub), reached(Reach("b", True, 6, 6))])
    answer = await DegreesPipeline(finder, "d").answer(QUESTION, Budget(2.0))
    assert [targets for targets, _ in finder.asked] == [("b", "c"), ("b", "c"), ("b",)]
    assert [each.state for each in answer.degrees] == [DegreeState.EXACT, DegreeState.UNKNOWN]
    assert answer.stopped_by == "hub"


async def test_a_member_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        await DegreesPipeline(Finder([DegreesFound(False, ())]), "d").answer(QUESTION, Budget(2.0))
