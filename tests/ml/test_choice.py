"""Which candidate is taken: the best, or, where it may be no better than one feature, the mean with that one."""

from __future__ import annotations

import numpy as np
import pytest

from sixhop.models.runtime import logit
from sixhop_ml.pairs import Pairs, unlabelled
from sixhop_ml.train import HEDGED, ONE_FEATURE, Fitted, fit, predict

NAMES = ("first", "second", "third", "fourth")
RANKS = dict.fromkeys(NAMES, 1)


def drawn(rows: int, weights: tuple[float, ...], *, seed: int) -> Pairs:
    """Pairs whose yes depends on the features with these weights; a hundred senders, targets and offerings."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, len(NAMES)))
    chance = 1 / (1 + np.exp(2.0 - features @ np.array(weights)))
    ids = [rng.integers(0, 100, rows) for _ in range(3)]
    pairs = unlabelled(ids[0], ids[1], np.zeros(rows, dtype=np.int64)).with_features(features)
    return Pairs(
        **{name: getattr(pairs, name) for name in Pairs.__slots__}
        | {"offering": ids[2], "label": (rng.random(rows) < chance).astype(np.int64)}
    )


def fitted(before: tuple[float, ...], later: tuple[float, ...]) -> Fitted:
    return fit(
        drawn(4_000, before, seed=1),
        drawn(4_000, later, seed=2),
        names=NAMES,
        chosen=NAMES,
        monotone={},
        ranks=RANKS,
        seed=1,
    )


def test_many_features_that_hold_are_taken_and_by_how_much_they_are_better_is_kept() -> None:
    one = fitted((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0))
    assert one.hyperparameters["family"] != ONE_FEATURE
    [against] = [each["over_one_feature"] for each in one.search if "over_one_feature" in each]
    assert against["low"] > 1.1
    assert against["ratio"] == pytest.approx(
        max(each["average_precision"] for each in one.search)
        / max(each["average_precision"] for each in one.search if each["hyperparameters"]["family"] == ONE_FEATURE)
    )


def test_no_better_than_one_feature_by_more_than_chance_both_speak() -> None:
    one = fitted((1.5, 0.1, 0.1, 0.1), (1.5, 0.1, 0.1, 0.1))
    assert (one.hyperparameters["family"], one.hyperparameters["feature"]) == (HEDGED, "first")
    [learned] = [each for each in one.search if "over_one_feature" in each]
    assert learned["over_one_feature"]["low"] <= 1
    own = {name: value for name, value in one.hyperparameters.items() if name != "feature"}
    assert own == {**learned["hyperparameters"], "family": HEDGED}
    matrix = drawn(500, (1.5, 0.0, 0.0, 0.0), seed=3).features
    two = [logit(each.predict_proba(matrix)[:, 1]) for each in one.model.estimator.estimators]
    assert logit(one.model.estimator.predict_proba(matrix)[:, 1]) == pytest.approx((two[0] + two[1]) / 2)


def test_one_feature_that_ranks_best_is_taken_alone() -> None:
    one = fitted((1.5, 0.7, 0.7, 0.7), (1.5, -0.7, -0.7, -0.7))
    assert one.hyperparameters == {"family": ONE_FEATURE, "feature": "first"}
    later = drawn(500, (1.5, 0.0, 0.0, 0.0), seed=3)
    order = np.argsort(predict(one.model, later, NAMES))
    assert (np.diff(later.features[order, 0]) >= 0).all(), "it ranks by that feature alone"


def test_what_turned_around_since_is_not_taken() -> None:
    """The first feature, learned as speaking for it, speaks against it later: another that still holds is taken."""
    one = fitted((1.5, 0.7, 0.0, 0.0), (-1.5, 0.7, 0.0, 0.0))
    assert one.hyperparameters == {"family": ONE_FEATURE, "feature": "second"}
