"""Runs the benchmark: each graph loaded, its processes started, measured and stopped, one after the other."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Sequence
from pathlib import Path

from sixhop import bootstrap
from sixhop.graph.executor import Graph
from sixhop.neo4j_local.state import server_dir
from sixhop.settings import PREFIX, load_settings
from sixhop_bench import processes
from sixhop_bench.graphs import REALM, GraphSpec
from sixhop_bench.load import LoadedGraph, Say, home_of, load
from sixhop_bench.measure import Measurement, Plan
from sixhop_bench.model import ensure_model
from sixhop_bench.oracle import Oracle
from sixhop_bench.questions import draw_questions
from sixhop_bench.results import Results
from sixhop_bench.world import read_world

DRAWN = 2_000
"""Requests of each kind; a run goes through them over and over."""
MOST_WAITING = os.environ.get(f"{PREFIX}GRPC_MAX_WAITING", "64")
"""Room for as many clients as there are: it is to be seen how long answers take, not that too many are refused."""
_READ_BYTES = 16 << 20


def measure_graphs(
    specs: Sequence[GraphSpec],
    bench_home: Path,
    plan: Plan,
    results: Results,
    *,
    seed: int,
    keep: bool,
    say: Say,
) -> None:
    """Measure each graph, adding to `results` as it goes, so that what a stopped run found is not lost.

    With `keep` the last graph's Neo4j and service are left running.
    """
    for place, spec in enumerate(specs, 1):
        stays = keep and place == len(specs)
        with processes.stopping(home_of(spec, bench_home), say, keep=stays):
            loaded = load(spec, bench_home, say)
            _measure_one(loaded, plan, results, seed=seed, keep=stays, say=say)


def _measure_one(loaded: LoadedGraph, plan: Plan, results: Results, *, seed: int, keep: bool, say: Say) -> None:
    say(f"{loaded.spec.name}: reading the graph for the oracle")
    world = read_world(loaded.folder)
    questions = draw_questions(loaded.spec, world, count=min(DRAWN, 4 * plan.calls), seed=seed)
    _read_once(loaded.home)
    neo4j = processes.neo4j(loaded.home, say)
    with Graph(neo4j.at, bootstrap.open_catalog(load_settings()), REALM) as graph:
        ensure_model(graph, loaded.home, world, seed=seed, say=say)
    with processes.service(loaded.home, say, keep=keep, grpc_max_waiting=MOST_WAITING) as service:
        measurement = Measurement(loaded, Oracle(world), neo4j, service, plan, results, say=say, seed=seed)
        gc.collect()
        gc.freeze()  # what is here stays: no pause of the client's goes through it again
        asyncio.run(measurement.run(questions))
        gc.unfreeze()


def _read_once(home: Path) -> None:
    """Read the store's files, so that the disk is not what is measured when a page is first touched."""
    for path in sorted((server_dir(home) / "data" / "databases" / "neo4j").rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(_READ_BYTES):
                    pass
