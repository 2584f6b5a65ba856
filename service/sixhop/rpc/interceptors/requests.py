"""Makes valid requests of bytes: what cannot be read or is out of bounds is the caller's error, never a fault here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from sixhop.errors import InvalidInput
from sixhop.rpc.interceptors.around import Around
from sixhop.rpc.validate import validate


class _Unreadable:
    """Stands for bytes that are not a request; gRPC itself would answer INTERNAL to them."""


class Requests(Around):
    """The innermost interceptor."""

    def deserializer(self, inner: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        def read(data: bytes) -> Any:
            try:
                return inner(data)
            except DecodeError:
                return _Unreadable()

        return read

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        if request is not None:
            _check(request, method)
        yield

    async def each(self, requests: AsyncIterator[Any], method: str) -> AsyncIterator[Any]:
        async for request in requests:
            _check(request, method)
            yield request


def _check(request: Any, method: str) -> None:
    if isinstance(request, _Unreadable):
        name = method.rsplit("/", 1)[-1]
        raise InvalidInput(
            "the request cannot be read; was it made from these protos?",
            violations=(("", f"is not a {name}Request"),),
        )
    validate(request)
