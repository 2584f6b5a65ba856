"""The `sixhop` command: one group a file; groups outside the service are found by entry point."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer
from rich.console import Console

from sixhop import __version__
from sixhop.cli import ask as ask_commands
from sixhop.cli import doctor as doctor_commands
from sixhop.cli import graph as graph_commands
from sixhop.cli import imports as import_commands
from sixhop.cli import members as member_commands
from sixhop.cli import models as model_commands
from sixhop.cli import neo4j as neo4j_commands
from sixhop.cli import realm as realm_commands
from sixhop.cli import serve as serve_commands
from sixhop.errors import InvalidInput, SixhopError

app = typer.Typer(
    name="sixhop",
    help="Who should reach whom: recommendations with the whole chain of contacts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("migrate")(graph_commands.migrate)
app.command("import")(import_commands.import_folder)
app.command("doctor")(doctor_commands.doctor)
app.command("erase")(member_commands.erase)
app.command("export-member")(member_commands.export)
app.command("tidy")(member_commands.tidy)
app.command("serve")(serve_commands.serve)
app.add_typer(ask_commands.app, name="ask")
app.add_typer(model_commands.app, name="models")
app.add_typer(neo4j_commands.app, name="neo4j")
app.add_typer(realm_commands.app, name="realm")

GROUPS = {"models": model_commands.app}
"""Those that commands from elsewhere may stand in."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and end.")) -> None:
    if version:
        typer.echo(f"sixhop {__version__}")
        raise typer.Exit


def _add_commands(arguments: list[str]) -> None:
    """Load those that may be meant: of `sixhop.commands`, `name`, or `group.name` for a command of a group here."""
    for entry in entry_points(group="sixhop.commands"):
        path = entry.name.split(".")
        asked = arguments[: len(path)]
        if asked == path[: len(asked)] or "--help" in arguments:
            *group, name = path
            parent, loaded = GROUPS[group[0]] if group else app, entry.load()
            if isinstance(loaded, typer.Typer):
                parent.add_typer(loaded, name=name)
            else:
                parent.command(name)(loaded)


def main() -> None:
    """Run a command; an error of ours is a message and an exit code, never a stack trace."""
    _add_commands(sys.argv[1:])
    try:
        app()
    except SixhopError as error:
        console = Console(stderr=True)
        console.print(f"[bold red]error[/] {error.reason}: ", end="")
        console.print(error.message, markup=False, highlight=False)
        if isinstance(error, InvalidInput):
            for field, problem in error.violations:
                console.print(f"  {field}: {problem}", markup=False, highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped; run the same command again to go on")
        sys.exit(INTERRUPTED)
