"""What can be asked: each call's request of plain values, its default deadline, and how its answer is read.

One definition for both clients, which only send. The functions here (and in `model_calls`) become their methods, with
these signatures. Knows nothing of channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import event_pb2, graph_pb2, member_pb2, recommendation_pb2
from sixhop.client.results import (
    ChainsResult,
    DegreesResult,
    ErasedResult,
    NextHopResult,
    RecordedResult,
    ReferrersResult,
    TargetsResult,
    chains_result,
    degrees_result,
    erased_result,
    next_hop_result,
    recorded_result,
    referrers_result,
    targets_result,
)
from sixhop.client.voices import HeardResult, VoicesResult, heard_result, kinds_of, voices_result
from sixhop.deadlines import (
    ERASE_WITHIN_S,
    FIND_CHAINS_WITHIN_S,
    GET_DEGREES_WITHIN_S,
    LIST_VOICES_WITHIN_S,
    NEXT_HOP_WITHIN_S,
    RECOMMEND_WITHIN_S,
    RECORD_WITHIN_S,
)
from sixhop.domain import Goal, Moment
from sixhop.errors import InvalidInput

R = TypeVar("R")
RECOMMENDATIONS, MEMBERS, GRAPH, MODELS = "RecommendationService", "MemberService", "GraphService", "ModelService"
OPERATIONS = "google.longrunning.Operations"
RETRIED = (
    (RECOMMENDATIONS, "RecommendTargets"),
    (RECOMMENDATIONS, "RecommendReferrers"),
    (RECOMMENDATIONS, "FindChains"),
    (RECOMMENDATIONS, "NextHop"),
    (MEMBERS, "GetDegrees"),
    (GRAPH, "RecordEvents"),
    (GRAPH, "ListVoices"),
    (GRAPH, "EraseMember"),
    (MODELS, "ListModels"),
    (MODELS, "GetModel"),
    (OPERATIONS, "GetOperation"),
    (OPERATIONS, "ListOperations"),
    (OPERATIONS, "WaitOperation"),
    (OPERATIONS, "CancelOperation"),
)
"""Calls that may be made twice without harm: what reads, and what writes under an id that is applied once."""


@dataclass(frozen=True, slots=True)
class Call(Generic[R]):
    """One call, ready to be sent."""

    service: str
    method: str
    request: Message
    read: Callable[[Any], R]
    within_s: float | None
    """None: a stream, for as long as it lives."""


def recommend_targets(
    *,
    sender_id: str,
    offering_id: str,
    limit: int | None = None,
    max_length: int | None = None,
    surface: str | None = None,
    more_offering_ids: Sequence[str] = (),
    min_degree: int | None = None,
    max_degree: int | None = None,
    community_id: str | None = None,
    candidate_ids: Sequence[str] = (),
    moment: Moment | None = None,
    freshness_token: str | None = None,
    explain: bool = False,
) -> Call[TargetsResult]:
    """Whom the sender should reach about the offering, or about the one of several that is best for each.

    Args:
        sender_id: Who starts the chains.
        offering_id: What it is about.
        limit: How many at most; the surface's own when not given.
        max_length: How many ties a chain may have.
        surface: Named configuration of the pipeline.
        more_offering_ids: Further offerings.
        min_degree: The least degree of a target.
        max_degree: The largest degree of a target.
        community_id: Only its members, and those of the communities within it.
        candidate_ids: Only these members.
        moment: Place, time and channel.
        freshness_token: What a write returned; the answer has seen that write. The client's own last write when not
            given.
        explain: Whether to say what each stage did with whom.

    Raises:
        SixhopError: with the service's reason.
    """
    request = recommendation_pb2.RecommendTargetsRequest(
        sender_id=sender_id,
        offering_id=offering_id,
        limit=limit,
        max_length=max_length,
        surface=surface,
        more_offering_ids=more_offering_ids,
        min_degree=min_degree,
        max_degree=max_degree,
        community_id=community_id,
        candidate_ids=candidate_ids,
        moment=_moment(moment),
        freshness_token=freshness_token,
        explain=explain,
    )
    return Call(RECOMMENDATIONS, "RecommendTargets", request, targets_result, RECOMMEND_WITHIN_S)


def recommend_referrers(
    *,
    offering_id: str,
    target_id: str | None = None,
    enterprise_id: str | None = None,
    limit: int | None = None,
    max_length: int | None = None,
    surface: str | None = None,
    moment: Moment | None = None,
    goal: Goal | None = None,
    freshness_token: str | None = None,
    explain: bool = False,
) -> Call[ReferrersResult]:
    """Who should reach the member, or anyone who acts for the enterprise, about the offering.

    Args:
        offering_id: What it is about.
        target_id: Who is to be reached; or
        enterprise_id: for whom those act who are.
        limit: How many at most; the surface's own when not given.
        max_length: How many ties a chain may have.
        surface: Named configuration of the pipeline.
        moment: Place, time and channel.
        goal: What they are to be reached for: that they adopt when not given, or that they have an answer.
        freshness_token: What a write returned; the answer has seen that write. The client's own last write when not
            given.
        explain: Whether to say what each stage did with whom.

    Raises:
        InvalidInput: not one of `target_id` and `enterprise_id` is given.
        SixhopError: with the service's reason.
    """
    if (target_id is None) == (enterprise_id is None):
        raise InvalidInput(
            "1 field is out of bounds; mend it and ask again",
            violations=(("target", "exactly one of target_id, enterprise_id must be given"),),
        )
    request = recommendation_pb2.RecommendReferrersRequest(
        target_id=target_id,
        enterprise_id=enterprise_id,
        offering_id=offering_id,
        limit=limit,
        max_length=max_length,
        surface=surface,
        moment=_moment(moment),
        goal=None if goal is None else recommendation_pb2.Goal.Value(f"GOAL_{goal.name}"),
        freshness_token=freshness_token,
        explain=explain,
    )
    return Call(RECOMMENDATIONS, "RecommendReferrers", request, referrers_result, RECOMMEND_WITHIN_S)


def find_chains(
    *,
    from_id: str,
    to_id: str,
    max_chains: int | None = None,
    max_length: int | None = None,
    avoid_ids: Sequence[str] = (),
    only_named: bool = False,
    slice_enterprise_id: str | None = None,
    freshness_token: str | None = None,
    explain: bool = False,
) -> Call[ChainsResult]:
    """The best chains from one member to another; over named members or one enterprise's slice where that is asked.

    Raises:
        SixhopError: with the service's reason.
    """
    request = recommendation_pb2.FindChainsRequest(
        from_id=from_id,
        to_id=to_id,
        max_chains=max_chains,
        max_length=max_length,
        avoid_ids=avoid_ids,
        only_named=only_named,
        slice_enterprise_id=slice_enterprise_id,
        freshness_token=freshness_token,
        explain=explain,
    )
    return Call(RECOMMENDATIONS, "FindChains", request, chains_result, FIND_CHAINS_WITHIN_S)


def next_hop(
    *,
    outreach_id: str,
    avoid_ids: Sequence[str] = (),
    freshness_token: str | None = None,
    explain: bool = False,
) -> Call[NextHopResult]:
    """How an outreach goes on: whom to talk to now, and the chain ahead.

    Raises:
        SixhopError: with the service's reason.
    """
    request = recommendation_pb2.NextHopRequest(
        outreach_id=outreach_id, avoid_ids=avoid_ids, freshness_token=freshness_token, explain=explain
    )
    return Call(RECOMMENDATIONS, "NextHop", request, next_hop_result, NEXT_HOP_WITHIN_S)


def get_degrees(
    *,
    member_id: str,
    target_ids: Sequence[str],
    freshness_token: str | None = None,
    explain: bool = False,
) -> Call[DegreesResult]:
    """How many ties away from one member others are, at most 500 of them.

    Raises:
        SixhopError: with the service's reason.
    """
    request = member_pb2.GetDegreesRequest(
        member_id=member_id, target_ids=target_ids, freshness_token=freshness_token, explain=explain
    )
    return Call(MEMBERS, "GetDegrees", request, degrees_result, GET_DEGREES_WITHIN_S)


def record_events(*, events: Sequence[event_pb2.Event], atomic: bool = False) -> Call[RecordedResult]:
    """Tell what happened: at most 1,000 events (`sixhop.client.events`), all in one transaction, each applied once.

    Args:
        events: In any order.
        atomic: Whether none is applied unless all can be.

    Raises:
        InvalidInput: `atomic`, and some cannot be applied.
        SixhopError: with the service's reason; the same events may then be told again.
    """
    request = graph_pb2.RecordEventsRequest(events=events, atomic=atomic)
    return Call(GRAPH, "RecordEvents", request, recorded_result, RECORD_WITHIN_S)


def list_voices(
    *,
    kinds: Sequence[str] = (),
    unanswered: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
    freshness_token: str | None = None,
) -> Call[VoicesResult]:
    """What members voiced, in the order in which it came.

    Args:
        kinds: `need`, `complaint`, `idea`; all when not given.
        unanswered: Only what nobody answered yet.
        cursor: Of an earlier answer, to go on after it.
        limit: How many at most.
        freshness_token: What a write returned; the answer has seen that write. The client's own last write when not
            given.

    Raises:
        SixhopError: with the service's reason.
    """
    request = graph_pb2.ListVoicesRequest(
        kinds=kinds_of(kinds), unanswered=unanswered, cursor=cursor, limit=limit, freshness_token=freshness_token
    )
    return Call(GRAPH, "ListVoices", request, voices_result, LIST_VOICES_WITHIN_S)


def watch_voices(
    *, kinds: Sequence[str] = (), cursor: str | None = None, max_suggestions: int | None = None
) -> Call[HeardResult]:
    """What members voice from now on, or after `cursor`, each with who should answer it; each at least once.

    The stream lives on until it is left or breaks (`Unavailable`); then go on after the last cursor on a new one.

    Args:
        kinds: `need`, `complaint`, `idea`; all when not given.
        cursor: Of the last that was dealt with; `start` is from the first one there is.
        max_suggestions: How many suggestions with each.

    Raises:
        SixhopError: with the service's reason.
    """
    request = graph_pb2.WatchVoicesRequest(kinds=kinds_of(kinds), cursor=cursor, max_suggestions=max_suggestions)
    return Call(GRAPH, "WatchVoices", request, heard_result, within_s=None)


def erase_member(*, member_id: str) -> Call[ErasedResult]:
    """Erase a member for good: nobody finds, reaches or names them from now on, and nothing brings them back.

    Whom the service does not know, or the caller may not see, is told of alike, so that it can always be tried again.

    Args:
        member_id: Whom.

    Raises:
        SixhopError: with the service's reason; the same may then be asked again.
    """
    return Call(GRAPH, "EraseMember", graph_pb2.EraseMemberRequest(member_id=member_id), erased_result, ERASE_WITHIN_S)


def export_member(*, member_id: str, freshness_token: str | None = None) -> Call[bytes]:
    """All that is known of a member: one JSON document, in parts to be put behind each other.

    Args:
        member_id: Of whom.
        freshness_token: What a write returned; the document has seen that write. The client's own last write when not
            given.

    Raises:
        NotFound: there is no such member, or the caller may not see them.
        SixhopError: with the service's reason.
    """
    request = graph_pb2.ExportMemberRequest(member_id=member_id, freshness_token=freshness_token)
    return Call(GRAPH, "ExportMember", request, _json_of, within_s=None)


def _json_of(message: graph_pb2.ExportMemberResponse) -> bytes:
    return message.json


def _moment(moment: Moment | None) -> recommendation_pb2.Moment | None:
    if moment is None:
        return None
    at = None if moment.at is None else Timestamp(seconds=moment.at)
    return recommendation_pb2.Moment(place=moment.place, at=at, channel=moment.channel)
