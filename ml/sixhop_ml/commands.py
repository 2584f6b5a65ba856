"""Commands of the learning side: `sixhop retrain`, `sixhop dataset build`, and `sixhop demo-data` to learn from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.errors import InvalidInput
from sixhop.settings import load_settings
from sixhop_ml import lastfm
from sixhop_ml.health import why_due
from sixhop_ml.job import Asked, Outcome, Retrained, build_dataset
from sixhop_ml.job import retrain as run_retrain
from sixhop_ml.progress import Teller
from sixhop_ml.report import print_report

EXIT_CODES = {Outcome.PROMOTED: 0, Outcome.UNCHANGED: 0, Outcome.CHALLENGER: 8, Outcome.REFUSED: 9}

dataset = typer.Typer(help="What models learn from.", no_args_is_help=True)

REALM = typer.Option(None, "--realm", help="Default: SIXHOP_REALM.")
SEED = typer.Option(1, "--seed", min=0, help="The same seed and data give the same models.")
SINCE = typer.Option(
    None, "--since", help="Learn from what was at this time or later: 2026-01-31, or seconds since 1970."
)


def retrain(
    realm: str = REALM,
    since: str = SINCE,
    dry_run: bool = typer.Option(False, "--dry-run", help="Decide, and change nothing that serves."),
    force: bool = typer.Option(
        False, "--force", help="Train even where data, settings, queries and seed are those of the models that serve."
    ),
    if_due: bool = typer.Option(False, "--if-due", help="Only if `sixhop models health` says that it is due."),
    seed: int = SEED,
    why: str = typer.Option("retrained", "--why", help="Why, for those who look at it later."),
    as_json: bool = typer.Option(False, "--json", help="Print one line of JSON."),
) -> None:
    """Retrain both models from the graph; what passes its gates serves.

    Ends with 0 (promoted, or unchanged), 8 (kept as challenger), 9 (refused by a gate). Stopped, it goes on where it
    was.
    """
    settings = load_settings()
    asked = Asked(seed=seed, since=_time(since), dry_run=dry_run, force=force, why=why)
    with bootstrap.open_graph(settings, realm) as graph, Teller(Console(stderr=True)) as tell:
        if if_due:
            due = why_due(graph, settings, tell=tell)
            if not due:
                typer.echo(json.dumps({"outcome": "not_due"}) if as_json else "retraining is not due")
                return
            asked = replace(asked, why=f"{why}: {'; '.join(due)}")
        retrained = run_retrain(graph, settings, asked, tell=tell)
    if as_json:
        typer.echo(json.dumps(as_object(retrained)))
    else:
        print_report(retrained, Console())
    raise typer.Exit(EXIT_CODES[retrained.outcome])


@dataset.command()
def build(realm: str = REALM, since: str = SINCE, seed: int = SEED) -> None:
    """Build the data set that retraining would learn from; stopped, it goes on where it was."""
    settings = load_settings()
    with bootstrap.open_graph(settings, realm) as graph, Teller(Console(stderr=True)) as tell:
        built = build_dataset(graph, settings, Asked(seed=seed, since=_time(since)), tell=tell)
    for name, pairs in built.pairs.items():
        typer.echo(f"{name}: {pairs:,} pairs")
    typer.echo(f"in {built.folder}")


def demo_data(folder: Path = typer.Argument(help="Folder to write; made when missing.")) -> None:
    """Turn the Last.fm data of the demo extra into an import folder."""
    for name, rows in lastfm.write_import_folder(folder).items():
        typer.echo(f"{folder / name}.csv: {rows:,} rows")


def as_object(retrained: Retrained) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "outcome": retrained.outcome,
        "dry_run": retrained.dry_run,
        "models": {
            kind: {"digest": made.artifact.digest, "report": str(made.report)} for kind, made in retrained.made.items()
        },
        "gates": [
            {
                "model": kind,
                "gate": gate.gate,
                "scope": gate.scope,
                "value": gate.value,
                "limit": gate.limit,
                "passed": gate.passed,
            }
            for kind, made in retrained.made.items()
            for gate in made.gates
        ],
        "why": retrained.why,
        "seconds": round(retrained.seconds, 1),
    }


def _time(given: str | None) -> int | None:
    """Whole seconds since 1970 of a day or an instant (UTC)."""
    if given is None:
        return None
    try:
        if given.isdigit():
            return int(given)
        at = datetime.fromisoformat(given)
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except ValueError:
        raise InvalidInput(f"--since {given!r} is no time: write 2026-01-31, or seconds since 1970") from None
