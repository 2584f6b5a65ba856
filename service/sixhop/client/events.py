"""Events to tell a service: `event(InteractionEvent(from_id=…, to_id=…), event_id=…, at=…)`. Knows no channels.

What each kind holds stands in `proto/sixhop/v1/event.proto`.
"""

from __future__ import annotations

from datetime import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1.event_pb2 import (
    ActsForEvent,
    ActsForRole,
    BlockEvent,
    CommunityEvent,
    ConsentEvent,
    ContextEvent,
    CustomerEvent,
    CustomerStage,
    EnterpriseEvent,
    Event,
    ExperienceEvent,
    ExperienceKind,
    HopAnswer,
    HopEvent,
    InteractionEvent,
    MemberEvent,
    MembershipEvent,
    MembershipRole,
    OfferingEvent,
    OfferingKind,
    Outcome,
    OutcomeEvent,
    OutreachEvent,
    TieEvent,
    VoiceEvent,
    VoiceKind,
)

__all__ = [
    "ActsForEvent",
    "ActsForRole",
    "BlockEvent",
    "CommunityEvent",
    "ConsentEvent",
    "ContextEvent",
    "CustomerEvent",
    "CustomerStage",
    "EnterpriseEvent",
    "Event",
    "ExperienceEvent",
    "ExperienceKind",
    "HopAnswer",
    "HopEvent",
    "InteractionEvent",
    "MemberEvent",
    "MembershipEvent",
    "MembershipRole",
    "OfferingEvent",
    "OfferingKind",
    "Outcome",
    "OutcomeEvent",
    "OutreachEvent",
    "TieEvent",
    "VoiceEvent",
    "VoiceKind",
    "event",
]
_FIELDS = {each.message_type.name: each.name for each in Event.DESCRIPTOR.oneofs_by_name["what"].fields}


def event(what: Message, *, event_id: str, at: datetime | int) -> Event:
    """That `what` happened.

    Args:
        what: One of the kinds of events.
        event_id: The same id again is the same event: it is applied once, however often it is told.
        at: When it happened; whole seconds since 1970, or a time with its zone.

    Raises:
        ValueError: `at` has no zone, or `what` is no event.
    """
    name = _FIELDS.get(what.DESCRIPTOR.name)
    if name is None:
        raise ValueError(f"{what.DESCRIPTOR.name} is no kind of event; known are {', '.join(sorted(_FIELDS))}")
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError("a time without its zone could be any of twenty-four; give it one")
        at = int(at.timestamp())
    told = Event(event_id=event_id, at=Timestamp(seconds=at))
    getattr(told, name).CopyFrom(what)
    return told
