"""How an outreach stands after what is told of it: its hops in order, from sender to target. Plain values.

Position 0 is the sender; the last is the target, who stands one further than whoever was asked last as long as nobody
has asked them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Hop:
    """One member of an outreach. `asked_at` is None for the sender, and for a target not asked yet."""

    position: int
    member_id: str
    asked_at: int | None = None
    answered_at: int | None = None
    state: str | None = None
    told_at: int | None = None
    """When an event last told of it; None where none did."""
    is_target: bool = False


ASKED = "asked"


def hop_of(member_id: str, stored: Mapping[str, Any]) -> Hop:
    """A hop from its stored properties."""
    return Hop(
        position=stored["position"],
        member_id=member_id,
        asked_at=stored.get("asked_at"),
        answered_at=stored.get("answered_at"),
        state=stored.get("state"),
        told_at=stored.get("told_at"),
        is_target=stored.get("is_target", False),
    )


def add_hop(before: Hop | None, *, position: int, member_id: str, at: int, state: str) -> Hop:
    """A hop after one more event. The latest holds; of two of one time an answer, of two answers the greater word."""
    if before is None:
        before = Hop(position, member_id)
    asked_at = at if before.asked_at is None else min(at, before.asked_at)
    had_at = max((t for t in (before.told_at, before.answered_at, before.asked_at) if t is not None), default=-1)
    if (at, state != ASKED, state) <= (had_at, (before.state or ASKED) != ASKED, before.state or ASKED):
        return replace(before, asked_at=asked_at)
    return replace(before, asked_at=asked_at, answered_at=None if state == ASKED else at, state=state, told_at=at)


def place_ends(
    asked: Iterable[Hop], *, sender_id: str, target_id: str, introducer_ids: Sequence[str] = ()
) -> list[Hop]:
    """All hops in order: those that were asked, the sender, who is planned to be asked, and the target."""
    known = {(hop.position, hop.member_id): hop for hop in asked}
    known.setdefault((0, sender_id), Hop(0, sender_id))
    for position, member_id in enumerate(introducer_ids, 1):
        known.setdefault((position, member_id), Hop(position, member_id))
    if all(hop.member_id != target_id or hop.position == 0 for hop in known.values()):
        position = max(hop.position for hop in known.values()) + 1
        known[position, target_id] = Hop(position, target_id)
    hops = [known[key] for key in sorted(known)]
    return [replace(hop, is_target=hop.member_id == target_id and hop.position > 0) for hop in hops]


def ends_of(hops: Iterable[Hop]) -> tuple[str | None, str | None]:
    """Sender and target; where nobody is marked as the target, whoever stands last is."""
    in_order = sorted(hops, key=lambda hop: (hop.is_target, hop.position, hop.asked_at is None, hop.member_id))
    sender = next((hop.member_id for hop in in_order if hop.position == 0), None)
    return sender, in_order[-1].member_id if in_order else None


def unite_hops(sender_id: str, target_id: str, old: Iterable[Hop], news: Iterable[Hop]) -> list[Hop]:
    """All hops: those that were asked, the sender, and the target. Of the same hop the later answer holds."""
    known: dict[tuple[int, str], Hop] = {(h.position, h.member_id): h for h in old if h.asked_at is not None}
    for hop in news:
        key = (hop.position, hop.member_id)
        before = known.get(key)
        if before is None or (hop.answered_at or 0) >= (before.answered_at or 0):
            known[key] = hop
    return place_ends(known.values(), sender_id=sender_id, target_id=target_id)


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
        "told_at": hop.told_at,
        "is_target": hop.is_target or None,
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
