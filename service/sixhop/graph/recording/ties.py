"""Ties and contacts: what they become, and what becomes of the lists of the walk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sixhop.events import Contacted, Event, TieTold
from sixhop.graph.executor import AsyncTransaction, Row
from sixhop.graph.realm import RealmSettings
from sixhop.merging.close_lists import Change, Outline, keep_best, place_unread
from sixhop.merging.ties import TieNews, TieState, as_properties, end_tie, new_tie, tie_state, unite_tie

Pair = tuple[str, str]
SCANNED_AT_ONCE = 1_000
"""A list that lost a tie is made anew in the same transaction where its member has no more ties than that."""
SHORT = 24
"""With fewer places taken than this, the list of a member with more ties is made anew soon after."""


@dataclass(slots=True)
class Written:
    """What the ties of one transaction came to."""

    last_since: int | None = None
    short_of_ties: list[str] = field(default_factory=list)
    """Members with many ties whose lists should be made anew, each in a transaction of its own."""


@dataclass(slots=True)
class _Lists:
    """One kind of list of the walk, of all members whose ties change."""

    outlines: dict[str, Outline]
    changed: dict[str, dict[str, Change]] = field(default_factory=lambda: defaultdict(dict))
    places: dict[Pair, float] = field(default_factory=dict)
    """What a place says from now on, by whose list it is in and who stands there; only ties that changed."""
    left: list[Pair] = field(default_factory=list)
    """Places given up."""
    best: list[tuple[str, float | None]] = field(default_factory=list)
    short: list[tuple[str, int, int]] = field(default_factory=list)
    """Whose list is shorter than it could be: the member, how many ties they have, how many are listed."""

    @classmethod
    def read(cls, rows: list[tuple[str, int, int, float | None]]) -> _Lists:
        return cls({member_id: Outline(ties, listed, best) for member_id, ties, listed, best in rows})

    def place_unread(self, most: int) -> list[str]:
        """Settle what can be without reading the list; the members whose lists must be read."""
        unread = []
        for member_id, changed in self.changed.items():
            outline = self.outlines[member_id]
            placed = place_unread(outline, changed, most=most)
            if placed is None:
                unread.append(member_id)
            else:
                places, best = placed
                self._note(member_id, places, best_before=outline.best, best_after=best)
        return sorted(unread)

    def place(self, member_id: str, listed: dict[str, float], most: int) -> None:
        """Settle one list that was read."""
        changed, ties = self.changed[member_id], self.outlines[member_id].ties
        now = ties + sum((each.before is None) - (each.after is None) for each in changed.values())
        scores = {other_id: each.after for other_id, each in changed.items()}
        best, whole = keep_best(listed, scores, ties_before=ties, ties_now=now, most=most)
        places = {o: best.get(o) for o in listed.keys() | best.keys() if best.get(o) != listed.get(o)}
        firsts = [max(each.values(), default=None) for each in (listed, best)]
        self._note(member_id, places, best_before=firsts[0], best_after=firsts[1])
        if not whole:
            self.short.append((member_id, now, len(best)))

    def _note(
        self, member_id: str, places: Mapping[str, float | None], *, best_before: float | None, best_after: float | None
    ) -> None:
        for other_id, score in places.items():
            if score is None:
                self.left.append((member_id, other_id))
            else:
                self.places[member_id, other_id] = score
        if best_before != best_after:
            self.best.append((member_id, best_after))


async def write_ties(tx: AsyncTransaction, events: Iterable[Event], realm: RealmSettings) -> Written:
    """Apply what `events` tell of ties. Who is on them is locked and there."""
    told = _by_pair(events)
    if not told:
        return Written()
    pairs = sorted(told)
    found = await tx.row(
        "questions/event_ties",
        from_ids=[u for u, _ in pairs],
        to_ids=[v for _, v in pairs],
        senders=sorted({u for u, _ in pairs}),
        receivers=sorted({v for _, v in pairs}),
    )
    stored = {pairs[i]: tie for i, *tie in found["ties"]}
    close_to, close_from = _Lists.read(found["close_to"]), _Lists.read(found["close_from"])
    rows: list[Row] = []
    written = Written()
    for pair in pairs:
        properties, ended_at, is_listed_to, is_listed_from = stored.get(pair, (None, None, False, False))
        old = None if properties is None else tie_state(properties)
        tie, now_ended_at = fold_tie(old, ended_at, told[pair], realm)
        if tie != old or now_ended_at != ended_at:
            changes = None if tie is None else _changes(properties or {}, as_properties(tie))
            ended = now_ended_at if now_ended_at != ended_at else None
            rows.append({"from_id": pair[0], "to_id": pair[1], "properties": changes, "ended_at": ended})
        if tie is not None and tie.since is not None:
            written.last_since = max(tie.since, written.last_since or tie.since)
        before = None if old is None else old.pass_on
        after = None if tie is None else tie.pass_on
        if before != after:
            close_to.changed[pair[0]][pair[1]] = Change(before, after, is_listed_to)
            close_from.changed[pair[1]][pair[0]] = Change(before, after, is_listed_from)
    await _settle(tx, close_to, close_from, realm.close_ties)
    for row in rows:
        u, v = row["from_id"], row["to_id"]
        row |= {"close_to": close_to.places.get((u, v)), "close_from": close_from.places.get((v, u))}
    if rows:
        await tx.row(
            "writes/events_ties",
            ties=rows,
            left_to=sorted(close_to.left),
            left_from=sorted(close_from.left),
            to_best=close_to.best,
            from_best=close_from.best,
        )
    short = [*close_to.short, *close_from.short]
    if at_once := sorted({member_id for member_id, ties, _ in short if ties <= SCANNED_AT_ONCE}):
        await tx.rows("writes/rebuild_close", member_ids=at_once, close_ties=realm.close_ties)
    written.short_of_ties = sorted({m for m, ties, listed in short if ties > SCANNED_AT_ONCE and listed < SHORT})
    return written


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if value != before.get(name)}


async def _settle(tx: AsyncTransaction, close_to: _Lists, close_from: _Lists, most: int) -> None:
    senders, receivers = close_to.place_unread(most), close_from.place_unread(most)
    if senders or receivers:
        found = await tx.row("questions/event_lists", senders=senders, receivers=receivers)
        for lists, rows in ((close_to, found["close_to"]), (close_from, found["close_from"])):
            for member_id, listed in rows:
                lists.place(member_id, dict(listed), most)


def fold_tie(
    old: TieState | None, ended_at: int | None, events: Iterable[Event], realm: RealmSettings
) -> tuple[TieState | None, int | None]:
    """A tie after some events, None where there is none; and when it last ended, None where it never did.

    What was told of a time up to its end is void, in whichever order it is told.
    """
    events = list(events)
    ends = [event.at for event in events if isinstance(event.what, TieTold) and event.what.ended]
    counts = {"half_life_s": realm.half_life_s, "pass_on_prior": realm.pass_on_prior}
    now_ended_at = max((at for at in (*ends, ended_at) if at is not None), default=None)
    if old is not None and ends and now_ended_at is not None and now_ended_at != ended_at:
        old = end_tie(old, now_ended_at, **counts)
    holds = [
        event
        for event in events
        if (now_ended_at is None or event.at > now_ended_at)
        and not (isinstance(event.what, TieTold) and event.what.ended)
    ]
    if not holds:
        return old, now_ended_at
    tie = unite_tie(old or new_tie(realm.pass_on_prior), tie_news(holds), **counts)
    if now_ended_at is not None:
        told = [at for at in (tie.told_at, tie.recent[0][0] if tie.recent else None) if at is not None]
        tie = replace(tie, since=min(told))
    return tie, now_ended_at


def tie_news(events: Iterable[Event]) -> TieNews:
    """What some events, none of them an end, tell of one tie."""
    statements: list[tuple[int, TieTold]] = []
    contacts: list[tuple[int, str]] = []
    felt: list[tuple[int, float]] = []
    for event in events:
        match event.what:
            case TieTold() as told:
                statements.append((event.at, told))
            case Contacted() as contact:
                contacts.append((event.at, contact.channel))
            case _:
                raise TypeError(f"a {type(event.what).__name__} tells nothing of a tie")
        if event.what.sentiment is not None:
            felt.append((event.at, -event.what.sentiment))
    kinds = [(at, told.kind) for at, told in statements if told.kind is not None]
    strengths = [(at, told.strength) for at, told in statements if told.strength is not None]
    kind_at, kind = max(kinds, default=(None, None))
    strong_at, strength = max(strengths, default=(None, None))
    felt_at, feeling = max(felt, default=(None, None))
    return TieNews(
        since=min((at if told.since is None else told.since for at, told in statements), default=None),
        imported=strength,
        imported_told_at=strong_at,
        sentiment=None if feeling is None else -feeling,
        sentiment_at=felt_at,
        contacts=sorted(contacts),
        by_events=True,
        told_at=max((at for at, _ in statements), default=None),
        kind=kind,
        kind_at=kind_at,
    )


def _by_pair(events: Iterable[Event]) -> dict[Pair, list[Event]]:
    told: dict[Pair, list[Event]] = defaultdict(list)
    for event in events:
        if isinstance(event.what, TieTold | Contacted):
            told[event.what.from_id, event.what.to_id].append(event)
    return told
