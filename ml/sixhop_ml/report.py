"""What a person reads after training: windows, figures beside the heuristics, predicted against observed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from sixhop.models.artifact import Artifact
from sixhop_ml.job import Trained

HEURISTICS_SHOWN = 8
LIMITS = (
    "An exposure and what followed it is observational: it stands in for referrals until outreaches have outcomes. "
    "A likelihood counts adoptions that would have come without the chain too."
)


def print_report(trained: Trained, console: Console) -> None:
    """Print both models' figures, the slices they were measured on, and what was written back."""
    _print_slices(trained.referral, console)
    for artifact in (trained.tie, trained.referral):
        _print_model(artifact, console)
    console.print(LIMITS, style="dim")
    if trained.written is None:
        console.print("Data, settings and queries are what these models were trained on: kept as they are.")
        return
    low, middle, high = trained.written.quartiles
    console.print(
        f"pass_on: {trained.written.ties:,} ties scored as of now, {trained.written.written:,} changed by more than "
        f"10 % and were written; median {middle:.4f}, quartiles {low:.4f} and {high:.4f}"
    )
    console.print(f"trained in {trained.seconds:.0f} s; models in {trained.referral.path.parent}")


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
    if kind == "referral":
        console.print(_degree_table(metrics))


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


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
