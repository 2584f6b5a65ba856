"""Metrics tell what was found of the model that serves, and of no other; whatever the file holds, reading is safe."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from sixhop.models.health import MOST_BYTES, NAME, read_figures, write_health
from sixhop.telemetry.state import HEALTH, State

FOUND: dict[str, Any] = {
    "model": "5f" * 8,
    "created_at": 1_000,
    "looked_at": 2_000,
    "due": True,
    "figures": {"psi_max": 0.3, "score_psi": 0.1, "calibration_ratio": None, "outcome_rate": 0.02},
}


def test_what_was_found_last_is_told_of_the_model_that_serves_alone(tmp_path: Path) -> None:
    write_health(tmp_path, {**FOUND, "due": False})
    write_health(tmp_path, FOUND)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    figures = read_figures(tmp_path, "5f" * 8)
    assert figures.pop("age_seconds") == pytest.approx(time.time() - 1_000, abs=60)
    assert figures == {
        "psi_max": 0.3,
        "score_psi": 0.1,
        "outcome_rate": 0.02,
        "retraining_due": 1.0,
        "looked_at_seconds": 2_000.0,
    }
    assert set(figures) < set(HEALTH)
    assert read_figures(tmp_path, "7e" * 8) == {}
    assert read_figures(tmp_path, "") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        "[" * 100_000,
        json.dumps({**FOUND, "figures": None}),
        json.dumps({**FOUND, "figures": {"psi_max": "much"}}),
        json.dumps({**FOUND, "created_at": None}),
        json.dumps(FOUND)[:-1] + " " * MOST_BYTES + "}",
        "\xff\xfe",
    ],
)
def test_a_file_that_is_not_what_was_written_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode("latin-1"))
    assert read_figures(tmp_path, "5f" * 8) == {}


def test_no_file_and_what_is_no_number_tell_nothing(tmp_path: Path) -> None:
    assert read_figures(tmp_path / "nowhere", "5f" * 8) == {}
    (tmp_path / NAME).write_text(json.dumps({**FOUND, "figures": {"psi_max": float("nan"), "score_psi": 1}}))
    figures = read_figures(tmp_path, "5f" * 8)
    assert "psi_max" not in figures
    assert figures["score_psi"] == 1


def test_what_is_not_known_has_no_series(tmp_path: Path) -> None:
    write_health(tmp_path, FOUND)
    registry = CollectorRegistry()
    registry.register(State(health=lambda: read_figures(tmp_path, "5f" * 8)))
    told = generate_latest(registry).decode()
    assert "\nsixhop_model_psi_max 0.3\n" in told
    assert "\nsixhop_model_retraining_due 1.0\n" in told
    assert "\nsixhop_model_calibration_ratio " not in told
    (tmp_path / NAME).unlink()
    assert "\nsixhop_model_psi_max " not in generate_latest(registry).decode()
