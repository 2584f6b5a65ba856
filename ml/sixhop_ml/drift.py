"""How far what is scored now has moved from what a model was measured on. Works on arrays; knows nothing of files.

A reference is plain numbers, and goes into an artifact's metrics. Its bins hold a tenth of the weight each, or less
where many values are the same: such a value gets a bin of its own. Missing values are one more bin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from scipy.stats import chi2

from sixhop_ml.history import Floats, Ints

BINS = 10
SMALLEST_SHARE = 1e-4
"""A share below counts as this much, so that an empty bin is far from a full one, and not infinitely far."""
CONFIDENCE = 0.95

Of = Literal["proposed", "sent"]
"""Which pairs a model learns from: all that the walk proposed, or those that were sent."""


def reference(
    features: Floats, likelihood: Floats, weight: Floats, sender: Ints, names: Sequence[str], *, of: Of
) -> dict[str, Any]:
    """What a model was measured on, for `population_stability_index` to compare with later.

    Parameters
    ----------
    features
        Held-out pairs, nan where missing; shape (pairs, names).
    likelihood, weight, sender
        Of each pair: what the model says, how many it stands for, and whose it is; shape (pairs,).
    names
        Of the columns of `features`.
    of
        What the pairs are: those that would have been proposed, or those that were sent.

    Returns
    -------
    dict
        `of`; `pairs`; `effective`, how many senders that all weigh the same would say as much; `score` and `features`
        by name, each with `edges` (upper, inclusive), `shares` of the bins and of what is `missing`.
    """
    return {
        "of": of,
        "pairs": len(likelihood),
        "effective": effective_size(weight, sender),
        "score": _binned(likelihood, weight),
        "features": {name: _binned(features[:, column], weight) for column, name in enumerate(names)},
    }


def population_stability_index(reference: Mapping[str, Any], values: Floats, weight: Floats) -> float:
    """Sum over bins of (now − then) · ln(now / then), in nats (Siddiqi, Credit Risk Scorecards, 2006).

    Parameters
    ----------
    reference
        Of this feature, or of the score.
    values, weight
        As of now; shape (rows,).

    Returns
    -------
    float
        0 where nothing moved; nan where there is nothing now.
    """
    if not weight.sum() > 0:
        return float("nan")
    edges = np.array(reference["edges"], dtype=np.float64)
    before = np.array([*reference["shares"], reference["missing"]], dtype=np.float64)
    now = _shares(edges, values, weight)
    then, now = np.maximum(before, SMALLEST_SHARE), np.maximum(now, SMALLEST_SHARE)
    return float(np.sum((now - then) * np.log(now / then)))


def index_by_chance(reference: Mapping[str, Any], *, then: float, now: float) -> float:
    """What the index stays under, 95 times of 100, where nothing moved: χ² of bins − 1, times 1/then + 1/now.

    Yurdakul (Statistical Properties of the Population Stability Index, 2018).

    Parameters
    ----------
    then, now
        Effective sizes of the reference and of what it is compared with.
    """
    bins = len(reference["shares"]) + (reference["missing"] > 0)
    return float(chi2.ppf(CONFIDENCE, max(bins - 1, 1)) * (1 / then + 1 / now)) if then > 0 and now > 0 else np.inf


def effective_size(weight: Floats, group: Ints) -> float:
    """Kish's effective sample size (1965) of whole groups: rows of one group count as if they were all the same."""
    if not len(weight):
        return 0.0
    _, number = np.unique(group, return_inverse=True)
    mass = np.bincount(number, weight)
    return float(mass.sum() ** 2 / (mass**2).sum()) if mass.any() else 0.0


def _binned(values: Floats, weight: Floats) -> dict[str, Any]:
    present = ~np.isnan(values)
    edges = _edges(values[present], weight[present])
    shares = _shares(edges, values, weight)
    return {"edges": edges.tolist(), "shares": shares[:-1].tolist(), "missing": float(shares[-1])}


def _edges(values: Floats, weight: Floats) -> Floats:
    """At most nine upper edges. A value that more than one of them falls on is told from those below it."""
    distinct = np.unique(values)
    if not len(distinct):
        return np.empty(0)
    if len(distinct) == 1:  # whatever else comes later is below or above
        return np.array([np.nextafter(distinct[0], -np.inf), distinct[0]])
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(weight[order])
    places = np.searchsorted(mass, mass[-1] * np.arange(1, BINS) / BINS)
    quantiles, times = np.unique(values[order][np.minimum(places, len(order) - 1)], return_counts=True)
    below = distinct[np.maximum(np.searchsorted(distinct, quantiles) - 1, 0)]
    alone = (times > 1) | (quantiles == distinct[-1])
    edges = np.union1d(quantiles, below[alone & (quantiles > distinct[0])])
    return np.asarray(edges[edges < distinct[-1]], dtype=np.float64)


def _shares(edges: Floats, values: Floats, weight: Floats) -> Floats:
    """Of each bin, and at the end of what is missing."""
    last = len(edges) + 1
    bins = np.where(np.isnan(values), last, np.searchsorted(edges, values, side="left"))
    return np.asarray(np.bincount(bins, weight, minlength=last + 1) / weight.sum(), dtype=np.float64)
