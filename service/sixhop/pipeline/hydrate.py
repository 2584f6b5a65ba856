"""The stage that reads the features of all candidates. Without it the answer is ordered by chain score.

Waiting costs more than reading some in vain. So it begins with whom chains are known to while others' are still looked
for, and runs beside the filter, which takes out few.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sixhop.domain import Candidate, PairKey, RecommendQuestion, Stage, StageReport
from sixhop.pipeline.attempt import FAILED, Attempt, attempt
from sixhop.pipeline.ports import Hydrator

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Hydrated:
    """The features of each candidate, in the same order; empty mappings when they could not be read."""

    features: list[Features]
    report: StageReport


class FeatureReading:
    """Reads the features of one question's candidates, those of each pair once. Whoever makes one calls `end`."""

    def __init__(self, question: RecommendQuestion, hydrator: Hydrator) -> None:
        self._question = question
        self._hydrator = hydrator
        self._known: dict[PairKey, Features] = {}
        self._begun: asyncio.Task[Attempt[dict[PairKey, Features]]] | None = None
        self._under_way: frozenset[PairKey] = frozenset()

    def begin(self, candidates: Sequence[Candidate], *, timeout_s: float) -> None:
        """Read some beside whatever else goes on; `finish` waits for them."""
        if pairs := self._not_known([self._pair(each) for each in candidates]):
            self._under_way = frozenset(pairs)
            self._begun = asyncio.create_task(self._read(pairs, timeout_s))

    async def finish(self, candidates: Sequence[Candidate], *, timeout_s: float) -> Hydrated:
        """Read what the model looks at. Never raises: what fails is reported as missing."""
        pairs = [self._pair(each) for each in candidates]
        reads = [self._begun] if self._begun else []
        late = [pair for pair in self._not_known(pairs) if pair not in self._under_way]
        if late:
            reads.append(asyncio.create_task(self._read(late, timeout_s)))
        tries = await asyncio.gather(*reads)
        self._begun, self._under_way = None, frozenset()
        for tried in tries:
            self._known |= tried.value or {}
        elapsed_s = max((tried.elapsed_s for tried in tries), default=0.0)
        if not self._not_known(pairs):
            report = StageReport(Stage.HYDRATE, "hydrate", len(pairs), elapsed_s=elapsed_s)
            return Hydrated([self._known[pair] for pair in pairs], report)
        missing = next((tried.missing for tried in tries if tried.missing), FAILED)
        report = StageReport(Stage.HYDRATE, "hydrate", 0, elapsed_s=elapsed_s, missing=missing)
        return Hydrated([{} for _ in pairs], report)

    def end(self) -> None:
        """Give up what is still under way."""
        if self._begun:
            self._begun.cancel()

    async def _read(self, pairs: Sequence[PairKey], timeout_s: float) -> Attempt[dict[PairKey, Features]]:
        async def read(statement_s: float) -> dict[PairKey, Features]:
            token = self._question.freshness_token
            found = await self._hydrator.hydrate(pairs, freshness_token=token, timeout_s=statement_s)
            return dict(zip(pairs, found, strict=True))

        return await attempt(read, name="hydrate", request_id=self._question.request_id, timeout_s=timeout_s)

    def _not_known(self, pairs: Sequence[PairKey]) -> list[PairKey]:
        return [pair for pair in pairs if pair not in self._known]

    def _pair(self, candidate: Candidate) -> PairKey:
        return PairKey(
            sender_id=candidate.sender_id,
            target_id=candidate.target_id,
            offering_id=candidate.offering_id,
            as_of=self._question.as_of,
            degree=candidate.degree,
            moment=self._question.moment,
            chain_score=candidate.chain.score,
            chain_weakest=candidate.chain.weakest,
        )
