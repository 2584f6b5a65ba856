"""Fits and calibrates one model on labelled pairs. Works on arrays; knows nothing of Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from sixhop.errors import InvalidInput
from sixhop.models.runtime import CalibratedModel, calibration_terms
from sixhop_ml.dataset import Pairs
from sixhop_ml.history import Floats

FEWEST_ADOPTIONS = 30
"""Below so many in a slice, a model would be made of noise."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Of the booster. Small trees and much averaging: adoptions are few."""

    learning_rate: float = 0.05
    iterations: int = 150
    leaves: int = 8
    min_pairs_per_leaf: int = 1000
    l2: float = 50.0
    features_per_split: float = 0.5


def fit(
    fit_pairs: Pairs,
    calibrate_pairs: Pairs,
    *,
    names: Sequence[str],
    chosen: Sequence[str],
    hyperparameters: Hyperparameters,
    seed: int,
) -> CalibratedModel:
    """Fit a booster on one slice and a logistic calibration of its log odds on a later one.

    Parameters
    ----------
    fit_pairs, calibrate_pairs
        Labelled pairs with features.
    names
        Names of the columns of the features.
    chosen
        Which of them this model may use; those constant in `fit_pairs` are left out.

    Raises
    ------
    InvalidInput
        A slice has too few adoptions to learn from.
    """
    for slice_name, pairs in (("fit", fit_pairs), ("calibrate", calibrate_pairs)):
        if int(pairs.label.sum()) < FEWEST_ADOPTIONS:
            raise InvalidInput(
                f"only {int(pairs.label.sum())} adoptions among the {len(pairs)} pairs to {slice_name} on "
                f"(at least {FEWEST_ADOPTIONS} are needed): import more experiences, or set a longer label window"
            )
    kept = [name for name in chosen if _varies(fit_pairs.features[:, list(names).index(name)])]
    columns = [list(names).index(name) for name in kept]
    leaf = max(20, min(hyperparameters.min_pairs_per_leaf, len(fit_pairs) // 100))
    booster = HistGradientBoostingClassifier(
        learning_rate=hyperparameters.learning_rate,
        max_iter=hyperparameters.iterations,
        max_leaf_nodes=hyperparameters.leaves,
        min_samples_leaf=leaf,
        l2_regularization=hyperparameters.l2,
        max_features=hyperparameters.features_per_split,
        early_stopping=False,
        random_state=seed,
    ).fit(fit_pairs.features[:, columns], fit_pairs.label, sample_weight=fit_pairs.weight)
    raw = booster.predict_proba(calibrate_pairs.features[:, columns])[:, 1]
    calibrator = calibrate(raw, calibrate_pairs)
    return CalibratedModel(booster, calibrator, feature_names=kept, digest="")


def calibrate(raw: Floats, pairs: Pairs) -> LogisticRegression:
    """Fit the curve from a booster's probabilities to calibrated ones; it rises everywhere, so ranks stay as they are.

    Where the square would make it fall within the range seen, it is left out.
    """
    terms = calibration_terms(raw)
    curve = LogisticRegression(C=np.inf, max_iter=1000).fit(terms, pairs.label, sample_weight=pairs.weight)
    slope, bend = curve.coef_[0]
    if min(slope + bend * 2 * z / 25 for z in (terms[:, 0].min() - 1, terms[:, 0].max() + 1)) <= 0:
        terms[:, 1] = 0.0
        curve = LogisticRegression(C=np.inf, max_iter=1000).fit(terms, pairs.label, sample_weight=pairs.weight)
    return curve


def predict(model: CalibratedModel, pairs: Pairs, names: Sequence[str]) -> Floats:
    """Likelihoods of `pairs`, whose feature columns are `names`; shape (pairs,)."""
    return model.probabilities(pairs.features[:, [list(names).index(name) for name in model.feature_names]])


def _varies(column: Floats) -> bool:
    present = column[~np.isnan(column)]
    return len(present) > 0 and (len(present) < len(column) or bool((present != present[0]).any()))
