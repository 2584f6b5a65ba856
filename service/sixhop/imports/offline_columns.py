"""Columns of a staged folder in the form that Neo4j's bulk importer reads. Knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sixhop.imports.kinds import KINDS, Column, Type
from sixhop.imports.parsing import NONE

BETWEEN = "\x1f"
"""Between the entries of a list: the control character made for it."""
SLICE = 500_000
"""Rows of a table at a time."""
_TYPES = {Type.TIME: "long", Type.INTEGER: "long", Type.NUMBER: "double", Type.BOOLEAN: "boolean"}


def ranges(start: Any, stop: Any) -> tuple[Any, Any]:
    """The indices of all the ranges one after the other, and where each begins among them."""
    sizes = stop - start
    offsets = np.append(0, np.cumsum(sizes))
    return np.arange(offsets[-1]) - np.repeat(offsets[:-1] - start, sizes), offsets


def joined(values: pa.Array, offsets: Any, given: Any) -> pa.Array:
    lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)
    return pc.if_else(pa.array(given), pc.binary_join(lists, BETWEEN), None)


def slices(size: int) -> Iterator[slice]:
    for start in range(0, max(size, 1), SLICE):
        yield slice(start, min(start + SLICE, size))


def choices(kind: str, column: str) -> tuple[str, ...]:
    return next(c.choices for c in KINDS[kind].columns if c.name == column)


def header(column: Column) -> str:
    if column.type is Type.LIST:
        return f"{column.name}:string[]"
    return f"{column.name}:{_TYPES[column.type]}" if column.type in _TYPES else column.name


def cells_of(column: Column, values: Any) -> Any:
    if column.type is Type.LIST:
        return pc.binary_join(values, BETWEEN)
    if column.type is Type.CHOICE:
        return pa.array(column.choices, pa.string()).take(given(values, values >= 0))
    if column.type is Type.BOOLEAN:
        return pa.array(values == 1, mask=values < 0)
    if not isinstance(values, np.ndarray):
        return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    return numbers(values) if values.dtype.kind == "f" else times(values)


def times(values: Any) -> pa.Array:
    return given(values, values != NONE)


def numbers(values: Any) -> pa.Array:
    return given(values, ~np.isnan(values))


def given(values: Any, given: Any) -> pa.Array:
    return pa.array(values, mask=~given)
