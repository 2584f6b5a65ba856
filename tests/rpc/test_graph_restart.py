"""Neo4j goes away and comes back under a service that is asked all the time: it says so, and recovers by itself."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from own_neo4j import OwnNeo4j, own_neo4j
from relay import relay_to
from rpc_world import small_world
from serving_process import environment, eventually, running

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.graph.absence import IN_USE_S
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.executor import Graph

CALLERS = 2
PATIENT_S = 1.0
"""A patient caller's deadline."""
RECOVERED_WITHIN_S = 2.0
AWAY_S = 3.0
BUSY = 1.25
"""Processors a server that was just started keeps busy: one with what it is asked, more with compiling its code."""
HELLO = b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x05" + bytes(12)
"""What a Bolt client says first: https://neo4j.com/docs/bolt/current/bolt/handshake/."""


@dataclass(frozen=True)
class Seen:
    """What one call came to. `says_when`: it carried a time to come again."""

    at: float
    ended: float
    code: grpc.StatusCode
    says_when: bool


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, neo4j_jars: Path) -> Iterator[OwnNeo4j]:
    with own_neo4j(tmp_path_factory.mktemp("restarts"), neo4j_jars) as own:
        yield own


@contextmanager
def asked_all_the_time(address: str, timeout_s: float) -> Iterator[list[Seen]]:
    """Callers that ask without end until the end of the block, and do not try again by themselves."""
    seen: list[Seen] = []
    over = threading.Event()

    def ask() -> None:
        with grpc.insecure_channel(address, options=(("grpc.enable_retries", 0),)) as channel:
            stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
            request = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o")
            while not over.is_set():
                at, code, says_when = time.monotonic(), grpc.StatusCode.OK, False
                try:
                    stub.RecommendTargets(request, timeout=timeout_s)
                except grpc.RpcError as error:
                    code, says_when = error.code(), tells_when(error)
                seen.append(Seen(at, time.monotonic(), code, says_when))
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


def tells_when(error: grpc.RpcError) -> bool:
    status = rpc_status.from_call(error)
    return status is not None and any(each.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for each in status.details)


def accepts_connections(uri: str) -> bool:
    """Whether a Bolt server shakes hands there."""
    at = urlsplit(uri)
    with suppress(OSError), socket.create_connection((at.hostname, at.port), timeout=0.5) as probe:
        probe.sendall(HELLO)
        return len(probe.recv(4)) == 4
    return False


def processor_s(pid: int) -> float:
    """Seconds of processors a process used so far; 0 where the system does not say."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def ready(address: str, service: str = "") -> bool:
    with grpc.insecure_channel(address) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service), timeout=5)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def own_world(own: OwnNeo4j) -> str:
    """A realm of its own with a small world. Returns its name."""
    realm = f"test-{uuid.uuid4().hex[:12]}"
    with Graph(own.at, Catalog(find_cypher_dir()), realm) as graph:
        small_world().write(graph)
    return realm


def answered(seen: list[Seen]) -> list[Seen]:
    return [each for each in seen if each.code is grpc.StatusCode.OK]


def all_say_when_to_come_again(meanwhile: list[Seen]) -> bool:
    """Whether callers were refused as they should be while the graph is away."""
    return (
        len(meanwhile) > 10
        and {each.code for each in meanwhile} == {grpc.StatusCode.UNAVAILABLE}
        and all(each.says_when for each in meanwhile)
    )


def test_out_of_reach_and_back_it_is_answered_from_within_two_seconds(own: OwnNeo4j, tmp_path: Path) -> None:
    realm = own_world(own)
    with relay_to(urlsplit(own.server.uri).port or 0) as relay:
        at = replace(own.at, uri=f"bolt://127.0.0.1:{relay.port}")
        with (
            running(environment(at, realm, tmp_path, warm_up_s="10")) as service,
            asked_all_the_time(service.address, PATIENT_S) as seen,
        ):
            eventually(lambda: len(answered(seen[-20:])) > 10, 60)
            cut = time.monotonic()
            relay.cut()
            eventually(lambda: not ready(service.address), within_s=10)
            time.sleep(AWAY_S)
            back = time.monotonic()
            relay.mend()
            eventually(lambda: any(each.at > back for each in answered(seen)), 60)
            eventually(lambda: ready(service.address), within_s=60)
    recovered = min(each.ended for each in answered(seen) if each.at > cut + AWAY_S / 2)
    assert all_say_when_to_come_again([each for each in seen if cut + AWAY_S / 2 < each.at and each.ended < back])
    assert recovered - back < RECOVERED_WITHIN_S


@pytest.mark.verify  # how fast it recovers says something on idle cores only
def test_killed_and_started_again_it_is_waited_for_no_longer_than_its_first_queries_take_it(
    own: OwnNeo4j, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    realm = own_world(own)
    with (
        running(environment(own.at, realm, tmp_path, warm_up_s="10")) as service,
        asked_all_the_time(service.address, PATIENT_S) as seen,
    ):
        eventually(lambda: len(answered(seen[-20:])) > 10, 60)
        time.sleep(IN_USE_S)  # what only the warm-up asked is no longer in use
        uri = own.server.uri
        killed = time.monotonic()
        own.kill()
        eventually(lambda: not ready(service.address), within_s=10)
        assert ready(service.address, "liveness"), "a new process would not help"
        starting = threading.Thread(target=own.start)
        starting.start()
        while not accepts_connections(uri):
            time.sleep(0.01)
        accepting, used = time.monotonic(), processor_s(own.server.pid)
        eventually(lambda: any(each.at > accepting for each in answered(seen)), 60)
        took_s, busy_s = time.monotonic() - accepting, processor_s(own.server.pid) - used
        eventually(lambda: ready(service.address), within_s=60)
        ready_s = time.monotonic() - accepting
        starting.join()
        time.sleep(2)
    recovered = min(each.ended for each in answered(seen) if each.at > killed)
    failed = [each for each in seen if each.code is not grpc.StatusCode.OK and each.at > killed]
    after = [each for each in seen if each.at > recovered]
    told = f"{took_s:.2f} s from accepting connections to an answer, in which Neo4j used {busy_s:.2f} s of processors; "
    told += f"{ready_s:.2f} s to ready, then {len(answered(after))} of {len(after)} answered"
    record_property("recovered", told)
    print(told)
    assert all_say_when_to_come_again([each for each in failed if each.ended < accepting])
    assert {each.code for each in failed} == {grpc.StatusCode.UNAVAILABLE}
    assert busy_s > BUSY * took_s, "what is waited for is its own work"
