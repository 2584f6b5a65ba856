"""What travels between the stages: frozen, slotted dataclasses. Knows nothing of gRPC, Neo4j or models.

Times are whole seconds since 1970, UTC. `pass_on`, `chain_score` and `likelihood` are three numbers, never mixed up:
see `docs/architecture.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_CHAIN_LENGTH = 6
"""Six degrees: no chain has more ties than this."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One hop of a chain. `pass_on`: P(asked by the earlier member, the later one passes it on)."""

    pass_on: float
    strength: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A path from a sender to a target: `len(ties) == len(members) - 1`, all members different."""

    members: tuple[str, ...]
    ties: tuple[Tie, ...]

    @property
    def length(self) -> int:
        return len(self.ties)

    @property
    def score(self) -> float:
        """The product of `pass_on`: ranks and prunes; not a probability of anything that was observed."""
        product = 1.0
        for tie in self.ties:
            product *= tie.pass_on
        return product


@dataclass(frozen=True, slots=True)
class Certificate:
    """Above which chain score an answer is known to be whole (0: everything there is was found)."""

    complete_above: float
    """Over CLOSE_TO, the best ties of each member."""
    complete_above_all_ties: float
    """Over all ties."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target some source proposed, with the best chain known to it. `degree` is that chain's length."""

    target_id: str
    chain: Chain
    sources: tuple[str, ...]
    degree: int


@dataclass(frozen=True, slots=True)
class PairKey:
    """What features are read for: this sender, target and offering, as the graph was at `as_of`.

    `degree` is the length of the best chain known, 0 where there is none (only in training).
    """

    sender_id: str
    target_id: str
    offering_id: str
    as_of: int
    degree: int


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source found. `no_chain` counts proposals that no chain was found to."""

    name: str
    candidates: tuple[Candidate, ...]
    certificate: Certificate | None = None
    no_chain: int = 0


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate with its features as read (name → value; missing is nan) and what the model says.

    `likelihood` is None while no model serves: then `rank_score` is the chain score, labelled as such.
    """

    candidate: Candidate
    features: Mapping[str, float]
    likelihood: float | None
    rank_score: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One line of an answer, as it will be shown."""

    sender_id: str
    target_id: str
    offering_id: str
    chain: Chain
    degree: int
    likelihood: float | None
    expected_value: float | None
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    attribution_token: str
    propensity: float = 1.0

    @property
    def next_contact_id(self) -> str:
        """Whom the sender talks to first."""
        return self.chain.members[1]


class Stage(StrEnum):
    """The stages of the pipeline, in order."""

    GATE = "gate"
    SOURCES = "sources"
    FILTER = "filter"
    HYDRATE = "hydrate"
    SCORE = "score"
    SELECT = "select"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class StageReport:
    """What one stage did: how many it kept, how many it removed and why, and how long it took."""

    stage: Stage
    name: str
    kept: int
    removed: Mapping[str, int] = field(default_factory=dict)
    elapsed_s: float = 0.0
    missing: str = ""
    """Why this stage's result is not in the answer ("timed out", "failed"); empty when it is."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How whole an answer is. `stopped_by` is empty, or what ended the search early; `missing` names left-out parts."""

    certificate: Certificate
    stopped_by: str = ""
    missing: tuple[str, ...] = ()
