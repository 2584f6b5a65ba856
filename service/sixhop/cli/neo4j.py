"""Commands on the local Neo4j: `sixhop neo4j up | down | status | logs`. Knows nothing of how it is run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import typer
from rich.console import Console

from sixhop.errors import Unavailable
from sixhop.neo4j_local.start import answers, start
from sixhop.neo4j_local.state import password_file, running, server_dir
from sixhop.neo4j_local.stop import stop
from sixhop.settings import Settings, load_settings

app = typer.Typer(help="The local Neo4j, for a machine that has none.", no_args_is_help=True)

NOT_RUNNING, NOT_ANSWERING = 3, 4
"""Exit codes of `status`, as init scripts have them; 0 is running."""
_FOLLOW_EVERY_S = 0.3


@app.command()
def up() -> None:
    """Start the local Neo4j, or find it running; returns once it answers."""
    settings = load_settings()
    console = Console(stderr=True)

    def say(message: str) -> None:
        if console.is_terminal:
            spinner.update(message)
        else:
            console.print(message, markup=False, highlight=False)

    with console.status("looking for Neo4j") as spinner:
        result = start(settings, say)
    typer.echo(f"Neo4j {'already runs' if result.found else 'is up'} at {result.server.uri}")
    typer.echo(
        f"user {result.server.user}, password in {password_file(settings.home)}; stop it with `sixhop neo4j down`"
    )
    if settings.neo4j_uri is not None:
        typer.echo(f"note: SIXHOP_NEO4J_URI is set, so other commands use {settings.neo4j_uri}, not this one", err=True)


@app.command()
def down() -> None:
    """Stop the local Neo4j; its data stay."""
    settings = load_settings()
    server = stop(settings.home)
    typer.echo("Neo4j was not running" if server is None else f"Neo4j at {server.uri} is stopped")


@app.command()
def status() -> None:
    """Say whether the local Neo4j runs. Exit code 0: it does; 3: it does not; 4: it runs but does not answer."""
    settings = load_settings()
    server = running(settings.home)
    if server is None:
        typer.echo("Neo4j is not running; start it with `sixhop neo4j up`")
        raise typer.Exit(NOT_RUNNING)
    typer.echo(f"Neo4j runs at {server.uri} (process {server.pid}, files in {server_dir(settings.home)})")
    if not answers(server, settings):
        typer.echo("it does not answer yet; see `sixhop neo4j logs`")
        raise typer.Exit(NOT_ANSWERING)


@app.command()
def logs(
    lines: int = typer.Option(50, "-n", "--lines", min=1, max=100_000, help="How many of the last lines to show."),
    follow: bool = typer.Option(False, "-f", "--follow", help="Go on showing what is added, until Ctrl-C."),
) -> None:
    """Show the local Neo4j's log."""
    path = _log_file(load_settings())
    for line in _last(path, lines):
        typer.echo(line)
    if follow:
        for line in _added(path):
            typer.echo(line)


def _log_file(settings: Settings) -> Path:
    """Neo4j's own log, or what its Java said before there was one."""
    folder = server_dir(settings.home) / "logs"
    for path in (folder / "neo4j.log", folder / "console.log"):
        if path.exists():
            return path
    raise Unavailable(f"no log in {folder}: the local Neo4j was never started; start it with `sixhop neo4j up`")


def _last(path: Path, lines: int) -> list[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        return [line.rstrip("\n") for line in deque(file, maxlen=lines)]


def _added(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        file.seek(0, 2)
        while True:
            line = file.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(_FOLLOW_EVERY_S)
