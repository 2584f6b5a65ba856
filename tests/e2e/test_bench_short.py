"""`sixhop bench --short` runs from nothing to its table, with real processes, and leaves none of them behind."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path

from sixhop.neo4j_local.state import read_state
from sixhop.settings import PREFIX
from sixhop_bench.load import SIXHOP
from sixhop_bench.plain_ways import ENUMERATION, PLAIN_WAYS
from sixhop_bench.questions import CHAINS, DEGREES, NEXT_HOP, REFERRERS, TARGETS
from sixhop_bench.results import ROW_FIELDS

WITHIN_S = 300


def test_its_short_form_measures_and_stops_what_it_started(tmp_path: Path, neo4j_jars: Path) -> None:
    (tmp_path / "jars").symlink_to(neo4j_jars)
    results, picture = tmp_path / "results.json", tmp_path / "p99.svg"
    done = subprocess.run(
        [*SIXHOP, "bench", "--short", "--home", tmp_path, "--json", results, "--picture", picture],
        env={name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert TARGETS in done.stdout

    whole = json.loads(results.read_text())
    rows = whole["rows"]
    assert all(tuple(row) == ROW_FIELDS for row in rows)
    assert all(row["members"] == 2_000 and row["ties"] == 20_000 for row in rows)
    assert all(math.isfinite(row["p50_ms"]) and row["p50_ms"] <= row["p99_ms"] for row in rows)
    measured = {(row["question"], row["clients"]) for row in rows}
    assert {(name, count) for name in (TARGETS, CHAINS) for count in (1, 4)} <= measured
    assert {way.name for way in PLAIN_WAYS} | {ENUMERATION} <= {name for name, _ in measured}
    recalls = {row["question"]: row["recall_at_20"] for row in rows if row["recall_at_20"] is not None}
    assert recalls[TARGETS] > 0.8
    assert recalls.get(REFERRERS, 1.0) > 0.4, "few of those around a member have the offering: docs/bench.md"
    for name in (REFERRERS, NEXT_HOP, DEGREES):
        assert (name, 1) in measured or any(name in line for line in whole["skipped"])
    assert len(whole["details"]) == len(rows)
    assert picture.read_text().startswith("<svg ")

    assert read_state(tmp_path / "tiny") is None
