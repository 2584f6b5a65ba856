"""A Neo4j of a test's own, which it may suspend, kill and start again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serving_process import eventually, sixhop

from jars import link_jars
from sixhop.graph.driver import Location
from sixhop.neo4j_local.state import LocalServer, read_state

START_WITHIN_S = 120


@dataclass(frozen=True)
class OwnNeo4j:
    """The server below `home`; where it answers stays the same over its lives."""

    home: Path
    env: dict[str, str]

    @property
    def server(self) -> LocalServer:
        server = read_state(self.home)
        assert server
        return server

    @property
    def at(self) -> Location:
        return Location(self.server.uri, self.server.user, self.server.password)

    def start(self) -> None:
        done = sixhop(self.env, "neo4j", "up", timeout_s=START_WITHIN_S)
        assert done.returncode == 0, done.stderr

    def kill(self) -> None:
        """As a power cut would; returns once it is gone."""
        server = self.server
        os.kill(server.pid, signal.SIGKILL)
        eventually(lambda: not server.is_running)


@contextmanager
def own_neo4j(home: Path, jars: Path) -> Iterator[OwnNeo4j]:
    """A fresh server with the schema, until the end of the block."""
    link_jars(home, jars)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SIXHOP_")}
    env = {**clean, "SIXHOP_HOME": str(home), "SIXHOP_NEO4J_HEAP_MB": "512", "SIXHOP_NEO4J_PAGE_CACHE_MB": "64"}
    own = OwnNeo4j(home, env)
    try:
        own.start()
        assert sixhop(env, "migrate").returncode == 0
        yield own
    finally:
        sixhop(env, "neo4j", "down", timeout_s=START_WITHIN_S)
