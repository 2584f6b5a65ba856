"""Small parts for the pipeline's unit tests: chains, candidates, and ports that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sixhop.domain import (
    Candidate,
    CandidateFacts,
    Certificate,
    Chain,
    Joint,
    LeftOut,
    OfferingFacts,
    PairKey,
    Proposal,
    ReferrersQuestion,
    SenderFacts,
    SourceResult,
    TargetFacts,
    TargetsQuestion,
    Tie,
)
from sixhop.pipeline.ports import JsonRow

GLAD = OfferingFacts("o", known=True, kind="artist", experienced=True)
WELCOME = SenderFacts(known=True, offerings=(GLAD,))
REACHABLE = TargetFacts(known=True, offering=GLAD, reachable_ids=("t",))
QUESTION = TargetsQuestion(request_id="r1", sender_id="s", offering_ids=("o",), as_of=1_000_000, limit=10)
BACKWARD = ReferrersQuestion(request_id="r1", target_id="t", offering_ids=("o",), as_of=1_000_000, limit=10)
WALK = "sources/walk"


def chain(*members: str, pass_on: float = 0.5) -> Chain:
    return Chain(members, tuple(Tie(pass_on) for _ in members[1:]))


def candidate(
    target: str, *between: str, pass_on: float = 0.5, source: str = WALK, offering: str = "o", sender: str = "s"
) -> Candidate:
    made = chain(sender, *between, target, pass_on=pass_on)
    return Candidate(made, offering, (source,), made.length)


def proposal(target: str, offering: str = "o") -> Proposal:
    return Proposal(target, offering, 1.0)


@dataclass(kw_only=True)
class Part:
    """What all ports can be told: to be late, or to fail."""

    delay_s: float = 0.0
    error: Exception | None = None

    async def act(self) -> None:
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error


@dataclass
class Gate(Part):
    facts: SenderFacts = WELCOME
    reached: TargetFacts = REACHABLE

    async def sender(self, question: TargetsQuestion, *, sent_within_s: int, timeout_s: float) -> SenderFacts:
        await self.act()
        return self.facts

    async def target(self, question: ReferrersQuestion, *, limits: Mapping[str, Any], timeout_s: float) -> TargetFacts:
        await self.act()
        return self.reached


@dataclass
class Source(Part):
    """Gives what it has; with `per_width`, only as many candidates as it may go wide."""

    name: str = WALK
    candidates: Sequence[Candidate] = ()
    proposals: Sequence[Proposal] = ()
    joints: Sequence[Joint] = ()
    certificate: Certificate | None = None
    width: int = 0
    per_width: bool = False
    late_from: int | None = None
    """The width from which on it is too slow."""
    asked: list[tuple[int, int]] = field(default_factory=list)
    """Limit and width of each call."""
    questions: list[TargetsQuestion | ReferrersQuestion] = field(default_factory=list)

    async def propose(
        self, question: TargetsQuestion | ReferrersQuestion, *, limit: int, width: int, timeout_s: float
    ) -> SourceResult:
        self.asked.append((limit, width))
        self.questions.append(question)
        await self.act()
        if self.late_from and width >= self.late_from:
            await asyncio.sleep(timeout_s * 10)
        found = self.candidates[: min(width, limit)] if self.per_width else self.candidates
        certificate = self.certificate
        if self.per_width and len(found) == len(self.candidates):
            certificate = Certificate(0.0, 0.0)
        return SourceResult(self.name, tuple(found), certificate, tuple(self.proposals), tuple(self.joints))


def walk(*candidates: Candidate, **changes: Any) -> Source:
    return Source(candidates=candidates, **{"certificate": Certificate(0.0, 0.5), "width": 64, **changes})


@dataclass
class Joiner(Part):
    """Joins who it has a chain for; remembers what it was asked."""

    chains: Mapping[str, Chain] = field(default_factory=dict)
    asked: list[tuple[list[str], list[str]]] = field(default_factory=list)
    """Targets and joints of each call."""

    async def join(
        self, question: TargetsQuestion, proposals: Sequence[Proposal], joints: Sequence[Joint], *, timeout_s: float
    ) -> list[Candidate]:
        self.asked.append(([each.target_id for each in proposals], [each.member_id for each in joints]))
        await self.act()
        return [
            Candidate(self.chains[each.target_id], each.offering_id, (), self.chains[each.target_id].length)
            for each in proposals
            if each.target_id in self.chains
        ]


@dataclass
class Filter(Part):
    """Knows some by the id of who is asked for; all others may be shown."""

    known: Mapping[str, CandidateFacts] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    """Who has not consented to be named, anywhere."""
    late_after: int | None = None
    """How many calls are answered in time."""
    calls: int = 0

    async def check(
        self, question: TargetsQuestion | ReferrersQuestion, candidates: Sequence[Candidate], *, timeout_s: float
    ) -> list[CandidateFacts | None]:
        self.calls += 1
        await self.act()
        if self.late_after is not None and self.calls > self.late_after:
            await asyncio.sleep(timeout_s * 10)
        return [self._facts(question.subject(each), each) for each in candidates]

    def _facts(self, subject: str, candidate: Candidate) -> CandidateFacts | None:
        if subject in self.gone:
            return None
        known = self.known.get(subject, CandidateFacts())
        if not self.unnamed:
            return known
        between = candidate.chain.members[1:-1]
        removed = "contact_cannot_be_named" if set(between[:1]) & self.unnamed else ""
        return replace(
            known,
            removed_by=known.removed_by or ("cannot_be_named" if subject in self.unnamed else removed),
            unnamed_ids=self.unnamed.intersection(between),
            subject_named=subject not in self.unnamed,
        )


@dataclass
class Hydrator(Part):
    features: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    cancelled: bool = False
    asked: list[list[str]] = field(default_factory=list)
    """Targets of each call."""
    fails_after: int | None = None
    """So many calls."""

    async def hydrate(
        self, pairs: Sequence[PairKey], *, freshness_token: str | None, timeout_s: float
    ) -> list[dict[str, float]]:
        self.asked.append([each.target_id for each in pairs])
        if self.fails_after is not None and len(self.asked) > self.fails_after:
            raise ValueError("no more")
        try:
            await self.act()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return [{"degree": float(pair.degree), **self.features.get(pair.target_id, {})} for pair in pairs]


@dataclass
class Ties(Part):
    """All ties are of strength 2."""

    async def strengths(
        self, chains: Sequence[Chain], *, as_of: int, freshness_token: str | None, timeout_s: float
    ) -> list[Chain]:
        await self.act()
        return [replace(each, ties=tuple(replace(tie, strength=2.0) for tie in each.ties)) for each in chains]


@dataclass
class Rules(Part):
    """Left these out, whoever asks; remembers around whom it was asked."""

    left: Sequence[LeftOut] = ()
    asked: list[tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]] = field(default_factory=list)

    async def left_out(
        self,
        question: TargetsQuestion | ReferrersQuestion,
        around: Mapping[str, Sequence[str]],
        found: Mapping[str, Sequence[str]],
        *,
        timeout_s: float,
    ) -> list[LeftOut]:
        self.asked.append((around, found))
        await self.act()
        return list(self.left)


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
