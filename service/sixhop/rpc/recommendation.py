"""RecommendationService: translates requests to questions and answers to responses, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import grpc

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.deadlines import FIND_CHAINS_WITHIN_S, NEXT_HOP_WITHIN_S, RECOMMEND_WITHIN_S
from sixhop.domain import Goal, Moment
from sixhop.errors import Reason, SixhopError
from sixhop.pipeline.answers import Answers
from sixhop.rpc import convert
from sixhop.rpc.asked import asked, given
from sixhop.rpc.context import CALLER

_GOALS = {
    recommendation_pb2.GOAL_UNSPECIFIED: None,
    recommendation_pb2.GOAL_ADOPT: Goal.ADOPT,
    recommendation_pb2.GOAL_ANSWER: Goal.ANSWER,
}


class RecommendationService(recommendation_pb2_grpc.RecommendationServiceServicer):
    """Answers from the realm that the caller's identity gave."""

    def __init__(self, realms: Mapping[str, Answers]) -> None:
        self._realms = realms

    async def RecommendTargets(  # noqa: N802
        self, request: recommendation_pb2.RecommendTargetsRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.RecommendTargetsResponse:
        answer = await self._realms[CALLER.get().realm].find_targets(
            asked(request, context, RECOMMEND_WITHIN_S),
            sender_id=request.sender_id,
            offering_ids=(request.offering_id, *request.more_offering_ids),
            limit=given(request, "limit"),
            surface=given(request, "surface"),
            degrees=(given(request, "min_degree"), given(request, "max_degree")),
            community_id=given(request, "community_id"),
            candidate_ids=tuple(request.candidate_ids),
            moment=_moment(request),
        )
        return convert.targets_response(answer)

    async def RecommendReferrers(  # noqa: N802
        self, request: recommendation_pb2.RecommendReferrersRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.RecommendReferrersResponse:
        answer = await self._realms[CALLER.get().realm].find_referrers(
            asked(request, context, RECOMMEND_WITHIN_S),
            target_id=given(request, "target_id"),
            enterprise_id=given(request, "enterprise_id"),
            offering_id=request.offering_id,
            goal=_GOALS[request.goal],
            limit=given(request, "limit"),
            surface=given(request, "surface"),
            moment=_moment(request),
        )
        return convert.referrers_response(answer)

    async def FindChains(  # noqa: N802
        self, request: recommendation_pb2.FindChainsRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.FindChainsResponse:
        answer = await self._realms[CALLER.get().realm].find_chains(
            asked(request, context, FIND_CHAINS_WITHIN_S),
            from_id=request.from_id,
            to_id=request.to_id,
            max_chains=given(request, "max_chains"),
            avoid_ids=tuple(request.avoid_ids),
            only_named=request.only_named,
            slice_enterprise_id=given(request, "slice_enterprise_id"),
        )
        return convert.chains_response(answer, explain=request.explain)

    async def NextHop(  # noqa: N802
        self, request: recommendation_pb2.NextHopRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.NextHopResponse:
        answer = await self._realms[CALLER.get().realm].next_hop(
            asked(request, context, NEXT_HOP_WITHIN_S),
            outreach_id=request.outreach_id,
            avoid_ids=tuple(request.avoid_ids),
        )
        return convert.next_hop_response(answer, explain=request.explain)

    async def RecommendPairs(  # noqa: N802
        self, request: recommendation_pb2.RecommendPairsRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[recommendation_pb2.RecommendPairsResponse]:
        raise SixhopError("RecommendPairs is settled but not built yet", reason=Reason.UNIMPLEMENTED)
        yield  # what makes this a stream


def _moment(
    request: recommendation_pb2.RecommendTargetsRequest | recommendation_pb2.RecommendReferrersRequest,
) -> Moment | None:
    if not request.HasField("moment"):
        return None
    at = request.moment.at.seconds if request.moment.HasField("at") else None
    return Moment(request.moment.place, at, request.moment.channel)
