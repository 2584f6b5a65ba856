"""The health of the model that serves: ok while the world is as it was, ageing when it moved, and never a guess."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from served_world import NOW, World, champion, serve

from sixhop.errors import NotFound
from sixhop.graph.executor import Graph
from sixhop.models.health import read_figures
from sixhop.models.registry import Registry
from sixhop.settings import Settings
from sixhop_ml.drift import population_stability_index
from sixhop_ml.health import Check, Health, Verdict, look_at, why_due
from sixhop_ml.replay import replay
from sixhop_ml.served import read_served
from small_world import write_world


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def limits(home: Path, **changes: float) -> Settings:
    return Settings(home=home, health_rows=500, health_max_age_days=60, health_psi_features=1, **changes)  # type: ignore[arg-type]


def found(graph: Graph, home: Path, world: World, **changes: float) -> Health:
    _, model = champion(graph, home, world)
    serve(graph, home, model, world)
    return look_at(graph, limits(home, **changes), tell=silent, now=NOW)


def check(health: Health, name: str) -> Check:
    return next(each for each in health.checks if each.check == name)


def test_a_world_that_stayed_as_it_was_is_ok_and_the_command_says_so(
    graph: Graph, settings: Settings, sixhop_env: dict[str, str], tmp_path: Path
) -> None:
    home = settings.home
    health = found(graph, home, World())
    assert health.why_due == ()
    assert health.verdict is Verdict.OK
    assert health.p_sent == pytest.approx(0.5, abs=0.05)
    assert health.drift.score is not None
    assert health.drift.score.psi < 0.1
    assert set(health.drift.features) == {"degree", "exposed_contacts", "taste_cosine"}
    told = health.calibration
    assert told.low is not None
    assert told.high is not None
    assert told.low < 1 < told.high
    assert told.slope == pytest.approx(1, abs=0.3)
    assert look_at(graph, limits(home), tell=silent, now=NOW) == health

    # what was shown, taken for what was proposed, would always seem to have moved
    artifact = Registry(home, graph.realm).find(health.model)
    served = read_served(
        home / "segments" / graph.realm, graph, names=(), model=artifact.digest, since=0, until=NOW, tell=silent
    )
    assert len(served) == served.rows_in_all == 1_600 * 5
    shown = population_stability_index(artifact.metrics["reference"]["score"], served.likelihood, np.ones(len(served)))
    assert shown > 0.5

    run = subprocess.run(
        [sys.executable, "-m", "sixhop", "models", "health", "--json"],
        env={**sixhop_env, "SIXHOP_HEALTH_ROWS": "500", "SIXHOP_HEALTH_MAX_AGE_DAYS": "3650"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    printed = json.loads(run.stdout)
    assert printed["verdict"] == "ok"
    kept = Registry(home, graph.realm).folder / "health.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not re.search(r"(member|offering|request|token)-\d|[0-9a-f]{32}", kept.read_text())
    figures = read_figures(kept.parent, artifact.digest)
    assert figures["score_psi"] == pytest.approx(health.drift.score.psi)
    assert figures["retraining_due"] == 0

    due = subprocess.run(
        [sys.executable, "-m", "sixhop", "models", "health"],
        env={**sixhop_env, "SIXHOP_HEALTH_ROWS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert due.returncode == 10, due.stderr
    assert "trained" in due.stdout
    assert "retraining is due" in due.stdout
    assert read_figures(kept.parent, artifact.digest)["retraining_due"] == 1


def test_features_that_move_make_it_age(graph: Graph, tmp_path: Path) -> None:
    health = found(graph, tmp_path, World(exposed=5.0))
    assert health.verdict is Verdict.AGEING
    assert check(health, "score_psi").passed is False
    moved = check(health, "feature_psi")
    assert moved.passed is False
    assert "exposed_contacts" in moved.note
    assert "taste_cosine" not in moved.note
    assert check(health, "age").passed is True


@pytest.mark.parametrize(("adopted", "said"), [(0.5, "over observed is 2"), (1.6, "over observed is 0.6")])
def test_likelihoods_that_do_not_come_true_make_it_age(graph: Graph, tmp_path: Path, adopted: float, said: str) -> None:
    health = found(graph, tmp_path, World(adopted=adopted))
    assert check(health, "calibration").passed is False
    assert said in check(health, "calibration").note
    assert health.why_due[0].startswith("calibration")


def test_outcomes_say_nothing_of_a_model_that_learned_from_exposures(graph: Graph, tmp_path: Path) -> None:
    health = found(graph, tmp_path, World(adopted=0.5, learned_from="exposures"))
    assert check(health, "calibration").passed is None
    assert "exposures" in check(health, "calibration").note
    assert health.calibration.ratio == pytest.approx(2, abs=0.4)
    assert health.verdict is Verdict.OK, "scores have not moved"


def test_without_a_reference_or_exploration_drift_is_not_told(graph: Graph, tmp_path: Path) -> None:
    older = found(graph, tmp_path / "older", World(with_reference=False, learned_from="exposures", answers=400))
    assert check(older, "score_psi").note == "no reference: an older artifact"
    assert older.verdict is Verdict.UNKNOWN
    assert older.why_due == ()


def test_where_nothing_explores_what_was_shown_stands_for_nobody_else(graph: Graph, tmp_path: Path) -> None:
    health = found(graph, tmp_path, World(exploration=0.0, exposed=5.0, answers=400))
    assert check(health, "score_psi").passed is None
    assert "only 0 recommendations that may be compared" in check(health, "score_psi").note


def test_without_enough_that_explored_a_few_slots_are_not_taken_for_all(graph: Graph, tmp_path: Path) -> None:
    health = found(graph, tmp_path, World(answers=400, exploration=0.05))
    assert check(health, "score_psi").passed is None
    assert "explore" in check(health, "score_psi").note
    assert health.drift.effective < 20
    assert health.why_due == ()


def test_a_model_that_learned_from_what_was_sent_is_compared_with_what_is_sent(graph: Graph, tmp_path: Path) -> None:
    health = found(graph, tmp_path, World(of="sent", exploration=0.0))
    assert health.drift.rows == pytest.approx(2_000, abs=150)
    assert health.drift.effective > 100


def test_its_age_counts_once_something_has_happened_since(graph: Graph, tmp_path: Path) -> None:
    _, model = champion(graph, tmp_path, World(age_days=80))
    serve(graph, tmp_path, model, World(answers=60))
    assert "80 days" in check(look_at(graph, limits(tmp_path), tell=silent, now=NOW), "age").note
    assert why_due(graph, limits(tmp_path), tell=silent)
    write_world(graph, settings={"last_event_at": NOW - 60 * 86_400})
    same = look_at(graph, limits(tmp_path), tell=silent, now=NOW)
    assert check(same, "age").passed is True
    assert same.verdict is Verdict.UNKNOWN


def test_without_a_model_retraining_is_due(graph: Graph, tmp_path: Path) -> None:
    write_world(graph, settings={"last_event_at": NOW})
    assert why_due(graph, limits(tmp_path), tell=silent) == ("no referral model serves",)
    with pytest.raises(NotFound, match="sixhop retrain"):
        look_at(graph, limits(tmp_path), tell=silent)


def test_of_many_records_whole_answers_are_drawn_the_same_each_time(graph: Graph, tmp_path: Path) -> None:
    artifact, model = champion(graph, tmp_path, World())
    serve(graph, tmp_path, model, World(answers=400))

    def read(most_rows: int):  # type: ignore[no-untyped-def]
        folder = tmp_path / "segments" / graph.realm
        return read_served(
            folder,
            graph,
            names=model.feature_names,
            model=artifact.digest,
            since=0,
            until=NOW,
            tell=silent,
            most_rows=most_rows,
        )

    drawn, again, whole = read(500), read(500), read(10_000)
    assert len(drawn) == 500
    assert drawn.rows_in_all == len(whole) == 2_000
    assert set(np.bincount(drawn.answer)) == {5}
    np.testing.assert_array_equal(drawn.features, again.features)
    assert np.mean(drawn.sent_at < NOW) == pytest.approx(np.mean(whole.sent_at < NOW), abs=0.1)

    told = replay(whole, model, by=NOW, window_s=20 * 86_400, first=2, seed=1)
    assert told["answers"] == pytest.approx(200, abs=2)
    assert told["shown"]["overlap"] == pytest.approx(1, abs=0.1)
    assert told["gained"]["value"] == 0, "the model in its own order"
    assert told["placed"]["value"] is not None
