"""Columns of a staged folder as plain values for queries. Knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.executor import Row
from sixhop.imports.kinds import KINDS
from sixhop.imports.parsing import NONE
from sixhop.imports.rows import Rows


def plain(values: Any) -> list[Any]:
    """A column's values for the driver: missing ones are None; no value at all is an empty list."""
    if not isinstance(values, np.ndarray):
        return list(values.to_pylist()) if values.null_count < len(values) else []
    absent = np.isnan(values) if values.dtype.kind == "f" else values == (NONE if values.dtype == np.int64 else -1)
    if absent.all():
        return []
    listed: list[Any] = values.tolist()
    if absent.any():
        for i in np.flatnonzero(absent):
            listed[i] = None
    return listed


def one(value: Any) -> Any:
    """One value of a column as a plain one, None where missing."""
    plain_value = value.item()
    return None if plain_value == NONE or plain_value != plain_value else plain_value


def groups(ids: Sequence[str]) -> list[list[Any]]:
    """Runs of equal ids as [id, first row, last row]."""
    found: list[list[Any]] = []
    for i, value in enumerate(ids):
        if found and found[-1][0] == value:
            found[-1][2] = i
        else:
            found.append([value, i, i])
    return found


def node_rows(rows: Rows, kind: str, ids: dict[str, Any]) -> Callable[[int, int], list[Row]]:
    """Rows for the query of `kind`: `id`, the `properties` given, and other nodes' ids by column name."""
    columns = KINDS[kind].columns
    id_column = KINDS[kind].defines

    def part(start: int, stop: int) -> list[Row]:
        cells: dict[str, list[Any]] = {}
        for column in columns:
            values = rows[column.name][start:stop]
            if column.refers_to and isinstance(values, np.ndarray):
                cells[column.name] = ids[column.refers_to].take(pa.array(values, mask=values < 0)).to_pylist()
            else:
                cells[column.name] = cell_values(values, column.choices, is_flag=column.is_flag)
        links = [c.name for c in columns if c.name.endswith("_id") and c.name != id_column]
        own = [c.name for c in columns if c.name not in links and c.name != id_column]
        return [
            {
                "id": cells[id_column][i],
                "properties": {name: cells[name][i] for name in own if cells[name][i] is not None},
                **{name: cells[name][i] for name in links},
            }
            for i in range(stop - start)
        ]

    return part


def cell_values(values: Any, choices: tuple[str, ...], *, is_flag: bool) -> list[Any]:
    """One column as plain values, None where missing."""
    if choices:
        return list(np.array([*choices, None], dtype=object)[values])
    if is_flag:
        return list(np.array([False, True, None], dtype=object)[values])
    return plain(values) or [None] * len(values)


def link_rows(rows: Rows, kind: str, ids: dict[str, Any]) -> Callable[[int, int], list[Row]]:
    """Rows for the query of `kind`: the ids of what it links, by column name, and the `properties` given."""
    columns = KINDS[kind].columns
    ends = [c for c in columns if c.refers_to]
    own = [c for c in columns if not c.refers_to]

    def part(start: int, stop: int) -> list[Row]:
        named = {c.name: ids[c.refers_to].take(rows[c.name][start:stop]).to_pylist() for c in ends}
        cells = {c.name: cell_values(rows[c.name][start:stop], c.choices, is_flag=c.is_flag) for c in own}
        return [
            {
                **{name: values[i] for name, values in named.items()},
                "properties": {name: values[i] for name, values in cells.items() if values[i] is not None},
            }
            for i in range(stop - start)
        ]

    return part
