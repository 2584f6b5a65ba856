"""What the local server left on disk for others to find it by: address, process id, password (mode 0600)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A local server that was started; whether it still runs is for `start.py` to say."""

    uri: str
    user: str
    password: str = field(repr=False)
    pid: int
    started: float
    """Start time of the process as the kernel has it, so that a reused process id is not mistaken for it."""


def server_dir(home: Path) -> Path:
    return home / "neo4j"


def read_state(home: Path) -> LocalServer | None:
    """The server recorded under `home`, or None."""
    folder = server_dir(home)
    try:
        state = json.loads((folder / "server.json").read_text(encoding="utf-8"))
        password = (folder / "password").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return LocalServer(password=password, **state)
