"""Degrees of members from one member: the question, what was found, and the answer. Plain values; knows no graph."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sixhop.domain import MAX_CHAIN_LENGTH, StageReport

MOST_DEGREE = MAX_CHAIN_LENGTH


class DegreeState(StrEnum):
    """What is known of a degree."""

    EXACT = "exact"
    BEYOND = "beyond"
    UNKNOWN = "unknown"
    NO_MEMBER = "no_member"


@dataclass(frozen=True, slots=True)
class Degree:
    """How far a member is. `degree` where it is exact; bounds where it is unknown (`at_most` 0: no path was found)."""

    member_id: str
    state: DegreeState
    degree: int = 0
    at_most: int = 0
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class DegreesQuestion:
    """How many ties away from one member are the others?"""

    request_id: str
    member_id: str
    target_ids: tuple[str, ...]
    as_of: int
    freshness_token: str | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search goes: rings forward from the one member, steps backward from each of the others."""

    rounds: int
    steps: int
    step_ties: int
    """How many ties are followed in one step of one target."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a search knows of one target. `found` is the length of a path; exact when it is no more than `at_least`."""

    member_id: str
    known: bool
    found: int | None
    at_least: int
    """No path has fewer ties; 7 when there is none of six."""
    stopped_by: str = ""

    @property
    def is_settled(self) -> bool:
        return not self.known or self.at_least > MOST_DEGREE or (self.found is not None and self.found <= self.at_least)

    def united(self, other: Reach) -> Reach:
        """What both know of the same target."""
        paths = [each for each in (self.found, other.found) if each is not None]
        return Reach(
            self.member_id,
            known=other.known,
            found=min(paths, default=None),
            at_least=max(self.at_least, other.at_least),
            stopped_by=other.stopped_by or self.stopped_by,
        )

    @property
    def degree(self) -> Degree:
        if not self.known:
            return Degree(self.member_id, DegreeState.NO_MEMBER)
        if self.found is not None and self.found <= min(self.at_least, MOST_DEGREE):
            return Degree(self.member_id, DegreeState.EXACT, degree=self.found)
        if self.at_least > MOST_DEGREE:
            return Degree(self.member_id, DegreeState.BEYOND)
        at_most = self.found if self.found is not None and self.found <= MOST_DEGREE else 0
        return Degree(self.member_id, DegreeState.UNKNOWN, at_most=at_most, at_least=self.at_least)


@dataclass(frozen=True, slots=True)
class DegreesFound:
    """What one search found, in the order of its targets."""

    member_known: bool
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class DegreesAnswer:
    """The answer to a `DegreesQuestion`, in its order. `stopped_by` says what kept some unknown."""

    question: DegreesQuestion
    degrees: tuple[Degree, ...]
    stopped_by: str
    queries_digest: str
    stages: tuple[StageReport, ...]

    @property
    def is_empty(self) -> bool:
        """Whether none is known to be within six degrees."""
        return not any(each.state is DegreeState.EXACT for each in self.degrees)
