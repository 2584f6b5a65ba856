"""The six-degree walk as a call: parameters in, domain objects out. Knows nothing of gRPC, models or the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from sixhop.domain import MAX_CHAIN_LENGTH, Candidate, Certificate, Chain, SourceResult, Tie
from sixhop.errors import InvalidInput
from sixhop.graph.executor import AsyncGraph

SIX_DEGREE_WALK = "sources/six_degree_walk"
DETRACTOR_SENTIMENT = -0.5
"""Last sentiment at or below which a member is a detractor of an offering."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a walk starts: who sends, about which offering (None: any), as of when (seconds since 1970).

    `avoid_ids` are members who are not to introduce; they may still be targets.
    """

    sender_id: str
    offering_id: str | None
    as_of: int
    avoid_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """How far and how wide a walk goes. `quotas[d-1]` of the `targets` places are kept for degree `d`, at the least.

    `beam`: 8 finds what 32 finds for half the work (docs/decisions/0030-the-walk-as-one-loop.md).
    """

    width: int = 64
    beam: int = 8
    targets: int = 64
    quotas: tuple[int, ...] = (8, 8, 8, 4, 2, 2)
    max_length: int = MAX_CHAIN_LENGTH
    min_degree: int = 1
    max_degree: int = MAX_CHAIN_LENGTH
    detractor_sentiment: float = DETRACTOR_SENTIMENT

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

    def parameters(self, anchors: Sequence[Anchor]) -> dict[str, Any]:
        """The parameters of `sources/six_degree_walk` for one or more anchors."""
        return {
            "anchors": [
                {
                    "sender_id": a.sender_id,
                    "offering_id": a.offering_id,
                    "as_of": a.as_of,
                    "avoid_ids": list(a.avoid_ids),
                }
                for a in anchors
            ],
            "width": self.width,
            "beam": self.beam,
            "targets": self.targets,
            "quotas": list(self.quotas),
            "max_length": self.max_length,
            "min_degree": self.min_degree,
            "max_degree": self.max_degree,
            "detractor_sentiment": self.detractor_sentiment,
        }


def chain_of(row: Mapping[str, Any]) -> Chain:
    """A row's `member_ids`, `pass_ons` and `strengths` as a chain; a strength that is not known is nan."""
    ties = zip(row["pass_ons"], row["strengths"], strict=True)
    return Chain(
        members=tuple(row["member_ids"]),
        ties=tuple(Tie(pass_on, nan if strength is None else strength) for pass_on, strength in ties),
    )


def read_walks(rows: Iterable[Mapping[str, Any]], *, anchors: int, name: str) -> list[SourceResult | None]:
    """One result an anchor, in order; None where the sender is no member of the realm."""
    candidates: list[list[Candidate]] = [[] for _ in range(anchors)]
    no_chain = [0] * anchors
    certificates: list[Certificate | None] = [None] * anchors
    for row in rows:
        at = row["anchor_no"]
        no_chain[at] = row.get("no_chain", 0)
        certificates[at] = Certificate(row["complete_above"], row["complete_above_all_ties"])
        if row["target_id"] is not None:
            candidates[at].append(Candidate(row["target_id"], chain_of(row), (name,), row["degree"]))
    return [
        None if certificate is None else SourceResult(name, tuple(found), certificate, without)
        for found, certificate, without in zip(candidates, certificates, no_chain, strict=True)
    ]


async def six_degree_walk(
    graph: AsyncGraph, anchor: Anchor, settings: WalkSettings, *, timeout_s: float | None = None
) -> SourceResult | None:
    """Walk from one sender; None when there is no such member."""
    rows = await graph.rows(SIX_DEGREE_WALK, timeout_s=timeout_s, **settings.parameters([anchor]))
    return read_walks(rows, anchors=1, name=SIX_DEGREE_WALK)[0]
