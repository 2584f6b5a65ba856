"""`sixhop doctor`: what is reachable, which versions and settings, and what to do about what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import typer
from rich.console import Console
from rich.text import Text

from sixhop import __version__, bootstrap
from sixhop.doctor import graph, installation, models, serving
from sixhop.doctor.finding import Finding, Level, examine, fail, ok
from sixhop.errors import Misconfigured
from sixhop.settings import Settings, load_settings

_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor(as_json: bool = typer.Option(False, "--json", help="One JSON object, for programs.")) -> None:
    """Check this installation. Exit code 1 when something fails; warnings alone give 0."""
    findings: list[Finding] = []
    for finding in _findings():
        findings.append(finding)
        if not as_json:
            _show(finding)
    healthy = all(finding.level is not Level.FAIL for finding in findings)
    if as_json:
        typer.echo(json.dumps({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}, indent=2))
    raise typer.Exit(0 if healthy else 1)


def _findings() -> Iterator[Finding]:
    try:
        settings = load_settings()
    except Misconfigured as error:
        yield fail("settings", error.message, "then run `sixhop doctor` again")
        return
    yield ok("settings", f"sixhop {__version__}, realm {settings.realm}, home {settings.home.resolve()}")
    yield from examine("local Neo4j", lambda: installation.local_neo4j(settings))
    yield from examine("secrets", lambda: installation.secrets(settings))
    yield from examine("Neo4j", lambda: _graph(settings))
    yield from examine("model", lambda: models.models(settings, bootstrap.open_catalog(settings)))
    yield from examine("service", lambda: serving.service(settings))


def _graph(settings: Settings) -> Iterator[Finding]:
    with bootstrap.open_graph(settings) as opened:
        answers = examine("Neo4j", lambda: graph.server(opened))
        yield from answers
        if answers[0].level is Level.FAIL:
            return
        yield from examine("server settings", lambda: graph.server_settings(opened))
        yield from examine("schema", lambda: graph.schema(opened))
        yield from examine("realm", lambda: graph.realm(opened))


def _show(finding: Finding) -> None:
    line = Text.assemble((f"{finding.level:<5}", _STYLES[finding.level]), f"{finding.name}: {finding.what}")
    Console(soft_wrap=True).print(line)
    if finding.to_do:
        Console(soft_wrap=True).print(Text(f"     → {finding.to_do}"))
