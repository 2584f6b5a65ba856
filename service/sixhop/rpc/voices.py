"""Translates what members voiced to messages, and cursors to places among it."""

from __future__ import annotations

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import errors_pb2, event_pb2, graph_pb2
from sixhop.errors import InvalidInput
from sixhop.pipeline.voices import Heard
from sixhop.rpc import convert
from sixhop.voices import Voice

START = "start"
_PREFIX = "v1-"
_MOST = 2**63
KINDS = {
    "need": event_pb2.VOICE_KIND_NEED,
    "complaint": event_pb2.VOICE_KIND_COMPLAINT,
    "idea": event_pb2.VOICE_KIND_IDEA,
}
_WORDS = {number: word for word, number in KINDS.items()}


def words(kinds: Any) -> tuple[str, ...]:
    return tuple(_WORDS[kind] for kind in kinds)


def cursor_of(number: int) -> str:
    return f"{_PREFIX}{number}"


def place_of(cursor: str) -> int:
    """After which number to go on.

    Raises:
        InvalidInput: it is no cursor.
    """
    if cursor == START:
        return 0
    number = cursor.removeprefix(_PREFIX)
    if cursor.startswith(_PREFIX) and number.isascii() and number.isdigit() and int(number) < _MOST:
        return int(number)
    raise InvalidInput(
        "the cursor cannot be read; send one as an answer held it",
        violations=(("cursor", "is not one that an answer held"),),
    )


def voice_message(voice: Voice) -> graph_pb2.Voice:
    return graph_pb2.Voice(
        voice_id=voice.voice_id,
        member_id=voice.member_id,
        offering_id=voice.offering_id,
        kind=KINDS[voice.kind],
        at=Timestamp(seconds=voice.at),
        answered_at=None if voice.answered_at is None else Timestamp(seconds=voice.answered_at),
        answered_by=voice.answered_by,
    )


def heard_message(heard: Heard) -> graph_pb2.WatchVoicesResponse:
    message = graph_pb2.WatchVoicesResponse(cursor=cursor_of(heard.voice.number), voice=voice_message(heard.voice))
    if heard.no_answerers is not None:
        message.no_suggestions = errors_pb2.ErrorReason.Value(f"ERROR_REASON_{heard.no_answerers.value}")
    if heard.answer is not None:
        whole = convert.referrers_response(heard.answer)
        message.suggestions.extend(whole.recommendations)
        message.completeness.CopyFrom(whole.completeness)
    return message
