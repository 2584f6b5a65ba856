"""Trains a referral model of the usual size on a made-up graph, so that answers are scored as they are in earnest.

Nobody in a made-up graph adopts anything: the labels are drawn from the chain's score and the pair's taste, and the
manifest says so. Walks, features, fitting, artifact and registry are the product's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from sixhop.domain import PairKey
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks
from sixhop.models.artifact import write_artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop_bench.lives import ENDS_AT
from sixhop_bench.ties import Floats, Ints
from sixhop_bench.world import World
from sixhop_ml.pairs import Pairs, unlabelled
from sixhop_ml.train import fit

WALKS = 80
SHARE_TO_FIT = 0.6
ANCHORS_A_STATEMENT = 5
PAIRS_A_STATEMENT = 1_000
BASE_LOG_ODDS, BY_SCORE, BY_TASTE, BY_EXPOSURE = -1.0, 0.4, 4.0, 0.1
"""Of a simulated adoption: about one pair in ten, likelier over better chains, of like taste, and when exposed."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pair that a walk proposed."""

    key: PairKey
    score: float


def ensure_model(graph: Graph, home: Path, world: World, *, seed: int, say: Callable[[str], None]) -> str:
    """The digest of the model that serves the graph, trained first unless one on the same feature queries is there."""
    features = FeatureSet(graph.catalog)
    registry = Registry(home, graph.realm)
    held = registry.champion(REFERRAL)
    if held is not None and held.manifest["features_digest"] == features.digest:
        return held.digest
    began = time.monotonic()
    dice = np.random.default_rng(seed)
    proposed = _propose(graph, world, dice)
    matrix = _read(graph, features, [each.key for each in proposed])
    label = _adopt(matrix, features.names, np.array([each.score for each in proposed]), dice)
    first = int(len(proposed) * SHARE_TO_FIT)
    slices = [_pairs(proposed[part], matrix[part], label[part]) for part in (slice(first), slice(first, None))]
    fitted = fit(*slices, names=features.names, chosen=features.names, monotone={}, ranks={}, seed=seed)
    model = fitted.model
    artifact = write_artifact(
        registry.folder,
        estimator=model.estimator,
        calibrator=model.calibrator,
        manifest={
            "kind": REFERRAL,
            "realm": graph.realm,
            "feature_names": list(model.feature_names),
            "features_digest": features.digest,
            "queries_digest": graph.catalog.digest,
            "label": "SIMULATED adoptions in a made-up graph: for measuring speed, says nothing of anybody",
            "hyperparameters": dict(fitted.hyperparameters),
        },
        metrics={"simulated": True, "pairs": len(proposed), "adopted": int(label.sum())},
        predictions=pa.table({"label": label[first:]}),
    )
    registry.promote(REFERRAL, artifact.digest, why="to measure speed with")
    say(
        f"trained a model on {len(proposed):,} pairs with {int(label.sum()):,} SIMULATED adoptions "
        f"({fitted.hyperparameters['family']}, {time.monotonic() - began:.0f} s)"
    )
    return artifact.digest


def _propose(graph: Graph, world: World, dice: np.random.Generator) -> list[Proposed]:
    rows = dice.choice(len(world.had_offering), WALKS, replace=False)
    about = [f"o{world.had_offering[row]}" for row in rows]
    anchors = [
        Anchor(f"m{sender}", offering, ENDS_AT) for sender, offering in zip(world.had_member[rows], about, strict=True)
    ]
    found = []
    for start in range(0, len(anchors), ANCHORS_A_STATEMENT):
        asked = anchors[start : start + ANCHORS_A_STATEMENT]
        walked = graph.rows(SIX_DEGREE_WALK, **WalkSettings().parameters(asked))
        for result in read_walks(walked, anchors=asked, name=SIX_DEGREE_WALK):
            for each in result.candidates if result else ():
                key = PairKey(
                    each.sender_id,
                    each.target_id,
                    each.offering_id,
                    ENDS_AT,
                    each.degree,
                    chain_score=each.chain.score,
                    chain_weakest=each.chain.weakest,
                )
                found.append(Proposed(key, each.chain.score))
    return found


def _read(graph: Graph, features: FeatureSet, keys: Sequence[PairKey]) -> Floats:
    batches = [keys[start : start + PAIRS_A_STATEMENT] for start in range(0, len(keys), PAIRS_A_STATEMENT)]
    return np.array([values for batch in batches for values in features.stream(graph, batch)])


def _adopt(matrix: Floats, names: Sequence[str], score: Floats, dice: np.random.Generator) -> Ints:
    taste, exposed = (np.nan_to_num(matrix[:, names.index(name)]) for name in ("taste_cosine", "exposed_contacts"))
    log_odds = BASE_LOG_ODDS + BY_SCORE * np.log(score) + BY_TASTE * taste + BY_EXPOSURE * exposed
    return (dice.random(len(score)) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)


def _pairs(proposed: Sequence[Proposed], matrix: Floats, label: Ints) -> Pairs:
    """As `fit` wants them; whom a pair is of does not matter to it."""
    nobody = np.zeros(len(proposed), dtype=np.int64)
    degree = np.array([each.key.degree for each in proposed])
    return replace(unlabelled(nobody, nobody, nobody), degree=degree, label=label, features=matrix)
