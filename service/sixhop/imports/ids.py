"""Gives every id of one kind a dense number, so that references are integers. Knows nothing of files or the graph."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]
Lookup = Callable[[list[str]], set[str]]
"""Which of these ids the realm has already."""
LOOKUP_BATCH = 20_000


class IdTable:
    """Ids known from the folder, and those of the realm that the folder refers to."""

    def __init__(self, lookup: Lookup | None = None) -> None:
        self._lookup = lookup
        self.ids: pa.StringArray = pa.array([], pa.string())
        self.own = 0
        """How many of the ids the folder itself defines: the first ones."""

    def __len__(self) -> int:
        return len(self.ids)

    def define(self, ids: pa.StringArray) -> None:
        """Take in the folder's own ids, each once."""
        self.ids = ids
        self.own = len(ids)

    def codes(self, ids: pa.StringArray) -> Codes:
        """The number of each id; -1 for one that is unknown or null."""
        found = self._find(ids)
        if self._lookup is not None and (found < 0).any():
            unknown = pc.unique(ids.filter(pa.array(found < 0)).drop_null()).to_pylist()
            in_realm: set[str] = set()
            for first in range(0, len(unknown), LOOKUP_BATCH):
                in_realm |= self._lookup(unknown[first : first + LOOKUP_BATCH])
            if in_realm:
                self.ids = pa.concat_arrays([self.ids, pa.array(sorted(in_realm), pa.string())])
                found = self._find(ids)
        return found

    def _find(self, ids: pa.StringArray) -> Codes:
        place = pc.index_in(ids, value_set=self.ids, skip_nulls=True)
        return np.asarray(place.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int32)

    def ranks(self) -> Codes:
        """Of each number so far, the place of its id in order; `sort` puts the ids in that order."""
        order = pc.sort_indices(self.ids).to_numpy()
        ranks = np.empty(len(order), dtype=np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        return ranks

    def sort(self) -> None:
        self.ids = self.ids.take(pc.sort_indices(self.ids))
