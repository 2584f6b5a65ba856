"""Fits, chooses and calibrates one model on labelled pairs. Works on arrays; knows nothing of Neo4j.

Candidates are boosters of a few shapes, a logistic regression, the mean of the best booster and that, and the single
features that rank best alone. Each is fitted on the slice to fit; the one that ranks the later slice best is calibrated
on it. Where that weighs many features and is not better there than the best single one by more than chance, neither is
chosen: the mean of the two is (J. M. Bates and C. W. J. Granger, The Combination of Forecasts, 1969), since what was
learned may not hold. The test slice takes no part.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sixhop.errors import InvalidInput
from sixhop.models.runtime import CalibratedModel, MeanOfLogOdds, calibration_terms
from sixhop_ml.evaluate import average_precision, paired_ratio
from sixhop_ml.history import Floats
from sixhop_ml.pairs import Pairs

FEWEST_ADOPTIONS = 30
"""Below so many in a slice, a model would be made of noise."""
LOGISTIC = "logistic regression"
ONE_FEATURE = "one feature"
HEDGED = "mean with one feature"
ALONE = 3
"""So many single features are tried."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Of a booster. Small trees and much averaging: adoptions are few."""

    learning_rate: float = 0.05
    iterations: int = 150
    leaves: int = 16
    min_pairs_per_leaf: int = 500
    l2: float = 50.0
    features_per_split: float = 0.3


SEARCHED = (
    Hyperparameters(),
    Hyperparameters(leaves=8, min_pairs_per_leaf=1000),
    Hyperparameters(leaves=31, iterations=120),
)
"""The whole search: its cost is known beforehand, and the same data give the same choice."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The chosen model, how it was chosen, and the logistic regression it is shown beside."""

    model: CalibratedModel
    logistic: CalibratedModel
    hyperparameters: Mapping[str, Any]
    search: list[dict[str, Any]]


def check_enough(slice_name: str, pairs: Pairs) -> None:
    """Raise `InvalidInput` where a slice has too few yes, or too few no, for a figure to mean anything."""
    yes = int(pairs.label.sum())
    if yes < FEWEST_ADOPTIONS:
        raise InvalidInput(
            f"only {yes} adoptions among the {len(pairs)} pairs to {slice_name} on "
            f"(at least {FEWEST_ADOPTIONS} are needed): import more experiences, or set a longer label window"
        )
    if len(pairs) - yes < FEWEST_ADOPTIONS:
        raise InvalidInput(
            f"all but {len(pairs) - yes} of the {len(pairs)} pairs to {slice_name} on are adoptions "
            f"(at least {FEWEST_ADOPTIONS} others are needed): set a shorter label window"
        )


def fit(
    fit_pairs: Pairs,
    calibrate_pairs: Pairs,
    *,
    names: Sequence[str],
    chosen: Sequence[str],
    monotone: Mapping[str, int],
    ranks: Mapping[str, int],
    seed: int,
) -> Fitted:
    """Fit all candidates, keep the best.

    Parameters
    ----------
    fit_pairs, calibrate_pairs
        Labelled pairs with features.
    names
        Names of the columns of the features.
    chosen
        Which of them this model may use; those constant in `fit_pairs` are left out.
    monotone
        Features that a booster may only rise (1) or fall (-1) with.
    ranks
        Features that may rank alone, and which way.

    Raises
    ------
    InvalidInput
        A slice has too few adoptions, or nothing but adoptions.
    """
    for slice_name, pairs in (("fit", fit_pairs), ("calibrate", calibrate_pairs)):
        check_enough(slice_name, pairs)
    kept = [name for name in chosen if varies(fit_pairs.features[:, list(names).index(name)])]
    columns = [list(names).index(name) for name in kept]
    constraints = [monotone.get(name, 0) for name in kept]
    matrix, later = fit_pairs.features[:, columns], calibrate_pairs.features[:, columns]
    search: list[dict[str, Any]] = []
    estimators: list[Any] = []
    said: list[Floats] = []

    def tried(family: str, estimator: Any, weight: str | None = None, **hyperparameters: Any) -> None:
        started = time.perf_counter()
        if weight is not None:
            estimator.fit(matrix, fit_pairs.label, **{weight: fit_pairs.weight})
        raw = estimator.predict_proba(later)[:, 1]
        search.append(
            {
                "hyperparameters": {"family": family, **hyperparameters},
                "average_precision": average_precision(calibrate_pairs.label, raw, calibrate_pairs.weight),
                "seconds": round(time.perf_counter() - started, 2),
            }
        )
        estimators.append(estimator)
        said.append(raw)

    def own(number: int) -> dict[str, Any]:
        return {name: value for name, value in search[number]["hyperparameters"].items() if name != "family"}

    def best(first: int = 0) -> int:
        return first + int(np.argmax([each["average_precision"] for each in search[first:]]))

    for each in SEARCHED:
        estimator = _booster(each, len(fit_pairs), constraints, seed)
        tried("booster", estimator, "sample_weight", **asdict(each))
    booster = best()
    tried(LOGISTIC, _logistic(), "logistic__sample_weight")
    tried("mean of both", MeanOfLogOdds([estimators[booster], estimators[-1]]), **own(booster))

    first_alone = len(search)
    for name in _best_alone(calibrate_pairs, names, kept, ranks):
        alone = _logistic(kept.index(name)).fit(matrix, fit_pairs.label, logistic__sample_weight=fit_pairs.weight)
        if alone[-1].coef_[0, 0] * ranks[name] > 0:  # else it turned around since
            tried(ONE_FEATURE, alone, feature=name)

    chosen_one = best()
    if chosen_one < first_alone < len(search):
        alone_one = best(first_alone)
        against = paired_ratio(
            calibrate_pairs.label,
            said[chosen_one],
            said[alone_one],
            calibrate_pairs.weight,
            calibrate_pairs.groups,
            seed=seed,
        )
        search[chosen_one]["over_one_feature"] = asdict(against)
        if not against.low > 1:  # or it could not be told
            both = MeanOfLogOdds([estimators[chosen_one], estimators[alone_one]])
            tried(HEDGED, both, **own(chosen_one), **own(alone_one))
            chosen_one = len(search) - 1

    def calibrated(number: int) -> CalibratedModel:
        curve = calibrate(said[number], calibrate_pairs)
        return CalibratedModel(estimators[number], curve, feature_names=kept, digest="")

    return Fitted(calibrated(chosen_one), calibrated(len(SEARCHED)), search[chosen_one]["hyperparameters"], search)


def fitted_again(model: CalibratedModel, pairs: Pairs, names: Sequence[str]) -> Any:
    """An estimator of the same shape as the model's, fitted on other pairs, uncalibrated."""
    matrix = pairs.features[:, [list(names).index(name) for name in model.feature_names]]

    def again(estimator: Any) -> Any:
        if isinstance(estimator, MeanOfLogOdds):
            return MeanOfLogOdds([again(each) for each in estimator.estimators])
        weight = "logistic__sample_weight" if isinstance(estimator, Pipeline) else "sample_weight"
        return clone(estimator).fit(matrix, pairs.label, **{weight: pairs.weight})

    return again(model.estimator)


def _booster(each: Hyperparameters, pairs: int, monotone: Sequence[int], seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=each.learning_rate,
        max_iter=each.iterations,
        max_leaf_nodes=each.leaves,
        min_samples_leaf=max(20, min(each.min_pairs_per_leaf, pairs // 100)),
        l2_regularization=each.l2,
        max_features=each.features_per_split,
        monotonic_cst=list(monotone),
        early_stopping=False,
        random_state=seed,
    )


def _best_alone(pairs: Pairs, names: Sequence[str], kept: Sequence[str], ranks: Mapping[str, int]) -> list[str]:
    """The features that rank these pairs best as they are."""
    found = {}
    for name in kept:
        if name in ranks:
            score = pairs.features[:, list(names).index(name)] * ranks[name]
            present = score[~np.isnan(score)]
            filled = np.where(np.isnan(score), (present.min() if len(present) else 0.0) - 1, score)
            found[name] = average_precision(pairs.label, filled, pairs.weight)
    return sorted(found, key=lambda name: (-found[name], name))[:ALONE]


def _logistic(only: int | None = None) -> Pipeline:
    """Of all columns, or of one.

    Counts and times are long-tailed: their inverse hyperbolic sine is close to a logarithm, and takes 0 and less."""
    column = [] if only is None else [("column", ColumnTransformer([("only", "passthrough", [only])]))]
    return Pipeline(
        [
            *column,
            ("tails", FunctionTransformer(np.arcsinh)),
            ("scale", StandardScaler()),
            ("missing", SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True)),
            ("logistic", LogisticRegression(C=0.1, max_iter=1000)),
        ]
    )


def calibrate(raw: Floats, pairs: Pairs) -> LogisticRegression:
    """Fit the curve from raw probabilities to calibrated ones; it rises everywhere, so ranks stay as they are.

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


def varies(column: Floats) -> bool:
    """Whether a feature tells pairs apart, be it by being missing."""
    present = column[~np.isnan(column)]
    return len(present) > 0 and (len(present) < len(column) or bool((present != present[0]).any()))
