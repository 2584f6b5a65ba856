"""The real Neo4j that tests run against, and a realm of its own for every test.

Which server: `SIXHOP_NEO4J_URI` if set; else a container where a Docker engine answers; else the local server, started
below a temporary home and stopped at the end, also when tests fail. The pytest header says which.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest

from jars import link_jars
from realms import forget_realm
from sixhop import bootstrap
from sixhop.errors import Misconfigured, Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import migrate
from sixhop.neo4j_local import jars, process
from sixhop.neo4j_local.java import find_java
from sixhop.neo4j_local.lock import exclusive
from sixhop.neo4j_local.start import start
from sixhop.neo4j_local.stop import stop
from sixhop.settings import PREFIX, Settings, load_settings

IMAGE = "neo4j:5.26-community"
CONTAINER_SETTINGS = {
    "NEO4J_db_transaction_monitor_check_interval": "20ms",
    "NEO4J_dbms_security_allow__csv__import__from__file__urls": "false",
}
CONTAINER_START_TIMEOUT_S = 120
DOCKER_TIMEOUT_S = 5
TEST_HOME = Path(__file__).resolve().parents[1] / ".sixhop" / "tests"
JARS_TIMEOUT_S = 1200


@cache
def lane() -> str:
    """`given`, `container` or `local`."""
    if os.environ.get(f"{PREFIX}NEO4J_URI"):
        return "given"
    return "container" if _docker_answers() else "local"


def _docker_answers() -> bool:
    """Asked in a process of its own: the client leaves its socket open when nobody answers, and warnings are errors."""
    ping = [sys.executable, "-c", f"import docker; docker.from_env(timeout={DOCKER_TIMEOUT_S}).ping()"]
    return subprocess.run(ping, capture_output=True, check=False).returncode == 0


def pytest_configure() -> None:
    # A shell's background job ignores Ctrl-C, and so would every process that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    where = {
        "given": f"the given server {os.environ.get(f'{PREFIX}NEO4J_URI')}",
        "container": f"a container of {IMAGE}",
        "local": "a local server of its own, stopped at the end",
    }
    return f"neo4j: {where[lane()]}"


@pytest.fixture(scope="session")
def neo4j_location(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Location]:
    """Where the session's Neo4j answers, its schema migrated."""
    lanes = {"given": _given, "container": _container, "local": _local}
    with lanes[lane()](tmp_path_factory) as at:
        with Graph(at, Catalog(find_cypher_dir()), "schema") as graph:
            migrate(graph)
        yield at


@contextmanager
def _given(_: pytest.TempPathFactory) -> Iterator[Location]:
    yield bootstrap.graph_location(load_settings())


@contextmanager
def _container(_: pytest.TempPathFactory) -> Iterator[Location]:
    from testcontainers.core.container import DockerContainer

    password = secrets.token_urlsafe(16)
    container = DockerContainer(IMAGE, env={**CONTAINER_SETTINGS, "NEO4J_AUTH": f"neo4j/{password}"}, ports=[7687])
    with closing(container.get_docker_client().client), container:
        uri = f"bolt://{container.get_container_host_ip()}:{container.get_exposed_port(7687)}"
        at = Location(uri=uri, user="neo4j", password=password)
        _await(at, CONTAINER_START_TIMEOUT_S)
        yield at


@contextmanager
def _local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Location]:
    settings = Settings(home=tmp_path_factory.mktemp("sixhop-home"))
    link_jars(settings.home, resolve_jars())
    with process.ending_signals_interrupt():
        try:
            start(settings)
            yield bootstrap.graph_location(settings)
        finally:
            stop(settings.home)
            shutil.rmtree(settings.home / "neo4j" / "data", ignore_errors=True)  # transaction logs of 256 MB each


def resolve_jars() -> Path:
    """Neo4j's jars, fetched once for all test runs of this checkout."""
    with exclusive(TEST_HOME, wait_s=JARS_TIMEOUT_S) as folder:
        return jars.resolve(folder, find_java(), lambda _: None)


def _await(at: Location, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with Graph(at, Catalog(find_cypher_dir()), "schema") as graph:
                graph.check()
            return
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


@pytest.fixture(scope="session")
def neo4j_jars() -> Path:
    """For tests of the local server. Skips where another server was given and this machine cannot run one."""
    try:
        return resolve_jars()
    except Misconfigured as error:
        if lane() == "local":
            raise
        pytest.skip(f"no local Neo4j on this machine: {error}")


@pytest.fixture
def realm() -> str:
    """A realm that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def graph(neo4j_location: Location, realm: str) -> Iterator[Graph]:
    """The graph on a fresh realm, which is emptied after the test."""
    with Graph(neo4j_location, Catalog(find_cypher_dir()), realm) as graph:
        try:
            yield graph
        finally:
            forget_realm(graph)


@pytest.fixture
def sixhop_env(neo4j_location: Location, realm: str, tmp_path: Path) -> dict[str, str]:
    """A whole environment for a `sixhop` subprocess on this test's realm; nothing of the caller's settings is in it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {
        **clean,
        "SIXHOP_NEO4J_URI": neo4j_location.uri,
        "SIXHOP_NEO4J_USER": neo4j_location.user,
        "SIXHOP_NEO4J_PASSWORD": neo4j_location.password,
        "SIXHOP_NEO4J_DATABASE": neo4j_location.database,
        "SIXHOP_HOME": str(tmp_path / "home"),
        "SIXHOP_REALM": realm,
        "SIXHOP_GRPC_ADDRESS": "127.0.0.1:0",
        "SIXHOP_METRICS_ADDRESS": "",
    }


@pytest.fixture
def settings(sixhop_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of this test: the session's Neo4j, a temporary home, the test's realm. The environment says the same."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    for name, value in sixhop_env.items():
        if name.startswith(PREFIX):
            monkeypatch.setenv(name, value)
    return load_settings()
