"""Three slices in time, each separated from the next by a whole label window, each complete before the data ends.

With overlapping or censored windows the same model looks better than it is; see `docs/modelling.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop.errors import InvalidInput
from sixhop_ml.history import Ints

FEWEST_TIMES = 1
FEWEST_WINDOWS = 5
"""Three slices and the gaps between them; no window is shorter than a day."""
SLICE_SHARE = 12
"""A slice is one label window long, or this fraction of the data where that is longer."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Anchor times of one purpose: first ≤ t ≤ last, seconds since 1970. Labels look at (t, t + window]."""

    name: str
    first: int
    last: int

    def times(self, times: Ints) -> Ints:
        """Those of `times` that lie in this slice."""
        return times[(times >= self.first) & (times <= self.last)]


@dataclass(frozen=True, slots=True)
class Slices:
    """Fit, calibrate, test: in this order in time."""

    fit: Slice
    calibrate: Slice
    test: Slice
    window_s: int
    data_end: int

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter((self.fit, self.calibrate, self.test))


def split(times: Ints, *, window_s: int, data_end: int) -> Slices:
    """Cut the data into slices.

    Parameters
    ----------
    times
        All times at which something was experienced, ascending, distinct; shape (times,).
    window_s
        The label window, seconds.
    data_end
        The last instant the data speaks of; a label window must end by then.

    Raises
    ------
    InvalidInput
        The data does not last long enough for three separated, complete slices.
    """
    if not len(times):
        raise InvalidInput("there is nothing to learn from: no experiences, and no dated contacts; import some first")
    length = max(window_s, int(data_end - times[0]) // SLICE_SHARE)
    test = _slice("test", times, last=data_end - window_s, length=length)
    calibrate = _slice("calibrate", times, last=test.first - window_s, length=length) if test else None
    fit = _slice("fit", times, last=calibrate.first - window_s, length=int(data_end)) if calibrate else None
    if test is None or calibrate is None or fit is None:
        days, shorter = (data_end - int(times[0])) / 86_400, max(1, int((data_end - int(times[0])) / 8 / 86_400))
        remedy = f"choose a shorter one with `sixhop realm set label_window_days={shorter}`"
        raise InvalidInput(
            f"the data lasts {days:.0f} days, too short for a label window of {window_s / 86_400:.0f} days: "
            "fitting, calibrating and testing need five windows or more; "
            + (remedy if shorter * 86_400 < window_s and days > FEWEST_WINDOWS else "import what spans more days")
        )
    return Slices(fit, calibrate, test, window_s, data_end)


def _slice(name: str, times: Ints, *, last: int, length: int) -> Slice | None:
    inside = times[(times > last - length) & (times <= last)]
    return Slice(name, int(inside[0]), int(inside[-1])) if len(inside) >= FEWEST_TIMES else None


def overlaps(slices: Slices) -> bool:
    """Whether any label window reaches into the next slice, or past the end of the data (it never should)."""
    ends = np.array([s.last + slices.window_s for s in slices])
    starts = np.array([slices.calibrate.first, slices.test.first, slices.data_end])
    return bool((ends > starts).any())
