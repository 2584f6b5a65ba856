"""A whole artifact with a model that was really fitted, small and without a graph: as older ones are, or as newer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from sixhop.models.artifact import Artifact, write_artifact
from sixhop.models.runtime import CalibratedModel, calibration_terms
from sixhop_ml.insight import partial_dependence, permutation_importance

DAY = 86_400
START = 1_300_000_000
ROWS = 6_000
FEATURES = ("degree", "exposed_contacts", "taste_cosine")


def rows(*, seed: int = 0) -> dict[str, np.ndarray]:
    """Held-out pairs of forty members: adoption rises with exposed contacts, and is rarer further away."""
    rng = np.random.default_rng(seed)
    degree, exposed, taste = rng.integers(1, 5, ROWS), rng.poisson(2, ROWS), rng.random(ROWS)
    chance = 1 / (1 + np.exp(3.5 + 0.4 * degree - 0.7 * exposed - taste))
    return {
        "features": np.stack([degree, exposed, taste], axis=1).astype(np.float64),
        "label": (rng.random(ROWS) < chance).astype(np.int64),
        "degree": degree,
        "target": rng.integers(0, 40, ROWS),
    }


def stored(folder: Path, *, metrics: dict[str, Any] | None = None, manifest: dict[str, Any] | None = None) -> Artifact:
    """A whole artifact with a model really fitted; only the keys of older ones, and those given."""
    fit, later, test = rows(seed=1), rows(seed=2), rows(seed=3)
    booster = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6, random_state=0)
    booster.fit(fit["features"], fit["label"])
    curve = LogisticRegression(C=np.inf).fit(
        calibration_terms(booster.predict_proba(later["features"])[:, 1]), later["label"]
    )
    model = CalibratedModel(booster, curve, feature_names=FEATURES, digest="")
    likelihood, label = model.probabilities(test["features"]), test["label"]
    heuristics = {"closeness": -test["features"][:, 0], "exposed_contacts": test["features"][:, 1]}
    found = {
        "pairs": ROWS,
        "adopted": int(label.sum()),
        "base_rate": float(label.mean()),
        "auc": float(roc_auc_score(label, likelihood)),
        "average_precision": float(average_precision_score(label, likelihood)),
        "brier_skill": 0.0711,
        "ece": 0.002,
        "ece_raw": 0.006,
        "ece_by_chance": 0.004,
        "ece_over_base_rate": 0.0345,
        "calibration_slope": 1.02,
        "best_heuristic": "exposed_contacts",
        "over_best_heuristic": {"ratio": 1.31, "low": 1.12, "high": 1.58, "over": "target"},
        "by_degree": {
            "1": {"pairs": int((test["degree"] == 1).sum()), "adopted": 1, "predicted": 0.1, "observed": 0.2}
        },
        "heuristics": {
            name: {
                "average_precision": float(average_precision_score(label, score)),
                "auc": float(roc_auc_score(label, score)),
            }
            for name, score in heuristics.items()
        },
    }
    spans = {"fit": (0, 300), "calibrate": (400, 450), "test": (550, 600)}
    described = {
        "kind": "referral",
        "realm": "demo",
        "created_at": START,
        "data_end": START + 700 * DAY,
        "label_window_s": 90 * DAY,
        "label": "adopted within 90 days of the anchor",
        "feature_names": list(FEATURES),
        "features_digest": "f" * 16,
        "queries_digest": "q" * 16,
        "data_digest": "d" * 16,
        "hyperparameters": {"iterations": 20, "leaves": 6},
        "versions": {"scikit-learn": "1.9.1"},
        "seed": 1,
        "slices": {
            name: {
                "first": START + first * DAY,
                "last": START + last * DAY,
                "pairs": ROWS,
                "adopted": 500,
                "base_rate": 0.083,
            }
            for name, (first, last) in spans.items()
        },
    }
    members = pa.array([f"{n:032x}" for n in range(40)])
    table = {
        "sender_id": members.take(pa.array((test["target"] + 7) % 40)),
        "target_id": members.take(pa.array(test["target"])),
        "offering_id": members.take(pa.array(test["target"] % 9)),
        "at": np.full(ROWS, START),
        "degree": test["degree"],
        "label": label,
        "weight": np.ones(ROWS),
        "likelihood": likelihood,
        **heuristics,
    }
    return write_artifact(
        folder,
        estimator=booster,
        calibrator=curve,
        manifest={**described, **(manifest or {})},
        metrics={**found, **(metrics or {})},
        predictions=pa.table(table),
    )


def everything() -> dict[str, Any]:
    """The keys that newer models have, importance and dependence measured."""
    fit, test = rows(seed=1), rows(seed=3)
    booster = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6).fit(fit["features"], fit["label"])
    raw = calibration_terms(booster.predict_proba(fit["features"])[:, 1])
    model = CalibratedModel(booster, LogisticRegression().fit(raw, fit["label"]), feature_names=FEATURES, digest="")
    of_others = {
        "pairs": 4321,
        "adopted": 99,
        "base_rate": 0.0229,
        "auc": 0.9,
        "average_precision": 0.2345,
        "best_heuristic": "closeness",
        "over_best_heuristic": {"ratio": 2.22, "low": 1.9, "high": 2.5, "over": "sender"},
    }
    weight = np.ones(ROWS)
    return {
        "learned_from": {"kind": "exposures", "outcomes": 0, "exposures": 12_345, "replies": 0, "hops": 3},
        "gates": [
            {"gate": "brier_skill", "scope": "all", "value": 0.0711, "limit": "> 0", "passed": True, "note": ""},
            {"gate": "ece", "scope": "degree 2", "value": None, "limit": "≤ 0.15", "passed": False, "note": "few"},
        ],
        "logistic_regression": {"average_precision": 0.1771, "auc": 0.71, "brier_skill": 0.031},
        "negatives": {"random": of_others, "hard": of_others},
        "disjoint": of_others,
        "importance": permutation_importance(model, test["features"], test["label"], weight, seed=0),
        "partial_dependence": partial_dependence(model, test["features"], weight, names=FEATURES, seed=0),
        "funnel": {"served": 4000, "sent": 1000, "answered": 500, "adopted": 50, "declined": 300, "p_sent": 0.25},
        "harm": {
            "base_rate": 0.01,
            "auc": 0.66,
            "brier_skill": 0.01,
            "ece_over_base_rate": 0.2,
            "pairs": 777,
            "yes": 8,
        },
        "incremental": {
            "exposed": 888,
            "unexposed": 666,
            "rate_exposed": 0.09,
            "rate_unexposed": 0.05,
            "difference": 0.04,
            "low": 0.01,
            "high": 0.07,
            "table": [
                {
                    "likelihood_from": p,
                    "likelihood_to": 2 * p,
                    "predicted": 1.5 * p,
                    "incremental": p - 0.02,
                    "low": p - 0.04,
                    "high": p,
                }
                for p in (0.02, 0.04, 0.08)
            ],
        },
    }


SEARCH = [
    {"hyperparameters": {"iterations": 20, "leaves": 6}, "average_precision": 0.2, "seconds": 1.0},
    {"hyperparameters": {"iterations": 20, "leaves": 9}, "average_precision": 0.1, "seconds": 2.0},
]
