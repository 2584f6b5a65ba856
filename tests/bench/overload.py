"""What becomes of callers when three times as many calls come as can be answered.

    python tests/bench/overload.py                       # a graph of 10,000 members, about three minutes
    python tests/bench/overload.py --graph 100k --home DIR --seconds 30

Real processes; calls arrive open-loop (a Poisson process), at half of what can be answered, at three times as much, and
at half again. Prints one JSON object: what can be answered, and for each run how many were answered and refused, the
99th percentile of both, and what checks of health were told meanwhile. `ratio` compares the 99th percentiles of what
was answered, within this one run.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from sixhop import bootstrap
from sixhop.graph.executor import Graph
from sixhop.settings import load_settings
from sixhop_bench import processes
from sixhop_bench.arrivals import PARTIAL, WHOLE, Run, in_turn, open_loop
from sixhop_bench.graphs import GRAPHS, REALM
from sixhop_bench.load import LoadedGraph, home_of, load
from sixhop_bench.model import ensure_model
from sixhop_bench.questions import TARGETS, Question, draw_questions, lacks_something
from sixhop_bench.world import read_world

HALF, TRIPLE = 0.5, 3.0
CONNECTIONS = 64
WITHIN_S = 1.0
"""Deadline of each call: a patient caller, so that answers are not cut to fit."""
REFUSED = "refused, with a time to come again"
HEALTH_EVERY_S = 0.1


@dataclass
class Told:
    """What checks of health were told, and how long they took."""

    statuses: Counter[str] = field(default_factory=Counter)
    taken_s: list[float] = field(default_factory=list)


class Callers:
    """Connections, and what they ask."""

    def __init__(self, address: str, question: Question) -> None:
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))
        self.channels = [grpc.aio.insecure_channel(address, options=options) for _ in range(CONNECTIONS)]
        self._methods = [question.method(channel) for channel in self.channels]
        self._requests = question.requests
        self._health = health_pb2_grpc.HealthStub(self.channels[0])

    async def ask(self, number: int, client: int) -> str:
        request = self._requests[number % len(self._requests)]
        try:
            response = await self._methods[client](request, timeout=WITHIN_S)
        except grpc.aio.AioRpcError as error:
            return REFUSED if says_when(error) else error.code().name
        return PARTIAL if lacks_something(response) else WHOLE

    async def watch_health(self, told: Told) -> None:
        while True:
            sent = time.perf_counter()
            answer = await self._health.Check(health_pb2.HealthCheckRequest(), timeout=5)
            told.taken_s.append(time.perf_counter() - sent)
            told.statuses[health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)] += 1
            await asyncio.sleep(HEALTH_EVERY_S)


def says_when(error: grpc.aio.AioRpcError) -> bool:
    if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
        return False
    status = rpc_status.from_call(error)
    return status is not None and any(detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for detail in status.details)


async def measure(address: str, question: Question, *, seconds: float, at_once: int) -> dict[str, Any]:
    callers = Callers(address, question)
    numbers = itertools.count()
    dice = np.random.default_rng(1)

    async def run(share: float) -> dict[str, Any]:
        told = Told()
        watching = asyncio.create_task(callers.watch_health(told))
        came = await open_loop(
            callers.ask, numbers, clients=CONNECTIONS, per_second=share * can, seconds=seconds, dice=dice
        )
        watching.cancel()
        return shown(came, told)

    await in_turn(callers.ask, numbers, clients=2, calls=1500, least_s=10, most_s=40)
    can = (await in_turn(callers.ask, numbers, clients=at_once, calls=1, least_s=seconds, most_s=seconds)).per_second
    before, most, after = await run(HALF), await run(TRIPLE), await run(HALF)
    for channel in callers.channels:
        await channel.close()
    calm_ms = (before["answered_p99_ms"] + after["answered_p99_ms"]) / 2
    ratio = round(most["answered_p99_ms"] / calm_ms, 2)
    return {"can_per_s": round(can, 1), "half": before, "triple": most, "half_again": after, "ratio": ratio}


def shown(run: Run, told: Told) -> dict[str, Any]:
    return {
        "offered_per_s": round(run.offered_per_s or 0, 1),
        "answered_per_s": round(run.per_second, 1),
        "answered_p50_ms": p_ms(run.answered_s, 50),
        "answered_p99_ms": p_ms(run.answered_s, 99),
        "refused_p99_ms": p_ms(run.unanswered_s, 99),
        "ends": dict(run.ends),
        "health": dict(told.statuses),
        "health_p99_ms": p_ms(told.taken_s, 99),
    }


def p_ms(taken_s: list[float], percent: float) -> float | None:
    return round(float(np.percentile(taken_s, percent)) * 1000, 1) if taken_s else None


def measure_graph(name: str, bench_home: Path, seconds: float) -> dict[str, Any]:
    """The graph loaded, its processes started, measured and stopped."""
    spec, settings = GRAPHS[name], load_settings()

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    with processes.stopping(home_of(spec, bench_home), say, keep=False):
        loaded: LoadedGraph = load(spec, bench_home, say)
        world = read_world(loaded.folder)
        [question] = [each for each in draw_questions(spec, world, count=2000, seed=1) if each.name == TARGETS]
        neo4j = processes.neo4j(loaded.home, say)
        with Graph(neo4j.at, bootstrap.open_catalog(settings), REALM) as graph:
            ensure_model(graph, loaded.home, world, seed=1, say=say)
        with processes.service(loaded.home, say, keep=False) as service:
            at_once = settings.grpc_max_working + settings.grpc_max_waiting
            return asyncio.run(measure(service.address, question, seconds=seconds, at_once=at_once))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", default="10k", choices=sorted(GRAPHS))
    parser.add_argument("--home", type=Path, default=Path(".sixhop/bench"), help="where graphs are kept")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each run")
    given = parser.parse_args()
    print(json.dumps(measure_graph(given.graph, given.home, given.seconds), indent=2))
