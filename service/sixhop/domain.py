"""What travels between the stages: frozen, slotted dataclasses. Knows nothing of gRPC, Neo4j or models.

Times are whole seconds since 1970, UTC. `pass_on`, `chain_score` and `likelihood` are three numbers, never mixed up:
see `docs/architecture.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import nan

MAX_CHAIN_LENGTH = 6
"""Six degrees: no chain has more ties than this."""
CONTACT_CANNOT_BE_NAMED = "contact_cannot_be_named"
OUT_OF_SLICE = "out_of_slice"
"""Reasons to remove a candidate. Who is out of the caller's slice is not even counted where the caller could see it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where, when and over which channel a contact would happen; empty or None where not known."""

    place: str = ""
    at: int | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which members of its realm an enterprise sees: its customers, and who consented to the alliance that it is in.

    `consent` is what counts for who has not said; None where the enterprise is in no alliance: only customers are seen.
    """

    enterprise_id: str
    consent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every question for recommendations has."""

    request_id: str
    offering_ids: tuple[str, ...]
    """At least one; each subject is recommended the one that is best for it."""
    as_of: int
    limit: int
    """How many recommendations at most."""
    max_length: int = MAX_CHAIN_LENGTH
    min_degree: int = 1
    max_degree: int = MAX_CHAIN_LENGTH
    moment: Moment | None = None
    freshness_token: str | None = None
    """What a write returned: everything read for this question has seen that write."""
    explain: bool = False
    seen_by: Slice | None = None
    """Whose eyes the answer is for; None: who sees all of the realm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsQuestion(Question):
    """One to many: whom should the sender reach about one of the offerings?"""

    sender_id: str
    community_id: str | None = None
    """Only its members, and those of the communities within it."""
    candidate_ids: tuple[str, ...] = ()
    """Only these, where there are any."""

    def subject(self, candidate: Candidate) -> str:
        """Whom the question asks for: here the target."""
        return candidate.target_id

    @property
    def ends(self) -> tuple[str, ...]:
        """Where chains are looked for from: here the sender."""
        return (self.sender_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferrersQuestion(Question):
    """Many to one: who should reach one of the targets about the offering?"""

    target_id: str | None = None
    """The member who is to be reached; or None, and anyone who acts for the enterprise is."""
    enterprise_id: str | None = None
    target_ids: tuple[str, ...] = ()
    """The target; of an enterprise, who may be reached, once the gate has said so."""

    def subject(self, candidate: Candidate) -> str:
        """Whom the question asks for: here the sender."""
        return candidate.sender_id

    @property
    def ends(self) -> tuple[str, ...]:
        """Where chains are looked for from: here those to be reached."""
        return self.target_ids


RecommendQuestion = TargetsQuestion | ReferrersQuestion
"""What the pipeline of a surface answers."""


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
    only_named: bool = False
    """Whether all who stand in between must have consented to be named."""
    slice_enterprise_id: str | None = None
    """All members of a chain must be of this enterprise's slice."""
    outreach_about: str | None = None
    """An outreach about this offering travels over the chain: nobody is asked who opted out or speaks ill of it."""
    freshness_token: str | None = None
    seen_by: Slice | None = None
    """Whose eyes the answer is for: others may stand in between, but not as the first contact, and unnamed."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One hop of a chain. `pass_on`: P(asked by the earlier member, the later one passes it on).

    `strength` is nan where it was not read.
    """

    pass_on: float
    strength: float = nan


@dataclass(frozen=True, slots=True)
class Chain:
    """A path from a sender to a target: `len(ties) == len(members) - 1`, all members different.

    In an answer, an empty id stands for an introducer who has not consented to be named, or is not the caller's to see.
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

    @property
    def weakest(self) -> float:
        """The lowest `pass_on` of its ties."""
        return min(tie.pass_on for tie in self.ties)

    @property
    def order(self) -> tuple[float, int, tuple[str, ...]]:
        """What chains are sorted by, the best first: score, then length, then members."""
        return -self.score, self.length, self.members


@dataclass(frozen=True, slots=True)
class Certificate:
    """Above which chain score an answer is known to be whole (0: everything there is was found)."""

    complete_above: float
    """Over CLOSE_TO, the best ties of each member."""
    complete_above_all_ties: float
    """Over all ties."""

    @classmethod
    def strongest(cls, claims: Iterable[Certificate]) -> Certificate:
        """Of claims that all hold of the same answer; at least one."""
        return cls._each(min, claims)

    @classmethod
    def weakest(cls, claims: Iterable[Certificate]) -> Certificate:
        """What holds of an answer made of several parts, each with its own claim; at least one."""
        return cls._each(max, claims)

    @classmethod
    def _each(cls, of: Callable[[Iterable[float]], float], claims: Iterable[Certificate]) -> Certificate:
        above, above_all_ties = zip(
            *((each.complete_above, each.complete_above_all_ties) for each in claims), strict=True
        )
        return cls(of(above), of(above_all_ties))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair some source proposed, with the best chain known between them, and what it would be about.

    `degree` is the length of the shortest chain that is known.
    """

    chain: Chain
    offering_id: str
    sources: tuple[str, ...]
    degree: int

    @property
    def sender_id(self) -> str:
        return self.chain.members[0]

    @property
    def target_id(self) -> str:
        return self.chain.members[-1]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target that a source proposes without a chain. `relevance` is the source's own measure; it orders, no more."""

    target_id: str
    offering_id: str
    relevance: float


@dataclass(frozen=True, slots=True)
class Joint:
    """A member that may introduce, with the best chain to it: other chains can go on from there.

    `degree` is the length of the shortest chain that is known.
    """

    chain: Chain
    offering_id: str
    degree: int

    @property
    def member_id(self) -> str:
        return self.chain.members[-1]


@dataclass(frozen=True, slots=True)
class PairKey:
    """What features are read for: this sender, target and offering, as the graph was at `as_of`.

    `offering_id` is None for a tie by itself.
    `degree` is the length of the shortest chain known. `chain_score` is the best chain's, `chain_weakest` the `pass_on`
    of its weakest tie; None where no chain is looked at, as for a tie by itself.
    """

    sender_id: str
    target_id: str
    offering_id: str | None
    as_of: int
    degree: int
    moment: Moment | None = None
    chain_score: float | None = None
    chain_weakest: float | None = None


@dataclass(frozen=True, slots=True)
class OfferingFacts:
    """What the graph says of one offering, and of the sender's experience of it as of the question's time."""

    offering_id: str
    known: bool
    kind: str = ""
    """product, event, group, crowdfunding, content…; empty where unknown."""
    value: float = 1.0
    """What one adoption is worth."""
    experienced: bool = False
    last_sentiment: float | None = None
    """Of the sender's last experience of it, -1 to 1; None where none was given."""


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """What the graph says of a sender before anyone is looked for, and of the offerings asked for, in order."""

    known: bool
    offerings: tuple[OfferingFacts, ...]
    opted_out: bool = False
    sent_lately: int = 0
    """Outreaches the sender started within the surface's attention window."""
    community_known: bool = True
    """Whether the community asked for is there; True where none was."""
    community_id: str = ""
    """The one at the top of the one that the sender belongs to most; empty where they are in none."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What the graph says of who is to be reached, before anyone is looked for."""

    known: bool
    """Whether the member or the enterprise is there."""
    offering: OfferingFacts
    reachable_ids: tuple[str, ...] = ()
    """Who may be reached: the member, or those who act for the enterprise, the best connected first."""
    removed_by: Mapping[str, int] = field(default_factory=dict)
    """Why the others may not be, counted."""


class Goal(StrEnum):
    """What somebody is to be reached for."""

    ADOPT = "adopt"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """What the graph says of one candidate: whether it may be shown, and who of its chain may be named."""

    removed_by: str = ""
    """The filter that took it out; empty when it stays."""
    unnamed_ids: frozenset[str] = frozenset()
    """Members of its chain who have not consented to be named."""
    subject_named: bool = True
    """Whether the subject itself may be named, also when it was removed."""
    community_id: str = ""
    """The community the subject belongs to most; empty when it has none."""
    asked_lately: int = 0
    """How often the subject was asked or reached within the surface's window."""
    asks_few: bool = False
    """Whether someone of the best connected hundredth would have to introduce, or is the subject."""
    moderates: bool = False
    """Whether the subject moderates a community that who is to be reached belongs to; looked at for answerers only."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source found: candidates with chains, or proposals to find chains to."""

    name: str
    candidates: tuple[Candidate, ...] = ()
    certificate: Certificate | None = None
    proposals: tuple[Proposal, ...] = ()
    joints: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainsFound:
    """What a search for chains between two found, best first, and whether there is whom it was about.

    Nothing is missed above `certificate`: when that is no more than the last score, there are no better chains.
    """

    from_known: bool
    to_known: bool
    enterprise_known: bool
    chains: tuple[Chain, ...]
    unnamed_ids: frozenset[str]
    """Introducers who have not consented to be named."""
    certificate: Certificate
    fewest_unlisted: int | None = None
    """A better chain may be missed over ties of someone who has so many, or more, and was read by the closest only."""


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
class StageItem:
    """What one stage did with one candidate. `member_id` is empty when it may not be named."""

    member_id: str
    removed_by: str = ""
    offering_id: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member whom a rule kept out of a walk, as whoever is asked for or as an introducer."""

    offering_id: str
    member_id: str
    removed_by: str
    named: bool


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
    items: tuple[StageItem, ...] = ()
    """Each one it found, kept or removed; only when the question asks to explain."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How whole an answer is. `stopped_by` is empty, or what ended the search early; `missing` names left-out parts."""

    certificate: Certificate
    stopped_by: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a `Question`. `model` is empty where no model scored: then the order is by chain score."""

    question: RecommendQuestion
    recommendations: tuple[Recommendation, ...]
    completeness: Completeness
    model: str
    queries_digest: str
    stages: tuple[StageReport, ...]

    @property
    def is_empty(self) -> bool:
        return not self.recommendations


@dataclass(frozen=True, slots=True)
class ChainsAnswer:
    """The answer to a `ChainsQuestion`: chains from the highest score."""

    question: ChainsQuestion
    chains: tuple[Chain, ...]
    completeness: Completeness
    queries_digest: str
    stages: tuple[StageReport, ...]

    @property
    def is_empty(self) -> bool:
        return not self.chains
