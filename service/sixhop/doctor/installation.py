"""What this machine has: Java, Maven's jars, secrets that only their owner may read. Knows nothing of the graph."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sixhop.doctor.finding import Finding, fail, of_error, ok
from sixhop.errors import Misconfigured
from sixhop.neo4j_local import jars
from sixhop.neo4j_local.java import find_java
from sixhop.neo4j_local.state import password_file, running, server_dir
from sixhop.settings import Settings

_OTHERS = 0o077
_MOST_KEYS = 1000


def local_neo4j(settings: Settings) -> Iterator[Finding]:
    """Java, Maven and the local server; none is needed where a server is given."""
    if settings.neo4j_uri is not None:
        yield ok("local Neo4j", f"not used: SIXHOP_NEO4J_URI is {settings.neo4j_uri}")
        return
    try:
        java = find_java()
        yield ok("Java", f"{java.version} at {java.executable}")
    except Misconfigured as error:
        yield of_error("Java", error)
    yield _maven(settings)
    server = running(settings.home)
    if server is None:
        yield fail("local Neo4j", f"does not run ({server_dir(settings.home)})", "start it with `sixhop neo4j up`")
    else:
        yield ok("local Neo4j", f"runs as process {server.pid}")


def _maven(settings: Settings) -> Finding:
    if jars.is_complete(server_dir(settings.home) / "jars"):
        return ok("Maven", "not needed any more: Neo4j's jars are there")
    maven = shutil.which("mvn")
    if maven:
        return ok("Maven", f"at {maven}")
    return fail("Maven", "there is no `mvn` on the path", "install Maven; it fetches Neo4j once")


def secrets(settings: Settings) -> Iterator[Finding]:
    """Passwords and keys must be readable by their owner alone."""
    paths = [path for path in _secrets(settings) if path.exists()]
    modes = [(path, path.stat().st_mode & 0o777) for path in paths]
    readable = [(path, mode) for path, mode in modes if mode & _OTHERS]
    for path, mode in readable:
        yield fail("secrets", f"{path} can be read by others (mode {mode:04o})", f"run: chmod 600 {path}")
    if not readable:
        yield ok("secrets", f"{len(paths)} found, readable by their owner alone")


def _secrets(settings: Settings) -> list[Path]:
    given = [settings.neo4j_password_file] if settings.neo4j_password_file else []
    keys = sorted((settings.home / "keys").glob("*"))[:_MOST_KEYS]
    return [password_file(settings.home), *given, *keys]
