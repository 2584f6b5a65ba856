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
class TargetsQuestion:
    """Whom should the sender reach about the offering?"""

    request_id: str
    sender_id: str
    offering_id: str
    as_of: int
    limit: int
    """How many recommendations at most."""
    max_length: int = MAX_CHAIN_LENGTH
    freshness_token: str | None = None
    """What a write returned: everything read for this question has seen that write."""


@dataclass(frozen=True, slots=True)
class ChainsQuestion:
    """How do two members connect?"""

    request_id: str
    from_id: str
    to_id: str
    as_of: int
    max_chains: int = 3
    max_length: int = MAX_CHAIN_LENGTH
    avoid_ids: tuple[str, ...] = ()
    freshness_token: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """One hop of a chain. `pass_on`: P(asked by the earlier member, the later one passes it on)."""

    pass_on: float
    strength: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A path from a sender to a target: `len(ties) == len(members) - 1`, all members different.

    In an answer, an empty id stands for an introducer who has not consented to be named.
    """

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

    `offering_id` is None for a tie by itself.
    `degree` is the length of the best chain known, 0 where there is none (only in training).
    """

    sender_id: str
    target_id: str
    offering_id: str | None
    as_of: int
    degree: int


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the graph says of a sender and an offering, as of the question's time."""

    sender_known: bool
    offering_known: bool
    offering_kind: str = ""
    """product, event, group, crowdfunding, content…; empty where unknown."""
    offering_value: float = 1.0
    """What one adoption is worth."""
    sender_opted_out: bool = False
    experienced: bool = False
    last_sentiment: float | None = None
    """Of the sender's last experience of the offering, -1 to 1; None where none was given."""
    sent_lately: int = 0
    """Outreaches the sender started within the surface's attention window."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What the graph says of one candidate: whether it may be shown, and who of its chain may be named."""

    target_id: str
    removed_by: str = ""
    """The filter that took it out; empty when it stays."""
    unnamed_ids: frozenset[str] = frozenset()
    """Members of its chain who have not consented to be named."""
    community_id: str = ""
    """The community it belongs to most; empty when it has none."""


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
    """Probability that this candidate was shown at all, given the same candidates and scores."""
    features: Mapping[str, float] = field(default_factory=dict)
    """The values it was scored with; missing is nan."""

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


@dataclass(frozen=True, slots=True)
class TargetsAnswer:
    """The answer to a `TargetsQuestion`. `model` is empty where no model scored: then the order is by chain score."""

    question: TargetsQuestion
    recommendations: tuple[Recommendation, ...]
    completeness: Completeness
    model: str
    queries_digest: str
    stages: tuple[StageReport, ...]


@dataclass(frozen=True, slots=True)
class ChainsAnswer:
    """The answer to a `ChainsQuestion`: chains from the highest score."""

    question: ChainsQuestion
    chains: tuple[Chain, ...]
    completeness: Completeness
    queries_digest: str
    stages: tuple[StageReport, ...]
