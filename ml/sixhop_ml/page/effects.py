"""What outreaches did: from served to adopted, harm, and what would not have come without them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sixhop_ml.page.drawing import Axis, Plot, round_up
from sixhop_ml.page.facts import Facts
from sixhop_ml.page.markup import (
    Html,
    absent,
    bar,
    between,
    count,
    element,
    figure,
    join,
    known,
    number,
    paragraph,
    percent,
    side_by_side,
    table,
)

STEPS = ("served", "sent", "answered", "adopted")
OTHER_ENDS = {"declined": "declined", "opted_out": "opted out", "complained": "complained", "open": "still open"}


def funnel(facts: Facts) -> Html:
    """Served, sent, answered, adopted; and how the others ended."""
    found: Mapping[str, Any] | None = facts.metrics.get("funnel")
    if not found:
        return absent("funnel")
    first = next((found[step] for step in STEPS if found.get(step)), 0)
    rows: list[tuple[object, ...]] = []
    before: Any = None
    for step in STEPS:
        value = found.get(step)
        share = value / before if known(value) and before else None
        rows.append((step, bar((value or 0) / first if first else 0), count(value), percent(share) if before else ""))
        before = value
    sent, p_sent = found.get("sent"), percent(found.get("p_sent"))
    ends = [
        (words, count(found.get(name)), percent(found[name] / sent if sent and known(found.get(name)) else None))
        for name, words in OTHER_ENDS.items()
    ]
    return join(
        [
            paragraph("P(sent), the share of what was served that was sent: ", element("strong", p_sent)),
            side_by_side(
                table("From served to adopted", ("step", "", "number", "of the step before"), rows, words=(0, 1)),
                table("Other ends of what was sent", ("end", "number", "of those sent"), ends),
            ),
            paragraph("What was shown and never sent is neither a yes nor a no.", css="note"),
        ]
    )


def harm(facts: Facts) -> Html:
    """How well it is known who will opt out or complain."""
    found: Mapping[str, Any] | None = facts.metrics.get("harm")
    if not found or "missing" in found:
        return _none("harm", found)
    rows = [
        ("outreaches", count(found.get("pairs"))),
        ("of those, harm", count(found.get("yes"))),
        ("base rate", percent(found.get("base_rate"))),
        ("AUC", number(found.get("auc"), 3)),
        ("Brier skill", number(found.get("brier_skill"))),
        ("calibration error over the base rate", percent(found.get("ece_over_base_rate"))),
    ]
    return table("Harm: opting out or complaining", ("figure", "value"), rows, titled=False)


def incremental(facts: Facts) -> Html:
    """What exposure added, as a whole and by likelihood."""
    found: Mapping[str, Any] | None = facts.metrics.get("incremental")
    if not found or "missing" in found:
        return _none("incremental", found)
    rows = [
        ("exposed", count(found.get("exposed")), percent(found.get("rate_exposed")), ""),
        ("not exposed", count(found.get("unexposed")), percent(found.get("rate_unexposed")), ""),
        ("difference", "", percent(found.get("difference")), between(found.get("low"), found.get("high"))),
    ]
    pieces = [table("Adopted, exposed and not", ("members", "pairs", "adopted", "95 % interval"), rows)]
    parts = [row for row in found.get("table", ()) if known(row.get("predicted")) and known(row.get("incremental"))]
    if parts:
        pieces.insert(0, _by_likelihood(parts))
    return side_by_side(*pieces)


def _by_likelihood(parts: Sequence[Mapping[str, Any]]) -> Html:
    predicted = [row["predicted"] for row in parts]
    ends = [row[name] for row in parts for name in ("incremental", "low", "high") if known(row.get(name))]
    low, high = min([0.0, *ends]), max([*ends, *predicted])
    step = round_up((high - low) / 5)
    right = round_up(max(predicted) * 1.02)
    plot = Plot(
        "incremental",
        "Incremental adoption by likelihood",
        f"In the part predicted likeliest, {percent(parts[-1]['incremental'])} adopted who would not have otherwise; "
        f"{percent(predicted[-1])} were predicted to adopt at all.",
        x=Axis(0, right, "predicted likelihood", _short),
        y=Axis(step * math.floor(low / step), step * math.ceil(high / step), "adopted because of it", _short),
    )
    plot.line([0, right], [0, 0], "zero")
    plot.line([0, min(right, high)], [0, min(right, high)], "ideal")
    for row in parts:
        if known(row.get("low")) and known(row.get("high")):
            plot.whisker(row["predicted"], row["low"], row["high"], "model")
    plot.line(predicted, [row["incremental"] for row in parts], "model")
    for row in parts:
        plot.dot(row["predicted"], row["incremental"], "model")
    rows = [
        (
            between(row.get("likelihood_from"), row.get("likelihood_to")),
            percent(row["predicted"]),
            percent(row["incremental"]),
            between(row.get("low"), row.get("high")),
        )
        for row in parts
    ]
    return figure(
        plot.svg(),
        "What exposure added, by predicted likelihood",
        (("model", "added, with 95 % intervals"), ("ideal", "all that was predicted")),
        table("Incremental adoption", ("likelihood", "predicted", "added", "95 % interval"), rows),
    )


def _none(key: str, found: Mapping[str, Any] | None) -> Html:
    return paragraph("None: ", found["missing"], css="none") if found else absent(key)


def _short(value: float) -> str:
    return f"{100 * value:.3g}%"
