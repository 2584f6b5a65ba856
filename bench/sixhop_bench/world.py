"""A made-up graph read back as arrays from the folder it was loaded from: to draw questions from, and for the oracle.

Members and offerings are numbers here: `m7` is member 7. Knows nothing of Neo4j.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sixhop_bench.ties import PASS_ON_PRIOR, Floats, Ints

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ties of everyone in one direction: those of member u are rows `start[u]` to `start[u + 1]`.

    `pass_on` is 0 where the two block each other.
    """

    start: Ints
    to: Ints
    pass_on: Floats

    def of(self, members: Ints) -> tuple[Ints, Ints]:
        """Rows of the ties of all `members`, and for each which of `members` it is of."""
        counts = self.start[members + 1] - self.start[members]
        owner = np.repeat(np.arange(len(members)), counts)
        before = np.cumsum(counts) - counts
        return self.start[members][owner] + np.arange(len(owner)) - before[owner], owner


@dataclass(frozen=True, slots=True)
class World:
    """Experiences stand by (member, offering): those of member u are rows `had_start[u]` to `had_start[u + 1]`."""

    members: int
    offerings: int
    forward: Ways
    backward: Ways
    blocked: frozenset[tuple[int, int]]
    """Pairs, each both ways."""
    reachable: Bools
    """Consents to be reached and has not opted out."""
    opted_out: Bools
    named: Bools
    introduces: Bools
    had_start: Ints
    had_offering: Ints
    sentiment: Floats
    """nan where nothing was said."""
    outreaches: int

    @property
    def had_member(self) -> Ints:
        return np.repeat(np.arange(self.members), np.diff(self.had_start))

    def experienced(self, offering: int) -> tuple[Ints, Floats]:
        """Who experienced it, and how they felt about it last."""
        rows = np.flatnonzero(self.had_offering == offering)
        return np.searchsorted(self.had_start, rows, side="right") - 1, self.sentiment[rows]

    def blocked_with(self, member: int) -> list[int]:
        return [other for one, other in self.blocked if one == member]


def read_world(folder: Path) -> World:
    """Read the folder that `folder.write_folder` wrote."""
    facts = pq.read_table(folder / "members.parquet")
    members = facts.num_rows
    offerings = pq.read_metadata(folder / "offerings.parquet").num_rows
    ties = pq.read_table(folder / "ties.parquet")
    from_member, to_member = _numbers(ties["from_id"]), _numbers(ties["to_id"])
    strength = ties["strength"].to_numpy()
    pass_on = PASS_ON_PRIOR * 2.0 * strength / (1.0 + strength)
    blocks = pq.read_table(folder / "blocks.parquet")
    one, other = _numbers(blocks["from_id"]), _numbers(blocks["to_id"])
    shut = np.concatenate([one * members + other, other * members + one])
    pass_on[np.isin(from_member * members + to_member, shut)] = 0.0

    outreach = pq.read_table(folder / "outreach.parquet")
    opted_out = np.zeros(members, dtype=bool)
    opted_out[_numbers(outreach.filter(pc.equal(outreach["outcome"], "opted_out"))["target_id"])] = True
    had = pq.read_table(folder / "experiences.parquet", columns=["member_id", "offering_id", "sentiment"])
    return World(
        members=members,
        offerings=offerings,
        forward=_ways(from_member, to_member, pass_on, members),
        backward=_ways(to_member, from_member, pass_on, members),
        blocked=frozenset(zip((shut // members).tolist(), (shut % members).tolist(), strict=True)),
        reachable=_unless_refused(facts["can_be_reached"]) & ~opted_out,
        opted_out=opted_out,
        named=_unless_refused(facts["can_be_named"]),
        introduces=_unless_refused(facts["can_introduce"]),
        had_start=np.searchsorted(_numbers(had["member_id"]), np.arange(members + 1)),
        had_offering=_numbers(had["offering_id"]),
        sentiment=had["sentiment"].to_numpy(),
        outreaches=outreach.num_rows,
    )


def _numbers(ids: pa.ChunkedArray) -> Ints:
    """7 for `m7`."""
    return np.asarray(pc.utf8_slice_codeunits(ids, 1).cast(pa.int64()))


def _unless_refused(column: pa.ChunkedArray) -> Bools:
    return np.asarray(column.fill_null(True))


def _ways(near: Ints, far: Ints, pass_on: Any, members: int) -> Ways:
    order = np.argsort(near, kind="stable")
    start = np.searchsorted(near[order], np.arange(members + 1))
    return Ways(start, far[order].astype(np.int32), pass_on[order])
