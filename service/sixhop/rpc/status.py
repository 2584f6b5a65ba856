"""Turns errors into `google.rpc.Status`: every reason has its code, its details and nothing of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from sixhop.errors import InvalidInput, Reason, SixhopError

DOMAIN = "sixhop"

CODES = {
    Reason.INVALID_ARGUMENT: code_pb2.INVALID_ARGUMENT,
    Reason.UNAUTHENTICATED: code_pb2.UNAUTHENTICATED,
    Reason.PERMISSION_DENIED: code_pb2.PERMISSION_DENIED,
    Reason.MEMBER_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.OFFERING_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.ENTERPRISE_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.COMMUNITY_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.OUTREACH_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.MODEL_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.OPERATION_NOT_FOUND: code_pb2.NOT_FOUND,
    Reason.SENDER_LACKS_EXPERIENCE: code_pb2.FAILED_PRECONDITION,
    Reason.SENDER_IS_DETRACTOR: code_pb2.FAILED_PRECONDITION,
    Reason.SENDER_LACKS_CONSENT: code_pb2.FAILED_PRECONDITION,
    Reason.SENDER_OVER_ATTENTION_CAP: code_pb2.RESOURCE_EXHAUSTED,
    Reason.TARGET_LACKS_CONSENT: code_pb2.FAILED_PRECONDITION,
    Reason.TARGET_HAS_ADOPTED: code_pb2.FAILED_PRECONDITION,
    Reason.TARGET_DECLINED: code_pb2.FAILED_PRECONDITION,
    Reason.TARGET_FATIGUED: code_pb2.RESOURCE_EXHAUSTED,
    Reason.NOBODY_ACTS_FOR_ENTERPRISE: code_pb2.FAILED_PRECONDITION,
    Reason.DEADLINE_EXCEEDED: code_pb2.DEADLINE_EXCEEDED,
    Reason.NO_LIVE_SOURCE: code_pb2.UNAVAILABLE,
    Reason.OVERLOADED: code_pb2.RESOURCE_EXHAUSTED,
    Reason.QUOTA_EXCEEDED: code_pb2.RESOURCE_EXHAUSTED,
    Reason.SERVICE_UNAVAILABLE: code_pb2.UNAVAILABLE,
    Reason.GRAPH_UNAVAILABLE: code_pb2.UNAVAILABLE,
    Reason.GRAPH_TIMEOUT: code_pb2.UNAVAILABLE,
    Reason.SCHEMA_NOT_CURRENT: code_pb2.FAILED_PRECONDITION,
    Reason.MODEL_REFUSED: code_pb2.FAILED_PRECONDITION,
    Reason.RETRAIN_UNDER_WAY: code_pb2.FAILED_PRECONDITION,
    Reason.TOO_LITTLE_TO_LEARN: code_pb2.FAILED_PRECONDITION,
    Reason.OPERATION_CANCELLED: code_pb2.CANCELLED,
    Reason.OPERATION_ABORTED: code_pb2.ABORTED,
    Reason.LOCKED: code_pb2.UNAVAILABLE,
    Reason.MISCONFIGURED: code_pb2.FAILED_PRECONDITION,
    Reason.MEMBER_ERASED: code_pb2.FAILED_PRECONDITION,
    Reason.WRITE_CONFLICT: code_pb2.UNAVAILABLE,
    Reason.UNIMPLEMENTED: code_pb2.UNIMPLEMENTED,
    Reason.INTERNAL: code_pb2.INTERNAL,
}
RETRY_AFTER_MS = {
    Reason.NO_LIVE_SOURCE: 100,
    Reason.OVERLOADED: 100,
    Reason.QUOTA_EXCEEDED: 1000,
    Reason.GRAPH_TIMEOUT: 100,
    Reason.WRITE_CONFLICT: 100,
    Reason.GRAPH_UNAVAILABLE: 1000,
    Reason.LOCKED: 1000,
    Reason.SERVICE_UNAVAILABLE: 20,  # another replica is asked at once
}
"""Where the error itself does not know better."""
PUSHBACK_KEY = "grpc-retry-pushback-ms"
"""Tells gRPC's own retries when to come again, or not to (https://github.com/grpc/proposal/blob/master/A6-client-retries.md)."""
DO_NOT_RETRY = "-1"
MOST_OF_VIOLATIONS = 4_000
"""Bytes. A status travels in the trailers, of which a gRPC client takes 8 KiB unless it is told otherwise; a larger one
reaches the caller as another error (https://grpc.io/docs/guides/metadata/)."""
MOST_OF_ONE = 500
"""Characters."""
_ASK_THE_OPERATOR = "the service is not set up as it must be; its operator finds the cause in its log"
_FOR_CALLERS = {
    Reason.UNAUTHENTICATED: "the call has no credentials, or none that hold; send a token or certificate that does",
    Reason.PERMISSION_DENIED: "these credentials do not allow this call; ask the service's operator",
    Reason.GRAPH_UNAVAILABLE: "the graph does not answer; try again",
    Reason.GRAPH_TIMEOUT: "the graph was too slow to answer; try again",
    Reason.WRITE_CONFLICT: "others wrote about the same members all the time, and nothing was applied; try again",
    Reason.SCHEMA_NOT_CURRENT: _ASK_THE_OPERATOR,
    Reason.MISCONFIGURED: _ASK_THE_OPERATOR,
    Reason.INTERNAL: "the service failed; its operator finds the cause in its log under the request id",
}
"""Said instead of messages that speak to the operator: of addresses, files and queries, or of credentials."""


def status_of(error: Exception, request_id: str) -> status_pb2.Status:
    """The status a caller gets for `error`; what is not one of ours is INTERNAL, without a word of its cause."""
    reason = error.reason if isinstance(error, SixhopError) else Reason.INTERNAL
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=reason.value, domain=DOMAIN),
        error_details_pb2.RequestInfo(request_id=request_id),
    ]
    if isinstance(error, InvalidInput):
        details.append(_bad_request(error.violations))
    after_ms = _retry_after_ms(error, reason)
    if after_ms is not None:
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(after_ms)
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    message = error.message if isinstance(error, SixhopError) and reason not in _FOR_CALLERS else _FOR_CALLERS[reason]
    return status_pb2.Status(code=CODES[reason], message=message, details=[_packed(detail) for detail in details])


def _bad_request(violations: Sequence[tuple[str, str]]) -> error_details_pb2.BadRequest:
    """All violations, or as many as a status can carry and how many more there are."""
    told = error_details_pb2.BadRequest()
    size = 0
    for number, (field, problem) in enumerate(violations):
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=field[:MOST_OF_ONE], description=problem[:MOST_OF_ONE]
        )
        size += violation.ByteSize() + 4
        if size > MOST_OF_VIOLATIONS:
            told.field_violations.add(description=f"and {len(violations) - number} more; mend these first")
            break
        told.field_violations.append(violation)
    return told


def pushback(error: Exception, remaining_s: float | None) -> str:
    """What gRPC's own retries are told about `error` of a call that has so much time left.

    They are told not to try where it would not help, and where less time than the wait would be left to answer: the
    caller is better off with the reason now than with a deadline that passed.
    """
    after_ms = _retry_after_ms(error, error.reason) if isinstance(error, SixhopError) else None
    if after_ms is None or (remaining_s is not None and 2 * after_ms > remaining_s * 1000):
        return DO_NOT_RETRY
    return str(after_ms)


def _retry_after_ms(error: Exception, reason: Reason) -> int | None:
    known_s = getattr(error, "retry_after_s", None)
    return RETRY_AFTER_MS.get(reason) if known_s is None else ceil(known_s * 1000)


def _packed(detail: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
