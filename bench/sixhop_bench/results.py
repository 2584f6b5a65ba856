"""What a measurement gives: the rows of the table, and what stands behind each. Knows nothing of how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROW_FIELDS = (
    "graph",
    "members",
    "ties",
    "question",
    "clients",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "per_second",
    "recall_at_20",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a question asked of a graph by so many clients. Times count from when a call arrived.

    `per_second` counts answers; `recall_at_20` is None where nothing was compared. `calls`, `failed` (by reason),
    `whole_share` (answers that lack nothing, of all calls), `offered_per_second` (None: one call after the other) and
    `cpu_ms` (by process, a call) say how the figures came about.
    """

    graph: str
    members: int
    ties: int
    question: str
    clients: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    per_second: float
    recall_at_20: float | None = None
    calls: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    whole_share: float = 1.0
    offered_per_second: float | None = None
    cpu_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageTime:
    """What a stage's part took on average, over requests asked to explain one after the other."""

    graph: str
    question: str
    stage: str
    name: str
    mean_ms: float
    kept: float


@dataclass(slots=True)
class Results:
    """Everything measured so far."""

    rows: list[Row] = field(default_factory=list)
    stages: list[StageTime] = field(default_factory=list)
    near_best_chains: dict[str, float] = field(default_factory=dict)
    """By graph: of the connected pairs asked about, those whose first chain scores within 5 % of the best there is."""
    skipped: list[str] = field(default_factory=list)
