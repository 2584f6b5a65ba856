import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RequestInfo(_message.Message):
    __slots__ = ("request_id", "model", "queries_digest", "as_of", "stages")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUERIES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    model: str
    queries_digest: str
    as_of: _timestamp_pb2.Timestamp
    stages: _containers.RepeatedCompositeFieldContainer[StageReport]
    def __init__(self, request_id: _Optional[str] = ..., model: _Optional[str] = ..., queries_digest: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stages: _Optional[_Iterable[_Union[StageReport, _Mapping]]] = ...) -> None: ...

class Completeness(_message.Message):
    __slots__ = ("complete_above", "complete_above_all_ties", "stopped_by", "missing")
    COMPLETE_ABOVE_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_ABOVE_ALL_TIES_FIELD_NUMBER: _ClassVar[int]
    STOPPED_BY_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    complete_above: float
    complete_above_all_ties: float
    stopped_by: str
    missing: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, complete_above: _Optional[float] = ..., complete_above_all_ties: _Optional[float] = ..., stopped_by: _Optional[str] = ..., missing: _Optional[_Iterable[str]] = ...) -> None: ...

class StageReport(_message.Message):
    __slots__ = ("stage", "name", "kept", "removed", "elapsed_ms", "missing", "items")
    class RemovedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    STAGE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_MS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    stage: str
    name: str
    kept: int
    removed: _containers.ScalarMap[str, int]
    elapsed_ms: float
    missing: str
    items: _containers.RepeatedCompositeFieldContainer[StageItem]
    def __init__(self, stage: _Optional[str] = ..., name: _Optional[str] = ..., kept: _Optional[int] = ..., removed: _Optional[_Mapping[str, int]] = ..., elapsed_ms: _Optional[float] = ..., missing: _Optional[str] = ..., items: _Optional[_Iterable[_Union[StageItem, _Mapping]]] = ...) -> None: ...

class StageItem(_message.Message):
    __slots__ = ("member_id", "removed_by", "offering_id", "score")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVED_BY_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    removed_by: str
    offering_id: str
    score: float
    def __init__(self, member_id: _Optional[str] = ..., removed_by: _Optional[str] = ..., offering_id: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...
