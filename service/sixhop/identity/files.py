"""Reads files that must stay secret, and refuses those that others may read. Knows nothing of what they hold."""

from __future__ import annotations

from pathlib import Path

from sixhop.errors import Misconfigured


def read_public(path: Path, setting: str) -> bytes:
    """The bytes of a file that anybody may read. Raises `Misconfigured` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{setting}: {path} cannot be read: {error.strerror}") from error


def read_secret(path: Path, setting: str) -> bytes:
    """The bytes of a file that only its owner may read. Raises `Misconfigured` when that is not so."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError as error:
        raise Misconfigured(f"{setting}: {path} cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise Misconfigured(f"{setting}: {path} may be read by others (mode {mode:04o}); run: chmod 600 {path}")
    return read_public(path, setting)
