"""The whole training on a made-up realm in a real Neo4j: artifacts, honest slices, figures that can be recomputed."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from sixhop.errors import Misconfigured
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.models.champion import load_model
from sixhop.models.registry import REFERRAL, Registry
from sixhop.pseudonyms import open_pseudonyms
from sixhop.settings import Settings
from sixhop_ml.job import Asked, Outcome, Retrained, retrain
from small_world import experience, tie, write_world

DAY = 86_400
FEW_PAIRS = 8_000
START = 1_400_000_000
MEMBERS = [f"member-{n}" for n in range(120)]
OFFERINGS = [f"offering-{n}" for n in range(160)]


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def made_up_realm(graph: Graph) -> None:
    """Circles of friends; a new offering spreads from friend to friend within days, and mostly stays in its circle."""
    rng = np.random.default_rng(7)
    circle = np.arange(len(MEMBERS)) % 10
    friends = {
        (u, v)
        for u in range(len(MEMBERS))
        for v in range(len(MEMBERS))
        if u != v and rng.random() < (0.5 if circle[u] == circle[v] else 0.01)
    }
    got: dict[tuple[int, int], int] = {}
    for offering in range(len(OFFERINGS)):
        day = int(rng.integers(0, 690))
        wave = {int(rng.integers(0, len(MEMBERS))): day}
        while wave:
            got.update({(m, offering): d for m, d in wave.items()})
            wave = {
                v: d + int(rng.integers(1, 12))
                for m, d in wave.items()
                for u, v in friends
                if u == m and (v, offering) not in got and rng.random() < 0.25
            }
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[tie(MEMBERS[u], MEMBERS[v]) for u, v in sorted(friends)],
        experiences=[
            experience(MEMBERS[m], OFFERINGS[o], START + d * DAY) for (m, o), d in sorted(got.items()) if d <= 700
        ],
        settings={
            "label_window_days": 20,
            "half_life_days": 30.0,
            "pass_on_prior": 0.03,
            "close_ties": 32,
            "as_of_last_event": True,
            "last_event_at": START + 700 * DAY,
        },
    )
    rebuild_close(graph)


def train(graph: Graph, settings: Settings, *, loose: bool = True, **asked: Any) -> Retrained:
    """Retrain on a few pairs; `loose`: by gates that so few can pass."""
    few = {"gate_ece": 1.0, "gate_slope_low": 0.5, "gate_slope_high": 2.0} if loose else {}
    limits = settings.model_copy(update={**few, "gate_score_ms": 1000.0, "learn_pairs": FEW_PAIRS})
    return retrain(graph, limits, Asked(**asked), tell=silent)


@pytest.fixture
def trained(graph: Graph, settings: Settings) -> Retrained:
    made_up_realm(graph)
    return train(graph, settings)


def test_training_end_to_end(graph: Graph, trained: Retrained, settings: Settings) -> None:
    assert trained.outcome is Outcome.PROMOTED, trained.why
    referral = trained.made[REFERRAL].artifact
    manifest, metrics, home = referral.manifest, referral.metrics, settings.home

    # slices: in order, a whole window apart, complete
    spans = sorted(manifest["slices"].values(), key=lambda span: span["first"])
    ends = [span["last"] + manifest["label_window_s"] for span in spans]
    assert ends[0] <= spans[1]["first"]
    assert ends[1] <= spans[2]["first"]
    assert ends[2] <= manifest["data_end"] <= manifest["last_event_at"] == START + 700 * DAY

    # every figure again, from the stored predictions alone
    rows = pq.read_table(referral.path / "predictions.parquet").to_pydict()
    label, weight, likelihood = (np.array(rows[name]) for name in ("label", "weight", "likelihood"))
    assert metrics["base_rate"] == pytest.approx(np.average(label, weights=weight))
    assert metrics["average_precision"] == pytest.approx(
        average_precision_score(label, likelihood, sample_weight=weight)
    )
    assert metrics["auc"] == pytest.approx(roc_auc_score(label, likelihood, sample_weight=weight))
    brier = np.average((label - likelihood) ** 2, weights=weight)
    assert metrics["brier_skill"] == pytest.approx(1 - brier / (metrics["base_rate"] * (1 - metrics["base_rate"])))
    for name, figures in metrics["heuristics"].items():
        assert figures["average_precision"] == pytest.approx(
            average_precision_score(label, rows[name], sample_weight=weight)
        )
    assert set(np.unique(rows["degree"])) >= {1, 2, 3}
    assert all(len(np.unique(weight[label == each])) == 1 for each in (0, 1)), "each stands for as many of its kind"
    assert all(spans[2]["first"] - DAY < at <= spans[2]["last"] for at in rows["at"])
    assert metrics["brier_skill"] > 0
    assert metrics["auc"] > 0.7

    # nobody is named outside the graph
    for path in (home / "models").rglob("*.*"):
        assert not re.search(rb"(member|offering)-\d", path.read_bytes()), f"an id stands in {path.name}"
    assert all(re.fullmatch(r"[0-9a-f]{32}", hashed) for hashed in rows["sender_id"][:50])
    known = open_pseudonyms(home, graph.realm)
    assert not {known.of(each) for each in MEMBERS} & {*rows["sender_id"], *rows["target_id"]}, "nor found by the key"

    # pass_on is written back, and the walk's lists say the same
    ties = graph.rows("training/net_page", cursor="", limit=500)
    assert all(0 < scored < 1 for row in ties for scored in row["scored"])
    with graph.driver.session() as session:
        wrong = session.run(
            "MATCH (:Member {realm: $realm})-[c:CLOSE_TO]->(v)<-[k:KNOWS]-(u)-[c2:CLOSE_TO]->(v) "
            "WHERE c2.pass_on <> k.pass_on RETURN count(*) AS wrong",
            realm=graph.realm,
        ).single()
    assert wrong is not None
    assert wrong["wrong"] == 0

    # it serves; and nothing is trained again while nothing changed
    features = FeatureSet(graph.catalog)
    champion = Registry(home, graph.realm).champion(REFERRAL)
    assert champion is not None
    model = load_model(champion, feature_names=features.names, features_digest=features.digest)
    assert model.digest == referral.digest
    assert 0 < model.score([dict.fromkeys(features.names, 1.0)])[0] < 1
    again = train(graph, settings)
    assert again.outcome is Outcome.UNCHANGED
    assert again.written is None
    assert again.made[REFERRAL].artifact.digest == referral.digest

    # what was changed on disk, or means something else, is refused
    with pytest.raises(Misconfigured, match="other feature queries"):
        load_model(champion, feature_names=features.names, features_digest="other")
    stored = referral.path / "metrics.json"
    stored.write_text(json.dumps({**metrics, "auc": 1.0}), encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"metrics\.json was changed"):
        Registry(home, graph.realm).champion(REFERRAL)
