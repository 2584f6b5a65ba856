"""Commands of the learning side: `sixhop train`, and `sixhop demo-data`, which makes something to learn from."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.settings import load_settings
from sixhop_ml import lastfm
from sixhop_ml.job import train_models
from sixhop_ml.progress import Teller
from sixhop_ml.report import print_report


def train(
    realm: str = typer.Option(None, "--realm", help="Realm to train for; default SIXHOP_REALM."),
    seed: int = typer.Option(1, "--seed", min=0, help="The same seed and data give the same models."),
    if_changed: bool = typer.Option(
        False, "--if-changed", help="Keep the models when data, settings, queries and seed are the same."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the referral model's metrics as JSON."),
) -> None:
    """Train the tie and the referral model from the graph, and write pass_on back."""
    settings = load_settings()
    progress = Console(stderr=True)
    with bootstrap.open_graph(settings, realm) as graph, Teller(progress) as tell:
        trained = train_models(graph, settings.home, seed=seed, only_if_changed=if_changed, tell=tell)
    if as_json:
        typer.echo(json.dumps({"digest": trained.referral.digest, **trained.referral.metrics}))
    else:
        print_report(trained, Console())


def demo_data(folder: Path = typer.Argument(help="Folder to write; made when missing.")) -> None:
    """Turn the Last.fm data of the demo extra into an import folder."""
    for name, rows in lastfm.write_import_folder(folder).items():
        typer.echo(f"{folder / name}.csv: {rows:,} rows")
