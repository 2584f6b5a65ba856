"""Gives a home of a test's own the jars that are resolved once for all tests."""

from __future__ import annotations

from pathlib import Path

from sixhop.neo4j_local.state import server_dir


def link_jars(home: Path, resolved: Path) -> None:
    server_dir(home).mkdir(parents=True)
    (server_dir(home) / "jars").symlink_to(resolved)
