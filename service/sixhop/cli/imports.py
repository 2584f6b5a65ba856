"""`sixhop import`: loads a folder and says what it found. Knows nothing of how it is loaded."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.imports.progress import Progress
from sixhop.imports.run import Options, Report, run_import
from sixhop.settings import load_settings

SOME_REJECTED = 7
"""Exit code when good rows were loaded and others were not."""


def import_folder(
    folder: Path = typer.Argument(..., help="The folder with members.csv, ties.csv, … (docs/data.md)."),
    realm: str | None = typer.Option(None, help="Realm to load into; default SIXHOP_REALM."),
    mutual: bool = typer.Option(False, "--mutual", help="Each row of the ties file is a tie both ways."),
    label_window_days: int | None = typer.Option(None, min=1, max=3650, help="How long an adoption still counts."),
    half_life_days: float | None = typer.Option(None, min=0.01, max=36500, help="In how long strength halves."),
    as_of_last_event: bool | None = typer.Option(
        None, "--as-of-last-event/--as-of-now", help="Serve as of the data's last event, or as of now."
    ),
    pass_on_prior: float | None = typer.Option(None, min=0.0, max=1.0, help="P(passed on) at strength 1."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Load a folder of CSV or Parquet files into a realm. Exit code 7: loaded, but some rows were rejected."""
    settings = load_settings()
    console = Console(stderr=True)
    options = Options(mutual, label_window_days, half_life_days, as_of_last_event, pass_on_prior)
    with bootstrap.open_graph(settings, realm) as graph, Progress(console) as progress:
        report = run_import(
            graph,
            folder,
            options,
            home=settings.home,
            now=int(time.time()),
            tell=progress,
            say=lambda message: console.print(message, markup=False, highlight=False),
        )
    typer.echo(json.dumps(asdict(report), default=str) if as_json else _for_people(report))
    if report.rejects_file is not None:
        raise typer.Exit(SOME_REJECTED)


def _for_people(report: Report) -> str:
    lines = [f"{kind}: {count}" for kind, count in report.read.items()]
    realm, proposal = report.realm, report.proposal
    if report.first:
        lines.append(f"label window {realm.label_window_days} days: {proposal.label_window_why}")
        lines.append(f"half-life {realm.half_life_days:g} days: {proposal.half_life_why}")
    if report.rejects_file is not None:
        lines.append(f"rejected: {sum(report.rejected.values())} rows, see {report.rejects_file}")
    lines.append(f"realm {realm.realm} is loaded, in {report.seconds:.1f} s")
    return "\n".join(lines)
