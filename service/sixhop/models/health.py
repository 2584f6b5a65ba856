"""How the model that serves was found to be when it was last looked at: a small file beside the models.

`sixhop models health` writes it, the service's metrics read it. Knows nothing of how health is told.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

NAME = "health.json"
MOST_BYTES = 256 * 1024
FIGURES = ("psi_max", "score_psi", "calibration_ratio", "outcome_rate")


def write_health(folder: Path, found: Mapping[str, Any]) -> None:
    """Keep what was found, in place of what was found before; only the owner may read it.

    Args:
        folder: Of the realm's models.
        found: At least `model`, `created_at`, `looked_at`, `due` and `figures`.
    """
    draft = folder / f".health-{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(found, indent=2, sort_keys=True, allow_nan=False))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_figures(folder: Path, model: str) -> dict[str, float]:
    """What metrics tell of `model`: figures that are known, whether retraining is due, its age, when it was looked at.

    Empty where nobody looked at this model yet, or the file is not what was written.
    """
    try:
        with (folder / NAME).open("rb") as file:
            found = json.loads(file.read(MOST_BYTES))
        if not model or found["model"] != model:
            return {}
        known = {name: float(found["figures"][name]) for name in FIGURES if found["figures"].get(name) is not None}
        known |= {
            "retraining_due": float(bool(found["due"])),
            "age_seconds": max(time.time() - float(found["created_at"]), 0.0),
            "looked_at_seconds": float(found["looked_at"]),
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {name: value for name, value in known.items() if isfinite(value)}
