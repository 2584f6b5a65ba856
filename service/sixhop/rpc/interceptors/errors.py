"""Turns what a handler raises into the status the caller gets. The cause goes to the log, without what it speaks of."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_status import rpc_status

from sixhop.errors import Reason, SixhopError
from sixhop.rpc.context import REQUEST_ID, REQUEST_ID_KEY
from sixhop.rpc.interceptors.around import Around
from sixhop.rpc.status import PUSHBACK_KEY, pushback, status_of
from sixhop.telemetry.logs import places
from sixhop.telemetry.watch import WATCH

log = logging.getLogger(__name__)
OPERATOR_SHOULD_KNOW = frozenset(
    {Reason.GRAPH_UNAVAILABLE, Reason.SCHEMA_NOT_CURRENT, Reason.MODEL_REFUSED, Reason.MISCONFIGURED}
)


class Errors(Around):
    """Maps errors; a call that its caller gave up is left to end."""

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        try:
            yield
        except grpc.aio.AbortError:
            raise
        except Exception as error:
            request_id = REQUEST_ID.get()
            _log(error, request_id)
            WATCH.get().failed(error.reason if isinstance(error, SixhopError) else Reason.INTERNAL)
            status = rpc_status.to_status(status_of(error, request_id))
            retry = (PUSHBACK_KEY, pushback(error, context.time_remaining()))
            metadata = (*status.trailing_metadata, (REQUEST_ID_KEY, request_id), retry)
            await context.abort(status.code, status.details, metadata)


def _log(error: Exception, request_id: str) -> None:
    if isinstance(error, SixhopError) and error.reason is not Reason.INTERNAL:
        if error.reason in OPERATOR_SHOULD_KNOW:
            log.error("%s: %s request_id=%s", error.reason, error.message, request_id)
        return
    log.error("unforeseen error request_id=%s\n%s", request_id, places(error))  # its text may hold ids
