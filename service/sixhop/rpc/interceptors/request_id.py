"""Gives every request an id, sends it back, and writes one log line a request. The line names no member."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.rpc.context import REQUEST_ID, REQUEST_ID_KEY
from sixhop.rpc.interceptors.around import Around

log = logging.getLogger(__name__)
WELL_FORMED = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


class RequestId(Around):
    """The outermost interceptor."""

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        started = time.monotonic()
        request_id = _from_caller(context) or uuid.uuid4().hex
        REQUEST_ID.set(request_id)
        context.set_trailing_metadata(((REQUEST_ID_KEY, request_id),))
        outcome = grpc.StatusCode.OK.name
        try:
            yield
        except asyncio.CancelledError:
            outcome = "GIVEN_UP_BY_CALLER"
            raise
        except grpc.aio.AbortError:
            outcome = _named(context.code())
            raise
        finally:
            elapsed_ms = (time.monotonic() - started) * 1000
            log.info("%s %s %.1f ms request_id=%s", method, outcome, elapsed_ms, request_id)


def _from_caller(context: grpc.aio.ServicerContext) -> str | None:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and isinstance(value, str) and WELL_FORMED.match(value):
            return value
    return None


def _named(code: Any) -> str:
    """A code's name; grpc.aio gives some codes as numbers."""
    by_number = {status.value[0]: status.name for status in grpc.StatusCode}
    return str(code.name) if isinstance(code, grpc.StatusCode) else by_number.get(code, str(code))
