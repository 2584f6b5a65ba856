"""Runs the real `sixhop serve` in a process of its own, and the small things tests need around it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sixhop.graph.driver import Location

SIXHOP = str(Path(sys.executable).parent / "sixhop")
START_WITHIN_S = 120
STOP_WITHIN_S = 20


def environment(at: Location, realm: str, home: Path, **settings: str) -> dict[str, str]:
    """A whole environment for `sixhop`; nothing of the caller's settings is in it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SIXHOP_")}
    return {
        **clean,
        "SIXHOP_NEO4J_URI": at.uri,
        "SIXHOP_NEO4J_USER": at.user,
        "SIXHOP_NEO4J_PASSWORD": at.password,
        "SIXHOP_NEO4J_DATABASE": at.database,
        "SIXHOP_REALM": realm,
        "SIXHOP_HOME": str(home),
        "SIXHOP_GRPC_ADDRESS": "127.0.0.1:0",
        "SIXHOP_WARM_UP_S": "0",
        "SIXHOP_GRPC_MAX_WAITING": "256",  # these tests are about answers; those about load say how much waits
        "SIXHOP_METRICS_ADDRESS": "",
        **{f"SIXHOP_{name.upper()}": value for name, value in settings.items()},
    }


@dataclass
class Service:
    """A running service: where it answers, what it keeps, what it said so far."""

    process: subprocess.Popen[str]
    address: str
    home: Path
    realm: str
    log: list[str] = field(default_factory=list)

    def recorded(self) -> list[dict[str, Any]]:
        """What it recorded so far, in open and closed segments."""
        folder = self.home / "segments" / self.realm
        return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


@contextmanager
def running(env: Mapping[str, str]) -> Iterator[Service]:
    """`sixhop serve` until the end of the block; fails when it does not say where it serves in time."""
    process = subprocess.Popen(
        [SIXHOP, "serve"], env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    said: queue.Queue[str] = queue.Queue()
    log: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(process.stdout, said.put), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, log.append), daemon=True),
    ]
    for reader in readers:
        reader.start()
    try:
        yield Service(process, _address(process, said, log), Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"], log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            for reader in readers:
                reader.join(STOP_WITHIN_S)
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()


def _read(stream: Any, take: Callable[[str], None]) -> None:
    for line in stream:
        take(line.rstrip("\n"))


def _address(process: subprocess.Popen[str], said: queue.Queue[str], log: list[str]) -> str:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            line = said.get(timeout=0.1)
        except queue.Empty:
            continue
        if line.startswith("serving on "):
            return line.removeprefix("serving on ")
    raise AssertionError("sixhop serve did not come up:\n" + "\n".join(log))


def eventually(what: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait until `what` holds; fail when it does not in time."""
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def sixhop(env: Mapping[str, str], *arguments: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [SIXHOP, *arguments], env=dict(env), capture_output=True, text=True, timeout=timeout_s, check=False
    )
