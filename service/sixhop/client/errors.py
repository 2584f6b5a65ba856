"""Turns statuses back into the errors they were made of, so that callers decide by type and reason."""

from __future__ import annotations

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from sixhop.errors import Denied, InvalidInput, Misconfigured, NotFound, Reason, Refused, SixhopError, Unavailable

_KINDS: dict[Reason, type[SixhopError]] = {
    Reason.UNAUTHENTICATED: Denied,
    Reason.PERMISSION_DENIED: Denied,
    Reason.MEMBER_NOT_FOUND: NotFound,
    Reason.OFFERING_NOT_FOUND: NotFound,
    Reason.ENTERPRISE_NOT_FOUND: NotFound,
    Reason.COMMUNITY_NOT_FOUND: NotFound,
    Reason.OUTREACH_NOT_FOUND: NotFound,
    Reason.MODEL_NOT_FOUND: NotFound,
    Reason.OPERATION_NOT_FOUND: NotFound,
    Reason.SENDER_LACKS_EXPERIENCE: Refused,
    Reason.SENDER_IS_DETRACTOR: Refused,
    Reason.SENDER_LACKS_CONSENT: Refused,
    Reason.SENDER_OVER_ATTENTION_CAP: Refused,
    Reason.TARGET_LACKS_CONSENT: Refused,
    Reason.TARGET_HAS_ADOPTED: Refused,
    Reason.TARGET_DECLINED: Refused,
    Reason.TARGET_FATIGUED: Refused,
    Reason.NOBODY_ACTS_FOR_ENTERPRISE: Refused,
    Reason.DEADLINE_EXCEEDED: Unavailable,
    Reason.NO_LIVE_SOURCE: Unavailable,
    Reason.OVERLOADED: Unavailable,
    Reason.QUOTA_EXCEEDED: Unavailable,
    Reason.SERVICE_UNAVAILABLE: Unavailable,
    Reason.GRAPH_UNAVAILABLE: Unavailable,
    Reason.GRAPH_TIMEOUT: Unavailable,
    Reason.WRITE_CONFLICT: Unavailable,
    Reason.LOCKED: Unavailable,
    Reason.OPERATION_ABORTED: Unavailable,
    Reason.OPERATION_CANCELLED: Refused,
    Reason.RETRAIN_UNDER_WAY: Refused,
    Reason.TOO_LITTLE_TO_LEARN: Refused,
    Reason.MEMBER_ERASED: Refused,
    Reason.SCHEMA_NOT_CURRENT: Misconfigured,
    Reason.MODEL_REFUSED: Misconfigured,
    Reason.MISCONFIGURED: Misconfigured,
}


def error_of(error: grpc.RpcError, address: str) -> SixhopError:
    """The error that the service at `address` meant, or what its silence means."""
    try:
        status = rpc_status.from_call(error)
    except ValueError:  # its details were too long for this client
        status = None
    return (error_of_status(status) if status else None) or _without_reason(error, address)


def error_of_status(status: status_pb2.Status) -> SixhopError | None:
    """The error that a status says; None where it gives no reason of ours."""
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(bad.DESCRIPTOR):
            detail.Unpack(bad)
        elif detail.Is(retry.DESCRIPTOR):
            detail.Unpack(retry)
    if info.reason == Reason.INVALID_ARGUMENT:
        violations = tuple((each.field, each.description) for each in bad.field_violations)
        return InvalidInput(status.message, violations=violations)
    if info.reason in Reason.__members__:
        reason = Reason(info.reason)
        kind = _KINDS.get(reason, SixhopError)
        if kind is Unavailable:
            after_s = retry.retry_delay.ToMilliseconds() / 1000
            return Unavailable(status.message, reason=reason, retry_after_s=after_s or None)
        return kind(status.message, reason=reason)
    return None


def _without_reason(error: grpc.RpcError, address: str) -> SixhopError:
    code = error.code()
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Unavailable(
            f"no answer from {address} within the deadline; allow more time", reason=Reason.DEADLINE_EXCEEDED
        )
    if code is grpc.StatusCode.UNAVAILABLE:
        return Unavailable(
            f"nothing answers at {address}; start the service there with `sixhop serve`",
            reason=Reason.SERVICE_UNAVAILABLE,
        )
    if code is grpc.StatusCode.CANCELLED:
        return Unavailable(f"{address} ended before it answered; try again", reason=Reason.SERVICE_UNAVAILABLE)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return Unavailable(f"{address} takes no more requests; try again", reason=Reason.OVERLOADED)
    return SixhopError(f"{address} answered {code.name}: {error.details()}")
