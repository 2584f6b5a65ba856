"""Reading a stream of events ends with its handler, also when more was read than anybody will take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sixhop._gen.sixhop.v1 import graph_pb2
from sixhop.rpc.graph import Waiting, _batches, _read

MESSAGE = graph_pb2.StreamEventsRequest()


async def messages(count: int, *, breaks: bool = False) -> AsyncIterator[graph_pb2.StreamEventsRequest]:
    for _ in range(count):
        yield MESSAGE
    if breaks:
        raise ValueError("the stream broke")


async def test_a_reader_that_nobody_listens_to_any_more_can_be_ended() -> None:
    waiting: Waiting = asyncio.Queue(2)
    reading = asyncio.create_task(_read(messages(10), waiting))
    await asyncio.sleep(0)
    assert waiting.full()
    reading.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_what_was_read_before_a_stream_broke_is_taken_first() -> None:
    waiting: Waiting = asyncio.Queue(8)
    reading = asyncio.create_task(_read(messages(3, breaks=True), waiting))
    taken = [len(some) async for some in _batches(waiting)]
    assert sum(taken) == 3
    with pytest.raises(ValueError, match="broke"):
        await reading
