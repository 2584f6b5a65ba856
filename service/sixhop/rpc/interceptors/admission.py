"""Bounds how many requests are served at once; more are told to come again. Health checks are not counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.errors import Reason, Unavailable
from sixhop.rpc.interceptors.around import Around


class Admission(Around):
    """At most `most` requests at once.

    gRPC's own limit would refuse without saying why or when to try again; it stands behind this one, a little higher.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0
        self._ending = False

    def end(self) -> None:
        """Take no more requests; those under way go on."""
        self._ending = True

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        if self._ending:
            raise Unavailable("the service is ending; try again", reason=Reason.SERVICE_UNAVAILABLE)
        if self._under_way >= self._most:
            raise Unavailable(
                f"{self._most} requests are under way, more are not taken; try again", reason=Reason.OVERLOADED
            )
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
