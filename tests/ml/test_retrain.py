"""A retraining that can be left alone: it decides, changes nothing it should not, goes on where it was stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
from test_training_job import made_up_realm, train

from sixhop.graph.executor import Graph
from sixhop.models.registry import REFERRAL, TIE, Registry
from sixhop.settings import Settings
from sixhop_ml.commands import EXIT_CODES
from sixhop_ml.job import Outcome, Retrained
from small_world import tie, write_world

COMMAND = (sys.executable, "-m", "sixhop", "retrain", "--json")


def scored(graph: Graph) -> list[list[float]]:
    return [row["scored"] for row in graph.rows("training/net_page", cursor="", limit=500)]


def test_decisions_and_what_each_changes(graph: Graph, settings: Settings) -> None:
    made_up_realm(graph)
    registry = Registry(settings.home, graph.realm)

    dry = train(graph, settings, dry_run=True)
    assert dry.outcome is Outcome.PROMOTED, dry.why
    assert registry.pointers() == {}, "a dry run gives nobody a role"
    assert {value for row in scored(graph) for value in row} == {-1.0}, "and writes nothing to the graph"

    first = train(graph, settings)
    assert first.outcome is Outcome.PROMOTED
    assert first.written is not None
    assert first.seconds < dry.seconds, "what was built is used again"
    pointers = registry.pointers()
    assert pointers[REFERRAL]["champion"] == first.made[REFERRAL].artifact.digest
    assert pointers[TIE]["champion"] == first.made[TIE].artifact.digest
    assert first.made[REFERRAL].artifact.manifest["slices"] == dry.made[REFERRAL].artifact.manifest["slices"]
    assert all(made.report.read_text(encoding="utf-8").startswith("<!doctype html>") for made in first.made.values())

    before = registry.pointers()
    refused = train(graph, settings.model_copy(update={"gate_over_heuristic": 90.0}), force=True, loose=False)
    beside = refused.made[REFERRAL].artifact.metrics
    assert beside["compared_with"] == first.made[REFERRAL].artifact.digest
    assert [gate.value for gate in refused.made[REFERRAL].gates if gate.gate == "not_worse"] == [0.0, 0.0]
    assert _predicted(refused) == _predicted(first), "the same seed and data give the same predictions"
    assert refused.outcome is Outcome.REFUSED
    assert "over_best_heuristic" in refused.why
    assert registry.pointers() == before
    assert EXIT_CODES[refused.outcome] == 9


def _predicted(retrained: Retrained) -> list[float]:
    table = pq.read_table(retrained.made[REFERRAL].artifact.path / "predictions.parquet")
    found: list[float] = table.column("likelihood").to_pylist()
    return found


def test_the_command_stops_and_goes_on_and_says_what_came_of_it(
    graph: Graph, settings: Settings, sixhop_env: dict[str, str]
) -> None:
    made_up_realm(graph)
    environment = {**sixhop_env, "SIXHOP_GATE_ECE": "10", "SIXHOP_GATE_SCORE_MS": "1000", "SIXHOP_LEARN_PAIRS": "8000"}
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    folder = settings.home / "datasets" / graph.realm
    try:
        deadline = time.monotonic() + 120
        while not list(folder.glob("*/referral-fit-labelled-*.parquet")):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert second.returncode == 5, "one at a time"
        assert "another sixhop command" in second.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    parts = {path: path.stat().st_mtime_ns for path in folder.glob("*/*.parquet")}
    assert parts
    assert Registry(settings.home, graph.realm).pointers() == {}

    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=300, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == EXIT_CODES[Outcome(told["outcome"])]
    assert {path: path.stat().st_mtime_ns for path in parts} == parts, "no part is made twice"
    assert {gate["model"] for gate in told["gates"]} == {TIE, REFERRAL}
    assert all(Path(model["report"]).exists() for model in told["models"].values())


def test_too_little_to_learn_from_is_a_message(graph: Graph, sixhop_env: dict[str, str]) -> None:
    write_world(graph, members=["a", "b"], ties=[tie("a", "b")], settings={"label_window_days": 30})
    done = subprocess.run(COMMAND, env=sixhop_env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "nothing to learn from" in done.stderr
    assert "Traceback" not in done.stderr
