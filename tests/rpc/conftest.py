"""A running service on a small world, which these tests only read."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from rpc_world import World, small_world
from serving_process import Service, environment, running
from under_way import write_under_way

from realms import forget_realm
from sixhop.client import Client
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import read_migrations

STALLS = """// Takes longer than any deadline of these tests, for a sender that is there.
// @kind source   @owner tests   @timeout 10s   @max_rows 1   @maturity experimental
MATCH (m:Member {realm: $realm, member_id: $ask.sender_id})
UNWIND range(1, 1000000000) AS i
WITH m, i
WHERE i < 0
RETURN m.member_id AS target_id, 1.0 AS relevance
ORDER BY target_id
LIMIT 1
"""
BREAKS = """// Breaks, for a sender that is there.
// @kind source   @owner tests   @timeout 10s   @max_rows 1   @maturity experimental
MATCH (m:Member {realm: $realm, member_id: $ask.sender_id})
RETURN m.member_id AS target_id, 1 / (size(m.realm) - size($realm)) AS relevance
ORDER BY target_id
LIMIT 1
"""
SURFACE = """surface: {name}
sources:
{sources}
filters: {filters}
"""


def surface(name: str, *sources: str, filters: str = "[has_adopted, declined, fatigued]") -> str:
    entries = "\n".join(f"  - {{query: sources/{each}, share: {1 / len(sources)}}}" for each in sources)
    return SURFACE.format(name=name, sources=entries, filters=filters)


@pytest.fixture(scope="session")
def cypher_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of `cypher/` with sources that stall and break, and surfaces that use them."""
    folder = tmp_path_factory.mktemp("queries") / "cypher"
    shutil.copytree(find_cypher_dir(), folder)
    (folder / "sources" / "stalls.cypher").write_text(STALLS)
    (folder / "sources" / "breaks.cypher").write_text(BREAKS)
    for text in (
        surface("walk_only", "six_degree_walk"),
        surface("with_stalls", "six_degree_walk", "stalls"),
        surface("with_breaks", "six_degree_walk", "breaks"),
        surface("only_stalls", "stalls"),
        surface("only_breaks", "breaks"),
    ):
        name = text.split("\n", 1)[0].removeprefix("surface: ")
        (folder / "surfaces" / f"{name}.yaml").write_text(text)
    assert read_migrations(folder / "migrations")
    return folder


@pytest.fixture(scope="session")
def world() -> World:
    return small_world()


@pytest.fixture(scope="session")
def world_graph(neo4j_location: Location, world: World) -> Iterator[Graph]:
    """The world in a realm of these tests' own, forgotten at their end."""
    with Graph(neo4j_location, Catalog(find_cypher_dir()), f"test-{uuid.uuid4().hex[:12]}") as graph:
        try:
            world.write(graph)
            yield graph
        finally:
            forget_realm(graph)


@pytest.fixture(scope="session")
def service_env(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    return environment(neo4j_location, world_graph.realm, home, cypher_dir=str(cypher_copy))


@pytest.fixture(scope="session")
def service(service_env: dict[str, str]) -> Iterator[Service]:
    with running(service_env) as service:
        yield service


@pytest.fixture(scope="session")
def under_way(world_graph: Graph) -> None:
    """Outreaches under way, among members that no other test asks about."""
    write_under_way(world_graph)


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """Patient: these tests are about answers; those about deadlines bring their own."""
    with Client(service.address, timeout_s=5) as client:
        yield client


@pytest.fixture
def channel(service: Service) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(service.address) as channel:
        yield channel
