"""The training job: from the graph to two models, their figures, and `pass_on` written back.

1. tie model: pairs at degree 1, features that need no offering
2. referral model: pairs at every degree that the walk proposes. Before the walks of a stretch of time, `pass_on` as of
   its beginning goes into the graph: they propose what serving would have proposed then, and know nothing of what came
3. `pass_on` as of now goes into the graph, for serving
"""

from __future__ import annotations

import hashlib
import platform
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.graph.realm import read_realm
from sixhop.graph.walk import WalkSettings
from sixhop.models.artifact import Artifact, write_artifact
from sixhop.models.registry import REFERRAL, TIE, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.pseudonyms import KEY_BYTES, Pseudonyms
from sixhop_ml.dataset import Budgets, Pairs, Tell, build
from sixhop_ml.evaluate import evaluate
from sixhop_ml.history import Floats, History, read_history
from sixhop_ml.pass_on import Written, every_tie, write_pass_on
from sixhop_ml.split import Slices, split
from sixhop_ml.train import Hyperparameters, fit, predict

LIBRARIES = ("scikit-learn", "skops", "numpy", "neo4j")
HEURISTIC_NAMES = {"degree": "closeness"}
"""`degree` is a column of its own in the predictions; as a heuristic it is turned around."""
DEFAULT_BUDGETS = Budgets()
CONTACTS_ONLY = WalkSettings(max_length=1, max_degree=1)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run made; or, with nothing `written`, the models that still hold."""

    referral: Artifact
    tie: Artifact
    written: Written | None
    seconds: float


def train_models(
    graph: Graph, home: Path, *, seed: int, only_if_changed: bool, tell: Tell, budgets: Budgets = DEFAULT_BUDGETS
) -> Trained:
    """Train both models of the graph's realm, store them, promote them, write `pass_on` back.

    Parameters
    ----------
    only_if_changed
        Do nothing when the models that serve were trained on the same data, settings, queries and seed.

    Raises
    ------
    InvalidInput
        The data is too short, or holds too few adoptions, for honest slices.
    """
    started = time.monotonic()
    realm = read_realm(graph)
    features = FeatureSet(graph.catalog)
    history = read_history(graph)
    data_end = realm.last_event_at or int(history.times[-1]) if len(history.at) else 0
    slices = split(history.times, window_s=realm.label_window_s, data_end=data_end)
    registry = Registry(home, graph.realm)
    run = _Run(graph, home, features, history, slices, seed, tell)
    if only_if_changed and (held := run.still_holding(registry)):
        return Trained(held[REFERRAL], held[TIE], None, time.monotonic() - started)

    pairs = build(
        graph,
        features,
        history,
        slices,
        budget=budgets.tie,
        settings=CONTACTS_ONLY,
        refresh=None,
        seed=seed,
        tell=tell,
    )
    tie_model, tie = run.learn(TIE, pairs, features.tie_names)

    def refresh(as_of: int) -> None:
        write_pass_on(graph, features, tie_model, as_of=as_of, tell=tell)

    pairs = build(
        graph,
        features,
        history,
        slices,
        budget=budgets.referral,
        settings=WalkSettings(),
        refresh=refresh,
        seed=seed,
        tell=tell,
    )
    _, referral = run.learn(REFERRAL, pairs, features.names)
    written = write_pass_on(graph, features, tie_model, as_of=realm.as_of(int(time.time())), tell=tell)

    registry.promote(TIE, tie.digest, why="trained")
    registry.promote(REFERRAL, referral.digest, why="trained")
    return Trained(referral, tie, written, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Run:
    """What both models' training has in common."""

    graph: Graph
    home: Path
    features: FeatureSet
    history: History
    slices: Slices
    seed: int
    tell: Tell

    def still_holding(self, registry: Registry) -> dict[str, Artifact] | None:
        """The champions, when both were trained on what there is now."""
        held = {kind: registry.champion(kind) for kind in (TIE, REFERRAL)}
        now = self._origin()
        if all(a is not None and {k: a.manifest.get(k) for k in now} == now for a in held.values()):
            return {kind: artifact for kind, artifact in held.items() if artifact is not None}
        return None

    def _origin(self) -> dict[str, Any]:
        """What decides a training's outcome: when all of it is the same, so are the models."""
        return {
            "features_digest": self.features.digest,
            "queries_digest": self.graph.catalog.digest,
            "data_digest": data_digest(self.graph, self.history),
            "label_window_s": self.slices.window_s,
            "data_end": self.slices.data_end,
            "seed": self.seed,
        }

    def learn(self, kind: str, pairs: dict[str, Pairs], chosen: Sequence[str]) -> tuple[CalibratedModel, Artifact]:
        """Fit, calibrate, evaluate and store one model."""
        names, test = self.features.names, pairs["test"]
        self.tell(f"fitting the {kind} model", 0, 1)
        hyperparameters = Hyperparameters()
        model = fit(
            pairs["fit"],
            pairs["calibrate"],
            names=names,
            chosen=chosen,
            hyperparameters=hyperparameters,
            seed=self.seed,
        )
        likelihood = predict(model, test, names)
        heuristics = self._heuristics(test, chosen)
        self.tell(f"evaluating the {kind} model", 0, 1)
        metrics = evaluate(
            label=test.label,
            likelihood=likelihood,
            weight=test.weight,
            degree=test.degree,
            heuristics=heuristics,
            groups={"sender": test.sender, "target": test.target, "offering": test.offering},
            seed=self.seed,
        )
        artifact = write_artifact(
            Registry(self.home, self.graph.realm).folder,
            estimator=model.estimator,
            calibrator=model.calibrator,
            manifest=self._manifest(kind, model, pairs, hyperparameters),
            metrics=metrics,
            predictions=self._predictions(test, likelihood, heuristics),
        )
        return model, artifact

    def _heuristics(self, pairs: Pairs, chosen: Sequence[str]) -> dict[str, Floats]:
        """Each feature on its own, turned so that higher is likelier; a missing value ranks lowest."""
        found = {}
        for column, spec in enumerate(self.features.specs):
            score = pairs.features[:, column] * spec.rank
            present = score[~np.isnan(score)]
            if spec.name in chosen and len(present) and (len(present) < len(score) or np.ptp(present) > 0):
                found[HEURISTIC_NAMES.get(spec.name, spec.name)] = np.where(np.isnan(score), present.min() - 1, score)
        return found

    def _manifest(
        self, kind: str, model: CalibratedModel, pairs: dict[str, Pairs], hyperparameters: Hyperparameters
    ) -> dict[str, Any]:
        return {
            "kind": kind,
            "realm": self.graph.realm,
            "created_at": int(time.time()),
            "feature_names": list(model.feature_names),
            **self._origin(),
            "label": f"adopted within {self.slices.window_s // 86_400} days of the anchor",
            "slices": {
                s.name: {
                    "first": s.first,
                    "last": s.last,
                    "pairs": len(pairs[s.name]),
                    "adopted": int(pairs[s.name].label.sum()),
                    "base_rate": float(np.average(pairs[s.name].label, weights=pairs[s.name].weight)),
                }
                for s in self.slices
            },
            "hyperparameters": asdict(hyperparameters),
            "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        }

    def _predictions(self, test: Pairs, likelihood: Floats, heuristics: dict[str, Floats]) -> pa.Table:
        """Held-out rows. The key of their hashes is thrown away: nobody can be found in them, nor need be erased."""
        once = Pseudonyms(secrets.token_bytes(KEY_BYTES))
        members = pa.array([once.of(member_id) for member_id in self.history.member_ids])
        offerings = pa.array([once.of(offering_id) for offering_id in self.history.offering_ids])
        return pa.table(
            {
                "sender_id": members.take(pa.array(test.sender)),
                "target_id": members.take(pa.array(test.target)),
                "offering_id": offerings.take(pa.array(test.offering)),
                "at": test.at,
                "degree": test.degree,
                "label": test.label,
                "weight": test.weight,
                "likelihood": likelihood,
                **heuristics,
            }
        )


def data_digest(graph: Graph, history: History) -> str:
    """A digest of all experiences and ties, so that a second run can tell whether anything changed."""
    digest = hashlib.sha256()
    for ids in (history.member_ids, history.offering_ids):
        digest.update("\0".join(ids).encode())
    for array in (history.member, history.offering, history.at, history.sentiment):
        digest.update(np.ascontiguousarray(array).tobytes())
    for row in every_tie(graph):
        digest.update("\0".join((row["member_id"], *row["to_ids"])).encode())
    return digest.hexdigest()[:16]
