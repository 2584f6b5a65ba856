"""Writes an import folder (docs/data.md), and says what is in it. Knows nothing of where rows come from."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Table = tuple[Sequence[str], Iterable[Sequence[object]]]
"""Names of columns, and rows; None is an empty cell."""


class NotThere(Exception):
    """A data set cannot be used; the message says what is missing."""


def write_folder(folder: Path, tables: Mapping[str, Table]) -> dict[str, int]:
    """Write one CSV a kind, its rows in order and each once; returns how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for kind, (columns, rows) in tables.items():
        distinct = sorted({tuple("" if cell is None else str(cell) for cell in row) for row in rows})
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(distinct)
        counts[kind] = len(distinct)
    return counts


def members(ids: Iterable[str]) -> Table:
    return ("member_id",), ((each,) for each in ids)


def ties(pairs: Iterable[tuple[str, str]]) -> Table:
    """Ties both ways, to be imported with `--mutual`; a pair stands once, whichever way it was told."""
    return ("from_id", "to_id"), {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


def digest(folder: Path) -> str:
    """Of all the folder holds: another conversion gets a realm of its own."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:8]


def lines(path: Path) -> list[str]:
    """Lines of a plain or gzipped text file.

    Raises
    ------
    NotThere
        The file is absent.
    """
    if not path.is_file():
        raise NotThere(f"{path} is not there")
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return file.read().splitlines()
    return path.read_text(encoding="utf-8").splitlines()
