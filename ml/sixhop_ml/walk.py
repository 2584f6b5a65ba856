"""The six-degree walk over arrays: what the pipeline would have proposed then, without touching the graph that serves.

The same search as `cypher/sources/six_degree_walk.cypher` (round by round over the best ties of each member, the same
width, beam and quotas), over ties and `pass_on` as of a past time. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sixhop.graph.walk import WalkSettings
from sixhop_ml.history import Floats, Ints
from sixhop_ml.net import Bools, Net

CELLS = 4_000_000
"""Of the table (walks at once, members) of best chains: 128 MB."""
MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class CloseTies:
    """The best ties of each member as of a time: those of member `m` are `first[m]` to `first[m + 1]`, best first."""

    first: Ints
    end: Ints
    since: Ints
    pass_on: Floats


@dataclass(frozen=True, slots=True)
class Proposed:
    """Whom walks propose, in the order of walks, best first; each array has shape (proposals,).

    `score` is the best chain's, `weakest` the `pass_on` of its weakest tie; `degree` the length of the shortest met.
    """

    walk: Ints
    target: Ints
    degree: Ints
    score: Floats
    weakest: Floats


def close_ties(net: Net, pass_on: Floats, *, by: int, most: int) -> CloseTies:
    """Each member's `most` best ties of those there are `by` then; of equal ones those to lower numbers."""
    there = np.flatnonzero(net.since <= by)
    order = there[np.lexsort((net.end[there], -pass_on[there], net.start[there]))]
    start = net.start[order]
    rank = np.arange(len(order)) - np.searchsorted(start, start)
    order = order[rank < most]
    first = np.searchsorted(net.start[order], np.arange(net.members + 1))
    return CloseTies(first, net.end[order], net.since[order], pass_on[order])


def walk(net: Net, ties: CloseTies, senders: Ints, as_of: Ints, settings: WalkSettings) -> Proposed:
    """Walk from each sender as of their time; shape (walks,)."""
    at_once = max(1, min(MOST_AT_ONCE, CELLS // max(net.members, 1)))
    parts = list(_in_batches(net, ties, senders, as_of, settings, at_once))
    nothing = Proposed(*(np.empty(0, dtype=np.int64),) * 3, *(np.empty(0),) * 2)
    return Proposed(*(np.concatenate([getattr(p, f) for p in (nothing, *parts)]) for f in Proposed.__slots__))


def _in_batches(
    net: Net, ties: CloseTies, senders: Ints, as_of: Ints, settings: WalkSettings, at_once: int
) -> Iterator[Proposed]:
    table = _Table(at_once, net.members)
    for first in range(0, len(senders), at_once):
        some = slice(first, first + at_once)
        found = _walk_some(net, ties, senders[some], as_of[some], settings, table)
        table.clear()
        yield Proposed(found.walk + first, found.target, found.degree, found.score, found.weakest)


class _Table:
    """The best chain known of each (walk, member); a cell's number is walk * members + member."""

    def __init__(self, walks: int, members: int) -> None:
        self.members = members
        self.score = np.zeros(walks * members)
        self.weakest = np.zeros(walks * members)
        self.degree = np.zeros(walks * members, dtype=np.int64)
        self.round = np.zeros(walks * members, dtype=np.int64)
        self.cells = np.empty(0, dtype=np.int64)
        """Those reached, ascending."""

    def take(self, cells: Ints, score: Floats, weakest: Floats, number: int) -> None:
        """Keep what is better than what is known; several ways may lead to one cell."""
        best = np.lexsort((-score, cells))
        cells, score, weakest = cells[best], score[best], weakest[best]
        once = np.flatnonzero(np.diff(cells, prepend=-1))
        cells, score, weakest = cells[once], score[once], weakest[once]
        new = self.degree[cells] == 0
        self.degree[cells[new]] = number
        better = score > self.score[cells]
        cells = cells[better]
        self.score[cells], self.weakest[cells], self.round[cells] = score[better], weakest[better], number
        self.cells = np.union1d(self.cells, cells)

    def clear(self) -> None:
        for array in (self.score, self.weakest, self.degree, self.round):
            array[self.cells] = 0
        self.cells = np.empty(0, dtype=np.int64)


def _walk_some(
    net: Net, ties: CloseTies, senders: Ints, as_of: Ints, settings: WalkSettings, table: _Table
) -> Proposed:
    number_of_walks = np.arange(len(senders))
    on, at, so_far, weakest = number_of_walks, senders, np.ones(len(senders)), np.ones(len(senders))
    for number in range(1, settings.max_length + 1):
        # every way on from the frontier
        size = ties.first[at + 1] - ties.first[at]
        way = np.repeat(ties.first[at] - np.cumsum(size) + size, size) + np.arange(size.sum())
        walks, members, pass_on = np.repeat(on, size), ties.end[way], ties.pass_on[way]
        open_ = (ties.since[way] <= as_of[walks]) & (members != senders[walks]) & (pass_on > 0)
        open_ &= ~net.blocked(np.repeat(at, size), members, as_of[walks])
        if number == 1:
            open_ &= net.named[members]
        score, least = np.repeat(so_far, size) * pass_on, np.minimum(np.repeat(weakest, size), pass_on)
        table.take((walks * net.members + members)[open_], score[open_], least[open_], number)

        # who is expanded next: the best who may introduce, and some of those first reached below them
        cells = table.cells[net.introduces[table.cells % net.members]]
        cells, rank = _ranked(cells, table)
        fresh = table.round[cells] == number
        known = fresh & (rank < settings.width)
        below = cells[(rank >= settings.width) & fresh & (table.degree[cells] == number)]
        beam = below[_rank_within(below // net.members) < settings.beam]
        frontier = np.concatenate([cells[known], beam])
        on, at = np.divmod(frontier, net.members)
        so_far, weakest = table.score[frontier], table.weakest[frontier]
    return _targets(net, senders, as_of, settings, table)


def _targets(net: Net, senders: Ints, as_of: Ints, settings: WalkSettings, table: _Table) -> Proposed:
    """The best eligible members; some places are kept for each degree."""
    walks, members = np.divmod(table.cells, net.members)
    eligible = net.reachable[members] & net.named[members] & (net.opted_out_at[members] > as_of[walks])
    eligible &= ~net.blocked(senders[walks], members, as_of[walks])
    degree = table.degree[table.cells]
    eligible &= (degree >= settings.min_degree) & (degree <= settings.max_degree)
    cells, _ = _ranked(table.cells[eligible], table)
    walks, degree = cells // net.members, table.degree[cells]
    by_degree = np.lexsort((np.arange(len(cells)), degree, walks))
    place = np.empty(len(cells), dtype=np.int64)
    place[by_degree] = _rank_within((walks * 8 + degree)[by_degree])
    reserved: Bools = place < np.array((0, *settings.quotas))[degree]
    first = np.lexsort((np.arange(len(cells)), ~reserved, walks))
    kept = np.sort(first[_rank_within(walks[first]) < settings.targets])
    cells = cells[kept]
    return Proposed(walks[kept], cells % net.members, degree[kept], table.score[cells], table.weakest[cells])


def _ranked(cells: Ints, table: _Table) -> tuple[Ints, Ints]:
    """Cells by walk, best first (of equal ones the earlier, then the lower number), and each one's rank in its walk."""
    order = np.lexsort((cells, table.round[cells], -table.score[cells], cells // table.members))
    cells = cells[order]
    return cells, _rank_within(cells // table.members)


def _rank_within(groups: Ints) -> Ints:
    """0, 1, … within each run of equal values; `groups` must be sorted."""
    return np.arange(len(groups)) - np.searchsorted(groups, groups)
