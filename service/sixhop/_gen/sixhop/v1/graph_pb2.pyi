import datetime

from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from sixhop._gen.sixhop.v1 import answer_pb2 as _answer_pb2
from sixhop._gen.sixhop.v1 import errors_pb2 as _errors_pb2
from sixhop._gen.sixhop.v1 import event_pb2 as _event_pb2
from sixhop._gen.sixhop.v1 import recommendation_pb2 as _recommendation_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordEventsRequest(_message.Message):
    __slots__ = ("events", "atomic")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    ATOMIC_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_event_pb2.Event]
    atomic: bool
    def __init__(self, events: _Optional[_Iterable[_Union[_event_pb2.Event, _Mapping]]] = ..., atomic: _Optional[bool] = ...) -> None: ...

class RecordEventsResponse(_message.Message):
    __slots__ = ("applied", "duplicates", "rejected", "freshness_token", "request_id")
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    DUPLICATES_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    applied: int
    duplicates: _containers.RepeatedScalarFieldContainer[int]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedEvent]
    freshness_token: str
    request_id: str
    def __init__(self, applied: _Optional[int] = ..., duplicates: _Optional[_Iterable[int]] = ..., rejected: _Optional[_Iterable[_Union[RejectedEvent, _Mapping]]] = ..., freshness_token: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RejectedEvent(_message.Message):
    __slots__ = ("index", "event_id", "reason", "violations")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    index: int
    event_id: str
    reason: _errors_pb2.ErrorReason
    violations: _containers.RepeatedCompositeFieldContainer[EventViolation]
    def __init__(self, index: _Optional[int] = ..., event_id: _Optional[str] = ..., reason: _Optional[_Union[_errors_pb2.ErrorReason, str]] = ..., violations: _Optional[_Iterable[_Union[EventViolation, _Mapping]]] = ...) -> None: ...

class EventViolation(_message.Message):
    __slots__ = ("field", "description")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    field: str
    description: str
    def __init__(self, field: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class StreamEventsRequest(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_event_pb2.Event]
    def __init__(self, events: _Optional[_Iterable[_Union[_event_pb2.Event, _Mapping]]] = ...) -> None: ...

class StreamEventsResponse(_message.Message):
    __slots__ = ("acknowledged", "applied", "duplicates", "rejected", "freshness_token")
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    DUPLICATES_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    acknowledged: int
    applied: int
    duplicates: _containers.RepeatedScalarFieldContainer[int]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedEvent]
    freshness_token: str
    def __init__(self, acknowledged: _Optional[int] = ..., applied: _Optional[int] = ..., duplicates: _Optional[_Iterable[int]] = ..., rejected: _Optional[_Iterable[_Union[RejectedEvent, _Mapping]]] = ..., freshness_token: _Optional[str] = ...) -> None: ...

class WatchVoicesRequest(_message.Message):
    __slots__ = ("cursor", "kinds", "max_suggestions")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    MAX_SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    cursor: str
    kinds: _containers.RepeatedScalarFieldContainer[_event_pb2.VoiceKind]
    max_suggestions: int
    def __init__(self, cursor: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_event_pb2.VoiceKind, str]]] = ..., max_suggestions: _Optional[int] = ...) -> None: ...

class WatchVoicesResponse(_message.Message):
    __slots__ = ("cursor", "voice", "suggestions", "completeness", "no_suggestions")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    NO_SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    cursor: str
    voice: Voice
    suggestions: _containers.RepeatedCompositeFieldContainer[_recommendation_pb2.Recommendation]
    completeness: _answer_pb2.Completeness
    no_suggestions: _errors_pb2.ErrorReason
    def __init__(self, cursor: _Optional[str] = ..., voice: _Optional[_Union[Voice, _Mapping]] = ..., suggestions: _Optional[_Iterable[_Union[_recommendation_pb2.Recommendation, _Mapping]]] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., no_suggestions: _Optional[_Union[_errors_pb2.ErrorReason, str]] = ...) -> None: ...

class Voice(_message.Message):
    __slots__ = ("voice_id", "member_id", "offering_id", "kind", "at", "answered_at", "answered_by")
    VOICE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_BY_FIELD_NUMBER: _ClassVar[int]
    voice_id: str
    member_id: str
    offering_id: str
    kind: _event_pb2.VoiceKind
    at: _timestamp_pb2.Timestamp
    answered_at: _timestamp_pb2.Timestamp
    answered_by: str
    def __init__(self, voice_id: _Optional[str] = ..., member_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., kind: _Optional[_Union[_event_pb2.VoiceKind, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answered_by: _Optional[str] = ...) -> None: ...

class ListVoicesRequest(_message.Message):
    __slots__ = ("cursor", "kinds", "unanswered", "limit", "freshness_token")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    cursor: str
    kinds: _containers.RepeatedScalarFieldContainer[_event_pb2.VoiceKind]
    unanswered: bool
    limit: int
    freshness_token: str
    def __init__(self, cursor: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_event_pb2.VoiceKind, str]]] = ..., unanswered: _Optional[bool] = ..., limit: _Optional[int] = ..., freshness_token: _Optional[str] = ...) -> None: ...

class ListVoicesResponse(_message.Message):
    __slots__ = ("voices", "cursor", "request_id")
    VOICES_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    voices: _containers.RepeatedCompositeFieldContainer[Voice]
    cursor: str
    request_id: str
    def __init__(self, voices: _Optional[_Iterable[_Union[Voice, _Mapping]]] = ..., cursor: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class EraseMemberRequest(_message.Message):
    __slots__ = ("member_id",)
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    def __init__(self, member_id: _Optional[str] = ...) -> None: ...

class EraseMemberResponse(_message.Message):
    __slots__ = ("finished", "freshness_token", "request_id")
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    finished: bool
    freshness_token: str
    request_id: str
    def __init__(self, finished: _Optional[bool] = ..., freshness_token: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ExportMemberRequest(_message.Message):
    __slots__ = ("member_id", "freshness_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    freshness_token: str
    def __init__(self, member_id: _Optional[str] = ..., freshness_token: _Optional[str] = ...) -> None: ...

class ExportMemberResponse(_message.Message):
    __slots__ = ("json",)
    JSON_FIELD_NUMBER: _ClassVar[int]
    json: bytes
    def __init__(self, json: _Optional[bytes] = ...) -> None: ...
