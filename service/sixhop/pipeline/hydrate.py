"""The stage that reads the features of all candidates. Without it the answer is ordered by chain score.

Waiting costs more than reading some in vain. So it begins with whom chains are known to while others' are still looked
for, and runs beside the filter, which takes out few.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sixhop.domain import Candidate, PairKey, RecommendQuestion, Stage, StageReport
from sixhop.pipeline.attempt import FAILED, attempt
from sixhop.pipeline.ports import Hydrator

Features = dict[str, float]
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Hydrated:
    """The features of each candidate, in the same order; empty mappings when they could not be read."""

    features: list[Features]
    report: StageReport


class FeatureReading:
    """Reads the features of one question's candidates, those of each once. Whoever makes one closes it."""

    def __init__(self, question: RecommendQuestion, hydrator: Hydrator) -> None:
        self._question = question
        self._hydrator = hydrator
        self._known: dict[_Key, tuple[Candidate, Features]] = {}
        self._begun: asyncio.Task[str] | None = None
        self._under_way: dict[_Key, Candidate] = {}
        self._elapsed_s = 0.0

    def begin(self, candidates: Sequence[Candidate], *, timeout_s: float) -> None:
        """Read some beside whatever else goes on; `finish` waits for them."""
        if unread := [each for each in candidates if self._of(each) is None]:
            self._under_way = {_key(each): each for each in unread}
            self._begun = asyncio.create_task(self._read(unread, timeout_s))

    async def finish(self, candidates: Sequence[Candidate], *, timeout_s: float) -> Hydrated:
        """Read what the model looks at. Never raises: what fails is reported as missing."""
        late = [
            each for each in candidates if self._of(each) is None and not _same(self._under_way.get(_key(each)), each)
        ]
        reads = [self._begun] if self._begun else []
        if late:
            reads.append(asyncio.create_task(self._read(late, timeout_s)))
        missing = [why for why in await asyncio.gather(*reads) if why]
        self._begun, self._under_way = None, {}
        elapsed_s, self._elapsed_s = self._elapsed_s, 0.0
        found = [features for each in candidates if (features := self._of(each)) is not None]
        if len(found) == len(candidates):
            return Hydrated(found, StageReport(Stage.HYDRATE, "hydrate", len(found), elapsed_s=elapsed_s))
        report = StageReport(Stage.HYDRATE, "hydrate", 0, elapsed_s=elapsed_s, missing=(*missing, FAILED)[0])
        return Hydrated([{} for _ in candidates], report)

    def close(self) -> None:
        """Give up what is still under way."""
        if self._begun:
            self._begun.cancel()

    async def _read(self, candidates: Sequence[Candidate], timeout_s: float) -> str:
        """Why these could not be read; empty where they were."""

        async def read(statement_s: float) -> None:
            pairs = [self._pair(each) for each in candidates]
            token = self._question.freshness_token
            found = await self._hydrator.hydrate(pairs, freshness_token=token, timeout_s=statement_s)
            self._known |= {_key(each): (each, own) for each, own in zip(candidates, found, strict=True)}

        tried = await attempt(read, name="hydrate", request_id=self._question.request_id, timeout_s=timeout_s)
        self._elapsed_s = max(self._elapsed_s, tried.elapsed_s)
        return tried.missing

    def _of(self, candidate: Candidate) -> Features | None:
        """What was read for this pair and this very chain."""
        known, features = self._known.get(_key(candidate), (None, None))
        return features if _same(known, candidate) else None

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


def _key(candidate: Candidate) -> _Key:
    return candidate.sender_id, candidate.target_id, candidate.offering_id


def _same(one: Candidate | None, other: Candidate) -> bool:
    """Whether both are the same to a model."""
    return one is not None and one.degree == other.degree and one.chain == other.chain
