"""How fast an import is, beside a plain batched MERGE of the same ties in the same run.

    python tests/bench/import_speed.py                  # online: 100 k members, 500 k ties
    python tests/bench/import_speed.py --offline DIR --members 1000000 --ties 10000000

Online it loads a realm of its own in the graph of the settings and empties it again; offline it loads a local store
below DIR, which must be empty.
Prints one JSON object: seconds by phase, ties a second, peak memory of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from sixhop import bootstrap
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import migrate
from sixhop.imports.run import Options, run_import, run_offline
from sixhop.settings import Settings, load_settings

REALM = "bench-import"
PLAIN_MERGE = (Path(__file__).parent / "plain_merge.cypher").read_text(encoding="utf-8")
FORGET_REALM = (Path(__file__).parents[1] / "forget_realm.cypher").read_text(encoding="utf-8")
PLAIN_BATCH = 10_000
PLAIN_TIES = 100_000
POPULARITY = 1.2
"""Exponent of the Pareto law by which members are known: a few are known by thousands."""


class Clock:
    """Seconds spent in each phase, from what an import tells of its progress."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._phase, self._since = "reading", time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._since
        self._phase, self._since = ("reading" if what.startswith("reading") else what), now
        if total and done == total:
            self._phase = "between"


def write_folder(path: Path, members: int, ties: int) -> int:
    """Random ties, a few members far better known than most; returns how many ties there are."""
    dice = np.random.default_rng(1)
    drawn = int(ties * 1.15)
    from_member = dice.integers(0, members, drawn)
    to_member = np.minimum((dice.pareto(POPULARITY, drawn) * members / 50).astype(np.int64), members - 1)
    keys = np.unique(from_member * members + to_member)
    keys = keys[keys // members != keys % members]
    keys = dice.permutation(keys)[:ties]
    ids = pa.array([f"m{i:07}" for i in range(members)])
    pyarrow.csv.write_csv(pa.table({"member_id": ids}), path / "members.csv")
    strength = pa.array(dice.integers(1, 5, len(keys)))
    table = {"from_id": ids.take(pa.array(keys // members)), "to_id": ids.take(pa.array(keys % members))}
    pyarrow.csv.write_csv(pa.table({**table, "strength": strength}), path / "ties.csv")
    return len(keys)


def plain_merge(graph: Graph, folder: Path) -> float:
    """Ties a second of the plain way: one MERGE a row, one batch after the other, members already there."""
    ties = pyarrow.csv.read_csv(folder / "ties.csv").slice(0, PLAIN_TIES).to_pylist()
    members = pyarrow.csv.read_csv(folder / "members.csv").column("member_id").to_pylist()
    for start in range(0, len(members), PLAIN_BATCH):
        rows = [{"id": member, "properties": {}} for member in members[start : start + PLAIN_BATCH]]
        graph.write("writes/import_members", rows=rows, as_of=None)
    began = time.monotonic()
    for start in range(0, len(ties), PLAIN_BATCH):
        rows = ties[start : start + PLAIN_BATCH]
        graph.driver.execute_query(PLAIN_MERGE, realm=graph.realm, rows=rows, database_=graph.at.database)
    return len(ties) / (time.monotonic() - began)


def forget(graph: Graph) -> None:
    while graph.driver.execute_query(FORGET_REALM, realm=graph.realm, batch=500)[0][0]["deleted"]:
        pass


def online(folder: Path, ties: int) -> dict[str, object]:
    settings = load_settings()
    with bootstrap.open_graph(settings, REALM) as graph:
        migrate(graph)
        try:
            plain = plain_merge(graph, folder)
            forget(graph)
            clock = Clock()
            began = time.monotonic()
            run_import(graph, folder, Options(), home=folder / "home", now=int(began), tell=clock)
            whole = time.monotonic() - began
        finally:
            forget(graph)
    return {
        "ties_per_s": round(ties / clock.seconds["ties"]),
        "ties_per_s_whole": round(ties / whole),
        "plain_merge_ties_per_s": round(plain),
        "whole_s": round(whole, 1),
        "phases_s": {name: round(value, 1) for name, value in clock.seconds.items()},
    }


def offline(folder: Path, ties: int, home: Path) -> dict[str, object]:
    clock = Clock()
    began = time.monotonic()
    run_offline(Settings(home=home), REALM, folder, Options(), now=int(began), tell=clock, say=print)
    whole = time.monotonic() - began
    return {
        "ties_per_s_whole": round(ties / whole),
        "whole_s": round(whole, 1),
        "phases_s": {name: round(value, 1) for name, value in clock.seconds.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=500_000)
    parser.add_argument("--offline", type=Path, metavar="DIR")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "folder"
        folder.mkdir()
        ties = write_folder(folder, options.members, options.ties)
        run = online(folder, ties) if options.offline is None else offline(folder, ties, options.offline)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    about = {"members": options.members, "ties": ties, "load_average": os.getloadavg()[0], "peak_mb": peak}
    print(json.dumps({**about, **run}, indent=2))


if __name__ == "__main__":
    main()
