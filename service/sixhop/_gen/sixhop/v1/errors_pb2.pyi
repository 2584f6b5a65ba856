from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_ARGUMENT: _ClassVar[ErrorReason]
    ERROR_REASON_MEMBER_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_OFFERING_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_SENDER_LACKS_EXPERIENCE: _ClassVar[ErrorReason]
    ERROR_REASON_SENDER_IS_DETRACTOR: _ClassVar[ErrorReason]
    ERROR_REASON_SENDER_LACKS_CONSENT: _ClassVar[ErrorReason]
    ERROR_REASON_SENDER_OVER_ATTENTION_CAP: _ClassVar[ErrorReason]
    ERROR_REASON_DEADLINE_EXCEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_NO_LIVE_SOURCE: _ClassVar[ErrorReason]
    ERROR_REASON_GRAPH_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_GRAPH_TIMEOUT: _ClassVar[ErrorReason]
    ERROR_REASON_SCHEMA_NOT_CURRENT: _ClassVar[ErrorReason]
    ERROR_REASON_MODEL_REFUSED: _ClassVar[ErrorReason]
    ERROR_REASON_MISCONFIGURED: _ClassVar[ErrorReason]
    ERROR_REASON_OVERLOADED: _ClassVar[ErrorReason]
    ERROR_REASON_SERVICE_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_INTERNAL: _ClassVar[ErrorReason]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_INVALID_ARGUMENT: ErrorReason
ERROR_REASON_MEMBER_NOT_FOUND: ErrorReason
ERROR_REASON_OFFERING_NOT_FOUND: ErrorReason
ERROR_REASON_SENDER_LACKS_EXPERIENCE: ErrorReason
ERROR_REASON_SENDER_IS_DETRACTOR: ErrorReason
ERROR_REASON_SENDER_LACKS_CONSENT: ErrorReason
ERROR_REASON_SENDER_OVER_ATTENTION_CAP: ErrorReason
ERROR_REASON_DEADLINE_EXCEEDED: ErrorReason
ERROR_REASON_NO_LIVE_SOURCE: ErrorReason
ERROR_REASON_GRAPH_UNAVAILABLE: ErrorReason
ERROR_REASON_GRAPH_TIMEOUT: ErrorReason
ERROR_REASON_SCHEMA_NOT_CURRENT: ErrorReason
ERROR_REASON_MODEL_REFUSED: ErrorReason
ERROR_REASON_MISCONFIGURED: ErrorReason
ERROR_REASON_OVERLOADED: ErrorReason
ERROR_REASON_SERVICE_UNAVAILABLE: ErrorReason
ERROR_REASON_INTERNAL: ErrorReason
