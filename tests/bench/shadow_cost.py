"""What a challenger in the shadow costs an answer: `python tests/bench/shadow_cost.py [requests a second]`.

Whole answers about 64 candidates with two fitted models and the real recorder; what is asked of the graph is there
at once. Both ways take turns within one run, so that the speed of the machine falls out of the ratio.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as `sixhop serve` does, before the models' libraries are loaded

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "pipeline"))

from pipeline_parts import QUESTION, Filter, Gate, Hydrator, Joiner, Rules, Source, Ties, candidate, walk

from sixhop.models.runtime import CalibratedModel, calibration_terms
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.run import Parts, Pipeline
from sixhop.pipeline.segments import SegmentRecorder
from sixhop.pipeline.surfaces import SelectRule, SourceEntry, Surface
from sixhop.pseudonyms import Pseudonyms

NAMES = ("degree", *(f"feature_{number}" for number in range(29)))
CANDIDATES = 64
SETTLE_S = 0.5
"""The recorder has then written what one way left it."""
ROUNDS, REQUESTS = 8, 40
SURFACE = Surface(
    surface="default",
    sources=(SourceEntry(query="sources/walk", share=1.0),),
    select=SelectRule(max_per_community=4, exploration=0.05),
)


def fitted(seed: int) -> CalibratedModel:
    draw = np.random.default_rng(seed)
    matrix, label = draw.random((5_000, len(NAMES))), draw.random(5_000) < 0.2
    booster = HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=15).fit(matrix, label)
    curve = LogisticRegression().fit(calibration_terms(booster.predict_proba(matrix)[:, 1]), label)
    return CalibratedModel(booster, curve, feature_names=NAMES, digest=f"d{seed}")


def pipeline(recorder: SegmentRecorder, champion: CalibratedModel, challenger: CalibratedModel | None) -> Pipeline:
    draw = np.random.default_rng(0)
    features = {
        f"t{n}": dict(zip(NAMES[1:], draw.random(len(NAMES)).tolist(), strict=False)) for n in range(CANDIDATES)
    }
    parts: dict[str, Any] = {
        "gate": Gate(),
        "filter": Filter(),
        "hydrator": Hydrator(features=features),
        "ties": Ties(),
    }
    return Pipeline(
        surface=SURFACE,
        parts=Parts(
            **parts,
            model=lambda: champion,
            recorder=recorder,
            pseudonym=Pseudonyms(b"k" * 32).of,
            queries_digest="q",
            challenger=lambda: challenger,
        ),
        sources=[(walk(*(candidate(f"t{n}", *["a", "b"][: n % 3]) for n in range(CANDIDATES))), 1.0)],
        community_sources=[],
        asked_source=Source(name="sources/asked"),
        referrer_sources=[],
        joiner=Joiner(),
        left_out=Rules(),
    )


async def took(asked: Pipeline, a_second: float) -> list[float]:
    """How long each of some answers took, in ms, asked so many times a second whatever the last one takes."""

    async def one() -> float:
        started = time.perf_counter()
        await asked.targets(QUESTION, Budget(5.0))
        return (time.perf_counter() - started) * 1e3

    asking = []
    for _ in range(REQUESTS):
        asking.append(asyncio.ensure_future(one()))
        await asyncio.sleep(1 / a_second)
    return await asyncio.gather(*asking)


async def measure(a_second: float) -> None:
    first, second = fitted(1), fitted(2)
    with tempfile.TemporaryDirectory() as folder:
        recorder = SegmentRecorder(Path(folder) / "segments")
        ways = {"alone": pipeline(recorder, first, None), "with a shadow": pipeline(recorder, first, second)}
        found: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, asked in ways.items():
                found[name] += await took(asked, a_second)
                await asyncio.sleep(SETTLE_S)
        recorder.close()
        print(f"{a_second:g} answers a second, {ROUNDS * REQUESTS} each way; lost {recorder.dropped}")
    figures = {name: np.percentile(times, [50, 95, 99]) for name, times in found.items()}
    for name, (p50, p95, p99) in figures.items():
        print(f"  {name:14} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   p99 {p99:6.2f} ms")
    ratios = figures["with a shadow"] / figures["alone"]
    print(f"  {'ratio':14} p50 {ratios[0]:6.2f}      p95 {ratios[1]:6.2f}      p99 {ratios[2]:6.2f}")


def main() -> None:
    for a_second in [float(each) for each in sys.argv[1:]] or [10.0, 50.0]:
        asyncio.run(measure(a_second))


if __name__ == "__main__":
    main()
