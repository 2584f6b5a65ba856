"""The exact best chains of a made-up graph, over all its ties: what answers are compared with. Knows no Cypher.

A walk over one member twice never scores above the same walk without the loop, so the best walk of at most n ties is a
simple chain, and n rounds that keep each member's best score find it. Only who improved in the last round is looked at
in the next, and only while their score could still matter.
"""

from __future__ import annotations

import numpy as np

from sixhop_bench.ties import Floats, Ints
from sixhop_bench.world import Bools, Ways, World

DETRACTOR_SENTIMENT = -0.5
MAX_LENGTH = 6
TOP = 20
SAME = 1e-9
"""Products of the same numbers in another order differ by less than this, relatively."""


class Oracle:
    """Answers questions about one world exactly; keeps one score for each member between rounds."""

    def __init__(self, world: World) -> None:
        self.world = world

    def targets(self, sender: int, offering: int) -> dict[int, float]:
        """Of the members who may be shown, the 20 whose best chain from `sender` scores highest, with that score.

        Who scores as the twentieth does is among them too, as in `referrers`.
        """
        world = self.world
        had, sentiment = world.experienced(offering)
        eligible = world.reachable & world.named
        eligible[had] = False
        eligible[world.blocked_with(sender)] = False
        eligible[sender] = False
        return self._top(world.forward, sender, self._introducers(had, sentiment), eligible, first=world.named)

    def referrers(self, target: int, offering: int) -> dict[int, float]:
        """The 20 members with a good experience whose best chain to `target` scores highest, with that score."""
        world = self.world
        had, sentiment = world.experienced(offering)
        eligible = np.zeros(world.members, dtype=bool)
        eligible[had[~(sentiment < 0)]] = True
        eligible &= world.named & ~world.opted_out
        eligible[world.blocked_with(target)] = False
        eligible[target] = False
        return self._top(world.backward, target, self._introducers(had, sentiment), eligible)

    def best_chain(self, start: int, end: int) -> float:
        """The score of the best chain of at most six ties between two, whose first contact may be named; 0 for none."""
        world = self.world
        if (start, end) in world.blocked:
            return 0.0
        half = MAX_LENGTH // 2
        first = world.named.copy()
        first[end] = True
        ahead = self._scores(world.forward, start, world.introduces, half, first=first)
        between = world.introduces.copy()
        between[start] = False  # a way behind through the start would choose its own first contact
        behind = self._scores(world.backward, end, between, half)
        return float(max((ahead * behind * between).max(), ahead[end]))

    def _introducers(self, had: Ints, sentiment: Floats) -> Bools:
        introduces = self.world.introduces.copy()
        introduces[had[sentiment <= DETRACTOR_SENTIMENT]] = False
        return introduces

    def _top(
        self, ways: Ways, start: int, introduces: Bools, eligible: Bools, *, first: Bools | None = None
    ) -> dict[int, float]:
        scores = self._scores(ways, start, introduces, MAX_LENGTH, eligible=eligible, first=first)
        scores[~eligible] = 0.0
        reached = np.flatnonzero(scores)
        if len(reached) > TOP:
            last = np.partition(scores[reached], -TOP)[-TOP]
            reached = reached[scores[reached] >= last * (1 - SAME)]
        return {int(member): float(scores[member]) for member in reached}

    def _scores(
        self,
        ways: Ways,
        start: int,
        introduces: Bools,
        rounds: int,
        *,
        eligible: Bools | None = None,
        first: Bools | None = None,
    ) -> Floats:
        """The best score of everyone within `rounds` ties of `start`; shape (members,), 0 for who is not reached.

        With `eligible` only what may still be among the best 20 of them is followed: lower scores may be too low.
        With `first` only they are reached by the first tie.
        """
        scores = np.zeros(self.world.members)
        scores[start] = 1.0
        frontier, bar = np.array([start]), 0.0
        for number in range(rounds):
            rows, owner = ways.of(frontier)
            if number == 0 and first is not None:
                may = first[ways.to[rows]]
                rows, owner = rows[may], owner[may]
            reached, new = ways.to[rows], scores[frontier][owner] * ways.pass_on[rows]
            before = scores[reached]
            np.maximum.at(scores, reached, new)
            frontier = np.unique(reached[new > before])
            if eligible is not None:
                bar = max(bar, self._bar(scores, frontier, eligible))
            frontier = frontier[introduces[frontier] & (scores[frontier] > bar)]
            if not len(frontier):
                break
        scores[start] = 0.0 if eligible is not None else 1.0
        return scores

    @staticmethod
    def _bar(scores: Floats, reached: Ints, eligible: Bools) -> float:
        """The 20th best of the eligible among those just reached: the final one is no lower."""
        found = scores[reached[eligible[reached]]]
        return float(np.partition(found, -TOP)[-TOP]) if len(found) >= TOP else 0.0
