"""Small parts for the pipeline's unit tests: chains, candidates, and ports that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sixhop.domain import (
    Candidate,
    Certificate,
    Chain,
    GateFacts,
    PairKey,
    SourceResult,
    TargetFacts,
    TargetsQuestion,
    Tie,
)
from sixhop.pipeline.ports import JsonRow

QUESTION = TargetsQuestion(request_id="r1", sender_id="s", offering_id="o", as_of=1_000_000, limit=10)
WELCOME = GateFacts(sender_known=True, offering_known=True, offering_kind="artist", experienced=True)


def chain(*members: str, pass_on: float = 0.5) -> Chain:
    return Chain(members, tuple(Tie(pass_on, 1.0) for _ in members[1:]))


def candidate(target: str, *between: str, pass_on: float = 0.5, source: str = "sources/walk") -> Candidate:
    made = chain("s", *between, target, pass_on=pass_on)
    return Candidate(target, made, (source,), made.length)


@dataclass
class Gate:
    answer: GateFacts = WELCOME
    delay_s: float = 0.0
    error: Exception | None = None

    async def facts(self, question: TargetsQuestion, *, sent_since: int, timeout_s: float) -> GateFacts:
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        return self.answer


@dataclass
class Source:
    name: str
    candidates: Sequence[Candidate] = ()
    certificate: Certificate | None = None
    delay_s: float = 0.0
    error: Exception | None = None
    asked_for: int = 0

    async def propose(self, question: TargetsQuestion, *, limit: int, timeout_s: float) -> SourceResult:
        self.asked_for = limit
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        return SourceResult(self.name, tuple(self.candidates), self.certificate)


@dataclass
class TargetFilter:
    known: Mapping[str, TargetFacts] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    delay_s: float = 0.0
    error: Exception | None = None

    async def check(
        self,
        question: TargetsQuestion,
        candidates: Sequence[Candidate],
        *,
        filters: Sequence[str],
        reached_since: int,
        timeout_s: float,
    ) -> list[TargetFacts]:
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        ids = (each.target_id for each in candidates if each.target_id not in self.gone)
        return [self.known.get(target_id, TargetFacts(target_id)) for target_id in ids]


@dataclass
class Hydrator:
    features: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    delay_s: float = 0.0
    error: Exception | None = None

    async def hydrate(
        self, pairs: Sequence[PairKey], *, freshness_token: str | None, timeout_s: float
    ) -> list[dict[str, float]]:
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        return [{"degree": float(pair.degree), **self.features.get(pair.target_id, {})} for pair in pairs]


@dataclass
class Model:
    likelihood: Callable[[Mapping[str, float]], float] = lambda features: 0.1 / features["degree"]
    digest: str = "d1"
    error: Exception | None = None

    def score(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        if self.error:
            raise self.error
        return [self.likelihood(row) for row in rows]


@dataclass
class Recorder:
    room: bool = True
    rows: list[JsonRow] = field(default_factory=list)

    def put(self, make_rows: Callable[[], Sequence[JsonRow]]) -> bool:
        if self.room:
            self.rows += make_rows()
        return self.room
