"""The life of `sixhop serve`: what it says when it comes up, while it serves, when it cannot, and when it ends."""

from __future__ import annotations

import signal
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from serving_process import SIXHOP, Service, environment, eventually, running, sixhop

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.client import Client
from sixhop.errors import Reason, Unavailable
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph

SERVICE = "sixhop.v1.RecommendationService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def health(address: str, name: str = SERVICE) -> int:
    with grpc.insecure_channel(address) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        return int(answer.status)


def test_health_is_told_for_all_and_for_the_service(service: Service) -> None:
    assert health(service.address) == SERVING
    assert health(service.address, "") == SERVING
    assert health(service.address, "sixhop.v1.MemberService") == SERVING
    with pytest.raises(grpc.RpcError) as raised:
        health(service.address, "sixhop.v1.Nothing")
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection_tells_services_messages_and_their_rules(channel: grpc.Channel) -> None:
    database = ProtoReflectionDescriptorDatabase(channel)
    assert {SERVICE, "grpc.health.v1.Health"} <= set(database.get_services())
    pool = DescriptorPool(database)
    methods = pool.FindServiceByName(SERVICE).methods_by_name
    assert {"RecommendTargets", "RecommendReferrers", "RecommendPairs", "FindChains", "NextHop"} <= set(methods)
    assert "GetDegrees" in pool.FindServiceByName("sixhop.v1.MemberService").methods_by_name
    assert "limit" in methods["RecommendTargets"].input_type.fields_by_name


def test_a_call_that_is_not_there_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        channel.unary_unary(f"/{SERVICE}/RecommendNothing")(b"", timeout=5)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_in_order(service_env: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    with running({**service_env, "SIXHOP_HOME": str(tmp_path)}) as service:
        with Client(service.address, timeout_s=5) as client:
            client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
        service.process.send_signal(number)
        assert service.process.wait(20) == 0
    segments = list((tmp_path / "segments" / service.realm).iterdir())
    assert [path.suffix for path in segments] == [".jsonl"], "what was recorded is in a closed segment"
    assert len(service.recorded()) == 8
    assert not [line for line in service.log if "Traceback" in line or "Error" in line]


def test_a_request_under_way_is_answered_before_the_end(service_env: dict[str, str], tmp_path: Path) -> None:
    with running({**service_env, "SIXHOP_HOME": str(tmp_path)}) as service:
        answers: list[object] = []

        def ask() -> None:
            with Client(service.address, timeout_s=2) as client:
                answers.append(client.recommend_targets(sender_id="s", offering_id="o", surface="with_stalls"))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.3)
        service.process.terminate()
        asking.join(10)
        assert len(answers) == 1
        assert service.process.wait(20) == 0


def test_an_address_that_is_taken_is_named(service: Service, service_env: dict[str, str], tmp_path: Path) -> None:
    env = {**service_env, "SIXHOP_GRPC_ADDRESS": service.address, "SIXHOP_HOME": str(tmp_path)}
    done = sixhop(env, "serve")
    assert done.returncode == 6
    assert f"{service.address} cannot be served on" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_neo4j_it_says_so_and_ends(service_env: dict[str, str]) -> None:
    env = {**service_env, "SIXHOP_NEO4J_URI": "bolt://127.0.0.1:9", "SIXHOP_GRPC_START_TIMEOUT_S": "1"}
    started = time.monotonic()
    done = sixhop(env, "serve")
    assert done.returncode == 5
    assert "waiting up to 1 s for Neo4j at bolt://127.0.0.1:9" in done.stderr
    assert "GRAPH_UNAVAILABLE" in done.stderr
    assert "serving on" not in done.stdout
    assert time.monotonic() - started < 20


def test_with_a_schema_that_is_not_current_it_says_what_to_do(
    service_env: dict[str, str], cypher_copy: Path, tmp_path: Path
) -> None:
    import shutil

    newer = tmp_path / "cypher"
    shutil.copytree(cypher_copy, newer)
    number = len(list((newer / "migrations").glob("*.cypher"))) + 1
    (newer / "migrations" / f"V{number:04d}__not_yet.cypher").write_text("// Not applied.\nRETURN 1;\n")
    done = sixhop({**service_env, "SIXHOP_CYPHER_DIR": str(newer)}, "serve")
    assert done.returncode == 6
    assert "SCHEMA_NOT_CURRENT" in done.stderr
    assert "sixhop migrate" in done.stderr


@pytest.mark.parametrize(
    ("surface", "words"),
    [
        ("surface: default\nsources: []\n", "default.yaml: sources: Tuple should have at least 1 item"),
        ("surface: default\nsources: [{query: sources/none, share: 1}]\n", "no query 'sources/none'"),
    ],
)
def test_with_a_bad_surface_it_names_it_and_ends(
    service_env: dict[str, str], cypher_copy: Path, tmp_path: Path, surface: str, words: str
) -> None:
    import shutil

    spoiled = tmp_path / "cypher"
    shutil.copytree(cypher_copy, spoiled)
    (spoiled / "surfaces" / "default.yaml").write_text(surface)
    done = sixhop({**service_env, "SIXHOP_CYPHER_DIR": str(spoiled)}, "serve")
    assert done.returncode == 6
    assert words in done.stderr.replace("\n", " ")


def test_with_a_query_that_cannot_run_it_names_it_and_ends(
    service_env: dict[str, str], cypher_copy: Path, tmp_path: Path
) -> None:
    import shutil

    spoiled = tmp_path / "cypher"
    shutil.copytree(cypher_copy, spoiled)
    header = "// Wrong.\n// @kind source @owner tests @timeout 1s @max_rows 1 @maturity experimental\n"
    (spoiled / "sources" / "stalls.cypher").write_text(header + "MATCH (m RETURN m\n")
    done = sixhop({**service_env, "SIXHOP_CYPHER_DIR": str(spoiled)}, "serve")
    assert done.returncode == 1
    assert "sources/stalls" in done.stderr
    assert "Traceback" not in done.stderr


class _Forward(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with socket.create_connection(self.server.behind) as behind:  # type: ignore[attr-defined]
            self.server.pairs.append((self.request, behind))  # type: ignore[attr-defined]
            back = threading.Thread(target=_pump, args=(behind, self.request), daemon=True)
            back.start()
            _pump(self.request, behind)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Door(socketserver.ThreadingTCPServer):
    """Stands between the service and Neo4j, and can be shut."""

    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def door(behind: tuple[str, int], port: int = 0) -> Iterator[Door]:
    server = Door(("127.0.0.1", port), _Forward)
    server.behind, server.pairs = behind, []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for pair in server.pairs:  # type: ignore[attr-defined]
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def test_it_serves_only_while_the_graph_answers(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path: Path
) -> None:
    at = urlsplit(neo4j_location.uri)
    behind = (at.hostname or "", at.port or 7687)
    with door(behind) as first:
        port = first.server_address[1]
        env = environment(neo4j_location, world_graph.realm, tmp_path, cypher_dir=str(cypher_copy))
        env["SIXHOP_NEO4J_URI"] = f"bolt://127.0.0.1:{port}"
        with running(env) as service, Client(service.address, timeout_s=2) as client:
            client.find_chains(from_id="s", to_id="c")
            first.shutdown()
            first.server_close()
            for pair in first.pairs:  # type: ignore[attr-defined]
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
            with pytest.raises(Unavailable) as raised:
                client.recommend_targets(sender_id="s", offering_id="o")
            assert raised.value.reason in {Reason.GRAPH_UNAVAILABLE, Reason.DEADLINE_EXCEEDED}
            assert str(port) not in raised.value.message
            eventually(lambda: health(service.address) == NOT_SERVING, within_s=40)
            with door(behind, port):
                eventually(lambda: health(service.address) == SERVING, within_s=40)
                client.find_chains(from_id="s", to_id="c")


def test_more_requests_than_are_taken_at_once_are_told_to_come_again(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    with (
        running(
            {
                **service_env,
                "SIXHOP_HOME": str(tmp_path),
                "SIXHOP_GRPC_MAX_WORKING": "1",
                "SIXHOP_GRPC_MAX_WAITING": "0",
            }
        ) as service,
        grpc.insecure_channel(service.address) as channel,
    ):
        stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
        slow = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="with_stalls")
        first = stub.RecommendTargets.future(slow, timeout=2)
        time.sleep(0.2)
        assert health(service.address) == SERVING
        with pytest.raises(grpc.RpcError) as raised:
            stub.RecommendTargets(slow, timeout=2)
        assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        retry = error_details_pb2.RetryInfo()
        assert any(packed.Unpack(retry) for packed in rpc_status.from_call(raised.value).details)
        assert first.result(timeout=5).recommendations
        assert stub.RecommendTargets(slow, timeout=2).recommendations


def test_who_waits_for_a_turn_in_vain_is_told_so_in_time_and_nobody_is_lost(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    with (
        running({**service_env, "SIXHOP_HOME": str(tmp_path), "SIXHOP_GRPC_MAX_WORKING": "1"}) as service,
        grpc.insecure_channel(service.address) as channel,
    ):
        stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
        slow = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="with_stalls")
        quick = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="walk_only")
        first = stub.RecommendTargets.future(slow, timeout=2)
        time.sleep(0.2)
        assert health(service.address) == SERVING
        started = time.monotonic()
        in_vain = stub.RecommendTargets.future(quick, timeout=0.4)
        patient = stub.RecommendTargets.future(quick, timeout=10)
        assert in_vain.exception(timeout=5).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert time.monotonic() - started < 0.4, "before its deadline"
        assert in_vain.exception(timeout=5).details() != "Deadline Exceeded"
        assert first.result(timeout=5).recommendations
        assert patient.result(timeout=10).recommendations


def test_the_command_is_where_it_is_installed() -> None:
    assert Path(SIXHOP).is_file()
