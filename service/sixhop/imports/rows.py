"""The good rows of one file as columns, and finding those given twice. Knows nothing of what the columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sixhop.imports.parsing import Mask
from sixhop.imports.reading import Lines

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of equal length by name (numpy, or arrow for texts), and the line each row stands on."""

    columns: dict[str, Any]
    lines: Lines

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    def where(self, keep: Mask) -> Rows:
        """Only the rows of `keep`."""
        if keep.all():
            return self
        kept = pa.array(keep)
        return Rows(
            {
                name: values[keep] if isinstance(values, np.ndarray) else values.filter(kept)
                for name, values in self.columns.items()
            },
            self.lines[keep],
        )


def joined(parts: list[Rows]) -> Rows:
    """One after the other; text columns become dictionaries with one common order of words."""
    columns: dict[str, Any] = {}
    for name in list(parts[0].columns):
        pieces = [part.columns.pop(name) for part in parts]
        if isinstance(pieces[0], np.ndarray):
            columns[name] = np.concatenate(pieces)
        else:
            whole = pa.chunked_array(pieces)
            if pa.types.is_dictionary(whole.type):
                whole = whole.unify_dictionaries()
            columns[name] = _one(whole)
    return Rows(columns, np.concatenate([part.lines for part in parts]))


def _one(whole: pa.ChunkedArray) -> pa.Array:
    combined = whole.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def words(column: pa.DictionaryArray) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The words of a text column in order, '' (not given) first, and each row's place among them."""
    spoken = column.dictionary.to_pylist()
    ordered = sorted({"", *spoken})
    place = {word: number for number, word in enumerate(ordered)}
    rank = np.array([*(place[word] for word in spoken), 0], dtype=np.int32)
    return ordered, rank[np.asarray(column.indices.fill_null(len(spoken)))]


def repetitions(rows: Rows, key: tuple[str, ...]) -> tuple[Mask, Mask]:
    """Rows that repeat an earlier row's key: with the same content, and with other content.

    A row whose key is not given repeats none.
    """
    same, other = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    keys = [_codes(rows[name]) for name in key]
    given = np.flatnonzero(np.logical_and.reduce([codes != -1 for codes in keys]))
    if len(given) < 2:
        return same, other
    order = given[np.lexsort([codes[given] for codes in reversed(keys)])]  # stable: the earlier row stays first
    repeats = np.logical_and.reduce([codes[order][1:] == codes[order][:-1] for codes in keys])
    if not repeats.any():
        return same, other
    starts = np.concatenate([[True], ~repeats])
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    differs = np.zeros(len(order), dtype=bool)
    for name, values in rows.columns.items():
        if name not in key:
            codes = _codes(values)
            differs |= codes[order] != codes[first]
    same[order] = ~starts & ~differs
    other[order] = ~starts & differs
    return same, other


def _codes(values: Any) -> Int64s:
    """Whole numbers that are equal where the values are; -1 where a text is not given."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "f":
            return np.where(np.isnan(values), np.nan, values + 0.0).view(np.int64)
        return values.astype(np.int64, copy=False)
    if pa.types.is_list(values.type):
        values = pa.array([None if v is None else "\0".join(v) for v in values.to_pylist()], pa.string())
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    return np.asarray(values.indices.fill_null(-1)).astype(np.int64)
