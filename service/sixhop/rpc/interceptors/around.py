"""The shape of an interceptor of our own calls: something done around the handler. Others' calls pass untouched."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import Message

OURS = "/sixhop."
Handler = Callable[[Any, grpc.aio.ServicerContext], Awaitable[Message]]


class AroundUnary(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Wraps unary calls of Sixhop's services; health and reflection are left as they are."""

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(details)
        if handler is None or handler.unary_unary is None or not details.method.startswith(OURS):
            return handler
        inner: Handler = handler.unary_unary

        async def outer(request: Any, context: grpc.aio.ServicerContext) -> Message:
            return await self.around(inner, request, context, details.method)

        return grpc.unary_unary_rpc_method_handler(
            outer, self.deserializer(handler.request_deserializer), handler.response_serializer
        )

    def deserializer(self, inner: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        """What makes a request of its bytes; as it is unless overridden."""
        return inner

    @abstractmethod
    async def around(self, handler: Handler, request: Any, context: grpc.aio.ServicerContext, method: str) -> Message:
        """Serve one call with `handler`."""
