"""What can be asked about models and of retrainings; `calls` says how. Knows nothing of channels."""

from __future__ import annotations

from datetime import datetime

from google.longrunning import operations_pb2
from google.protobuf import empty_pb2
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import model_pb2
from sixhop.client.calls import MODELS, OPERATIONS, Call
from sixhop.client.models import (
    ModelResult,
    ModelsResult,
    OperationResult,
    ServesResult,
    kind_of,
    model_result,
    models_result,
    operation_result,
    operations_result,
    role_of,
    serves_result,
)
from sixhop.deadlines import (
    CHANGE_MODELS_WITHIN_S,
    OPERATIONS_WITHIN_S,
    READ_MODELS_WITHIN_S,
    RETRAIN_WITHIN_S,
    WAIT_OPERATION_WITHIN_S,
)

ANSWERED_WITHIN_S = 2.0
"""Beyond the time that is waited."""


def list_models(
    *, kind: str | None = None, page_size: int | None = None, page_token: str | None = None
) -> Call[ModelsResult]:
    """The models there are: those with a role first, each with its headline figures or why it is refused.

    Args:
        kind: `referral` or `tie`; all when not given.
        page_size: How many at most.
        page_token: Of an earlier answer, to go on after it.

    Raises:
        SixhopError: with the service's reason.
    """
    request = model_pb2.ListModelsRequest(kind=kind_of(kind), page_size=page_size, page_token=page_token)
    return Call(MODELS, "ListModels", request, models_result, READ_MODELS_WITHIN_S)


def get_model(*, digest: str | None = None, role: str = "champion", kind: str = "referral") -> Call[ModelResult]:
    """What is known of a model: by its digest, or the one that has a role.

    Args:
        digest: Of the model, or as much of it as tells it from the others.
        role: Without a digest: `champion`, `challenger` or `previous`.
        kind: Without a digest: `referral` or `tie`.

    Raises:
        NotFound: there is none.
        SixhopError: with the service's reason.
    """
    request = model_pb2.GetModelRequest(digest=digest)
    if digest is None:
        request.in_role.CopyFrom(model_pb2.RoleOfKind(kind=kind_of(kind), role=role_of(role)))
    return Call(MODELS, "GetModel", request, model_result, READ_MODELS_WITHIN_S)


def promote_model(*, digest: str, why: str) -> Call[ServesResult]:
    """Let a model serve; replicas take it up within ten seconds. The one before is kept as previous.

    Args:
        digest: Of the model, or as much of it as tells it from the others.
        why: For those who look at it later.

    Raises:
        NotFound: there is none.
        Misconfigured: it could not be served; nothing was changed.
        SixhopError: with the service's reason.
    """
    request = model_pb2.PromoteModelRequest(digest=digest, why=why)
    return Call(MODELS, "PromoteModel", request, serves_result, CHANGE_MODELS_WITHIN_S)


def rollback_model(*, why: str, kind: str = "referral") -> Call[ServesResult]:
    """Let serve what served before; twice in a row leads back.

    Args:
        why: For those who look at it later.
        kind: `referral` or `tie`.

    Raises:
        Misconfigured: nothing served before, or what did could not be served now; nothing was changed.
        SixhopError: with the service's reason.
    """
    request = model_pb2.RollbackModelRequest(kind=kind_of(kind), why=why)
    return Call(MODELS, "RollbackModel", request, serves_result, CHANGE_MODELS_WITHIN_S)


def retrain(*, why: str, dry_run: bool = False, since: datetime | None = None) -> Call[OperationResult]:
    """Train both models anew beside the service; what is better comes to serve. Await it with `wait_operation`.

    Args:
        why: For those who look at it later.
        dry_run: Whether nothing is let serve, however good it is.
        since: Only what was at this time or later is learned from; all when not given.

    Raises:
        Refused: one is under way; the message names it.
        SixhopError: with the service's reason.
    """
    at = None if since is None else Timestamp(seconds=int(since.timestamp()))
    request = model_pb2.RetrainRequest(dry_run=dry_run, since=at, why=why)
    return Call(MODELS, "Retrain", request, operation_result, RETRAIN_WITHIN_S)


def get_operation(*, name: str) -> Call[OperationResult]:
    """How far a retraining is, or what came of it.

    Args:
        name: As `retrain` gave it.

    Raises:
        NotFound: there is none of this name, or it is not remembered any more.
        SixhopError: with the service's reason.
    """
    request = operations_pb2.GetOperationRequest(name=name)
    return Call(OPERATIONS, "GetOperation", request, operation_result, OPERATIONS_WITHIN_S)


def list_operations() -> Call[tuple[OperationResult, ...]]:
    """The retrainings that are remembered, newest first.

    Raises:
        SixhopError: with the service's reason.
    """
    request = operations_pb2.ListOperationsRequest(name="operations")
    return Call(OPERATIONS, "ListOperations", request, operations_result, OPERATIONS_WITHIN_S)


def wait_operation(*, name: str, timeout_s: float = WAIT_OPERATION_WITHIN_S) -> Call[OperationResult]:
    """A retraining as it is when it ends, or after the time that is waited: ask again while it is not `finished`.

    Args:
        name: As `retrain` gave it.
        timeout_s: How long; at most 60 s, and the client's own deadline.

    Raises:
        NotFound: there is none of this name, or it is not remembered any more.
        SixhopError: with the service's reason.
    """
    timeout = Duration()
    timeout.FromMilliseconds(round(timeout_s * 1000))
    request = operations_pb2.WaitOperationRequest(name=name, timeout=timeout)
    return Call(OPERATIONS, "WaitOperation", request, operation_result, timeout_s + ANSWERED_WITHIN_S)


def cancel_operation(*, name: str) -> Call[None]:
    """Have a retraining end; it may come to its own end before, and nothing happens to one that has.

    Args:
        name: As `retrain` gave it.

    Raises:
        NotFound: there is none of this name, or it is not remembered any more.
        SixhopError: with the service's reason.
    """
    request = operations_pb2.CancelOperationRequest(name=name)
    return Call(OPERATIONS, "CancelOperation", request, _nothing, OPERATIONS_WITHIN_S)


def _nothing(message: empty_pb2.Empty) -> None:
    del message
