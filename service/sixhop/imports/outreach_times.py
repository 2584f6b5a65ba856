"""When members last sent, were asked and were reached, out of a folder's outreaches and hops. Works on whole columns.

For a realm that has no outreach yet; `rebuild_outreach_times` says the same of hops that are in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop.imports.rows import Int64s, Rows
from sixhop.imports.ties import Int32s
from sixhop.merging.times import KEPT_TIMES


@dataclass(frozen=True, slots=True)
class MemberTimes:
    """Times in order of member, then time; at most the last 64 of each member."""

    member: Int32s
    at: Int64s

    def of(self, members: slice) -> tuple[Int64s, Int64s]:
        """The times of some members, and where each member's begin among them."""
        bounds = np.searchsorted(self.member, np.arange(members.start, members.stop + 1))
        return self.at[bounds[0] : bounds[-1]], bounds - bounds[0]


def outreach_times(outreach: Rows, hops: Rows | None) -> dict[str, MemberTimes]:
    """By property of Member, its times. Position 0 is the sender's, the last the target's, those between were asked."""
    at, target = outreach["at"], outreach["target_id"]
    if hops is None:
        chain, position, member, asked_at = (np.empty(0, np.int64) for _ in range(4))
    else:
        later = hops["position"] > 0
        chain, position, member, asked_at = (
            hops[name][later] for name in ("outreach_id", "position", "member_id", "asked_at")
        )
    last = np.zeros(len(at), dtype=np.int64)
    np.maximum.at(last, chain, position)
    told = np.zeros(len(at), dtype=bool)
    told[chain[member == target[chain]]] = True
    last[~told] += 1  # a target that was not asked yet stands after whoever was asked last
    ends = position == last[chain]
    return {
        "sent_at": latest(outreach["sender_id"], at),
        "asked_at": latest(member[~ends], asked_at[~ends]),
        "reached_at": latest(
            np.concatenate([member[ends], target[~told]]), np.concatenate([at[chain[ends]], at[~told]])
        ),
    }


def latest(member: Int32s, at: Int64s) -> MemberTimes:
    """The last times of each member, in order."""
    order = np.lexsort((at, member))
    member, at = member[order], at[order]
    stop = np.searchsorted(member, member, side="right")
    kept = stop - np.arange(len(member)) <= KEPT_TIMES
    return MemberTimes(member[kept], at[kept])
