"""Reading a stream of events ends with its handler, also when more was read than anybody will take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sixhop._gen.sixhop.v1 import graph_pb2
from sixhop.rpc.graph import MOST_AHEAD, MOST_MESSAGES, Waiting, _batches, _read

MESSAGE = graph_pb2.StreamEventsRequest()


async def messages(count: int, *, breaks: bool = False) -> AsyncIterator[graph_pb2.StreamEventsRequest]:
    for _ in range(count):
        yield MESSAGE
    if breaks:
        raise ValueError("the stream broke")


async def test_a_reader_that_nobody_listens_to_any_more_can_be_ended() -> None:
    waiting = Waiting()
    reading = asyncio.create_task(_read(messages(2 * MOST_MESSAGES), waiting))
    await asyncio.sleep(0.01)
    assert not reading.done()
    reading.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_what_was_read_before_a_stream_broke_is_taken_first() -> None:
    waiting = Waiting()
    reading = asyncio.create_task(_read(messages(3, breaks=True), waiting))
    taken = [len(some) async for some in _batches(waiting)]
    assert sum(taken) == 3
    with pytest.raises(ValueError, match="broke"):
        await reading


async def test_what_is_read_ahead_is_bounded_by_its_events() -> None:
    many = graph_pb2.StreamEventsRequest(events=[{} for _ in range(MOST_AHEAD // 2)])
    waiting = Waiting()

    async def requests() -> AsyncIterator[graph_pb2.StreamEventsRequest]:
        for _ in range(5):
            yield many

    reading = asyncio.create_task(_read(requests(), waiting))
    await asyncio.sleep(0.2)
    there = 0
    for _ in range(5):
        try:
            there += waiting.get_nowait() is not None
        except asyncio.QueueEmpty:
            break
    assert there == 2
    async with asyncio.timeout(5):
        assert sum([len(some) async for some in _batches(waiting)]) == 3
    await reading
