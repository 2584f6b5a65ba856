import datetime

from sixhop._gen.buf.validate import validate_pb2 as _validate_pb2
from google.longrunning import operations_pb2 as _operations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_KIND_UNSPECIFIED: _ClassVar[ModelKind]
    MODEL_KIND_REFERRAL: _ClassVar[ModelKind]
    MODEL_KIND_TIE: _ClassVar[ModelKind]
    MODEL_KIND_HARM: _ClassVar[ModelKind]

class ModelRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_ROLE_UNSPECIFIED: _ClassVar[ModelRole]
    MODEL_ROLE_CHAMPION: _ClassVar[ModelRole]
    MODEL_ROLE_CHALLENGER: _ClassVar[ModelRole]
    MODEL_ROLE_PREVIOUS: _ClassVar[ModelRole]

class RetrainOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETRAIN_OUTCOME_UNSPECIFIED: _ClassVar[RetrainOutcome]
    RETRAIN_OUTCOME_PROMOTED: _ClassVar[RetrainOutcome]
    RETRAIN_OUTCOME_CHALLENGER: _ClassVar[RetrainOutcome]
    RETRAIN_OUTCOME_REFUSED: _ClassVar[RetrainOutcome]
    RETRAIN_OUTCOME_UNCHANGED: _ClassVar[RetrainOutcome]
MODEL_KIND_UNSPECIFIED: ModelKind
MODEL_KIND_REFERRAL: ModelKind
MODEL_KIND_TIE: ModelKind
MODEL_KIND_HARM: ModelKind
MODEL_ROLE_UNSPECIFIED: ModelRole
MODEL_ROLE_CHAMPION: ModelRole
MODEL_ROLE_CHALLENGER: ModelRole
MODEL_ROLE_PREVIOUS: ModelRole
RETRAIN_OUTCOME_UNSPECIFIED: RetrainOutcome
RETRAIN_OUTCOME_PROMOTED: RetrainOutcome
RETRAIN_OUTCOME_CHALLENGER: RetrainOutcome
RETRAIN_OUTCOME_REFUSED: RetrainOutcome
RETRAIN_OUTCOME_UNCHANGED: RetrainOutcome

class ListModelsRequest(_message.Message):
    __slots__ = ("kind", "page_size", "page_token")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    kind: ModelKind
    page_size: int
    page_token: str
    def __init__(self, kind: _Optional[_Union[ModelKind, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models", "next_page_token", "request_id")
    MODELS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    next_page_token: str
    request_id: str
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ("digest", "kind", "roles", "created_at", "refused", "figures")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    digest: str
    kind: ModelKind
    roles: _containers.RepeatedScalarFieldContainer[ModelRole]
    created_at: _timestamp_pb2.Timestamp
    refused: str
    figures: ModelFigures
    def __init__(self, digest: _Optional[str] = ..., kind: _Optional[_Union[ModelKind, str]] = ..., roles: _Optional[_Iterable[_Union[ModelRole, str]]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., refused: _Optional[str] = ..., figures: _Optional[_Union[ModelFigures, _Mapping]] = ...) -> None: ...

class ModelFigures(_message.Message):
    __slots__ = ("pairs", "adopted", "base_rate", "average_precision", "auc", "brier_skill", "ece", "ece_over_base_rate", "calibration_slope", "best_heuristic", "over_best_heuristic", "over_best_heuristic_low", "over_best_heuristic_high")
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    BASE_RATE_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_PRECISION_FIELD_NUMBER: _ClassVar[int]
    AUC_FIELD_NUMBER: _ClassVar[int]
    BRIER_SKILL_FIELD_NUMBER: _ClassVar[int]
    ECE_FIELD_NUMBER: _ClassVar[int]
    ECE_OVER_BASE_RATE_FIELD_NUMBER: _ClassVar[int]
    CALIBRATION_SLOPE_FIELD_NUMBER: _ClassVar[int]
    BEST_HEURISTIC_FIELD_NUMBER: _ClassVar[int]
    OVER_BEST_HEURISTIC_FIELD_NUMBER: _ClassVar[int]
    OVER_BEST_HEURISTIC_LOW_FIELD_NUMBER: _ClassVar[int]
    OVER_BEST_HEURISTIC_HIGH_FIELD_NUMBER: _ClassVar[int]
    pairs: int
    adopted: int
    base_rate: float
    average_precision: float
    auc: float
    brier_skill: float
    ece: float
    ece_over_base_rate: float
    calibration_slope: float
    best_heuristic: str
    over_best_heuristic: float
    over_best_heuristic_low: float
    over_best_heuristic_high: float
    def __init__(self, pairs: _Optional[int] = ..., adopted: _Optional[int] = ..., base_rate: _Optional[float] = ..., average_precision: _Optional[float] = ..., auc: _Optional[float] = ..., brier_skill: _Optional[float] = ..., ece: _Optional[float] = ..., ece_over_base_rate: _Optional[float] = ..., calibration_slope: _Optional[float] = ..., best_heuristic: _Optional[str] = ..., over_best_heuristic: _Optional[float] = ..., over_best_heuristic_low: _Optional[float] = ..., over_best_heuristic_high: _Optional[float] = ...) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ("digest", "in_role")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    IN_ROLE_FIELD_NUMBER: _ClassVar[int]
    digest: str
    in_role: RoleOfKind
    def __init__(self, digest: _Optional[str] = ..., in_role: _Optional[_Union[RoleOfKind, _Mapping]] = ...) -> None: ...

class RoleOfKind(_message.Message):
    __slots__ = ("kind", "role")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    kind: ModelKind
    role: ModelRole
    def __init__(self, kind: _Optional[_Union[ModelKind, str]] = ..., role: _Optional[_Union[ModelRole, str]] = ...) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ("model", "label", "feature_names", "features_digest", "queries_digest", "data_digest", "slices", "by_degree", "versions", "changes", "request_id")
    class VersionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    FEATURE_NAMES_FIELD_NUMBER: _ClassVar[int]
    FEATURES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    QUERIES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    DATA_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SLICES_FIELD_NUMBER: _ClassVar[int]
    BY_DEGREE_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    model: Model
    label: str
    feature_names: _containers.RepeatedScalarFieldContainer[str]
    features_digest: str
    queries_digest: str
    data_digest: str
    slices: _containers.RepeatedCompositeFieldContainer[ModelSlice]
    by_degree: _containers.RepeatedCompositeFieldContainer[FiguresOfDegree]
    versions: _containers.ScalarMap[str, str]
    changes: _containers.RepeatedCompositeFieldContainer[ModelChange]
    request_id: str
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ..., label: _Optional[str] = ..., feature_names: _Optional[_Iterable[str]] = ..., features_digest: _Optional[str] = ..., queries_digest: _Optional[str] = ..., data_digest: _Optional[str] = ..., slices: _Optional[_Iterable[_Union[ModelSlice, _Mapping]]] = ..., by_degree: _Optional[_Iterable[_Union[FiguresOfDegree, _Mapping]]] = ..., versions: _Optional[_Mapping[str, str]] = ..., changes: _Optional[_Iterable[_Union[ModelChange, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ModelSlice(_message.Message):
    __slots__ = ("name", "first", "last", "pairs", "adopted", "base_rate")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    BASE_RATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    first: _timestamp_pb2.Timestamp
    last: _timestamp_pb2.Timestamp
    pairs: int
    adopted: int
    base_rate: float
    def __init__(self, name: _Optional[str] = ..., first: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pairs: _Optional[int] = ..., adopted: _Optional[int] = ..., base_rate: _Optional[float] = ...) -> None: ...

class FiguresOfDegree(_message.Message):
    __slots__ = ("degree", "pairs", "adopted", "observed", "predicted", "average_precision", "auc")
    DEGREE_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_FIELD_NUMBER: _ClassVar[int]
    PREDICTED_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_PRECISION_FIELD_NUMBER: _ClassVar[int]
    AUC_FIELD_NUMBER: _ClassVar[int]
    degree: str
    pairs: int
    adopted: int
    observed: float
    predicted: float
    average_precision: float
    auc: float
    def __init__(self, degree: _Optional[str] = ..., pairs: _Optional[int] = ..., adopted: _Optional[int] = ..., observed: _Optional[float] = ..., predicted: _Optional[float] = ..., average_precision: _Optional[float] = ..., auc: _Optional[float] = ...) -> None: ...

class ModelChange(_message.Message):
    __slots__ = ("what", "digest", "at", "by", "why")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    what: str
    digest: str
    at: _timestamp_pb2.Timestamp
    by: str
    why: str
    def __init__(self, what: _Optional[str] = ..., digest: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class PromoteModelRequest(_message.Message):
    __slots__ = ("digest", "why")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    digest: str
    why: str
    def __init__(self, digest: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class PromoteModelResponse(_message.Message):
    __slots__ = ("model", "previous_digest", "request_id")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    model: Model
    previous_digest: str
    request_id: str
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ..., previous_digest: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RollbackModelRequest(_message.Message):
    __slots__ = ("kind", "why")
    KIND_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    kind: ModelKind
    why: str
    def __init__(self, kind: _Optional[_Union[ModelKind, str]] = ..., why: _Optional[str] = ...) -> None: ...

class RollbackModelResponse(_message.Message):
    __slots__ = ("model", "previous_digest", "request_id")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    model: Model
    previous_digest: str
    request_id: str
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ..., previous_digest: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RetrainRequest(_message.Message):
    __slots__ = ("dry_run", "since", "why")
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    dry_run: bool
    since: _timestamp_pb2.Timestamp
    why: str
    def __init__(self, dry_run: _Optional[bool] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ...) -> None: ...

class RetrainMetadata(_message.Message):
    __slots__ = ("stage", "done", "total", "started_at", "ended_at", "dry_run", "asked_by", "why")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    stage: str
    done: float
    total: float
    started_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    dry_run: bool
    asked_by: str
    why: str
    def __init__(self, stage: _Optional[str] = ..., done: _Optional[float] = ..., total: _Optional[float] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., dry_run: _Optional[bool] = ..., asked_by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class RetrainResponse(_message.Message):
    __slots__ = ("outcome", "dry_run", "models", "gates", "why", "seconds")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    GATES_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    outcome: RetrainOutcome
    dry_run: bool
    models: _containers.RepeatedCompositeFieldContainer[RetrainedModel]
    gates: _containers.RepeatedCompositeFieldContainer[RetrainGate]
    why: str
    seconds: float
    def __init__(self, outcome: _Optional[_Union[RetrainOutcome, str]] = ..., dry_run: _Optional[bool] = ..., models: _Optional[_Iterable[_Union[RetrainedModel, _Mapping]]] = ..., gates: _Optional[_Iterable[_Union[RetrainGate, _Mapping]]] = ..., why: _Optional[str] = ..., seconds: _Optional[float] = ...) -> None: ...

class RetrainedModel(_message.Message):
    __slots__ = ("kind", "digest")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    kind: ModelKind
    digest: str
    def __init__(self, kind: _Optional[_Union[ModelKind, str]] = ..., digest: _Optional[str] = ...) -> None: ...

class RetrainGate(_message.Message):
    __slots__ = ("kind", "gate", "scope", "value", "limit", "passed")
    KIND_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    kind: ModelKind
    gate: str
    scope: str
    value: float
    limit: str
    passed: bool
    def __init__(self, kind: _Optional[_Union[ModelKind, str]] = ..., gate: _Optional[str] = ..., scope: _Optional[str] = ..., value: _Optional[float] = ..., limit: _Optional[str] = ..., passed: _Optional[bool] = ...) -> None: ...
