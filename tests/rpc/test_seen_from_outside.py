"""What an operator sees of a running service: metrics, logs, and what Neo4j knows of a request. Never a member's id."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client.parser import text_string_to_metric_families
from rpc_world import NOW, World, experience
from serving_process import Service, environment, eventually, running, sixhop

from realms import forget_realm
from sixhop._gen.sixhop.v1 import event_pb2, graph_pb2, member_pb2, recommendation_pb2
from sixhop.client import Client
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.settings import Settings

PREFIX = "/sixhop.v1.RecommendationService"
TARGETS, CHAINS = f"{PREFIX}/RecommendTargets", f"{PREFIX}/FindChains"
EVENTS = "/sixhop.v1.GraphService/RecordEvents"
TRACE = "0af7651916cd43dd8448eb211c80319c"
MARK = "qz7"
"""In every id of the world, and in nothing else."""
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def metrics_address(service: Service) -> str:
    [address] = re.findall(r"metrics on ([\w.:]+)", "\n".join(service.log))
    return str(address)


def metrics_of(service: Service) -> Series:
    with urllib.request.urlopen(f"http://{metrics_address(service)}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(series: Series, name: str, **labels: str) -> float:
    """The sum over all series that have these labels."""
    return sum(found for (each, has), found in series.items() if each == name and labels.items() <= dict(has).items())


@pytest.fixture(scope="module")
def marked(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose members, offerings, outreaches and communities all have the mark in their ids."""
    ids = {name: f"{MARK}-{name}" for name in ("s", "a", "b", "c", "shy", "o", "out", "jazz", "acme")}
    world = World(
        members={ids["shy"]: {"can_be_named": False}, ids["s"]: {}},
        ties={
            (ids["s"], ids["a"]): 0.5,
            (ids["a"], ids["b"]): 0.5,
            (ids["b"], ids["c"]): 0.5,
            (ids["a"], ids["shy"]): 0.5,
        },
        offerings={ids["o"]: {"kind": "artist"}},
        experiences=[experience(ids["s"], ids["o"])],
    )
    realm = f"{world_graph.realm}-marked"
    env = environment(
        neo4j_location,
        realm,
        tmp_path_factory.mktemp("marked"),
        cypher_dir=str(cypher_copy),
        metrics_address="127.0.0.1:0",
        log_format="json",
        log_level="DEBUG",
    )
    with Graph(neo4j_location, world_graph.catalog, realm) as graph:
        try:
            world.write(graph)
            with running(env) as service:
                yield service
        finally:
            forget_realm(graph)


def requests_of_all_kinds() -> list[tuple[str, Message]]:
    """Answered, refused, unknown, broken, late: each names members by ids that have the mark."""
    s, a, c, o = (f"{MARK}-{name}" for name in ("s", "a", "c", "o"))
    targets, pb = recommendation_pb2.RecommendTargetsRequest, recommendation_pb2
    told = event_pb2.Event(event_id=f"{MARK}-event", at=Timestamp(seconds=NOW))
    told.experience.CopyFrom(event_pb2.ExperienceEvent(member_id=s, offering_id=o, kind="EXPERIENCE_KIND_USE"))
    unsound = event_pb2.Event(event_id=f"{MARK}-unsound", block=event_pb2.BlockEvent(from_id=s, to_id=s))
    return [
        (TARGETS, targets(sender_id=s, offering_id=o, explain=True)),
        (TARGETS, targets(sender_id=s, offering_id=o, surface="with_breaks")),
        (TARGETS, targets(sender_id=s, offering_id=o, surface="with_stalls", candidate_ids=[c])),
        (TARGETS, targets(sender_id=s, offering_id=o, surface="only_breaks")),
        (TARGETS, targets(sender_id=s, offering_id=o, community_id=f"{MARK}-nowhere")),
        (TARGETS, targets(sender_id=s, offering_id=o, surface=f"{MARK}-surface")),
        (TARGETS, targets(sender_id=a, offering_id=o)),
        (TARGETS, targets(sender_id=f"{MARK}-nobody", offering_id=o)),
        (TARGETS, targets(sender_id=s, offering_id=f"{MARK}-nothing")),
        (TARGETS, targets(sender_id=f"{MARK}" * 100, offering_id=o, freshness_token=MARK)),
        (TARGETS, targets(sender_id=s, offering_id=o, freshness_token=MARK)),
        (f"{PREFIX}/RecommendReferrers", pb.RecommendReferrersRequest(target_id=c, offering_id=o)),
        (f"{PREFIX}/RecommendReferrers", pb.RecommendReferrersRequest(enterprise_id=f"{MARK}-e", offering_id=o)),
        (CHAINS, pb.FindChainsRequest(from_id=s, to_id=c, avoid_ids=[f"{MARK}-b"])),
        (CHAINS, pb.FindChainsRequest(from_id=s, to_id=f"{MARK}-nobody")),
        (f"{PREFIX}/NextHop", pb.NextHopRequest(outreach_id=f"{MARK}-out")),
        (EVENTS, graph_pb2.RecordEventsRequest(events=[told, unsound])),
        (EVENTS, graph_pb2.RecordEventsRequest(events=[told, unsound], atomic=True)),
        ("/sixhop.v1.MemberService/GetDegrees", member_pb2.GetDegreesRequest(member_id=s, target_ids=[c, a])),
        ("/sixhop.v1.MemberService/GetDegrees", member_pb2.GetDegreesRequest(member_id=f"{MARK}-z", target_ids=[c])),
    ]


def send(address: str, calls: list[tuple[str, Message]], timeout_s: float = 2.0) -> list[str]:
    """The code of each call."""
    codes = []
    with grpc.insecure_channel(address) as channel:
        for method, request in calls:
            call = channel.unary_unary(method)
            metadata = (("traceparent", f"00-{TRACE}-b7ad6b7169203331-01"), ("x-member", f"{MARK}-header"))
            try:
                call(request.SerializeToString(), timeout=timeout_s, metadata=metadata)
                codes.append("OK")
            except grpc.RpcError as error:
                codes.append(error.code().name)
    return codes


def test_no_id_is_in_the_log_or_the_metrics_whatever_is_asked(marked: Service) -> None:
    calls = requests_of_all_kinds()
    codes = send(marked.address, calls) + send(marked.address, calls[:1], timeout_s=0.022)
    assert {"OK", "NOT_FOUND", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "UNAVAILABLE"} <= set(codes)
    with grpc.insecure_channel(marked.address) as channel:
        for odd in (b"\xff" + MARK.encode(), f"{MARK}".encode() * 100_000):
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(TARGETS)(odd, timeout=2)
        with pytest.raises(grpc.RpcError):
            channel.unary_unary(f"{PREFIX}/{MARK}")(b"", timeout=2)
    eventually(lambda: len([line for line in marked.log if '"elapsed_ms"' in line]) >= len(calls) + 2)
    assert MARK not in "\n".join(marked.log)
    lines = [json.loads(line) for line in marked.log]
    ended = [line for line in lines if "code" in line]
    assert [line.get("trace_id") for line in ended[: len(calls)]] == [TRACE] * len(calls)
    assert all(line["request_id"] and line["method"].startswith("sixhop.v1.") for line in ended)
    assert {"SENDER_LACKS_EXPERIENCE", "MEMBER_NOT_FOUND", "NO_LIVE_SOURCE"} <= {line.get("reason") for line in ended}
    series = metrics_of(marked)
    assert MARK not in repr(series)
    assert value(series, "sixhop_events_total", outcome="applied") >= 1
    assert value(series, "sixhop_events_total", outcome="rejected") >= 1
    assert value(series, "sixhop_query_seconds_count", query="writes/events_links") >= 1


def test_calls_stages_queries_and_state_are_told(marked: Service) -> None:
    before = metrics_of(marked)
    assert send(marked.address, requests_of_all_kinds()[:2]) == ["OK", "OK"]
    after = metrics_of(marked)

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    method = TARGETS.removeprefix("/")
    assert more("sixhop_call_seconds_count", method=method, code="OK") == 2
    assert more("sixhop_call_seconds_bucket", method=method, le="+Inf") == 2
    for stage in ("gate", "sources", "filter", "hydrate", "select", "record"):
        assert more("sixhop_stage_seconds_count", stage=stage) > 0, stage
    assert more("sixhop_query_seconds_count", query="sources/six_degree_walk") >= 2
    assert more("sixhop_query_rows_total", query="sources/six_degree_walk") >= 2
    assert more("sixhop_query_failures_total", query="sources/breaks", reason="INTERNAL") >= 1
    assert more("sixhop_parts_missing_total", part="sources/breaks", why="failed") >= 1
    assert more("sixhop_parts_missing_total", part="score", why="no model") == 2
    assert value(after, "sixhop_serving") == 1
    assert value(after, "sixhop_requests_working") == value(after, "sixhop_requests_waiting") == 0
    assert ("sixhop_query_breaker_open", frozenset({("query", "sources/six_degree_walk")})) in after
    assert value(after, "sixhop_recorder_dropped_total") == 0
    assert value(after, "sixhop_audit_dropped_total") == 0
    assert value(after, "process_resident_memory_bytes") > 1e7
    assert ("sixhop_model_info", frozenset({("model", "")})) in after
    assert [dict(labels)["queries_digest"] for name, labels in after if name == "sixhop_build_info"] != [""]


def test_nothing_a_caller_sends_makes_a_new_series(marked: Service) -> None:
    send(marked.address, requests_of_all_kinds())
    before = set(metrics_of(marked))
    with grpc.insecure_channel(marked.address) as channel:
        for number in range(200):
            odd = f"odd-{number}"
            request = recommendation_pb2.RecommendTargetsRequest(sender_id=odd, offering_id=odd, surface=odd)
            metadata = (("x-request-id", odd), ("traceparent", odd), (odd, odd), ("user-agent", odd))
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(TARGETS)(request.SerializeToString(), timeout=2, metadata=metadata)
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(f"{PREFIX}/{odd}")(b"", timeout=2, metadata=metadata)
    assert {labels for _, labels in set(metrics_of(marked)) - before} == set()


def test_neo4j_knows_which_request_a_transaction_is_of(marked: Service, world_graph: Graph) -> None:
    slow = recommendation_pb2.RecommendTargetsRequest(
        sender_id=f"{MARK}-s", offering_id=f"{MARK}-o", surface="with_stalls"
    )
    with grpc.insecure_channel(marked.address) as channel:
        metadata = (("x-request-id", "find-me"), ("traceparent", f"00-{TRACE}-b7ad6b7169203331-01"))
        call = channel.unary_unary(TARGETS).future(slow.SerializeToString(), timeout=5, metadata=metadata)
        deadline = time.monotonic() + 3
        found: list[dict[str, str]] = []
        while not found and time.monotonic() < deadline:
            records, _, _ = world_graph.driver.execute_query("SHOW TRANSACTIONS YIELD metaData RETURN metaData")
            found = [each["metaData"] for each in records if each["metaData"].get("query") == "sources/stalls"]
        call.cancel()
    assert found == [{"query": "sources/stalls", "request_id": "find-me", "trace_id": TRACE}]


def test_an_address_for_metrics_that_is_taken_ends_the_start(
    service_env: dict[str, str], marked: Service, tmp_path: Path
) -> None:
    address = metrics_address(marked)
    env = {**service_env, "SIXHOP_HOME": str(tmp_path), "SIXHOP_METRICS_ADDRESS": address}
    done = sixhop(env, "serve")
    assert done.returncode == 6
    assert f"metrics cannot be served on {address}" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_the_default_address_is_taken_it_serves_without_metrics(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    host, port = Settings.model_fields["metrics_address"].default.split(":")
    env = {**service_env, "SIXHOP_HOME": str(tmp_path)}
    del env["SIXHOP_METRICS_ADDRESS"]
    with socket.socket() as other:
        with suppress(OSError):  # taken by somebody else, which does as well
            other.bind((host, int(port)))
            other.listen()
        with running(env) as service, Client(service.address, timeout_s=5) as client:
            client.find_chains(from_id="s", to_id="c")
    assert [line for line in service.log if f"without metrics: metrics cannot be served on {host}:{port}" in line]


def test_tracing_that_cannot_be_is_said_at_the_start(service_env: dict[str, str], tmp_path: Path) -> None:
    done = sixhop({**service_env, "SIXHOP_HOME": str(tmp_path), "OTEL_TRACES_EXPORTER": "nobody"}, "serve")
    assert done.returncode == 6
    assert "no exporter nobody is installed" in done.stderr


def test_the_client_is_answered_while_metrics_are_read(marked: Service) -> None:
    with Client(marked.address, timeout_s=5) as client:
        started = time.monotonic()
        for _ in range(20):
            metrics_of(marked)
            client.find_chains(from_id=f"{MARK}-s", to_id=f"{MARK}-c")
    assert time.monotonic() - started < 10
