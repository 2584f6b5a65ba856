"""One statement, two ways to ask it: what serving hydrates and what training reads of the same pairs is equal."""

from __future__ import annotations

import numpy as np
import pytest

from sixhop.domain import PairKey
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.features import FeatureSet
from sixhop_ml.dataset import read_features
from sixhop_ml.history import read_history
from sixhop_ml.pairs import Pairs
from small_world import experience, tie, write_world

DAY = 86_400
NOW = 1_700_000_000
MEMBERS = [f"m{n:02}" for n in range(24)]
OFFERINGS = [f"o{n}" for n in range(6)]


def busy_world(graph: Graph, dice: np.random.Generator) -> None:
    def ago() -> int:
        return NOW - int(dice.integers(1, 700)) * DAY

    pairs = {(u, v) for u in MEMBERS for v in MEMBERS if u != v and dice.random() < 0.3}
    experiences = {(m, o) for m in MEMBERS for o in OFFERINGS if dice.random() < 0.5}
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[
            tie(
                u, v, recent=sorted(ago() for _ in range(3)), contacts=3, since=ago(), sentiment=0.5, sentiment_at=ago()
            )
            for u, v in sorted(pairs)
        ],
        experiences=[
            experience(m, o, ago(), sentiment=float(dice.uniform(-1, 1)), place="berlin")
            for m, o in sorted(experiences)
        ],
        settings={"half_life_days": 30.0, "last_event_at": NOW},
    )


@pytest.mark.asyncio
async def test_online_and_training_agree_on_every_value(graph: Graph) -> None:
    dice = np.random.default_rng(3)
    busy_world(graph, dice)
    history, features, size = read_history(graph), FeatureSet(graph.catalog), 400
    sender = dice.integers(0, len(MEMBERS), size)
    pairs = Pairs(
        sender=sender,
        target=(sender + dice.integers(1, len(MEMBERS), size)) % len(MEMBERS),
        offering=dice.integers(-1, len(history.offering_ids), size),
        at=NOW - dice.integers(0, 600, size) * DAY,
        degree=dice.integers(1, 7, size),
        community=np.full(size, -1),
        chain_score=dice.random(size),
        chain_weakest=dice.random(size),
        label=np.zeros(size, dtype=np.int64),
        weight=np.ones(size),
        features=np.empty((size, 0)),
    )
    trained_on = read_features(graph, features, history, pairs, lambda *_: None, "").features
    keys = [
        PairKey(
            sender_id=history.member_ids[pairs.sender[i]],
            target_id=history.member_ids[pairs.target[i]],
            offering_id=history.offering_ids[pairs.offering[i]] if pairs.offering[i] >= 0 else None,
            as_of=int(pairs.at[i]),
            degree=int(pairs.degree[i]),
            chain_score=float(pairs.chain_score[i]),
            chain_weakest=float(pairs.chain_weakest[i]),
        )
        for i in range(size)
    ]
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as serving:
        served = [
            row
            for some in range(0, size, 50)
            for row in await features.hydrate(serving, keys[some : some + 50], timeout_s=30.0)
        ]
    online = np.array([[row[name] for name in features.names] for row in served])
    np.testing.assert_array_equal(online, trained_on)
    told = ~np.isnan(trained_on)
    silent = [name for name, any_ in zip(features.names, told.any(axis=0), strict=True) if not any_]
    assert set(silent) <= {"place_share", "channel_share", "hour_share"}, "training knows no moment"
    assert features.names[0] == "degree"
