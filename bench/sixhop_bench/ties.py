"""Who knows whom in a made-up graph, and how well. Works on numbers; knows nothing of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sixhop_bench.graphs import GraphSpec

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_COMMUNITY, MOST_COMMUNITY = 50, 150
SHARE_INSIDE = 0.5
"""Of the ties that stay inside the community: without them there would be hardly a triangle."""
SHARE_MUTUAL = 0.6
"""Of the acquaintances in which both can contact the other."""
MOST_SHARE_OF_COMMUNITY = 0.5
"""How much of their community a member knows at most."""
DUPLICATES = 1.25
"""Draws for each tie wanted: what is drawn twice counts once."""

PASS_ON_PRIOR = 0.25
PASS_ON_MEDIAN = 0.03
PASS_ON_SPREAD = 1.0
"""Standard deviation of the logarithm of `pass_on`: one tie in twenty then passes on 0.16 or more."""
MOST_PASS_ON = 0.49
"""Below twice the prior, which is what the strongest tie has."""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Ties by (from, to), each with its strength; `community` of every member, hubs included."""

    from_member: Ints
    to_member: Ints
    strength: Floats
    community: Ints

    def __len__(self) -> int:
        return len(self.from_member)


def make_ties(spec: GraphSpec, dice: np.random.Generator) -> Acquaintance:
    """Expected degrees follow a power law (Chung and Lu, 2002); half of the ties stay inside the community."""
    members = spec.members
    starts = _communities(members, dice)
    community = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    expected = _expected_ties(spec, dice)
    inside = np.minimum(expected, MOST_SHARE_OF_COMMUNITY * np.diff(starts)[community] / SHARE_INSIDE)
    wanted = spec.mean_ties * members
    drawn = int(wanted * DUPLICATES / (1 + SHARE_MUTUAL))
    near = int(drawn * SHARE_INSIDE)

    from_member = np.concatenate([_by_weight(inside, near, dice), _by_weight(expected, drawn - near, dice)])
    to_member = np.concatenate(
        [_within(inside, starts, community[from_member[:near]], dice), _by_weight(expected, drawn - near, dice)]
    )
    both = np.flatnonzero(dice.random(drawn) < SHARE_MUTUAL)
    from_member, to_member = np.append(from_member, to_member[both]), np.append(to_member, from_member[both])
    keys = np.unique((from_member * members + to_member)[from_member != to_member])
    if len(keys) > wanted:
        keys = np.delete(keys, dice.choice(len(keys), len(keys) - wanted, replace=False))
    from_member, to_member = keys // members, keys % members
    if spec.hubs:
        from_member, to_member = _with_hubs(spec, from_member, to_member)
        community = np.append(community, dice.integers(0, len(starts) - 1, spec.hubs))
    return Acquaintance(from_member, to_member, _strengths(len(from_member), dice), community)


def _communities(members: int, dice: np.random.Generator) -> Ints:
    """Where each community begins, and the end: members of one stand together."""
    sizes = dice.integers(LEAST_COMMUNITY, MOST_COMMUNITY + 1, members // LEAST_COMMUNITY + 1)
    ends = np.cumsum(sizes)
    ends = ends[ends <= members - LEAST_COMMUNITY]
    return np.concatenate([[0], ends, [members]]).astype(np.int64)


def _expected_ties(spec: GraphSpec, dice: np.random.Generator) -> Floats:
    weight = dice.pareto(spec.exponent - 1, spec.members) + 1.0
    for _ in range(3):  # what is cut off above goes to the others
        weight = np.minimum(weight * spec.mean_ties / weight.mean(), spec.most_ties)
    return np.asarray(weight)


def _by_weight(weight: Floats, count: int, dice: np.random.Generator) -> Ints:
    """`count` draws, each member in proportion to their weight; in order of nothing."""
    times = dice.multinomial(count, weight / weight.sum())
    return dice.permutation(np.repeat(np.arange(len(weight)), times))


def _within(weight: Floats, starts: Ints, communities: Ints, dice: np.random.Generator) -> Ints:
    """For each of `communities` one of its members, in proportion to their weight."""
    until = np.concatenate([[0.0], np.cumsum(weight)])
    low, high = until[starts[communities]], until[starts[communities + 1]]
    found = np.searchsorted(until, low + dice.random(len(communities)) * (high - low), side="right") - 1
    return np.asarray(np.clip(found, starts[communities], starts[communities + 1] - 1))


def _with_hubs(spec: GraphSpec, from_member: Ints, to_member: Ints) -> tuple[Ints, Ints]:
    hubs = np.repeat(np.arange(spec.members, spec.all_members), spec.members)
    others = np.tile(np.arange(spec.members), spec.hubs)
    from_member = np.concatenate([from_member, hubs, others])
    to_member = np.concatenate([to_member, others, hubs])
    order = np.lexsort((to_member, from_member))
    return from_member[order], to_member[order]


def _strengths(count: int, dice: np.random.Generator) -> Floats:
    """Such that pass_on = prior × 2s / (1 + s) is as wanted."""
    pass_on = np.minimum(MOST_PASS_ON, PASS_ON_MEDIAN * np.exp(dice.normal(0.0, PASS_ON_SPREAD, count)))
    share: Any = pass_on / PASS_ON_PRIOR
    return np.asarray(share / (2.0 - share))
