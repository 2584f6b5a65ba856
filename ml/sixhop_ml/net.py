"""Everyone's ties as arrays, with what the walk's rules ask of members. Numbers are those of the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sixhop.graph.executor import Graph
from sixhop_ml.history import NEVER, PAGE, Floats, Ints

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Net:
    """All ties of a realm, sorted by (from, to), and the members they join.

    Attributes
    ----------
    start, end, since, scored
        Of each tie: whom it leads from and to; since when there is it (0: not dated); what the tie model said last
        (-1: nothing). Shape (ties,).
    introduces, named, reachable
        Of each member; shape (members,).
    community
        The top-level community of each, by number; -1 for who is in none.
    opted_out_at
        When each opted out; `NEVER` for who did not.
    blocks
        (from, to, at) of each block; shape (blocks, 3).
    """

    start: Ints
    end: Ints
    since: Ints
    scored: Floats
    introduces: Bools
    named: Bools
    reachable: Bools
    community: Ints
    opted_out_at: Ints
    blocks: Ints
    digest: str = ""
    """Of what features read of ties besides."""

    @property
    def members(self) -> int:
        return len(self.introduces)

    def blocked(self, one: Ints, other: Ints, as_of: Ints) -> Bools:
        """Whether one of each two had blocked the other by then."""
        if not len(self.blocks):
            return np.zeros(len(one), dtype=np.bool_)
        ahead, at = self.blocks[:, 0] * self.members + self.blocks[:, 1], self.blocks[:, 2]
        back = self.blocks[:, 1] * self.members + self.blocks[:, 0]
        keys, at = np.concatenate([ahead, back]), np.concatenate([at, at])
        order = np.lexsort((at, keys))
        keys, at = keys[order], at[order]
        wanted = one * self.members + other
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)  # the earliest of the two's
        found: Bools = (keys[place] == wanted) & (at[place] <= as_of)
        return found


def read_net(graph: Graph, member_ids: Sequence[str]) -> Net:
    """Read all ties among `member_ids`, page by page."""
    numbers = {member_id: number for number, member_id in enumerate(member_ids)}
    ends, since, scored, degrees = [], [], [], np.zeros(len(member_ids), dtype=np.int64)
    blocks: list[tuple[int, int, int]] = []
    introduces, named, reachable = (np.ones(len(member_ids), dtype=np.bool_) for _ in range(3))
    opted_out_at, community = np.full(len(member_ids), NEVER), np.full(len(member_ids), -1)
    communities: dict[str, int] = {}
    cursor, digest = "", hashlib.sha256()
    while rows := graph.rows("training/net_page", cursor=cursor, limit=PAGE):
        for row in rows:
            digest.update(json.dumps(row["facts"]).encode())
            number = numbers.get(row["member_id"])
            if number is None:  # came after the history was read
                continue
            kept = [i for i, to in enumerate(row["to_ids"]) if to in numbers]
            ends.append(np.array([numbers[row["to_ids"][i]] for i in kept], dtype=np.int64))
            since.append(np.array([row["since"][i] for i in kept], dtype=np.int64))
            scored.append(np.array([row["scored"][i] for i in kept], dtype=np.float64))
            degrees[number] = len(kept)
            introduces[number], named[number] = row["introduces"], row["named"]
            reachable[number] = row["reachable"]
            if row["community_id"] is not None:
                community[number] = communities.setdefault(row["community_id"], len(communities))
            if row["opted_out_at"] is not None:
                opted_out_at[number] = row["opted_out_at"]
            blocks += [
                (number, numbers[to], at)
                for to, at in zip(row["blocked_ids"], row["blocked_at"], strict=True)
                if to in numbers
            ]
        cursor = rows[-1]["member_id"]
    nothing = np.empty(0, dtype=np.int64)
    return Net(
        start=np.repeat(np.arange(len(member_ids)), degrees),
        end=np.concatenate([nothing, *ends]),
        since=np.concatenate([nothing, *since]),
        scored=np.concatenate([np.empty(0), *scored]),
        introduces=introduces,
        named=named,
        reachable=reachable,
        community=community,
        opted_out_at=opted_out_at,
        blocks=np.array(blocks, dtype=np.int64).reshape(-1, 3),
        digest=digest.hexdigest(),
    )
