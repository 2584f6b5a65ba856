"""Shows results: a table and a breakdown for people, JSON for programs. Measures nothing."""

from __future__ import annotations

import json
import math
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sixhop import __version__
from sixhop_bench.plain_ways import EMPTY
from sixhop_bench.questions import TARGETS
from sixhop_bench.results import ROW_FIELDS, Results, Row

LEAST_WIDTH = 132
"""Below it columns would be cut off; a terminal that is narrower breaks the lines."""
NOTES = (
    "one client asks again as soon as it has its answer; several: calls arrive at random (open loop) at 70 % of the "
    "rate those clients reach, times count from the arrival",
    "the model is trained on SIMULATED adoptions: it makes scoring cost what it costs, its likelihoods mean nothing",
)


def print_results(results: Results) -> None:
    """The table, the breakdown of recommendations, and what was left out."""
    console = Console()
    console.width = max(console.width, LEAST_WIDTH)
    table = Table(title="sixhop bench", caption="; ".join(NOTES))
    for name in ("graph", "question"):
        table.add_column(name, no_wrap=True)
    for name in ("clients", "p50 ms", "p95 ms", "p99 ms", "per s", "recall@20", "whole", "failed"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in results.rows:
        table.add_row(*_cells(row))
    console.print(table)
    _print_cpu(results, console)
    _print_stages(results, console)
    for graph, share in results.near_best_chains.items():
        console.print(f"{graph}: first chain within 5 % of the best for {share:.1%} of connected pairs")
    for skipped in results.skipped:
        console.print(skipped, markup=False)


def _cells(row: Row) -> list[str]:
    return [
        row.graph,
        row.question,
        str(row.clients),
        *(f"{value:,.1f}" for value in (row.p50_ms, row.p95_ms, row.p99_ms, row.per_second)),
        "" if row.recall_at_20 is None else f"{row.recall_at_20:.3f}",
        f"{row.whole_share:.1%}",
        str(sum(row.failed.values()) or ""),
    ]


def _print_cpu(results: Results, console: Console) -> None:
    """CPU time a call, by process, of the recommendations and of nothing."""
    rows = [row for row in results.rows if row.question in (TARGETS, EMPTY) and row.cpu_ms]
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row.cpu_ms))
    table = Table(title="CPU time, milliseconds a call")
    for name in ("graph", "question", "clients", *names):
        table.add_column(name, justify="left" if name in ("graph", "question") else "right")
    for row in rows:
        times = [f"{row.cpu_ms[name]:.2f}" if name in row.cpu_ms else "" for name in names]
        table.add_row(row.graph, row.question, str(row.clients), *times)
    console.print(table)


def _print_stages(results: Results, console: Console) -> None:
    if not results.stages:
        return
    table = Table(title="Stages, one call at a time, mean", caption="gate and sources run side by side")
    for name in ("graph", "question", "stage", "part"):
        table.add_column(name)
    for name in ("ms", "kept"):
        table.add_column(name, justify="right")
    for stage in results.stages:
        table.add_row(stage.graph, stage.question, stage.stage, stage.name, f"{stage.mean_ms:.2f}", f"{stage.kept:.1f}")
    console.print(table)


def write_json(results: Results, path: Path) -> None:
    """`rows` as the table has them; `details` stand in the same order and say how each came about."""
    rows = [asdict(row) for row in results.rows]
    whole = {
        "sixhop": __version__,
        "machine": {
            "processors": os.cpu_count(),
            "load_average": round(os.getloadavg()[0], 2),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "notes": NOTES,
        "rows": [{name: _number(row[name]) for name in ROW_FIELDS} for row in rows],
        "details": [{name: value for name, value in row.items() if name not in ROW_FIELDS} for row in rows],
        "stages": [asdict(stage) for stage in results.stages],
        "chains_within_5_per_cent_of_the_best": results.near_best_chains,
        "skipped": results.skipped,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def _number(value: Any) -> Any:
    """JSON has no nan."""
    return None if isinstance(value, float) and math.isnan(value) else value
