"""Translates what is known of models to messages. Decides nothing; an unset field means that it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import model_pb2
from sixhop.models.registry import HARM, REFERRAL, TIE, Held

_KINDS = {
    "": model_pb2.MODEL_KIND_UNSPECIFIED,
    REFERRAL: model_pb2.MODEL_KIND_REFERRAL,
    TIE: model_pb2.MODEL_KIND_TIE,
    HARM: model_pb2.MODEL_KIND_HARM,
}
_NAMES = {number: kind for kind, number in _KINDS.items()}
_ROLES = {
    "champion": model_pb2.MODEL_ROLE_CHAMPION,
    "challenger": model_pb2.MODEL_ROLE_CHALLENGER,
    "previous": model_pb2.MODEL_ROLE_PREVIOUS,
}
_ROLE_NAMES = {number: role for role, number in _ROLES.items()}
_FIGURES = (
    "base_rate",
    "average_precision",
    "auc",
    "brier_skill",
    "ece",
    "ece_over_base_rate",
    "calibration_slope",
)
_OF_DEGREE = ("observed", "predicted", "average_precision", "auc")


def kind_of(kind: model_pb2.ModelKind) -> str:
    """The word for a kind; empty for all."""
    return _NAMES[kind]


def role_of(role: model_pb2.ModelRole) -> str:
    return _ROLE_NAMES[role]


def kind_message(kind: str) -> model_pb2.ModelKind:
    return _KINDS.get(kind, model_pb2.MODEL_KIND_UNSPECIFIED)


def model_message(held: Held) -> model_pb2.Model:
    artifact = held.artifact
    return model_pb2.Model(
        digest=held.digest,
        kind=kind_message(held.kind),
        roles=[_ROLES[role] for role in held.roles],
        created_at=_time(artifact.manifest.get("created_at")) if artifact else None,
        refused=held.refused,
        figures=_figures(artifact.metrics) if artifact else None,
    )


def model_response(held: Held, changes: list[dict[str, Any]], request_id: str) -> model_pb2.GetModelResponse:
    manifest: Mapping[str, Any] = held.artifact.manifest if held.artifact else {}
    by_degree = held.artifact.metrics.get("by_degree", {}) if held.artifact else {}
    slices = sorted(manifest.get("slices", {}).items(), key=lambda each: float(each[1]["first"]))
    return model_pb2.GetModelResponse(
        model=model_message(held),
        label=manifest.get("label", ""),
        feature_names=manifest.get("feature_names", ()),
        features_digest=manifest.get("features_digest", ""),
        queries_digest=manifest.get("queries_digest", ""),
        data_digest=manifest.get("data_digest", ""),
        slices=[_slice(name, facts) for name, facts in slices],
        by_degree=[_of_degree(degree, figures) for degree, figures in sorted(by_degree.items())],
        versions={name: str(version) for name, version in manifest.get("versions", {}).items()},
        changes=[_change(each) for each in changes],
        request_id=request_id,
    )


def _figures(metrics: Mapping[str, Any]) -> model_pb2.ModelFigures:
    over = metrics.get("over_best_heuristic", {})
    return model_pb2.ModelFigures(
        pairs=metrics.get("pairs"),
        adopted=metrics.get("adopted"),
        **{name: _number(metrics.get(name)) for name in _FIGURES},
        best_heuristic=metrics.get("best_heuristic", ""),
        over_best_heuristic=_number(over.get("ratio")),
        over_best_heuristic_low=_number(over.get("low")),
        over_best_heuristic_high=_number(over.get("high")),
    )


def _slice(name: str, facts: Mapping[str, Any]) -> model_pb2.ModelSlice:
    return model_pb2.ModelSlice(
        name=name,
        first=_time(facts["first"]),
        last=_time(facts["last"]),
        pairs=facts["pairs"],
        adopted=facts["adopted"],
        base_rate=_number(facts.get("base_rate")),
    )


def _of_degree(degree: str, figures: Mapping[str, Any]) -> model_pb2.FiguresOfDegree:
    return model_pb2.FiguresOfDegree(
        degree=degree,
        pairs=figures["pairs"],
        adopted=figures["adopted"],
        **{name: _number(figures.get(name)) for name in _OF_DEGREE},
    )


def _change(told: Mapping[str, Any]) -> model_pb2.ModelChange:
    return model_pb2.ModelChange(
        what=told["what"], digest=told["digest"], at=_time(told["at"]), by=told["by"], why=told["why"]
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _time(seconds: Any) -> Timestamp | None:
    return Timestamp(seconds=int(seconds)) if seconds else None
