"""When members last sent, were asked and were reached, as outreaches change. Plain values in, plain values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sixhop.merging.hops import Hop

KEPT_TIMES = 64
"""Of each kind and member; what asks how often somebody was bothered of late looks no further back."""
KINDS_OF_TIMES = ("sent_at", "asked_at", "reached_at")
Times = Counter[tuple[str, str, int]]
"""How often (member, kind of time, time) stands in outreaches."""


def times_of(at: int | None, hops: Iterable[Hop]) -> Times:
    """What one outreach, started at `at` (None while it is not known), says of its members.

    Position 0 is the sender's, the last the target's, those between were asked.
    """
    hops = list(hops)
    last = max((hop.position for hop in hops), default=0)
    times: Times = Counter()
    for hop in hops:
        if 0 < hop.position < last:
            if hop.asked_at is not None:
                times[hop.member_id, "asked_at", hop.asked_at] += 1
        elif at is not None:
            times[hop.member_id, "sent_at" if hop.position == 0 else "reached_at", at] += 1
    return times


def shift_times(stored: Iterable[int], gone: Iterable[int], new: Iterable[int]) -> tuple[list[int], bool]:
    """The last times, oldest first, and whether they are sure to be the last: not when a full list lost some."""
    before = list(stored)
    counts = Counter(before)
    lost = Counter(gone)
    was_full = len(before) >= KEPT_TIMES
    sure = not (was_full and any(counts[time] for time in lost))
    counts.subtract({time: min(number, counts[time]) for time, number in lost.items()})
    after = sorted([*counts.elements(), *new])
    return after[-KEPT_TIMES:], sure
