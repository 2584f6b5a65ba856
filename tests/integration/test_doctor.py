"""`sixhop doctor` finds what is wrong, says what to do about it, and fails only when something fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pyarrow as pa
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from sklearn.linear_model import LogisticRegression

from sixhop.doctor import graph as graph_checks
from sixhop.doctor import models as model_checks
from sixhop.doctor import serving
from sixhop.doctor.finding import Level, examine
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.models.artifact import write_artifact
from sixhop.models.registry import Registry
from sixhop.settings import Settings

SIXHOP = Path(sys.executable).with_name("sixhop")
CONNECT = "UNWIND range(1, 3) AS n CREATE (:Member {realm: $realm, member_id: 'm' + n})"
TIES = """
MATCH (u:Member {realm: $realm, member_id: 'm1'}), (v:Member {realm: $realm, member_id: 'm2'})
CREATE (u)-[:KNOWS {pass_on: 0.5}]->(v)
"""
CLOSE = """
MATCH (u:Member {realm: $realm})-[k:KNOWS]->(v:Member)
CREATE (u)-[:CLOSE_TO {pass_on: k.pass_on}]->(v), (v)-[:CLOSE_FROM {pass_on: k.pass_on}]->(u)
"""


def _doctor(env: dict[str, str]) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code and findings by name (the worst of each name)."""
    ran = subprocess.run([str(SIXHOP), "doctor", "--json"], env=env, capture_output=True, text=True, timeout=60)
    report = json.loads(ran.stdout)
    assert report["healthy"] == (ran.returncode == 0)
    worst_last = sorted(report["findings"], key=lambda finding: ["ok", "warn", "FAIL"].index(finding["level"]))
    return ran.returncode, {finding["name"]: finding for finding in worst_last}


def test_a_sound_installation_has_no_failure(graph: Graph, sixhop_env: dict[str, str]) -> None:
    run = graph.driver.execute_query
    for statement in (CONNECT, TIES, CLOSE):
        run(statement, realm=graph.realm)
    code, findings = _doctor(sixhop_env)
    assert code == 0, findings
    for name in ("settings", "secrets", "Neo4j", "version", "schema", "constraints", "time limits", "files"):
        assert findings[name]["level"] == "ok", findings[name]
    assert "community" in findings["version"]["what"]
    report = [finding["what"] for name, finding in findings.items() if name == f"realm {graph.realm}"]
    assert report == ["has no settings: its data were not imported"]


def test_the_realm_is_counted(graph: Graph, settings: Settings) -> None:
    graph.driver.execute_query(CONNECT, realm=graph.realm)
    graph.driver.execute_query(TIES, realm=graph.realm)
    findings = list(graph_checks.realm(graph))
    counted = next(finding for finding in findings if finding.level is Level.OK)
    assert "3 members, 1 ties, 0 CLOSE_TO, 0 CLOSE_FROM, 0 offerings, 0 experiences" in counted.what
    assert [finding.what for finding in findings if finding.level is Level.FAIL] == [
        "has ties but no CLOSE_TO or CLOSE_FROM: the walk finds nobody"
    ]

    graph.driver.execute_query(CLOSE, realm=graph.realm)
    assert not [finding for finding in graph_checks.realm(graph) if finding.level is Level.FAIL]


def test_a_large_realm_is_counted_no_further_than_a_bound(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.driver.execute_query(CONNECT, realm=graph.realm)
    monkeypatch.setattr(graph_checks, "COUNTED", 2)
    counted = next(finding for finding in graph_checks.realm(graph) if finding.level is Level.OK)
    assert counted.what.startswith("at least 2 members")


def test_every_failing_line_says_what_to_do(sixhop_env: dict[str, str], tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("x\n", encoding="utf-8")
    password.chmod(0o644)
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "demo.key").write_text("k\n", encoding="utf-8")
    (home / "keys" / "demo.key").chmod(0o640)
    env = {**sixhop_env, "SIXHOP_NEO4J_URI": "bolt://127.0.0.1:9", "SIXHOP_NEO4J_PASSWORD_FILE": str(password)}
    env["SIXHOP_GRPC_ADDRESS"] = "127.0.0.1:9"
    code, findings = _doctor(env)
    assert code == 1
    failing = {name: finding["to_do"] for name, finding in findings.items() if finding["level"] == "FAIL"}
    assert set(failing) == {"secrets", "Neo4j"}
    assert "chmod 600" in failing["secrets"]
    assert "sixhop neo4j status" in failing["Neo4j"]
    assert findings["service"]["level"] == "warn"
    assert "start it with `sixhop serve`" in findings["service"]["to_do"]


def test_bad_settings_are_all_named(sixhop_env: dict[str, str]) -> None:
    code, findings = _doctor({**sixhop_env, "SIXHOP_REALM": "a b", "SIXHOP_NEO4J_POOL_SIZE": "0"})
    assert code == 1
    assert set(findings) == {"settings"}
    assert "SIXHOP_REALM" in findings["settings"]["what"]
    assert "SIXHOP_NEO4J_POOL_SIZE" in findings["settings"]["what"]


def test_without_any_neo4j_it_says_how_to_get_one(sixhop_env: dict[str, str]) -> None:
    env = {name: value for name, value in sixhop_env.items() if not name.startswith("SIXHOP_NEO4J_")}
    code, findings = _doctor(env)
    assert code == 1
    assert findings["local Neo4j"]["to_do"] == "start it with `sixhop neo4j up`"
    assert "sixhop neo4j up" in findings["Neo4j"]["to_do"]


def test_pending_migrations_fail(graph: Graph, sixhop_env: dict[str, str], tmp_path: Path) -> None:
    root = _copy_of_queries(graph, tmp_path)
    latest = max(path.name for path in (root / "migrations").iterdir())
    following = f"V{int(latest[1:5]) + 1:04d}__later.cypher"
    (root / "migrations" / following).write_text("RETURN 1;\n", encoding="utf-8")
    code, findings = _doctor({**sixhop_env, "SIXHOP_CYPHER_DIR": str(root)})
    assert code == 1
    assert findings["schema"]["level"] == "FAIL"
    assert following.removesuffix(".cypher") in findings["schema"]["what"]
    assert findings["schema"]["to_do"] == "run `sixhop migrate`"


def test_a_missing_constraint_fails(graph: Graph, sixhop_env: dict[str, str], tmp_path: Path) -> None:
    root = _copy_of_queries(graph, tmp_path)
    described = (root / "schema.yaml").read_text(encoding="utf-8")
    more = described.replace("nodes:\n", "nodes:\n  Ghost: {key: [realm, ghost_id], properties: {}}\n", 1)
    (root / "schema.yaml").write_text(more, encoding="utf-8")
    code, findings = _doctor({**sixhop_env, "SIXHOP_CYPHER_DIR": str(root)})
    assert code == 1
    assert "Ghost (realm, ghost_id)" in findings["constraints"]["what"]


def _copy_of_queries(graph: Graph, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graph.catalog.root, tmp_path / "cypher"))


@pytest.mark.parametrize(
    ("interval", "csv", "levels"),
    [("20ms", "false", ["ok", "ok"]), ("2s", "true", ["warn", "warn"]), ("100ms", "false", ["ok", "ok"])],
)
def test_the_servers_settings_are_judged(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, interval: str, csv: str, levels: list[str]
) -> None:
    rows = [{"name": graph_checks.MONITOR, "value": interval}, {"name": graph_checks.CSV_FILES, "value": csv}]
    monkeypatch.setattr(graph, "rows", lambda name: rows)
    findings = list(graph_checks.server_settings(graph))
    assert [str(finding.level) for finding in findings] == levels
    assert all(finding.to_do for finding in findings if finding.level is not Level.OK)


@pytest.mark.parametrize(("version", "level"), [("5.26.30", "ok"), ("2025.01.0", "ok"), ("5.9.0", "FAIL")])
def test_an_old_server_fails(graph: Graph, monkeypatch: pytest.MonkeyPatch, version: str, level: str) -> None:
    row = {"name": "Neo4j Kernel", "version": version, "edition": "community"}
    monkeypatch.setattr(graph, "rows", lambda name: [row])
    assert [str(finding.level) for finding in graph_checks.server(graph) if finding.name == "version"] == [level]


def test_without_a_model_it_says_what_follows_and_how_to_make_one(graph: Graph, settings: Settings) -> None:
    referral, tie = model_checks.models(settings, graph.catalog)
    assert [referral.level, tie.level] == [Level.WARN, Level.WARN]
    assert "ranked by chain score" in referral.what
    assert f"sixhop retrain --realm {settings.realm}" in referral.to_do


def test_a_model_that_serves_is_named_and_one_of_other_queries_fails(graph: Graph, settings: Settings) -> None:
    digest = FeatureSet(graph.catalog).digest
    name = _promote(settings, features_digest=digest)
    referral, _ = model_checks.models(settings, graph.catalog)
    assert referral.level is Level.OK
    assert name in referral.what
    assert "average precision 0.07" in referral.what

    _promote(settings, features_digest="of-other-queries")
    referral, _ = model_checks.models(settings, graph.catalog)
    assert referral.level is Level.FAIL
    assert "other feature queries" in referral.what


def test_a_model_whose_file_was_changed_fails(graph: Graph, settings: Settings) -> None:
    name = _promote(settings, features_digest=FeatureSet(graph.catalog).digest)
    with (settings.home / "models" / settings.realm / name / "model.skops").open("ab") as file:
        file.write(b"more")
    (refused,) = examine("model", lambda: model_checks.models(settings, graph.catalog))
    assert refused.level is Level.FAIL
    assert "was changed" in refused.what
    assert "sixhop retrain" in refused.to_do


def _promote(settings: Settings, *, features_digest: str) -> str:
    """Make a small real model the champion; returns its digest."""
    estimator = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    registry = Registry(settings.home, settings.realm)
    artifact = write_artifact(
        registry.folder,
        estimator=estimator,
        calibrator=estimator,
        manifest={"kind": "referral", "feature_names": ["degree"], "features_digest": features_digest},
        metrics={"average_precision": 0.07, "base_rate": 0.01},
        predictions=pa.table({"likelihood": [0.5]}),
    )
    registry.promote("referral", artifact.digest, why="a test")
    return artifact.digest


@pytest.fixture
def serve() -> Any:
    """Start a gRPC server whose health is as told; returns its settings."""
    servers = []

    def start(status: int) -> Settings:
        server = grpc.server(futures.ThreadPoolExecutor(1))
        servicer = health.HealthServicer()
        servicer.set("", status)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        return Settings(grpc_address=f"127.0.0.1:{port}")

    yield start
    for server in servers:
        server.stop(None).wait(10)


def test_a_service_is_asked_for_its_health(serve: Callable[[int], Settings]) -> None:
    (serves,) = serving.service(serve(health_pb2.HealthCheckResponse.SERVING))
    assert serves.level is Level.OK
    (waits,) = serving.service(serve(health_pb2.HealthCheckResponse.NOT_SERVING))
    assert waits.level is Level.FAIL
    assert waits.to_do
