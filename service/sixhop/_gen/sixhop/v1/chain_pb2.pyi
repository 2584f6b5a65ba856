from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Chain(_message.Message):
    __slots__ = ("members", "ties", "score", "length")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    TIES_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[ChainMember]
    ties: _containers.RepeatedCompositeFieldContainer[ChainTie]
    score: float
    length: int
    def __init__(self, members: _Optional[_Iterable[_Union[ChainMember, _Mapping]]] = ..., ties: _Optional[_Iterable[_Union[ChainTie, _Mapping]]] = ..., score: _Optional[float] = ..., length: _Optional[int] = ...) -> None: ...

class ChainMember(_message.Message):
    __slots__ = ("member_id", "redacted")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REDACTED_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    redacted: bool
    def __init__(self, member_id: _Optional[str] = ..., redacted: _Optional[bool] = ...) -> None: ...

class ChainTie(_message.Message):
    __slots__ = ("pass_on", "strength")
    PASS_ON_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    pass_on: float
    strength: float
    def __init__(self, pass_on: _Optional[float] = ..., strength: _Optional[float] = ...) -> None: ...
