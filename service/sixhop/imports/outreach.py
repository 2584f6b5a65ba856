"""How an outreach stands after what a folder says of it: its hops in order, from sender to target. Plain values.

Position 0 is the sender; the last is the target, who stands one further than whoever was asked last as long as nobody
has asked them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hop:
    """One member of an outreach. `asked_at` is None for the sender, and for a target not asked yet."""

    position: int
    member_id: str
    asked_at: int | None = None
    answered_at: int | None = None
    state: str | None = None


def unite_hops(sender_id: str, target_id: str, old: Iterable[Hop], news: Iterable[Hop]) -> list[Hop]:
    """All hops: those that were asked, the sender, and the target. Of the same hop the later answer holds."""
    known: dict[tuple[int, str], Hop] = {(h.position, h.member_id): h for h in old if h.asked_at is not None}
    for hop in news:
        key = (hop.position, hop.member_id)
        before = known.get(key)
        if before is None or (hop.answered_at or 0) >= (before.answered_at or 0):
            known[key] = hop
    known.setdefault((0, sender_id), Hop(0, sender_id))
    if all(hop.member_id != target_id or hop.position == 0 for hop in known.values()):
        position = max(hop.position for hop in known.values()) + 1
        known[position, target_id] = Hop(position, target_id)
    return [known[key] for key in sorted(known)]


def hop_rows(hops: list[Hop]) -> list[dict[str, Any]]:
    """Hops as rows to write; who asked and which attempt it was follow from the times."""
    return [{"member_id": hop.member_id, "properties": _properties(hop, hops)} for hop in hops]


def _properties(hop: Hop, hops: list[Hop]) -> dict[str, Any]:
    asked = hop.asked_at
    properties: dict[str, Any] = {
        "position": hop.position,
        "asked_at": asked,
        "answered_at": hop.answered_at,
        "state": hop.state,
        "attempt": None,
        "asked_by": None,
    }
    if asked is None:
        return properties
    before = [(h.asked_at, h.member_id) for h in hops if h.position == hop.position and h.asked_at is not None]
    properties["attempt"] = sorted(before).index((asked, hop.member_id)) + 1
    askers = [h for h in hops if h.position == hop.position - 1 and (h.asked_at or 0) <= asked]
    if askers:
        # Whoever was asked last, and passed it on, is the one who asked; the id breaks ties.
        best = max(askers, key=lambda h: (h.state == "passed_on", h.asked_at or 0, h.member_id))
        properties["asked_by"] = best.member_id
    return properties
