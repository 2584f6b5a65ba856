"""The lists of the walk, CLOSE_TO and CLOSE_FROM, as ties change. Plain values in, plain values out.

A list holds the best ties of a member, by `pass_on` and then by id. It never holds a tie that is worse than one it
leaves out; it is short only when a listed tie lost so much that another, unlisted one may be better now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Listed = Mapping[str, float]
"""`pass_on` by the member at the other end."""


class Change(NamedTuple):
    """What `pass_on` of a tie was and is, None where there was or is no such tie; and whether it is on the list."""

    before: float | None
    after: float | None
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a list without reading it: how many ties there are, how many of them it holds, its best."""

    ties: int
    listed: int
    best: float | None


def place_unread(
    outline: Outline, changed: Mapping[str, Change], *, most: int
) -> tuple[dict[str, float | None], float | None] | None:
    """Places that change, None where one is given up, and the best of the list then; None where the list must be read.

    It need not be read while all ties are on it, nor where it is full and those on it only grow closer: so none comes
    and none goes.
    """
    grown = sum((each.before is None) - (each.after is None) for each in changed.values())
    if outline.listed < outline.ties or outline.ties + grown > most:
        closer = all(each.is_listed and (each.after or 0.0) >= (each.before or 0.0) for each in changed.values())
        if not closer or outline.listed < most:
            return None
    best = max((each.after for each in changed.values() if each.after is not None), default=None)
    if outline.best is not None and (best is None or best < outline.best):
        if any(each.before == outline.best for each in changed.values()):
            return None
        best = outline.best
    return {other: each.after for other, each in changed.items()}, best


def keep_best(
    listed: Listed, changed: Mapping[str, float | None], *, ties_before: int, ties_now: int, most: int
) -> tuple[dict[str, float], bool]:
    """The list after some ties changed, and whether it is as long as it can be.

    Args:
        listed: the list before.
        changed: `pass_on` of ties that are new or not what they were; None for one that is gone.
        ties_before, ties_now: how many ties the member had, and has.
        most: how many a full list holds.
    """
    known = {**listed, **changed}
    ranked = sorted((-score, other) for other, score in known.items() if score is not None)
    if len(listed) < ties_before:  # what is left out is no better than the last that was listed
        floor = max(((-score, other) for other, score in listed.items()), default=(-2.0, ""))
        ranked = [each for each in ranked if each <= floor]
    best = {other: -score for score, other in ranked[:most]}
    return best, len(best) >= min(most, ties_now)
