"""What a caller who acts for one enterprise sees of its realm. Plain values; knows no graph.

What is not seen is asked for under an id that nothing has. So it goes the very way that unknown ids go, and the answer
to the one cannot differ from the answer to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sixhop.domain import Certificate, Completeness, Slice

MOST_ID_CHARACTERS = 128
STOPPED_BY_SLICE = "slice"
"""The answer does not say what there is beyond the caller's slice."""


class Kind(StrEnum):
    """What a question may name."""

    MEMBER = "member"
    OFFERING = "offering"
    COMMUNITY = "community"
    ENTERPRISE = "enterprise"
    OUTREACH = "outreach"


Named = Mapping[Kind, Iterable[str]]
"""Ids that a question names, by what they are ids of."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the caller sees of what its question names. Who has no slice sees all of it."""

    slice: Slice | None = None
    seen: frozenset[tuple[Kind, str]] = frozenset()

    def member(self, member_id: str) -> str:
        return self._as_seen(Kind.MEMBER, member_id)

    def offering(self, offering_id: str) -> str:
        return self._as_seen(Kind.OFFERING, offering_id)

    def community(self, community_id: str) -> str:
        return self._as_seen(Kind.COMMUNITY, community_id)

    def enterprise(self, enterprise_id: str) -> str:
        return self._as_seen(Kind.ENTERPRISE, enterprise_id)

    def outreach(self, outreach_id: str) -> str:
        return self._as_seen(Kind.OUTREACH, outreach_id)

    def own_enterprise(self, enterprise_id: str) -> str:
        """Where only the caller's own will do: who is of another one's slice is not the caller's to know."""
        own = self.slice is None or self.slice.enterprise_id == enterprise_id
        return enterprise_id if own else nothings(enterprise_id)

    def _as_seen(self, kind: Kind, plain_id: str) -> str:
        return plain_id if self.slice is None or (kind, plain_id) in self.seen else nothings(plain_id)


def nothings(plain_id: str) -> str:
    """An id that nothing has, for it is too long to be one; another one for each id."""
    return "-" * MOST_ID_CHARACTERS + plain_id


def as_asked(plain_id: str) -> str:
    """The id that was asked for, if `plain_id` stands for one."""
    return plain_id.removeprefix("-" * MOST_ID_CHARACTERS)


def beyond_slice(missing: tuple[str, ...] = ()) -> Completeness:
    """What is said of completeness to who sees a slice: what was let go may be of members whom it does not see."""
    return Completeness(Certificate(complete_above=1.0, complete_above_all_ties=1.0), STOPPED_BY_SLICE, missing)
