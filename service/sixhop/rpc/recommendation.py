"""RecommendationService: translates requests to questions and answers to responses, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.domain import Moment
from sixhop.pipeline.answers import Answers, Asked
from sixhop.rpc import convert
from sixhop.rpc.context import REALM, REQUEST_ID

RECOMMEND_WITHIN_S = 0.2
FIND_CHAINS_WITHIN_S = 0.5
"""Where the caller sets no deadline."""


class RecommendationService(recommendation_pb2_grpc.RecommendationServiceServicer):
    """Answers from the realm that the caller's identity gave."""

    def __init__(self, realms: Mapping[str, Answers]) -> None:
        self._realms = realms

    async def RecommendTargets(  # noqa: N802
        self, request: recommendation_pb2.RecommendTargetsRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.RecommendTargetsResponse:
        answer = await self._realms[REALM.get()].find_targets(
            _asked(request, context, RECOMMEND_WITHIN_S),
            sender_id=request.sender_id,
            offering_ids=(request.offering_id, *request.more_offering_ids),
            limit=_set(request, "limit"),
            surface=_set(request, "surface"),
            degrees=(_set(request, "min_degree"), _set(request, "max_degree")),
            community_id=_set(request, "community_id"),
            candidate_ids=tuple(request.candidate_ids),
            moment=_moment(request),
        )
        return convert.targets_response(answer)

    async def RecommendReferrers(  # noqa: N802
        self, request: recommendation_pb2.RecommendReferrersRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.RecommendReferrersResponse:
        answer = await self._realms[REALM.get()].find_referrers(
            _asked(request, context, RECOMMEND_WITHIN_S),
            target_id=_set(request, "target_id"),
            enterprise_id=_set(request, "enterprise_id"),
            offering_id=request.offering_id,
            limit=_set(request, "limit"),
            surface=_set(request, "surface"),
            moment=_moment(request),
        )
        return convert.referrers_response(answer)

    async def FindChains(  # noqa: N802
        self, request: recommendation_pb2.FindChainsRequest, context: grpc.aio.ServicerContext
    ) -> recommendation_pb2.FindChainsResponse:
        answer = await self._realms[REALM.get()].find_chains(
            _asked(request, context, FIND_CHAINS_WITHIN_S),
            from_id=request.from_id,
            to_id=request.to_id,
            max_chains=_set(request, "max_chains"),
            avoid_ids=tuple(request.avoid_ids),
        )
        return convert.chains_response(answer, explain=request.explain)


def _asked(
    request: recommendation_pb2.RecommendTargetsRequest
    | recommendation_pb2.RecommendReferrersRequest
    | recommendation_pb2.FindChainsRequest,
    context: grpc.aio.ServicerContext,
    default_s: float,
) -> Asked:
    remaining_s = context.time_remaining()
    return Asked(
        request_id=REQUEST_ID.get(),
        total_s=default_s if remaining_s is None else remaining_s,
        max_length=_set(request, "max_length"),
        freshness_token=_set(request, "freshness_token"),
        explain=request.explain,
    )


def _moment(
    request: recommendation_pb2.RecommendTargetsRequest | recommendation_pb2.RecommendReferrersRequest,
) -> Moment | None:
    if not request.HasField("moment"):
        return None
    at = request.moment.at.seconds if request.moment.HasField("at") else None
    return Moment(request.moment.place, at, request.moment.channel)


def _set(request: Any, field: str) -> Any:
    return getattr(request, field) if request.HasField(field) else None
