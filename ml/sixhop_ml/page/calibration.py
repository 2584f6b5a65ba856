"""Whether likelihoods are right: predicted against observed, by likelihood and by degree, and how they spread."""

from __future__ import annotations

import math

import numpy as np

from sixhop_ml.page.drawing import Axis, Plot, round_down, round_up
from sixhop_ml.page.facts import Facts
from sixhop_ml.page.held_out import Bin, HeldOut, equal_parts, one_bin, score_shares
from sixhop_ml.page.markup import (
    Html,
    absent,
    between,
    count,
    figure,
    join,
    number,
    paragraph,
    percent,
    side_by_side,
    table,
)

BINS = 15
"""As many as the calibration error is measured on, so that the picture is the figure."""
SCORE_BINS = 36
LEAST = 1e-6
DEGREES = {"1": (1, 1), "2": (2, 2), "3+": (3, 1 << 30)}


def calibration(facts: Facts) -> Html:
    """The curve, the spread of likelihoods, and the table by degree."""
    held = facts.held
    pieces = [absent("predictions") if held is None else side_by_side(_curve(held), _spread(held))]
    if held is not None:
        pieces.append(
            paragraph(
                "Bins hold equal weight; intervals of 95 % count pairs that share a member or an offering as the fewer "
                "independent ones they are worth. Both scales are logarithmic; what stands on the floor of the "
                "picture is 0.",
                css="note",
            )
        )
    by_degree = facts.metrics.get("by_degree")
    pieces.append(_by_degree(by_degree, held) if by_degree else absent("by_degree"))
    return join(pieces)


def _curve(held: HeldOut) -> Html:
    bins = equal_parts(held, BINS)
    lowest, highest = _range([b.predicted for b in bins] + [b.observed for b in bins] + [b.high for b in bins])
    axes = [Axis(lowest, highest, label, _short, log=True) for label in ("predicted likelihood", "observed share")]
    gap = sum(abs(b.observed - b.predicted) * w for b, w in zip(bins, _weights(held, bins), strict=True))
    plot = Plot(
        "calibration",
        "Calibration curve",
        f"Observed against predicted in {len(bins)} bins of equal weight. The mean distance from the diagonal is "
        f"{percent(gap)}.",
        x=axes[0],
        y=axes[1],
    )
    plot.line([lowest, highest], [lowest, highest], "ideal")
    for each in bins:
        plot.whisker(each.predicted, each.low, each.high, "model")
    plot.line([b.predicted for b in bins], [b.observed for b in bins], "model")
    for each in bins:
        plot.dot(each.predicted, each.observed, "model")
    rows = [
        (
            n + 1,
            count(b.pairs),
            count(b.adopted),
            between(b.lowest, b.highest),
            percent(b.predicted),
            percent(b.observed),
            between(b.low, b.high),
        )
        for n, b in enumerate(bins)
    ]
    return figure(
        plot.svg(),
        f"Calibration: {len(bins)} bins, off by {percent(gap)} on average",
        (("model", "the model, with 95 % intervals"), ("ideal", "predicted as observed")),
        table(
            "Calibration curve",
            ("bin", "pairs", "adopted", "likelihood", "predicted", "observed", "95 % interval"),
            rows,
        ),
    )


def _weights(held: HeldOut, bins: list[Bin]) -> list[float]:
    """Share of all weight in each bin; the bins follow each other by likelihood."""
    mass = np.cumsum(held.weight[np.argsort(held.likelihood, kind="stable")])
    ends = mass[np.cumsum([b.pairs for b in bins]) - 1] / mass[-1]
    return [float(share) for share in np.diff(ends, prepend=0.0)]


def _spread(held: HeldOut) -> Html:
    lowest, highest = _range(held.likelihood)
    edges = np.geomspace(lowest, highest, SCORE_BINS + 1)
    yes, no = score_shares(held, edges)
    tallest = float(max(yes.max(), no.max()))
    step = round_up(tallest / 5)
    plot = Plot(
        "spread",
        "Likelihoods of those who adopted and of the others",
        f"Half of those who adopted had {percent(_median(held, 1))} or more, half of the others "
        f"{percent(_median(held, 0))} or more.",
        x=Axis(lowest, highest, "likelihood", _short, log=True),
        y=Axis(0, step * math.ceil(tallest / step), "share of each group", _short),
    )
    plot.steps(edges.tolist(), no.tolist(), "base")
    plot.steps(edges.tolist(), yes.tolist(), "model")
    rows = [
        (between(edges[n], edges[n + 1]), percent(yes[n]), percent(no[n]))
        for n in range(SCORE_BINS)
        if yes[n] > 0 or no[n] > 0
    ]
    return figure(
        plot.svg(),
        f"Likelihoods: median {percent(_median(held, 1))} of those who adopted, {percent(_median(held, 0))} of others",
        (("model area", "adopted"), ("base area", "did not")),
        table("Spread of likelihoods", ("likelihood", "of those who adopted", "of the others"), rows),
    )


def _median(held: HeldOut, answer: int) -> float:
    rows = held.label == answer
    return float(np.quantile(held.likelihood[rows], 0.5, weights=held.weight[rows], method="inverted_cdf"))


def _by_degree(metrics: dict[str, dict[str, float]], held: HeldOut | None) -> Html:
    rows = []
    for degree, row in metrics.items():
        interval = ""
        if held is not None and held.degree is not None and degree in DEGREES:
            first, last = DEGREES[degree]
            inside = np.flatnonzero((held.degree >= first) & (held.degree <= last))
            if len(inside):
                found = one_bin(held, inside)
                interval = between(found.low, found.high)
        rows.append(
            (
                degree,
                count(row.get("pairs")),
                count(row.get("adopted")),
                percent(row.get("predicted")),
                percent(row.get("observed")),
                interval,
                number(row.get("average_precision")),
                number(row.get("auc"), 3),
            )
        )
    return table(
        "Predicted against observed, by degree",
        ("degree", "pairs", "adopted", "predicted", "observed", "95 % interval", "average precision", "AUC"),
        rows,
    )


def _range(values: list[float] | np.ndarray) -> tuple[float, float]:
    """Round ends of a logarithmic axis over all values above 0."""
    positive = [v for v in (float(np.min(values)), float(np.max(values)), *map(float, values)) if v > LEAST]
    if not positive:
        return LEAST, 1.0
    low, high = round_down(min(positive)), min(1.0, round_up(max(positive)))
    return (low, high) if low < high else (low / 2, min(1.0, high * 2))


def _short(value: float) -> str:
    return f"{100 * value:.3g}%"
