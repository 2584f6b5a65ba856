"""One model from labelled pairs: fitted, evaluated, held against its gates, stored. Asks nothing of the graph."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.errors import SixhopError
from sixhop.graph.features import FeatureSpec
from sixhop.models.artifact import Artifact, write_artifact
from sixhop.models.registry import HARM, REFERRAL, TIE, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.pseudonyms import KEY_BYTES, Pseudonyms
from sixhop.settings import Settings
from sixhop_ml.dataset import Ground
from sixhop_ml.drift import reference
from sixhop_ml.evaluate import (
    area_under_curve,
    average_precision,
    brier_skill,
    evaluate,
    hard_negatives,
    paired_differences,
    standing,
)
from sixhop_ml.gates import Gate, Serving, as_rows, referral_gates, tie_gates
from sixhop_ml.history import Floats, Ints
from sixhop_ml.incremental import incremental
from sixhop_ml.insight import CURVES, partial_dependence, permutation_importance
from sixhop_ml.pairs import Pairs
from sixhop_ml.train import FEWEST_ADOPTIONS, Fitted, check_enough, fit, fitted_again, predict

HEURISTIC_NAMES = {"degree": "closeness"}
"""`degree` is a column of its own in the predictions; as a heuristic it is turned around."""
STANDING = ("pairs", "adopted", "base_rate", "auc", "average_precision", "best_heuristic", "over_best_heuristic")
HELD_OUT_MEMBERS = 0.4
"""Share of the members who are kept apart, for the view in which nobody is in both slices."""
DAY_S = 86_400
OF_EXPOSURE = frozenset({"chain", "tie"})
"""Groups of features that tell of who would pass it on, as do those named exposed_…"""


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, its artifact, and what it had to pass."""

    model: CalibratedModel
    artifact: Artifact
    gates: tuple[Gate, ...]


def learn(
    kind: str,
    pairs: Mapping[str, Pairs],
    *,
    ground: Ground,
    registry: Registry,
    limits: Settings,
    manifest: Mapping[str, Any],
    told: Mapping[str, Any],
) -> Learned:
    """Fit, evaluate and store one model.

    Parameters
    ----------
    pairs
        Of each slice, by name.
    manifest, told
        What else goes into its manifest, and into its metrics.
    """
    tell, features, seed = ground.tell, ground.features, ground.seed
    chosen = features.tie_names if kind == TIE else features.names
    monotone = {spec.name: spec.monotone for spec in features.specs if spec.monotone}
    check_enough("test", pairs["test"])
    ranks = {spec.name: spec.rank for spec in features.specs}
    if kind == HARM:  # what is right of adoption is not of harm
        monotone, ranks = {}, {}
    tell(f"fitting the {kind} model", 0, 1)
    fitted = fit(
        pairs["fit"], pairs["calibrate"], names=features.names, chosen=chosen, monotone=monotone, ranks=ranks, seed=seed
    )
    test = pairs["test"]
    likelihood = predict(fitted.model, test, features.names)
    heuristics = _heuristics(test, features.specs, chosen)
    tell(f"evaluating the {kind} model", 0, 1)
    metrics = evaluate(
        label=test.label,
        likelihood=likelihood,
        weight=test.weight,
        degree=test.degree,
        heuristics=heuristics,
        groups=test.groups,
        seed=seed,
    )
    metrics |= dict(told) | _beside(kind, pairs, fitted, likelihood, heuristics, ground)
    if "negatives" in metrics:  # the others are all that would have been proposed, drawn by chance
        metrics["negatives"]["random"] = {name: metrics[name] for name in STANDING}
    metrics["reference"] = reference(
        _columns(test, fitted.model, features.names),
        likelihood,
        test.weight,
        test.sender,
        fitted.model.feature_names,
        of="sent" if metrics["learned_from"]["kind"] == "outcomes" else "proposed",
    )
    serving, why_not = _serving(registry, kind, test, likelihood, ground)
    gates = _gates(kind, fitted.model, metrics, test, likelihood, ground, serving, limits)
    metrics |= {"gates": as_rows(gates), "compared_with": serving.digest if serving else why_not}
    artifact = write_artifact(
        registry.folder,
        estimator=fitted.model.estimator,
        calibrator=fitted.model.calibrator,
        manifest={
            **manifest,
            "kind": kind,
            "data_end": ground.slices.data_end,
            "feature_names": list(fitted.model.feature_names),
            "label": _label(kind, metrics, ground),
            "slices": _slices(pairs, ground),
            "hyperparameters": dict(fitted.hyperparameters),
            "search": fitted.search,
        },
        metrics=metrics,
        predictions=_predictions(test, likelihood, predict(fitted.logistic, test, features.names), heuristics),
    )
    artifact.load()  # what serving would refuse shows here, before anything is promoted
    return Learned(fitted.model, artifact, tuple(gates))


def _beside(
    kind: str,
    pairs: Mapping[str, Pairs],
    fitted: Fitted,
    likelihood: Floats,
    heuristics: dict[str, Floats],
    ground: Ground,
) -> dict[str, Any]:
    """What the report shows beside the main figures."""
    test, seed, names = pairs["test"], ground.seed, ground.features.names
    own = _columns(test, fitted.model, names)
    importance = permutation_importance(fitted.model, own, test.label, test.weight, seed=seed)
    most = [row["feature"] for row in importance[:CURVES]]
    logistic = predict(fitted.logistic, test, names)

    def on(rows: Ints, weight: Floats, score: Floats = likelihood) -> dict[str, Any]:
        some = test.take(rows)
        return standing(
            label=some.label,
            likelihood=score[rows],
            weight=weight,
            heuristics={name: score[rows] for name, score in heuristics.items()},
            groups=some.groups,
            seed=seed,
        )

    found: dict[str, Any] = {
        "logistic_regression": {
            "average_precision": average_precision(test.label, logistic, test.weight),
            "auc": area_under_curve(test.label, logistic, test.weight),
            "brier_skill": brier_skill(test.label, logistic, test.weight),
        },
        "disjoint": _disjoint(fitted.model, pairs, names, on, seed),
        "importance": importance,
        "partial_dependence": partial_dependence(fitted.model, own, test.weight, names=most, seed=seed),
    }
    if kind == REFERRAL:
        exposed = test.features[:, names.index("exposed_contacts")]
        hard, weight = hard_negatives(test.label, test.weight, test.offering, test.degree, exposed)
        found["negatives"] = {"hard": on(hard, weight)}
        of_exposure = [
            spec.name for spec in ground.features.specs if spec.group in OF_EXPOSURE or spec.name.startswith("exposed_")
        ]
        found["incremental"] = incremental(
            pairs["fit"], test, likelihood, names=names, of_exposure=of_exposure, seed=seed
        )
    return found


def _disjoint(
    model: CalibratedModel, pairs: Mapping[str, Pairs], names: Sequence[str], on: Callable[..., Any], seed: int
) -> dict[str, Any]:
    """The same shape of model fitted without some members, on the pairs among those: does it know them by heart?"""
    fit_pairs, test = pairs["fit"], pairs["test"]
    members = np.unique(np.concatenate([fit_pairs.sender, fit_pairs.target, test.sender, test.target]))
    drawn = np.random.default_rng(seed).permutation(len(members))[: int(len(members) * HELD_OUT_MEMBERS)]
    held = members[drawn]
    rest = fit_pairs.take(np.flatnonzero(~np.isin(fit_pairs.sender, held) & ~np.isin(fit_pairs.target, held)))
    rows = np.flatnonzero(np.isin(test.sender, held) & np.isin(test.target, held))
    if min(rest.label.sum(), test.label[rows].sum()) < FEWEST_ADOPTIONS:
        return {"pairs": len(rows), "adopted": int(test.label[rows].sum()), "missing": "too few among members apart"}
    score = fitted_again(model, rest, names).predict_proba(_columns(test, model, names))[:, 1]
    return {"members": len(held), **on(rows, test.weight[rows], score)}


def _columns(pairs: Pairs, model: CalibratedModel, names: Sequence[str]) -> Floats:
    """The features of `pairs` in the order the model has them."""
    return pairs.features[:, [names.index(name) for name in model.feature_names]]


def _serving(
    registry: Registry, kind: str, test: Pairs, likelihood: Floats, ground: Ground
) -> tuple[Serving | None, str]:
    """The model that serves, on the same pairs; or why it cannot be asked."""
    try:
        artifact = registry.champion(kind)
        if artifact is None:
            return None, "no model serves"
        if artifact.manifest["features_digest"] != ground.features.digest:
            return None, f"{artifact.digest} serves, but reads features that are not there any more"
        estimator, calibrator = artifact.load()
    except SixhopError as error:
        return None, f"the model that serves cannot be read: {error}"
    names = tuple(artifact.manifest["feature_names"])
    model = CalibratedModel(estimator, calibrator, feature_names=names, digest=artifact.digest)
    before = predict(model, test, ground.features.names)
    differences = paired_differences(test.label, likelihood, before, test.weight, test.groups, seed=ground.seed)
    return Serving(artifact.digest, differences, names), ""


def _gates(
    kind: str,
    model: CalibratedModel,
    metrics: Mapping[str, Any],
    test: Pairs,
    likelihood: Floats,
    ground: Ground,
    serving: Serving | None,
    limits: Settings,
) -> list[Gate]:
    names = ground.features.names
    if kind != REFERRAL:
        return tie_gates(model=model, metrics=metrics, test=test, names=names, serving=serving, limits=limits)
    return referral_gates(
        model=model,
        metrics=metrics,
        test=test,
        likelihood=likelihood,
        names=names,
        communities=test.community,
        serving=serving,
        limits=limits,
    )


def _heuristics(pairs: Pairs, specs: Sequence[FeatureSpec], chosen: Sequence[str]) -> dict[str, Floats]:
    """Each feature on its own, turned so that higher is likelier; a missing value ranks lowest."""
    found = {}
    for column, spec in enumerate(specs):
        score = pairs.features[:, column] * spec.rank
        present = score[~np.isnan(score)]
        if spec.name in chosen and len(present) and (len(present) < len(score) or np.ptp(present) > 0):
            found[HEURISTIC_NAMES.get(spec.name, spec.name)] = np.where(np.isnan(score), present.min() - 1, score)
    return found


def _label(kind: str, metrics: Mapping[str, Any], ground: Ground) -> str:
    days = ground.slices.window_s / 86_400
    what = {
        "outcomes": "adopted after an outreach that was sent",
        "exposures": "adopted after an exposure",
        "hops": "passed on what they were asked to",
        "replies": "replied to a contact",
    }[metrics["learned_from"]["kind"]]
    if kind == HARM:
        what = "declined, opted out of or complained about after an outreach that was sent"
    return f"{what}, within {days:g} days of the anchor"


def _slices(pairs: Mapping[str, Pairs], ground: Ground) -> dict[str, Any]:
    return {
        s.name: {
            "first": s.first,
            "last": s.last,
            "pairs": len(pairs[s.name]),
            "adopted": int(pairs[s.name].label.sum()),
            "base_rate": float(np.average(pairs[s.name].label, weights=pairs[s.name].weight)),
        }
        for s in ground.slices
    }


def _predictions(test: Pairs, likelihood: Floats, logistic: Floats, heuristics: dict[str, Floats]) -> pa.Table:
    """Held-out rows, times by the day. The key of their hashes is thrown away: nobody can be found in them."""
    once = Pseudonyms(secrets.token_bytes(KEY_BYTES))

    def hashed(what: str, numbers: Ints) -> pa.Array:
        known, place = np.unique(numbers, return_inverse=True)
        return pa.array([once.of(f"{what} {number}") for number in known]).take(pa.array(place))

    return pa.table(
        {
            "sender_id": hashed("member", test.sender),
            "target_id": hashed("member", test.target),
            "offering_id": hashed("offering", test.offering),
            "at": test.at // DAY_S * DAY_S,
            "degree": test.degree,
            "community": test.community,
            "label": test.label,
            "weight": test.weight,
            "likelihood": likelihood,
            "logistic_regression": logistic,
            **heuristics,
        }
    )
