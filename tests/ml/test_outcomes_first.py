"""Where enough was sent, models learn from what came of it, with features as served; the report says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_told import record
from test_training_job import silent

from sixhop.errors import InvalidInput
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.models.registry import HARM, REFERRAL, TIE
from sixhop.settings import Settings
from sixhop_ml.job import Asked, build_dataset, retrain
from small_world import tie, write_world

DAY = 86_400
DAYS, WINDOW_DAYS, SENT = 700, 20, 2_400
START = 1_400_000_000
END = START + DAYS * DAY
MEMBERS = [f"m{n:02}" for n in range(40)]
WRITE = (Path(__file__).parent / "outreaches.cypher").read_text(encoding="utf-8")


def sent_and_served(names: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Outreaches and what was recorded of them. One feature tells who adopts, one who is harmed."""
    dice = np.random.default_rng(5)
    outreaches, rows = [], []
    for number, day in enumerate(np.sort(dice.uniform(0, DAYS, SENT))):
        at = START + int(day * DAY)
        sender, middle, target = (MEMBERS[n] for n in dice.choice(len(MEMBERS), 3, replace=False))
        features = {name: float(dice.normal()) for name in names} | {"degree": 2.0, "place_share": None}
        adopts = dice.random() < 1 / (1 + np.exp(1 - 1.5 * features["exposed_contacts"]))  # type: ignore[operator]
        harmed = not adopts and dice.random() < 1 / (1 + np.exp(1 - 1.5 * features["target_outreaches"]))  # type: ignore[operator]
        outcome = "adopted" if adopts else "complained" if harmed else None
        passed = dice.random() < (0.7 if int(sender[1:]) % 2 else 0.2)
        outreaches.append(
            {
                "id": f"r{number}",
                "offering": "o",
                "facts": {"at": at, "attribution_token": f"t{number}"}
                | ({"outcome": outcome, "outcome_at": at + DAY} if outcome else {}),
                "hops": [
                    {"member": sender, "facts": {"position": 0}},
                    {
                        "member": middle,
                        "facts": {
                            "position": 1,
                            "asked_at": at,
                            "answered_at": at + 9,
                            "state": "passed_on" if passed else "declined",
                        },
                    },
                    {"member": target, "facts": {"position": 2, "is_target": True}},
                ],
            }
        )
        rows.append({"attribution_token": f"t{number}", "degree": 2, "features": features})
    return outreaches, rows


def test_outcomes_hops_and_harm(graph: Graph, settings: Settings) -> None:
    names = FeatureSet(graph.catalog).names
    outreaches, rows = sent_and_served(names)
    write_world(
        graph,
        members=MEMBERS,
        offerings=["o"],
        ties=[
            tie(u, v, **({"recent": [START - DAY], "contacts": 1} if number % 2 else {}))
            for number, u in enumerate(MEMBERS)
            for v in MEMBERS
            if u != v
        ],
        experiences=[
            {"member": m, "offering": "o", "facts": {"first_at": START - DAY, "last_at": START - DAY, "times": 1}}
            for m in MEMBERS[:2]
        ],
        settings={"label_window_days": WINDOW_DAYS, "last_event_at": END, "as_of_last_event": True},
    )
    for start in range(0, SENT, 400):
        some = outreaches[start : start + 400]
        graph.driver.execute_query(WRITE, realm=graph.realm, rows=some, database_=graph.at.database)
    record(
        settings.home / "segments" / graph.realm,
        [*rows, *({**rows[0], "attribution_token": f"n{n}"} for n in range(SENT))],
    )

    limits = settings.model_copy(update={"gate_score_ms": 1000.0, "learn_pairs": 8_000, "learn_outcomes": 1_000})
    retrained = retrain(graph, limits, Asked(dry_run=True), tell=silent)
    metrics = {kind: made.artifact.metrics for kind, made in retrained.made.items()}
    assert set(metrics) == {TIE, REFERRAL, HARM}
    assert metrics[REFERRAL]["learned_from"]["kind"] == "outcomes"
    assert metrics[REFERRAL]["learned_from"]["exposures"] == 0, "never mixed"
    assert metrics[REFERRAL]["learned_from"]["outcomes"] > SENT * 0.9
    assert metrics[REFERRAL]["auc"] > 0.75, "from features as served, since the graph knows nothing of them"
    assert metrics[REFERRAL]["importance"][0]["feature"] == "exposed_contacts"
    assert metrics[REFERRAL]["funnel"]["p_sent"] == 0.5
    assert metrics[HARM]["auc"] > 0.7
    assert metrics[REFERRAL]["harm"]["auc"] == metrics[HARM]["auc"]
    assert metrics[TIE]["learned_from"]["kind"] == "hops"
    assert metrics[TIE]["auc"] > 0.65
    assert "sent" in retrained.made[REFERRAL].report.read_text(encoding="utf-8")

    # until there are enough of them, exposures it is; here there are none
    few = limits.model_copy(update={"learn_outcomes": 100_000})
    with pytest.raises(InvalidInput, match="too short"):
        build_dataset(graph, few, Asked(), tell=silent)
