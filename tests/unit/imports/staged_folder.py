"""Folders written and staged in one line, for tests of what staging makes of them."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from sixhop.imports.folder import ImportFolder, open_folder
from sixhop.imports.staging import Stage, stage

MEMBERS = "member_id\n" + "".join(f"m{i}\n" for i in range(10))
OFFERINGS = "offering_id\no1\no2\n"


def folder_of(path: Path, **files: str) -> ImportFolder:
    """`members="…"` becomes members.csv."""
    for kind, text in files.items():
        (path / f"{kind}.csv").write_text(text, encoding="utf-8", newline="")
    return open_folder(path)


def staged(path: Path, **files: str) -> Stage:
    return stage(folder_of(path, **files))


def rejected(path: Path, of: Stage) -> list[tuple[str, int, str, str]]:
    """(file, line, reason, row) of each row in the rejects file."""
    file = of.rejects.write(of.folder, path / "out" / "rejects.csv")
    if file is None:
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["file", "line", "reason", "row"]
    return [(name, int(line), reason, row) for name, line, reason, row in rows]


def write_gz(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode()))
