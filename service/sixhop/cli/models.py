"""`sixhop models list | show | promote | challenge | rollback`: which model of a realm serves. Knows no training."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from sixhop.settings import load_settings

if TYPE_CHECKING:
    from sixhop.models.registry import Held, Registry

app = typer.Typer(help="The models of a realm: which there are, which serves.", no_args_is_help=True)

REALM = typer.Option(None, help="Default: SIXHOP_REALM.")
AS_JSON = typer.Option(False, "--json", help="Print JSON.")
DIGEST = typer.Argument(..., help="The model's digest, or as much of it as tells it from the others.")
WHY = typer.Option(..., help="Why, for those who look at it later.")
KIND = typer.Option("referral", help="The kind of model: referral or tie.")
PAGE = "report.html"
FIGURES = ("average_precision", "brier_skill", "ece")


@app.command("list")
def list_(realm: str | None = REALM, as_json: bool = AS_JSON) -> None:
    """List a realm's models and their roles."""
    registry = _open(realm)
    held = registry.held()
    if as_json:
        typer.echo(json.dumps([_summary(each) for each in held]))
        return
    if not held:
        typer.echo(f"no model in {registry.folder}; `sixhop retrain` makes the first")
        return
    table = Table(
        *(Column(name, no_wrap=True) for name in ("digest", "kind", "role")),
        "trained",
        "average precision",
        "Brier skill",
        "ECE",
    )
    for each in held:
        summary = _summary(each)
        if each.artifact is None:
            table.add_row(each.digest, "", ", ".join(each.roles), f"[red]refused[/]: {each.refused}")
            continue
        when = datetime.fromtimestamp(summary["created_at"], tz=UTC).strftime("%Y-%m-%d %H:%M")
        figures = [_figure(summary[name]) for name in FIGURES]
        table.add_row(each.digest, summary["kind"], ", ".join(each.roles), when, *figures)
    Console().print(table)
    typer.echo(f"the page about each: {registry.folder}/DIGEST/{PAGE}")


@app.command()
def show(digest: str = DIGEST, realm: str | None = REALM) -> None:
    """Print a model's manifest and figures as JSON, and where the page about it is."""
    artifact = _open(realm).find(digest)
    page = artifact.path / PAGE
    known = {"digest": artifact.digest, "report": str(page) if page.exists() else None, **artifact.manifest}
    typer.echo(json.dumps({**known, "metrics": artifact.metrics}, indent=2))


@app.command()
def promote(digest: str = DIGEST, why: str = WHY, realm: str | None = REALM) -> None:
    """Let a model serve; replicas take it up within ten seconds. The one before is kept as previous."""
    registry, kind, whole = _found(realm, digest)
    registry.promote(kind, whole, why=why)
    _say_serves(kind, whole)


@app.command()
def challenge(digest: str = DIGEST, why: str = WHY, realm: str | None = REALM) -> None:
    """Make a model the challenger: the one that may come to serve."""
    registry, kind, whole = _found(realm, digest)
    registry.challenge(kind, whole, why=why)
    typer.echo(f"{whole} is the {kind} model's challenger")


@app.command()
def rollback(why: str = WHY, kind: str = KIND, realm: str | None = REALM) -> None:
    """Let serve what served before; twice in a row leads back."""
    _say_serves(kind, _open(realm).rollback(kind, why=why))


def _open(realm: str | None) -> Registry:
    from sixhop.models.registry import Registry  # not at the top: it loads the models' libraries

    settings = load_settings()
    return Registry(settings.home, realm or settings.realm)


def _found(realm: str | None, digest: str) -> tuple[Registry, str, str]:
    """The realm's registry, and of the model whose digest begins so its kind and whole digest."""
    registry = _open(realm)
    artifact = registry.find(digest)
    return registry, str(artifact.manifest["kind"]), artifact.digest


def _say_serves(kind: str, digest: str) -> None:
    typer.echo(f"{digest} is the {kind} model that serves")
    if kind == "tie":
        typer.echo("pass_on of ties stays what it was written as; `sixhop retrain` writes it anew")


def _summary(each: Held) -> dict[str, Any]:
    known: dict[str, Any] = {"digest": each.digest, "roles": each.roles}
    if each.artifact is None:
        return known | {"refused": each.refused}
    manifest, metrics = each.artifact.manifest, each.artifact.metrics
    known |= {"kind": manifest.get("kind"), "created_at": manifest.get("created_at", 0)}
    return known | {name: metrics.get(name) for name in FIGURES}


def _figure(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else ""
