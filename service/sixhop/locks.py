"""One process at a time: a file lock with a bounded wait, freed by the kernel if its holder dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sixhop.errors import Reason, Unavailable

_POLL_S = 0.1


@contextmanager
def locked(path: Path, *, wait_s: float, on: object) -> Iterator[None]:
    """Hold the lock on `path`, a file that is made when missing; `on` is what is locked, for the message.

    Raises:
        Unavailable: (LOCKED) another command still holds it after `wait_s`.
    """
    deadline = time.monotonic() + wait_s
    with path.open("a", encoding="ascii") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"another sixhop command has been at work on {on} for over {wait_s:.0f} s; "
                        "wait for it, or stop it, and run this again",
                        reason=Reason.LOCKED,
                    ) from None
                time.sleep(_POLL_S)
        yield
