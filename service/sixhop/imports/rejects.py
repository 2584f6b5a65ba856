"""Keeps track of rows that cannot be imported and writes them out as they stood. Decides nothing itself.

Member ids of rejected rows appear in that file only: never in a log, a message or an answer.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from sixhop.imports.folder import ImportFolder, SourceFile
from sixhop.imports.parsing import Mask
from sixhop.imports.reading import FileReader, Lines

HEADER = ("file", "line", "reason", "row")


class RejectLog:
    """Lines and reasons by kind of file. The rows' texts are fetched only when the file is written."""

    def __init__(self) -> None:
        self._reasons: list[str] = []
        self._found: dict[str, list[tuple[Lines, Lines]]] = {}
        self._misfits: dict[str, int] = {}

    def add(self, kind: str, lines: Lines, reason: str) -> None:
        """Reject the rows on `lines` for `reason`."""
        if not len(lines):
            return
        if reason not in self._reasons:
            self._reasons.append(reason)
        codes = np.full(len(lines), self._reasons.index(reason), dtype=np.int64)
        self._found.setdefault(kind, []).append((lines, codes))

    def add_misfits(self, kind: str, count: int) -> None:
        """Count rows with a wrong number of fields; reading again finds them again."""
        if count:
            self._misfits[kind] = self._misfits.get(kind, 0) + count

    def count(self, kind: str) -> int:
        return sum(len(lines) for lines, _ in self._found.get(kind, [])) + self._misfits.get(kind, 0)

    @property
    def total(self) -> int:
        return sum(self.count(kind) for kind in {*self._found, *self._misfits})

    def write(
        self, folder: ImportFolder, path: Path, leave_out: Callable[[str], bool] = lambda _: False
    ) -> Path | None:
        """Write the rejects (mode 0600: they hold member ids) and return where; None when there are none.

        Of rows of which `leave_out` says so only the line and the reason are told.
        """
        if not self.total:
            with suppress(FileNotFoundError):
                path.unlink()
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            for kind, file in folder.files.items():
                if self.count(kind):
                    for line, reason, text in sorted(self._rows(kind, file)):
                        writer.writerow((file.path.name, line, reason, "" if leave_out(text) else text))
        unfinished.replace(path)
        return path

    def _rows(self, kind: str, file: SourceFile) -> Iterator[tuple[int, str, str]]:
        found = self._found.get(kind, [])
        lines = np.concatenate([part for part, _ in found]) if found else np.empty(0, dtype=np.int64)
        codes = np.concatenate([part for _, part in found]) if found else lines
        order = np.argsort(lines, kind="stable")
        lines, codes = lines[order], codes[order]
        reader = FileReader(file)
        for chunk in reader:
            rejected: Mask = np.isin(chunk.lines, lines)
            for row in np.flatnonzero(rejected):
                line = int(chunk.lines[row])
                yield line, self._reasons[codes[np.searchsorted(lines, line)]], chunk.text(int(row))
        for misfit in reader.misfits:
            yield misfit.line, misfit.reason, misfit.text


def leave_out(path: Path, wanted: Callable[[str], bool]) -> int:
    """Leave out what stood in some rows of a file of rejects; how many there were."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    changed = 0
    for row in rows[1:]:
        if len(row) == len(HEADER) and row[-1] and wanted(row[-1]):
            row[-1] = ""
            changed += 1
    if changed:
        unfinished = path.with_suffix(".new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        unfinished.replace(path)
    return changed
