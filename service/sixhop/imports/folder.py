"""Looks at an import folder before anything is read: which files, which columns, one digest. Knows nothing of rows.

Every problem of the whole folder is found before the first is reported, and nothing is written while there is one.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sixhop.errors import InvalidInput
from sixhop.imports.kinds import KINDS, Kind, Type

SUFFIXES = (".csv", ".csv.gz", ".parquet")
_SCAN_BYTES = 4 << 20
_LONGEST_HEADER = 64 << 10


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the folder, known to be readable. `quoted`: a quote occurs, so a row may span lines."""

    path: Path
    kind: Kind
    columns: tuple[str, ...]
    quoted: bool
    digest: str

    @property
    def is_parquet(self) -> bool:
        return self.path.name.endswith(".parquet")


@dataclass(frozen=True, slots=True)
class ImportFolder:
    """The files of a folder by kind, in reading order, and one digest over all their content."""

    path: Path
    files: dict[str, SourceFile]
    digest: str


def open_folder(path: Path) -> ImportFolder:
    """Look at every file of `path`.

    Raises:
        InvalidInput: with every file and column that cannot be imported; nothing was read any further.
    """
    if not path.is_dir():
        raise InvalidInput(f"{path} is not a folder; give the folder that holds members.csv, ties.csv, …")
    problems: list[tuple[str, str]] = []
    found: dict[str, SourceFile] = {}
    names: dict[str, str] = {}
    for entry in sorted(path.iterdir()):
        if entry.name.startswith("."):
            continue
        kind = _kind_of(entry)
        if kind is None:
            problems.append((entry.name, f"is not one of {', '.join(KINDS)} with {', '.join(SUFFIXES)}"))
        elif kind.name in names:
            problems.append((entry.name, f"{names[kind.name]} is {kind.name} too; keep one of the two"))
        else:
            names[kind.name] = entry.name
            try:
                found[kind.name] = _look_at(entry, kind)
            except _UnusableError as unusable:
                problems += [(entry.name, problem) for problem in unusable.problems]
    if not found and not problems:
        problems.append(
            (str(path), f"holds nothing to import; expected {', '.join(KINDS)} as .csv, .csv.gz or .parquet")
        )
    if problems:
        raise InvalidInput(f"{path} cannot be imported; nothing was written:", violations=tuple(problems))
    files = {name: found[name] for name in KINDS if name in found}
    whole = hashlib.sha256("".join(f"{f.path.name}\0{f.digest}\0" for f in files.values()).encode())
    return ImportFolder(path, files, whole.hexdigest())


class _UnusableError(Exception):
    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


def _kind_of(entry: Path) -> Kind | None:
    if not entry.is_file():
        return None
    return next((KINDS[k] for k in KINDS for suffix in SUFFIXES if entry.name == k + suffix), None)


def _look_at(path: Path, kind: Kind) -> SourceFile:
    try:
        if path.name.endswith(".parquet"):
            columns, quoted, digest = _look_at_parquet(path, kind)
        else:
            columns, quoted, digest = _look_at_csv(path)
    except (OSError, EOFError, gzip.BadGzipFile, pa.ArrowException) as error:
        raise _UnusableError(f"cannot be read: {error}") from error
    problems = [f"column {name!r} is given twice" for name in sorted({c for c in columns if columns.count(c) > 1})]
    problems += [f"unknown column {name!r}" for name in columns if name not in kind.column_names]
    problems += [f"lacks the column {name!r}" for name in sorted(kind.required - set(columns))]
    if problems:
        if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
            problems = ["has one column only: columns are separated by commas"]
        raise _UnusableError(*problems, f"the columns of {kind.name} are {', '.join(c.name for c in kind.columns)}")
    return SourceFile(path, kind, columns, quoted, digest)


def _look_at_parquet(path: Path, kind: Kind) -> tuple[tuple[str, ...], bool, str]:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in _blocks(stream):
            digest.update(block)
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
    wanted = {column.name: column.type for column in kind.columns}
    problems = [
        f"column {field.name!r} holds {field.type}, which cannot be read as {wanted[field.name].value}"
        for field in schema
        if field.name in wanted and not _is_readable(field.type, wanted[field.name])
    ]
    if problems:
        raise _UnusableError(*problems)
    return tuple(schema.names), False, digest.hexdigest()


def _is_readable(held: pa.DataType, wanted: Type) -> bool:
    if pa.types.is_nested(held):
        return wanted is Type.LIST and pa.types.is_list(held) and not pa.types.is_nested(held.value_type)
    if pa.types.is_temporal(held):
        return wanted is Type.TIME and (pa.types.is_timestamp(held) or pa.types.is_date(held))
    return True


def _look_at_csv(path: Path) -> tuple[tuple[str, ...], bool, str]:
    """Read the whole file once: its header, whether it is UTF-8, whether a quote occurs, its digest."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    quoted, line, header = False, 1, b""
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as stream:
        for block in _blocks(stream):
            header = header or block[:_LONGEST_HEADER]
            digest.update(block)
            quoted = quoted or b'"' in block
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                where = line + error.object.count(b"\n", 0, error.start)
                raise _UnusableError(f"is not UTF-8 (line {where}); save it as UTF-8") from error
            line += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise _UnusableError(f"is not UTF-8 (line {line}, cut off); save it as UTF-8") from error
    if not header.strip():
        raise _UnusableError("is empty; it needs at least a header row")
    names = next(csv.reader([header.decode("utf-8-sig", errors="ignore").splitlines()[0]]), [])
    return tuple(names), quoted, digest.hexdigest()


def _blocks(stream: Any) -> Iterator[bytes]:
    while block := stream.read(_SCAN_BYTES):
        yield block
