"""Keeps rows in bounded local files that only their owner may read. Knows nothing of what the rows mean.

A segment is JSON lines. The open one is `<name>.jsonl.part`, held by a lock; closed ones are `<name>.jsonl`. It is
closed when it is large or old enough; when all together grow too large the oldest closed ones go, with a warning.

What a crash can lose: of the process, rows not yet taken from the queue (normally under 0.2 s of them); of the machine,
what was written since the last sync to disk (at most one second). What a crash leaves open, the next start closes,
without a torn last line.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import queue
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sixhop.pipeline.ports import JsonRow

log = logging.getLogger(__name__)

OPEN = ".jsonl.part"
CLOSED = ".jsonl"
MOST_WAITING = 1_000
"""Of what waits to be written; more is dropped and counted."""
SYNC_EVERY_S = 1.0
WAIT_S = 0.2
CLOSE_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class SegmentLimits:
    """When a segment is closed, and how much all of them may take."""

    segment_bytes: int = 16 * 1024 * 1024
    segment_age_s: float = 600.0
    total_bytes: int = 1024 * 1024 * 1024


class SegmentRecorder:
    """Takes rows without waiting and writes them in a thread of its own.

    Args:
        folder: Where its files are, and nobody else's.
        limits: How large they may grow.
        what: What it keeps, for its log.
    """

    def __init__(self, folder: Path, limits: SegmentLimits | None = None, *, what: str = "recorded answers") -> None:
        self._what = what
        self._files = _SegmentFiles(folder, limits or SegmentLimits(), what)
        self._waiting: queue.Queue[Callable[[], Sequence[JsonRow]]] = queue.Queue(MOST_WAITING)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="segments", daemon=True)
        self._thread.start()
        self.dropped = 0
        """How often something was not kept: the queue was full, or the disk refused them."""

    def put(self, make_rows: Callable[[], Sequence[JsonRow]]) -> bool:
        """Keep what `make_rows` will give; False when too many wait already."""
        try:
            self._waiting.put_nowait(make_rows)
        except queue.Full:
            self._drop("too many wait to be written")
            return False
        return True

    @property
    def backlog(self) -> int:
        """How many answers wait to be written."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Write what waits, and close the open segment."""
        self._ending.set()
        self._thread.join(CLOSE_WITHIN_S)

    def _run(self) -> None:
        while not (self._ending.is_set() and self._waiting.empty()):
            try:
                self._write(self._waiting.get(timeout=WAIT_S))
            except queue.Empty:
                self._guarded(self._files.idle)
        self._guarded(self._files.close)

    def _write(self, make_rows: Callable[[], Sequence[JsonRow]]) -> None:
        def work() -> None:
            lines = [json.dumps(row, separators=(",", ":"), allow_nan=False) for row in make_rows()]
            if lines:
                self._files.append(("\n".join(lines) + "\n").encode())

        if not self._guarded(work):
            self._drop("they could not be written")

    def _drop(self, why: str) -> None:
        self.dropped += 1
        if self.dropped.bit_count() == 1:  # at the 1st, 2nd, 4th, 8th…
            log.error("%s were lost %d times since the start: %s", self._what, self.dropped, why)

    def _guarded(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except Exception as error:
            log.warning("%s could not be kept in %s: %s", self._what, self._files.folder, type(error).__name__)
            self._files.abandon()
            return False
        return True


class _SegmentFiles:
    """The files of one folder; used by one thread."""

    def __init__(self, folder: Path, limits: SegmentLimits, what: str) -> None:
        self.folder = folder
        self._what = what
        self._limits = limits
        self._file: BinaryIO | None = None
        self._path = folder
        self._opened = self._synced = 0.0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.glob(f"*{OPEN}")):
            _close_what_a_crash_left(path)

    def append(self, data: bytes) -> None:
        file = self._own() or self._open()
        file.write(data)
        file.flush()
        self._sync_when_due(file)
        if file.tell() >= self._limits.segment_bytes:
            self.close()

    def idle(self) -> None:
        if file := self._own():
            self._sync_when_due(file)
            if time.monotonic() - self._opened >= self._limits.segment_age_s:
                self.close()

    def close(self) -> None:
        if file := self._own():
            _sync(file)
            self._path.rename(self._path.with_name(self._path.name.removesuffix(OPEN) + CLOSED))
            self.abandon()
            self._drop_oldest()

    def abandon(self) -> None:
        """Let go of the open segment; the next start, or append, goes on with a new one."""
        if self._file:
            file, self._file = self._file, None
            file.close()

    def _own(self) -> BinaryIO | None:
        """The open segment, unless somebody took it: to rewrite it, as soon as it is let go of."""
        if self._file and not self._path.exists():
            self.abandon()
        return self._file

    def _open(self) -> BinaryIO:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        self._path = self.folder / f"{stamp}-{uuid.uuid4().hex[:8]}{OPEN}"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(self._file.fileno()).st_nlink == 0:
            raise FileNotFoundError  # a process that started just now took it for what a crash left
        self._opened = self._synced = time.monotonic()
        return self._file

    def _sync_when_due(self, file: BinaryIO) -> None:
        if time.monotonic() - self._synced >= SYNC_EVERY_S:
            _sync(file)
            self._synced = time.monotonic()

    def _drop_oldest(self) -> None:
        closed = sorted(self.folder.glob(f"*{CLOSED}"))
        total = sum(path.stat().st_size for path in closed)
        while closed and total > self._limits.total_bytes:
            total -= closed[0].stat().st_size
            closed[0].unlink()
            log.warning("%s take too much room: the oldest segment %s was removed", self._what, closed.pop(0).name)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _close_what_a_crash_left(path: Path) -> None:
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another process is writing it
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
    if whole:
        path.rename(path.with_name(path.name.removesuffix(OPEN) + CLOSED))
    else:
        path.unlink()
