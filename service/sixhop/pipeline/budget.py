"""Splits a request's time over the stages that are still to come. Knows nothing of what they do.

A stage may take its share of what remains, so what one does not use goes to those after it. A part that runs out of
its slice is left out (or, where the answer cannot do without it, becomes an error) while there is still time to say so.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sixhop.domain import Stage
from sixhop.errors import Reason, Unavailable

RESERVE_S = 0.010
"""Kept back from the caller's deadline to build and send the answer, or the error."""
LEAST_S = 0.010
"""Less than this is not worth starting: an empty statement alone costs about a millisecond."""
MOST_S = 10.0
"""However far the caller's deadline is."""
_WEIGHTS = {Stage.SOURCES: 50, Stage.FILTER: 15, Stage.HYDRATE: 25, Stage.SCORE: 10}
"""Gate and sources run side by side. Select and record do not wait for anything."""
_ORDER = tuple(_WEIGHTS)


class Budget:
    """The time of one request.

    Args:
        total_s: From now until the caller's deadline, or the default of the call.
        clock: A monotonic clock in seconds.

    Raises:
        Unavailable: with `DEADLINE_EXCEEDED`, when there is too little time to start.
    """

    def __init__(self, total_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        usable_s = min(total_s, MOST_S) - RESERVE_S
        if usable_s < LEAST_S:
            raise Unavailable(
                f"the deadline leaves {max(total_s, 0) * 1000:.0f} ms, at least {(RESERVE_S + LEAST_S) * 1000:.0f} ms "
                "are needed; set a later one",
                reason=Reason.DEADLINE_EXCEEDED,
            )
        self._clock = clock
        self._end = clock() + usable_s

    @property
    def remaining_s(self) -> float:
        """Until the answer must be on its way; never negative."""
        return max(self._end - self._clock(), 0.0)

    def slice_s(self, stage: Stage) -> float:
        """What `stage` may take: its share of what remains, the rest being for the stages after it."""
        later = _ORDER[_ORDER.index(stage) :]
        return self.remaining_s * _WEIGHTS[stage] / sum(_WEIGHTS[each] for each in later)
