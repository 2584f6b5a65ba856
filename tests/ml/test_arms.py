"""Two arms of whole communities: the interval holds the truth as often as it says, and few tell nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sixhop_ml.arms import LEAST_CLUSTERS, gap

RUNS = 300


def arms(rng: np.random.Generator, *, clusters: int = 120, more: float = 0.05) -> tuple[np.ndarray, ...]:
    """Communities of uneven sizes that differ much more than their members by chance would."""
    sizes = 1 + rng.geometric(1 / 30, clusters)
    by_challenger = (rng.random(clusters) < 0.5).astype(int)
    rate = rng.beta(2, 6, clusters) * (1 - more) + more * by_challenger
    cluster = np.repeat(np.arange(clusters), sizes)
    yes = (rng.random(len(cluster)) < rate[cluster]).astype(float)
    return yes, cluster, by_challenger[cluster]


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = naive = told = 0
    truth = 0.05
    for seed in range(RUNS):
        yes, cluster, by = arms(np.random.default_rng(seed))
        found = gap(yes, cluster, by)
        if found.missing:
            continue
        told += 1
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
        plain = 1.96 * np.sqrt(sum(yes[by == arm].var() / (by == arm).sum() for arm in (0, 1)))
        naive += abs(found.difference - truth) <= plain  # type: ignore[operator]
    assert told > 0.5 * RUNS
    assert held / told >= 0.91
    assert naive / told < 0.8, "as if members of a community were strangers"


def test_of_even_clusters_of_one_it_is_the_plain_interval() -> None:
    rng = np.random.default_rng(1)
    yes, by = (rng.random(4_000) < 0.2).astype(float), np.repeat([0, 1], 2_000)
    found = gap(yes, np.arange(4_000), by)
    assert found.difference == pytest.approx(yes[2_000:].mean() - yes[:2_000].mean())
    plain = 1.96 * np.sqrt(yes[:2_000].var() / 2_000 + yes[2_000:].var() / 2_000)
    assert found.high - found.low == pytest.approx(2 * plain, rel=0.01)  # type: ignore[operator]
    assert found.champion.effective == pytest.approx(2_000)


def test_few_communities_tell_nothing_be_there_ever_so_many_rows() -> None:
    rng = np.random.default_rng(2)
    cluster = rng.integers(0, 2 * int(LEAST_CLUSTERS) - 4, 100_000)
    yes = (rng.random(len(cluster)) < 0.2).astype(float)
    found = gap(yes, cluster, (cluster % 2).astype(int))
    assert (found.low, found.high) == (None, None)
    assert found.difference is not None
    assert "20 in each arm are needed" in found.missing
    crowd = np.where(rng.random(len(cluster)) < 0.9, 0, np.arange(len(cluster)))
    assert gap(yes, crowd, (crowd % 2).astype(int)).missing, "one community is most of an arm"


def test_an_empty_arm_is_said_to_be_empty() -> None:
    found = gap(np.ones(50), np.arange(50), np.ones(50, dtype=int))
    assert (found.challenger.value, found.champion.value, found.difference) == (1.0, None, None)
    assert "nobody" in found.missing
    assert gap(np.empty(0), np.empty(0, dtype=int), np.empty(0, dtype=int)).missing
