"""Lets a call through to its handler when its caller is known and may make it. Knows not how callers are known."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.errors import Denied
from sixhop.rpc.access import CALLS
from sixhop.rpc.authentication import Authentication
from sixhop.rpc.context import CALLER, REQUEST_ID
from sixhop.rpc.interceptors.around import Around

log = logging.getLogger(__name__)


class Identity(Around):
    """Refuses who is not known, who lacks the call's scope, and who is of a realm that is not served here.

    A realm that is served elsewhere and one that does not exist are refused alike, and like a scope that is lacking.
    """

    def __init__(self, authentication: Authentication, realms: Collection[str]) -> None:
        self._authentication = authentication
        self._realms = realms

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        try:
            caller = await self._authentication.caller(context)
            access = CALLS.get(method)
            if caller.realm not in self._realms:
                raise Denied("not a realm that is served here")
            CALLER.set(caller)
            if access is None or not access.allows(caller):
                raise Denied(f"the caller lacks {access.scope if access else 'what no scope gives'}")
        except Denied as error:
            log.info("%s: %s request_id=%s", method, error.message, REQUEST_ID.get())
            raise
        yield
