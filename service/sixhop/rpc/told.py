"""Reads events: what is wrong with one in itself, and what it tells. Knows nothing of what is there already."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any

from google.protobuf.message import Message

from sixhop._gen.sixhop.v1 import event_pb2
from sixhop.errors import Reason
from sixhop.events import (
    Blocked,
    Contacted,
    Event,
    Experienced,
    HopTold,
    Link,
    LinkTold,
    Node,
    NodeTold,
    OutreachEnded,
    OutreachStarted,
    Rejected,
    TieTold,
    Violation,
    Voiced,
    What,
)
from sixhop.rpc.asked import given
from sixhop.rpc.validate import violations

MOST_VIOLATIONS = 16
"""So many are told of one event: an answer has room for those of all events of a call."""
AHEAD_S = 300
"""Clocks differ; what happens later than this much ahead has not happened."""


def read_events(messages: Iterable[event_pb2.Event]) -> tuple[list[tuple[int, Event]], list[Rejected]]:
    """The sound events and the others, each with its place."""
    latest = int(time.time()) + AHEAD_S
    sound: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    for index, message in enumerate(messages):
        if wrong := tuple(islice(chain(_time(message, latest), violations(message)), MOST_VIOLATIONS)):
            rejected.append(Rejected(index, message.event_id[:128], Reason.INVALID_ARGUMENT, wrong))
        else:
            sound.append((index, _event(message)))
    return sound, rejected


def _time(message: event_pb2.Event, latest: int) -> list[Violation]:
    if not message.HasField("at"):
        return [("at", "must be set")]
    if not 0 <= message.at.seconds <= latest:
        return [("at", f"must be from 1970 on, and no more than {AHEAD_S // 60} minutes ahead of now")]
    return []


def _event(message: event_pb2.Event) -> Event:
    kind = message.WhichOneof("what")
    at = message.at.seconds
    return Event(message.event_id, at, _READERS[kind](getattr(message, kind), at))


def _fields(message: Message, *names: str) -> dict[str, Any]:
    """Those that are set; numbers of an enum as the graph's words for them."""
    return {name: _value(message, name) for name in names if message.HasField(name)}


def _value(message: Message, name: str) -> Any:
    field = message.DESCRIPTOR.fields_by_name[name]
    value = getattr(message, name)
    if field.enum_type is not None:
        return _word(field.enum_type, value)
    return value.seconds if field.message_type is not None else value


def _word(kind: Any, number: int) -> str:
    """OFFERING_KIND_CO_DESIGN → co_design."""
    prefix = kind.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(kind.values_by_number[number].name).removeprefix(prefix).lower()


def _member(told: event_pb2.MemberEvent, _: int) -> What:
    fields = _fields(told, "name", "joined_at")
    if told.interests:
        fields["interests"] = list(told.interests)
    return NodeTold(Node.MEMBER, told.member_id, fields)


def _consent(told: event_pb2.ConsentEvent, at: int) -> What:
    fields = _fields(told, "can_be_reached", "can_be_named", "can_introduce")
    if told.HasField("alliance"):
        fields["alliance_consent"] = told.alliance
    if told.HasField("opted_out"):
        fields["opted_out_at"] = at if told.opted_out else None
    return NodeTold(Node.MEMBER, told.member_id, fields)


def _context(told: event_pb2.ContextEvent, _: int) -> What:
    return NodeTold(Node.MEMBER, told.member_id, _fields(told, "place", "channel"))


def _tie(told: event_pb2.TieEvent, _: int) -> What:
    fields = _fields(told, "kind", "since", "strength", "sentiment")
    return TieTold(told.from_id, told.to_id, ended=told.ended, **fields)


def _interaction(told: event_pb2.InteractionEvent, _: int) -> What:
    return Contacted(told.from_id, told.to_id, **_fields(told, "channel", "sentiment"))


def _offering(told: event_pb2.OfferingEvent, _: int) -> What:
    names = ("kind", "name", "price", "value", "capacity", "goal", "available_from", "deadline")
    return NodeTold(Node.OFFERING, told.offering_id, _fields(told, *names), given(told, "enterprise_id"))


def _experience(told: event_pb2.ExperienceEvent, _: int) -> What:
    kind = _value(told, "kind")
    return Experienced(
        told.member_id, told.offering_id, kind, **_fields(told, "sentiment", "value", "place", "channel")
    )


def _voice(told: event_pb2.VoiceEvent, _: int) -> What:
    return Voiced(
        voice_id=told.voice_id,
        member_id=told.member_id,
        offering_id=told.offering_id,
        kind=_value(told, "kind"),
        answered=told.answered,
        answered_by=given(told, "answered_by"),
    )


def _enterprise(told: event_pb2.EnterpriseEvent, _: int) -> What:
    return NodeTold(Node.ENTERPRISE, told.enterprise_id, _fields(told, "name"), given(told, "alliance_id"))


def _community(told: event_pb2.CommunityEvent, _: int) -> What:
    return NodeTold(Node.COMMUNITY, told.community_id, _fields(told, "name"), given(told, "parent_id"))


def _customer(told: event_pb2.CustomerEvent, at: int) -> What:
    fields = _fields(told, "stage", "attitude", "value")
    if "stage" in fields:
        fields["until"] = at if fields["stage"] == "lapsed" else None
    return LinkTold(Link.CUSTOMER_OF, told.member_id, told.enterprise_id, fields)


def _acts_for(told: event_pb2.ActsForEvent, at: int) -> What:
    fields = {**_fields(told, "role"), "until": at if told.ended else None}
    return LinkTold(Link.ACTS_FOR, told.member_id, told.enterprise_id, fields)


def _membership(told: event_pb2.MembershipEvent, at: int) -> What:
    fields = {**_fields(told, "role", "weight"), "until": at if told.ended else None}
    return LinkTold(Link.BELONGS_TO, told.member_id, told.community_id, fields)


def _block(told: event_pb2.BlockEvent, _: int) -> What:
    return Blocked(told.from_id, told.to_id, told.lifted)


def _outreach(told: event_pb2.OutreachEvent, _: int) -> What:
    return OutreachStarted(
        outreach_id=told.outreach_id,
        sender_id=told.sender_id,
        target_id=told.target_id,
        offering_id=told.offering_id,
        introducer_ids=tuple(told.introducer_ids),
        **_fields(told, "attribution_token", "rewarded"),
    )


def _hop(told: event_pb2.HopEvent, _: int) -> What:
    return HopTold(told.outreach_id, told.position, told.member_id, _value(told, "answer"))


def _outcome(told: event_pb2.OutcomeEvent, _: int) -> What:
    return OutreachEnded(told.outreach_id, _value(told, "outcome"))


_READERS: dict[str | None, Callable[[Any, int], What]] = {
    "member": _member,
    "tie": _tie,
    "interaction": _interaction,
    "offering": _offering,
    "experience": _experience,
    "voice": _voice,
    "context": _context,
    "enterprise": _enterprise,
    "customer": _customer,
    "acts_for": _acts_for,
    "community": _community,
    "membership": _membership,
    "consent": _consent,
    "block": _block,
    "outreach": _outreach,
    "hop": _hop,
    "outcome": _outcome,
}
