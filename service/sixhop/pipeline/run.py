"""Runs the stages of one surface for one question: gate → sources → filter → hydrate → score → select → record.

Gate and sources are asked side by side to save a round trip, and so are filter and hydrate (find.py); the gate and the
filter decide. Knows nothing of gRPC, Neo4j or models: it is handed its parts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sixhop.domain import (
    Answer,
    Certificate,
    Chain,
    Completeness,
    RecommendQuestion,
    ReferrersQuestion,
    ScoredCandidate,
    Stage,
    StageReport,
    TargetsQuestion,
)
from sixhop.pipeline import explain, gate, present, record, score, select
from sixhop.pipeline.attempt import attempt, required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.experiment import Experiment, set_up
from sixhop.pipeline.find import CandidateSearch, Found, Gated
from sixhop.pipeline.ports import Filter, Gate, Hydrator, Joiner, LeftOutReader, Model, Recorder, Source, TieReader
from sixhop.pipeline.shadow import Shadow
from sixhop.pipeline.surfaces import SelectRule, Surface
from sixhop.slices import beyond_slice

NO_ROOM = "no room"
MOST_TARGETS = 32
"""Of those who act for an enterprise, a walk starts from the best connected ones."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipelines of a realm are made of besides its surface."""

    gate: Gate
    filter: Filter
    hydrator: Hydrator
    ties: TieReader
    model: Callable[[], Model | None]
    """The one that serves now; None where none does."""
    recorder: Recorder
    pseudonym: Callable[[str], str]
    queries_digest: str
    realm: str = ""
    challenger: Callable[[], Model | None] = lambda: None
    """The one that scores in the shadow, or answers its share; None where none does."""


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
    left_out: LeftOutReader

    async def targets(self, question: TargetsQuestion, budget: Budget) -> Answer:
        """Whom the sender should reach.

        Raises:
            SixhopError: the gate says no, gate or filter could not be asked, or no source answered in time.
        """
        gating = asyncio.ensure_future(self._gate_sender(question, budget))
        return await self._find_and_answer(question, self._sources(question), budget, gating)

    async def referrers(self, question: ReferrersQuestion, budget: Budget) -> Answer:
        """Who should reach the target.

        Raises:
            SixhopError: the gate says no, gate or filter could not be asked, or no source answered in time.
        """
        gating = asyncio.ensure_future(self._gate_target(question, budget))
        # Who of an enterprise may be reached, only the gate knows.
        target_ids = (await gating).target_ids if question.target_id is None else (question.target_id,)
        return await self._find_and_answer(
            replace(question, target_ids=target_ids), self.referrer_sources, budget, gating
        )

    async def _find_and_answer(
        self,
        question: RecommendQuestion,
        sources: Sequence[tuple[Source, float]],
        budget: Budget,
        gating: asyncio.Future[Gated],
    ) -> Answer:
        try:
            found = await self._search.find(question, sources, budget, gating)
            gated = await gating
        finally:
            gating.cancel()
        return await self._answer(question, budget, gated, found)

    async def _gate_sender(self, question: TargetsQuestion, budget: Budget) -> Gated:
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
        report = StageReport(Stage.GATE, "gate", len(passed), removed, time.monotonic() - started)
        return Gated(passed, report, facts.community_id)

    async def _gate_target(self, question: ReferrersQuestion, budget: Budget) -> Gated:
        started = time.monotonic()
        facts = await required(
            lambda statement_s: self.parts.gate.target(
                question, limits=self.surface.target_limits(), timeout_s=statement_s
            ),
            name="gate",
            timeout_s=budget.slice_s(Stage.SOURCES),
        )
        gate.decide_on_target(facts, of_enterprise=question.enterprise_id is not None)
        target_ids = facts.reachable_ids[:MOST_TARGETS]
        report = StageReport(Stage.GATE, "gate", len(target_ids), facts.removed_by, time.monotonic() - started)
        return Gated((facts.offering,), report, target_ids=target_ids)

    @property
    def _search(self) -> CandidateSearch:
        return CandidateSearch(self.surface, self.joiner, self.parts.filter, self.parts.hydrator)

    def _sources(self, question: TargetsQuestion) -> Sequence[tuple[Source, float]]:
        """A question that says whom to look at asks the walks, and those that propose just them."""
        walks = [(source, share) for source, share in self.sources if source.width]
        if question.candidate_ids:
            return [*walks, (self.asked_source, 1.0)]
        if question.community_id is not None:
            return [*walks, *self.community_sources]
        return self.sources

    async def _answer(
        self,
        question: RecommendQuestion,
        budget: Budget,
        gated: Gated,
        found: Found,
    ) -> Answer:
        eligible = found.filtered.eligible
        backward = isinstance(question, ReferrersQuestion)
        features = [found.hydrated.features[each.place] for each in eligible]
        values = {offering.offering_id: offering.value for offering in gated.offerings}
        most_asked = (self.surface.attention if backward else self.surface.fatigue).most

        def choose(candidates: Sequence[ScoredCandidate], *, rule: SelectRule) -> list[select.Pick]:
            return select.select(
                [
                    select.Scorable(one, question.subject(one.candidate), each.facts.community_id, each.facts.asks_few)
                    for one, each in zip(candidates, eligible, strict=True)
                ],
                rule=rule,
                limit=question.limit,
                seed=question.request_id,
            )

        trial = set_up(
            question,
            self.surface,
            realm=self.parts.realm,
            champion=self.parts.model(),
            challenger=self.parts.challenger(),
            community_id=gated.community_id,
        )
        scored, looks_on = await trial.score(
            lambda model: score.score(
                eligible,
                features,
                goal=self.surface.goal,
                model=model,
                values=values,
                most_asked=most_asked,
                request_id=question.request_id,
                timeout_s=budget.slice_s(Stage.SCORE),
            )
        )
        started = time.monotonic()
        picks = choose(scored.candidates, rule=self.surface.select)
        selected = explain.selected(question, scored.candidates, picks, elapsed_s=time.monotonic() - started)
        chains, read = await self._strengths(question, [pick.scored.candidate.chain for pick in picks], budget)
        recommendations = present.present(
            picks,
            chains,
            facts={present.key(each.candidate): each.facts for each in eligible},
            kinds={offering.offering_id: offering.kind for offering in gated.offerings},
            backward=backward,
            own_only=question.seen_by is not None,
        )
        left_out, named_ids = await explain.left_out(
            question, found.gathered.candidates, reader=self.left_out, timeout_s=budget.remaining_s / 2
        )
        ranked = explain.ranked(question, scored)
        stages = (gated.report, *found.gathered.reports, *left_out, *found.after, ranked, selected, *read)
        answer = Answer(
            question=question,
            recommendations=recommendations,
            completeness=_completeness(question, found, stages),
            model=scored.model,
            queries_digest=self.parts.queries_digest,
            stages=explain.redacted(
                explain.within_slice(question, stages, found.filtered.seen_ids), found.filtered.nameable_ids | named_ids
            ),
        )
        shadow = None
        if looks_on is not None:
            shadow = Shadow(
                model=looks_on,
                request_id=question.request_id,
                served=scored.candidates,
                score=partial(score.by_likelihood, eligible, features, values=values, most_asked=most_asked),
                choose=partial(choose, rule=self.surface.select.without_exploration()),
                subject=question.subject,
            )
        return replace(answer, stages=(*answer.stages, self._record(answer, picks, shadow, trial.experiment)))

    async def _strengths(
        self, question: RecommendQuestion, chains: list[Chain], budget: Budget
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

    def _record(
        self, answer: Answer, picks: list[select.Pick], shadow: Shadow | None, experiment: Experiment | None
    ) -> StageReport:
        started = time.monotonic()
        kept = self.parts.recorder.put(
            lambda: record.rows(
                answer,
                picks,
                surface=self.surface.surface,
                pseudonym=self.parts.pseudonym,
                seen=shadow.look(picks) if shadow else None,
                experiment=experiment,
            )
        )
        elapsed_s = time.monotonic() - started
        return StageReport(Stage.RECORD, "record", len(picks) * kept, {}, elapsed_s, "" if kept else NO_ROOM)


def _completeness(question: RecommendQuestion, found: Found, stages: Sequence[StageReport]) -> Completeness:
    missing = tuple(report.name for report in stages if report.missing)
    if question.seen_by is not None:
        return beyond_slice(missing)
    certificate: Certificate = found.gathered.certificate
    return Completeness(certificate, found.stopped_by, missing)
