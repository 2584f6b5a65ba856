"""The lists of the walk, CLOSE_TO and CLOSE_FROM, as ties change. Plain values in, plain values out.

A list holds the best ties of a member, by `pass_on` and then by id. It never holds a tie that is worse than one it
leaves out; it is short only when a listed tie lost so much that another, unlisted one may be better now.
"""

from __future__ import annotations

from collections.abc import Mapping

Listed = Mapping[str, float]
"""`pass_on` by the member at the other end."""


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
