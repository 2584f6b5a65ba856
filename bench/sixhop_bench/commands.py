"""`sixhop bench`: makes graphs, loads them, asks, and says how fast and how good the answers were."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from sixhop.errors import InvalidInput
from sixhop.settings import load_settings
from sixhop_bench.graphs import GRAPHS, GraphSpec
from sixhop_bench.measure import SHORT, Plan
from sixhop_bench.picture import write_picture
from sixhop_bench.report import print_results, write_json
from sixhop_bench.results import Results
from sixhop_bench.run import measure_graphs

ALL = "10k,100k,1m,hubs"
TINY = "tiny"
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def bench(
    graphs: str = typer.Option("", help=f"Which graphs, by commas: {', '.join(GRAPHS)}. Default {ALL}."),
    short: bool = typer.Option(False, "--short", help=f"Only see that it runs: graph {TINY}, few calls, a minute."),
    json_file: Path | None = typer.Option(None, "--json", metavar="FILE", help="Write the results as JSON."),
    picture: Path | None = typer.Option(None, metavar="FILE", help="Draw p99 over graph size, log–log, as SVG."),
    home: Path | None = typer.Option(None, metavar="DIR", help="Where graphs are kept; default SIXHOP_HOME/bench."),
    keep: bool = typer.Option(False, "--keep", help="Leave the last graph's Neo4j and service running."),
    seed: int = typer.Option(1, min=0, help="Of what is asked; the graphs have their own."),
) -> None:
    """Measure every question on made-up graphs, beside the plain ways. Ctrl-C stops it and what it started."""
    console, results = Console(stderr=True), Results()
    settings = load_settings()
    specs = chosen(graphs or (TINY if short else ALL))

    def say(what: str) -> None:
        console.print(what, markup=False, highlight=False, soft_wrap=True)

    try:
        plan = SHORT if short else Plan()
        measure_graphs(specs, home or settings.home / "bench", plan, results, seed=seed, keep=keep, say=say)
    except KeyboardInterrupt:
        say("stopped; what was measured so far:")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        if results.rows:
            print_results(results)
            if json_file is not None:
                write_json(results, json_file)
            if picture is not None:
                write_picture(results.rows, picture)


def chosen(names: str) -> list[GraphSpec]:
    """The graphs of a list of names.

    Raises:
        InvalidInput: there is no such graph.
    """
    asked = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in asked if name not in GRAPHS]:
        raise InvalidInput(f"no graph {', '.join(unknown)}; there are {', '.join(GRAPHS)}")
    return [GRAPHS[name] for name in asked]
