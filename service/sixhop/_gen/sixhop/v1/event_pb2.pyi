import datetime

from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OfferingKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OFFERING_KIND_UNSPECIFIED: _ClassVar[OfferingKind]
    OFFERING_KIND_PRODUCT: _ClassVar[OfferingKind]
    OFFERING_KIND_EVENT: _ClassVar[OfferingKind]
    OFFERING_KIND_GROUP: _ClassVar[OfferingKind]
    OFFERING_KIND_CROWDFUNDING: _ClassVar[OfferingKind]
    OFFERING_KIND_CONTENT: _ClassVar[OfferingKind]

class ExperienceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPERIENCE_KIND_UNSPECIFIED: _ClassVar[ExperienceKind]
    EXPERIENCE_KIND_USE: _ClassVar[ExperienceKind]
    EXPERIENCE_KIND_TRIAL: _ClassVar[ExperienceKind]
    EXPERIENCE_KIND_ATTENDANCE: _ClassVar[ExperienceKind]
    EXPERIENCE_KIND_CO_DESIGN: _ClassVar[ExperienceKind]
    EXPERIENCE_KIND_PLEDGE: _ClassVar[ExperienceKind]

class VoiceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOICE_KIND_UNSPECIFIED: _ClassVar[VoiceKind]
    VOICE_KIND_NEED: _ClassVar[VoiceKind]
    VOICE_KIND_COMPLAINT: _ClassVar[VoiceKind]
    VOICE_KIND_IDEA: _ClassVar[VoiceKind]

class CustomerStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CUSTOMER_STAGE_UNSPECIFIED: _ClassVar[CustomerStage]
    CUSTOMER_STAGE_VISITOR: _ClassVar[CustomerStage]
    CUSTOMER_STAGE_CUSTOMER: _ClassVar[CustomerStage]
    CUSTOMER_STAGE_RENEWED: _ClassVar[CustomerStage]
    CUSTOMER_STAGE_LAPSED: _ClassVar[CustomerStage]

class ActsForRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTS_FOR_ROLE_UNSPECIFIED: _ClassVar[ActsForRole]
    ACTS_FOR_ROLE_EMPLOYEE: _ClassVar[ActsForRole]
    ACTS_FOR_ROLE_SUPPLIER: _ClassVar[ActsForRole]
    ACTS_FOR_ROLE_BUYER: _ClassVar[ActsForRole]

class MembershipRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEMBERSHIP_ROLE_UNSPECIFIED: _ClassVar[MembershipRole]
    MEMBERSHIP_ROLE_MEMBER: _ClassVar[MembershipRole]
    MEMBERSHIP_ROLE_MODERATOR: _ClassVar[MembershipRole]
    MEMBERSHIP_ROLE_OPINION_LEADER: _ClassVar[MembershipRole]

class HopAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOP_ANSWER_UNSPECIFIED: _ClassVar[HopAnswer]
    HOP_ANSWER_ASKED: _ClassVar[HopAnswer]
    HOP_ANSWER_PASSED_ON: _ClassVar[HopAnswer]
    HOP_ANSWER_DECLINED: _ClassVar[HopAnswer]
    HOP_ANSWER_NO_ANSWER: _ClassVar[HopAnswer]
    HOP_ANSWER_ACTED: _ClassVar[HopAnswer]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_ADOPTED: _ClassVar[Outcome]
    OUTCOME_DECLINED: _ClassVar[Outcome]
    OUTCOME_OPTED_OUT: _ClassVar[Outcome]
    OUTCOME_COMPLAINED: _ClassVar[Outcome]
OFFERING_KIND_UNSPECIFIED: OfferingKind
OFFERING_KIND_PRODUCT: OfferingKind
OFFERING_KIND_EVENT: OfferingKind
OFFERING_KIND_GROUP: OfferingKind
OFFERING_KIND_CROWDFUNDING: OfferingKind
OFFERING_KIND_CONTENT: OfferingKind
EXPERIENCE_KIND_UNSPECIFIED: ExperienceKind
EXPERIENCE_KIND_USE: ExperienceKind
EXPERIENCE_KIND_TRIAL: ExperienceKind
EXPERIENCE_KIND_ATTENDANCE: ExperienceKind
EXPERIENCE_KIND_CO_DESIGN: ExperienceKind
EXPERIENCE_KIND_PLEDGE: ExperienceKind
VOICE_KIND_UNSPECIFIED: VoiceKind
VOICE_KIND_NEED: VoiceKind
VOICE_KIND_COMPLAINT: VoiceKind
VOICE_KIND_IDEA: VoiceKind
CUSTOMER_STAGE_UNSPECIFIED: CustomerStage
CUSTOMER_STAGE_VISITOR: CustomerStage
CUSTOMER_STAGE_CUSTOMER: CustomerStage
CUSTOMER_STAGE_RENEWED: CustomerStage
CUSTOMER_STAGE_LAPSED: CustomerStage
ACTS_FOR_ROLE_UNSPECIFIED: ActsForRole
ACTS_FOR_ROLE_EMPLOYEE: ActsForRole
ACTS_FOR_ROLE_SUPPLIER: ActsForRole
ACTS_FOR_ROLE_BUYER: ActsForRole
MEMBERSHIP_ROLE_UNSPECIFIED: MembershipRole
MEMBERSHIP_ROLE_MEMBER: MembershipRole
MEMBERSHIP_ROLE_MODERATOR: MembershipRole
MEMBERSHIP_ROLE_OPINION_LEADER: MembershipRole
HOP_ANSWER_UNSPECIFIED: HopAnswer
HOP_ANSWER_ASKED: HopAnswer
HOP_ANSWER_PASSED_ON: HopAnswer
HOP_ANSWER_DECLINED: HopAnswer
HOP_ANSWER_NO_ANSWER: HopAnswer
HOP_ANSWER_ACTED: HopAnswer
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_ADOPTED: Outcome
OUTCOME_DECLINED: Outcome
OUTCOME_OPTED_OUT: Outcome
OUTCOME_COMPLAINED: Outcome

class Event(_message.Message):
    __slots__ = ("event_id", "at", "member", "tie", "interaction", "offering", "experience", "voice", "context", "enterprise", "customer", "acts_for", "community", "membership", "consent", "block", "outreach", "hop", "outcome")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    TIE_FIELD_NUMBER: _ClassVar[int]
    INTERACTION_FIELD_NUMBER: _ClassVar[int]
    OFFERING_FIELD_NUMBER: _ClassVar[int]
    EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    ACTS_FOR_FIELD_NUMBER: _ClassVar[int]
    COMMUNITY_FIELD_NUMBER: _ClassVar[int]
    MEMBERSHIP_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    OUTREACH_FIELD_NUMBER: _ClassVar[int]
    HOP_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    at: _timestamp_pb2.Timestamp
    member: MemberEvent
    tie: TieEvent
    interaction: InteractionEvent
    offering: OfferingEvent
    experience: ExperienceEvent
    voice: VoiceEvent
    context: ContextEvent
    enterprise: EnterpriseEvent
    customer: CustomerEvent
    acts_for: ActsForEvent
    community: CommunityEvent
    membership: MembershipEvent
    consent: ConsentEvent
    block: BlockEvent
    outreach: OutreachEvent
    hop: HopEvent
    outcome: OutcomeEvent
    def __init__(self, event_id: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., member: _Optional[_Union[MemberEvent, _Mapping]] = ..., tie: _Optional[_Union[TieEvent, _Mapping]] = ..., interaction: _Optional[_Union[InteractionEvent, _Mapping]] = ..., offering: _Optional[_Union[OfferingEvent, _Mapping]] = ..., experience: _Optional[_Union[ExperienceEvent, _Mapping]] = ..., voice: _Optional[_Union[VoiceEvent, _Mapping]] = ..., context: _Optional[_Union[ContextEvent, _Mapping]] = ..., enterprise: _Optional[_Union[EnterpriseEvent, _Mapping]] = ..., customer: _Optional[_Union[CustomerEvent, _Mapping]] = ..., acts_for: _Optional[_Union[ActsForEvent, _Mapping]] = ..., community: _Optional[_Union[CommunityEvent, _Mapping]] = ..., membership: _Optional[_Union[MembershipEvent, _Mapping]] = ..., consent: _Optional[_Union[ConsentEvent, _Mapping]] = ..., block: _Optional[_Union[BlockEvent, _Mapping]] = ..., outreach: _Optional[_Union[OutreachEvent, _Mapping]] = ..., hop: _Optional[_Union[HopEvent, _Mapping]] = ..., outcome: _Optional[_Union[OutcomeEvent, _Mapping]] = ...) -> None: ...

class MemberEvent(_message.Message):
    __slots__ = ("member_id", "name", "joined_at", "interests")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    JOINED_AT_FIELD_NUMBER: _ClassVar[int]
    INTERESTS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    name: str
    joined_at: _timestamp_pb2.Timestamp
    interests: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, member_id: _Optional[str] = ..., name: _Optional[str] = ..., joined_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., interests: _Optional[_Iterable[str]] = ...) -> None: ...

class TieEvent(_message.Message):
    __slots__ = ("from_id", "to_id", "kind", "since", "strength", "sentiment", "ended")
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    from_id: str
    to_id: str
    kind: str
    since: _timestamp_pb2.Timestamp
    strength: float
    sentiment: float
    ended: bool
    def __init__(self, from_id: _Optional[str] = ..., to_id: _Optional[str] = ..., kind: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., strength: _Optional[float] = ..., sentiment: _Optional[float] = ..., ended: _Optional[bool] = ...) -> None: ...

class InteractionEvent(_message.Message):
    __slots__ = ("from_id", "to_id", "channel", "sentiment")
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    from_id: str
    to_id: str
    channel: str
    sentiment: float
    def __init__(self, from_id: _Optional[str] = ..., to_id: _Optional[str] = ..., channel: _Optional[str] = ..., sentiment: _Optional[float] = ...) -> None: ...

class OfferingEvent(_message.Message):
    __slots__ = ("offering_id", "kind", "name", "enterprise_id", "price", "value", "capacity", "goal", "available_from", "deadline")
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FROM_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    offering_id: str
    kind: OfferingKind
    name: str
    enterprise_id: str
    price: float
    value: float
    capacity: int
    goal: float
    available_from: _timestamp_pb2.Timestamp
    deadline: _timestamp_pb2.Timestamp
    def __init__(self, offering_id: _Optional[str] = ..., kind: _Optional[_Union[OfferingKind, str]] = ..., name: _Optional[str] = ..., enterprise_id: _Optional[str] = ..., price: _Optional[float] = ..., value: _Optional[float] = ..., capacity: _Optional[int] = ..., goal: _Optional[float] = ..., available_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExperienceEvent(_message.Message):
    __slots__ = ("member_id", "offering_id", "kind", "sentiment", "value", "place", "channel")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    offering_id: str
    kind: ExperienceKind
    sentiment: float
    value: float
    place: str
    channel: str
    def __init__(self, member_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., kind: _Optional[_Union[ExperienceKind, str]] = ..., sentiment: _Optional[float] = ..., value: _Optional[float] = ..., place: _Optional[str] = ..., channel: _Optional[str] = ...) -> None: ...

class VoiceEvent(_message.Message):
    __slots__ = ("voice_id", "member_id", "offering_id", "kind", "answered", "answered_by")
    VOICE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_BY_FIELD_NUMBER: _ClassVar[int]
    voice_id: str
    member_id: str
    offering_id: str
    kind: VoiceKind
    answered: bool
    answered_by: str
    def __init__(self, voice_id: _Optional[str] = ..., member_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., kind: _Optional[_Union[VoiceKind, str]] = ..., answered: _Optional[bool] = ..., answered_by: _Optional[str] = ...) -> None: ...

class ContextEvent(_message.Message):
    __slots__ = ("member_id", "place", "channel")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    place: str
    channel: str
    def __init__(self, member_id: _Optional[str] = ..., place: _Optional[str] = ..., channel: _Optional[str] = ...) -> None: ...

class EnterpriseEvent(_message.Message):
    __slots__ = ("enterprise_id", "name", "alliance_id")
    ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ALLIANCE_ID_FIELD_NUMBER: _ClassVar[int]
    enterprise_id: str
    name: str
    alliance_id: str
    def __init__(self, enterprise_id: _Optional[str] = ..., name: _Optional[str] = ..., alliance_id: _Optional[str] = ...) -> None: ...

class CustomerEvent(_message.Message):
    __slots__ = ("member_id", "enterprise_id", "stage", "attitude", "value")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    enterprise_id: str
    stage: CustomerStage
    attitude: float
    value: float
    def __init__(self, member_id: _Optional[str] = ..., enterprise_id: _Optional[str] = ..., stage: _Optional[_Union[CustomerStage, str]] = ..., attitude: _Optional[float] = ..., value: _Optional[float] = ...) -> None: ...

class ActsForEvent(_message.Message):
    __slots__ = ("member_id", "enterprise_id", "role", "ended")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    enterprise_id: str
    role: ActsForRole
    ended: bool
    def __init__(self, member_id: _Optional[str] = ..., enterprise_id: _Optional[str] = ..., role: _Optional[_Union[ActsForRole, str]] = ..., ended: _Optional[bool] = ...) -> None: ...

class CommunityEvent(_message.Message):
    __slots__ = ("community_id", "name", "parent_id")
    COMMUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    community_id: str
    name: str
    parent_id: str
    def __init__(self, community_id: _Optional[str] = ..., name: _Optional[str] = ..., parent_id: _Optional[str] = ...) -> None: ...

class MembershipEvent(_message.Message):
    __slots__ = ("member_id", "community_id", "role", "weight", "ended")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    COMMUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    community_id: str
    role: MembershipRole
    weight: float
    ended: bool
    def __init__(self, member_id: _Optional[str] = ..., community_id: _Optional[str] = ..., role: _Optional[_Union[MembershipRole, str]] = ..., weight: _Optional[float] = ..., ended: _Optional[bool] = ...) -> None: ...

class ConsentEvent(_message.Message):
    __slots__ = ("member_id", "can_be_reached", "can_be_named", "can_introduce", "alliance", "opted_out")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CAN_BE_REACHED_FIELD_NUMBER: _ClassVar[int]
    CAN_BE_NAMED_FIELD_NUMBER: _ClassVar[int]
    CAN_INTRODUCE_FIELD_NUMBER: _ClassVar[int]
    ALLIANCE_FIELD_NUMBER: _ClassVar[int]
    OPTED_OUT_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    can_be_reached: bool
    can_be_named: bool
    can_introduce: bool
    alliance: bool
    opted_out: bool
    def __init__(self, member_id: _Optional[str] = ..., can_be_reached: _Optional[bool] = ..., can_be_named: _Optional[bool] = ..., can_introduce: _Optional[bool] = ..., alliance: _Optional[bool] = ..., opted_out: _Optional[bool] = ...) -> None: ...

class BlockEvent(_message.Message):
    __slots__ = ("from_id", "to_id", "lifted")
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    LIFTED_FIELD_NUMBER: _ClassVar[int]
    from_id: str
    to_id: str
    lifted: bool
    def __init__(self, from_id: _Optional[str] = ..., to_id: _Optional[str] = ..., lifted: _Optional[bool] = ...) -> None: ...

class OutreachEvent(_message.Message):
    __slots__ = ("outreach_id", "sender_id", "target_id", "offering_id", "introducer_ids", "attribution_token", "rewarded")
    OUTREACH_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_ID_FIELD_NUMBER: _ClassVar[int]
    OFFERING_ID_FIELD_NUMBER: _ClassVar[int]
    INTRODUCER_IDS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REWARDED_FIELD_NUMBER: _ClassVar[int]
    outreach_id: str
    sender_id: str
    target_id: str
    offering_id: str
    introducer_ids: _containers.RepeatedScalarFieldContainer[str]
    attribution_token: str
    rewarded: bool
    def __init__(self, outreach_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., target_id: _Optional[str] = ..., offering_id: _Optional[str] = ..., introducer_ids: _Optional[_Iterable[str]] = ..., attribution_token: _Optional[str] = ..., rewarded: _Optional[bool] = ...) -> None: ...

class HopEvent(_message.Message):
    __slots__ = ("outreach_id", "position", "member_id", "answer")
    OUTREACH_ID_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    outreach_id: str
    position: int
    member_id: str
    answer: HopAnswer
    def __init__(self, outreach_id: _Optional[str] = ..., position: _Optional[int] = ..., member_id: _Optional[str] = ..., answer: _Optional[_Union[HopAnswer, str]] = ...) -> None: ...

class OutcomeEvent(_message.Message):
    __slots__ = ("outreach_id", "outcome")
    OUTREACH_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outreach_id: str
    outcome: Outcome
    def __init__(self, outreach_id: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ...) -> None: ...
