"""The search for chains widens until it is certified, and never loses what it has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from sixhop.domain import Certificate, Chain, ChainsFound, ChainsQuestion, Tie
from sixhop.errors import NotFound, Reason, SixhopError, Unavailable
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.chain_search import WIDTHS, search_chains

QUESTION = ChainsQuestion(request_id="r", from_id="a", to_id="z", as_of=0, max_chains=2)


def chain(*introducers: str, score: float) -> Chain:
    members = ("a", *introducers, "z")
    return Chain(members, (Tie(score, 1.0), *(Tie(1.0, 1.0) for _ in introducers)))


def found(*chains: Chain, above: float = 0.0, above_all: float = 0.0, hub: int | None = 1) -> ChainsFound:
    return ChainsFound(True, True, False, chains, frozenset(), Certificate(above, above_all), hub)


@dataclass
class Finder:
    """Gives what it was told, one after the other; an error is raised, a number of seconds waited for."""

    answers: list[ChainsFound | Exception | float]
    asked: list[tuple[int, float]] = field(default_factory=list)
    name: str = "finder"

    async def find(
        self, question: ChainsQuestion, *, width: int, most_ties: int, above: float, timeout_s: float
    ) -> ChainsFound:
        self.asked.append((width, above))
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, ChainsFound):
            return answer
        if isinstance(answer, Exception):
            raise answer
        await asyncio.sleep(answer)
        pytest.fail("should have been cancelled")


BEST, NEXT, LAST = chain("b", score=0.5), chain("c", score=0.4), chain("d", score=0.1)


async def test_a_search_that_is_certified_is_not_made_wider() -> None:
    finder = Finder([found(BEST, NEXT, above=0.2, above_all=0.4)])
    search = await search_chains(finder, QUESTION, Budget(1.0))
    assert (search.chains, search.completeness.stopped_by) == ((BEST, NEXT), "")
    assert finder.asked == [(WIDTHS[0][0], 0.0)]


async def test_a_wider_search_passes_over_what_is_known_and_is_united_with_it() -> None:
    finder = Finder([found(BEST, LAST, above=0.3, above_all=0.6), found(NEXT, above=0.1, above_all=0.1)])
    search = await search_chains(finder, QUESTION, Budget(1.0))
    assert (search.chains, search.completeness.stopped_by) == ((BEST, NEXT), "")
    assert search.completeness.certificate == Certificate(0.1, 0.1)
    assert finder.asked == [(WIDTHS[0][0], 0.0), (WIDTHS[1][0], LAST.score)]
    assert [report.kept for report in search.reports] == [2, 1]


async def test_the_widest_search_says_that_it_was() -> None:
    finder = Finder([found(BEST, LAST, above_all=0.6)] * len(WIDTHS))
    search = await search_chains(finder, QUESTION, Budget(1.0))
    assert (search.chains, search.completeness.stopped_by) == ((BEST, LAST), "width")
    assert len(finder.asked) == len(WIDTHS)


async def test_a_wider_search_that_could_find_nothing_better_is_left_out() -> None:
    hub = WIDTHS[-1][1]
    finder = Finder([found(BEST, NEXT, above=0.1, above_all=0.6, hub=hub), found(above=0.1, above_all=0.1)])
    search = await search_chains(finder, QUESTION, Budget(1.0))
    assert ([width for width, _ in finder.asked], search.completeness.stopped_by) == ([WIDTHS[0][0], WIDTHS[-1][0]], "")
    finder = Finder([found(BEST, NEXT, above=0.1, above_all=0.6, hub=hub + 1)])
    search = await search_chains(finder, QUESTION, Budget(1.0))
    assert (len(finder.asked), search.completeness.stopped_by) == (1, "width")


@pytest.mark.parametrize(
    ("late", "stopped_by", "missing"),
    [
        (5.0, "deadline", ()),
        (Unavailable("slow", reason=Reason.GRAPH_TIMEOUT), "deadline", ()),
        (SixhopError("broken"), "width", ("finder",)),
    ],
)
async def test_what_was_found_is_not_lost_when_a_wider_search_is_late_or_fails(
    late: Exception | float, stopped_by: str, missing: tuple[str, ...]
) -> None:
    search = await search_chains(Finder([found(BEST, LAST, above_all=0.6), late]), QUESTION, Budget(0.1))
    assert search.chains == (BEST, LAST)
    assert (search.completeness.stopped_by, search.completeness.missing) == (stopped_by, missing)


async def test_no_chain_is_certified_only_when_all_was_looked_at() -> None:
    search = await search_chains(Finder([found(above_all=0.1), found()]), QUESTION, Budget(1.0))
    assert (search.chains, search.completeness.stopped_by) == ((), "")


async def test_the_first_search_is_needed() -> None:
    with pytest.raises(Unavailable) as raised:
        await search_chains(Finder([5.0]), QUESTION, Budget(0.05))
    assert raised.value.reason is Reason.GRAPH_TIMEOUT


async def test_who_is_not_there_is_told() -> None:
    sliced = ChainsQuestion(request_id="r", from_id="a", to_id="z", as_of=0, slice_enterprise_id="e")
    with pytest.raises(NotFound) as raised:
        await search_chains(Finder([found()]), sliced, Budget(1.0))
    assert raised.value.reason is Reason.ENTERPRISE_NOT_FOUND
    unknown = ChainsFound(True, False, False, (), frozenset(), Certificate(0.0, 0.0))
    with pytest.raises(NotFound, match="to_id"):
        await search_chains(Finder([unknown]), QUESTION, Budget(1.0))
