"""What the local server left on disk for others to find it by: address, process id, password (mode 0600)."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sixhop.neo4j_local import process

USER = "neo4j"
_PASSWORD_BYTES = 24


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A local server that was started; `is_running` says whether it still lives."""

    uri: str
    user: str
    password: str = field(repr=False)
    pid: int
    started: float
    """Start time of the process as the kernel has it, so that a reused process id is not mistaken for it."""

    @property
    def is_running(self) -> bool:
        return process.start_time(self.pid) == self.started


def server_dir(home: Path) -> Path:
    return home / "neo4j"


def password_file(home: Path) -> Path:
    return server_dir(home) / "password"


def read_state(home: Path) -> LocalServer | None:
    """The server recorded under `home`, or None. It may have died since: see `is_running`."""
    try:
        state = json.loads((server_dir(home) / "server.json").read_text(encoding="utf-8"))
        password = password_file(home).read_text(encoding="utf-8").strip()
        return LocalServer(
            uri=state["uri"], user=state["user"], pid=state["pid"], started=state["started"], password=password
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def running(home: Path) -> LocalServer | None:
    """The recorded server if its process lives, else None."""
    server = read_state(home)
    return server if server is not None and server.is_running else None


def write_state(home: Path, server: LocalServer) -> None:
    """Record `server`, all at once: a reader sees the old record or the new one."""
    state = {"uri": server.uri, "user": server.user, "pid": server.pid, "started": server.started}
    partial = server_dir(home) / "server.json.partial"
    partial.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    partial.replace(server_dir(home) / "server.json")


def clear_state(home: Path) -> None:
    (server_dir(home) / "server.json").unlink(missing_ok=True)


def make_password(home: Path) -> str:
    """Generate the server's password into its file, readable by its owner alone from the start."""
    path = password_file(home)
    path.unlink(missing_ok=True)
    password = secrets.token_hex(_PASSWORD_BYTES)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(password + "\n")
    return password
