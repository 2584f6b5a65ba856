"""How good a model is on held-out pairs, beside every heuristic. Works on arrays; knows nothing of Neo4j.

All figures are weighted, so that sampling is undone. Scores may be ties: equal scores share one threshold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from sixhop.models.runtime import logit
from sixhop_ml.history import Floats, Ints

BINS = 15
REPLICATES = 200
SIMULATIONS = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error on bins of equal mass, and what chance alone gives at this size.

    `net` is `raw` less `by_chance`, at least 0; all three are absolute probabilities.
    """

    raw: float
    by_chance: float
    net: float


class RankedPrecision:
    """Average precision of one score, ready to be computed again under other weights (for the bootstrap).

    The sum over thresholds of precision times the gain in recall (Manning et al., 2008); ties are one threshold.
    """

    def __init__(self, label: Ints, score: Floats) -> None:
        self._order = np.argsort(-score, kind="stable")
        ranked = score[self._order]
        self._ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        self._label = label[self._order]

    def __call__(self, weight: Floats) -> float:
        ranked = weight[self._order]
        yes = np.cumsum(ranked * self._label)[self._ends]
        everyone = np.cumsum(ranked)[self._ends]
        if yes[-1] <= 0:
            return float("nan")
        precision = yes / np.maximum(everyone, 1e-12)
        return float(np.sum(precision * np.diff(yes, prepend=0.0)) / yes[-1])


def average_precision(label: Ints, score: Floats, weight: Floats) -> float:
    return RankedPrecision(label, score)(weight)


def area_under_curve(label: Ints, score: Floats, weight: Floats) -> float:
    """AUC of the ROC curve; nan when there is only one class."""
    if len(np.unique(label)) < 2:
        return float("nan")
    return float(roc_auc_score(label, score, sample_weight=weight))


def brier_skill(label: Ints, likelihood: Floats, weight: Floats) -> float:
    """1 less the Brier score over that of always saying the base rate (Brier, 1950; Murphy, 1973)."""
    base = np.average(label, weights=weight)
    always = np.average((label - base) ** 2, weights=weight)
    return float(1 - np.average((label - likelihood) ** 2, weights=weight) / always)


def expected_calibration_error(label: Ints, likelihood: Floats, weight: Floats) -> float:
    """Mean distance of predicted and observed over bins of equal mass, by weight (Naeini et al., 2015)."""
    order = np.argsort(likelihood, kind="stable")
    mass = np.cumsum(weight[order])
    bins = np.minimum((BINS * (mass - weight[order] / 2) / mass[-1]).astype(int), BINS - 1)
    gap = np.bincount(bins, (weight * (label - likelihood))[order], minlength=BINS)
    return float(np.abs(gap).sum() / mass[-1])


def calibration(label: Ints, likelihood: Floats, weight: Floats, *, seed: int) -> Calibration:
    """ECE, and its mean when labels are drawn from the likelihoods themselves: what perfect calibration shows here."""
    rng = np.random.default_rng(seed)
    raw = expected_calibration_error(label, likelihood, weight)
    of_yes, of_no = (float(weight[label == each].mean()) if (label == each).any() else 1.0 for each in (1, 0))
    # Yes and no were sampled differently: so are those that are drawn, and each gets the weight of its kind
    sampled = likelihood / of_yes / (likelihood / of_yes + (1 - likelihood) / of_no)

    def by_chance() -> float:
        drawn = (rng.random(len(label)) < sampled).astype(np.int64)
        return expected_calibration_error(drawn, likelihood, np.where(drawn == 1, of_yes, of_no))

    chance = np.mean([by_chance() for _ in range(SIMULATIONS)])
    return Calibration(raw, float(chance), max(0.0, raw - float(chance)))


def calibration_slope(label: Ints, likelihood: Floats, weight: Floats) -> float:
    """Slope of a logistic regression of the label on the log odds (Cox, 1958): 1 is right, below 1 overconfident."""
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(logit(likelihood)[:, None], label, sample_weight=weight)
    return float(fitted.coef_[0, 0])


@dataclass(frozen=True, slots=True)
class Ratio:
    """A model's average precision over the best heuristic's, with a paired 95 % interval.

    Pairs that share a sender, target or offering are not independent, so whole senders (targets, offerings) are drawn
    again; `over` names the one of the three that gave this, the widest, interval.
    """

    ratio: float
    low: float
    high: float
    over: str


def paired_ratio(
    label: Ints, likelihood: Floats, heuristic: Floats, weight: Floats, groups: dict[str, Ints], *, seed: int
) -> Ratio:
    """Bootstrap the ratio over each grouping and keep the widest interval (Efron & Tibshirani, 1993)."""
    model, other = RankedPrecision(label, likelihood), RankedPrecision(label, heuristic)
    found = []
    for name, group in groups.items():
        ratios = [model(drawn) / other(drawn) for drawn in drawn_again(group, weight, seed=seed)]
        low, high = np.nanpercentile(ratios, [2.5, 97.5]) if not np.isnan(ratios).all() else (np.nan, np.nan)
        found.append(Ratio(model(weight) / other(weight), float(low), float(high), name))
    return max(found, key=lambda r: r.high - r.low)


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of one model less that of another on the same pairs, with a paired 95 % interval (the widest of all)."""

    difference: float
    low: float
    high: float
    over: str


def paired_differences(
    label: Ints, likelihood: Floats, other: Floats, weight: Floats, groups: dict[str, Ints], *, seed: int
) -> dict[str, Difference]:
    """`average_precision` and `brier` of one model less those of another, by bootstrap as in `paired_ratio`."""
    one, two = RankedPrecision(label, likelihood), RankedPrecision(label, other)
    squares = (label - likelihood) ** 2 - (label - other) ** 2

    def both(drawn: Floats) -> tuple[float, float]:
        return one(drawn) - two(drawn), float(np.average(squares, weights=drawn))

    found: dict[str, list[Difference]] = {"average_precision": [], "brier": []}
    here = both(weight)
    for name, group in groups.items():
        drawn = np.array([both(each) for each in drawn_again(group, weight, seed=seed)])
        low, high = np.nanpercentile(drawn, [2.5, 97.5], axis=0)
        for number, figure in enumerate(found.values()):
            figure.append(Difference(here[number], float(low[number]), float(high[number]), name))
    return {name: max(each, key=lambda d: d.high - d.low) for name, each in found.items()}


def drawn_again(group: Ints, weight: Floats, *, seed: int) -> Iterator[Floats]:
    """Weights of the pairs when whole groups are drawn again, a few hundred times.

    Groups are taken in the order they first come in, so that it does not matter how they are numbered.
    """
    rng = np.random.default_rng(seed)
    _, first, member = np.unique(group, return_index=True, return_inverse=True)
    member = np.argsort(np.argsort(first))[member]
    size = len(first)
    for _ in range(REPLICATES):
        drawn = np.bincount(rng.integers(0, size, size), minlength=size)[member] * weight
        if drawn.any():
            yield drawn


def by_degree(label: Ints, likelihood: Floats, weight: Floats, degree: Ints) -> dict[str, dict[str, float]]:
    """Predicted and observed at degree 1, 2 and 3 or more."""
    table = {}
    for name, inside in (("1", degree == 1), ("2", degree == 2), ("3+", degree >= 3)):
        if inside.any():
            y, p, w = label[inside], likelihood[inside], weight[inside]
            table[name] = {
                "pairs": int(inside.sum()),
                "adopted": int(y.sum()),
                "observed": float(np.average(y, weights=w)),
                "predicted": float(np.average(p, weights=w)),
                "average_precision": average_precision(y, p, w),
                "auc": area_under_curve(y, p, w),
            }
    return table


def standing(
    *,
    label: Ints,
    likelihood: Floats,
    weight: Floats,
    heuristics: dict[str, Floats],
    groups: dict[str, Ints],
    seed: int,
) -> dict[str, Any]:
    """How a model ranks some pairs, beside the best heuristic on the same; arguments as of `evaluate`.

    `missing` says why where there is nothing to tell.
    """
    if not heuristics or len(np.unique(label)) < 2:
        return {"pairs": len(label), "adopted": int(label.sum()), "missing": "too few pairs, or all alike"}
    table = {name: average_precision(label, score, weight) for name, score in heuristics.items()}
    best = max(table, key=lambda name: table[name])
    return {
        "pairs": len(label),
        "adopted": int(label.sum()),
        "base_rate": float(np.average(label, weights=weight)),
        "auc": area_under_curve(label, likelihood, weight),
        "average_precision": average_precision(label, likelihood, weight),
        "best_heuristic": best,
        "over_best_heuristic": asdict(paired_ratio(label, likelihood, heuristics[best], weight, groups, seed=seed)),
    }


def hard_negatives(label: Ints, weight: Floats, offering: Ints, degree: Ints, exposed: Floats) -> tuple[Ints, Floats]:
    """The yes at degree 1 and 2 beside those no that were just as exposed, and weights that make them so.

    A no counts where it is a contact of the sender's or one two steps away, and there is a yes of the same offering
    with as many exposed contacts (0, 1, 2, 3 to 4, 5 and more). Every such group is given the same rate of yes, so
    neither the offering nor the exposure tells yes from no.

    Returns
    -------
    rows, weight
        Which pairs, and of each its weight; shape (kept,).
    """
    level = np.digitize(np.nan_to_num(exposed), [1, 2, 3, 5])
    _, group = np.unique(np.stack([offering, level], axis=1), axis=0, return_inverse=True)
    group = group.ravel()
    near = degree <= 2
    size = int(group.max()) + 1 if len(group) else 0
    yes = np.bincount(group, weight * near * (label == 1), minlength=size)
    no = np.bincount(group, weight * near * (label == 0), minlength=size)
    kept = np.flatnonzero(near & (yes[group] > 0) & (no[group] > 0))
    rate = yes.sum() / max(no[yes > 0].sum(), 1e-12)  # of the whole table, which each group takes on
    own = np.where(label[kept] == 1, 1.0, yes[group[kept]] / no[group[kept]] / rate)
    return kept, weight[kept] * own


def calibration_curve(label: Ints, likelihood: Floats, weight: Floats) -> list[dict[str, float]]:
    """Predicted and observed in each of the bins of `expected_calibration_error`."""
    order = np.argsort(likelihood, kind="stable")
    mass = np.cumsum(weight[order])
    bins = np.minimum((BINS * (mass - weight[order] / 2) / mass[-1]).astype(int), BINS - 1)
    curve = []
    for number in range(BINS):
        rows = order[bins == number]
        if len(rows):
            predicted = float(np.average(likelihood[rows], weights=weight[rows]))
            observed = float(np.average(label[rows], weights=weight[rows]))
            curve.append({"predicted": predicted, "observed": observed, "pairs": len(rows)})
    return curve


def evaluate(
    *,
    label: Ints,
    likelihood: Floats,
    weight: Floats,
    degree: Ints,
    heuristics: dict[str, Floats],
    groups: dict[str, Ints],
    seed: int,
) -> dict[str, Any]:
    """Everything the report says of one model on one held-out slice.

    Parameters
    ----------
    label, likelihood, weight, degree
        Shape (pairs,).
    heuristics
        Score of each single-feature heuristic, higher is likelier; missing values are the lowest.
    groups
        What the bootstrap draws again: `sender`, `target`, `offering`.
    """
    table = {
        name: {
            "average_precision": average_precision(label, score, weight),
            "auc": area_under_curve(label, score, weight),
        }
        for name, score in heuristics.items()
    }
    best = max(table, key=lambda name: table[name]["average_precision"])
    base = float(np.average(label, weights=weight))
    errors = calibration(label, likelihood, weight, seed=seed)
    return {
        "pairs": len(label),
        "adopted": int(label.sum()),
        "base_rate": base,
        "auc": area_under_curve(label, likelihood, weight),
        "average_precision": average_precision(label, likelihood, weight),
        "brier_skill": brier_skill(label, likelihood, weight),
        "ece": errors.net,
        "ece_raw": errors.raw,
        "ece_by_chance": errors.by_chance,
        "ece_over_base_rate": errors.net / base,
        "calibration_slope": calibration_slope(label, likelihood, weight),
        "calibration_curve": calibration_curve(label, likelihood, weight),
        "best_heuristic": best,
        "over_best_heuristic": asdict(paired_ratio(label, likelihood, heuristics[best], weight, groups, seed=seed)),
        "by_degree": by_degree(label, likelihood, weight, degree),
        "heuristics": table,
    }
