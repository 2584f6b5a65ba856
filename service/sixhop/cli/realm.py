"""`sixhop realm show | set`: what a realm's data means. Knows nothing of how a change is brought to its ties."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.errors import InvalidInput
from sixhop.graph.realm import RealmSettings, read_realm, write_realm
from sixhop.imports.journal import only_import
from sixhop.imports.progress import Progress
from sixhop.imports.restate import apply_settings
from sixhop.settings import load_settings

app = typer.Typer(help="The settings of a realm: what its data means.", no_args_is_help=True)

_NUMBERS: dict[str, tuple[type, float, float]] = {
    "label_window_days": (int, 1, 3650),
    "half_life_days": (float, 0.01, 36500),
    "pass_on_prior": (float, 0.0, 1.0),
    "close_ties": (int, 1, 256),
    "keep_events_days": (int, 30, 3650),
    "keep_outreaches_days": (int, 366, 36500),
    "keep_answers_days": (int, 1, 36500),
}
_SWITCHES = {"as_of_last_event", "alliance_consent_default"}
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@app.command()
def show(
    realm: str | None = typer.Option(None, help="Default: SIXHOP_REALM."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Print a realm's settings."""
    with bootstrap.open_graph(load_settings(), realm) as graph:
        settings = asdict(read_realm(graph))
    if as_json:
        typer.echo(json.dumps(settings))
        return
    for name, value in settings.items():
        typer.echo(f"{name} = {'' if value is None else str(value).lower() if isinstance(value, bool) else value}")


@app.command("set")
def set_(
    changes: list[str] = typer.Argument(..., metavar="KEY=VALUE…"),
    realm: str | None = typer.Option(None, help="Default: SIXHOP_REALM."),
) -> None:
    """Change settings; strengths, pass_on and the lists of the walk follow at once."""
    settings = load_settings()
    given = parse_changes(changes)
    with (
        bootstrap.open_graph(settings, realm) as graph,
        only_import(settings.home / "imports", graph.realm),
        Progress(Console(stderr=True)) as progress,
    ):
        before = read_realm(graph)
        after = replace(before, **given)
        apply_settings(graph, before, after, progress)
        write_realm(graph, after)
    for name in given:
        typer.echo(f"{name}: {getattr(before, name)} → {getattr(after, name)}")


def parse_changes(changes: list[str]) -> dict[str, Any]:
    """`KEY=VALUE` pairs as values of `RealmSettings`. Raises `InvalidInput` with all that is wrong."""
    given: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for change in changes:
        name, _, text = change.partition("=")
        try:
            given[name] = _value(name, text)
        except ValueError as error:
            wrong.append((name, str(error)))
    if wrong:
        raise InvalidInput("the settings were not changed:", violations=tuple(wrong))
    return given


def _value(name: str, text: str) -> Any:
    if name in _SWITCHES:
        if text.lower() not in _WORDS:
            raise ValueError("is true or false")
        return _WORDS[text.lower()]
    if name not in _NUMBERS:
        changeable = sorted({*_NUMBERS, *_SWITCHES} & set(RealmSettings.__slots__))
        raise ValueError(f"can be set: {', '.join(changeable)}")
    kind, low, high = _NUMBERS[name]
    try:
        value = kind(text)
    except ValueError:
        raise ValueError(f"is a {'whole ' if kind is int else ''}number from {low:g} to {high:g}") from None
    if not low <= value <= high:
        raise ValueError(f"is from {low:g} to {high:g}")
    return value
