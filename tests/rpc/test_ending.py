"""Told to stop, a service says so to all who listen, and does not wait for those who only wait themselves."""

from __future__ import annotations

import queue
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from serving_process import environment, running

from realms import forget_realm
from sixhop.client import Client
from sixhop.client.events import Event, InteractionEvent, event
from sixhop.errors import Reason, Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
GRACE_S = 30.0
NAMES = (
    "",
    "sixhop.v1.RecommendationService",
    "sixhop.v1.GraphService",
    "sixhop.v1.MemberService",
    "sixhop.v1.ModelService",
)


@pytest.fixture
def graph_of_its_own(neo4j_location: Location) -> Iterator[Graph]:
    with Graph(neo4j_location, Catalog(find_cypher_dir()), f"test-{uuid.uuid4().hex[:12]}") as graph:
        try:
            yield graph
        finally:
            forget_realm(graph)


def test_streams_and_watchers_are_told_and_keep_nobody_waiting(graph_of_its_own: Graph, tmp_path: Path) -> None:
    env = environment(
        graph_of_its_own.at, graph_of_its_own.realm, tmp_path, grpc_grace_s=str(GRACE_S), grpc_drain_s="2"
    )
    parcels: queue.Queue[list[Event]] = queue.Queue()
    with (
        running(env) as service,
        Client(service.address, timeout_s=5) as client,
        grpc.insecure_channel(service.address) as channel,
    ):
        health = health_pb2_grpc.HealthStub(channel)
        watched = {name: health.Watch(health_pb2.HealthCheckRequest(service=name)) for name in (*NAMES, "liveness")}
        assert {next(each).status for each in watched.values()} == {SERVING}
        acknowledged = client.stream_events(iter(parcels.get, None))
        talked = InteractionEvent(from_id="ann", to_id="bob")
        parcels.put([event(talked, event_id="e1", at=int(time.time()) - 60)])
        assert next(acknowledged).applied == 1

        told = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert {next(watched[name]).status for name in NAMES} == {NOT_SERVING}
        assert time.monotonic() - told < 1, "at once, while it still answers"
        assert health.Check(health_pb2.HealthCheckRequest(service="liveness"), timeout=2).status == SERVING
        assert client.get_degrees(member_id="ann", target_ids=["bob"]).degrees, "what comes meanwhile is answered"
        with pytest.raises(Unavailable) as raised:
            next(acknowledged)
        assert raised.value.reason is Reason.SERVICE_UNAVAILABLE
        assert service.process.wait(GRACE_S) == 0
        assert time.monotonic() - told < GRACE_S / 2, "it did not wait for streams and watchers that have nothing to do"
