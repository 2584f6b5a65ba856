"""What the client gives back: answers as plain, typed values. Knows the protos; nothing of channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sixhop._gen.sixhop.v1 import answer_pb2, chain_pb2, errors_pb2, graph_pb2, member_pb2, recommendation_pb2
from sixhop.degrees import Degree, DegreeState
from sixhop.domain import Certificate, Chain, Completeness, Recommendation, Stage, StageItem, StageReport, Tie
from sixhop.errors import Reason
from sixhop.events import Rejected
from sixhop.outreach import NextHopState

UNKNOWN = float("nan")


@dataclass(frozen=True, slots=True)
class Info:
    """What made an answer. `model` is empty where no model scored: likelihoods are None then."""

    request_id: str
    model: str
    queries_digest: str
    as_of: datetime
    stages: tuple[StageReport, ...]
    """What each stage did; only when the request asked to explain."""


@dataclass(frozen=True, slots=True)
class TargetsResult:
    """Whom to reach, best first. `message` is the answer as it came."""

    recommendations: tuple[Recommendation, ...]
    completeness: Completeness
    info: Info
    message: recommendation_pb2.RecommendTargetsResponse


@dataclass(frozen=True, slots=True)
class ReferrersResult:
    """Who should reach them, best first: each is the sender of its chain. `message` is the answer as it came."""

    recommendations: tuple[Recommendation, ...]
    completeness: Completeness
    info: Info
    message: recommendation_pb2.RecommendReferrersResponse


@dataclass(frozen=True, slots=True)
class ChainsResult:
    """How two members connect, best first. `message` is the answer as it came."""

    chains: tuple[Chain, ...]
    completeness: Completeness
    info: Info
    message: recommendation_pb2.FindChainsResponse


@dataclass(frozen=True, slots=True)
class NextHopResult:
    """How an outreach goes on. An id is None where nobody is meant or who it is may not be named."""

    state: NextHopState
    speaker_id: str | None
    next_contact_id: str | None
    chain: Chain | None
    declined: int
    replanned: bool
    completeness: Completeness
    info: Info
    message: recommendation_pb2.NextHopResponse


@dataclass(frozen=True, slots=True)
class DegreesResult:
    """How far members are, in the order asked. `stopped_by` says what kept some unknown."""

    degrees: tuple[Degree, ...]
    stopped_by: str
    info: Info
    message: member_pb2.GetDegreesResponse


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """What became of events that were told. What is not among the others was applied.

    `duplicates` and each `index` of `rejected` are places among the events, from 0; duplicates had been applied before,
    which is also so where the call was tried again after its answer was lost.
    """

    applied: int
    duplicates: tuple[int, ...]
    rejected: tuple[Rejected, ...]
    freshness_token: str
    message: graph_pb2.RecordEventsResponse | graph_pb2.StreamEventsResponse


@dataclass(frozen=True, slots=True)
class ErasedResult:
    """A member is erased; `finished` says whether the service is through with it, or goes on by itself."""

    finished: bool
    freshness_token: str
    message: graph_pb2.EraseMemberResponse


def targets_result(message: recommendation_pb2.RecommendTargetsResponse) -> TargetsResult:
    return TargetsResult(*_recommended(message), message)


def referrers_result(message: recommendation_pb2.RecommendReferrersResponse) -> ReferrersResult:
    return ReferrersResult(*_recommended(message), message)


def _recommended(
    message: recommendation_pb2.RecommendTargetsResponse | recommendation_pb2.RecommendReferrersResponse,
) -> tuple[tuple[Recommendation, ...], Completeness, Info]:
    shown = tuple(recommendation(each) for each in message.recommendations)
    return shown, _completeness(message.completeness), _info(message.info)


def recorded_result(message: graph_pb2.RecordEventsResponse | graph_pb2.StreamEventsResponse) -> RecordedResult:
    rejected = tuple(_rejected(each) for each in message.rejected)
    return RecordedResult(message.applied, tuple(message.duplicates), rejected, message.freshness_token, message)


def _rejected(message: graph_pb2.RejectedEvent) -> Rejected:
    reason = Reason(errors_pb2.ErrorReason.Name(message.reason).removeprefix("ERROR_REASON_"))
    violations = tuple((each.field, each.description) for each in message.violations)
    return Rejected(message.index, message.event_id, reason, violations)


def erased_result(message: graph_pb2.EraseMemberResponse) -> ErasedResult:
    return ErasedResult(message.finished, message.freshness_token, message)


def chains_result(message: recommendation_pb2.FindChainsResponse) -> ChainsResult:
    chains = tuple(_chain(each) for each in message.chains)
    return ChainsResult(chains, _completeness(message.completeness), _info(message.info), message)


def next_hop_result(message: recommendation_pb2.NextHopResponse) -> NextHopResult:
    name = recommendation_pb2.NextHopState.Name(message.state)
    return NextHopResult(
        state=NextHopState(name.removeprefix("NEXT_HOP_STATE_").lower()),
        speaker_id=_set(message, "speaker_id"),
        next_contact_id=_set(message, "next_contact_id"),
        chain=_chain(message.chain) if message.HasField("chain") else None,
        declined=message.declined,
        replanned=message.replanned,
        completeness=_completeness(message.completeness),
        info=_info(message.info),
        message=message,
    )


def degrees_result(message: member_pb2.GetDegreesResponse) -> DegreesResult:
    degrees = tuple(_degree(each) for each in message.degrees)
    return DegreesResult(degrees, message.stopped_by, _info(message.info), message)


def _degree(message: member_pb2.Degree) -> Degree:
    state = DegreeState(member_pb2.DegreeState.Name(message.state).removeprefix("DEGREE_STATE_").lower())
    return Degree(message.member_id, state, message.degree, message.at_most, message.at_least)


def recommendation(message: recommendation_pb2.Recommendation) -> Recommendation:
    return Recommendation(
        sender_id=message.sender_id,
        target_id=message.target_id,
        offering_id=message.offering_id,
        chain=_chain(message.chain),
        degree=message.degree,
        likelihood=_set(message, "likelihood"),
        expected_value=_set(message, "expected_value"),
        reasons=tuple(message.reasons),
        sources=tuple(message.sources),
        attribution_token=message.attribution_token,
        features=dict(message.features),
    )


def _chain(message: chain_pb2.Chain) -> Chain:
    ties = (Tie(tie.pass_on, tie.strength if tie.HasField("strength") else UNKNOWN) for tie in message.ties)
    return Chain(tuple(member.member_id for member in message.members), tuple(ties))


def _completeness(message: answer_pb2.Completeness) -> Completeness:
    certificate = Certificate(message.complete_above, message.complete_above_all_ties)
    return Completeness(certificate, message.stopped_by, tuple(message.missing))


def _info(message: answer_pb2.RequestInfo) -> Info:
    as_of = message.as_of.ToDatetime(tzinfo=UTC)
    stages = tuple(_stage(each) for each in message.stages)
    return Info(message.request_id, message.model, message.queries_digest, as_of, stages)


def _stage(message: answer_pb2.StageReport) -> StageReport:
    return StageReport(
        stage=Stage(message.stage),
        name=message.name,
        kept=message.kept,
        removed=dict(message.removed),
        elapsed_s=message.elapsed_ms / 1000,
        missing=message.missing,
        items=tuple(
            StageItem(each.member_id, each.removed_by, each.offering_id, _set(each, "score")) for each in message.items
        ),
    )


def _set(message: Any, field: str) -> Any:
    return getattr(message, field) if message.HasField(field) else None
