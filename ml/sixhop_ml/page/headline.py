"""The top of the page: which model this is, how good it is in one sentence and eight figures, and its gates."""

from __future__ import annotations

from sixhop_ml.page.facts import Facts
from sixhop_ml.page.markup import (
    Html,
    absent,
    between,
    count,
    element,
    join,
    known,
    minute,
    number,
    paragraph,
    percent,
    table,
    text,
    times,
)

GATE_HEADINGS = ("gate", "scope", "value", "limit", "result", "note")


def headline(facts: Facts) -> Html:
    """Name, roles, verdict and cards."""
    manifest = facts.manifest
    kind = str(manifest.get("kind", "a")).capitalize()
    roles = "".join(element("span", role, "badge") for role in facts.roles)
    told = [f"realm {manifest['realm']}"] if "realm" in manifest else []
    told += [f"trained {minute(manifest['created_at'])}"] if "created_at" in manifest else []
    told += [f"a yes: {manifest['label']}"] if "label" in manifest else []
    return join(
        [
            Html(f"<h1>{text(kind)} model <code>{text(facts.digest)}</code> {roles}</h1>"),
            paragraph(" · ".join(told), css="told"),
            paragraph(verdict(facts), css="verdict"),
            Html(f'<dl class="cards">{_cards(facts)}</dl>'),
        ]
    )


def verdict(facts: Facts) -> str:
    """What somebody who reads one sentence should know."""
    over = facts.metrics.get("over_best_heuristic", {})
    ratio, low, high = (over.get(name) for name in ("ratio", "low", "high"))
    if not known(ratio) or not known(low) or not known(high):
        return "How it ranks beside the best single feature was not measured."
    span = f"{times(ratio)} the average precision of the best single feature, {facts.best_heuristic} (95 % interval "
    span += f"{number(low, 2)} to {number(high, 2)}, drawn again by {over.get('over', 'pair')})"
    if low > 1:
        return f"It ranks better than any single feature: {span}."
    if high < 1:
        return f"It ranks worse than a single feature: {span}."
    return f"It may rank no better than a single feature: {span}."


def _cards(facts: Facts) -> str:
    metrics, over = facts.metrics, facts.metrics.get("over_best_heuristic", {})
    gates = metrics.get("gates", [])
    base, precision = metrics.get("base_rate"), metrics.get("average_precision")
    lift = f"{precision / base:.1f} times the base rate" if known(base) and known(precision) and base else ""
    error = (
        f"of the base rate: {percent(metrics.get('ece_raw'))} found less {percent(metrics.get('ece_by_chance'))} "
        "by chance"
    )
    cards = (
        (
            "Base rate",
            percent(base),
            f"{count(metrics.get('adopted'))} of {count(metrics.get('pairs'))} held-out pairs",
        ),
        ("Average precision", number(precision), lift),
        (
            "Over the best heuristic",
            times(over.get("ratio")),
            f"95 % interval {between(over.get('low'), over.get('high'), times)}",
        ),
        ("AUC", number(metrics.get("auc"), 3), "how often a yes ranks above a no; 0.5 is chance"),
        ("Brier skill", number(metrics.get("brier_skill")), "1 is right, 0 as good as saying the base rate"),
        ("Calibration error", percent(metrics.get("ece_over_base_rate")), error),
        ("Calibration slope", number(metrics.get("calibration_slope"), 2), "1 is right, below it is overconfident"),
        (
            "Gates",
            f"{sum(bool(gate.get('passed')) for gate in gates)} of {len(gates)}" if gates else "none",
            "passed" if gates else "measured for this model",
        ),
    )
    return "".join(
        f"<div>{element('dt', name)}{element('dd', value, 'large')}{element('dd', note)}</div>"
        for name, value, note in cards
    )


def gates(facts: Facts) -> Html:
    """One row a gate."""
    found = facts.metrics.get("gates")
    if not found:
        return absent("gates")
    failed = sum(not gate.get("passed") for gate in found)
    words = "All passed." if not failed else f"{failed} of {len(found)} failed."
    rows = [
        (
            gate.get("gate", ""),
            gate.get("scope", ""),
            number(gate.get("value")),
            gate.get("limit", ""),
            element("span", "✓ passed", "good") if gate.get("passed") else element("span", "✗ failed", "bad"),
            gate.get("note", ""),
        )
        for gate in found
    ]
    return join(
        [
            paragraph(words),
            table("Gates", GATE_HEADINGS, rows, words=(0, 1, 3, 4, 5), titled=False),
        ]
    )
