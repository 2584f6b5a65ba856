"""What a person reads after training: windows, figures beside the heuristics, predicted against observed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sixhop.models.artifact import Artifact
from sixhop.models.registry import REFERRAL, TIE
from sixhop_ml.job import Outcome, Retrained

HEURISTICS_SHOWN = 8
WORDS = {
    Outcome.PROMOTED: "promoted",
    Outcome.CHALLENGER: "kept as challenger",
    Outcome.REFUSED: "refused",
    Outcome.UNCHANGED: "unchanged",
}
LIMITS = (
    "An exposure and what followed it is observational: it stands in for referrals until outreaches have outcomes. "
    "A likelihood counts adoptions that would have come without the chain too."
)


def print_report(retrained: Retrained, console: Console) -> None:
    """Print what was decided and why, both models' figures, the slices they were measured on, what was written back."""
    for kind in (TIE, REFERRAL):
        if made := retrained.made.get(kind):
            _print_model(made.artifact, console)
            console.print(f"the whole report: {made.report}", highlight=False)
    console.print(LIMITS, style="dim")
    if written := retrained.written:
        low, middle, high = written.quartiles
        console.print(
            f"pass_on: {written.ties:,} ties scored as of now, {written.written:,} changed by more than 10 % and were "
            f"written; median {middle:.4f}, quartiles {low:.4f} and {high:.4f}"
        )
    would = "dry run, nothing was changed; it would be: " if retrained.dry_run else ""
    console.print(f"[bold]{would}{WORDS[retrained.outcome]}[/]: {retrained.why} ({retrained.seconds:.0f} s)")


def _print_slices(artifact: Artifact, console: Console) -> None:
    manifest = artifact.manifest
    window_days = manifest["label_window_s"] // 86_400
    console.print(f"[bold]Slices[/] label window {window_days} days, data until {_day(manifest['data_end'])}")
    for name, span in sorted(manifest["slices"].items(), key=lambda item: item[1]["first"]):
        closes = span["last"] + manifest["label_window_s"]
        console.print(
            f"  {name:<9} anchors {_day(span['first'])} to {_day(span['last'])}, last window ends {_day(closes)}\n"
            f"  {'':<9} {span['pairs']:,} pairs, {span['adopted']:,} adopted, base rate {span['base_rate']:.3%}",
            highlight=False,
        )


def _print_model(artifact: Artifact, console: Console) -> None:
    metrics, kind = artifact.metrics, artifact.manifest["kind"]
    _print_slices(artifact, console)
    over = metrics["over_best_heuristic"]
    console.print(
        f"[bold]{kind} model[/] {artifact.digest}: base rate {metrics['base_rate']:.3%}, AUC {metrics['auc']:.3f}, "
        f"average precision {metrics['average_precision']:.4f} = {over['ratio']:.2f}× the best heuristic "
        f"({metrics['best_heuristic']}), 95 % interval {over['low']:.2f}–{over['high']:.2f} over {over['over']}s\n"
        f"Brier skill {metrics['brier_skill']:.4f}, calibration slope {metrics['calibration_slope']:.2f}, "
        f"ECE {metrics['ece_over_base_rate']:.1%} of the base rate "
        f"({metrics['ece_raw']:.5f} less {metrics['ece_by_chance']:.5f} by chance)"
    )
    console.print(_heuristics_table(metrics))
    if kind == REFERRAL:
        console.print(_degree_table(metrics))
    console.print(_gates_table(metrics))


def _heuristics_table(metrics: dict[str, Any]) -> Table:
    table = Table(title="Beside the heuristics (each feature alone)")
    table.add_column("ranked by")
    table.add_column("average precision", justify="right")
    table.add_column("AUC", justify="right")
    table.add_row("the model", f"{metrics['average_precision']:.4f}", f"{metrics['auc']:.3f}", style="bold")
    ranked = sorted(metrics["heuristics"].items(), key=lambda item: -item[1]["average_precision"])
    for name, figures in ranked[:HEURISTICS_SHOWN]:
        table.add_row(name, f"{figures['average_precision']:.4f}", f"{figures['auc']:.3f}")
    if len(ranked) > HEURISTICS_SHOWN:
        table.add_row(f"… {len(ranked) - HEURISTICS_SHOWN} more in metrics.json", "", "", style="dim")
    return table


def _degree_table(metrics: dict[str, Any]) -> Table:
    table = Table(title="Predicted against observed, by degree")
    for heading in ("degree", "pairs", "adopted", "predicted", "observed", "average precision", "AUC"):
        table.add_column(heading, justify="right")
    for degree, row in metrics["by_degree"].items():
        table.add_row(
            degree,
            f"{row['pairs']:,}",
            f"{row['adopted']:,}",
            f"{row['predicted']:.3%}",
            f"{row['observed']:.3%}",
            f"{row['average_precision']:.4f}",
            f"{row['auc']:.3f}",
        )
    return table


def _gates_table(metrics: dict[str, Any]) -> Table:
    table = Table(title="Gates")
    for heading in ("", "gate", "scope", "value", "limit", "note"):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for gate in metrics.get("gates", []):
        value = "" if gate["value"] is None else f"{gate['value']:.4g}"
        passed = "[green]ok[/]" if gate["passed"] else "[red]no[/]"
        table.add_row(passed, gate["gate"], gate["scope"], value, gate["limit"], escape(gate["note"]))
    return table


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
