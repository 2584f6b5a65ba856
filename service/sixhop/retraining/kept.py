"""The retrainings of a realm in files, so that any process that shares the home folder can tell what came of them.

<home>/operations/<realm>/         0700; files 0600
    retrain-….json                 one operation, written anew as it goes on; the last 20 are kept
    retrain-….cancel               somebody wants it to end
    running                        locked by the process that runs one, for as long as it does

One that is not at its end in its file while nobody holds the lock was left behind by a service that ended.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from sixhop.errors import NotFound, Reason
from sixhop.retraining.operation import Failure, Operation, from_json, to_json

log = logging.getLogger(__name__)
MOST = 20
LEFT_BEHIND = "the service ended; call Retrain again, it goes on where it was"


class Kept:
    """The operations of one realm on disk."""

    def __init__(self, home: Path, realm: str) -> None:
        self._folder = home / "operations" / realm

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process may run one; if so, nobody else does until the block ends."""
        self._make_folder()
        with _open(self._folder / "running", "a") as file:
            yield _took(file.fileno())

    def write(self, operation: Operation) -> None:
        """Keep it as it is now; all of it is on disk afterwards, or what was before."""
        self._make_folder()
        draft = self._folder / f".draft-{secrets.token_hex(8)}"
        with _open(draft, "w") as file:
            file.write(to_json(operation))
        draft.replace(self._path(operation.operation_id))

    def forget_old(self) -> None:
        """Keep the last of them, and nothing that was half written."""
        for operation_id in self._ids()[MOST:]:
            self._path(operation_id).unlink(missing_ok=True)
            self._cancel_path(operation_id).unlink(missing_ok=True)
        for draft in self._folder.glob(".draft-*"):
            draft.unlink(missing_ok=True)

    def read(self, operation_id: str) -> Operation:
        """One of them. Raises `NotFound`: there is none of this name, or it is not remembered any more."""
        found = self._read(operation_id) if operation_id in self._ids() else None
        if found is None:
            raise NotFound(
                f"no operation {operation_id!r} is remembered; ListOperations names those that are",
                reason=Reason.OPERATION_NOT_FOUND,
            )
        return found

    def all(self) -> list[Operation]:
        """The last of them, newest first."""
        found = (self._read(operation_id) for operation_id in self._ids()[:MOST])
        return [each for each in found if each is not None]

    def ask_to_end(self, operation_id: str) -> None:
        """Tell whoever runs it, this process or another."""
        self._cancel_path(operation_id).touch(mode=0o600)

    def asked_to_end(self, operation_id: str) -> bool:
        return self._cancel_path(operation_id).exists()

    def _read(self, operation_id: str) -> Operation | None:
        try:
            operation = from_json(self._path(operation_id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            log.warning("operation %s is not readable, it is left out", operation_id)
            return None
        if operation.running and not self._is_running():
            # It may have come to its end between the two looks.
            with suppress(OSError, ValueError, KeyError, TypeError):
                operation = from_json(self._path(operation_id).read_text(encoding="utf-8"))
            if operation.running:
                failure = Failure(Reason.OPERATION_ABORTED, LEFT_BEHIND)
                operation = replace(operation, ended_at=self._left_at(operation_id), failure=failure)
        return operation

    def _left_at(self, operation_id: str) -> float:
        """When it was last heard of."""
        try:
            return round(self._path(operation_id).stat().st_mtime, 3)
        except OSError:
            return round(time.time(), 3)

    def _is_running(self) -> bool:
        try:
            with _open(self._folder / "running", "a") as file:
                return not _took(file.fileno())
        except FileNotFoundError:
            return False

    def _ids(self) -> list[str]:
        return sorted((path.stem for path in self._folder.glob("retrain-*.json")), reverse=True)

    def _path(self, operation_id: str) -> Path:
        return self._folder / f"{operation_id}.json"

    def _cancel_path(self, operation_id: str) -> Path:
        return self._folder / f"{operation_id}.cancel"

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)


def _open(path: Path, mode: str) -> IO[str]:
    """To write or to append; a file that is made is ours alone."""
    kind = os.O_TRUNC if mode == "w" else os.O_APPEND
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | kind, 0o600), mode, encoding="utf-8")


def _took(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
