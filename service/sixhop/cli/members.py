"""`sixhop erase`, `export-member` and `tidy`: what is known of members. Knows nothing of how it is done."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import typer
from rich.console import Console

from sixhop import bootstrap
from sixhop.erasure.export import export_member
from sixhop.erasure.files import Places
from sixhop.erasure.members import MemberEraser
from sixhop.erasure.tidy import as_lines
from sixhop.erasure.tidy import tidy as tidy_realm
from sixhop.imports.progress import Progress
from sixhop.pseudonyms import open_pseudonyms
from sixhop.settings import Settings, load_settings

REALM = typer.Option(None, help="Default: SIXHOP_REALM.")
AS_JSON = typer.Option(False, "--json", help="Print JSON.")
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@contextmanager
def _stoppable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("stopped; nothing is lost: run the same command again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None


def erase(
    member_id: str = typer.Argument(..., help="Whom to erase."),
    realm: str | None = REALM,
    as_json: bool = AS_JSON,
) -> None:
    """Erase a member for good: from the graph and this installation's files. Stopped, it goes on when run again."""
    settings = load_settings()
    with _stoppable(), Progress(Console(stderr=True)) as progress:
        asyncio.run(_erase(settings, realm or settings.realm, member_id, progress))
    said = "erased: nothing that identifies the member is left, and no event or import brings it back"
    typer.echo(json.dumps({"erased": True}) if as_json else said)


async def _erase(settings: Settings, realm: str, member_id: str, progress: Progress) -> None:
    async with bootstrap.open_async_graph(settings, realm) as graph:
        places = Places(settings.home, realm)
        await MemberEraser(graph, places, open_pseudonyms(settings.home, realm)).erase(member_id, tell=progress)


def export(
    member_id: str = typer.Argument(..., help="Whose data."),
    realm: str | None = REALM,
    out: Path | None = typer.Option(None, help="A file to write it to (mode 0600); else it is printed."),
) -> None:
    """Hand out all that is known of a member, as one JSON document."""
    settings = load_settings()
    if out is None:
        asyncio.run(_export(settings, realm or settings.realm, member_id, sys.stdout.buffer))
        return
    out.touch(mode=0o600)
    out.chmod(0o600)
    with out.open("wb") as file:
        asyncio.run(_export(settings, realm or settings.realm, member_id, file))


async def _export(settings: Settings, realm: str, member_id: str, out: BinaryIO) -> None:
    pseudonyms = open_pseudonyms(settings.home, realm)
    async with bootstrap.open_async_graph(settings, realm) as graph:
        places = Places(settings.home, realm)
        async for part in export_member(graph, member_id, places=places, pseudonyms=pseudonyms):
            out.write(part)


def tidy(realm: str | None = REALM, as_json: bool = AS_JSON) -> None:
    """Remove what is older than it may be, finish what was cut off, list closest ties anew. To be run every night."""
    settings = load_settings()
    with (
        _stoppable(),
        bootstrap.open_graph(settings, realm) as graph,
        Progress(Console(stderr=True)) as progress,
    ):
        done = tidy_realm(
            graph,
            Places(settings.home, graph.realm),
            open_pseudonyms(settings.home, graph.realm),
            audit_days=settings.audit_days,
            tell=progress,
        )
    typer.echo(json.dumps(asdict(done)) if as_json else "\n".join(as_lines(done)))
