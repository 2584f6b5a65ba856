"""ModelService: translates requests to questions and answers to responses, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

import grpc
from google.longrunning import operations_pb2

from sixhop._gen.sixhop.v1 import model_pb2, model_pb2_grpc
from sixhop.deadlines import CHANGE_MODELS_WITHIN_S, READ_MODELS_WITHIN_S, RETRAIN_WITHIN_S
from sixhop.errors import InvalidInput, Reason, Unavailable
from sixhop.models.registry import ROLES, Held, Place
from sixhop.models.roles import RealmModels
from sixhop.retraining.operation import Asked
from sixhop.rpc.asked import given, time_left_s
from sixhop.rpc.context import CALLER, REQUEST_ID
from sixhop.rpc.model_messages import kind_of, model_message, model_response, role_of
from sixhop.rpc.operations import operation_message
from sixhop.served import Served

LISTED = 20
T = TypeVar("T")


class ModelService(model_pb2_grpc.ModelServiceServicer):
    """Answers from the realm that the caller's identity gave; in its registry stands who changed what."""

    def __init__(self, realms: Mapping[str, Served]) -> None:
        self._realms = realms

    async def ListModels(  # noqa: N802
        self, request: model_pb2.ListModelsRequest, context: grpc.aio.ServicerContext
    ) -> model_pb2.ListModelsResponse:
        limit = request.page_size if request.HasField("page_size") else LISTED
        after = _place_of(request.page_token) if request.HasField("page_token") else None
        models, request_id = self._models(), REQUEST_ID.get()

        def look() -> model_pb2.ListModelsResponse:
            found = models.page(kind=kind_of(request.kind), after=after, limit=limit + 1)
            return model_pb2.ListModelsResponse(
                models=[model_message(each) for each in found[:limit]],
                next_page_token=_token_of(found[limit - 1].place) if len(found) > limit else "",
                request_id=request_id,
            )

        return await _aside(look, time_left_s(context, READ_MODELS_WITHIN_S))

    async def GetModel(  # noqa: N802
        self, request: model_pb2.GetModelRequest, context: grpc.aio.ServicerContext
    ) -> model_pb2.GetModelResponse:
        models, request_id = self._models(), REQUEST_ID.get()

        def look() -> model_pb2.GetModelResponse:
            held = _asked_for(models, request)
            return model_response(held, models.changes(held.kind), request_id)

        return await _aside(look, time_left_s(context, READ_MODELS_WITHIN_S))

    async def PromoteModel(  # noqa: N802
        self, request: model_pb2.PromoteModelRequest, context: grpc.aio.ServicerContext
    ) -> model_pb2.PromoteModelResponse:
        models, who, request_id = self._models(), CALLER.get().subject, REQUEST_ID.get()

        def promote() -> model_pb2.PromoteModelResponse:
            changed = models.promote(request.digest, who=who, why=request.why)
            return model_pb2.PromoteModelResponse(
                model=model_message(changed.serves), previous_digest=changed.before, request_id=request_id
            )

        return await _aside(promote, time_left_s(context, CHANGE_MODELS_WITHIN_S))

    async def RollbackModel(  # noqa: N802
        self, request: model_pb2.RollbackModelRequest, context: grpc.aio.ServicerContext
    ) -> model_pb2.RollbackModelResponse:
        models, who, request_id = self._models(), CALLER.get().subject, REQUEST_ID.get()

        def roll_back() -> model_pb2.RollbackModelResponse:
            changed = models.rollback(kind_of(request.kind), who=who, why=request.why)
            return model_pb2.RollbackModelResponse(
                model=model_message(changed.serves), previous_digest=changed.before, request_id=request_id
            )

        return await _aside(roll_back, time_left_s(context, CHANGE_MODELS_WITHIN_S))

    async def Retrain(  # noqa: N802
        self, request: model_pb2.RetrainRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        caller, since = CALLER.get(), given(request, "since")
        asked = Asked(caller.subject, request.why, request.dry_run, None if since is None else since.seconds)
        try:
            async with asyncio.timeout(time_left_s(context, RETRAIN_WITHIN_S)):
                return operation_message(await self._realms[caller.realm].retraining.start(asked))
        except TimeoutError as error:
            raise _too_slow() from error

    def _models(self) -> RealmModels:
        return self._realms[CALLER.get().realm].models


def _asked_for(models: RealmModels, request: model_pb2.GetModelRequest) -> Held:
    if request.HasField("digest"):
        return models.one(request.digest)
    return models.in_role(kind_of(request.in_role.kind), role_of(request.in_role.role))


async def _aside(work: Callable[[], T], timeout_s: float) -> T:
    """Do what reads and hashes files aside from the event loop; it is done to its end even where that is too late."""
    try:
        async with asyncio.timeout(timeout_s):
            return await asyncio.to_thread(work)
    except TimeoutError as error:
        raise _too_slow() from error


def _too_slow() -> Unavailable:
    return Unavailable(
        "it did not end within the deadline and may do so yet; look what came of it, or set a later deadline",
        reason=Reason.DEADLINE_EXCEEDED,
    )


def _token_of(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


def _place_of(token: str) -> Place:
    rank, _, digest = token.partition("-")
    if not (rank.isascii() and rank.isdigit() and len(rank) == 1 and int(rank) <= len(ROLES)):
        raise InvalidInput(
            "the page token is none; begin without one", violations=(("page_token", "was not made by this service"),)
        )
    return int(rank), digest
