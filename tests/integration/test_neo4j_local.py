"""The local Neo4j, run for real: it is found again, survives crashes of itself and of commands, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jars import link_jars
from sixhop import bootstrap
from sixhop.errors import Misconfigured, Refused, SixhopError
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.executor import Graph
from sixhop.neo4j_local import process
from sixhop.neo4j_local.admin import run_admin
from sixhop.neo4j_local.state import LocalServer, make_password, read_state, server_dir, write_state
from sixhop.neo4j_local.stop import stop
from sixhop.settings import PREFIX, Settings

SIXHOP = Path(sys.executable).with_name("sixhop")
COMMAND_TIMEOUT_S = 180
RUNNING, NOT_RUNNING = 0, 3
QUICK_START = "-XX:TieredStopAtLevel=1"
"""These servers hardly compute: without the second compiler a start costs 9 s of CPU instead of 15."""

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, neo4j_jars: Path) -> Iterator[Path]:
    """A home whose jars are already there, so that only Neo4j itself is started; what runs is stopped at the end."""
    home = tmp_path / "home"
    link_jars(home, neo4j_jars)
    try:
        yield home
    finally:
        stop(home)


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    small = {"SIXHOP_NEO4J_HEAP_MB": "512", "SIXHOP_NEO4J_PAGE_CACHE_MB": "64", "JAVA_TOOL_OPTIONS": QUICK_START}
    return {**clean, **small, "SIXHOP_HOME": str(home)}


@pytest.fixture
def neo4j(env: dict[str, str]) -> Command:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [str(SIXHOP), "neo4j", *args]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False)

    return run


def test_a_server_is_found_again_and_comes_back_with_its_data_after_a_crash(home: Path, neo4j: Command) -> None:
    assert neo4j("status").returncode == NOT_RUNNING
    up = neo4j("up")
    assert up.returncode == 0, up.stderr
    first = _recorded(home)
    assert first.uri in up.stdout
    assert neo4j("status").returncode == RUNNING

    second = neo4j("up")
    assert second.returncode == 0
    assert "already runs" in second.stdout
    assert _recorded(home) == first

    _keeps_its_password_to_itself(home, first)
    _listens_on_loopback_only(first)
    _refuses_another_password(home)
    with pytest.raises(Refused, match="sixhop neo4j down"):
        run_admin(home, ["database", "info", "neo4j"], home / "admin.log")
    _write_member(home)

    os.kill(first.pid, signal.SIGKILL)
    _wait_until(lambda: not first.is_running)
    assert neo4j("status").returncode == NOT_RUNNING
    assert neo4j("up").returncode == 0
    again = _recorded(home)
    assert again.pid != first.pid
    assert again.uri == first.uri, "the port is kept"
    assert _members(home) == 1
    assert "Started." in neo4j("logs", "-n", "20").stdout

    down = neo4j("down")
    assert down.returncode == 0
    assert not again.is_running
    assert neo4j("status").returncode == NOT_RUNNING
    assert neo4j("down").returncode == 0, "a second down finds nothing to do"

    log = home / "admin.log"
    run_admin(home, ["database", "info", "neo4j"], log)
    assert "neo4j" in log.read_text(encoding="utf-8")
    with pytest.raises(SixhopError, match="no-such-thing"):
        run_admin(home, ["database", "no-such-thing"], log)


def test_two_starts_at_once_make_one_server(home: Path, env: dict[str, str]) -> None:
    starts = [_begin_up(env) for _ in range(2)]
    outputs = [start.communicate(timeout=COMMAND_TIMEOUT_S)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0], outputs
    assert sorted("already runs" in output for output in outputs) == [False, True]
    assert len(_servers_of(home)) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_start_leaves_no_process(home: Path, env: dict[str, str], number: signal.Signals) -> None:
    up = _begin_up(env)
    _wait_until(lambda: read_state(home) is not None)
    os.kill(up.pid, number)
    up.communicate(timeout=COMMAND_TIMEOUT_S)
    assert up.returncode not in (0, None)
    assert read_state(home) is None
    assert _servers_of(home) == []


def test_a_start_that_takes_too_long_leaves_no_process_and_says_so(home: Path, env: dict[str, str]) -> None:
    up = _begin_up({**env, "SIXHOP_NEO4J_START_TIMEOUT_S": "0.5"})
    output = up.communicate(timeout=COMMAND_TIMEOUT_S)[0]
    assert up.returncode == 5
    assert "SIXHOP_NEO4J_START_TIMEOUT_S" in output
    assert _servers_of(home) == []


def test_data_whose_password_is_lost_are_not_started_over(home: Path, neo4j: Command) -> None:
    (server_dir(home) / "data" / "databases" / "system").mkdir(parents=True)
    up = neo4j("up")
    assert up.returncode == 6
    assert "password that is no longer" in " ".join(up.stderr.split())


def test_a_process_that_took_over_the_id_is_neither_found_nor_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    server_dir(home).mkdir(parents=True)
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        started = process.start_time(bystander.pid)
        assert started is not None
        write_state(home, LocalServer("bolt://127.0.0.1:1", "neo4j", make_password(home), bystander.pid, started - 1))
        assert stop(home) is None
        assert bystander.poll() is None
        assert read_state(home) is None, "the stale record is gone"
    finally:
        bystander.kill()
        bystander.wait()


def _recorded(home: Path) -> LocalServer:
    server = read_state(home)
    assert server is not None
    return server


def _begin_up(env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(SIXHOP), "neo4j", "up"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _wait_until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _servers_of(home: Path) -> list[int]:
    """Ids of all processes that were started on this home."""
    shown = subprocess.run(["ps", "-axwwo", "pid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in shown.splitlines()]
    return [int(pid) for pid, stat, args in lines if f"--home-dir={server_dir(home)}" in args and stat[0] != "Z"]


def _keeps_its_password_to_itself(home: Path, server: LocalServer) -> None:
    folder = server_dir(home)
    assert (folder / "password").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert server.password not in (folder / "server.json").read_text(encoding="utf-8")
    arguments = subprocess.run(["ps", "-axwwo", "args="], capture_output=True, text=True, check=True).stdout
    assert server.password not in arguments


def _refuses_another_password(home: Path) -> None:
    at = replace(bootstrap.graph_location(Settings(home=home)), password="another-password")
    with Graph(at, Catalog(find_cypher_dir()), "demo") as graph, pytest.raises(Misconfigured, match="credentials"):
        graph.check()


def _listens_on_loopback_only(server: LocalServer) -> None:
    fds = Path(f"/proc/{server.pid}/fd")
    if not fds.exists():  # not Linux
        return
    sockets = {str(fd.readlink()) for fd in fds.iterdir() if fd.is_symlink()}
    listening = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for row in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                address, _, port = fields[1].partition(":")
                listening.append((address, int(port, 16)))
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    assert {port for _, port in listening} == {int(server.uri.rpartition(":")[2])}
    assert {address for address, _ in listening} <= loopback


def _write_member(home: Path) -> None:
    with bootstrap.open_graph(Settings(home=home)) as graph:
        graph.driver.execute_query("CREATE (:Member {realm: $realm, member_id: 'm1'})", realm=graph.realm)


def _members(home: Path) -> int:
    with bootstrap.open_graph(Settings(home=home)) as graph:
        records, _, _ = graph.driver.execute_query("MATCH (m:Member {realm: $realm}) RETURN m", realm=graph.realm)
        return len(records)
