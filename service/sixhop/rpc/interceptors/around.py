"""The shape of an interceptor of our own calls: something done around the handler. Others' calls pass untouched."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import grpc
from google.protobuf.message import Message

OURS = ("/sixhop.", "/google.longrunning.")


class Around(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Wraps calls of Sixhop's services, whether they are streams or not; health and reflection stay as they are."""

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(details)
        if handler is None or not details.method.startswith(OURS):
            return handler
        with_one, with_many, method = handler.unary_unary, handler.unary_stream, details.method
        with_stream = handler.stream_stream

        async def one(request: Any, context: grpc.aio.ServicerContext) -> Message:
            async with self.around(request, context, method):
                return await with_one(request, context)

        async def many(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Message]:
            async with self.around(request, context, method):
                async for message in with_many(request, context):
                    yield message

        async def stream(requests: AsyncIterator[Any], context: grpc.aio.ServicerContext) -> AsyncIterator[Message]:
            async with self.around(None, context, method):
                async for message in with_stream(self.each(requests, method), context):
                    yield message

        read, write = self.deserializer(handler.request_deserializer), handler.response_serializer
        if with_one is not None:
            return grpc.unary_unary_rpc_method_handler(one, read, write)
        if with_many is not None:
            return grpc.unary_stream_rpc_method_handler(many, read, write)
        if with_stream is not None:
            return grpc.stream_stream_rpc_method_handler(stream, read, write)
        raise NotImplementedError(f"{method} answers a stream at once; add that to rpc/interceptors/around.py")

    def deserializer(self, inner: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        """What makes a request of its bytes; as it is unless overridden."""
        return inner

    def each(self, requests: AsyncIterator[Any], method: str) -> AsyncIterator[Any]:
        """The requests of a stream; as they are unless overridden."""
        return requests

    @abstractmethod
    def around(
        self, request: Any, context: grpc.aio.ServicerContext, method: str
    ) -> AbstractAsyncContextManager[None, bool | None]:
        """What happens before and after the handler, which runs inside. Of a stream of requests `request` is None."""
