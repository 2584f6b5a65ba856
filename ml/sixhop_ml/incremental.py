"""How much of what follows an exposure would have come anyway: exposed beside matched unexposed. Works on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from sixhop_ml.evaluate import drawn_again
from sixhop_ml.history import Floats, Ints
from sixhop_ml.pairs import Pairs
from sixhop_ml.train import varies

BINS = 10
FEWEST = 100
"""Adoptions below which nothing is said."""


def incremental(
    fit: Pairs, test: Pairs, likelihood: Floats, *, names: Sequence[str], of_exposure: Sequence[str], seed: int
) -> dict[str, Any]:
    """Adoption of exposed targets less that of unexposed ones who were as likely to adopt without (Hansen, 2008).

    A booster (the prognostic score) is fitted on the unexposed of one slice. On the test slice, pairs
    where a contact has the offering are matched with those where none has, within tenths of that score of the exposed.

    Parameters
    ----------
    likelihood
        What the model says of the test pairs; shape (pairs,).
    of_exposure
        Features that tell of exposure, or of chains: the prognostic score does without.

    Returns
    -------
    dict
        Rates, their difference with a 95 % interval over offerings, and a table by likelihood: `predicted`, and of
        that `incremental`. Or `missing`, and why. Observational: what else tells them apart is in the difference too.
    """
    column = test.features[:, list(names).index("exposed_contacts")]
    exposed = np.nan_to_num(column) > 0
    adopted = [int(test.label[exposed].sum()), int(test.label[~exposed].sum())]
    if min(adopted) < FEWEST:
        return {"missing": f"{adopted[0]} adoptions with and {adopted[1]} without an exposure: too few to match"}
    before = np.nan_to_num(fit.features[:, list(names).index("exposed_contacts")]) == 0
    if fit.label[before].sum() < FEWEST:
        return {"missing": f"{int(fit.label[before].sum())} adoptions without an exposure to fit on: too few"}
    own = [i for i, name in enumerate(names) if name not in of_exposure and varies(fit.features[:, i])]
    prognostic = HistGradientBoostingClassifier(
        max_iter=100,
        max_leaf_nodes=16,
        min_samples_leaf=max(20, min(500, int(before.sum()) // 100)),
        max_features=0.3,
        l2_regularization=50.0,
        early_stopping=False,
        random_state=seed,
    ).fit(fit.features[before][:, own], fit.label[before], sample_weight=fit.weight[before])
    score = prognostic.predict_proba(test.features[:, own])[:, 1]
    bins = np.digitize(score, np.quantile(score[exposed], np.linspace(0, 1, BINS + 1)[1:-1]))
    rates = _rates(test.label, test.weight, exposed, bins)
    drawn = [_rates(test.label, weight, exposed, bins) for weight in drawn_again(test.offering, test.weight, seed=seed)]
    low, high = np.nanpercentile([one - other for one, other in drawn], [2.5, 97.5])
    share = max(0.0, 1 - rates[1] / rates[0])
    return {
        "exposed": int(exposed.sum()),
        "unexposed": int((~exposed).sum()),
        "rate_exposed": rates[0],
        "rate_unexposed": rates[1],
        "difference": rates[0] - rates[1],
        "low": float(low),
        "high": float(high),
        "share": share,
        "table": _by_likelihood(test, likelihood, exposed, bins),
    }


def _rates(label: Ints, weight: Floats, exposed: np.ndarray, bins: Ints) -> tuple[float, float]:
    """Of exposed and of unexposed, in the mix of prognostic scores that the exposed have."""
    mass, one, other = np.zeros(BINS), np.full(BINS, np.nan), np.full(BINS, np.nan)
    for number in range(BINS):
        inside = bins == number
        with_, without = weight[inside & exposed], weight[inside & ~exposed]
        if with_.sum() > 0 and without.sum() > 0:
            mass[number] = with_.sum()
            one[number] = np.average(label[inside & exposed], weights=with_)
            other[number] = np.average(label[inside & ~exposed], weights=without)
    known = mass > 0
    if not known.any():
        return float("nan"), float("nan")
    return float(np.average(one[known], weights=mass[known])), float(np.average(other[known], weights=mass[known]))


def _by_likelihood(test: Pairs, likelihood: Floats, exposed: np.ndarray, bins: Ints) -> list[dict[str, float]]:
    """By fifths of the likelihood of the exposed: what they did, less what their matched unexposed did."""
    own = np.quantile(likelihood[exposed], np.linspace(0, 1, 6))
    without = np.array(
        [
            np.average(test.label[inside], weights=test.weight[inside]) if test.weight[inside].sum() > 0 else np.nan
            for inside in ((bins == number) & ~exposed for number in range(BINS))
        ]
    )
    table = []
    for low, high in pairwise(own):
        rows = np.flatnonzero(exposed & (likelihood >= low) & (likelihood <= high) & ~np.isnan(without[bins]))
        if not len(rows):
            continue
        weight = test.weight[rows]
        did = test.label[rows] - without[bins[rows]]
        mean = float(np.average(did, weights=weight))
        spread = float(np.sqrt(np.average((did - mean) ** 2, weights=weight) * (weight**2).sum()) / weight.sum())
        table.append(
            {
                "likelihood_from": float(low),
                "likelihood_to": float(high),
                "predicted": float(np.average(likelihood[rows], weights=weight)),
                "incremental": mean,
                "low": mean - 1.96 * spread,
                "high": mean + 1.96 * spread,
            }
        )
    return table
