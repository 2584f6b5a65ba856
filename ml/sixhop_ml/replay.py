"""What another model's order of the recorded answers would have earned. What can be told at all: see `off_policy`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from sixhop.models.runtime import CalibratedModel
from sixhop_ml.history import Floats, Ints
from sixhop_ml.off_policy import Slots, gained, placed, reordered
from sixhop_ml.served import Served


def replay(served: Served, other: CalibratedModel, *, by: int, window_s: int, first: int, seed: int) -> dict[str, Any]:
    """What the first slots of each answer earned, and would have in the order of `other`.

    Parameters
    ----------
    served
        What one model scored and was shown, with the features of `other` in its order; both models must read the same
        feature queries, else what was recorded means something else to the other.
    other
        The model to order by: the challenger, or the model that served before.
    by
        Only answers whose whole window was over by then.
    first
        How many slots count, fewer than answers show: in another order all of them together earn the same.

    Returns
    -------
    dict
        Of each way to tell (`off_policy`), its estimate: `shown`, `reordered`, `gained`, `placed`. A slot earns 1
        where it was adopted within a window of being shown, 0 else, whether it was sent or not.
    """
    kept = _whole(served, by=by, window_s=window_s)
    slots = _slots(served, kept, window_s=window_s)
    rank = _rank(served, kept, other)
    return {
        "first": first,
        "answers": int(slots.answer.max()) + 1 if len(kept) else 0,
        "shown": asdict(reordered(slots, -slots.position.astype(np.float64), first=first, seed=seed)),
        "reordered": asdict(reordered(slots, rank, first=first, seed=seed)),
        "gained": asdict(gained(slots, rank, first=first, seed=seed)),
        "placed": asdict(placed(slots, rank, first=first, seed=seed)),
    }


def _whole(served: Served, *, by: int, window_s: int) -> Ints:
    """Rows of the answers that are over, and from which erasing took none."""
    late = served.shown_at + window_s > by
    size = np.bincount(served.answer)
    last = np.zeros(len(size), dtype=np.int64)
    np.maximum.at(last, served.answer, served.position + 1)
    whole = (size == last) & (np.bincount(served.answer, late, minlength=len(size)) == 0)
    return np.flatnonzero(whole[served.answer])


def _slots(served: Served, kept: Ints, *, window_s: int) -> Slots:
    adopted = served.adopted_at[kept] <= served.shown_at[kept] + window_s
    _, answer = np.unique(served.answer[kept], return_inverse=True)
    return Slots(
        answer=answer.astype(np.int64),
        position=served.position[kept],
        propensity=served.propensity[kept],
        explored=served.explored[kept],
        reward=adopted.astype(np.float64),
        sender=served.sender[kept],
    )


def _rank(served: Served, kept: Ints, other: CalibratedModel) -> Floats:
    """Served ranks, with the other's likelihood in place of the served one: value and patience stay what they were."""
    if not len(kept):
        return np.empty(0)
    likelihood = served.likelihood[kept]
    worth = np.divide(served.rank[kept], likelihood, out=np.zeros(len(kept)), where=likelihood > 0)
    return np.asarray(other.probabilities(served.features[kept]) * worth, dtype=np.float64)
