"""What members voiced, as the clients give it back. Knows the protos; nothing of channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sixhop._gen.sixhop.v1 import errors_pb2, event_pb2, graph_pb2
from sixhop.client.results import recommendation
from sixhop.domain import Recommendation
from sixhop.errors import Reason

_PREFIX = "VOICE_KIND_"


@dataclass(frozen=True, slots=True)
class Voice:
    """A need, complaint or idea. `answered_at` is None while nobody answered it."""

    voice_id: str
    member_id: str
    offering_id: str
    kind: str
    at: datetime
    answered_at: datetime | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class VoicesResult:
    """Voices in the order in which they came. `cursor` goes on after the last; None when there are no more."""

    voices: tuple[Voice, ...]
    cursor: str | None
    message: graph_pb2.ListVoicesResponse


@dataclass(frozen=True, slots=True)
class HeardResult:
    """A voice and who should answer it, best first. `cursor` goes on after it, also on another replica.

    `no_suggestions` says why there are none, where that is known. Who watches without a cursor is told at once from
    where on, by a first one without a voice.
    """

    voice: Voice | None
    suggestions: tuple[Recommendation, ...]
    no_suggestions: Reason | None
    cursor: str
    message: graph_pb2.WatchVoicesResponse


def kinds_of(kinds: Sequence[str]) -> list[event_pb2.VoiceKind]:
    """`need`, `complaint`, `idea`. Raises ValueError for others."""
    return [event_pb2.VoiceKind.Value(_PREFIX + kind.upper()) for kind in kinds]


def voices_result(message: graph_pb2.ListVoicesResponse) -> VoicesResult:
    cursor = message.cursor if message.HasField("cursor") else None
    return VoicesResult(tuple(_voice(each) for each in message.voices), cursor, message)


def heard_result(message: graph_pb2.WatchVoicesResponse) -> HeardResult:
    why = errors_pb2.ErrorReason.Name(message.no_suggestions).removeprefix("ERROR_REASON_")
    return HeardResult(
        voice=_voice(message.voice) if message.HasField("voice") else None,
        suggestions=tuple(recommendation(each) for each in message.suggestions),
        no_suggestions=Reason(why) if message.no_suggestions else None,
        cursor=message.cursor,
        message=message,
    )


def _voice(message: graph_pb2.Voice) -> Voice:
    return Voice(
        voice_id=message.voice_id,
        member_id=message.member_id,
        offering_id=message.offering_id,
        kind=event_pb2.VoiceKind.Name(message.kind).removeprefix(_PREFIX).lower(),
        at=message.at.ToDatetime(tzinfo=UTC),
        answered_at=message.answered_at.ToDatetime(tzinfo=UTC) if message.HasField("answered_at") else None,
        answered_by=message.answered_by if message.HasField("answered_by") else None,
    )
