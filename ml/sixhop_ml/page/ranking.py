"""Who comes first: the model beside each heuristic, by precision, lift, and against harder negatives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sixhop_ml.page.drawing import Axis, Plot, round_up
from sixhop_ml.page.facts import Facts
from sixhop_ml.page.held_out import HeldOut, equal_parts, precision_at
from sixhop_ml.page.markup import (
    Html,
    absent,
    bar,
    between,
    count,
    details,
    element,
    figure,
    join,
    known,
    number,
    paragraph,
    percent,
    side_by_side,
    table,
    times,
)

RECALLS = np.linspace(0.005, 1, 200)
TOLD_RECALLS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
STEADY_RECALL = 0.02
"""Below it a precision is that of a few pairs: the picture's height is not theirs to decide."""
HEURISTICS_SHOWN = 10
MODEL, REGRESSION = "the model", "logistic regression"
T_HEADINGS = (
    "drawn from",
    "pairs",
    "adopted",
    "base rate",
    "average precision",
    "AUC",
    "best heuristic",
    "over it",
    "95 % interval",
)


def ranking(facts: Facts) -> Html:
    """Precision and recall, and lift by decile."""
    if facts.held is None:
        return absent("predictions")
    return side_by_side(_precision_recall(facts, facts.held), _lift(facts.held))


def _precision_recall(facts: Facts, held: HeldOut) -> Html:
    scores = {"model": held.likelihood} | ({"other": held.heuristic} if held.heuristic is not None else {})
    curves = {css: precision_at(held, score, RECALLS) for css, score in scores.items()}
    told = {css: precision_at(held, score, np.array(TOLD_RECALLS)) for css, score in scores.items()}
    steady = RECALLS >= STEADY_RECALL
    highest = max(held.base_rate, *(float(curve[steady].max()) for curve in curves.values()))
    step = round_up(highest / 5)
    plot = Plot(
        "precision",
        "Precision and recall",
        f"At a tenth of all adoptions found, {percent(told['model'][TOLD_RECALLS.index(0.1)])} of those ranked so "
        f"high by the model adopted; the base rate is {percent(held.base_rate)}.",
        x=Axis(0, 1, "recall: adoptions found", _whole),
        y=Axis(0, min(1.0, step * math.ceil(highest / step)), "precision", lambda v: f"{100 * v:.3g}%"),
    )
    plot.line([0, 1], [held.base_rate] * 2, "base")
    for css in reversed(curves):
        plot.line(RECALLS.tolist(), curves[css].tolist(), css)
    average = facts.metrics.get("average_precision")
    other = facts.metrics.get("heuristics", {}).get(facts.best_heuristic, {}).get("average_precision")
    legend = [("model", f"the model ({number(average)})")]
    legend += [("other", f"{facts.best_heuristic} ({number(other)})")] if "other" in curves else []
    rows = [
        (_whole(recall), *(percent(curve[n]) for curve in told.values()), percent(held.base_rate))
        for n, recall in enumerate(TOLD_RECALLS)
    ]
    names = {"model": MODEL, "other": facts.best_heuristic}
    return figure(
        plot.svg(),
        "Precision and recall; average precision is the area",
        (*legend, ("base", f"base rate ({percent(held.base_rate)})")),
        table("Precision at recall", ("recall", *(names[css] for css in curves), "base rate"), rows),
    )


def _lift(held: HeldOut) -> Html:
    deciles = equal_parts(held, 10)[::-1]
    base = held.base_rate
    lifts = [each.observed / base for each in deciles]
    top = max(each.high / base for each in deciles)
    step = round_up(top / 6)
    plot = Plot(
        "lift",
        "Lift by decile",
        f"The tenth ranked highest adopted {times(lifts[0])} as often as all, and holds "
        f"{percent(deciles[0].share_of_yes)} of all adoptions.",
        x=Axis(
            0.4,
            len(deciles) + 0.6,
            "tenth of the pairs, likeliest first",
            lambda v: f"{v:.0f}",
            ticks=tuple(range(1, len(deciles) + 1)),
        ),
        y=Axis(0, step * math.ceil(top / step), "times the base rate", lambda v: f"{v:g}×"),
    )
    for n, each in enumerate(deciles, 1):
        plot.column(n - 0.38, n + 0.38, lifts[n - 1], "model")
        plot.whisker(n, each.low / base, each.high / base, "dark")
    plot.line([0.4, len(deciles) + 0.6], [1, 1], "base")
    together = np.cumsum([each.share_of_yes for each in deciles])
    rows = [
        (
            n + 1,
            count(each.pairs),
            f"{percent(each.lowest)} or more",
            percent(each.predicted),
            percent(each.observed),
            times(lifts[n]),
            between(each.low / base, each.high / base, times),
            percent(together[n]),
        )
        for n, each in enumerate(deciles)
    ]
    headings = ("tenth", "pairs", "likelihood", "predicted", "observed", "lift", "95 % interval", "adoptions so far")
    return figure(
        plot.svg(),
        f"Lift: the first tenth adopts {times(lifts[0])} as often as all",
        (("model area", "observed, with 95 % intervals"), ("base", "base rate")),
        table("Lift by decile", headings, rows),
    )


def heuristics(facts: Facts) -> Html:
    """Every heuristic, the logistic regression and the model in one order."""
    found: Mapping[str, Mapping[str, Any]] = facts.metrics.get("heuristics", {})
    if not found:
        return absent("heuristics")
    regression = facts.metrics.get("logistic_regression")
    ranked = [(element("code", name), row) for name, row in found.items()]
    # Objects, not names: a feature may be called "the model".
    model = Html(MODEL)
    ranked += [(model, facts.metrics)]
    ranked += [(Html(REGRESSION), regression)] if regression else []
    ranked.sort(key=lambda item: -_figure(item[1]))
    longest = max(_figure(row) for _, row in ranked) or 1.0
    base = facts.metrics.get("base_rate")
    rows = [
        (
            name,
            bar(_figure(row) / longest, "model" if name in (MODEL, REGRESSION) else "other"),
            number(row.get("average_precision")),
            times(_figure(row) / base) if known(base) and base else "",
            number(row.get("auc"), 3),
            number(row.get("brier_skill")) if name in (MODEL, REGRESSION) else "",
        )
        for name, row in ranked
    ]
    headings = ("ranked by", "", "average precision", "over the base rate", "AUC", "Brier skill")
    first = {name for name, *_ in rows[:HEURISTICS_SHOWN]} | {MODEL, REGRESSION}
    shown = [row for row in rows if row[0] in first]
    others = [row for row in rows if row[0] not in first]
    caption = "Each feature alone, beside the model"
    pieces = [table(caption, headings, shown, words=(0, 1), strong=(MODEL,), titled=False)]
    if others:
        pieces.append(
            details(f"{len(others)} more heuristics", table("More heuristics", headings, others, words=(0, 1)))
        )
    if not regression:
        pieces.append(absent("logistic_regression"))
    return join(pieces)


def negatives(facts: Facts) -> Html:
    """The held-out pairs as proposed, beside those with other negatives."""
    found = facts.metrics.get("negatives")
    if not found:
        return absent("negatives")
    words = {"random": "random members", "hard": "hard negatives"}
    rows = [("pairs as proposed", facts.metrics)] + [(words.get(name, name), row) for name, row in found.items()]
    return join(
        [
            table("With other negatives", T_HEADINGS, [_measured(*row) for row in rows], words=(0, 6), titled=False),
            paragraph(
                "Random negatives are easy to tell apart, hard ones resemble the yes; serving meets pairs as proposed.",
                css="note",
            ),
        ]
    )


def disjoint(facts: Facts) -> Html:
    """Held-out pairs whose members the model was never fitted on."""
    found = facts.metrics.get("disjoint")
    if not found:
        return absent("disjoint")
    rows = [("all held-out pairs", facts.metrics), ("members never fitted on", found)]
    return table("Members apart", T_HEADINGS, [_measured(*row) for row in rows], words=(0, 6), titled=False)


def _measured(name: str, row: Mapping[str, Any]) -> tuple[object, ...]:
    over = row.get("over_best_heuristic") or {}
    return (
        name,
        count(row.get("pairs")),
        count(row.get("adopted")),
        percent(row.get("base_rate")),
        number(row.get("average_precision")),
        number(row.get("auc"), 3),
        element("code", row["best_heuristic"]) if row.get("best_heuristic") else "",
        times(over.get("ratio")),
        between(over.get("low"), over.get("high"), times),
    )


def _figure(row: Mapping[str, Any]) -> float:
    value = row.get("average_precision")
    return float(value) if value is not None and known(value) else 0.0


def _whole(value: float) -> str:
    return f"{100 * value:.0f}%"
