"""Lets each request be watched: a log line, a count, a span, by the code that it ends with. They name no member."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.rpc.context import REQUEST_ID
from sixhop.rpc.interceptors.around import Around
from sixhop.telemetry.watch import WATCH
from sixhop.telemetry.watching import Watching

GIVEN_UP = "GIVEN_UP_BY_CALLER"
CODES = (*(code.name for code in grpc.StatusCode), GIVEN_UP)
"""What a request may end with."""
_BY_NUMBER = {code.value[0]: code.name for code in grpc.StatusCode}


class Watched(Around):
    """Outside of all that may refuse a request, so that refusals are seen too."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        watch = self._watching.begin(method, REQUEST_ID.get(), metadata)
        WATCH.set(watch)
        code = grpc.StatusCode.OK.name
        try:
            yield
        except asyncio.CancelledError:
            code = GIVEN_UP
            raise
        except grpc.aio.AbortError:
            code = _named(context.code())
            raise
        finally:
            watch.end(code)


def _named(code: Any) -> str:
    """A code's name; grpc.aio gives some codes as numbers."""
    return str(code.name) if isinstance(code, grpc.StatusCode) else _BY_NUMBER.get(code, grpc.StatusCode.UNKNOWN.name)
