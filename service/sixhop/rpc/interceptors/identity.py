"""Finds the realm of a caller. Without TLS and tokens only loopback is served, to the realm of the settings."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.message import Message

from sixhop.rpc.context import REALM
from sixhop.rpc.interceptors.around import AroundUnary, Handler


class Identity(AroundUnary):
    """Callers on loopback have no identity: theirs is the realm this process was started for."""

    def __init__(self, loopback_realm: str) -> None:
        self._loopback_realm = loopback_realm

    async def around(self, handler: Handler, request: Any, context: grpc.aio.ServicerContext, method: str) -> Message:
        REALM.set(self._loopback_realm)
        return await handler(request, context)
