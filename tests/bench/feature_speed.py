"""How many pairs a second the feature statement reads, as training asks it: `python tests/bench/feature_speed.py`.

Runs over the realm of SIXHOP_REALM as it is (the demo's after `make demo KEEP=1`), and changes nothing. Anchors are
drawn from its history; each is asked about with 60 random targets, in two sessions side by side.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from sixhop import bootstrap
from sixhop.graph.features import FeatureSet
from sixhop.settings import load_settings
from sixhop_ml.dataset import Pairs, read_features
from sixhop_ml.history import read_history

TARGETS = 60


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60_000)
    asked = parser.parse_args()
    with bootstrap.open_graph(load_settings(), None) as graph:
        history, features = read_history(graph), FeatureSet(graph.catalog)
        rng = np.random.default_rng(1)
        drawn = rng.permutation(len(history.at))[: asked.pairs // TARGETS].repeat(TARGETS)
        targets = rng.integers(0, len(history.member_ids), len(drawn))
        zeros = np.zeros(len(drawn), dtype=np.int64)
        pairs = Pairs(
            sender=history.member[drawn],
            target=targets,
            offering=history.offering[drawn],
            at=history.at[drawn],
            degree=zeros + 2,
            community=zeros,
            chain_score=zeros + 0.001,
            chain_weakest=zeros + 0.01,
            label=zeros,
            weight=zeros + 1.0,
            features=np.empty((len(drawn), 0)),
        )
        for _ in range(3):
            started = time.perf_counter()
            read_features(graph, features, history, pairs, silent, "")
            print(f"{len(pairs) / (time.perf_counter() - started):,.0f} pairs/s of {len(features.names)} features")


if __name__ == "__main__":
    main()
