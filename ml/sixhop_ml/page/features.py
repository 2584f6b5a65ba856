"""What the model goes by: precision lost without a feature, and likelihood as a feature moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixhop_ml.page.drawing import Axis, Plot, picture, round_up
from sixhop_ml.page.facts import Facts
from sixhop_ml.page.markup import (
    Html,
    absent,
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
    text,
)

IMPORTANT = 20
"""So many are drawn; all stand in the table."""
WIDTH, ROW, LEFT, RIGHT, BOTTOM = 440, 21, 176, 14, 40
LETTERS = 26
SMALL = {"width": 300, "height": 200}


def features(facts: Facts) -> Html:
    """What the ranking needs, and how likelihood moves."""
    return side_by_side(_importance(facts), _dependence(facts))


def _importance(facts: Facts) -> Html:
    """Bars with the spread over repeats; the most needed first."""
    found = facts.metrics.get("importance")
    if not found:
        return absent("importance")
    shown = found[:IMPORTANT]
    high = max([0.0, *(row["high"] for row in shown)])
    low = min([0.0, *(row["low"] for row in shown)])
    step = round_up(max(high - low, 1e-6) / 4)
    axis = Axis(low, max(high, low + step), "", lambda v: f"{v:.3g}", most_ticks=4)

    def at(value: float) -> float:
        return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT)

    floor = 6 + ROW * len(shown)
    marks = []
    for value in axis.marks():
        marks.append(f'<path class="grid" d="M{at(value):.1f} 4V{floor}"/>')
        marks.append(
            f'<text class="tick" x="{at(value):.1f}" y="{floor + 15}" text-anchor="middle">'
            f"{text(axis.say(value))}</text>"
        )
    for n, row in enumerate(shown):
        middle = 6 + ROW * n + ROW / 2
        left, right = sorted((at(0), at(row["drop"])))
        name = row["feature"] if len(row["feature"]) <= LETTERS else row["feature"][: LETTERS - 1] + "…"
        marks.append(f'<text class="value" x="{LEFT - 8}" y="{middle + 4:.1f}" text-anchor="end">{text(name)}</text>')
        marks.append(
            f'<rect class="fill model" x="{left:.1f}" y="{middle - 6:.1f}" width="{right - left:.1f}" height="12"/>'
        )
        marks.append(f'<path class="whisker dark" d="M{at(row["low"]):.1f} {middle:.1f}H{at(row["high"]):.1f}"/>')
    marks.append(f'<path class="axis" d="M{at(0):.1f} 4V{floor}"/>')
    marks.append(
        f'<text class="label" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{floor + 33}" text-anchor="middle">'
        "average precision lost when shuffled</text>"
    )
    drawing = picture(
        "importance",
        "Permutation importance",
        f"The ranking needs {shown[0]['feature']} most: shuffled, it costs {number(shown[0]['drop'])}.",
        "".join(marks),
        WIDTH,
        floor + BOTTOM,
    )
    rows = [
        (element("code", row["feature"]), number(row["drop"], 5), number(row["low"], 5), number(row["high"], 5))
        for row in found
    ]
    words = "Features that say the same share their importance: without one, the other is left to go by."
    drawn = figure(
        drawing,
        f"The {len(shown)} features the ranking needs most, of {len(found)}",
        (("model area", "mean of the shuffles"), ("dark", "least to most")),
        table("Permutation importance", ("feature", "mean", "least", "most"), rows),
    )
    return join([drawn, paragraph(words, css="note")])


def _dependence(facts: Facts) -> Html:
    """One small picture a feature, all on one scale."""
    found: Mapping[str, Mapping[str, Any]] = facts.metrics.get("partial_dependence", {})
    curves = {
        name: [(x, y) for x, y in zip(curve["grid"], curve["likelihood"], strict=True) if known(x) and known(y)]
        for name, curve in found.items()
    }
    ranked = [row["feature"] for row in facts.metrics.get("importance", ())]
    in_order = sorted(curves, key=lambda name: ranked.index(name) if name in ranked else len(ranked))
    curves = {name: curves[name] for name in in_order if curves[name]}
    if not curves:
        return absent("partial_dependence")
    highest = max(y for points in curves.values() for _, y in points)
    step = round_up(highest / 3)
    top = step * -(-highest // step)
    drawn = [_curve(n, name, points, top) for n, (name, points) in enumerate(curves.items())]
    rows = [(element("code", name), number(x, 3), percent(y)) for name, points in curves.items() for x, y in points]
    note = (
        "Mean likelihood if every pair had this value and all else stayed; short lines stand at twentieths of the "
        "pairs. All pictures share one scale. Where features move together, some of these pairs cannot exist."
    )
    return join(
        [
            element("h3", "Likelihood as a feature moves"),
            Html(f'<div class="small">{"".join(drawn)}</div>'),
            details("The figures", table("Partial dependence", ("feature", "value", "mean likelihood"), rows)),
            paragraph(note, css="note"),
        ]
    )


def _curve(n: int, name: str, points: list[tuple[float, float]], top: float) -> Html:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    low, high = xs[0], xs[-1] if xs[-1] > xs[0] else xs[0] + 1
    plot = Plot(
        f"dependence-{n}",
        f"Likelihood by {name}",
        f"From {percent(ys[0])} at {xs[0]:.4g} to {percent(ys[-1])} at {xs[-1]:.4g}.",
        x=Axis(low, high, "", lambda v: f"{v:,.4g}", most_ticks=4),
        y=Axis(0, top, "", lambda v: f"{100 * v:.3g}%", most_ticks=3),
        **SMALL,
    )
    plot.rug(xs)
    plot.line(xs, ys, "model")
    for x, y in points:
        plot.dot(x, y, "model tiny")
    return figure(plot.svg(), element("code", name))
