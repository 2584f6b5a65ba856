"""What a caller may do to a real service: how often, how long, how large; and what happens when it gives up a call."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from serving_process import Service, environment, eventually, running

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.client import AsyncClient, Client
from sixhop.errors import Reason, Unavailable
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.rpc.limits import MOST_METADATA_BYTES, MOST_REQUEST_BYTES

RUNNING = (Path(__file__).parent / "running_queries.cypher").read_text(encoding="utf-8")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, PING, GOAWAY = 4, 6, 7
NO_ERROR, ENHANCE_YOUR_CALM = 0, 11


def frame(kind: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, 0]) + (0).to_bytes(4, "big") + payload


class RawConnection:
    """A connection that speaks just enough HTTP/2 to be sent away (RFC 9113)."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), timeout=20)
        self._socket.sendall(PREFACE + frame(SETTINGS))

    def close(self) -> None:
        self._socket.close()

    def ping(self) -> None:
        self._socket.sendall(frame(PING, b"12345678"))

    def sent_away(self) -> tuple[int, str]:
        """The error code and the words of the first GOAWAY."""
        while True:
            head = self._read(9)
            payload = self._read(int.from_bytes(head[:3], "big"))
            if head[3] == GOAWAY:
                return struct.unpack(">I", payload[4:8])[0], payload[8:].decode()

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            got = self._socket.recv(size - len(data))
            assert got, "the connection was closed without a word"
            data += got
        return data


def running_queries(graph: Graph, query: str) -> int:
    with graph.driver.session(database=graph.at.database) as session:
        record = session.run(RUNNING, name=query).single()
        return int(record["running"]) if record else 0


def test_a_call_that_is_given_up_stops_its_query_in_the_graph(service: Service, world_graph: Graph) -> None:
    with grpc.insecure_channel(service.address) as channel:
        stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
        slow = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="only_stalls")
        call = stub.RecommendTargets.future(slow, timeout=9)
        eventually(lambda: running_queries(world_graph, "sources/stalls") == 1, within_s=3)
        call.cancel()
        given_up = time.monotonic()
        eventually(lambda: running_queries(world_graph, "sources/stalls") == 0, within_s=3)
        assert time.monotonic() - given_up < 3, "long before its own limit"


async def test_so_does_a_task_of_an_asynchronous_client(service: Service, world_graph: Graph) -> None:
    async with AsyncClient(service.address, timeout_s=9) as client:
        asking = asyncio.create_task(client.recommend_targets(sender_id="s", offering_id="o", surface="only_stalls"))
        await asyncio.to_thread(eventually, lambda: running_queries(world_graph, "sources/stalls") == 1, 3)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.to_thread(eventually, lambda: running_queries(world_graph, "sources/stalls") == 0, 3)


def test_what_is_too_large_is_refused(channel: grpc.Channel) -> None:
    call = channel.unary_unary("/sixhop.v1.RecommendationService/FindChains")
    for request, metadata in (
        (b"\0" * (MOST_REQUEST_BYTES + 1), ()),
        (b"", (("x-long", "x" * MOST_METADATA_BYTES * 2),)),
    ):
        with pytest.raises(grpc.RpcError) as raised:
            call(request, timeout=5, metadata=metadata)
        assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_client_that_asks_for_signs_of_life_all_the_time_is_sent_away(service: Service) -> None:
    with closing(RawConnection(service.address)) as connection:
        for _ in range(5):
            connection.ping()
        assert connection.sent_away() == (ENHANCE_YOUR_CALM, "too_many_pings")


def test_old_connections_are_made_anew_and_no_call_is_lost(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path: Path
) -> None:
    env = environment(
        neo4j_location,
        world_graph.realm,
        tmp_path,
        cypher_dir=str(cypher_copy),
        grpc_connection_age_s="1",
        grpc_connection_grace_s="5",
    )
    with running(env) as service, Client(service.address, timeout_s=5) as client:
        with closing(RawConnection(service.address)) as connection:
            began = time.monotonic()
            assert connection.sent_away() == (NO_ERROR, "max_age")
            assert 0.8 < time.monotonic() - began < 3
        while time.monotonic() - began < 4:
            client.find_chains(from_id="s", to_id="c")
        slow = client.recommend_targets(sender_id="s", offering_id="o", surface="with_stalls")
        assert slow.info.request_id, "it took longer than its connection was to live"


def test_a_quota_is_each_callers_and_patient_clients_come_again_by_themselves(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    env = {**service_env, "SIXHOP_HOME": str(tmp_path), "SIXHOP_GRPC_QUOTA_PER_S": "2", "SIXHOP_GRPC_QUOTA_BURST": "2"}
    with running(env) as service:
        with Client(service.address, timeout_s=0.4) as hasty:
            for _ in range(2):
                hasty.find_chains(from_id="s", to_id="c")
            with pytest.raises(Unavailable) as raised:
                hasty.find_chains(from_id="s", to_id="c")
        assert raised.value.reason is Reason.QUOTA_EXCEEDED
        assert 0 < (raised.value.retry_after_s or 0) <= 0.5
        with Client(service.address, timeout_s=5) as patient:
            began = time.monotonic()
            for _ in range(3):
                patient.find_chains(from_id="s", to_id="c")
            assert time.monotonic() - began > 0.8, "two calls a second"
