"""Gives every request an id, sends it back, and writes one log line a request. The line names no member."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

import grpc
from google.protobuf.message import Message

from sixhop.rpc.context import REQUEST_ID, REQUEST_ID_KEY
from sixhop.rpc.interceptors.around import AroundUnary, Handler

log = logging.getLogger(__name__)
WELL_FORMED = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


class RequestId(AroundUnary):
    """The outermost interceptor."""

    async def around(self, handler: Handler, request: Any, context: grpc.aio.ServicerContext, method: str) -> Message:
        started = time.monotonic()
        request_id = _from_caller(context) or uuid.uuid4().hex
        REQUEST_ID.set(request_id)
        context.set_trailing_metadata(((REQUEST_ID_KEY, request_id),))
        try:
            return await handler(request, context)
        finally:
            elapsed_ms = (time.monotonic() - started) * 1000
            code = grpc.StatusCode.OK if not context.code() else _named(context.code())
            log.info("%s %s %.1f ms request_id=%s", method, code.name, elapsed_ms, request_id)


def _from_caller(context: grpc.aio.ServicerContext) -> str | None:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and isinstance(value, str) and WELL_FORMED.match(value):
            return value
    return None


def _named(code: Any) -> grpc.StatusCode:
    by_number = {status.value[0]: status for status in grpc.StatusCode}
    return code if isinstance(code, grpc.StatusCode) else by_number.get(code, grpc.StatusCode.UNKNOWN)
