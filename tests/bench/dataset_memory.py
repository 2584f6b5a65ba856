"""What building a data set takes: `python tests/bench/dataset_memory.py --pairs 700000`.

Builds one for the realm of SIXHOP_REALM, under SIXHOP_HOME, as `sixhop dataset build` would with so many pairs to learn
from, and says how many exposures were labelled, how fast, and the most memory it held.
"""

from __future__ import annotations

import argparse
import resource
import time

import pyarrow.parquet as pq

from sixhop import bootstrap
from sixhop.settings import load_settings
from sixhop_ml.job import Asked, build_dataset


def tell(what: str, done: int, total: int) -> None:
    if done == total:
        print(f"{time.strftime('%H:%M:%S')} {what}: {done}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=700_000)
    asked = parser.parse_args()
    settings = load_settings().model_copy(update={"learn_pairs": asked.pairs})
    started = time.perf_counter()
    with bootstrap.open_graph(settings, None) as graph:
        built = build_dataset(graph, settings, Asked(), tell=tell)
    took = time.perf_counter() - started
    parts = list(built.folder.glob("*-labelled-*.parquet"))
    labelled = sum(pq.read_metadata(path).num_rows for path in parts)
    kept = sum(built.pairs.values())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in built.folder.iterdir()) / 1024**2
    print(f"{labelled:,} exposures in {len(parts)} parts, {kept:,} kept with features, in {took:.0f} s")
    print(f"at most {most:,.0f} MB of memory, {size:,.0f} MB on disk")


if __name__ == "__main__":
    main()
