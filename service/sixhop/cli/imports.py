"""`sixhop import`: loads a folder and says what came of it. Knows nothing of how it is loaded."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.imports.progress import Progress
from sixhop.imports.run import Options, Report, run_import, run_offline
from sixhop.settings import load_settings

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
SOME_REJECTED = 7
"""Exit code when good rows were loaded and others were not."""


def import_folder(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder with members.csv, ties.csv, … (docs/data.md)."),
    realm: str | None = typer.Option(None, help="Realm to load into; default SIXHOP_REALM."),
    offline: bool = typer.Option(False, "--offline", help="By Neo4j's bulk importer, into an empty local store."),
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
    now = int(time.time())

    def say(message: str) -> None:
        console.print(message, markup=False, highlight=False)

    try:
        with Progress(console) as progress:
            if offline:
                name = realm or settings.realm
                report = run_offline(settings, name, folder, options, now=now, tell=progress, say=say)
            else:
                with bootstrap.open_graph(settings, realm) as graph:
                    report = run_import(graph, folder, options, home=settings.home, now=now, tell=progress, say=say)
    except KeyboardInterrupt:
        say("stopped; nothing is lost: run the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(json.dumps(asdict(report), default=str) if as_json else for_people(report))
    if report.rejects_file is not None:
        raise typer.Exit(SOME_REJECTED)


def for_people(report: Report) -> str:
    """What was read, what the realm's settings are and why, what was rejected."""
    lines = ["read"]
    width = max(map(len, report.read), default=0)
    lines += [f"  {kind:<{width}}  {count:>10,}" for kind, count in report.read.items()]
    lines += _settings(report)
    if report.rejects_file is not None:
        lines.append(f"rejected {sum(report.rejected.values()):,} rows")
        lines += [f"  {kind:<{width}}  {count:>10,}" for kind, count in report.rejected.items()]
        lines.append(f"  each with its line and reason in {report.rejects_file}")
    lines.append(f"realm {report.realm.realm!r} is loaded ({report.ties:,} ties, {report.seconds:.1f} s)")
    return "\n".join(lines)


def _settings(report: Report) -> list[str]:
    realm, proposal = report.realm, report.proposal
    proposed = (
        ("label window", realm.label_window_days, proposal.label_window_days, proposal.label_window_why),
        ("half-life", realm.half_life_days, proposal.half_life_days, proposal.half_life_why),
    )
    lines = ["settings of the realm, from its first import" if report.first else "settings of the realm, kept"]
    for (name, value, by_data, why), flag in zip(proposed, ("--label-window-days", "--half-life-days"), strict=True):
        if by_data is None:
            told = f"the data does not tell: {why}"
        elif by_data == value:
            told = f"the data says so: {why}"
        else:
            told = f"the data would say {by_data:g}: {why}"
        lines.append(f"  {name} {value:g} days; {told} (change it with {flag})")
    when = "its last event, since the data has ended" if realm.as_of_last_event else "now"
    lines.append(f"  answers are as of {when} (change it with --as-of-last-event or --as-of-now)")
    return lines
