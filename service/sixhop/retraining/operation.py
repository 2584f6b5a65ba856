"""A retraining as it is remembered: who asked for it, how far it is, what came of it. Knows no process and no gRPC."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

from sixhop.errors import Reason

MOST_GATES = 200
MOST_OF_A_TEXT = 1_000
"""Characters of a message or a reason that is kept."""


class Outcome(StrEnum):
    """What was decided. The same words stand in the command's answer."""

    PROMOTED = "promoted"
    CHALLENGER = "challenger"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that a new model had to pass. `value` is None where there was too little to tell."""

    model: str
    gate: str
    scope: str
    value: float | None
    limit: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Retrained:
    """A retraining that came to its end, whatever it decided. `digests` are of the models it made, by kind."""

    outcome: Outcome
    dry_run: bool
    digests: Mapping[str, str]
    gates: tuple[Gate, ...]
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it came to no end."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, and by whom. `since` is in seconds since 1970."""

    who: str
    why: str
    dry_run: bool = False
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One retraining. Times are in seconds since 1970; a `total` of 0 is not known."""

    operation_id: str
    asked: Asked
    started_at: float
    stage: str = ""
    done: float = 0
    total: float = 0
    ended_at: float | None = None
    retrained: Retrained | None = None
    failure: Failure | None = None

    @property
    def running(self) -> bool:
        return self.retrained is None and self.failure is None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is; a `total` of 0 is not known."""

    stage: str = ""
    done: float = 0
    total: float = field(default=0)


def new_operation(asked: Asked) -> Operation:
    """One that begins now. Ids sort by time."""
    now = time.time()
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
    return Operation(f"retrain-{at}-{secrets.token_hex(4)}", asked, round(now, 3))


def to_json(operation: Operation) -> str:
    return json.dumps(asdict(operation), sort_keys=True)


def from_json(text: str) -> Operation:
    """Raises `ValueError`, `KeyError` or `TypeError` where it is not one."""
    held = json.loads(text)
    retrained, failure = held.pop("retrained"), held.pop("failure")
    return Operation(
        **{
            **held,
            "asked": Asked(**held["asked"]),
            "retrained": retrained and retrained_of(retrained, digests=retrained["digests"]),
            "failure": failure and Failure(Reason(failure["reason"]), failure["message"]),
        }
    )


def retrained_of(told: Mapping[str, Any], *, digests: Mapping[str, str]) -> Retrained:
    """From the words of the command, or of the file. Raises `ValueError`, `KeyError` or `TypeError`."""
    return Retrained(
        outcome=Outcome(told["outcome"]),
        dry_run=bool(told["dry_run"]),
        digests={str(kind): str(digest) for kind, digest in digests.items()},
        gates=tuple(_gate(each) for each in told["gates"][:MOST_GATES]),
        why=str(told["why"])[:MOST_OF_A_TEXT],
        seconds=float(told["seconds"]),
    )


def _gate(told: Mapping[str, Any]) -> Gate:
    value = told["value"]
    return Gate(
        model=str(told["model"]),
        gate=str(told["gate"])[:MOST_OF_A_TEXT],
        scope=str(told["scope"])[:MOST_OF_A_TEXT],
        value=None if value is None or not isfinite(value) else float(value),
        limit=str(told["limit"])[:MOST_OF_A_TEXT],
        passed=bool(told["passed"]),
    )
