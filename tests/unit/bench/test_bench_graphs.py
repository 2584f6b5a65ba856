"""The made-up graphs are what the benchmark says they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sixhop.errors import InvalidInput
from sixhop.imports.folder import open_folder
from sixhop_bench.commands import chosen
from sixhop_bench.folder import write_folder
from sixhop_bench.graphs import GraphSpec
from sixhop_bench.ties import PASS_ON_MEDIAN, PASS_ON_PRIOR, make_ties
from sixhop_bench.world import read_world

SPEC = GraphSpec("some", 20_000)


def test_ties_follow_a_power_law_within_communities() -> None:
    ties = make_ties(SPEC, np.random.default_rng(1))
    assert len(ties) == SPEC.mean_ties * SPEC.members
    assert (ties.from_member != ties.to_member).all()
    assert len(np.unique(ties.from_member * SPEC.members + ties.to_member)) == len(ties)
    inside = ties.community[ties.from_member] == ties.community[ties.to_member]
    assert 0.35 < inside.mean() < 0.65
    for end in (ties.from_member, ties.to_member):
        degree = np.bincount(end, minlength=SPEC.members)
        assert np.median(degree) < SPEC.mean_ties
        assert 100 < degree.max() < 1.3 * SPEC.most_ties


def test_pass_on_has_the_median_it_should() -> None:
    strength = make_ties(SPEC, np.random.default_rng(1)).strength
    pass_on = PASS_ON_PRIOR * 2 * strength / (1 + strength)
    assert np.median(pass_on) == pytest.approx(PASS_ON_MEDIAN, rel=0.03)
    assert np.percentile(pass_on, 95) > 0.13


def test_a_hub_is_tied_both_ways_with_everybody_else() -> None:
    spec = GraphSpec("hubs", 3_000, hubs=2)
    ties = make_ties(spec, np.random.default_rng(1))
    for end in (ties.from_member, ties.to_member):
        assert (np.bincount(end)[spec.members :] == spec.members).all()


def test_the_same_parameters_give_the_same_folder_which_can_be_imported(tmp_path: Path) -> None:
    spec = GraphSpec("small", 1_000)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_folder(spec, tmp_path / name)
    one, two = (open_folder(tmp_path / name) for name in ("one", "two"))
    assert one.digest == two.digest
    assert "hops" in one.files
    world = read_world(tmp_path / "one")
    assert len(world.forward.to) == spec.members * spec.mean_ties
    assert 6 < len(world.had_offering) / spec.members < 11


def test_other_parameters_are_another_graph() -> None:
    assert GraphSpec("a", 1_000).digest != GraphSpec("a", 1_000, seed=8).digest


def test_an_unknown_graph_is_named() -> None:
    with pytest.raises(InvalidInput, match="no graph 2m; there are tiny, 10k, 100k, 1m, hubs"):
        chosen("10k,2m")
