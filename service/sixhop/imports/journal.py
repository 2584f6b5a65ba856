"""Remembers which batches of an import are through, so that a stopped one goes on. Knows no batch's content.

The realm notes the journal's token while the import is under way: a journal whose realm says otherwise (another import
came between, or the graph was emptied) is of no use and begins anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sixhop.errors import InvalidInput, Refused
from sixhop.graph.executor import Graph

_REALM = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A realm's name becomes part of file names."""


class Journal:
    """One file below `<home>/imports`; `token` says which import, with which settings, it is of."""

    def __init__(self, path: Path, token: str) -> None:
        self._path = path
        self.token = token
        self._done: dict[str, set[int]] = {}

    @classmethod
    def open(cls, path: Path, token: str, graph: Graph) -> Self:
        """The journal of a stopped import, if this is the same one; else an empty one."""
        journal = cls(path, token)
        try:
            written = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            written = {}
        rows = graph.rows("ops/realm_read")
        if written.get("token") == token and rows and rows[0]["importing"] == token:
            journal._done = {phase: set(batches) for phase, batches in written["done"].items()}
        return journal

    def begin(self, graph: Graph) -> None:
        self._save()
        graph.write("ops/realm_importing", importing=self.token)

    def end(self, graph: Graph) -> None:
        """The import is through: nothing of it needs remembering."""
        graph.write("ops/realm_importing", importing=None)
        self._path.unlink(missing_ok=True)

    @property
    def continues(self) -> bool:
        return any(self._done.values())

    def has(self, phase: str, batch: int) -> bool:
        return batch in self._done.get(phase, ())

    def add(self, phase: str, batch: int) -> None:
        self._done.setdefault(phase, set()).add(batch)
        self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"token": self.token, "done": {phase: sorted(done) for phase, done in self._done.items()}})
        unfinished = self._path.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self._path)


@contextmanager
def only_import(folder: Path, realm: str) -> Iterator[None]:
    """One import into a realm at a time on this machine: ties of a new realm are made without looking for them.

    Raises:
        InvalidInput: no realm can have this name.
        Refused: another one is at work.
    """
    if not _REALM.fullmatch(realm):
        raise InvalidInput(
            f"{realm!r} cannot be the name of a realm: 1 to 64 letters, digits, dots, dashes, underscores"
        )
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{realm}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another import into realm {realm!r} is at work; wait for it, then run this again") from None
        yield
