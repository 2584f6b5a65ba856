"""The six-degree walk as a call: parameters in, domain objects out. Knows nothing of gRPC, models or the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import nan
from typing import Any

from sixhop.domain import MAX_CHAIN_LENGTH, Candidate, Certificate, Chain, Joint, Slice, SourceResult, Tie
from sixhop.errors import InvalidInput
from sixhop.graph.executor import AsyncGraph

SIX_DEGREE_WALK = "sources/six_degree_walk"
DETRACTOR_SENTIMENT = -0.5
"""Last sentiment at or below which a member is a detractor of an offering."""


DAY_S = 86_400


def seen_by(slice_: Slice | None) -> dict[str, Any]:
    """For whose eyes a query looks, as its parameters."""
    return {"seen_by": slice_ and slice_.enterprise_id, "seen_consent": slice_ and slice_.consent}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a walk starts: who sends, about which offering (None: any), as of when (seconds since 1970).

    `avoid_ids` are members who are not to introduce; they may still be targets. `only_ids` (None: anybody) and
    `community_id` say who may be a target; `seen_by`, whose eyes the answer is for (None: who sees all of the realm).
    """

    sender_id: str
    offering_id: str | None
    as_of: int
    avoid_ids: tuple[str, ...] = ()
    only_ids: tuple[str, ...] | None = None
    community_id: str | None = None
    seen_by: Slice | None = None

    def parameters(self) -> dict[str, Any]:
        return {
            "sender_id": self.sender_id,
            "offering_id": self.offering_id,
            "as_of": self.as_of,
            "avoid_ids": list(self.avoid_ids),
            "only_ids": None if self.only_ids is None else list(self.only_ids),
            "community_id": self.community_id,
            **seen_by(self.seen_by),
        }


@dataclass(frozen=True, slots=True)
class BackwardAnchor:
    """Where a backward walk starts: who is to be reached, about which offering, as of when."""

    target_ids: tuple[str, ...]
    offering_id: str
    as_of: int
    avoid_ids: tuple[str, ...] = ()
    seen_by: Slice | None = None

    def parameters(self) -> dict[str, Any]:
        return {
            "target_ids": list(self.target_ids),
            "offering_id": self.offering_id,
            "as_of": self.as_of,
            "avoid_ids": list(self.avoid_ids),
            **seen_by(self.seen_by),
        }


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """How far and how wide a walk goes. `quotas[d-1]` of the `targets` places are kept for degree `d`, at the least.

    `beam`: 8 finds what 32 finds for half the work (docs/decisions/0030-bounds-of-the-walk.md).
    """

    width: int = 64
    beam: int = 8
    targets: int = 64
    quotas: tuple[int, ...] = (8, 8, 8, 4, 2, 2)
    max_length: int = MAX_CHAIN_LENGTH
    min_degree: int = 1
    max_degree: int = MAX_CHAIN_LENGTH
    detractor_sentiment: float = DETRACTOR_SENTIMENT
    experienced_introducers: bool = False
    """Whether introducers too must have a good experience of the offering."""
    most_asked: int = 20
    """How often an introducer may have been asked within `asked_within_s`; at most 64 times are remembered."""
    asked_within_s: int = 7 * DAY_S
    most_sent: int = 20
    """How many outreaches a sender may have started within `sent_within_s`: only the backward walk looks at it."""
    sent_within_s: int = 7 * DAY_S
    most_adopters: int = 2048
    """Up to how many adopters of an offering are known to the backward walk from the start."""

    moderators: bool = False
    """Whether who moderates a community of a target's may send to it without an experience: only walking backward."""

    def __post_init__(self) -> None:
        violations = [
            (name, problem)
            for name, wrong, problem in (
                ("width", self.width < 1, "must be at least 1"),
                ("beam", self.beam < 0, "must not be negative"),
                ("targets", self.targets < 1, "must be at least 1"),
                ("quotas", len(self.quotas) != MAX_CHAIN_LENGTH, f"must be {MAX_CHAIN_LENGTH} numbers, one a degree"),
                ("quotas", min(self.quotas, default=0) < 0, "must not be negative"),
                ("quotas", sum(self.quotas) > self.targets, "must not sum to more than targets"),
                ("max_length", not 1 <= self.max_length <= MAX_CHAIN_LENGTH, f"must be 1…{MAX_CHAIN_LENGTH}"),
            )
            if wrong
        ]
        if violations:
            raise InvalidInput("the walk cannot be run as asked", violations=tuple(violations))

    @property
    def rules_of_introducing(self) -> dict[str, Any]:
        """What a query must be told of who may introduce."""
        return {
            "detractor_sentiment": self.detractor_sentiment,
            "experienced_introducers": self.experienced_introducers,
            "most_asked": self.most_asked,
            "asked_within_s": self.asked_within_s,
        }

    def parameters(self, anchors: Sequence[Anchor | BackwardAnchor]) -> dict[str, Any]:
        """The parameters of a walk for one or more anchors."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**own, "quotas": list(self.quotas), "anchors": [anchor.parameters() for anchor in anchors]}


def chain_of(row: Mapping[str, Any]) -> Chain:
    """A row's `member_ids`, `pass_ons` and `strengths` as a chain; a strength that is not known is nan."""
    ties = zip(row["pass_ons"], row["strengths"], strict=True)
    return Chain(
        members=tuple(row["member_ids"]),
        ties=tuple(Tie(pass_on, nan if strength is None else strength) for pass_on, strength in ties),
    )


def read_walks(
    rows: Iterable[Mapping[str, Any]], *, anchors: Sequence[Anchor | BackwardAnchor], name: str
) -> list[SourceResult | None]:
    """One result an anchor, in order; None where nobody is to start from in the realm."""
    results: list[SourceResult | None] = [None] * len(anchors)
    for row in rows:
        anchor = anchors[row["anchor_no"]]
        offering_id = anchor.offering_id or ""
        candidates: list[Candidate] = []
        joints: list[Joint] = []
        for member_ids, pass_ons, degree, is_target in row["found"]:
            chain = Chain(tuple(member_ids), tuple(map(Tie, pass_ons)))
            if is_target:
                candidates.append(Candidate(chain, offering_id, (name,), degree))
            else:
                joints.append(Joint(chain, offering_id, degree))
        certificate = Certificate(row["complete_above"], row["complete_above_all_ties"])
        results[row["anchor_no"]] = SourceResult(name, tuple(candidates), certificate, joints=tuple(joints))
    return results


async def six_degree_walk(
    graph: AsyncGraph, anchor: Anchor, settings: WalkSettings, *, timeout_s: float | None = None
) -> SourceResult | None:
    """Walk from one sender; None when there is no such member."""
    rows = await graph.rows(SIX_DEGREE_WALK, timeout_s=timeout_s, **settings.parameters([anchor]))
    return read_walks(rows, anchors=[anchor], name=SIX_DEGREE_WALK)[0]
