"""The lists of the walk, CLOSE_TO and CLOSE_FROM, worked out over whole columns. Same order as `rebuild_close`."""

from __future__ import annotations

import numpy as np

from sixhop.imports.rows import Int64s
from sixhop.imports.ties import Int32s
from sixhop.merging.strength import Floats


def best_ties(near: Int32s, far: Int32s, pass_on: Floats, *, close_ties: int) -> Int64s:
    """Which ties are among the best of their near end: by `pass_on`, then by the far end's id (ids are in order)."""
    order = np.lexsort((far, -pass_on, near))
    sorted_near = near[order]
    starts = np.flatnonzero(np.append(True, sorted_near[1:] != sorted_near[:-1])[: len(order)])
    sizes = np.diff(np.append(starts, len(order)))
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    return np.asarray(order[place < close_ties])


def best_pass_on(near: Int32s, pass_on: Floats, *, members: int) -> Floats:
    """The highest `pass_on` among the ties at each member's end; nan for who has none."""
    best = np.full(members, -np.inf)
    np.maximum.at(best, near, pass_on)
    return np.where(best < 0, np.nan, best)
