"""Commands of the group `sixhop models` that need the learning side: `health`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from sixhop import bootstrap
from sixhop.models.health import write_health
from sixhop.models.registry import Registry
from sixhop.settings import load_settings
from sixhop_ml.health import Health, look_at
from sixhop_ml.progress import Teller

DUE = 10
"""Exit code: retraining is due."""
FEATURES_SHOWN = 8
REALM = typer.Option(None, "--realm", help="Default: SIXHOP_REALM.")
AS_JSON = typer.Option(False, "--json", help="Print one line of JSON.")


def health(realm: str | None = REALM, as_json: bool = AS_JSON) -> None:
    """Tell how the referral model that serves is ageing, and keep that for the service's metrics.

    Ends with 0 (retraining is not due) or 10 (it is).
    """
    settings = load_settings()
    with bootstrap.open_graph(settings, realm) as graph, Teller(Console(stderr=True)) as tell:
        found = look_at(graph, settings, tell=tell)
        write_health(Registry(settings.home, graph.realm).folder, found.as_object())
    if as_json:
        typer.echo(json.dumps(found.as_object()))
    else:
        _print(found, Console())
    raise typer.Exit(DUE if found.why_due else 0)


def _print(found: Health, console: Console) -> None:
    calibration = found.calibration
    first = datetime.fromtimestamp(found.as_of - found.window_s, UTC)
    console.print(f"[bold]referral model[/] {found.model}: [bold]{found.verdict}[/]", highlight=False)
    console.print(
        f"{found.shown:,} recommendations shown since {first:%Y-%m-%d}, {_share(found.p_sent)} of them sent; "
        f"of {calibration.sent:,} sent in the window before, {_share(calibration.observed)} adopted "
        f"({_share(calibration.predicted)} predicted)",
        highlight=False,
    )
    if found.rows < found.rows_in_all:
        console.print(f"of {found.rows_in_all:,} recommendations {found.rows:,} were drawn", style="dim")
    table = Table("", "found", "limit", "", "why")
    for each in found.checks:
        said = {True: "passed", False: "[bold red]retrain[/]", None: "not known"}[each.passed]
        table.add_row(each.check, "" if each.value is None else f"{each.value:.3g}", each.limit, said, each.note)
    console.print(table)
    if found.drift.features:
        _print_features(found, console)
    if found.why_due:
        console.print("retraining is due: `sixhop retrain`", highlight=False)


def _print_features(found: Health, console: Console) -> None:
    table = Table("feature", "moved (PSI, nats)", "by chance up to")
    ordered = sorted(found.drift.features.items(), key=lambda each: -each[1].psi)
    for name, moved in ordered[:FEATURES_SHOWN]:
        table.add_row(name, f"{moved.psi:.3f}", f"{moved.by_chance:.3f}")
    if len(ordered) > FEATURES_SHOWN:
        table.add_row(f"… {len(ordered) - FEATURES_SHOWN} more in --json", "", "", style="dim")
    console.print(table)


def _share(value: float | None) -> str:
    return "nothing known" if value is None else f"{value:.2%}"
