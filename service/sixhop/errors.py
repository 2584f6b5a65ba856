"""Every error Sixhop raises on purpose. Knows nothing of gRPC: `rpc/status.py` gives each reason its code.

SixhopError
├── InvalidInput        the caller sent something that cannot be answered; nothing was changed
├── NotFound            an id is unknown, or may not be seen: the two are never told apart
├── Denied              the caller is not known, or may not do this: nothing is said of what it asked about
├── Refused             the request is sound, a rule of the realm says no
├── Unavailable         a part that is needed does not answer; trying again may help
└── Misconfigured       this installation cannot run as it is set up
    └── ModelRefused    a stored model is not what was written, or does not fit what is served
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a request was not answered; the same names stand in `proto/sixhop/v1/errors.proto`."""

    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    MEMBER_NOT_FOUND = "MEMBER_NOT_FOUND"
    OFFERING_NOT_FOUND = "OFFERING_NOT_FOUND"
    ENTERPRISE_NOT_FOUND = "ENTERPRISE_NOT_FOUND"
    COMMUNITY_NOT_FOUND = "COMMUNITY_NOT_FOUND"
    OUTREACH_NOT_FOUND = "OUTREACH_NOT_FOUND"
    MODEL_NOT_FOUND = "MODEL_NOT_FOUND"
    OPERATION_NOT_FOUND = "OPERATION_NOT_FOUND"
    SENDER_LACKS_EXPERIENCE = "SENDER_LACKS_EXPERIENCE"
    SENDER_IS_DETRACTOR = "SENDER_IS_DETRACTOR"
    SENDER_LACKS_CONSENT = "SENDER_LACKS_CONSENT"
    SENDER_OVER_ATTENTION_CAP = "SENDER_OVER_ATTENTION_CAP"
    TARGET_LACKS_CONSENT = "TARGET_LACKS_CONSENT"
    TARGET_HAS_ADOPTED = "TARGET_HAS_ADOPTED"
    TARGET_DECLINED = "TARGET_DECLINED"
    TARGET_FATIGUED = "TARGET_FATIGUED"
    NOBODY_ACTS_FOR_ENTERPRISE = "NOBODY_ACTS_FOR_ENTERPRISE"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NO_LIVE_SOURCE = "NO_LIVE_SOURCE"
    OVERLOADED = "OVERLOADED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    GRAPH_UNAVAILABLE = "GRAPH_UNAVAILABLE"
    GRAPH_TIMEOUT = "GRAPH_TIMEOUT"
    SCHEMA_NOT_CURRENT = "SCHEMA_NOT_CURRENT"
    MODEL_REFUSED = "MODEL_REFUSED"
    RETRAIN_UNDER_WAY = "RETRAIN_UNDER_WAY"
    TOO_LITTLE_TO_LEARN = "TOO_LITTLE_TO_LEARN"
    OPERATION_CANCELLED = "OPERATION_CANCELLED"
    OPERATION_ABORTED = "OPERATION_ABORTED"
    LOCKED = "LOCKED"
    MISCONFIGURED = "MISCONFIGURED"
    MEMBER_ERASED = "MEMBER_ERASED"
    WRITE_CONFLICT = "WRITE_CONFLICT"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"


class SixhopError(Exception):
    """Base of all errors; the message says what happened, to what, and what to do next."""

    default_reason = Reason.INTERNAL
    exit_code = 1

    def __init__(self, message: str, *, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason


class InvalidInput(SixhopError):
    """Bad input. `violations` lists every (field, what is wrong), not only the first."""

    default_reason = Reason.INVALID_ARGUMENT
    exit_code = 2

    def __init__(self, message: str, *, violations: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.violations = violations


class NotFound(SixhopError):
    default_reason = Reason.MEMBER_NOT_FOUND
    exit_code = 3


class Denied(SixhopError):
    default_reason = Reason.PERMISSION_DENIED
    exit_code = 7


class Refused(SixhopError):
    default_reason = Reason.SENDER_LACKS_EXPERIENCE
    exit_code = 4


class Unavailable(SixhopError):
    """`retry_after_s` says when trying again makes sense, where that is known better than by the reason alone."""

    default_reason = Reason.GRAPH_UNAVAILABLE
    exit_code = 5

    def __init__(self, message: str, *, reason: Reason | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after_s = retry_after_s


class Misconfigured(SixhopError):
    default_reason = Reason.MISCONFIGURED
    exit_code = 6


class ModelRefused(Misconfigured):
    """`why` is the cause alone, for lists that name the model themselves."""

    default_reason = Reason.MODEL_REFUSED

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message)
        self.why = why
