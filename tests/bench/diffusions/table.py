"""The table of docs/evaluation.md, from what `runs.run` gave. Knows nothing of how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

HEAD = (
    "data", "model", "learned from", "window", "held-out pairs", "yes", "base rate", "best heuristic", "its AP",
    "model's AP", "ratio (95 % interval)", "AUC", "Brier skill", "ECE / base rate", "slope", "never below?",
)  # fmt: skip


def as_markdown(told: Sequence[dict[str, Any]]) -> str:
    """One line a model; below it, what was left out and why."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    lines += [_line(_cells(each, kind, model)) for each in told for kind, model in each.get("models", {}).items()]
    left_out = [f"- {each['set']}: {each['skipped']}" for each in told if "skipped" in each]
    return "\n".join(lines + (["", "Without figures:", *left_out] if left_out else [])) + "\n"


def reaches(model: dict[str, Any]) -> bool:
    """Whether the model is not below the best heuristic by more than the interval tells."""
    high: float = model["over_best_heuristic"]["high"]
    return high >= 1


def _cells(each: dict[str, Any], kind: str, model: dict[str, Any]) -> list[str]:
    over = model["over_best_heuristic"]
    return [
        each["set"],
        kind,
        model["learned_from"],
        f"{each['import']['label_window_days']} d",
        f"{model['pairs']:,}",
        f"{model['adopted']:,}",
        f"{model['base_rate']:.3%}",
        f"`{model['best_heuristic']}`",
        f"{model['heuristic_average_precision']:.4f}",
        f"{model['average_precision']:.4f}",
        f"{over['ratio']:.2f} ({over['low']:.2f}–{over['high']:.2f}, {over['over']}s)",
        f"{model['auc']:.3f}",
        f"{model['brier_skill']:.3f}",
        f"{model['ece_over_base_rate']:.1%}",
        f"{model['calibration_slope']:.2f}",
        "yes" if reaches(model) else "**no**",
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
