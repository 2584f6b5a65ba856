"""MemberService: translates requests to questions and answers to responses, nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import grpc

from sixhop._gen.sixhop.v1 import member_pb2, member_pb2_grpc
from sixhop.deadlines import GET_DEGREES_WITHIN_S
from sixhop.pipeline.answers import Answers
from sixhop.rpc import convert
from sixhop.rpc.asked import asked
from sixhop.rpc.context import CALLER


class MemberService(member_pb2_grpc.MemberServiceServicer):
    """Answers from the realm that the caller's identity gave."""

    def __init__(self, realms: Mapping[str, Answers]) -> None:
        self._realms = realms

    async def GetDegrees(  # noqa: N802
        self, request: member_pb2.GetDegreesRequest, context: grpc.aio.ServicerContext
    ) -> member_pb2.GetDegreesResponse:
        answer = await self._realms[CALLER.get().realm].get_degrees(
            asked(request, context, GET_DEGREES_WITHIN_S),
            member_id=request.member_id,
            target_ids=tuple(request.target_ids),
        )
        return convert.degrees_response(answer, explain=request.explain)
