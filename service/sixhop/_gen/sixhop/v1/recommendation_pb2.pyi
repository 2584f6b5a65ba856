import datetime

from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from sixhop._gen.sixhop.v1 import answer_pb2 as _answer_pb2
from sixhop._gen.sixhop.v1 import chain_pb2 as _chain_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Goal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GOAL_UNSPECIFIED: _ClassVar[Goal]
    GOAL_ADOPT: _ClassVar[Goal]
    GOAL_ANSWER: _ClassVar[Goal]

class NextHopState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEXT_HOP_STATE_UNSPECIFIED: _ClassVar[NextHopState]
    NEXT_HOP_STATE_TALK: _ClassVar[NextHopState]
    NEXT_HOP_STATE_AWAIT_ANSWER: _ClassVar[NextHopState]
    NEXT_HOP_STATE_OVER: _ClassVar[NextHopState]
    NEXT_HOP_STATE_NO_CHAIN: _ClassVar[NextHopState]
GOAL_UNSPECIFIED: Goal
GOAL_ADOPT: Goal
GOAL_ANSWER: Goal
NEXT_HOP_STATE_UNSPECIFIED: NextHopState
NEXT_HOP_STATE_TALK: NextHopState
NEXT_HOP_STATE_AWAIT_ANSWER: NextHopState
NEXT_HOP_STATE_OVER: NextHopState
NEXT_HOP_STATE_NO_CHAIN: NextHopState

class RecommendTargetsRequest(_message.Message):
    __slots__ = ("sender_id", "offering_id", "limit", "max_length", "surface", "freshness_token", "explain", "more_offering_ids", "min_degree", "max_degree", "community_id", "candidate_ids", "moment")
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    SURFACE_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    MORE_OFFERING_IDS_FIELD_NUMBER: _ClassVar[int]
    MIN_DEGREE_FIELD_NUMBER: _ClassVar[int]
    MAX_DEGREE_FIELD_NUMBER: _ClassVar[int]
    COMMUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_IDS_FIELD_NUMBER: _ClassVar[int]
    MOMENT_FIELD_NUMBER: _ClassVar[int]
    sender_id: str
    offering_id: str
    limit: int
    max_length: int
    surface: str
    freshness_token: str
    explain: bool
    more_offering_ids: _containers.RepeatedScalarFieldContainer[str]
    min_degree: int
    max_degree: int
    community_id: str
    candidate_ids: _containers.RepeatedScalarFieldContainer[str]
    moment: Moment
    def __init__(self, sender_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., limit: _Optional[int] = ..., max_length: _Optional[int] = ..., surface: _Optional[str] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ..., more_offering_ids: _Optional[_Iterable[str]] = ..., min_degree: _Optional[int] = ..., max_degree: _Optional[int] = ..., community_id: _Optional[str] = ..., candidate_ids: _Optional[_Iterable[str]] = ..., moment: _Optional[_Union[Moment, _Mapping]] = ...) -> None: ...

class Moment(_message.Message):
    __slots__ = ("place", "at", "channel")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    place: str
    at: _timestamp_pb2.Timestamp
    channel: str
    def __init__(self, place: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("sender_id", "target_id", "chain", "degree", "next_contact_id", "likelihood", "expected_value", "reasons", "sources", "attribution_token", "features", "offering_id")
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
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
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
    offering_id: str
    def __init__(self, sender_id: _Optional[str] = ..., target_id: _Optional[str] = ..., chain: _Optional[_Union[_chain_pb2.Chain, _Mapping]] = ..., degree: _Optional[int] = ..., next_contact_id: _Optional[str] = ..., likelihood: _Optional[float] = ..., expected_value: _Optional[float] = ..., reasons: _Optional[_Iterable[str]] = ..., sources: _Optional[_Iterable[str]] = ..., attribution_token: _Optional[str] = ..., features: _Optional[_Mapping[str, float]] = ..., offering_id: _Optional[str] = ...) -> None: ...

class RecommendReferrersRequest(_message.Message):
    __slots__ = ("target_id", "enterprise_id", "offering_id", "limit", "max_length", "surface", "freshness_token", "explain", "moment", "goal")
    TARGET_ID_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    SURFACE_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    MOMENT_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    target_id: str
    enterprise_id: str
    offering_id: str
    limit: int
    max_length: int
    surface: str
    freshness_token: str
    explain: bool
    moment: Moment
    goal: Goal
    def __init__(self, target_id: _Optional[str] = ..., enterprise_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., limit: _Optional[int] = ..., max_length: _Optional[int] = ..., surface: _Optional[str] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ..., moment: _Optional[_Union[Moment, _Mapping]] = ..., goal: _Optional[_Union[Goal, str]] = ...) -> None: ...

class RecommendReferrersResponse(_message.Message):
    __slots__ = ("recommendations", "completeness", "info")
    RECOMMENDATIONS_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    recommendations: _containers.RepeatedCompositeFieldContainer[Recommendation]
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, recommendations: _Optional[_Iterable[_Union[Recommendation, _Mapping]]] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...

class RecommendPairsRequest(_message.Message):
    __slots__ = ("campaign_id", "max_pairs", "budget", "surface", "freshness_token", "plan_id", "after")
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_PAIRS_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    SURFACE_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    campaign_id: str
    max_pairs: int
    budget: float
    surface: str
    freshness_token: str
    plan_id: str
    after: int
    def __init__(self, campaign_id: _Optional[str] = ..., max_pairs: _Optional[int] = ..., budget: _Optional[float] = ..., surface: _Optional[str] = ..., freshness_token: _Optional[str] = ..., plan_id: _Optional[str] = ..., after: _Optional[int] = ...) -> None: ...

class RecommendPairsResponse(_message.Message):
    __slots__ = ("recommendations", "plan_id", "sent", "completeness", "info")
    RECOMMENDATIONS_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    recommendations: _containers.RepeatedCompositeFieldContainer[Recommendation]
    plan_id: str
    sent: int
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, recommendations: _Optional[_Iterable[_Union[Recommendation, _Mapping]]] = ..., plan_id: _Optional[str] = ..., sent: _Optional[int] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...

class FindChainsRequest(_message.Message):
    __slots__ = ("from_id", "to_id", "max_chains", "max_length", "avoid_ids", "freshness_token", "explain", "only_named", "slice_enterprise_id")
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_CHAINS_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    AVOID_IDS_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    ONLY_NAMED_FIELD_NUMBER: _ClassVar[int]
    SLICE_ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    from_id: str
    to_id: str
    max_chains: int
    max_length: int
    avoid_ids: _containers.RepeatedScalarFieldContainer[str]
    freshness_token: str
    explain: bool
    only_named: bool
    slice_enterprise_id: str
    def __init__(self, from_id: _Optional[str] = ..., to_id: _Optional[str] = ..., max_chains: _Optional[int] = ..., max_length: _Optional[int] = ..., avoid_ids: _Optional[_Iterable[str]] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ..., only_named: _Optional[bool] = ..., slice_enterprise_id: _Optional[str] = ...) -> None: ...

class FindChainsResponse(_message.Message):
    __slots__ = ("chains", "completeness", "info")
    CHAINS_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    chains: _containers.RepeatedCompositeFieldContainer[_chain_pb2.Chain]
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, chains: _Optional[_Iterable[_Union[_chain_pb2.Chain, _Mapping]]] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...

class NextHopRequest(_message.Message):
    __slots__ = ("outreach_id", "avoid_ids", "freshness_token", "explain")
    OUTREACH_ID_FIELD_NUMBER: _ClassVar[int]
    AVOID_IDS_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    outreach_id: str
    avoid_ids: _containers.RepeatedScalarFieldContainer[str]
    freshness_token: str
    explain: bool
    def __init__(self, outreach_id: _Optional[str] = ..., avoid_ids: _Optional[_Iterable[str]] = ..., freshness_token: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class NextHopResponse(_message.Message):
    __slots__ = ("state", "speaker_id", "next_contact_id", "chain", "declined", "replanned", "completeness", "info")
    STATE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_ID_FIELD_NUMBER: _ClassVar[int]
    NEXT_CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    DECLINED_FIELD_NUMBER: _ClassVar[int]
    REPLANNED_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    state: NextHopState
    speaker_id: str
    next_contact_id: str
    chain: _chain_pb2.Chain
    declined: int
    replanned: bool
    completeness: _answer_pb2.Completeness
    info: _answer_pb2.RequestInfo
    def __init__(self, state: _Optional[_Union[NextHopState, str]] = ..., speaker_id: _Optional[str] = ..., next_contact_id: _Optional[str] = ..., chain: _Optional[_Union[_chain_pb2.Chain, _Mapping]] = ..., declined: _Optional[int] = ..., replanned: _Optional[bool] = ..., completeness: _Optional[_Union[_answer_pb2.Completeness, _Mapping]] = ..., info: _Optional[_Union[_answer_pb2.RequestInfo, _Mapping]] = ...) -> None: ...
