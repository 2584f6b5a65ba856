"""Starts the local server and waits until it answers; finds the one that already runs; leaves nothing when it fails."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sixhop.errors import Misconfigured, SixhopError, Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.neo4j_local import conf, jars, memory, process
from sixhop.neo4j_local.admin import JAVA_OPTIONS, last_lines, run_tool
from sixhop.neo4j_local.java import Java, find_java
from sixhop.neo4j_local.lock import exclusive
from sixhop.neo4j_local.state import (
    USER,
    LocalServer,
    clear_state,
    make_password,
    password_file,
    running,
    write_state,
)
from sixhop.settings import Settings

PROBE = "ops/doctor_server"
_POLL_S = 0.1
_SAY_EVERY_S = 3.0
_GRACE_AFTER_FAILURE_S = 5.0
_TOOL_HEAP_MB = 256
_HUGE_PAGES = ("-XX:+UseTransparentHugePages",) if sys.platform == "linux" else ()
_HUGE_PAGE_CACHE = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Heap and page cache in pages of 2 MB, where the system grants them: a walk reads all over the store, and finding each
small page's address took a fifth of its time (docs/decisions/0034-where-the-time-goes.md)."""
_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Started:
    """A server that answers; `found` when it ran before."""

    server: LocalServer
    found: bool


def start(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Started:
    """Start the local server below `settings.home`, or find it running; returns once it answers a query.

    A failed or interrupted start (Ctrl-C, SIGTERM) leaves no process behind.

    Raises:
        Misconfigured: no Java, no Maven, or data whose password is lost.
        Unavailable: it did not come up in `neo4j_start_timeout_s`; the message has its last log lines.
    """
    timeout_s = settings.neo4j_start_timeout_s
    with process.ending_signals_interrupt(), exclusive(settings.home, wait_s=timeout_s) as folder:
        server = running(settings.home)
        if server is not None:
            _wait_until_it_answers(server, settings, say)
            return Started(server, found=True)
        clear_state(settings.home)
        java = find_java()
        classpath = jars.resolve(folder, java, say)
        sizes = memory.sizes(
            heap_mb=settings.neo4j_heap_mb, page_cache_mb=settings.neo4j_page_cache_mb, store_mb=_store_mb(folder)
        )
        port = conf.choose_port(folder)
        conf.write(folder, port=port, memory=sizes)
        password = _initial_password(settings.home, folder, java, classpath)
        say(f"starting Neo4j on {conf.HOST}:{port} (heap {sizes.heap_mb} MB, page cache {sizes.page_cache_mb} MB)")
        return Started(_launch(settings, folder, java, classpath, sizes, port, password, say), found=False)


def _launch(
    settings: Settings,
    folder: Path,
    java: Java,
    classpath: Path,
    sizes: memory.Sizes,
    port: int,
    password: str,
    say: Callable[[str], None],
) -> LocalServer:
    heap = (f"-Xms{sizes.heap_mb}m", f"-Xmx{sizes.heap_mb}m", "-XX:+UseG1GC", *_HUGE_PAGES)
    main = ("org.neo4j.server.CommunityEntryPoint", f"--home-dir={folder}", f"--config-dir={folder / 'conf'}")
    command = [str(java.executable), *heap, *JAVA_OPTIONS, "-cp", f"{classpath}/*", *main]
    (folder / "logs").mkdir(exist_ok=True)
    pid, started = 0, None
    try:
        with process.signals_held():
            pid = process.spawn(command, _HUGE_PAGE_CACHE | os.environ, output=folder / "logs" / "console.log")
            started = process.start_time(pid)
        if started is None:
            raise Unavailable(f"Neo4j ended at once; see {folder / 'logs'}")
        server = LocalServer(uri=f"bolt://{conf.HOST}:{port}", user=USER, password=password, pid=pid, started=started)
        write_state(settings.home, server)
        _wait_until_it_answers(server, settings, say)
    except BaseException:
        with process.signals_held():
            if started is not None:
                process.end(pid, started, grace_s=_GRACE_AFTER_FAILURE_S)
            clear_state(settings.home)
        raise
    return server


def _store_mb(folder: Path) -> int:
    files = (folder / "data" / "databases").rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file()) >> 20


def _initial_password(home: Path, folder: Path, java: Java, classpath: Path) -> str:
    """The password of the store; before the first start it is made, and given to Neo4j by file, never by argument."""
    path, handed_over = password_file(home), folder / "data" / "dbms" / "auth.ini"
    was_started = (folder / "data" / "databases" / "system").exists()
    if path.exists() and (was_started or handed_over.exists()):
        return path.read_text(encoding="utf-8").strip()
    if was_started:
        raise Misconfigured(
            f"the data in {folder / 'data'} was made with a password that is no longer in {path}; "
            f"restore that file, or delete {folder / 'data'} to begin with an empty graph"
        )
    handed_over.unlink(missing_ok=True)
    password = make_password(home)
    log = folder / "password.log"
    run_tool(
        folder, java, classpath, ["dbms", "set-initial-password", f"@{path.resolve()}"], log, heap_mb=_TOOL_HEAP_MB
    )
    log.unlink()
    return password


def _wait_until_it_answers(server: LocalServer, settings: Settings, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    said = began
    while not answers(server, settings):
        now = time.monotonic()
        logs = settings.home / "neo4j" / "logs"
        if not server.is_running:
            raise Unavailable("Neo4j ended while starting; its last lines were\n  " + "\n  ".join(_tail(logs)))
        if now - began > settings.neo4j_start_timeout_s:
            raise Unavailable(
                f"Neo4j did not answer on {server.uri} within {settings.neo4j_start_timeout_s:.0f} s "
                "(SIXHOP_NEO4J_START_TIMEOUT_S); its last lines were\n  " + "\n  ".join(_tail(logs))
            )
        if now - said > _SAY_EVERY_S:
            said = now
            say(f"waiting for Neo4j ({now - began:.0f} s)")
        time.sleep(_POLL_S)


def answers(server: LocalServer, settings: Settings) -> bool:
    """Whether the server answers a query with its password now. Raises `Misconfigured` when it refuses that."""
    host, _, port = server.uri.removeprefix("bolt://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    at = Location(uri=server.uri, user=server.user, password=server.password)
    try:
        with Graph(at, Catalog(find_cypher_dir(settings.cypher_dir)), settings.realm) as graph:
            graph.rows(PROBE)
    except Misconfigured:
        raise
    except SixhopError:
        return False
    return True


def _tail(logs: Path) -> list[str]:
    return last_lines(logs / "neo4j.log", _LAST_LINES) + last_lines(logs / "console.log", _LAST_LINES)
