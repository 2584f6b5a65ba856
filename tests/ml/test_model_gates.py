"""A model that is worse, miscalibrated, knows the answer or lost a feature does not pass its gates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sixhop.models.runtime import CalibratedModel, logit
from sixhop.settings import Settings
from sixhop_ml.evaluate import Difference, evaluate, paired_differences
from sixhop_ml.gates import Gate, Serving, failed, referral_gates
from sixhop_ml.history import Floats
from sixhop_ml.pairs import Pairs, unlabelled

NAMES = ("signal", "noise")
LIMITS = Settings()


class Straight:
    """A calibrator that leaves log odds as they are."""

    coef_ = np.array([[1.0, 0.0]])
    intercept_ = np.array([0.0])


def model() -> CalibratedModel:
    dice = np.random.default_rng(1)
    fitted = LogisticRegression().fit(dice.random((50, 2)), np.arange(50) % 2)
    return CalibratedModel(fitted, Straight(), feature_names=NAMES, digest="new")


def held_out(size: int = 20_000) -> tuple[Pairs, Floats]:
    """Pairs of whom the true likelihood is known."""
    dice = np.random.default_rng(2)
    signal, noise = dice.normal(size=size), dice.normal(size=size)
    likelihood = 1 / (1 + np.exp(3 - 1.2 * signal - 0.3 * noise))
    label = (dice.random(size) < likelihood).astype(np.int64)
    groups = dice.integers(0, 500, size=(2, size))
    pairs = replace(
        unlabelled(groups[0], groups[1], np.zeros(size, dtype=np.int64)),
        offering=dice.integers(0, 300, size),
        degree=dice.integers(1, 4, size),
        label=label,
        features=np.stack([signal, noise], axis=1),
    )
    return pairs, likelihood


def gates(pairs: Pairs, likelihood: Floats, **other: object) -> list[Gate]:
    groups = {"sender": pairs.sender, "target": pairs.target, "offering": pairs.offering}
    metrics = evaluate(
        label=pairs.label,
        likelihood=likelihood,
        weight=pairs.weight,
        degree=pairs.degree,
        heuristics={"signal": np.round(pairs.features[:, 0])},
        groups=groups,
        seed=1,
    )
    asked = {
        "model": model(),
        "metrics": metrics,
        "test": pairs,
        "likelihood": likelihood,
        "names": NAMES,
        "communities": np.full(len(pairs), -1),
        "serving": None,
        "limits": LIMITS.model_copy(update={"gate_score_ms": 1000.0}),
    }
    return referral_gates(**asked | other)  # type: ignore[arg-type]


def names_of(found: list[Gate]) -> set[str]:
    return {gate.gate for gate in failed(found)}


def serving(pairs: Pairs, likelihood: Floats, before: Floats) -> Serving:
    groups = {"sender": pairs.sender, "offering": pairs.offering}
    differences = paired_differences(pairs.label, likelihood, before, pairs.weight, groups, seed=1)
    return Serving("old", differences, NAMES)


def test_a_good_model_passes() -> None:
    assert names_of(gates(*held_out())) == set()


def test_a_model_made_worse_on_purpose_is_refused_beside_the_one_that_serves() -> None:
    pairs, right = held_out()
    worse = 1 / (1 + np.exp(3 - 0.6 * pairs.features[:, 0]))
    found = gates(pairs, worse, serving=serving(pairs, worse, right))
    assert "not_worse" in names_of(found)
    assert {gate.scope for gate in failed(found) if gate.gate == "not_worse"} == {"average_precision", "brier"}


def test_the_same_model_again_is_not_worse() -> None:
    pairs, right = held_out()
    assert names_of(gates(pairs, right, serving=serving(pairs, right, right))) == set()


@pytest.mark.parametrize(
    ("spoil", "gate"),
    [
        (lambda p: np.clip(p * 1.5, 0, 0.999), "ece_over_base_rate"),
        (lambda p: 1 / (1 + np.exp(-1.6 * logit(p) - 1.5)), "calibration_slope"),
        (lambda p: np.full_like(p, 0.0731), "over_best_heuristic"),
        (lambda p: 1 - p, "brier_skill"),
    ],
)
def test_what_is_off_is_named(spoil: object, gate: str) -> None:
    pairs, right = held_out()
    assert gate in names_of(gates(pairs, spoil(right)))  # type: ignore[operator]


def test_one_degree_or_large_community_that_is_off_is_enough() -> None:
    pairs, right = held_out()
    third = 1 / (1 + np.exp(-0.5 * logit(right) + 1.5))
    off = failed(gates(pairs, np.where(pairs.degree == 3, third, right)))
    assert "degree 3+" in {gate.scope for gate in off}
    community = np.arange(len(pairs)) % 3
    off = failed(
        gates(
            pairs,
            np.where(community == 2, third, right),
            communities=community,
            limits=LIMITS.model_copy(update={"gate_community_rows": 5_000, "gate_score_ms": 1000.0}),
        )
    )
    assert "community 3" in {gate.scope for gate in off}
    assert not {"community 1", "community 2"} & {gate.scope for gate in off}


def test_a_feature_that_knows_the_answer_is_a_leak() -> None:
    pairs, right = held_out()
    leak = pairs.label + np.random.default_rng(3).normal(scale=0.1, size=len(pairs))
    spoilt = pairs.with_features(np.stack([leak, pairs.features[:, 1]], axis=1))
    assert ("feature_auc", "signal") in {(gate.gate, gate.note) for gate in failed(gates(spoilt, right))}


def test_a_feature_that_went_missing_or_stands_still_is_named() -> None:
    pairs, right = held_out()
    gone = pairs.with_features(np.stack([pairs.features[:, 0], np.full(len(pairs), np.nan)], axis=1))
    [gate] = failed(gates(gone, right))
    assert (gate.gate, gate.note) == ("features_vary", "noise")
    same = {name: Difference(0.0, 0.0, 0.0, "sender") for name in ("average_precision", "brier")}
    [gate] = failed(gates(pairs, right, serving=Serving("old", same, (*NAMES, "tie_strength"))))
    assert (gate.gate, gate.note) == ("features_vary", "tie_strength")


def test_a_slow_model_is_refused() -> None:
    pairs, right = held_out()
    assert names_of(gates(pairs, right, limits=LIMITS.model_copy(update={"gate_score_ms": 1e-6}))) == {"score_ms"}
