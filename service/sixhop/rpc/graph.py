"""GraphService: translates events that are told, and says what became of them, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import grpc

from sixhop._gen.sixhop.v1 import errors_pb2, graph_pb2, graph_pb2_grpc
from sixhop.deadlines import ERASE_WITHIN_S, LIST_VOICES_WITHIN_S, RECORD_WITHIN_S, STREAM_WITHIN_S
from sixhop.events import MOST_EVENTS, Event, Recorded, Rejected
from sixhop.pipeline.attempt import required
from sixhop.rpc.asked import given, time_left_s
from sixhop.rpc.context import CALLER, REQUEST_ID
from sixhop.rpc.interceptors.admission import turn_of_stream
from sixhop.rpc.told import read_events
from sixhop.rpc.voices import cursor_of, heard_message, place_of, voice_message, words
from sixhop.served import Served
from sixhop.tasks import end

MOST_MESSAGES = 32
MOST_AHEAD = 2 * MOST_EVENTS
"""What of one stream is read and not yet written; by what is not read its sender is held up."""
SUGGESTIONS = 3
LISTED = 100


class _Message(NamedTuple):
    """A message of a stream: how many events it has, the sound ones and the others, each with its place."""

    size: int
    sound: list[tuple[int, Event]]
    rejected: list[Rejected]


class Waiting:
    """Messages that were read, in order, up to `MOST_MESSAGES` and about `MOST_AHEAD` events; None at the end."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[_Message | None] = asyncio.Queue(MOST_MESSAGES)
        self._events = 0
        self._room = asyncio.Event()
        self._room.set()

    async def put(self, message: _Message | None) -> None:
        await self._room.wait()
        await self._messages.put(message)
        self._count(message, 1)

    async def get(self) -> _Message | None:
        message = await self._messages.get()
        self._count(message, -1)
        return message

    def get_nowait(self) -> _Message | None:
        """Raises `asyncio.QueueEmpty` where there is none."""
        message = self._messages.get_nowait()
        self._count(message, -1)
        return message

    def _count(self, message: _Message | None, sign: int) -> None:
        self._events += sign * (message.size if message else 0)
        if self._events < MOST_AHEAD:
            self._room.set()
        else:
            self._room.clear()


class GraphService(graph_pb2_grpc.GraphServiceServicer):
    """Writes to the realm that the caller's identity gave."""

    def __init__(self, realms: Mapping[str, Served]) -> None:
        self._realms = realms

    async def RecordEvents(  # noqa: N802
        self, request: graph_pb2.RecordEventsRequest, context: grpc.aio.ServicerContext
    ) -> graph_pb2.RecordEventsResponse:
        events, rejected = read_events(request.events)
        recorded = await self._realms[CALLER.get().realm].events.record(
            events,
            rejected=rejected,
            atomic=request.atomic,
            timeout_s=time_left_s(context, RECORD_WITHIN_S),
        )
        return graph_pb2.RecordEventsResponse(
            applied=recorded.applied,
            duplicates=recorded.duplicates,
            rejected=_rejected(recorded.rejected),
            freshness_token=recorded.freshness_token,
            request_id=REQUEST_ID.get(),
        )

    async def StreamEvents(  # noqa: N802
        self, requests: AsyncIterator[graph_pb2.StreamEventsRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[graph_pb2.StreamEventsResponse]:
        recorder = self._realms[CALLER.get().realm].events
        waiting = Waiting()
        reading = asyncio.create_task(_read(requests, waiting))
        acknowledged = 0
        try:
            async for some in _batches(waiting):
                batch, ends = _joined(some)
                async with turn_of_stream():
                    done = await recorder.record(
                        batch.sound, rejected=batch.rejected, atomic=False, timeout_s=STREAM_WITHIN_S
                    )
                for start, stop in pairwise(ends):
                    acknowledged += 1
                    yield _acknowledgement(acknowledged, done, range(start, stop))
            await reading
        finally:
            await end(reading)

    async def WatchVoices(  # noqa: N802
        self, request: graph_pb2.WatchVoicesRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[graph_pb2.WatchVoicesResponse]:
        voices = self._realms[CALLER.get().realm].voices
        if request.HasField("cursor"):
            after = place_of(request.cursor)
        else:
            after = await voices.reader.last(timeout_s=LIST_VOICES_WITHIN_S)
            yield graph_pb2.WatchVoicesResponse(cursor=cursor_of(after))
        watching = voices.watch(
            REQUEST_ID.get(),
            after=after,
            kinds=words(request.kinds),
            suggestions=request.max_suggestions if request.HasField("max_suggestions") else SUGGESTIONS,
            turn=turn_of_stream,
        )
        async with aclosing(watching):
            async for heard in watching:
                yield heard_message(heard)

    async def ListVoices(  # noqa: N802
        self, request: graph_pb2.ListVoicesRequest, context: grpc.aio.ServicerContext
    ) -> graph_pb2.ListVoicesResponse:
        found, more_after = await required(
            lambda statement_s: self._realms[CALLER.get().realm].voices.page(
                place_of(request.cursor) if request.HasField("cursor") else 0,
                kinds=words(request.kinds),
                unanswered=request.unanswered,
                limit=request.limit if request.HasField("limit") else LISTED,
                freshness_token=given(request, "freshness_token"),
                timeout_s=statement_s,
            ),
            name="reading voices",
            timeout_s=time_left_s(context, LIST_VOICES_WITHIN_S),
        )
        return graph_pb2.ListVoicesResponse(
            voices=[voice_message(voice) for voice in found],
            cursor=None if more_after is None else cursor_of(more_after),
            request_id=REQUEST_ID.get(),
        )

    async def EraseMember(  # noqa: N802
        self, request: graph_pb2.EraseMemberRequest, context: grpc.aio.ServicerContext
    ) -> graph_pb2.EraseMemberResponse:
        caller = CALLER.get()
        erased = await self._realms[caller.realm].members.erase(
            request.member_id,
            enterprise_id=caller.enterprise_id,
            timeout_s=time_left_s(context, ERASE_WITHIN_S),
        )
        return graph_pb2.EraseMemberResponse(
            finished=erased.finished, freshness_token=erased.freshness_token, request_id=REQUEST_ID.get()
        )

    async def ExportMember(  # noqa: N802
        self, request: graph_pb2.ExportMemberRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[graph_pb2.ExportMemberResponse]:
        del context
        caller = CALLER.get()
        parts = self._realms[caller.realm].members.export(
            request.member_id, enterprise_id=caller.enterprise_id, freshness_token=given(request, "freshness_token")
        )
        async with aclosing(parts):
            while True:
                async with turn_of_stream():
                    part = await anext(parts, None)
                if part is None:
                    return
                yield graph_pb2.ExportMemberResponse(json=part)


async def _read(requests: AsyncIterator[graph_pb2.StreamEventsRequest], waiting: Waiting) -> None:
    """Put the messages, and that there are no more; not where the reading is cancelled: nobody takes any more then.

    They are read while what came before them is being written.
    """
    try:
        async for request in requests:
            await waiting.put(_Message(len(request.events), *read_events(request.events)))
    except Exception:
        await waiting.put(None)
        raise
    await waiting.put(None)


async def _batches(waiting: Waiting) -> AsyncIterator[list[_Message]]:
    """The next message, with as many more that are there already as make one write; until the end."""
    ended, kept_back = False, list[_Message]()
    while not ended:
        some, kept_back = kept_back, []
        if not some:
            first = await waiting.get()
            if first is None:
                return
            some = [first]
        events = some[0].size
        while not kept_back and not ended:
            try:
                message = waiting.get_nowait()
            except asyncio.QueueEmpty:
                break
            if message is None:
                ended = True
            elif events + message.size > MOST_EVENTS:
                kept_back = [message]
            else:
                some.append(message)
                events += message.size
        yield some


def _joined(messages: Iterable[_Message]) -> tuple[_Message, list[int]]:
    """Several messages as one, and where in it they end, from 0 on."""
    joined, ends = _Message(0, [], []), [0]
    for message in messages:
        start = ends[-1]
        joined.sound.extend((start + i, event) for i, event in message.sound)
        joined.rejected.extend(replace(each, index=start + each.index) for each in message.rejected)
        ends.append(start + message.size)
    return joined._replace(size=ends[-1]), ends


def _acknowledgement(number: int, done: Recorded, places: range) -> graph_pb2.StreamEventsResponse:
    duplicates = [index - places.start for index in done.duplicates if index in places]
    rejected = [each for each in done.rejected if each.index in places]
    return graph_pb2.StreamEventsResponse(
        acknowledged=number,
        applied=len(places) - len(duplicates) - len(rejected),
        duplicates=duplicates,
        rejected=_rejected(rejected, places.start),
        freshness_token=done.freshness_token,
    )


def _rejected(rejected: Iterable[Rejected], start: int = 0) -> list[graph_pb2.RejectedEvent]:
    return [
        graph_pb2.RejectedEvent(
            index=each.index - start,
            event_id=each.event_id,
            reason=errors_pb2.ErrorReason.Value(f"ERROR_REASON_{each.reason.value}"),
            violations=[
                graph_pb2.EventViolation(field=field, description=problem) for field, problem in each.violations
            ],
        )
        for each in rejected
    ]
