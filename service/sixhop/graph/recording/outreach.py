"""Outreaches: their hops and outcomes, and the times their members keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sixhop.events import Event, HopTold, Node, NodeTold, OutreachEnded, OutreachStarted
from sixhop.graph.executor import AsyncTransaction, Row, WrittenMeanwhile
from sixhop.merging.hops import Hop, add_hop, ends_of, hop_of, hop_rows, place_ends
from sixhop.merging.times import KEPT_TIMES, KINDS_OF_TIMES, Times, shift_times, times_of


async def write_outreaches(tx: AsyncTransaction, events: Iterable[Event]) -> list[Event]:
    """Apply what `events` tell of outreaches. Who is on them is locked and there.

    Returns:
        What follows for members: who opted out.
    """
    told: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if isinstance(event.what, OutreachStarted | HopTold | OutreachEnded):
            told[event.what.outreach_id].append(event)
    if not told:
        return []
    member_ids = sorted({member_id for group in told.values() for event in group for member_id in event.member_ids})
    found = await tx.row("writes/events_lock_outreach", outreach_ids=sorted(told), member_ids=member_ids)
    stored = {id_: (properties, offering_id, hops) for id_, properties, offering_id, hops in found["outreaches"]}
    if any("last_position" in properties for properties, _, _ in stored.values()):
        raise WrittenMeanwhile("the sender or target of an outreach was erased")
    rows: list[Row] = []
    before, after = Times(), Times()
    follows: list[Event] = []
    for outreach_id, group in sorted(told.items()):
        properties, offering_id, hops = stored.get(outreach_id, ({}, None, []))
        old = [hop_of(member_id, hop) for member_id, hop in hops]
        plan, changes, new = fold_outreach(properties, offering_id, old, group)
        outcome = changes.get("outcome", properties.get("outcome"))
        rows.append(
            {
                "id": outreach_id,
                "offering_id": plan.offering_id,
                "target_id": plan.target_id,
                "properties": changes,
                "adopted": outcome == "adopted",
                "opted_out_at": None,
                "hops": hop_rows(new),
            }
        )
        before += times_of(properties.get("at"), old)
        after += times_of(plan.at, new)
        opted_out_at = changes.get("opted_out_at", properties.get("opted_out_at"))
        if opted_out_at is not None and plan.target_id is not None:
            what = NodeTold(Node.MEMBER, plan.target_id, {"opted_out_at": opted_out_at})
            follows.append(Event("", opted_out_at, what))
    await tx.row("writes/outreach", rows=rows)
    await _write_times(tx, found["members"], before - after, after - before)
    return follows


@dataclass(frozen=True, slots=True)
class Plan:
    """What an outreach was started as: by whom, to whom, about what, over whom; None while nobody told."""

    at: int | None = None
    sender_id: str | None = None
    target_id: str | None = None
    offering_id: str | None = None
    introducers: tuple[Hop, ...] = ()

    def or_later(self, at: int, told: OutreachStarted) -> Plan:
        """The plan that was told of last; of two of one time, the one whose ids are greater."""
        new = (told.sender_id, told.target_id, told.offering_id)
        if self.at is not None and (at, new) <= (self.at, (self.sender_id, self.target_id, self.offering_id or "")):
            return self
        return Plan(at, *new, tuple(Hop(i, member_id) for i, member_id in enumerate(told.introducer_ids, 1)))


def fold_outreach(
    stored: Mapping[str, Any], offering_id: str | None, old: Iterable[Hop], events: Iterable[Event]
) -> tuple[Plan, dict[str, Any], list[Hop]]:
    """An outreach after some events: its plan, what changes of its properties, and its hops.

    Hops and outcomes may be told of before the outreach is.
    """
    old = list(old)
    plan = Plan()
    if stored.get("at") is not None:
        sender_id, target_id = ends_of(old)
        unasked = (h for h in old if h.asked_at is None and h.position > 0 and h.member_id != target_id)
        plan = Plan(stored["at"], sender_id, target_id, offering_id, tuple(unasked))
    asked = {(hop.position, hop.member_id): hop for hop in old if hop.asked_at is not None}
    changes: dict[str, Any] = {}
    for event in events:
        match event.what:
            case OutreachStarted() as told:
                before, plan = plan, plan.or_later(event.at, told)
                if plan is not before:
                    token = told.attribution_token
                    changes |= {"at": event.at, "attribution_token": token, "rewarded": told.rewarded}
            case HopTold() as told:
                key = told.position, told.member_id
                asked[key] = add_hop(
                    asked.get(key), position=told.position, member_id=told.member_id, at=event.at, state=told.state
                )
            case OutreachEnded() as told:
                known = {**stored, **changes}
                had = known.get("outcome_at") or known.get("at") or 0, known.get("outcome") or ""
                if not had[1] or (event.at, told.outcome) > had:
                    changes |= {"outcome": told.outcome, "outcome_at": event.at}
                if told.outcome == "opted_out":
                    changes["opted_out_at"] = max(event.at, known.get("opted_out_at") or event.at)
    if plan.sender_id is None or plan.target_id is None:
        return plan, changes, [asked[key] for key in sorted(asked)]
    planned = (hop for hop in plan.introducers if (hop.position, hop.member_id) not in asked)
    hops = place_ends([*asked.values(), *planned], sender_id=plan.sender_id, target_id=plan.target_id)
    return plan, changes, hops


async def _write_times(tx: AsyncTransaction, members: list[list[Any]], gone: Times, new: Times) -> None:
    changes: dict[str, dict[str, list[int] | None]] = defaultdict(dict)
    unsure: set[str] = set()
    lost, won = _by_list(gone), _by_list(new)
    for member_id, *lists in members:
        for kind, times in zip(KINDS_OF_TIMES, lists, strict=True):
            key = member_id, kind
            if key in lost or key in won:
                kept, sure = shift_times(times or (), lost[key], won[key])
                changes[member_id][kind] = kept or None
                if not sure:
                    unsure.add(member_id)
    if changes:
        await tx.row("writes/member_times", rows=sorted(changes.items()))
    if unsure:
        await tx.rows("writes/rebuild_outreach_times", member_ids=sorted(unsure), kept=KEPT_TIMES)


def _by_list(times: Times) -> dict[tuple[str, str], list[int]]:
    lists: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (member_id, kind, at), number in times.items():
        lists[member_id, kind] += [at] * number
    return lists
