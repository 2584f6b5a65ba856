"""One command at a time on one local server: a file lock with a bounded wait, freed by the kernel if we die."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sixhop.errors import Unavailable
from sixhop.neo4j_local.state import server_dir

_POLL_S = 0.1


@contextmanager
def exclusive(home: Path, *, wait_s: float) -> Iterator[Path]:
    """Hold the lock of the server below `home`; yields the server's folder, made with mode 0700.

    Raises:
        Unavailable: another command still holds it after `wait_s`.
    """
    folder = server_dir(home.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    deadline = time.monotonic() + wait_s
    with (folder / "lock").open("a", encoding="ascii") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"another sixhop command has been at work on {folder} for over {wait_s:.0f} s; "
                        "wait for it, or stop it, and run this again"
                    ) from None
                time.sleep(_POLL_S)
        yield folder
