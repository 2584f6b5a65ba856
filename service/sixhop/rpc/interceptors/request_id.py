"""Gives every request an id and sends it back. Knows nothing of what is asked."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.rpc.context import REQUEST_ID, REQUEST_ID_KEY
from sixhop.rpc.interceptors.around import Around

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId(Around):
    """The outermost interceptor."""

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        request_id = _from_caller(context) or uuid.uuid4().hex
        REQUEST_ID.set(request_id)
        context.set_trailing_metadata(((REQUEST_ID_KEY, request_id),))
        yield


def _from_caller(context: grpc.aio.ServicerContext) -> str | None:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and isinstance(value, str) and WELL_FORMED.fullmatch(value):
            return value
    return None
