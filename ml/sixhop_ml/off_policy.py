"""What another order of what was shown would have earned, told from what was shown. Works on arrays.

What records can tell, and what they cannot. An answer shows its first slots for certain; only its last slot is drawn:
who ranks there, with probability 1 − exploration, else one of all the others, evenly (`pipeline/select.py`). So

- **a policy that shows others** than those shown cannot be told: who was not shown has no record and no outcome. One
  slot in an answer, once in twenty answers, is all the overlap there is, and those it could be compared with are not
  in the record. `snips` refuses what puts weight where nothing was shown;
- **another order of the same slots, place by place** (`placed`) can be told for the places that keep their candidate,
  since all the others had probability 0. Where more than a few change there is no overlap, and it is refused;
- **who of those shown would have come first** (`reordered`) can be told under one assumption that no record can test:
  that what comes of a candidate does not depend on its place, nor on who stands beside it. Places do matter to
  people; who is moved up would have been seen by more than saw it where it stood. So this favours the order that was
  shown: a challenger that wins here wins in spite of it, one that loses may not be worse. A test with two arms tells.

Answers that explored are left out with their propensity, since who would have stood in the last slot is not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop.errors import InvalidInput
from sixhop_ml.drift import effective_size
from sixhop_ml.evaluate import drawn_again
from sixhop_ml.history import Floats, Ints

LEAST_OVERLAP = 0.95
"""So much of what the target policy shows must have had a chance to be shown."""
LEAST_EFFECTIVE = 100.0
"""An estimate from fewer would be made of noise."""
LEAST_GROUPS = 20.0
"""So many senders, as if all weighed the same: the interval draws them again."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a policy earns a decision, with a 95 % interval; all three are None where it cannot be told.

    Attributes
    ----------
    effective
        How many decisions that all weigh the same would say as much (Kish, 1965).
    overlap
        The part of what the target policy shows that could have been shown: the mean weight.
    missing
        Why it cannot be told; empty where it can.
    """

    value: float | None
    low: float | None
    high: float | None
    decisions: int
    effective: float
    overlap: float
    missing: str = ""


def snips(reward: Floats, logged: Floats, target: Floats, groups: Ints, *, seed: int) -> Estimate:
    """The self-normalised estimate of what a target policy earns, from decisions of another.

    Swaminathan & Joachims (The Self-Normalized Estimator for Counterfactual Learning, 2015): Σ w·reward / Σ w, with
    w = target / logged. The mean weight is the part of the target policy that the logged one could have shown: it is
    1 where they overlap wholly, and self-normalising would hide that it is less.

    Parameters
    ----------
    reward
        What came of each decision; shape (decisions,).
    logged, target
        Probability that the logged policy made this very decision there, and that the target policy would have.
    groups
        Whose decision it is: the bootstrap draws whole groups.

    Raises
    ------
    InvalidInput
        These are no probabilities.
    """
    for name, given in (("logged", logged), ("target", target)):
        if not np.all((given >= 0) & (given <= 1)):
            raise InvalidInput(f"{name} propensities must lie between 0 and 1")
    if not len(reward):
        return Estimate(None, None, None, 0, 0.0, 0.0, "no decision was recorded")
    weight = np.divide(target, logged, out=np.zeros(len(reward)), where=logged > 0)
    square = float(np.sum(weight**2))
    effective = float(weight.sum() ** 2 / square) if square else 0.0
    again = [
        (float(np.average(weight, weights=drawn)), float(np.sum(drawn * weight * reward)), float(drawn @ weight))
        for drawn in drawn_again(groups, np.ones(len(reward)), seed=seed)
    ]
    overlap = float(weight.mean())
    missing = _refused(
        impossible=bool(np.any((logged == 0) & (target > 0))),
        overlap=overlap,
        overlaps=np.array([each[0] for each in again]),
        effective=effective,
        groups=effective_size(weight, groups),
    )
    if missing:
        return Estimate(None, None, None, len(reward), effective, overlap, missing)
    low, high = np.percentile([total / mass for _, total, mass in again if mass > 0], [2.5, 97.5])
    value = float(np.sum(weight * reward) / weight.sum())
    return Estimate(value, float(low), float(high), len(reward), effective, overlap)


def _refused(*, impossible: bool, overlap: float, overlaps: Floats, effective: float, groups: float) -> str:
    low, high = np.percentile(overlaps, [0.5, 99.5])  # of heavy weights: what is refused should be beyond doubt
    reasons = []
    if impossible:
        reasons.append("no overlap: the policy shows what had no chance to be shown")
    elif high < LEAST_OVERLAP:
        reasons.append(f"no overlap: only {overlap:.0%} of what the policy shows had a chance to be shown")
    elif low > 2 - LEAST_OVERLAP:
        reasons.append(f"weights are {overlap:.2f} on average, not 1: these are not the propensities it was shown with")
    if effective < LEAST_EFFECTIVE:
        reasons.append(f"too few: as good as {effective:.0f} decisions, {LEAST_EFFECTIVE:.0f} are needed")
    elif groups < LEAST_GROUPS:
        reasons.append(f"too few: as good as {groups:.0f} senders, {LEAST_GROUPS:.0f} are needed")
    return "; ".join(reasons)


@dataclass(frozen=True, slots=True)
class Slots:
    """What was shown, slot by slot, of whole answers; every array has shape (slots,).

    Attributes
    ----------
    answer
        Number of the answer it stood in, from 0 without gaps.
    position
        Its place there, from 0.
    propensity, explored
        As recorded: of being shown in this slot.
    reward
        What came of it within the window: 1 where it was adopted. Not sent is 0.
    sender
        Who asked.
    """

    answer: Ints
    position: Ints
    propensity: Floats
    explored: Ints
    reward: Floats
    sender: Ints


def reordered(slots: Slots, rank: Floats, *, first: int, seed: int) -> Estimate:
    """What the first `first` slots earn a slot, had those shown stood in the order of `rank`, the highest first.

    Holds where places do not matter (see the top of this module). A decision is a whole answer: it has the propensity
    of its last slot; one that explored is none that this policy makes.
    """
    answers = _Answers(slots)
    earned = answers.mean(slots.reward, where=answers.place(rank) < first)
    return snips(earned, answers.logged, answers.greedy, answers.sender, seed=seed)


def gained(slots: Slots, rank: Floats, *, first: int, seed: int) -> Estimate:
    """What `reordered` earns more than the order that was shown, on the same answers."""
    answers = _Answers(slots)
    theirs = answers.mean(slots.reward, where=answers.place(rank) < first)
    ours = answers.mean(slots.reward, where=answers.place(-slots.position.astype(np.float64)) < first)
    return snips(theirs - ours, answers.logged, answers.greedy, answers.sender, seed=seed)


def placed(slots: Slots, rank: Floats, *, first: int, seed: int) -> Estimate:
    """What the first `first` slots earn a slot in the order of `rank`, place by place, with nothing assumed of places.

    A decision is a slot of an answer that did not explore: the target policy puts there who stood there, or another.
    """
    answers = _Answers(slots)
    rows = np.flatnonzero((slots.position < first) & (answers.greedy[slots.answer] > 0))
    same = answers.place(rank)[rows] == slots.position[rows]
    return snips(slots.reward[rows], np.ones(len(rows)), same.astype(np.float64), slots.sender[rows], seed=seed)


class _Answers:
    """Slots, answer by answer; every attribute has shape (answers,)."""

    def __init__(self, slots: Slots) -> None:
        self._answer = slots.answer
        self._position = slots.position
        self._size = int(slots.answer.max()) + 1 if len(slots.answer) else 0
        self.logged = np.ones(self._size)
        np.minimum.at(self.logged, slots.answer, slots.propensity)  # all but one of an answer's are 1
        explored = np.bincount(slots.answer, slots.explored, minlength=self._size)
        self.greedy = (explored == 0).astype(np.float64)
        self.sender = np.zeros(self._size, dtype=np.int64)
        self.sender[slots.answer] = slots.sender

    def place(self, rank: Floats) -> Ints:
        """The place of each slot in its answer, the highest rank first; equal ones stay as they stood."""
        order = np.lexsort((self._position, -rank, self._answer))
        sizes = np.bincount(self._answer, minlength=self._size)
        first = np.cumsum(sizes) - sizes
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order)) - first[self._answer[order]]
        return place

    def mean(self, values: Floats, *, where: np.ndarray) -> Floats:
        """Of each answer, the mean of some of its slots."""
        counted = np.bincount(self._answer, where, minlength=self._size)
        total = np.bincount(self._answer, values * where, minlength=self._size)
        return np.asarray(total / np.maximum(counted, 1), dtype=np.float64)
