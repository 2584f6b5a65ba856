from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from sixhop._gen.sixhop.v1 import answer_pb2 as _answer_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DegreeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEGREE_STATE_UNSPECIFIED: _ClassVar[DegreeState]
    DEGREE_STATE_EXACT: _ClassVar[DegreeState]
    DEGREE_STATE_BEYOND: _ClassVar[DegreeState]
    DEGREE_STATE_UNKNOWN: _ClassVar[DegreeState]
    DEGREE_STATE_NO_MEMBER: _ClassVar[DegreeState]
DEGREE_STATE_UNSPECIFIED: DegreeState
DEGREE_STATE_EXACT: DegreeState
DEGREE_STATE_BEYOND: DegreeState
DEGREE_STATE_UNKNOWN: DegreeState
DEGREE_STATE_NO_MEMBER: DegreeState

class GetDegreesRequest(_message.Message):
    __slots__ = ("member_id", "target_ids", "freshness_token", "explain")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_IDS_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    target_ids: _containers.RepeatedScalarFieldContainer[str]
    freshness_token: str
    explain: bool
    def __init__(self, member_id: _Optional[str] = ..., target_ids: _Optional[_Iterable[str]] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class GetDegreesResponse(_message.Message):
    __slots__ = ("degrees", "info", "stopped_by")
    DEGREES_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    STOPPED_BY_FIELD_NUMBER: _ClassVar[int]
    degrees: _containers.RepeatedCompositeFieldContainer[Degree]
    info: _answer_pb2.RequestInfo
    stopped_by: str
    def __init__(self, degrees: _Optional[_Iterable[_Union[Degree, _Mapping]]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ..., stopped_by: _Optional[str] = ...) -> None: ...

class Degree(_message.Message):
    __slots__ = ("member_id", "state", "degree", "at_most", "at_least")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DEGREE_FIELD_NUMBER: _ClassVar[int]
    AT_MOST_FIELD_NUMBER: _ClassVar[int]
    AT_LEAST_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    state: DegreeState
    degree: int
    at_most: int
    at_least: int
    def __init__(self, member_id: _Optional[str] = ..., state: _Optional[_Union[DegreeState, str]] = ..., degree: _Optional[int] = ..., at_most: _Optional[int] = ..., at_least: _Optional[int] = ...) -> None: ...
