"""What a model goes by is found: the planted feature first, what was left out as nothing, a rise as a rise."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from sixhop.models.runtime import CalibratedModel, calibration_terms
from sixhop_ml import insight

NAMES = ("noise", "weak", "planted", "spare")


def world(rows: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Adoption rises with `planted`, less with `weak`, and not with the others; a tenth of `weak` is missing."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, len(NAMES)))
    chance = 1 / (1 + np.exp(4.0 - 1.6 * features[:, 2] - 0.5 * features[:, 1]))
    features[rng.random(rows) < 0.1, 1] = np.nan
    return features, (rng.random(rows) < chance).astype(np.int64), np.ones(rows)


def fitted(rows: int = 8_000) -> CalibratedModel:
    features, label, _ = world(rows, seed=1)
    booster = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, min_samples_leaf=400, monotonic_cst=[0, 0, 1, 0], early_stopping=False
    ).fit(features, label)
    later, answers, _ = world(rows, seed=2)
    curve = LogisticRegression(C=np.inf).fit(calibration_terms(booster.predict_proba(later)[:, 1]), answers)
    return CalibratedModel(booster, curve, feature_names=NAMES, digest="")


@pytest.fixture(scope="module")
def model() -> CalibratedModel:
    return fitted()


def test_the_planted_feature_comes_first_and_noise_counts_for_nothing(model: CalibratedModel) -> None:
    features, label, weight = world(6_000, seed=3)
    found = insight.permutation_importance(model, features, label, weight, seed=0)
    assert [row["feature"] for row in found[:2]] == ["planted", "weak"]
    assert [row["drop"] for row in found] == sorted((row["drop"] for row in found), reverse=True)
    assert all(row["low"] <= row["drop"] <= row["high"] for row in found)
    drop = {row["feature"]: row["drop"] for row in found}
    assert drop["planted"] > 2 * drop["weak"] > 0
    assert abs(drop["noise"]) < 0.1 * drop["planted"]
    assert found == insight.permutation_importance(model, features, label, weight, seed=0)


def test_rows_left_out_are_weighted_back(model: CalibratedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    features, label, weight = world(12_000, seed=4)
    whole = insight.permutation_importance(model, features, label, weight, seed=0)
    monkeypatch.setattr(insight, "MOST_ROWS", 3_000)
    part = insight.permutation_importance(model, features, label, weight, seed=0)
    assert part[0]["drop"] == pytest.approx(whole[0]["drop"], rel=0.15)


def test_a_larger_model_is_asked_about_fewer_rows_and_takes_no_longer(model: CalibratedModel) -> None:
    wide = CalibratedModel(model.estimator, model.calibrator, feature_names=[f"f{n}" for n in range(32)], digest="")
    assert insight._affordable_rows(model) == insight.MOST_ROWS
    assert insight._affordable_rows(wide) * 32 * insight.REPEATS * 40 <= insight.ROWS_TIMES_TREES
    features, label, weight = world(30_000, seed=5)
    started = time.process_time()
    insight.permutation_importance(model, features, label, weight, seed=0)
    assert time.process_time() - started < 15


def test_nothing_is_said_of_a_slice_without_a_yes(model: CalibratedModel) -> None:
    features, label, weight = world(100)
    assert insight.permutation_importance(model, features, label * 0, weight, seed=0) == []


def test_likelihood_rises_with_a_feature_that_makes_adoption_likelier(model: CalibratedModel) -> None:
    features, _, weight = world(6_000, seed=6)
    curves = insight.partial_dependence(model, features, weight, names=["planted", "noise"], seed=0)
    assert list(curves) == ["planted", "noise"]
    grid, likelihood = curves["planted"]["grid"], curves["planted"]["likelihood"]
    assert 10 <= len(grid) <= insight.CURVE_POINTS
    assert grid == sorted(grid)
    assert likelihood[-1] > 8 * likelihood[0]
    assert all(later >= earlier for earlier, later in itertools.pairwise(likelihood))
    assert np.ptp(curves["noise"]["likelihood"]) < 0.1 * np.ptp(likelihood)


def test_a_point_of_the_curve_is_the_mean_likelihood_of_rows_moved_there(model: CalibratedModel) -> None:
    features, _, _ = world(500, seed=7)
    weight = np.random.default_rng(0).random(500) + 0.1
    curve = insight.partial_dependence(model, features, weight, names=["weak"], seed=0)["weak"]
    assert set(curve["grid"]) <= set(features[:, 1])
    moved = features.copy()
    moved[:, 1] = curve["grid"][4]
    assert curve["likelihood"][4] == pytest.approx(np.average(model.probabilities(moved), weights=weight))


def test_few_values_make_few_points_and_a_feature_never_present_none(model: CalibratedModel) -> None:
    features, _, weight = world(400, seed=8)
    features[:, 0] = features[:, 0] > 0
    features[:, 3] = np.nan
    curves = insight.partial_dependence(model, features, weight, names=NAMES, seed=0)
    assert curves["noise"]["grid"] == [0.0, 1.0]
    assert "spare" not in curves
