"""While Neo4j stands still, or one query never ends, callers get an answer in time, soon at once; then all is well."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from own_neo4j import OwnNeo4j, own_neo4j
from rpc_world import small_world
from serving_process import Service, environment, eventually, running

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.executor import Graph

DEADLINE_S = 0.8
LATE_S = 0.1
"""For the way to and from the service, and the scheduling of a busy machine."""
CALLERS = 4
STALL_S = 6.0


@dataclass(frozen=True)
class Seen:
    """What one call came to."""

    at: float
    took_s: float
    code: grpc.StatusCode


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, neo4j_jars: Path) -> Iterator[OwnNeo4j]:
    with own_neo4j(tmp_path_factory.mktemp("stalls"), neo4j_jars) as own:
        yield own


@pytest.fixture(scope="module")
def shaky(own: OwnNeo4j, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    realm = f"test-{uuid.uuid4().hex[:12]}"
    with Graph(own.at, Catalog(find_cypher_dir()), realm) as graph:
        small_world().write(graph)
    # a turn for everybody: it is about the graph here, not about the queue
    with running(environment(own.at, realm, tmp_path_factory.mktemp("home"), grpc_max_working=str(CALLERS))) as service:
        yield service


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def answered(seen: list[Seen]) -> list[Seen]:
    return [each for each in seen if each.code is grpc.StatusCode.OK]


@contextmanager
def under_load(address: str) -> Iterator[list[Seen]]:
    """Callers that ask without end until the end of the block, each one call at a time."""
    seen: list[Seen] = []
    over = threading.Event()

    def ask() -> None:
        with grpc.insecure_channel(address) as channel:
            stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
            request = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o")
            while not over.is_set():
                started = time.monotonic()
                try:
                    stub.RecommendTargets(request, timeout=DEADLINE_S)
                    code = grpc.StatusCode.OK
                except grpc.RpcError as error:
                    code = error.code()
                seen.append(Seen(started, time.monotonic() - started, code))
                time.sleep(0.02)

    callers = [threading.Thread(target=ask) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield seen
    finally:
        over.set()
        for caller in callers:
            caller.join()


def test_a_suspended_graph_is_unavailable_in_time_then_at_once_and_all_is_well_when_it_goes_on(
    own: OwnNeo4j, shaky: Service
) -> None:
    with under_load(shaky.address) as seen:
        eventually(lambda: len(answered(seen[-5 * CALLERS :])) > 4 * CALLERS, within_s=60)
        with suspended(own.server.pid):
            stopped = time.monotonic()
            time.sleep(STALL_S)
            resumed = time.monotonic()
        eventually(lambda: len(answered([each for each in seen if each.at > resumed])) > 4 * CALLERS, within_s=30)
    during = [each for each in seen if stopped < each.at < resumed - DEADLINE_S]
    assert len(during) > 2 * CALLERS
    assert {each.code for each in during} == {grpc.StatusCode.UNAVAILABLE}, "it says so itself, before the deadline"
    assert sorted(each.took_s for each in during)[int(len(during) * 0.99)] < DEADLINE_S + LATE_S
    later = sorted(each.took_s for each in during if each.at > stopped + STALL_S / 2)
    assert later[len(later) // 2] < DEADLINE_S / 4, "once it is known to stand still, nobody waits for it"


def test_one_query_that_never_ends_is_left_out_and_soon_not_asked(service: Service) -> None:
    with grpc.insecure_channel(service.address) as channel:
        stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
        request = recommendation_pb2.RecommendTargetsRequest(
            sender_id="s", offering_id="o", surface="with_stalls", explain=True
        )
        first = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="walk_only")
        eventually(lambda: not stub.RecommendTargets(first, timeout=5).completeness.missing[1:], within_s=30)
        took: list[float] = []
        for _ in range(12):
            answer = stub.RecommendTargets(request, timeout=2.0)
            assert "sources/stalls" in answer.completeness.missing
            assert answer.recommendations
            took += [stage.elapsed_ms for stage in answer.info.stages if stage.name == "sources/stalls"]
    assert max(took) > 100, "it was waited for at first"
    assert min(took) < 20, "it is not asked while its breaker is open"
