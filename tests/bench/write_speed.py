"""How many events a second the stream takes for good, with reads going on.

    SIXHOP_HOME=DIR SIXHOP_REALM=bench python tests/bench/write_speed.py --address 127.0.0.1:50051 --seconds 20

Asks a service that runs, over a graph that `sixhop bench` made or one like it. Three runs: reads alone, writes alone,
both. Prints one JSON object: events and reads a second, how long until a message was acknowledged, how long reads took.
What was written stays in the graph.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import numpy as np

from sixhop import bootstrap
from sixhop._gen.sixhop.v1 import event_pb2, graph_pb2, graph_pb2_grpc, recommendation_pb2, recommendation_pb2_grpc
from sixhop.graph.executor import Graph
from sixhop.settings import load_settings

EVENTS_A_MESSAGE = 50
UNACKNOWLEDGED = 32
"""Messages under way: what a caller keeps to tell again."""
CONTACTS_SHARE = 0.8
READ_WITHIN_S = 0.5


@dataclass
class Seen:
    """What one run came to."""

    events: int = 0
    rejected: int = 0
    acknowledged_s: list[float] = field(default_factory=list)
    reads_s: list[float] = field(default_factory=list)
    reads_failed: int = 0

    def summary(self, seconds: float) -> dict[str, Any]:
        return {
            "events_per_second": round(self.events / seconds),
            "rejected": self.rejected,
            "acknowledged_ms": quantiles(self.acknowledged_s),
            "reads_per_second": round(len(self.reads_s) / seconds, 1),
            "reads_failed": self.reads_failed,
            "reads_ms": quantiles(self.reads_s),
        }


def quantiles(times_s: list[float]) -> dict[str, float]:
    if not times_s:
        return {}
    return {f"p{q}": round(float(np.percentile(times_s, q)) * 1000, 1) for q in (50, 95, 99)}


class Teller:
    """Makes up events among members: mostly contacts, half of them over ties there are; experiences; contexts."""

    def __init__(self, pairs: list[tuple[str, str]], offering_id: str, seed: int) -> None:
        self._pairs = pairs
        self._members = sorted({member for pair in pairs for member in pair})
        self._offering_id = offering_id
        self._dice = random.Random(seed)

    def message(self) -> graph_pb2.StreamEventsRequest:
        return graph_pb2.StreamEventsRequest(events=[self._event() for _ in range(EVENTS_A_MESSAGE)])

    def _event(self) -> event_pb2.Event:
        dice = self._dice
        event = event_pb2.Event(event_id=uuid.UUID(int=dice.getrandbits(128)).hex)
        event.at.seconds = int(time.time()) - dice.randrange(60)
        drawn = dice.random()
        if drawn < CONTACTS_SHARE:
            u, v = dice.choice(self._pairs) if drawn < CONTACTS_SHARE / 2 else dice.sample(self._members, 2)
            event.interaction.from_id, event.interaction.to_id, event.interaction.channel = u, v, "chat"
        elif drawn < 0.9:
            told = event.experience
            told.member_id, told.offering_id = dice.choice(self._members), self._offering_id
            told.kind = event_pb2.EXPERIENCE_KIND_USE
        else:
            told_where = event.context
            told_where.member_id, told_where.place = dice.choice(self._members), dice.choice(["Oslo", "Rome"])
        return event


async def write(channel: grpc.aio.Channel, teller: Teller, seen: Seen, until: float) -> None:
    sent: deque[tuple[float, int]] = deque()
    room = asyncio.Semaphore(UNACKNOWLEDGED)

    async def messages() -> AsyncIterator[graph_pb2.StreamEventsRequest]:
        while time.perf_counter() < until:
            await room.acquire()
            message = teller.message()
            sent.append((time.perf_counter(), len(message.events)))
            yield message

    async for answer in graph_pb2_grpc.GraphServiceStub(channel).StreamEvents(messages()):
        sent_at, _ = sent.popleft()
        room.release()
        seen.acknowledged_s.append(time.perf_counter() - sent_at)
        seen.events += answer.applied
        seen.rejected += len(answer.rejected)


async def read(
    channel: grpc.aio.Channel, senders: list[str], offering_id: str, seen: Seen, *, rate: float, until: float
) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)
    dice = random.Random(1)
    due = time.perf_counter()
    asked: set[asyncio.Task[None]] = set()

    async def one() -> None:
        request = recommendation_pb2.RecommendTargetsRequest(sender_id=dice.choice(senders), offering_id=offering_id)
        begun = time.perf_counter()
        try:
            await stub.RecommendTargets(request, timeout=READ_WITHIN_S)
            seen.reads_s.append(time.perf_counter() - begun)
        except grpc.aio.AioRpcError:
            seen.reads_failed += 1

    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(one())
        asked.add(task)
        task.add_done_callback(asked.discard)
        due += dice.expovariate(rate)
    await asyncio.gather(*asked)


def draw(graph: Graph) -> tuple[list[tuple[str, str]], list[str], str]:
    """Some ties, some members with a good experience of one offering, and that offering."""
    found = graph.driver.execute_query(
        "MATCH (m:Member {realm: $realm}) WHERE m.member_id >= 'm2' WITH m LIMIT 20000 MATCH (m)-[:CLOSE_TO]->(v) "
        "RETURN m.member_id AS u, v.member_id AS v LIMIT 100000",
        realm=graph.realm,
    ).records
    pairs = [(row["u"], row["v"]) for row in found]
    [best] = graph.driver.execute_query(
        "MATCH (o:Offering {realm: $realm})<-[x:EXPERIENCED]-(m:Member) WHERE coalesce(x.sentiment, 0) >= 0 "
        "WITH o, collect(m.member_id)[..500] AS senders, count(*) AS fans WHERE fans < 1000 "
        "RETURN o.offering_id AS offering_id, senders ORDER BY fans DESC LIMIT 1",
        realm=graph.realm,
    ).records
    return pairs, best["senders"], best["offering_id"]


async def measure(address: str, seconds: float, rate: float) -> dict[str, Any]:
    settings = load_settings()
    with Graph(bootstrap.graph_location(settings), bootstrap.open_catalog(settings), settings.realm) as graph:
        pairs, senders, offering_id = await asyncio.to_thread(draw, graph)
    summary: dict[str, Any] = {}
    async with grpc.aio.insecure_channel(address) as to_write, grpc.aio.insecure_channel(address) as to_read:
        warm = Seen()
        await write(to_write, Teller(pairs, offering_id, 0), warm, time.perf_counter() + seconds / 4)
        for number, (name, writes, reads) in enumerate(
            (("reads", False, True), ("writes", True, False), ("both", True, True)), 1
        ):
            seen, begun = Seen(), time.perf_counter()
            until = begun + seconds
            work = []
            if writes:
                work.append(write(to_write, Teller(pairs, offering_id, number), seen, until))
            if reads:
                work.append(read(to_read, senders, offering_id, seen, rate=rate, until=until))
            await asyncio.gather(*work)
            summary[name] = seen.summary(time.perf_counter() - begun)
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1:50051", help="where the service answers")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the three runs")
    parser.add_argument("--reads", type=float, default=5.0, help="recommendations asked for each second")
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measure(arguments.address, arguments.seconds, arguments.reads)), indent=2))


if __name__ == "__main__":
    main()
