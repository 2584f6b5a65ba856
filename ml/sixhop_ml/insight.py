"""What a fitted model goes by: which features its ranking needs, and how its likelihood moves with each.

Works on arrays; knows nothing of Neo4j. How many rows are looked at depends on the model's size and never on the clock,
so that the same model and rows always give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.inspection import permutation_importance as shuffled_scores
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from sixhop.models.runtime import CalibratedModel
from sixhop_ml.history import Floats, Ints

REPEATS = 5
MOST_ROWS = 20_000
FEWEST_ROWS = 2_000
ROWS_TIMES_TREES = 120_000_000
"""A row costs about 22 ns a tree on one core, so all shuffles together take some 3 s."""
TREES_ASSUMED = 100
"""Of an estimator that does not say how many it has."""

CURVES = 8
CURVE_POINTS = 20
CURVE_ROWS = 2_000


def permutation_importance(
    model: CalibratedModel, features: Floats, label: Ints, weight: Floats, *, seed: int
) -> list[dict[str, Any]]:
    """Average precision lost when one feature is shuffled among the rows (Breiman, 2001).

    Features that say the same share their importance: shuffling one leaves the other to go by. The calibration rises
    everywhere, so the booster's ranking is the model's and only the booster is asked.

    Parameters
    ----------
    model
        Its estimator ranks; `feature_names` are the columns.
    features, label, weight
        Shapes (rows, features), (rows,), (rows,); of a held-out slice. Every yes is looked at, unless they were over
        half of the rows; those that are left out are weighted back.

    Returns
    -------
    list of {"feature", "drop", "low", "high"}
        Mean, least and most of five shuffles; the largest mean first. Empty when there is no yes or no no.
    """
    yes, no = np.flatnonzero(label == 1), np.flatnonzero(label != 1)
    if not len(yes) or not len(no):
        return []
    rng = np.random.default_rng(seed)
    rows = _affordable_rows(model)
    drawn_yes = _draw(yes, rows // 2, rng)
    drawn_no = _draw(no, rows - len(drawn_yes), rng)
    drawn = np.concatenate([drawn_yes, drawn_no])
    share = np.repeat([len(yes) / len(drawn_yes), len(no) / len(drawn_no)], [len(drawn_yes), len(drawn_no)])

    def precision(estimator: Any, matrix: Floats, of: Ints, *, sample_weight: Floats) -> float:
        return float(average_precision_score(of, estimator.predict_proba(matrix)[:, 1], sample_weight=sample_weight))

    # Threads of a booster spin while they wait: beside other work two of them are slower than one, up to twentyfold.
    with threadpool_limits(1, user_api="openmp"):
        found = shuffled_scores(
            model.estimator,
            features[drawn],
            label[drawn],
            scoring=precision,
            n_repeats=REPEATS,
            random_state=seed,
            sample_weight=weight[drawn] * share,
        ).importances
    table = [
        {"feature": name, "drop": float(drops.mean()), "low": float(drops.min()), "high": float(drops.max())}
        for name, drops in zip(model.feature_names, found, strict=True)
    ]
    return sorted(table, key=lambda row: (-row["drop"], row["feature"]))


def partial_dependence(
    model: CalibratedModel, features: Floats, weight: Floats, *, names: Sequence[str], seed: int
) -> dict[str, dict[str, list[float]]]:
    """Mean calibrated likelihood if one feature had this value in every row and all else stayed (Friedman, 2001).

    Parameters
    ----------
    features, weight
        Shapes (rows, features), columns as `model.feature_names`, and (rows,); at most 2,000 rows are looked at.
    names
        The features to move, of which the first eight are; one that is missing everywhere is left out.

    Returns
    -------
    dict of name → {"grid", "likelihood"}
        Up to twenty values, ascending, at evenly spaced quantiles of those present, and the likelihood at each.
    """
    rng = np.random.default_rng(seed)
    drawn = _draw(np.arange(len(features)), CURVE_ROWS, rng)
    matrix, mass = features[drawn], weight[drawn]
    curves = {}
    with threadpool_limits(1, user_api="openmp"):
        for name in names[:CURVES]:
            column = model.feature_names.index(name)
            grid = _quantiles(matrix[:, column], mass)
            moved = matrix.copy()
            likelihood = []
            for value in grid:
                moved[:, column] = value
                likelihood.append(float(np.average(model.probabilities(moved), weights=mass)))
            if len(grid):
                curves[name] = {"grid": grid.tolist(), "likelihood": likelihood}
    return curves


def _affordable_rows(model: CalibratedModel) -> int:
    trees = int(getattr(model.estimator, "n_iter_", TREES_ASSUMED))
    passes = max(1, len(model.feature_names)) * REPEATS * max(1, trees)
    return min(MOST_ROWS, max(FEWEST_ROWS, ROWS_TIMES_TREES // passes))


def _draw(rows: Ints, most: int, rng: np.random.Generator) -> Ints:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def _quantiles(column: Floats, weight: Floats) -> Floats:
    """Values that occur, in the middle of twenty parts of equal weight; the outermost fortieths are not gone into."""
    present = ~np.isnan(column) & (weight > 0)
    if not present.any():
        return np.zeros(0)
    at = (np.arange(CURVE_POINTS) + 0.5) / CURVE_POINTS
    return np.unique(np.quantile(column[present], at, weights=weight[present], method="inverted_cdf"))
