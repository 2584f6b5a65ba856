"""One command at a time on one local server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sixhop.locks import locked
from sixhop.neo4j_local.state import server_dir


@contextmanager
def exclusive(home: Path, *, wait_s: float) -> Iterator[Path]:
    """Hold the lock of the server below `home`; yields the server's folder, made with mode 0700.

    Raises:
        Unavailable: another command still holds it after `wait_s`.
    """
    folder = server_dir(home.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with locked(folder / "lock", wait_s=wait_s, on=folder):
        yield folder
