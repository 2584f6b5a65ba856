"""Applies events, some hundred at once in one transaction: each of them once, in any order, beside other writers.

Whom the events speak of is locked first, in the order of the ids. Then it is known what was applied before, and nobody
else changes what is read to be merged with.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sixhop.errors import InvalidInput, Reason, SixhopError
from sixhop.events import (
    Event,
    Experienced,
    HopTold,
    Link,
    LinkTold,
    Node,
    NodeTold,
    OutreachEnded,
    OutreachStarted,
    Recorded,
    Rejected,
    Voiced,
)
from sixhop.graph.close import rebuild_within
from sixhop.graph.executor import AsyncGraph, AsyncTransaction, WrittenMeanwhile
from sixhop.graph.realm import RealmSettings, settings_from_row
from sixhop.graph.recording.facts import Facts, circles
from sixhop.graph.recording.outreach import write_outreaches
from sixhop.graph.recording.ties import write_ties
from sixhop.tasks import end
from sixhop.telemetry.watch import WATCH

log = logging.getLogger(__name__)
RECORD = "writes/events"
ERASED = (("", "speaks of a member who was erased, and whom nothing brings back"),)
OF_OUTREACH = OutreachStarted | HopTold | OutreachEnded
MOST_WAITING = 1_000
"""Members whose lists wait to be made anew; who finds no place has theirs made anew at a later write."""
REBUILD_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class _Applied:
    recorded: Recorded
    short_of_ties: tuple[str, ...] = ()


class EventRecorder:
    """Writes into one realm.

    Args:
        graph: the realm.
        pseudonym: the keyed hash of a member's id, under which it is kept who was erased.
    """

    def __init__(self, graph: AsyncGraph, pseudonym: Callable[[str], str]) -> None:
        self._graph = graph
        self._pseudonym = pseudonym
        self._short: dict[str, None] = {}
        self._rebuilding: asyncio.Task[None] | None = None

    async def record(
        self, events: Sequence[tuple[int, Event]], *, rejected: Sequence[Rejected] = (), atomic: bool, timeout_s: float
    ) -> Recorded:
        """Apply events, each given with its place.

        Args:
            events: those that are sound in themselves.
            rejected: those that are not, to be told with the others.
            atomic: whether none is applied unless all can be.
            timeout_s: for all of it.

        Raises:
            InvalidInput: `atomic`, and some cannot be applied; nothing was.
            Unavailable: nothing was applied, or, where the connection broke in the end, it may have been: tell the same
                again.
        """
        if atomic and rejected:
            raise _not_all(rejected)

        async def work(tx: AsyncTransaction) -> _Applied:
            return await self._apply(tx, events, rejected, atomic=atomic)

        applied, token = await self._graph.transact(work, what=RECORD, timeout_s=timeout_s)
        self._rebuild_soon(applied.short_of_ties)
        done = applied.recorded
        WATCH.get().recorded(applied=done.applied, duplicate=len(done.duplicates), rejected=len(done.rejected))
        return Recorded(done.applied, done.duplicates, done.rejected, token)

    async def make_plans(self) -> None:
        """Have the graph plan all that is run for events, so that the first caller does not wait for it."""
        nothing: dict[str, list[str]] = {each: [] for each in (*Node, *Link)}
        of_ties = ("ties", "left_to", "left_from", "to_best", "from_best")

        async def work(tx: AsyncTransaction) -> None:
            await tx.rows("writes/events_lock", member_ids=[], event_ids=[], member_hashes=[], outreach_ids=[])
            await tx.rows("writes/events_made", now=0, **_spoken_of(()))
            await tx.rows("writes/events_lock_outreach", outreach_ids=[], member_ids=[])
            await tx.rows("writes/outreach", rows=[])
            await tx.rows("writes/member_times", rows=[])
            await tx.rows("questions/event_ties", from_ids=[], to_ids=[], senders=[], receivers=[])
            await tx.rows("questions/event_lists", senders=[], receivers=[])
            await tx.rows("writes/events_ties", **{name: [] for name in of_ties})
            await tx.rows("writes/rebuild_close", member_ids=[], close_ties=1)
            await tx.rows("questions/communities_above", community_ids=[])
            await tx.rows("questions/event_facts", **nothing, experiences=[], voices=[], blocks=[])
            await tx.rows("writes/events_nodes", **{node.value: [] for node in Node})
            await tx.rows("writes/events_links", **{link.value: [] for link in Link}, experiences=[], blocks=[])
            await tx.rows("writes/events_voices", rows=[])

        await self._graph.transact(work, what=RECORD, timeout_s=REBUILD_WITHIN_S)

    async def close(self) -> None:
        """Let lists that are being made anew be; the next write to their members sees to them."""
        await end(self._rebuilding)

    async def _apply(
        self, tx: AsyncTransaction, events: Sequence[tuple[int, Event]], rejected: Sequence[Rejected], *, atomic: bool
    ) -> _Applied:
        hashes = {m: self._pseudonym(m) for m in sorted({m for _, event in events for m in event.member_ids})}
        known = await tx.row(
            "writes/events_lock",
            member_ids=list(hashes),
            event_ids=[event.event_id for _, event in events],
            member_hashes=list(hashes.values()),
            outreach_ids=sorted({event.what.outreach_id for _, event in events if isinstance(event.what, OF_OUTREACH)}),
        )
        realm = settings_from_row({"realm": tx.realm, **(known["realm"] or {})})
        erased, closed = set(known["erased_hashes"]), set(known["closed_ids"])
        applied_before = set(known["applied_ids"])
        duplicates: list[int] = []
        bad = list(rejected)
        new: dict[str, tuple[int, Event]] = {}
        for index, event in events:
            if event.event_id in applied_before or event.event_id in new:
                duplicates.append(index)
            elif any(hashes[member_id] in erased for member_id in event.member_ids) or (
                isinstance(event.what, OF_OUTREACH) and event.what.outreach_id in closed
            ):
                bad.append(Rejected(index, event.event_id, Reason.MEMBER_ERASED, ERASED))
            else:
                new[event.event_id] = (index, event)
        for event_id, violations in (await circles(tx, (event for _, event in new.values()))).items():
            index, _ = new.pop(event_id)
            bad.append(Rejected(index, event_id, Reason.INVALID_ARGUMENT, violations))
        bad.sort(key=lambda each: each.index)
        if atomic and bad:
            raise _not_all(bad)
        short = await _write(tx, [event for _, event in new.values()], realm) if new else ()
        return _Applied(Recorded(len(new), tuple(duplicates), tuple(bad)), tuple(short))

    def _rebuild_soon(self, member_ids: Iterable[str]) -> None:
        for member_id in member_ids:
            if len(self._short) < MOST_WAITING:
                self._short[member_id] = None
        if self._short and (self._rebuilding is None or self._rebuilding.done()):
            self._rebuilding = asyncio.create_task(self._rebuild())

    async def _rebuild(self) -> None:
        """Make lists anew one by one: each is a scan of all ties of a member who has many."""
        while self._short:
            member_id = next(iter(self._short))
            try:
                await self._graph.transact(
                    lambda tx, whom=member_id: rebuild_within(tx, [whom]),  # type: ignore[misc]
                    what="writes/rebuild_close",
                    timeout_s=REBUILD_WITHIN_S,
                )
            except SixhopError as error:
                log.warning("the closest ties of a member with many ties were not made anew: %s", error.reason)
            del self._short[member_id]


async def _write(tx: AsyncTransaction, events: Sequence[Event], realm: RealmSettings) -> list[str]:
    """Returns members whose lists of the walk should be made anew soon."""
    made = await tx.row("writes/events_made", now=int(time.time()), **_spoken_of(events))
    if made["again"]:
        raise WrittenMeanwhile("an event was applied by somebody else, who speaks of other members under its id")
    follows = await write_outreaches(tx, events)
    ties = await write_ties(tx, events, realm)
    await Facts([*events, *follows]).write(tx)
    last_event_at = max(event.at for event in events)
    if last_event_at > (realm.last_event_at or -1) or (ties.last_since or -1) > (realm.last_since or -1):
        await tx.row("writes/events_realm", last_event_at=last_event_at, last_since=ties.last_since)
    return ties.short_of_ties


def _spoken_of(events: Iterable[Event]) -> dict[str, list[str]]:
    """Ids of all that has to be there, by the parameter of `writes/events_made`."""
    ids: dict[str, set[str]] = {
        name: set()
        for name in (
            "event_ids",
            "member_ids",
            "offering_ids",
            "enterprise_ids",
            "alliance_ids",
            "community_ids",
            "told_ids",
        )
    }
    for event in events:
        ids["event_ids"].add(event.event_id)
        ids["member_ids"].update(event.member_ids)
        if isinstance(event.what, NodeTold) and event.what.node is not Node.MEMBER:
            ids["told_ids"].add(event.what.node_id)
        match event.what:
            case NodeTold(node=Node.OFFERING) as told:
                ids["offering_ids"].add(told.node_id)
                ids["enterprise_ids"].update(_given(told.refers_to))
            case NodeTold(node=Node.ENTERPRISE) as told:
                ids["enterprise_ids"].add(told.node_id)
                ids["alliance_ids"].update(_given(told.refers_to))
            case NodeTold(node=Node.COMMUNITY) as told:
                ids["community_ids"].update([told.node_id, *_given(told.refers_to)])
            case LinkTold(link=Link.BELONGS_TO) as told:
                ids["community_ids"].add(told.other_id)
            case LinkTold() as told:
                ids["enterprise_ids"].add(told.other_id)
            case Experienced() | Voiced() | OutreachStarted():
                ids["offering_ids"].add(event.what.offering_id)
            case _:
                pass
    return {name: sorted(some) for name, some in ids.items()}


def _given(id_: str | None) -> list[str]:
    return [] if id_ is None else [id_]


def _not_all(rejected: Iterable[Rejected]) -> InvalidInput:
    violations = tuple(
        (f"events[{each.index}].{field}".rstrip("."), problem)
        for each in rejected
        for field, problem in each.violations
    )
    return InvalidInput(
        "some events cannot be applied, so none was; mend them and tell all again", violations=violations
    )
