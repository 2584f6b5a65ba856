"""What other services tell of members and their relationships: one dataclass for each thing that can have happened.

Plain values: ids, whole seconds since 1970, None where nothing was said. Knows not how events come, nor where they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sixhop.errors import Reason

Violation = tuple[str, str]
"""A field and what is wrong with it."""
MOST_EVENTS = 1000
"""Events of one call, or of one message of a stream."""
REMEMBERED_DAYS = 30
"""How long an event that was applied is known by its id, at least."""


class Node(StrEnum):
    """What facts can be told about."""

    MEMBER = "Member"
    OFFERING = "Offering"
    ENTERPRISE = "Enterprise"
    COMMUNITY = "Community"


class Link(StrEnum):
    """How a member can stand to something."""

    CUSTOMER_OF = "CUSTOMER_OF"
    ACTS_FOR = "ACTS_FOR"
    BELONGS_TO = "BELONGS_TO"


@dataclass(frozen=True, slots=True)
class NodeTold:
    """What something is; of a member also what they allow and where they are.

    `refers_to`: `enterprise_id` of an offering, `alliance_id` of an enterprise, `parent_id` of a community.
    """

    node: Node
    node_id: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class LinkTold:
    """How a member stands to an enterprise or a community."""

    link: Link
    member_id: str
    other_id: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TieTold:
    """A member can contact another, or, where it `ended`, no longer can."""

    from_id: str
    to_id: str
    kind: str | None = None
    since: int | None = None
    strength: float | None = None
    sentiment: float | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Contacted:
    """A member contacted another."""

    from_id: str
    to_id: str
    channel: str = ""
    sentiment: float | None = None


@dataclass(frozen=True, slots=True)
class Experienced:
    """A member experienced an offering."""

    member_id: str
    offering_id: str
    kind: str
    sentiment: float | None = None
    value: float | None = None
    place: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Voiced:
    """A member voiced something about an offering; or, where `answered`, has their answer."""

    voice_id: str
    member_id: str
    offering_id: str
    kind: str
    answered: bool = False
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A member wants nothing to do with another; or, where `lifted`, no longer minds."""

    from_id: str
    to_id: str
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class OutreachStarted:
    """A sender set out to reach a target, over introducers where these are planned."""

    outreach_id: str
    sender_id: str
    target_id: str
    offering_id: str
    introducer_ids: tuple[str, ...] = ()
    attribution_token: str | None = None
    rewarded: bool | None = None


@dataclass(frozen=True, slots=True)
class HopTold:
    """Somebody was asked on the way of an outreach, or answered."""

    outreach_id: str
    position: int
    member_id: str
    state: str


@dataclass(frozen=True, slots=True)
class OutreachEnded:
    """How an outreach ended."""

    outreach_id: str
    outcome: str


What = (
    NodeTold
    | LinkTold
    | TieTold
    | Contacted
    | Experienced
    | Voiced
    | Blocked
    | OutreachStarted
    | HopTold
    | OutreachEnded
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `at`. The same `event_id` again is the same event."""

    event_id: str
    at: int
    what: What

    @property
    def member_ids(self) -> tuple[str, ...]:
        """Everybody it speaks of."""
        match self.what:
            case NodeTold(node=Node.MEMBER, node_id=member_id):
                return (member_id,)
            case LinkTold() | Experienced():
                return (self.what.member_id,)
            case Voiced():
                return tuple(each for each in (self.what.member_id, self.what.answered_by) if each)
            case TieTold() | Contacted() | Blocked():
                return (self.what.from_id, self.what.to_id)
            case OutreachStarted():
                return (self.what.sender_id, *self.what.introducer_ids, self.what.target_id)
            case HopTold():
                return (self.what.member_id,)
            case _:
                return ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that was not applied, by its place among those that came with it."""

    index: int
    event_id: str
    reason: Reason
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of some events. Places count from 0."""

    applied: int
    duplicates: tuple[int, ...]
    rejected: tuple[Rejected, ...]
    freshness_token: str = ""
