"""The figures of a report against scikit-learn's and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from sixhop_ml import evaluate

REPEATED = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 1), REPEATED, st.floats(0.5, 8)), min_size=2, max_size=60).filter(
        lambda rows: any(label for label, _, _ in rows)
    )
)
def test_average_precision_is_scikit_learns_with_ties_and_weights(rows: list[tuple[int, float, float]]) -> None:
    label, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    expected = average_precision_score(label, score, sample_weight=weight)
    assert evaluate.average_precision(label, score, weight) == pytest.approx(expected, abs=1e-12)


def test_expected_calibration_error_on_equal_weights_is_the_mean_gap_of_fifteen_bins() -> None:
    rng = np.random.default_rng(0)
    likelihood = rng.random(3000) * 0.1
    label = (rng.random(3000) < likelihood * 1.5).astype(int)
    gaps = [
        abs(label[rows].mean() - likelihood[rows].mean()) * len(rows) / 3000
        for rows in np.array_split(np.argsort(likelihood), 15)
    ]
    found = evaluate.expected_calibration_error(label, likelihood, np.ones(3000))
    assert found == pytest.approx(sum(gaps), abs=1e-12)


def test_a_perfectly_calibrated_model_has_no_error_beyond_chance_and_slope_one() -> None:
    rng = np.random.default_rng(1)
    likelihood = np.exp(rng.normal(-4, 1, 100_000)).clip(0, 0.9)
    label = (rng.random(100_000) < likelihood).astype(int)
    weight = np.ones(100_000)
    found = evaluate.calibration(label, likelihood, weight, seed=0)
    assert found.net < 0.02 * label.mean()
    assert evaluate.calibration_slope(label, likelihood, weight) == pytest.approx(1, abs=0.08)
    doubled = evaluate.calibration(label, np.minimum(2 * likelihood, 1), weight, seed=0)
    assert doubled.net > 0.8 * label.mean()


def test_weights_undo_a_thinned_negative_class() -> None:
    rng = np.random.default_rng(2)
    likelihood = rng.random(200_000) * 0.02
    label = (rng.random(200_000) < likelihood).astype(int)
    kept = (label == 1) | (rng.random(200_000) < 0.2)
    weight = np.where(label == 1, 1.0, 5.0)[kept]
    whole = evaluate.average_precision(label, likelihood, np.ones(200_000))
    assert evaluate.average_precision(label[kept], likelihood[kept], weight) == pytest.approx(whole, rel=0.05)
    assert np.average(label[kept], weights=weight) == pytest.approx(label.mean(), rel=0.02)


def test_the_interval_of_a_copy_is_one_and_the_widest_grouping_is_reported() -> None:
    rng = np.random.default_rng(3)
    label = (rng.random(4000) < 0.05).astype(int)
    score = rng.random(4000) + label * 0.3
    groups = {"sender": np.arange(4000), "target": rng.integers(0, 12, 4000), "offering": rng.integers(0, 900, 4000)}
    same = evaluate.paired_ratio(label, score, score, np.ones(4000), groups, seed=0)
    assert (same.ratio, same.low, same.high) == (1, 1, 1)
    noise = evaluate.paired_ratio(label, score, rng.random(4000), np.ones(4000), groups, seed=0)
    assert noise.low > 1
    alone = {
        name: evaluate.paired_ratio(label, score, label * 0.1 + score[::-1], np.ones(4000), {name: group}, seed=0)
        for name, group in groups.items()
    }
    widest = max(alone.values(), key=lambda r: r.high - r.low)
    assert widest.high > widest.low
