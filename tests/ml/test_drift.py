"""The population stability index says how far something moved: nothing where it did not, known numbers where it did."""

from __future__ import annotations

import json
from math import log

import numpy as np
import pytest

from sixhop_ml.drift import effective_size, index_by_chance, population_stability_index, reference

ROWS = 20_000


def binned(values: np.ndarray, weight: np.ndarray | None = None) -> dict:
    """The reference of one feature, as it comes back from a file."""
    ones = np.ones(len(values)) if weight is None else weight
    found = reference(values[:, None], np.full(len(values), 0.5), ones, np.arange(len(values)), ["x"], of="proposed")
    return json.loads(json.dumps(found, allow_nan=False))["features"]["x"]


def index(of: dict, values: np.ndarray) -> float:
    return population_stability_index(of, values, np.ones(len(values)))


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=ROWS),
        np.random.default_rng(0).poisson(0.7, ROWS).astype(float),
        np.repeat([0.0, 1.0], [19_900, 100]),
        np.full(ROWS, 3.0),
        np.full(ROWS, np.nan),
        np.where(np.arange(ROWS) % 3 == 0, np.nan, np.arange(ROWS)),
    ],
    ids=["continuous", "counts", "rare", "constant", "all missing", "some missing"],
)
def test_what_did_not_move_has_an_index_of_zero(values: np.ndarray) -> None:
    of = binned(values)
    assert index(of, values) == 0
    assert len(of["shares"]) <= 10
    assert sum(of["shares"]) + of["missing"] == pytest.approx(1)


def test_a_known_shift_has_the_index_that_is_computed_by_hand() -> None:
    of = binned(np.arange(1_000, dtype=float))
    assert of["shares"] == pytest.approx([0.1] * 10, abs=0.0011)
    upper_half = np.arange(500, 1_000, dtype=float)
    assert index(of, upper_half) == pytest.approx(
        5 * (0.1 - 0.2) * log(0.1 / 0.2) + 5 * (0.0001 - 0.1) * log(0.0001 / 0.1), rel=0.02
    )
    rare = binned(np.repeat([0.0, 1.0], [900, 100]))
    assert index(rare, np.repeat([0.0, 1.0], [700, 300])) == pytest.approx(
        (0.7 - 0.9) * log(0.7 / 0.9) + (0.3 - 0.1) * log(0.3 / 0.1)
    )


def test_missing_is_a_bin_of_its_own() -> None:
    of = binned(np.repeat([1.0, np.nan], [800, 200]))
    assert of["missing"] == 0.2
    now = np.repeat([1.0, np.nan], [500, 500])
    assert index(of, now) == pytest.approx((0.5 - 0.8) * log(0.5 / 0.8) + (0.5 - 0.2) * log(0.5 / 0.2))
    assert index(binned(np.arange(100.0)), np.full(50, np.nan)) > 5


@pytest.mark.parametrize("now", [2.0, 4.0, np.nan])
def test_a_constant_that_changes_is_seen(now: float) -> None:
    assert index(binned(np.full(100, 3.0)), np.full(100, now)) > 5


def test_a_value_that_most_have_is_told_from_those_on_either_side() -> None:
    of = binned(np.repeat([-1.0, 0.0, 1.0], [50, 900, 50]))
    assert of["shares"] == pytest.approx([0.05, 0.9, 0.05])
    of = binned(np.repeat([0.0, 1.0], [10, 990]))
    assert of["shares"] == pytest.approx([0.01, 0.99])


def test_weights_undo_sampling() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=ROWS)
    kept = rng.random(ROWS) < np.where(values > 0, 0.1, 1.0)
    of = binned(values)
    weight = np.where(values[kept] > 0, 10.0, 1.0)
    assert index(of, values[kept]) > 0.5
    assert population_stability_index(of, values[kept], weight) < 0.01


def test_chance_is_what_samples_of_the_same_show() -> None:
    rng = np.random.default_rng(2)
    below = 0
    for _ in range(400):
        of = binned(rng.normal(size=2_000))
        below += index(of, rng.normal(size=300)) < index_by_chance(of, then=2_000, now=300)
    assert below / 400 == pytest.approx(0.95, abs=0.03)
    assert np.isnan(population_stability_index(of, np.empty(0), np.empty(0)))


def test_rows_of_one_sender_count_as_one() -> None:
    assert effective_size(np.ones(10), np.arange(10)) == pytest.approx(10)
    assert effective_size(np.ones(10), np.zeros(10, dtype=np.int64)) == pytest.approx(1)
    assert effective_size(np.array([1.0, 1.0, 8.0]), np.array([0, 1, 2])) == pytest.approx(100 / 66)
    assert effective_size(np.empty(0), np.empty(0, dtype=np.int64)) == 0
