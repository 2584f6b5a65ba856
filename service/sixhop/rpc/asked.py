"""Reads what every request has: its id, its deadline, and the fields that mean the same everywhere."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.message import Message

from sixhop.pipeline.answers import Asked
from sixhop.pipeline.budget import MOST_S
from sixhop.rpc.context import CALLER, REQUEST_ID


def asked(request: Any, context: grpc.aio.ServicerContext, default_s: float) -> Asked:
    """What was asked; `default_s` is the deadline where the caller sets none."""
    return Asked(
        request_id=REQUEST_ID.get(),
        total_s=time_left_s(context, default_s),
        max_length=given(request, "max_length"),
        freshness_token=given(request, "freshness_token"),
        explain=request.explain,
        enterprise_id=CALLER.get().enterprise_id,
    )


def time_left_s(context: grpc.aio.ServicerContext, default_s: float) -> float:
    """Until the caller's deadline, but no longer than a turn may be held; `default_s` where it sets none."""
    remaining_s = context.time_remaining()
    return default_s if remaining_s is None else min(float(remaining_s), MOST_S)


def given(request: Message, field: str) -> Any:
    """A field's value; None where it is not set, or not a field of this request."""
    return getattr(request, field) if field in request.DESCRIPTOR.fields_by_name and request.HasField(field) else None
