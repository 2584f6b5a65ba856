"""google.longrunning.Operations, of retrainings: translates requests to questions and answers to responses."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.protobuf import empty_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import model_pb2
from sixhop.deadlines import WAIT_OPERATION_WITHIN_S
from sixhop.errors import NotFound, Reason, SixhopError
from sixhop.retraining.operation import Operation, Outcome, Retrained
from sixhop.retraining.retraining import Retraining
from sixhop.rpc.context import CALLER
from sixhop.rpc.model_messages import kind_message
from sixhop.rpc.status import status_of
from sixhop.served import Served

PREFIX = "operations/"
LEFT_TO_ANSWER_S = 0.1
"""Kept back from the deadline of one who waits."""
_OUTCOMES = {
    Outcome.PROMOTED: model_pb2.RETRAIN_OUTCOME_PROMOTED,
    Outcome.CHALLENGER: model_pb2.RETRAIN_OUTCOME_CHALLENGER,
    Outcome.REFUSED: model_pb2.RETRAIN_OUTCOME_REFUSED,
    Outcome.UNCHANGED: model_pb2.RETRAIN_OUTCOME_UNCHANGED,
}


class OperationsService(operations_pb2_grpc.OperationsServicer):  # type: ignore[misc]
    """Answers from the realm that the caller's identity gave."""

    def __init__(self, realms: Mapping[str, Served]) -> None:
        self._realms = realms

    async def GetOperation(  # noqa: N802
        self, request: operations_pb2.GetOperationRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        del context
        return operation_message(await self._retraining().get(_id_of(request.name)))

    async def ListOperations(  # noqa: N802
        self, request: operations_pb2.ListOperationsRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.ListOperationsResponse:
        del context
        found = await self._retraining().all()
        rest = [each for each in found if not request.page_token or each.operation_id < request.page_token]
        page = rest[: request.page_size or len(rest)]
        return operations_pb2.ListOperationsResponse(
            operations=[operation_message(each) for each in page],
            next_page_token=page[-1].operation_id if len(page) < len(rest) else "",
        )

    async def WaitOperation(  # noqa: N802
        self, request: operations_pb2.WaitOperationRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        timeout_s = WAIT_OPERATION_WITHIN_S
        if request.HasField("timeout"):
            timeout_s = min(timeout_s, request.timeout.seconds + request.timeout.nanos / 1e9)
        remaining_s = context.time_remaining()
        if remaining_s is not None:
            timeout_s = max(0.0, min(timeout_s, float(remaining_s) - LEFT_TO_ANSWER_S))
        return operation_message(await self._retraining().wait(_id_of(request.name), timeout_s=timeout_s))

    async def CancelOperation(  # noqa: N802
        self, request: operations_pb2.CancelOperationRequest, context: grpc.aio.ServicerContext
    ) -> empty_pb2.Empty:
        del context
        await self._retraining().cancel(_id_of(request.name))
        return empty_pb2.Empty()

    async def DeleteOperation(  # noqa: N802
        self, request: operations_pb2.DeleteOperationRequest, context: grpc.aio.ServicerContext
    ) -> empty_pb2.Empty:
        raise SixhopError("operations go by themselves: the last 20 are remembered", reason=Reason.UNIMPLEMENTED)

    def _retraining(self) -> Retraining:
        return self._realms[CALLER.get().realm].retraining


def operation_message(operation: Operation) -> operations_pb2.Operation:
    message = operations_pb2.Operation(name=PREFIX + operation.operation_id, done=not operation.running)
    message.metadata.Pack(
        model_pb2.RetrainMetadata(
            stage=operation.stage,
            done=operation.done,
            total=operation.total,
            started_at=_time(operation.started_at),
            ended_at=None if operation.ended_at is None else _time(operation.ended_at),
            dry_run=operation.asked.dry_run,
            asked_by=operation.asked.who,
            why=operation.asked.why,
        )
    )
    if operation.failure is not None:
        error = SixhopError(operation.failure.message, reason=operation.failure.reason)
        message.error.CopyFrom(status_of(error, operation.operation_id))
    elif operation.retrained is not None:
        message.response.Pack(_response(operation.retrained))
    return message


def _response(retrained: Retrained) -> model_pb2.RetrainResponse:
    return model_pb2.RetrainResponse(
        outcome=_OUTCOMES[retrained.outcome],
        dry_run=retrained.dry_run,
        models=[
            model_pb2.RetrainedModel(kind=kind_message(kind), digest=digest)
            for kind, digest in sorted(retrained.digests.items())
        ],
        gates=[
            model_pb2.RetrainGate(
                kind=kind_message(each.model),
                gate=each.gate,
                scope=each.scope,
                value=each.value,
                limit=each.limit,
                passed=each.passed,
            )
            for each in retrained.gates
        ],
        why=retrained.why,
        seconds=retrained.seconds,
    )


def _id_of(name: str) -> str:
    if not name.startswith(PREFIX):
        raise NotFound(
            f"no operation {name!r} is remembered; names begin with {PREFIX!r}", reason=Reason.OPERATION_NOT_FOUND
        )
    return name.removeprefix(PREFIX)


def _time(seconds: float) -> Timestamp:
    return Timestamp(seconds=int(seconds), nanos=round(seconds % 1 * 1000) % 1000 * 1_000_000)
