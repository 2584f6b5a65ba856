"""Runs the stages of one surface for one question: gate → sources → filter → hydrate → score → select → record.

Gate and sources are asked side by side to save a round trip; the gate decides. Knows nothing of gRPC, Neo4j or models:
it is handed its parts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sixhop.domain import Certificate, Completeness, GateFacts, Stage, StageReport, TargetsAnswer, TargetsQuestion
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline import filter as filters
from sixhop.pipeline import gate, hydrate, present, record, score, select
from sixhop.pipeline.attempt import TIMED_OUT, required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.ports import Gate, Hydrator, Model, Recorder, Source, TargetFilter
from sixhop.pipeline.sources import Gathered, gather
from sixhop.pipeline.surfaces import DAY_S, Surface

NO_ROOM = "no room"
STOPPED_BY_DEADLINE = "deadline"
STOPPED_BY_WIDTH = "width"


@dataclass(frozen=True, slots=True)
class TargetsPipeline:
    """The pipeline of one surface in one realm."""

    surface: Surface
    gate: Gate
    sources: Sequence[tuple[Source, float]]
    """Each with its share of the candidate slots."""
    target_filter: TargetFilter
    hydrator: Hydrator
    model: Model | None
    recorder: Recorder
    pseudonym: Callable[[str], str]
    queries_digest: str

    async def answer(self, question: TargetsQuestion, budget: Budget) -> TargetsAnswer:
        """Whom the sender should reach.

        Raises:
            SixhopError: the gate says no, gate or filter could not be asked, or no source answered in time.
        """
        (facts, gated), gathered = await asyncio.gather(self._gate(question, budget), self._gather(question, budget))
        if not gathered.live:
            raise Unavailable("none of the surface's sources answered in time; try again", reason=Reason.NO_LIVE_SOURCE)
        eligible, filtered = await filters.remove(
            question,
            gathered.candidates,
            target_filter=self.target_filter,
            surface=self.surface,
            timeout_s=budget.slice_s(Stage.FILTER),
        )
        features, hydrated = await hydrate.hydrate(
            question, eligible, hydrator=self.hydrator, timeout_s=budget.slice_s(Stage.HYDRATE)
        )
        scored = await score.score(
            eligible,
            features,
            model=self.model,
            worth=score.Worth(value=facts.offering_value),
            request_id=question.request_id,
            timeout_s=budget.slice_s(Stage.SCORE),
        )
        started = time.monotonic()
        targets = {each.candidate.target_id: each.facts for each in eligible}
        picks = select.select(
            [select.Scorable(each, targets[each.candidate.target_id].community_id) for each in scored.candidates],
            rule=self.surface.select,
            limit=question.limit,
            seed=question.request_id,
        )
        recommendations = present.present(question, picks, targets=targets, gate=facts)
        over = {"over_limit": len(eligible) - len(picks)} if len(eligible) > len(picks) else {}
        selected = StageReport(Stage.SELECT, "select", len(picks), over, time.monotonic() - started)
        stages = (gated, *gathered.reports, filtered, hydrated, scored.report, selected)
        answer = TargetsAnswer(
            question=question,
            recommendations=recommendations,
            completeness=_completeness(gathered.certificate, stages),
            model=scored.model,
            queries_digest=self.queries_digest,
            stages=stages,
        )
        return replace(answer, stages=(*stages, self._record(answer, picks)))

    async def _gate(self, question: TargetsQuestion, budget: Budget) -> tuple[GateFacts, StageReport]:
        started = time.monotonic()
        attention = self.surface.attention
        sent_since = question.as_of - attention.window_days * DAY_S
        facts = await required(
            lambda statement_s: self.gate.facts(question, sent_since=sent_since, timeout_s=statement_s),
            name="gate",
            timeout_s=budget.slice_s(Stage.SOURCES),
        )
        gate.decide(facts, attention)
        return facts, StageReport(Stage.GATE, "gate", 1, elapsed_s=time.monotonic() - started)

    async def _gather(self, question: TargetsQuestion, budget: Budget) -> Gathered:
        return await gather(
            question,
            self.sources,
            slots=max(self.surface.candidates, 2 * question.limit),
            timeout_s=budget.slice_s(Stage.SOURCES),
        )

    def _record(self, answer: TargetsAnswer, picks: list[select.Pick]) -> StageReport:
        started = time.monotonic()
        kept = self.recorder.put(
            lambda: record.rows(answer, picks, surface=self.surface.surface, pseudonym=self.pseudonym)
        )
        elapsed_s = time.monotonic() - started
        return StageReport(Stage.RECORD, "record", len(picks) * kept, {}, elapsed_s, "" if kept else NO_ROOM)


def _completeness(certificate: Certificate, stages: Sequence[StageReport]) -> Completeness:
    missing = tuple(report.name for report in stages if report.missing)
    if any(report.missing == TIMED_OUT for report in stages if report.stage is Stage.SOURCES):
        return Completeness(certificate, STOPPED_BY_DEADLINE, missing)
    return Completeness(certificate, STOPPED_BY_WIDTH if certificate.complete_above > 0 else "", missing)
