"""`sixhop train`: the training job as a command."""

from __future__ import annotations

import json

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.settings import load_settings
from sixhop_ml.job import train_models
from sixhop_ml.progress import Teller
from sixhop_ml.report import print_report


def train(
    realm: str = typer.Option(None, "--realm", help="Realm to train for; default SIXHOP_REALM."),
    seed: int = typer.Option(1, "--seed", min=0, help="The same seed and data give the same models."),
    as_json: bool = typer.Option(False, "--json", help="Print the referral model's metrics as JSON."),
) -> None:
    """Train the tie and the referral model from the graph, and write pass_on back."""
    settings = load_settings()
    progress = Console(stderr=True)
    with bootstrap.open_graph(settings, realm) as graph, Teller(progress) as tell:
        trained = train_models(graph, settings.home, seed=seed, tell=tell)
    if as_json:
        typer.echo(json.dumps({"digest": trained.referral.digest, **trained.referral.metrics}))
    else:
        print_report(trained, Console())
