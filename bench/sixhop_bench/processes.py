"""Neo4j and `sixhop serve` as real processes for the length of a measurement, and what CPU time they used.

Whatever is started here is stopped here, by its process id, also after Ctrl-C.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sixhop.errors import Unavailable
from sixhop.graph.driver import Location
from sixhop.neo4j_local import process
from sixhop.neo4j_local.start import start
from sixhop.neo4j_local.stop import stop
from sixhop.settings import Settings
from sixhop_bench.graphs import REALM
from sixhop_bench.load import SIXHOP, environment

SERVE_WITHIN_S = 120
STOP_WITHIN_S = 20
LAST_LINES = 8
POOL_SIZE = 64
_ANNOUNCED = "serving on "
_POLL_S = 0.1
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Neo4j:
    """The running store of a graph."""

    at: Location
    pid: int


@dataclass(frozen=True, slots=True)
class Service:
    """A running `sixhop serve`."""

    address: str
    pid: int


@contextmanager
def stopping(home: Path, say: Say, *, keep: bool) -> Iterator[None]:
    """Stop the Neo4j below `home`, whoever started it, at the end of the block; with `keep` only if something fails."""
    with process.ending_signals_interrupt():
        try:
            yield
        except BaseException:
            stop(home)
            raise
        if keep:
            say(f"left running: Neo4j; stop it with `SIXHOP_HOME={home} sixhop neo4j down`")
        else:
            stop(home)


def neo4j(home: Path, say: Say) -> Neo4j:
    """The running server of the store below `home`, started unless it is up."""
    server = start(Settings(home=home, realm=REALM), say).server
    return Neo4j(Location(uri=server.uri, user=server.user, password=server.password, pool_size=POOL_SIZE), server.pid)


@contextmanager
def service(home: Path, say: Say, *, keep: bool, **settings: str) -> Iterator[Service]:
    """`sixhop serve` on a free port, until the end of the block; with `keep` it is left running.

    `settings` are the service's, beside the caller's own.

    Raises:
        Unavailable: it did not come up; the message ends with what it said.
    """
    log = home / "serve.log"
    with log.open("wb") as output:
        serve = subprocess.Popen(
            [*SIXHOP, "serve"],
            env=environment(home, grpc_address="127.0.0.1:0", **settings),
            stdout=output,
            stderr=output,
            start_new_session=True,  # deaf to this terminal's Ctrl-C: it is stopped below
        )
    try:
        address = _address(serve, log)
        say(f"sixhop serve (process {serve.pid}) on {address}")
        yield Service(address, serve.pid)
    except BaseException:
        _end(serve)
        raise
    if keep:
        say(f"left running: sixhop serve on {address}; stop it with `kill {serve.pid}`")
    else:
        _end(serve)


def _end(serve: subprocess.Popen[bytes]) -> None:
    serve.terminate()
    try:
        serve.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        serve.kill()
        serve.wait(STOP_WITHIN_S)


def _address(serve: subprocess.Popen[bytes], log: Path) -> str:
    """What the service announces once it is warm."""
    deadline = time.monotonic() + SERVE_WITHIN_S
    while time.monotonic() < deadline and serve.poll() is None:
        for line in _lines(log):
            if line.startswith(_ANNOUNCED):
                return line.removeprefix(_ANNOUNCED)
        time.sleep(_POLL_S)
    raise Unavailable("sixhop serve did not come up:\n  " + "\n  ".join(_lines(log)[-LAST_LINES:]))


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").strip().splitlines()


class CpuMeter:
    """CPU seconds of this process (the client), the service and Neo4j; of the latter two only where there is /proc."""

    def __init__(self, processes: dict[str, int]) -> None:
        self._processes = processes
        self._before = self._read()

    def used(self) -> dict[str, float]:
        """By process, the CPU seconds since this meter was made."""
        now = self._read()
        return {name: now[name] - self._before[name] for name in now if name in self._before}

    def _read(self) -> dict[str, float]:
        found = {"client": time.process_time()}
        for name, pid in self._processes.items():
            try:
                stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            ticks = stat.rpartition(")")[2].split()[11:13]  # utime and stime: fields 14 and 15 of proc(5)
            found[name] = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return found
