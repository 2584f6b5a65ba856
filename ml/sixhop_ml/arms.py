"""What became of two arms of an experiment that dealt out whole communities. Works on arrays; knows nothing of files.

Members of one community are alike and talk to each other, so rows of one are not independent: what varies is how much
communities differ. Intervals treat each as one draw (Liang & Zeger, 1986), with the number of clusters that are as good
as even ones for the degrees of freedom (Carter, Schnepel & Steigerwald, 2017), and are not given for a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t as students_t

from sixhop_ml.drift import effective_size
from sixhop_ml.history import Floats, Ints

LEAST_CLUSTERS = 20.0
"""As good as so many even ones, in each arm: below, no interval of theirs can be trusted."""
CONFIDENCE = 0.975


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the rows of one arm; the interval is None where it cannot be told."""

    rows: int
    clusters: int
    effective: float
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The challenger's rate less the champion's, with a 95 % interval; `missing` says why there is none."""

    champion: Rate
    challenger: Rate
    difference: float | None
    low: float | None
    high: float | None
    missing: str = ""


def gap(yes: Floats, cluster: Ints, by_challenger: Ints) -> Gap:
    """How two arms differ.

    Parameters
    ----------
    yes
        1 or 0 of each row; shape (rows,).
    cluster
        What was dealt out as one.
    by_challenger
        1 where that was to the challenger.
    """
    arms = [_Arm(yes[by_challenger == arm], cluster[by_challenger == arm]) for arm in (0, 1)]
    champion, challenger = (each.rate() for each in arms)
    if champion.value is None or challenger.value is None:
        return Gap(champion, challenger, None, None, None, "nobody was dealt to one of the arms")
    difference = challenger.value - champion.value
    if min(champion.effective, challenger.effective) < LEAST_CLUSTERS:
        missing = (
            f"as good as {champion.effective:.0f} and {challenger.effective:.0f} communities, "
            f"{LEAST_CLUSTERS:.0f} in each arm are needed"
        )
        return Gap(champion, challenger, difference, None, None, missing)
    variances = [each.variance for each in arms]
    freedom = sum(variances) ** 2 / max(
        sum(v**2 / (each.effective - 1) for v, each in zip(variances, arms, strict=True)), 1e-300
    )
    half = _half(sum(variances), freedom)
    return Gap(champion, challenger, difference, difference - half, difference + half)


class _Arm:
    def __init__(self, yes: Floats, cluster: Ints) -> None:
        _, number = np.unique(cluster, return_inverse=True)
        self.rows = len(yes)
        self.sizes = np.bincount(number) if self.rows else np.zeros(0)
        self.effective = effective_size(np.ones(self.rows), cluster)
        self.value = float(yes.mean()) if self.rows else None
        self.variance = 0.0
        if self.value is not None and len(self.sizes) > 1:
            residuals = np.bincount(number, yes - self.value)
            count = len(self.sizes)
            self.variance = float(count / (count - 1) * (residuals**2).sum() / self.rows**2)

    def rate(self) -> Rate:
        if self.value is None or self.effective < LEAST_CLUSTERS:
            return Rate(self.rows, len(self.sizes), self.effective, self.value, None, None)
        half = _half(self.variance, self.effective - 1)
        low, high = max(self.value - half, 0.0), min(self.value + half, 1.0)
        return Rate(self.rows, len(self.sizes), self.effective, self.value, low, high)


def _half(variance: float, freedom: float) -> float:
    return float(students_t.ppf(CONFIDENCE, max(freedom, 1.0))) * sqrt(variance)
