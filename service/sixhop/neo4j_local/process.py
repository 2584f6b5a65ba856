"""Processes by id and start time, so that a reused id is never mistaken for ours. Knows nothing of Neo4j."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_PROC = Path("/proc")
_STARTTIME_FIELD = 19
"""Place of `starttime` in /proc/<pid>/stat behind the command's name (proc(5): field 22; the state is field 3)."""
_POLL_S = 0.05
ENDING = (signal.SIGTERM, signal.SIGHUP)


def start_time(pid: int) -> float | None:
    """When the kernel started process `pid` (clock ticks on Linux, else seconds); None when no such process lives."""
    return _linux_start_time(pid) if (_PROC / "self" / "stat").exists() else _ps_start_time(pid)


def _linux_start_time(pid: int) -> float | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else float(fields[_STARTTIME_FIELD])


def _ps_start_time(pid: int) -> float | None:
    env = {**os.environ, "LC_ALL": "C"}
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, env=env, check=False).stdout.split()
    if not shown or shown[0].startswith("Z"):
        return None
    return time.mktime(time.strptime(" ".join(shown[1:]), "%a %b %d %H:%M:%S %Y"))


def spawn(argv: Sequence[str], env: Mapping[str, str], *, output: Path) -> int:
    """Start a process in a session of its own, deaf to this terminal's Ctrl-C, that outlives us. Returns its id."""
    redirections: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(argv[0], list(argv), dict(env), file_actions=redirections, setsid=True, setsigmask=())


@contextmanager
def signals_held() -> Iterator[None]:
    """Put off Ctrl-C, SIGTERM and SIGHUP until the end of the block, so that no process is lost in between."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, *ENDING))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ending_signals_interrupt() -> Iterator[None]:
    """Within the block SIGTERM and SIGHUP are as Ctrl-C, so that they clean up too."""
    if threading.current_thread() is not threading.main_thread():  # where Python allows no handlers
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end(pid: int, started: float, *, grace_s: float, kill_s: float = 10.0) -> bool:
    """End exactly this process: SIGTERM, and SIGKILL once `grace_s` are over. True when it is gone."""
    for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, kill_s)):
        if start_time(pid) != started:
            return True
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if _gone_within(pid, started, patience_s):
            return True
    return False


def _gone_within(pid: int, started: float, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while start_time(pid) == started:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    _reap(pid)
    return True


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # started by an earlier command: not ours to reap
        return
