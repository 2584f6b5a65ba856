"""Anchors: a sender, a time, and offerings they could have asked about then. Knows nothing of walks or labels.

An anchor is the sender's experience itself, or a sampled later time, since serving asks at any time. Anchors of one
sender and time share a walk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop_ml.history import History, Ints
from sixhop_ml.split import Slice

OFFERINGS_PER_WALK = 3
LATER_WINDOWS = 2
"""Anchors lie up to this many label windows after the experience."""
GOOD_SENTIMENT = 0.0


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """One walk to run and the offerings it is run for, by number."""

    sender: int
    at: int
    offerings: tuple[int, ...]


def draw_walks(
    history: History, span: Slice, *, count: int, window_s: int, rng: np.random.Generator
) -> list[WalkRequest]:
    """Draw at most `count` walks of a slice, in order of time: half at an experience, half at a later time.

    Every (sender, time) is as likely as another, so that the few who experience most do not make up the data.
    """
    good = history.sentiment >= GOOD_SENTIMENT
    reach = LATER_WINDOWS * window_s
    times = span.times(history.times)
    at_once = good & (history.at >= span.first) & (history.at <= span.last)
    starts = _distinct(history.member[at_once], history.at[at_once])
    drawn = {(int(m), int(t)) for m, t in starts[rng.permutation(len(starts))[: count // 2]]}
    earlier = good & (history.at >= span.first - reach) & (history.at < span.last)
    before = _distinct(history.member[earlier], history.at[earlier])
    for sender, experienced in before[rng.permutation(len(before))[: count - count // 2]]:
        later = times[(times > experienced) & (times <= experienced + reach)]
        if len(later):
            drawn.add((int(sender), int(rng.choice(later))))
    in_time = sorted(drawn, key=lambda walk: (walk[1], walk[0]))
    return [WalkRequest(sender, at, _offerings(history, sender, at, good, reach, rng)) for sender, at in in_time]


def _distinct(member: Ints, at: Ints) -> Ints:
    return np.unique(np.stack([member, at], axis=1), axis=0)


def _offerings(
    history: History, sender: int, at: int, good: np.ndarray, reach: int, rng: np.random.Generator
) -> tuple[int, ...]:
    """What this sender could have asked about then. A walk is dear and a label is cheap, so some share one."""
    first, last = np.searchsorted(history.member, [sender, sender + 1])
    own = slice(first, last)
    could = history.offering[own][good[own] & (history.at[own] <= at) & (history.at[own] >= at - reach)]
    return tuple(int(o) for o in rng.permutation(could)[:OFFERINGS_PER_WALK])
