"""Finds the realm of a caller. Without TLS and tokens only loopback is served, to the realm of the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from sixhop.rpc.context import REALM
from sixhop.rpc.interceptors.around import Around


class Identity(Around):
    """Callers on loopback have no identity: theirs is the realm this process was started for."""

    def __init__(self, loopback_realm: str) -> None:
        self._loopback_realm = loopback_realm

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        REALM.set(self._loopback_realm)
        yield
