"""How fast the walk is on a power-law graph, beside friends of friends and chains between two, in one run.

    SIXHOP_NEO4J_URI=bolt://… python tests/bench/walk_speed.py --members 100000

Makes the graph in a realm of its own (minutes for 100,000 members) and deletes it again, unless `--keep`; a kept one is
used again with `--realm`. One call at a time, the time of the whole call as the client sees it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from sixhop import bootstrap
from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.executor import Graph
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings
from sixhop.settings import load_settings

HERE = Path(__file__).parent
MEAN_TIES = 10
CLOSE_TIES = 32
PASS_ON_MEDIAN = 0.03
OFFERINGS = 1000
EXPERIENCES_A_MEMBER = 15
NOW = 1_700_000_000
WARM_UP = 100
ROWS_A_BATCH = 2000
CHAINS: dict[str, Any] = {
    "as_of": NOW,
    "avoid_ids": [],
    "only_named": False,
    "slice_enterprise_id": None,
    "outreach": False,
    "offering_id": None,
    "max_length": 6,
    "limit": 3,
    "width": 1024,
    "most_ties": 1000,
    "above": 0.0,
}


def make_graph(graph: Graph, members: int, seed: int) -> int:
    """Write the graph and return how many ties it has."""
    dice = np.random.default_rng(seed)
    weight = np.minimum(dice.pareto(1.8, members) + 1, 2 * members**0.5)
    ends = dice.choice(members, (members * MEAN_TIES // 2, 2), p=weight / weight.sum())
    ends = ends[ends[:, 0] != ends[:, 1]]
    ties = np.unique(np.concatenate([ends, ends[:, ::-1]]), axis=0)
    pass_on = np.minimum(1.0, PASS_ON_MEDIAN * np.exp(dice.normal(0.0, 1.0, len(ties))))
    listed = [_among_best(ties[:, end], pass_on) for end in (0, 1)]
    blocked = dice.random(len(ties)) < 0.002
    run = _runner(graph)
    run("walk_offerings", offering_ids=[f"o{i}" for i in range(OFFERINGS)])
    for rows in _batched(list(_members(dice, members)), "members"):
        run("walk_members", rows=rows)
    starts = np.searchsorted(ties[:, 0], np.arange(members + 1))
    senders = [
        {
            "id": f"m{u}",
            "ties": [
                [f"m{ties[i, 1]}", float(pass_on[i]), bool(listed[0][i]), bool(listed[1][i]), bool(blocked[i])]
                for i in range(starts[u], starts[u + 1])
            ],
        }
        for u in range(members)
    ]
    for rows in _batched(senders, "ties"):
        run("walk_ties", rows=rows)
    return len(ties)


def _among_best(owner: NDArray[np.int64], pass_on: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each tie is among the best `CLOSE_TIES` of its owner."""
    order = np.lexsort((-pass_on, owner))
    first = np.searchsorted(owner[order], owner[order])
    best = np.empty(len(owner), dtype=bool)
    best[order] = np.arange(len(owner)) - first < CLOSE_TIES
    return best


def _members(dice: np.random.Generator, members: int) -> Iterator[dict[str, Any]]:
    popular = 1 / np.arange(1, OFFERINGS + 1) ** 0.9
    popular /= popular.sum()
    for u in range(members):
        had = np.unique(dice.choice(OFFERINGS, dice.poisson(EXPERIENCES_A_MEMBER), p=popular))
        yield {
            "id": f"m{u}",
            "can_introduce": bool(dice.random() > 0.05),
            "had": [[f"o{o}", int(1_500_000_000 + dice.integers(10**8)), float(dice.uniform(-1, 1))] for o in had],
        }


def _batched(rows: list[dict[str, Any]], what: str) -> Iterator[list[dict[str, Any]]]:
    for at in track(range(0, len(rows), ROWS_A_BATCH), description=what, disable=not sys.stderr.isatty()):
        yield rows[at : at + ROWS_A_BATCH]


def _runner(graph: Graph) -> Callable[..., list[dict[str, Any]]]:
    """Runs the `.cypher` files of this folder, which are no part of the product."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in HERE.glob("*.cypher")}

    def run(name: str, **parameters: Any) -> list[dict[str, Any]]:
        result = graph.driver.execute_query(
            texts[name],
            realm=graph.realm,
            database_=graph.at.database,
            **parameters,
        )
        return [dict(record) for record in result.records]

    return run


def measure(lines: dict[str, Callable[[], object]], times: int) -> None:
    """Call each line in turn, so that what else the machine does falls on all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in lines}
    for at in track(range(WARM_UP + times), description="calls", disable=not sys.stderr.isatty()):
        for name, call in lines.items():
            started = time.perf_counter()
            call()
            if at >= WARM_UP:
                taken[name].append((time.perf_counter() - started) * 1000)
    print(f"{'milliseconds':<40} {'best':>8} {'p50':>8} {'p95':>8} {'p99':>8}")
    for name, values in taken.items():
        best, p50, p95, p99 = np.percentile(np.array(values), [0, 50, 95, 99])
        print(f"{name:<40} {best:8.1f} {p50:8.1f} {p95:8.1f} {p99:8.1f}")


def measure_all(graph: Graph, members: int, times: int, seed: int) -> None:
    dice = random.Random(seed)
    run = _runner(graph)

    def someone() -> str:
        return f"m{dice.randrange(members)}"

    def walk(*, name: str = SIX_DEGREE_WALK, **settings: int) -> Callable[[], object]:
        asked = WalkSettings(**settings)  # type: ignore[arg-type]

        def call() -> object:
            anchor = Anchor(someone(), f"o{dice.randrange(OFFERINGS)}", NOW)
            return graph.rows(name, **asked.parameters([anchor]))

        return call

    def chains() -> object:
        return graph.rows(CHAINS_BETWEEN, from_id=someone(), to_id=someone(), **CHAINS)

    lines = {
        "an empty statement": lambda: run("nothing"),
        "friends of friends, top 50": lambda: run("friends_of_friends", sender_id=someone()),
        "six-degree walk, W = K = 64, B = 8": walk(),
        "six-degree walk, W = K = 64, B = 0": walk(beam=0),
        "six-degree walk, W = K = 64, B = 32": walk(beam=32),
        "six-degree walk, W = K = 128, B = 8": walk(width=128, targets=128),
        "six-degree walk, W = K = 200, B = 8": walk(width=200, targets=200),
        "members alike": walk(name="sources/alike"),
        "three chains between two, W = 1024": chains,
    }
    measure(lines, times)


def forget(graph: Graph) -> None:
    text = (HERE.parent / "forget_realm.cypher").read_text(encoding="utf-8")
    while graph.driver.execute_query(text, realm=graph.realm, batch=500, database_=graph.at.database).records[0][0]:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--senders", type=int, default=300, help="calls measured for each line")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--realm", help="a realm kept from an earlier run with as many members")
    parser.add_argument("--keep", action="store_true", help="keep the graph")
    asked = parser.parse_args()
    realm = asked.realm or f"bench-{uuid.uuid4().hex[:8]}"
    with bootstrap.open_graph(load_settings(), realm) as graph:
        try:
            if asked.realm is None:
                started = time.perf_counter()
                ties = make_graph(graph, asked.members, asked.seed)
                took = time.perf_counter() - started
                print(f"realm {realm}: {asked.members} members, {ties} ties, made in {took:.0f} s", flush=True)
            measure_all(graph, asked.members, asked.senders, asked.seed)
        finally:
            if not asked.keep and asked.realm is None:
                forget(graph)


if __name__ == "__main__":
    main()
