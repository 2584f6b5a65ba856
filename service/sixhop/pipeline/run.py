"""Runs the stages of one surface for one question: gate → sources → filter → hydrate → score → select → record.

Gate and sources are asked side by side to save a round trip, and so are filter and hydrate; the gate and the filter
decide. Where too few are left the sources go wider, as long as there is time. Knows nothing of gRPC, Neo4j or models:
it is handed its parts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sixhop.domain import (
    Answer,
    Certificate,
    Chain,
    Completeness,
    OfferingFacts,
    ReferrersQuestion,
    Stage,
    StageReport,
    TargetsQuestion,
)
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline import explain, gate, hydrate, present, record, score, select
from sixhop.pipeline import filter as filters
from sixhop.pipeline.attempt import TIMED_OUT, attempt, required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.filter import Filtered
from sixhop.pipeline.hydrate import Hydrated
from sixhop.pipeline.ports import Filter, Gate, Hydrator, Joiner, Model, Recorder, Source, TieReader
from sixhop.pipeline.sources import Gathered, gather
from sixhop.pipeline.surfaces import Surface

T = TypeVar("T")
U = TypeVar("U")

NO_ROOM = "no room"
STOPPED_BY_DEADLINE = "deadline"
STOPPED_BY_WIDTH = "width"
STOPPED_BY_ENOUGH = "enough"
WIDER = 4
"""How many times wider the sources go when too few were found."""
MOST_CANDIDATES = 1_000
"""In all, for all offerings: as many as the filters look at."""
MOST_TARGETS = 32
"""Of those who act for an enterprise, a walk starts from the best connected ones."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipelines of a realm are made of besides its surface."""

    gate: Gate
    filter: Filter
    hydrator: Hydrator
    ties: TieReader
    model: Model | None
    recorder: Recorder
    pseudonym: Callable[[str], str]
    queries_digest: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What gathering, filtering and hydrating gave, and what ended it."""

    gathered: Gathered
    filtered: Filtered
    hydrated: Hydrated
    left: int
    """How many different members."""
    stopped_by: str

    @property
    def reports(self) -> tuple[StageReport, ...]:
        return (*self.gathered.reports, self.filtered.report, self.hydrated.report)

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(report.name for report in self.reports if report.missing)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline of one surface in one realm, for both directions."""

    surface: Surface
    parts: Parts
    sources: Sequence[tuple[Source, float]]
    """For targets; each with its share of the candidate slots."""
    community_sources: Sequence[tuple[Source, float]]
    """Asked too where the question aims at a community."""
    asked_source: Source
    """Asked instead of those that propose on their own where the question names its candidates."""
    referrer_sources: Sequence[tuple[Source, float]]
    joiner: Joiner

    async def targets(self, question: TargetsQuestion, budget: Budget) -> Answer:
        """Whom the sender should reach.

        Raises:
            SixhopError: the gate says no, gate or filter could not be asked, or no source answered in time.
        """
        gating = asyncio.ensure_future(self._gate_sender(question, budget))
        try:
            found = await self._find(question, budget, gating)
            offerings, gated = await gating
        finally:
            gating.cancel()
        return await self._answer(question, budget, offerings, gated, found)

    async def referrers(self, question: ReferrersQuestion, budget: Budget) -> Answer:
        """Who should reach the target.

        Raises:
            SixhopError: the gate says no, gate or filter could not be asked, or no source answered in time.
        """
        started = time.monotonic()
        facts = await required(
            lambda statement_s: self.parts.gate.target(
                question, limits=self.surface.target_limits(), timeout_s=statement_s
            ),
            name="gate",
            timeout_s=budget.slice_s(Stage.SOURCES),
        )
        gate.decide_on_target(facts, of_enterprise=question.enterprise_id is not None)
        reachable = facts.reachable_ids[:MOST_TARGETS]
        gated = StageReport(Stage.GATE, "gate", len(reachable), facts.removed_by, elapsed_s=time.monotonic() - started)
        asked = replace(question, target_ids=reachable)
        found = await self._find(asked, budget, None)
        return await self._answer(asked, budget, (facts.offering,), gated, found)

    async def _gate_sender(
        self, question: TargetsQuestion, budget: Budget
    ) -> tuple[tuple[OfferingFacts, ...], StageReport]:
        started = time.monotonic()
        attention = self.surface.attention
        facts = await required(
            lambda statement_s: self.parts.gate.sender(
                question, sent_within_s=attention.window_s, timeout_s=statement_s
            ),
            name="gate",
            timeout_s=budget.slice_s(Stage.SOURCES),
        )
        passed, removed = gate.decide_on_sender(facts, attention)
        return passed, StageReport(Stage.GATE, "gate", len(passed), removed, time.monotonic() - started)

    async def _find(
        self,
        question: TargetsQuestion | ReferrersQuestion,
        budget: Budget,
        gating: asyncio.Future[tuple[tuple[OfferingFacts, ...], StageReport]] | None,
    ) -> _Found:
        """Gather and filter, wider and wider until enough are left. Raises what the gate raises, as soon as it does.

        A wider round that is late or loses a part is not taken: the answer is what was found before.
        """
        sources = self._sources(question)
        width = max((source.width for source, _ in sources), default=0)
        named = len(question.candidate_ids) if isinstance(question, TargetsQuestion) else 0
        slots = max(self.surface.candidates, 2 * question.limit, named)
        started = time.monotonic()
        found = await self._round(question, budget, sources, gating, slots, width)
        if gating:
            question = replace(question, offering_ids=tuple(each.offering_id for each in gating.result()[0]))
        while (
            found.stopped_by == STOPPED_BY_WIDTH and found.left < question.limit and 0 < width < self.surface.most_width
        ):
            if WIDER * (time.monotonic() - started) > budget.slice_s(Stage.SOURCES):
                return replace(found, stopped_by=STOPPED_BY_DEADLINE)
            width = min(WIDER * width, self.surface.most_width)
            slots = max(slots, min(WIDER * slots, width))
            started = time.monotonic()
            try:
                wider = await self._round(question, budget, sources, gating, slots, width)
            except Unavailable:
                return replace(found, stopped_by=STOPPED_BY_DEADLINE)
            if wider.missing - found.missing:
                return replace(found, stopped_by=STOPPED_BY_DEADLINE)
            found = wider
        return found

    async def _round(
        self,
        question: TargetsQuestion | ReferrersQuestion,
        budget: Budget,
        sources: Sequence[tuple[Source, float]],
        gating: asyncio.Future[tuple[tuple[OfferingFacts, ...], StageReport]] | None,
        slots: int,
        width: int,
    ) -> _Found:
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
        )
        gated, gathered = await _both(gating, gathering) if gating else (None, await gathering)
        if not gathered.live:
            raise Unavailable("none of the surface's sources answered in time; try again", reason=Reason.NO_LIVE_SOURCE)
        candidates = gathered.candidates
        if gated:
            passed = {offering.offering_id for offering in gated[0]}
            candidates = tuple(each for each in candidates if each.offering_id in passed)
        filtered, hydrated = await _both(
            filters.remove(question, candidates, filter_=self.parts.filter, timeout_s=budget.slice_s(Stage.FILTER)),
            hydrate.hydrate(
                question, candidates, hydrator=self.parts.hydrator, timeout_s=budget.slice_s(Stage.HYDRATE)
            ),
        )
        left = len({question.subject(each.candidate) for each in filtered.eligible})
        return _Found(gathered, filtered, hydrated, left, _stopped_by(gathered, left, question.limit))

    def _sources(self, question: TargetsQuestion | ReferrersQuestion) -> list[tuple[Source, float]]:
        if isinstance(question, ReferrersQuestion):
            return list(self.referrer_sources)
        if question.candidate_ids:
            walks = [(source, share) for source, share in self.sources if source.width]
            return [*walks, (self.asked_source, 1.0)]
        if question.community_id is not None:
            walks = [(source, share) for source, share in self.sources if source.width]
            return [*walks, *self.community_sources]
        return list(self.sources)

    async def _answer(
        self,
        question: TargetsQuestion | ReferrersQuestion,
        budget: Budget,
        offerings: Sequence[OfferingFacts],
        gated: StageReport,
        found: _Found,
    ) -> Answer:
        eligible = found.filtered.eligible
        backward = isinstance(question, ReferrersQuestion)
        scored = await score.score(
            eligible,
            [found.hydrated.features[each.place] for each in eligible],
            model=self.parts.model,
            values={offering.offering_id: offering.value for offering in offerings},
            most_asked=(self.surface.attention if backward else self.surface.fatigue).most,
            request_id=question.request_id,
            timeout_s=budget.slice_s(Stage.SCORE),
        )
        started = time.monotonic()
        picks = select.select(
            [
                select.Scorable(one, question.subject(one.candidate), each.facts.community_id, each.facts.asks_few)
                for one, each in zip(scored.candidates, eligible, strict=True)
            ],
            rule=self.surface.select,
            limit=question.limit,
            seed=question.request_id,
        )
        selected = explain.selected(question, scored.candidates, picks, elapsed_s=time.monotonic() - started)
        chains, read = await self._strengths(question, [pick.scored.candidate.chain for pick in picks], budget)
        recommendations = present.present(
            picks,
            chains,
            facts={present.key(each.candidate): each.facts for each in eligible},
            kinds={offering.offering_id: offering.kind for offering in offerings},
            backward=backward,
        )
        ranked = explain.ranked(question, scored)
        stages = (gated, *found.reports, ranked, selected, *read)
        answer = Answer(
            question=question,
            recommendations=recommendations,
            completeness=_completeness(found, stages),
            model=scored.model,
            queries_digest=self.parts.queries_digest,
            stages=explain.redacted(stages, found.filtered.nameable_ids),
        )
        return replace(answer, stages=(*answer.stages, self._record(answer, picks)))

    async def _strengths(
        self, question: TargetsQuestion | ReferrersQuestion, chains: list[Chain], budget: Budget
    ) -> tuple[list[Chain], tuple[StageReport, ...]]:
        """The chains that will be shown, with how strong their ties are; as they are where that cannot be read."""
        if not chains:
            return chains, ()
        tried = await attempt(
            lambda statement_s: self.parts.ties.strengths(
                chains, as_of=question.as_of, freshness_token=question.freshness_token, timeout_s=statement_s
            ),
            name="strengths",
            request_id=question.request_id,
            timeout_s=budget.remaining_s / 2,
        )
        report = StageReport(Stage.SELECT, "strengths", len(chains), {}, tried.elapsed_s, tried.missing)
        return tried.value or chains, (report,)

    def _record(self, answer: Answer, picks: list[select.Pick]) -> StageReport:
        started = time.monotonic()
        kept = self.parts.recorder.put(
            lambda: record.rows(answer, picks, surface=self.surface.surface, pseudonym=self.parts.pseudonym)
        )
        elapsed_s = time.monotonic() - started
        return StageReport(Stage.RECORD, "record", len(picks) * kept, {}, elapsed_s, "" if kept else NO_ROOM)


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


def _stopped_by(gathered: Gathered, left: int, limit: int) -> str:
    if any(report.missing == TIMED_OUT for report in gathered.reports):
        return STOPPED_BY_DEADLINE
    if gathered.certificate.complete_above <= 0:
        return ""
    return STOPPED_BY_ENOUGH if left >= limit else STOPPED_BY_WIDTH


def _completeness(found: _Found, stages: Sequence[StageReport]) -> Completeness:
    missing = tuple(report.name for report in stages if report.missing)
    certificate: Certificate = found.gathered.certificate
    return Completeness(certificate, found.stopped_by, missing)
