"""Takes rows out of segments, of those that are being written too. Knows nothing of what the rows mean.

A segment is replaced as a whole, or not at all. One that is open is taken from its writer by renaming it: the
writer, in whichever process, sees that it is gone, lets go of its lock, and goes on with a new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sixhop.errors import Unavailable
from sixhop.pipeline.ports import JsonRow
from sixhop.pipeline.segments import CLOSED, OPEN
from sixhop.pseudonyms import HASH_HEX_DIGITS

TAKEN = ".jsonl.taken"
REWRITTEN = ".jsonl.new"
LET_GO_WITHIN_S = 10.0
TRY_EVERY_S = 0.02
_HASH = re.compile(rb'"([0-9a-f]{%d})"' % HASH_HEX_DIGITS)
Change = Callable[[JsonRow], JsonRow | None]
"""What becomes of a row; None where it goes."""


def rewrite(folder: Path, hashes: frozenset[str], change: Change) -> int:
    """Change all rows that hold one of `hashes`; how many there were.

    Raises:
        Unavailable: whoever writes an open segment does not let go of it.
    """
    if not hashes or not folder.is_dir():
        return 0
    wanted = {each.encode() for each in hashes}
    changed = 0
    with _only_rewriter(folder):
        _close_open(folder)
        for path in sorted(folder.glob(f"*{CLOSED}")):
            with suppress(FileNotFoundError):  # the oldest go by themselves
                changed += _rewrite_one(path, wanted, change)
    return changed


def rows_with(folder: Path, member_hash: str) -> Iterator[JsonRow]:
    """All rows that hold the hash, oldest first, of open segments too."""
    wanted = member_hash.encode()
    for path in sorted(folder.glob("*.jsonl*")) if folder.is_dir() else ():
        with suppress(FileNotFoundError), path.open("rb") as file:
            for line in file:
                if wanted in line and line.endswith(b"\n"):
                    yield json.loads(line)


def drop_older(folder: Path, before: float) -> int:
    """Remove the closed segments that were begun before a time (seconds since 1970); how many there were."""
    stamp = datetime.fromtimestamp(before, UTC).strftime("%Y%m%dT%H%M%S")
    dropped = 0
    for path in sorted(folder.glob(f"*{CLOSED}")) if folder.is_dir() else ():
        if path.name < stamp:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _rewrite_one(path: Path, wanted: set[bytes], change: Change) -> int:
    data = path.read_bytes()
    if wanted.isdisjoint(_HASH.findall(data)):
        return 0
    kept: list[bytes] = []
    changed = 0
    for line in data.splitlines():
        if wanted.isdisjoint(_HASH.findall(line)):
            kept.append(line)
            continue
        changed += 1
        row = change(json.loads(line))
        if row is not None:
            kept.append(json.dumps(row, separators=(",", ":"), allow_nan=False).encode())
    new = path.with_name(path.name.removesuffix(CLOSED) + REWRITTEN)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"".join(line + b"\n" for line in kept))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    return changed


def _close_open(folder: Path) -> None:
    for path in folder.glob(f"*{REWRITTEN}"):  # of a rewriting that was cut off: the segment itself is whole
        path.unlink(missing_ok=True)
    for path in folder.glob(f"*{OPEN}"):
        with suppress(FileNotFoundError):
            path.rename(path.with_name(path.name.removesuffix(OPEN) + TAKEN))
    for path in folder.glob(f"*{TAKEN}"):
        with path.open("r+b") as file:
            _await_lock(file, path)
            file.truncate(file.read().rfind(b"\n") + 1)
            path.rename(path.with_name(path.name.removesuffix(TAKEN) + CLOSED))


def _await_lock(file: BinaryIO, path: Path) -> None:
    deadline = time.monotonic() + LET_GO_WITHIN_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unavailable(f"a process does not let go of {path.name}; try again") from None
            time.sleep(TRY_EVERY_S)
        else:
            return


@contextmanager
def _only_rewriter(folder: Path) -> Iterator[None]:
    """One at a time: each would put back what the other takes out."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
