"""Translates answers of the pipeline to messages. Decides nothing; an unset field means the same on both sides."""

from __future__ import annotations

from math import isfinite
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import answer_pb2, chain_pb2, member_pb2, recommendation_pb2
from sixhop.degrees import DegreesAnswer, DegreeState
from sixhop.domain import Answer, Chain, ChainsAnswer, Completeness, Recommendation, StageItem, StageReport
from sixhop.outreach import NextHopAnswer, NextHopState

MOST_ITEMS = 500


def targets_response(answer: Answer) -> recommendation_pb2.RecommendTargetsResponse:
    return recommendation_pb2.RecommendTargetsResponse(**_recommended(answer))


def referrers_response(answer: Answer) -> recommendation_pb2.RecommendReferrersResponse:
    return recommendation_pb2.RecommendReferrersResponse(**_recommended(answer))


def _recommended(answer: Answer) -> dict[str, Any]:
    explain = answer.question.explain
    return {
        "recommendations": [_recommendation(each, explain=explain) for each in answer.recommendations],
        "completeness": _completeness(answer.completeness),
        "info": _info(answer, model=answer.model, explain=explain),
    }


def chains_response(answer: ChainsAnswer, *, explain: bool) -> recommendation_pb2.FindChainsResponse:
    return recommendation_pb2.FindChainsResponse(
        chains=[_chain(each) for each in answer.chains],
        completeness=_completeness(answer.completeness),
        info=_info(answer, model="", explain=explain),
    )


_NEXT_HOP_STATES = {
    NextHopState.TALK: recommendation_pb2.NEXT_HOP_STATE_TALK,
    NextHopState.AWAIT_ANSWER: recommendation_pb2.NEXT_HOP_STATE_AWAIT_ANSWER,
    NextHopState.OVER: recommendation_pb2.NEXT_HOP_STATE_OVER,
    NextHopState.NO_CHAIN: recommendation_pb2.NEXT_HOP_STATE_NO_CHAIN,
}
_DEGREE_STATES = {
    DegreeState.EXACT: member_pb2.DEGREE_STATE_EXACT,
    DegreeState.BEYOND: member_pb2.DEGREE_STATE_BEYOND,
    DegreeState.UNKNOWN: member_pb2.DEGREE_STATE_UNKNOWN,
    DegreeState.NO_MEMBER: member_pb2.DEGREE_STATE_NO_MEMBER,
}


def next_hop_response(answer: NextHopAnswer, *, explain: bool) -> recommendation_pb2.NextHopResponse:
    return recommendation_pb2.NextHopResponse(
        state=_NEXT_HOP_STATES[answer.state],
        speaker_id=answer.speaker_id or None,
        next_contact_id=answer.next_contact_id or None,
        chain=None if answer.chain is None else _chain(answer.chain),
        declined=answer.declined,
        replanned=answer.replanned,
        completeness=_completeness(answer.completeness),
        info=_info(answer, model="", explain=explain),
    )


def degrees_response(answer: DegreesAnswer, *, explain: bool) -> member_pb2.GetDegreesResponse:
    return member_pb2.GetDegreesResponse(
        degrees=[
            member_pb2.Degree(
                member_id=each.member_id,
                state=_DEGREE_STATES[each.state],
                degree=each.degree,
                at_most=each.at_most,
                at_least=each.at_least,
            )
            for each in answer.degrees
        ],
        info=_info(answer, model="", explain=explain),
        stopped_by=answer.stopped_by,
    )


def _recommendation(shown: Recommendation, *, explain: bool) -> recommendation_pb2.Recommendation:
    features = {name: value for name, value in shown.features.items() if isfinite(value)} if explain else {}
    return recommendation_pb2.Recommendation(
        sender_id=shown.sender_id,
        target_id=shown.target_id,
        chain=_chain(shown.chain),
        degree=shown.degree,
        next_contact_id=shown.next_contact_id,
        likelihood=shown.likelihood,
        expected_value=shown.expected_value,
        reasons=shown.reasons,
        sources=shown.sources,
        attribution_token=shown.attribution_token,
        features=features,
        offering_id=shown.offering_id,
    )


def _chain(chain: Chain) -> chain_pb2.Chain:
    return chain_pb2.Chain(
        members=[chain_pb2.ChainMember(member_id=member, redacted=not member) for member in chain.members],
        ties=[
            chain_pb2.ChainTie(pass_on=tie.pass_on, strength=tie.strength if isfinite(tie.strength) else None)
            for tie in chain.ties
        ],
        score=chain.score,
        length=chain.length,
    )


def _completeness(completeness: Completeness) -> answer_pb2.Completeness:
    return answer_pb2.Completeness(
        complete_above=completeness.certificate.complete_above,
        complete_above_all_ties=completeness.certificate.complete_above_all_ties,
        stopped_by=completeness.stopped_by,
        missing=completeness.missing,
    )


def _info(
    answer: Answer | ChainsAnswer | NextHopAnswer | DegreesAnswer, *, model: str, explain: bool
) -> answer_pb2.RequestInfo:
    return answer_pb2.RequestInfo(
        request_id=answer.question.request_id,
        model=model,
        queries_digest=answer.queries_digest,
        as_of=Timestamp(seconds=answer.question.as_of),
        stages=[_stage(report) for report in answer.stages] if explain else [],
    )


def _stage(report: StageReport) -> answer_pb2.StageReport:
    return answer_pb2.StageReport(
        stage=report.stage.value,
        name=report.name,
        kept=report.kept,
        removed=report.removed,
        elapsed_ms=report.elapsed_s * 1000,
        missing=report.missing,
        items=[_item(item) for item in report.items[:MOST_ITEMS]],
    )


def _item(item: StageItem) -> answer_pb2.StageItem:
    return answer_pb2.StageItem(
        member_id=item.member_id, removed_by=item.removed_by, offering_id=item.offering_id, score=item.score
    )
