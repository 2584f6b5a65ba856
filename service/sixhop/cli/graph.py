"""Commands on the graph's schema: `sixhop migrate`."""

from __future__ import annotations

import typer

from sixhop import bootstrap
from sixhop.graph import migrations
from sixhop.settings import load_settings


def migrate(
    status: bool = typer.Option(False, "--status", help="Only say what is applied and what is pending."),
) -> None:
    """Bring the graph's schema up to date."""
    with bootstrap.open_graph(load_settings()) as graph:
        if not status:
            for migration in migrations.migrate(graph):
                typer.echo(f"applied V{migration.version:04d}__{migration.name}")
        pending = {m.version for m in migrations.pending(graph)}
        for migration in migrations.read_migrations(graph.catalog.root / "migrations"):
            state = "pending" if migration.version in pending else "applied"
            typer.echo(f"V{migration.version:04d}__{migration.name}  {state}  {migration.checksum[:12]}")
        if pending:
            raise typer.Exit(1)
