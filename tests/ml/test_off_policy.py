"""What another policy would have earned is told where records can tell it, and refused where they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from sixhop.errors import InvalidInput
from sixhop_ml.off_policy import Slots, gained, placed, reordered, snips

ACTIONS = 6
EXPLORATION = 0.2
SHOWN, CANDIDATES = 5, 20


class Logging:
    """A policy that draws one of six actions by softmax, differently in each of four kinds of context."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(99)
        score = rng.normal(size=(4, ACTIONS))
        self.logged = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
        self.target = np.exp(-score / 2) / np.exp(-score / 2).sum(axis=1, keepdims=True)
        self.earns = 0.5 / (1 + np.exp(-score))
        self._rng = np.random.default_rng(seed)

    def records(self, decisions: int) -> tuple[np.ndarray, ...]:
        """Rewards, contexts, actions, and whose decision each was."""
        context = self._rng.integers(0, 4, decisions)
        drawn = self._rng.random(decisions)
        action = (drawn[:, None] > np.cumsum(self.logged[context], axis=1)).sum(axis=1)
        reward = (self._rng.random(decisions) < self.earns[context, action]).astype(float)
        return reward, context, action, self._rng.integers(0, 400, decisions)

    @property
    def truth(self) -> float:
        return float((self.target * self.earns).sum(axis=1).mean())


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held, plain, estimates = 0, [], []
    for seed in range(100):
        policy = Logging(seed)
        reward, context, action, group = policy.records(2_500)
        found = snips(reward, policy.logged[context, action], policy.target[context, action], group, seed=seed)
        assert not found.missing
        assert found.low is not None
        assert found.high is not None
        held += found.low <= policy.truth <= found.high
        plain.append(reward.mean())
        estimates.append(found.value)
    assert held >= 89
    assert np.mean(estimates) == pytest.approx(policy.truth, abs=0.005)
    assert abs(np.mean(plain) - policy.truth) > 0.03, "the plain mean is another policy's"


def test_what_was_never_shown_is_refused() -> None:
    policy = Logging(1)
    reward, context, action, group = policy.records(6_000)
    shown = action < 3  # the others could not be shown, and have no record
    logged = policy.logged[:, :3] / policy.logged[:, :3].sum(axis=1, keepdims=True)
    found = snips(
        reward[shown],
        logged[context[shown], action[shown]],
        policy.target[context[shown], action[shown]],
        group[shown],
        seed=1,
    )
    assert found.value is None
    assert "no overlap" in found.missing
    assert found.overlap == pytest.approx(policy.target[:, :3].sum(axis=1).mean(), abs=0.1)


def test_too_little_is_refused() -> None:
    policy = Logging(2)
    reward, context, action, group = policy.records(60)
    few = snips(reward, policy.logged[context, action], policy.target[context, action], group, seed=1)
    assert "as good as" in few.missing
    reward, context, action, _ = policy.records(4_000)
    logged, target = policy.logged[context, action], policy.target[context, action]
    assert "senders" in snips(reward, logged, target, np.arange(4_000) % 3, seed=1).missing
    nothing = np.empty(0)
    assert snips(nothing, nothing, nothing, np.empty(0, dtype=np.int64), seed=1).missing == "no decision was recorded"


def test_impossible_and_wrong_propensities_are_refused() -> None:
    ones, group = np.ones(500), np.arange(500)
    assert "no chance" in snips(ones, np.where(group == 0, 0.0, 1.0), ones, group, seed=1).missing
    assert "not the propensities" in snips(ones, np.full(500, 0.5), ones, group, seed=1).missing
    with pytest.raises(InvalidInput, match="logged"):
        snips(ones, 2 * ones, ones, group, seed=1)


def answers(count: int, *, seed: int) -> tuple[Slots, np.ndarray, float, float]:
    """Answers as `select` makes them, the challenger's ranks, and what its first slot and the served one truly earn."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(1, 6, size=(count, CANDIDATES))
    served = chance + rng.normal(0, 0.15, chance.shape)
    order = np.argsort(-served, axis=1)
    shown = order[:, :SHOWN].copy()
    rows = np.arange(count)
    truth = np.take_along_axis(chance, shown, axis=1).max(axis=1).mean()
    explored = rng.random(count) < EXPLORATION
    others = order[rows, SHOWN + rng.integers(0, CANDIDATES - SHOWN, count)]
    shown[explored, -1] = others[explored]
    propensity = np.ones((count, SHOWN))
    propensity[:, -1] = np.where(explored, EXPLORATION / (CANDIDATES - SHOWN), 1 - EXPLORATION)
    own = np.take_along_axis(chance, shown, axis=1)
    marked = np.zeros((count, SHOWN), dtype=np.int64)
    marked[:, -1] = explored
    slots = Slots(
        answer=np.repeat(rows, SHOWN),
        position=np.tile(np.arange(SHOWN), count),
        propensity=propensity.ravel(),
        explored=marked.ravel(),
        reward=(rng.random(own.size) < own.ravel()).astype(float),
        sender=np.repeat(rng.integers(0, count // 4, count), SHOWN),
    )
    return slots, own.ravel(), float(truth), float(chance[rows, order[:, 0]].mean())


def test_another_order_of_what_was_shown_earns_what_it_truly_would() -> None:
    held = 0
    for seed in range(20):
        slots, challenger, truth, served = answers(3_000, seed=seed)
        found = reordered(slots, challenger, first=1, seed=seed)
        assert not found.missing
        assert found.overlap == pytest.approx(1, abs=0.05)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
        more = gained(slots, challenger, first=1, seed=seed)
        assert more.low is not None
        assert more.high is not None
        assert more.low > 0
        held += more.low <= truth - served <= more.high
    assert held >= 34
    same = gained(slots, -slots.position.astype(float), first=1, seed=1)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_place_by_place_another_order_has_no_overlap_and_the_same_has() -> None:
    slots, challenger, _, served = answers(3_000, seed=5)
    assert "no overlap" in placed(slots, challenger, first=1, seed=1).missing
    same = placed(slots, -slots.position.astype(float), first=1, seed=1)
    assert same.overlap == 1
    assert same.value == pytest.approx(served, abs=0.03)
