"""Stops the local server, and nothing else: by process id and start time."""

from __future__ import annotations

from pathlib import Path

from sixhop.errors import Unavailable
from sixhop.neo4j_local import process
from sixhop.neo4j_local.lock import exclusive
from sixhop.neo4j_local.state import LocalServer, clear_state, read_state

GRACE_S = 60.0
"""A server that was written to a lot takes a while to put it all in its store."""
_LOCK_WAIT_S = 150.0
"""A start under way is waited for: it ends by itself, one way or the other."""


def stop(home: Path, *, grace_s: float = GRACE_S) -> LocalServer | None:
    """Stop the server recorded below `home` and return it; None when none was running.

    Raises:
        Unavailable: it is still there after SIGKILL.
    """
    with exclusive(home, wait_s=_LOCK_WAIT_S):
        server = read_state(home)
        if server is None or not server.is_running:
            clear_state(home)
            return None
        if not process.end(server.pid, server.started, grace_s=grace_s):
            raise Unavailable(f"Neo4j (process {server.pid}) outlives even SIGKILL; see `sixhop neo4j logs`")
        clear_state(home)
        return server
