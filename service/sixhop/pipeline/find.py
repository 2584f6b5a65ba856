"""Gathers, filters and hydrates candidates, wider and wider until enough are left. Knows no stage before or after.

The gate may still be under way meanwhile: it decides what is kept, and ends the search as soon as it says no.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sixhop.domain import OfferingFacts, RecommendQuestion, ReferrersQuestion, Stage, StageReport, TargetsQuestion
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline import filter as filters
from sixhop.pipeline.attempt import TIMED_OUT
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.filter import Filtered
from sixhop.pipeline.hydrate import FeatureReading, Hydrated
from sixhop.pipeline.ports import Filter, Hydrator, Joiner, Source
from sixhop.pipeline.sources import Gathered, gather
from sixhop.pipeline.surfaces import Surface

T = TypeVar("T")
U = TypeVar("U")
STOPPED_BY_DEADLINE = "deadline"
STOPPED_BY_WIDTH = "width"
STOPPED_BY_ENOUGH = "enough"
WIDER = 4
"""How many times wider the sources go when too few were found."""
MOST_CANDIDATES = 1_000
"""In all, for all offerings: as many as the filters look at."""


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate let pass."""

    offerings: tuple[OfferingFacts, ...]
    report: StageReport
    community_id: str = ""
    """The sender's top-level community; empty where there is none, or no one sender."""
    target_ids: tuple[str, ...] = ()
    """Who may be reached; empty where the question is whom to reach."""


@dataclass(frozen=True, slots=True)
class Found:
    """What gathering, filtering and hydrating gave, and what ended it."""

    gathered: Gathered
    filtered: Filtered
    hydrated: Hydrated
    left: int
    """How many different members."""
    stopped_by: str

    @property
    def after(self) -> tuple[StageReport, ...]:
        """The reports of what followed the gathering."""
        return (self.filtered.report, self.hydrated.report)

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(report.name for report in (*self.gathered.reports, *self.after) if report.missing)


@dataclass(frozen=True, slots=True)
class CandidateSearch:
    """How one surface finds candidates in one realm."""

    surface: Surface
    joiner: Joiner
    filter: Filter
    hydrator: Hydrator

    async def find(
        self,
        question: RecommendQuestion,
        sources: Sequence[tuple[Source, float]],
        budget: Budget,
        gating: asyncio.Future[Gated],
    ) -> Found:
        """Gather and filter, wider and wider until enough are left. Raises what the gate raises, as soon as it does.

        A wider round that is late or loses a part is not taken: the answer is what was found before.
        """
        width = max((source.width for source, _ in sources), default=0)
        named = len(question.candidate_ids) if isinstance(question, TargetsQuestion) else 0
        slots = max(self.surface.candidates, 2 * question.limit, named)
        backward = isinstance(question, ReferrersQuestion)
        most_width = self.surface.most_referrer_width if backward else self.surface.most_width
        enough = self._enough(question)
        with closing(FeatureReading(question, self.hydrator)) as reading:
            started = time.monotonic()
            found = await self._round(question, budget, sources, gating, reading, slots, width)
            question = replace(question, offering_ids=tuple(each.offering_id for each in gating.result().offerings))
            while found.stopped_by == STOPPED_BY_WIDTH and found.left < enough and 0 < width < most_width:
                if WIDER * (time.monotonic() - started) > budget.slice_s(Stage.SOURCES):
                    return replace(found, stopped_by=STOPPED_BY_DEADLINE)
                width = min(WIDER * width, most_width)
                slots = max(slots, min(WIDER * slots, width))
                started = time.monotonic()
                try:
                    wider = await self._round(question, budget, sources, gating, reading, slots, width)
                except Unavailable:
                    return replace(found, stopped_by=STOPPED_BY_DEADLINE)
                if wider.missing - found.missing:
                    return replace(found, stopped_by=STOPPED_BY_DEADLINE)
                found = wider
            return found

    async def _round(
        self,
        question: RecommendQuestion,
        budget: Budget,
        sources: Sequence[tuple[Source, float]],
        gating: asyncio.Future[Gated],
        reading: FeatureReading,
        slots: int,
        width: int,
    ) -> Found:
        """Gather once, then filter and hydrate.

        Raises:
            SixhopError: what the gate raises, or the filter; or no source answered in time.
        """
        proposing = isinstance(question, TargetsQuestion) and any(not source.width for source, _ in sources)
        gathering = gather(
            question,
            sources,
            joiner=self.joiner if proposing else None,
            slots=min(slots, MOST_CANDIDATES // len(question.offering_ids)),
            width=width,
            timeout_s=budget.slice_s(Stage.SOURCES),
            meanwhile=lambda candidates: reading.begin(candidates, timeout_s=budget.slice_s(Stage.HYDRATE)),
        )
        gated, gathered = await _both(gating, gathering)
        if not gathered.live:
            raise Unavailable("none of the surface's sources answered in time; try again", reason=Reason.NO_LIVE_SOURCE)
        passed = {offering.offering_id for offering in gated.offerings}
        candidates = tuple(each for each in gathered.candidates if each.offering_id in passed)
        filtered, hydrated = await _both(
            filters.remove(question, candidates, filter_=self.filter, timeout_s=budget.slice_s(Stage.FILTER)),
            reading.finish(candidates, timeout_s=budget.slice_s(Stage.HYDRATE)),
        )
        left = len({question.subject(each.candidate) for each in filtered.eligible})
        return Found(gathered, filtered, hydrated, left, _stopped_by(gathered, left, self._enough(question)))

    def _enough(self, question: RecommendQuestion) -> int:
        """From how many on no wider walk is worth its time: few of those around a member have the offering."""
        few = isinstance(question, ReferrersQuestion)
        return min(question.limit, self.surface.enough_referrers) if few else question.limit


async def _both(first: Awaitable[T], second: Awaitable[U]) -> tuple[T, U]:
    """Both results; whatever fails first ends the other, and where both fail the first's error is raised."""
    one, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    both: tuple[asyncio.Future[Any], ...] = (one, other)
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_EXCEPTION)
        errors = [error for each in both if each.done() and (error := each.exception())]
        if errors:
            raise errors[0]
        return one.result(), other.result()
    finally:
        for each in both:
            each.cancel()


def _stopped_by(gathered: Gathered, left: int, enough: int) -> str:
    if any(report.missing == TIMED_OUT for report in gathered.reports):
        return STOPPED_BY_DEADLINE
    if gathered.certificate.complete_above <= 0:
        return ""
    return STOPPED_BY_ENOUGH if left >= enough else STOPPED_BY_WIDTH
