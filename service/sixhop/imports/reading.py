"""Reads one file of an import folder in bounded pieces, as it stands, with the line of every row. Judges no value."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from sixhop.errors import InvalidInput
from sixhop.imports.folder import SourceFile

CSV_BLOCK_BYTES = 16 << 20
PARQUET_BATCH_ROWS = 250_000
Lines = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file. `lines`: for CSV the line a row begins at (the header is line 1), for Parquet its number."""

    columns: dict[str, pa.Array]
    lines: Lines

    def text(self, row: int) -> str:
        """The row as a line of CSV."""
        cells = [self.columns[name][row].as_py() for name in self.columns]
        return as_line(["" if cell is None else cell for cell in cells])


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row of CSV with another number of fields than the header has."""

    line: int
    text: str
    reason: str


def as_line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


class FileReader:
    """Iterates over a file's chunks. `misfits` holds the misfits seen so far; take them away to keep memory bounded."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.misfits: list[Misfit] = []

    def __iter__(self) -> Iterator[Chunk]:
        try:
            yield from self._parquet() if self.file.is_parquet else self._csv()
        except pa.ArrowInvalid as error:
            raise InvalidInput(
                f"{self.file.path} cannot be read: {str(error).splitlines()[0]}; nothing was written. "
                "Look for a quote that is never closed"
            ) from error

    def _parquet(self) -> Iterator[Chunk]:
        first = 1
        with pq.ParquetFile(self.file.path) as source:
            for batch in source.iter_batches(batch_size=PARQUET_BATCH_ROWS):
                columns = {name: batch.column(name) for name in batch.schema.names}
                yield Chunk(columns, np.arange(first, first + batch.num_rows, dtype=np.int64))
                first += batch.num_rows

    def _csv(self) -> Iterator[Chunk]:
        places = _Places(self.file.quoted)
        names = list(self.file.columns)
        compression = "gzip" if self.file.path.name.endswith(".gz") else None
        with pa.input_stream(str(self.file.path), compression=compression) as stream:
            reader = pyarrow.csv.open_csv(
                stream,
                # One thread, in order: only then have misfits their row numbers.
                read_options=pyarrow.csv.ReadOptions(block_size=CSV_BLOCK_BYTES, use_threads=False),
                parse_options=pyarrow.csv.ParseOptions(
                    newlines_in_values=True, invalid_row_handler=places.on_misfit, ignore_empty_lines=False
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types={name: pa.string() for name in names}, strings_can_be_null=False
                ),
            )
            for batch in reader:
                columns = {name: batch.column(name) for name in names}
                lines = places.of(columns, batch.num_rows)
                self.misfits += places.settled()
                yield _without_blank_lines(Chunk(columns, lines))
        self.misfits += places.settled()


class _Places:
    """Counts rows, misfits and line breaks inside quotes, and so knows the line that each row begins at."""

    def __init__(self, quoted: bool) -> None:
        self._quoted = quoted
        self._rows = 0
        self._breaks = 0  # inside the fitting rows so far
        self._numbers = array("q")  # of misfits: which record of the file, the header being 1
        self._misfit_breaks = array("q", [0])  # inside the misfits before each misfit
        self._unsettled: list[tuple[int, str, str]] = []
        self._settled: list[Misfit] = []

    def on_misfit(self, row: pyarrow.csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        self._unsettled.append((len(self._numbers), row.text, reason))
        self._numbers.append(row.number)
        self._misfit_breaks.append(self._misfit_breaks[-1] + row.text.count("\n"))
        return "skip"

    def of(self, columns: dict[str, pa.Array], count: int) -> Lines:
        """The lines of the next `count` fitting rows."""
        numbers = np.asarray(self._numbers, dtype=np.int64)
        rows_before_misfit = numbers - np.arange(len(numbers)) - 2
        index = np.arange(self._rows, self._rows + count, dtype=np.int64)
        misfits_before = np.searchsorted(rows_before_misfit, index, side="right")
        breaks = np.full(count + 1, self._breaks, dtype=np.int64)
        if self._quoted:
            inside = sum(pc.count_substring(c, "\n").to_numpy(zero_copy_only=False) for c in columns.values())
            breaks[1:] += np.cumsum(inside)
        lines: Lines = index + 2 + misfits_before + breaks[:-1] + np.asarray(self._misfit_breaks)[misfits_before]
        self._settle(breaks)
        self._rows += count
        self._breaks = int(breaks[-1])
        return lines

    def _settle(self, breaks: Lines) -> None:
        """Place the misfits up to the end of these rows; the parser may have read further ahead."""
        waiting = []
        for misfit in self._unsettled:
            number, text, reason = misfit
            row = self._numbers[number] - number - 2 - self._rows
            if row >= len(breaks):
                waiting.append(misfit)
                continue
            line = self._numbers[number] + int(breaks[row]) + self._misfit_breaks[number]
            self._settled.append(Misfit(line, text, reason))
        self._unsettled = waiting

    def settled(self) -> list[Misfit]:
        if not self._settled and self._unsettled:
            self._settle(np.full(1, self._breaks, dtype=np.int64))
        settled, self._settled = self._settled, []
        return settled


def _without_blank_lines(chunk: Chunk) -> Chunk:
    blank = np.ones(len(chunk.lines), dtype=bool)
    for column in chunk.columns.values():
        blank &= pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        if not blank.any():
            return chunk
    keep = pa.array(~blank)
    return Chunk({name: column.filter(keep) for name, column in chunk.columns.items()}, chunk.lines[~blank])
