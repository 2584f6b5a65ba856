"""What the pipeline is handed: the shapes of its parts. Knows nothing of who provides them (graph, models, files)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sixhop.degrees import DegreesFound, DegreesQuestion, Effort
from sixhop.domain import (
    Candidate,
    CandidateFacts,
    Chain,
    ChainsFound,
    ChainsQuestion,
    Joint,
    LeftOut,
    PairKey,
    Proposal,
    RecommendQuestion,
    ReferrersQuestion,
    SenderFacts,
    SourceResult,
    TargetFacts,
    TargetsQuestion,
)
from sixhop.outreach import NextHopQuestion, Outreach
from sixhop.slices import Named, Sight

JsonRow = Mapping[str, object]


class Gate(Protocol):
    """Reads the facts that the gates decide on."""

    async def sender(self, question: TargetsQuestion, *, sent_within_s: int, timeout_s: float) -> SenderFacts: ...

    async def target(
        self, question: ReferrersQuestion, *, limits: Mapping[str, Any], timeout_s: float
    ) -> TargetFacts: ...


class Source(Protocol):
    """Finds candidates with their chains, or proposes targets without, best first."""

    @property
    def name(self) -> str: ...

    @property
    def width(self) -> int:
        """How wide it goes at first; 0 for one that cannot go wider."""
        ...

    async def propose(self, question: Any, *, limit: int, width: int, timeout_s: float) -> SourceResult: ...


class Joiner(Protocol):
    """Finds chains to proposals, on from chains that are known."""

    async def join(
        self, question: TargetsQuestion, proposals: Sequence[Proposal], joints: Sequence[Joint], *, timeout_s: float
    ) -> list[Candidate]: ...


class Filter(Protocol):
    """Says which candidates may be shown, and who in their chains may be named; None for who is gone."""

    async def check(
        self, question: RecommendQuestion, candidates: Sequence[Candidate], *, timeout_s: float
    ) -> list[CandidateFacts | None]: ...


class Hydrator(Protocol):
    """Reads the features of pairs: one mapping a pair, in the same order; missing values are nan."""

    async def hydrate(
        self, pairs: Sequence[PairKey], *, freshness_token: str | None, timeout_s: float
    ) -> list[dict[str, float]]: ...


class TieReader(Protocol):
    """Reads how strong the ties of chains are: the same chains, with strengths."""

    async def strengths(
        self, chains: Sequence[Chain], *, as_of: int, freshness_token: str | None, timeout_s: float
    ) -> list[Chain]: ...


class LeftOutReader(Protocol):
    """Reads whom the rules kept out next to the chains that were found: for each offering around whom, and who was."""

    async def left_out(
        self,
        question: RecommendQuestion,
        around: Mapping[str, Sequence[str]],
        found: Mapping[str, Sequence[str]],
        *,
        timeout_s: float,
    ) -> list[LeftOut]: ...


class Model(Protocol):
    """Says how likely each pair's referral is, calibrated, 0 to 1. Called in the event loop: a millisecond or two."""

    @property
    def digest(self) -> str: ...

    def score(self, rows: Sequence[Mapping[str, float]]) -> list[float]: ...


class Recorder(Protocol):
    """Keeps what was shown. Returns at once and never raises; the rows are made later, off the event loop."""

    def put(self, make_rows: Callable[[], Sequence[JsonRow]]) -> bool:
        """Whether they will be kept: False when there is no room for more now."""
        ...


class ChainFinder(Protocol):
    """Finds the best chains between two members, best first."""

    @property
    def name(self) -> str: ...

    async def find(
        self, question: ChainsQuestion, *, width: int, most_ties: int, above: float, timeout_s: float
    ) -> ChainsFound: ...


class OutreachReader(Protocol):
    """Reads an outreach under way; None when it is not there."""

    async def read(self, question: NextHopQuestion, *, timeout_s: float) -> Outreach | None: ...


class DegreeFinder(Protocol):
    """Finds how far members are from one."""

    @property
    def name(self) -> str: ...

    async def find(
        self, question: DegreesQuestion, target_ids: Sequence[str], effort: Effort, *, timeout_s: float
    ) -> DegreesFound: ...


class SliceReader(Protocol):
    """Reads what an enterprise sees of what is named."""

    async def look(
        self, enterprise_id: str, named: Named, *, as_of: int, freshness_token: str | None, timeout_s: float
    ) -> Sight: ...


class Sampler(Protocol):
    """Some members of the realm, each with an offering they have experienced: to warm up with."""

    async def sample(self, *, timeout_s: float) -> list[tuple[str, str]]: ...


class Clock(Protocol):
    """Tells the time that answers are made as of: now, or the realm's last event where its settings say so."""

    async def as_of(self, freshness_token: str | None, *, timeout_s: float) -> int: ...
