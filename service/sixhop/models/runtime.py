"""A loaded model that scores pairs. Knows nothing of where it was stored or how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def logit(probability: Floats) -> Floats:
    """Log odds, finite at 0 and 1."""
    clipped = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float64)


def calibration_terms(raw: Floats) -> Floats:
    """What the calibration curve is linear in: the log odds z and its square, (z / 5)²; shape (rows, 2).

    A square beside Platt's line (1999) lets the curve flatten where a booster is surest of itself.
    """
    z = logit(raw)
    return np.stack([z, (z / 5) ** 2], axis=1)


class CalibratedModel:
    """A fitted classifier and the logistic curve that calibrates its log odds."""

    def __init__(self, estimator: Any, calibrator: Any, *, feature_names: Sequence[str], digest: str) -> None:
        self.estimator = estimator
        self.calibrator = calibrator
        self.feature_names = tuple(feature_names)
        self.digest = digest

    def probabilities(self, matrix: Floats) -> Floats:
        """Calibrated P(yes) of each row of `matrix`: (rows, features), ordered as `feature_names`; nan is missing."""
        raw = self.estimator.predict_proba(matrix)[:, 1]
        log_odds = calibration_terms(raw) @ self.calibrator.coef_[0] + self.calibrator.intercept_[0]
        return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)

    def score(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """Calibrated likelihoods of `rows` (feature name → value), in the same order."""
        if not rows:
            return []
        matrix = np.array([[row[name] for name in self.feature_names] for row in rows], dtype=np.float64)
        return [float(value) for value in self.probabilities(matrix)]
