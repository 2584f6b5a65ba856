"""The shape of an interceptor of our own calls: something done around the handler. Others' calls pass untouched."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import grpc
from google.protobuf.message import Message

OURS = "/sixhop."


class Around(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Wraps calls of Sixhop's services, with one answer or a stream of them; health and reflection stay as they are."""

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(details)
        if handler is None or not details.method.startswith(OURS):
            return handler
        with_one, with_many, method = handler.unary_unary, handler.unary_stream, details.method

        async def one(request: Any, context: grpc.aio.ServicerContext) -> Message:
            async with self.around(request, context, method):
                return await with_one(request, context)

        async def many(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Message]:
            async with self.around(request, context, method):
                async for message in with_many(request, context):
                    yield message

        read, write = self.deserializer(handler.request_deserializer), handler.response_serializer
        if with_one is not None:
            return grpc.unary_unary_rpc_method_handler(one, read, write)
        if with_many is not None:
            return grpc.unary_stream_rpc_method_handler(many, read, write)
        raise NotImplementedError(f"{method} takes a stream of requests; add that to rpc/interceptors/around.py")

    def deserializer(self, inner: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        """What makes a request of its bytes; as it is unless overridden."""
        return inner

    @abstractmethod
    def around(
        self, request: Any, context: grpc.aio.ServicerContext, method: str
    ) -> AbstractAsyncContextManager[None, bool | None]:
        """What happens before and after the handler, which runs inside."""
