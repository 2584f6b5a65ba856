"""RecommendationService: translates requests to questions and answers to responses, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
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
            offering_id=request.offering_id,
            limit=_set(request, "limit"),
            surface=_set(request, "surface"),
        )
        return convert.targets_response(answer, explain=request.explain)

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
    request: recommendation_pb2.RecommendTargetsRequest | recommendation_pb2.FindChainsRequest,
    context: grpc.aio.ServicerContext,
    default_s: float,
) -> Asked:
    remaining_s = context.time_remaining()
    return Asked(
        request_id=REQUEST_ID.get(),
        total_s=default_s if remaining_s is None else remaining_s,
        max_length=_set(request, "max_length"),
        freshness_token=_set(request, "freshness_token"),
    )


def _set(request: Any, field: str) -> Any:
    return getattr(request, field) if request.HasField(field) else None
