"""What a new model must pass before it serves. Works on figures and arrays; knows nothing of Neo4j or the registry."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sixhop.models.runtime import CalibratedModel
from sixhop.settings import Settings
from sixhop_ml.evaluate import Difference, area_under_curve, calibration_slope
from sixhop_ml.history import Floats, Ints
from sixhop_ml.pairs import Pairs

CANDIDATES = 64
ROUNDS = 100
NOT_WORSE = "not_worse"


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that was looked at. `value` is None where it cannot be told, which `note` explains."""

    gate: str
    scope: str
    value: float | None
    limit: str
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Serving:
    """The model that serves, on the same held-out pairs: how the new one differs, and what both go by."""

    digest: str
    differences: Mapping[str, Difference]
    feature_names: Sequence[str]


def referral_gates(
    *,
    model: CalibratedModel,
    metrics: Mapping[str, Any],
    test: Pairs,
    likelihood: Floats,
    names: Sequence[str],
    communities: Ints,
    serving: Serving | None,
    limits: Settings,
) -> list[Gate]:
    """All gates of a referral model.

    Parameters
    ----------
    metrics
        As `evaluate` gives them, of the held-out pairs `test`.
    likelihood
        What the model says of each; shape (pairs,).
    names
        Of the columns of the pairs' features.
    communities
        Of each pair's target, -1 where there is none; shape (pairs,).
    serving
        None where none serves, or it reads other features.
    """
    over, ece = metrics["over_best_heuristic"], metrics["ece_over_base_rate"]
    heuristic = f"above {limits.gate_over_heuristic:g}"
    return [
        *_not_worse(serving),
        Gate(
            "over_best_heuristic",
            "lower end of the interval",
            over["low"],
            heuristic,
            over["low"] > limits.gate_over_heuristic,
            f"{over['ratio']:.2f}× {metrics['best_heuristic']}",
        ),
        _skill(metrics, limits),
        Gate("ece_over_base_rate", "all", ece, f"at most {limits.gate_ece:g}", ece <= limits.gate_ece),
        *_slopes(test, likelihood, communities, limits),
        *_features(model, test, names, serving, limits),
        _speed(model, limits),
    ]


def tie_gates(
    *,
    model: CalibratedModel,
    metrics: Mapping[str, Any],
    test: Pairs,
    names: Sequence[str],
    serving: Serving | None,
    limits: Settings,
) -> list[Gate]:
    """All gates of a tie model: it ranks and weighs chains, and no caller is told its numbers as likelihoods."""
    return [*_not_worse(serving), _skill(metrics, limits), *_features(model, test, names, serving, limits)]


def failed(gates: Sequence[Gate]) -> list[Gate]:
    return [gate for gate in gates if not gate.passed]


def as_rows(gates: Sequence[Gate]) -> list[dict[str, Any]]:
    """For the metrics of an artifact."""
    return [asdict(gate) for gate in gates]


def _not_worse(serving: Serving | None) -> Iterator[Gate]:
    if serving is None:
        yield Gate(NOT_WORSE, "average_precision", None, "interval reaches 0", True, "no model serves to compare with")
        return
    precision, brier = serving.differences["average_precision"], serving.differences["brier"]
    beside = f"less that of {serving.digest}, 95 % interval"
    yield Gate(
        NOT_WORSE,
        "average_precision",
        precision.difference,
        "interval reaches 0",
        not precision.high < 0,
        f"{beside} {precision.low:.5f} to {precision.high:.5f} over {precision.over}s",
    )
    yield Gate(
        NOT_WORSE,
        "brier",
        brier.difference,
        "interval reaches 0",
        not brier.low > 0,
        f"{beside} {brier.low:.6f} to {brier.high:.6f} over {brier.over}s",
    )


def _skill(metrics: Mapping[str, Any], limits: Settings) -> Gate:
    skill = metrics["brier_skill"]
    return Gate("brier_skill", "all", skill, f"above {limits.gate_brier_skill:g}", skill > limits.gate_brier_skill)


def _slopes(test: Pairs, likelihood: Floats, communities: Ints, limits: Settings) -> Iterator[Gate]:
    groups = {"all": np.ones(len(test), dtype=np.bool_)}
    groups |= {"degree 1": test.degree == 1, "degree 2": test.degree == 2, "degree 3+": test.degree >= 3}
    numbers, sizes = np.unique(communities, return_counts=True)
    large = [n for n, size in zip(numbers, sizes, strict=True) if n >= 0 and size > limits.gate_community_rows]
    groups |= {f"community {place}": communities == number for place, number in enumerate(large, 1)}
    between = f"{limits.gate_slope_low:g} to {limits.gate_slope_high:g}"
    for scope, inside in groups.items():
        adopted = int(test.label[inside].sum())
        fewer = min(adopted, int(inside.sum()) - adopted)
        if fewer < limits.gate_group_adoptions and scope != "all":
            yield Gate("calibration_slope", scope, None, between, True, f"only {fewer} of one kind: too few to tell")
            continue
        slope = calibration_slope(test.label[inside], likelihood[inside], test.weight[inside])
        yield Gate("calibration_slope", scope, slope, between, limits.gate_slope_low <= slope <= limits.gate_slope_high)


def _features(
    model: CalibratedModel, test: Pairs, names: Sequence[str], serving: Serving | None, limits: Settings
) -> Iterator[Gate]:
    still = set(model.feature_names)
    lost = sorted(name for name in (serving.feature_names if serving else ()) if name not in still)
    flat = sorted(name for name in model.feature_names if not _tells(test.features[:, list(names).index(name)]))
    gone = [*lost, *(name for name in flat if name not in lost)]
    yield Gate("features_vary", "all", float(len(gone)), "none missing or constant", not gone, ", ".join(gone[:10]))
    best, which = 0.0, ""
    for name in model.feature_names:
        column = test.features[:, list(names).index(name)]
        present = ~np.isnan(column)
        filled = np.where(present, column, column[present].min() - 1 if present.any() else 0.0)
        auc = area_under_curve(test.label, filled, test.weight)
        if max(auc, 1 - auc) > best:
            best, which = max(auc, 1 - auc), name
    known = f"at most {limits.gate_feature_auc:g}"
    yield Gate("feature_auc", "the best alone", best, known, not best > limits.gate_feature_auc, which)


def _tells(column: Floats) -> bool:
    present = column[~np.isnan(column)]
    return len(present) > 0 and (len(present) < len(column) or float(np.ptp(present)) > 0)


def _speed(model: CalibratedModel, limits: Settings) -> Gate:
    """The fastest of some rounds: what it takes, not what else the machine does."""
    rows = [dict.fromkeys(model.feature_names, 1.0)] * CANDIDATES
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        model.score(rows)
        took.append((time.perf_counter() - started) * 1000)
    fastest = min(took)
    most = f"at most {limits.gate_score_ms:g} ms"
    return Gate("score_ms", f"{CANDIDATES} candidates", round(fastest, 3), most, fastest <= limits.gate_score_ms)
