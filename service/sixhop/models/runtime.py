"""A loaded model that scores pairs. Knows nothing of where it was stored or how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

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


class MeanOfLogOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fitted classifiers that speak as one: the mean of their log odds.

    A booster finds what goes together, a logistic regression keeps its head where there is little to learn from.
    """

    def __init__(self, estimators: Sequence[Any]) -> None:
        self.estimators = estimators

    @property
    def classes_(self) -> npt.NDArray[np.int64]:
        return np.array([0, 1])

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, matrix: Floats, label: npt.NDArray[np.int64]) -> MeanOfLogOdds:
        """Nothing is left to fit."""
        return self

    def predict_proba(self, matrix: Floats) -> Floats:
        """P(no) and P(yes) of each row; shape (rows, 2)."""
        log_odds = np.mean([logit(each.predict_proba(matrix)[:, 1]) for each in self.estimators], axis=0)
        yes = 1 / (1 + np.exp(-log_odds))
        return np.stack([1 - yes, yes], axis=1)


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
