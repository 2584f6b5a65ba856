"""Requests take turns; streams take a place for their life and a turn only for what they do; both have an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from sixhop.identity.caller import Caller
from sixhop.rpc.context import CALLER
from sixhop.rpc.interceptors.admission import Admission, turn_of_stream
from sixhop.rpc.interceptors.around import Around
from sixhop.rpc.interceptors.errors import Errors
from sixhop.rpc.interceptors.request_id import RequestId
from sixhop.rpc.quotas import Quotas
from sixhop.rpc.turns import Turns

STREAM, REQUEST = "/sixhop.test.Test/Watch", "/sixhop.test.Test/Ask"


class Known(Around):
    """All calls are of one caller."""

    @asynccontextmanager
    async def around(self, request: Any, context: Any, method: str) -> AsyncIterator[None]:
        CALLER.set(Caller("realm", frozenset(), "somebody"))
        yield


@dataclass
class Served:
    """A server with one call of each kind: the stream says each word it is given, in its turn; the request waits."""

    admission: Admission
    channel: grpc.aio.Channel
    words: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self, request: StringValue, context: Any) -> AsyncIterator[StringValue]:
        while True:
            word = await self.words.get()
            async with turn_of_stream():
                yield StringValue(value=word)

    async def ask(self, request: StringValue, context: Any) -> StringValue:
        await self.let_go.wait()
        return request

    def stream(self) -> Any:
        return self.channel.unary_stream(STREAM, StringValue.SerializeToString, StringValue.FromString)(StringValue())

    def request(self) -> Any:
        return self.channel.unary_unary(REQUEST, StringValue.SerializeToString, StringValue.FromString)(
            StringValue(value="answer"), timeout=5
        )


@asynccontextmanager
async def served(
    *, working: int = 1, waiting: int = 1, streams: int = 2, quotas: Quotas | None = None
) -> AsyncIterator[Served]:
    admission = Admission(
        Turns(working=working, waiting=waiting),
        quotas or Quotas(per_s=None, burst=1),
        streams=frozenset({STREAM}),
        most_streams=streams,
    )
    server = grpc.aio.server(interceptors=(RequestId(), Errors(), Known(), admission))
    port = server.add_insecure_port("127.0.0.1:0")
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        test = Served(admission, channel)
        reading, writing = StringValue.FromString, StringValue.SerializeToString
        handlers = {
            "Watch": grpc.unary_stream_rpc_method_handler(test.watch, reading, writing),
            "Ask": grpc.unary_unary_rpc_method_handler(test.ask, reading, writing),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("sixhop.test.Test", handlers),))
        await server.start()
        try:
            yield test
        finally:
            await server.stop(None)


async def refused(call: Any) -> tuple[grpc.StatusCode, str, float]:
    """How the call failed: its code, its reason and when to try again."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await (call.read() if hasattr(call, "read") else call)
    status = rpc_status.from_call(raised.value)
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for detail in status.details:
        _ = detail.Unpack(info) if detail.Is(info.DESCRIPTOR) else detail.Unpack(retry)
    return raised.value.code(), info.reason, retry.retry_delay.ToMilliseconds() / 1000


async def until(what: Any) -> None:
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_idle_stream_has_a_place_but_no_turn() -> None:
    async with served(working=1, waiting=0) as test:
        stream = test.stream()
        await until(lambda: test.admission.streams_open == 1)
        assert test.admission.working == 0
        test.let_go.set()
        assert (await test.request()).value == "answer"
        test.words.put_nowait("news")
        assert (await stream.read()).value == "news"
        stream.cancel()
        await until(lambda: test.admission.streams_open == 0)


async def test_what_a_stream_does_waits_for_its_turn() -> None:
    async with served(working=1) as test:
        stream, request = test.stream(), test.request()
        await until(lambda: test.admission.working == 1)
        test.words.put_nowait("news")
        reading = asyncio.create_task(stream.read())
        await until(lambda: test.admission.waiting == 1)
        await asyncio.sleep(0.05)
        assert not reading.done()
        test.let_go.set()
        assert (await reading).value == "news"
        assert (await request).value == "answer"


async def test_more_streams_than_there_are_places_for_are_told_to_come_again() -> None:
    async with served(streams=1) as test:
        first = test.stream()
        await until(lambda: test.admission.streams_open == 1)
        assert await refused(test.stream()) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 0.1)
        first.cancel()


async def test_at_the_end_what_is_under_way_is_finished_and_streams_are_told_to_come_again() -> None:
    async with served() as test:
        stream, request = test.stream(), test.request()
        await until(lambda: test.admission.working == 1 and test.admission.streams_open == 1)
        test.admission.end()
        code, reason, after_s = await refused(test.request())
        assert (code, reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")
        assert after_s < 0.1, "another replica may be asked at once"
        finished = asyncio.create_task(test.admission.finished())
        await asyncio.sleep(0.05)
        assert not finished.done()
        test.let_go.set()
        assert (await request).value == "answer"
        await finished
        test.admission.end_streams()
        assert (await refused(stream))[:2] == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")


async def test_what_a_stream_is_to_do_after_the_end_is_refused() -> None:
    async with served() as test:
        stream = test.stream()
        await until(lambda: test.admission.streams_open == 1)
        test.admission.end()
        test.words.put_nowait("too late")
        assert (await refused(stream))[:2] == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")


async def test_beyond_its_quota_a_caller_is_told_when_to_come_again() -> None:
    async with served(quotas=Quotas(per_s=2, burst=2)) as test:
        test.let_go.set()
        for _ in range(2):
            await test.request()
        code, reason, after_s = await refused(test.request())
        assert (code, reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED")
        assert 0.2 < after_s <= 0.5
        await asyncio.sleep(after_s)
        assert (await test.request()).value == "answer"
