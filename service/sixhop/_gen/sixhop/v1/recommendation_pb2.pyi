from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from sixhop._gen.sixhop.v1 import answer_pb2 as _answer_pb2
from sixhop._gen.sixhop.v1 import chain_pb2 as _chain_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecommendTargetsRequest(_message.Message):
    __slots__ = ("sender_id", "offering_id", "limit", "max_length", "surface", "freshness_token", "explain")
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    SURFACE_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    sender_id: str
    offering_id: str
    limit: int
    max_length: int
    surface: str
    freshness_token: str
    explain: bool
    def __init__(self, sender_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., limit: _Optional[int] = ..., max_length: _Optional[int] = ..., surface: _Optional[str] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class RecommendTargetsResponse(_message.Message):
    __slots__ = ("recommendations", "completeness", "info")
    RECOMMENDATIONS_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    recommendations: _containers.RepeatedCompositeFieldContainer[Recommendation]
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, recommendations: _Optional[_Iterable[_Union[Recommendation, _Mapping]]] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...

class Recommendation(_message.Message):
    __slots__ = ("sender_id", "target_id", "chain", "degree", "next_contact_id", "likelihood", "expected_value", "reasons", "sources", "attribution_token", "features")
    class FeaturesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_ID_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    DEGREE_FIELD_NUMBER: _ClassVar[int]
    NEXT_CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    LIKELIHOOD_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VALUE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    sender_id: str
    target_id: str
    chain: _chain_pb2.Chain
    degree: int
    next_contact_id: str
    likelihood: float
    expected_value: float
    reasons: _containers.RepeatedScalarFieldContainer[str]
    sources: _containers.RepeatedScalarFieldContainer[str]
    attribution_token: str
    features: _containers.ScalarMap[str, float]
    def __init__(self, sender_id: _Optional[str] = ..., target_id: _Optional[str] = ..., chain: _Optional[_Union[_chain_pb2.Chain, _Mapping]] = ..., degree: _Optional[int] = ..., next_contact_id: _Optional[str] = ..., likelihood: _Optional[float] = ..., expected_value: _Optional[float] = ..., reasons: _Optional[_Iterable[str]] = ..., sources: _Optional[_Iterable[str]] = ..., attribution_token: _Optional[str] = ..., features: _Optional[_Mapping[str, float]] = ...) -> None: ...

class FindChainsRequest(_message.Message):
    __slots__ = ("from_id", "to_id", "max_chains", "max_length", "avoid_ids", "freshness_token", "explain")
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_CHAINS_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    AVOID_IDS_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    from_id: str
    to_id: str
    max_chains: int
    max_length: int
    avoid_ids: _containers.RepeatedScalarFieldContainer[str]
    freshness_token: str
    explain: bool
    def __init__(self, from_id: _Optional[str] = ..., to_id: _Optional[str] = ..., max_chains: _Optional[int] = ..., max_length: _Optional[int] = ..., avoid_ids: _Optional[_Iterable[str]] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class FindChainsResponse(_message.Message):
    __slots__ = ("chains", "completeness", "info")
    CHAINS_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    chains: _containers.RepeatedCompositeFieldContainer[_chain_pb2.Chain]
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, chains: _Optional[_Iterable[_Union[_chain_pb2.Chain, _Mapping]]] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...
