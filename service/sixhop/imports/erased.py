"""Which rows of a folder speak of members who were erased from the realm. Knows nothing of the graph."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sixhop.imports.parsing import Mask

REASON = "the member was erased, and nothing brings them back"


class ErasedMembers:
    """Who was erased, by keyed hash.

    Args:
        hashes: theirs.
        pseudonym: the keyed hash of an id.
    """

    def __init__(self, hashes: frozenset[str] = frozenset(), pseudonym: Callable[[str], str] = str) -> None:
        self.hashes = hashes
        self._pseudonym = pseudonym

    @property
    def digest(self) -> str:
        """One digest over all of them."""
        return hashlib.sha256("".join(sorted(self.hashes)).encode()).hexdigest()

    def among(self, cells: pa.Array, known: pa.StringArray) -> Mask:
        """Which cells are ids of erased members. Those in `known` are none: they are not looked at."""
        if not self.hashes:
            return np.zeros(len(cells), dtype=bool)
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        texts = cells.cast(pa.string())
        unknown = pc.invert(pc.is_in(texts, value_set=known))
        candidates = pc.unique(texts.filter(unknown).drop_null()).to_pylist()
        erased = pa.array([each for each in candidates if self._pseudonym(each) in self.hashes], pa.string())
        return np.asarray(pc.is_in(texts, value_set=erased).to_numpy(zero_copy_only=False), dtype=bool)

    def in_row(self, text: str) -> bool:
        """Whether a row of CSV has a cell that is the id of an erased member."""
        if not self.hashes:
            return False
        return any(self._pseudonym(cell) in self.hashes for cells in csv.reader([text]) for cell in cells)
