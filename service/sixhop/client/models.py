"""Models and retrainings, as the clients give them back. Knows the protos; nothing of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.longrunning import operations_pb2

from sixhop._gen.sixhop.v1 import model_pb2
from sixhop.client.errors import error_of_status
from sixhop.errors import SixhopError
from sixhop.retraining.operation import Gate, Outcome, Retrained

_KIND, _ROLE, _OUTCOME = "MODEL_KIND_", "MODEL_ROLE_", "RETRAIN_OUTCOME_"
_COUNTED = ("pairs", "adopted")


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `kind` is `referral` or `tie`, empty where it cannot be told; `roles` are names of `ModelRole`.

    `figures` holds those that are known, by name. `refused` says why it cannot be served; empty when it is whole.
    """

    digest: str
    kind: str
    roles: tuple[str, ...]
    created_at: datetime | None
    refused: str
    figures: Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model got a role: `what` is `promote`, `challenge` or `rollback`."""

    what: str
    digest: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class ModelsResult:
    """Models, those with a role first. `next_page_token` goes on after them; None when there are no more."""

    models: tuple[Model, ...]
    next_page_token: str | None
    message: model_pb2.ListModelsResponse


@dataclass(frozen=True, slots=True)
class ModelResult:
    """What is known of a model; its slices and queries are in `message`.

    `by_degree` holds its figures for "1", "2" and "3+"; `changes` of its kind come newest first.
    """

    model: Model
    feature_names: tuple[str, ...]
    by_degree: Mapping[str, Mapping[str, float]]
    changes: tuple[ModelChange, ...]
    message: model_pb2.GetModelResponse


@dataclass(frozen=True, slots=True)
class ServesResult:
    """A model serves now; `previous_digest` is the one before, None when there was none."""

    model: Model
    previous_digest: str | None
    message: model_pb2.PromoteModelResponse | model_pb2.RollbackModelResponse


@dataclass(frozen=True, slots=True)
class OperationResult:
    """A retraining: how far it is, and once it is `finished` either what came of it or why it came to no end.

    `done` is of the stage, out of `total`, which is 0 where it is not known.
    """

    name: str
    finished: bool
    stage: str
    done: float
    total: float
    started_at: datetime
    retrained: Retrained | None
    error: SixhopError | None
    message: operations_pb2.Operation


def kind_of(kind: str | None) -> model_pb2.ModelKind:
    """`referral`, `tie`; None for all. Raises ValueError for others."""
    number: model_pb2.ModelKind = model_pb2.ModelKind.Value(_KIND + (kind.upper() if kind else "UNSPECIFIED"))
    return number


def role_of(role: str) -> model_pb2.ModelRole:
    """`champion`, `challenger`, `previous`. Raises ValueError for others."""
    number: model_pb2.ModelRole = model_pb2.ModelRole.Value(_ROLE + role.upper())
    return number


def models_result(message: model_pb2.ListModelsResponse) -> ModelsResult:
    return ModelsResult(tuple(map(_model, message.models)), message.next_page_token or None, message)


def model_result(message: model_pb2.GetModelResponse) -> ModelResult:
    return ModelResult(
        model=_model(message.model),
        feature_names=tuple(message.feature_names),
        by_degree={each.degree: {k: v for k, v in _known(each).items() if k != "degree"} for each in message.by_degree},
        changes=tuple(
            ModelChange(each.what, each.digest, each.at.ToDatetime(tzinfo=UTC), each.by, each.why)
            for each in message.changes
        ),
        message=message,
    )


def serves_result(message: model_pb2.PromoteModelResponse | model_pb2.RollbackModelResponse) -> ServesResult:
    return ServesResult(_model(message.model), message.previous_digest or None, message)


def operation_result(message: operations_pb2.Operation) -> OperationResult:
    metadata, response = model_pb2.RetrainMetadata(), model_pb2.RetrainResponse()
    message.metadata.Unpack(metadata)
    retrained = None
    if message.HasField("response"):
        message.response.Unpack(response)
        retrained = _retrained(response)
    return OperationResult(
        name=message.name,
        finished=message.done,
        stage=metadata.stage,
        done=metadata.done,
        total=metadata.total,
        started_at=metadata.started_at.ToDatetime(tzinfo=UTC),
        retrained=retrained,
        error=error_of_status(message.error) if message.HasField("error") else None,
        message=message,
    )


def operations_result(message: operations_pb2.ListOperationsResponse) -> tuple[OperationResult, ...]:
    return tuple(map(operation_result, message.operations))


def _retrained(message: model_pb2.RetrainResponse) -> Retrained:
    return Retrained(
        outcome=Outcome(model_pb2.RetrainOutcome.Name(message.outcome).removeprefix(_OUTCOME).lower()),
        dry_run=message.dry_run,
        digests={_kind(each.kind): each.digest for each in message.models},
        gates=tuple(
            Gate(
                model=_kind(each.kind),
                gate=each.gate,
                scope=each.scope,
                value=each.value if each.HasField("value") else None,
                limit=each.limit,
                passed=each.passed,
            )
            for each in message.gates
        ),
        why=message.why,
        seconds=message.seconds,
    )


def _model(message: model_pb2.Model) -> Model:
    return Model(
        digest=message.digest,
        kind=_kind(message.kind),
        roles=tuple(model_pb2.ModelRole.Name(role).removeprefix(_ROLE).lower() for role in message.roles),
        created_at=message.created_at.ToDatetime(tzinfo=UTC) if message.HasField("created_at") else None,
        refused=message.refused,
        figures=_known(message.figures),
    )


def _kind(kind: model_pb2.ModelKind) -> str:
    return model_pb2.ModelKind.Name(kind).removeprefix(_KIND).lower() if kind else ""


def _known(message: Any) -> dict[str, Any]:
    """The fields that are set, and counts of none, by name."""
    known = {field.name: value for field, value in message.ListFields()}
    zeros = (each.name for each in message.DESCRIPTOR.fields if each.name in _COUNTED and not each.has_presence)
    return dict.fromkeys(zeros, 0) | known
