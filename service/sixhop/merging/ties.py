"""Unites what is told of one tie with what the realm has of it. Plain values in, plain values out.

A folder may tell the same again, which changes nothing: its contacts are a set, and where the realm no longer has the
single times (contacts beyond the kept ones), what lies within the span it has seen counts as seen. Events are told once
each, in any order: every one is a contact of its own. Of statements about the same thing the one that is told last
holds; among events, the one whose time is last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sixhop.merging.strength import DEFAULT_STRENGTH, KEPT_CONTACTS, SAME, rescaled_pass_on, unscored_pass_on

Contact = tuple[int, str]
"""When, and over which channel ('' where unknown)."""


@dataclass(frozen=True, slots=True)
class TieState:
    """A tie as the realm has it. Fields are the properties of KNOWS that an import writes."""

    since: int | None
    contacts: int
    recent: tuple[Contact, ...]
    last_at: int | None
    imported_strength: float | None
    imported_at: int | None
    base_strength: float
    strength: float
    sentiment: float | None
    sentiment_at: int | None
    channels: tuple[str, ...]
    pass_on: float
    scored_pass_on: float | None = None
    scored_strength: float | None = None
    scored_at: int | None = None
    told_at: int | None = None
    kind: str | None = None
    kind_at: int | None = None
    imported_told_at: int | None = None


@dataclass(frozen=True, slots=True)
class TieNews:
    """What is told of a tie: its row in a ties file, or events (None where not given), and its contacts, oldest first.

    The last fields are those of events: each was never told before, and has a time.
    """

    since: int | None = None
    imported: float | None = None
    declared_sentiment: float | None = None
    sentiment: float | None = None
    sentiment_at: int | None = None
    contacts: Sequence[Contact] = ()
    by_events: bool = False
    told_at: int | None = None
    kind: str | None = None
    kind_at: int | None = None
    imported_told_at: int | None = None

    @property
    def imported_since(self) -> int | None:
        """The instant at which the strength that is told stood so; None where it has no date."""
        return self.imported_told_at if self.by_events else self.since


def new_tie(pass_on_prior: float) -> TieState:
    """A tie of which nothing but its being there is known."""
    return TieState(
        since=None,
        contacts=0,
        recent=(),
        last_at=None,
        imported_strength=None,
        imported_at=None,
        base_strength=DEFAULT_STRENGTH,
        strength=DEFAULT_STRENGTH,
        sentiment=None,
        sentiment_at=None,
        channels=(),
        pass_on=float(unscored_pass_on(pass_on_prior, DEFAULT_STRENGTH)),
    )


def unite_tie(old: TieState, news: TieNews, *, half_life_s: float, pass_on_prior: float) -> TieState:
    """The tie after the news; `old` itself when there is nothing new in them."""
    kept, pushed, older = _contacts(old, news)
    cut_before = old.contacts - len(old.recent)
    cut = (cut_before + len(older) if news.by_events else max(cut_before, len(older))) + len(pushed)
    stood_in = old.imported_strength is None and not old.contacts  # known was only that the tie is there
    stated = _states_anew(old, news)
    if stood_in and not kept and not stated:
        if news.since is None:
            last_at = old.last_at
        else:
            last_at = min(news.since, old.last_at or news.since) if news.by_events else news.since
    else:
        newly = news.imported_since if stated else None
        times = [kept[-1][0] if kept else None, None if stood_in else old.last_at, newly]
        last_at = max((t for t in times if t is not None), default=None)

    def left(since: int | None) -> float:
        """What is left at `last_at` of 1 at `since`; of what has no date, all."""
        return 1.0 if since is None or last_at is None else math.exp2(-(last_at - since) / half_life_s)

    imported, imported_at = old.imported_strength, old.imported_at
    if imported is not None and imported_at is None and not news.by_events:
        imported_at = last_at
    imported_part = 0.0 if imported is None else imported * left(imported_at)
    cut_part = max(old.base_strength * left(old.last_at) - imported_part, 0.0) if cut_before else 0.0
    if stated and (news.imported != imported or news.imported_since not in (None, imported_at)):
        imported, imported_at = news.imported, last_at if news.imported_since is None else news.imported_since
    if news.by_events:
        cut_part += sum(left(t) for t, _ in older)
    elif len(older) > cut_before:
        cut_part = max(cut_part, sum(left(t) for t, _ in older))
    cut_part += sum(left(t) for t, _ in pushed)
    base = cut_part
    if imported is not None:
        base += imported * left(imported_at)
    elif not kept:
        base = old.base_strength

    changed = (
        kept != list(old.recent)
        or cut != cut_before
        or last_at != old.last_at
        or abs(base - old.base_strength) > SAME * max(base, 1.0)
    )
    sentiment, sentiment_at = _sentiment(old, news)
    kind, kind_at = _kind(old, news)
    united = replace(
        old,
        since=_since(old, news, kept + pushed + older, cut=cut),
        sentiment=sentiment,
        sentiment_at=sentiment_at,
        channels=tuple(sorted({*old.channels, *(c for _, c in news.contacts if c)})),
        imported_strength=imported,
        imported_at=imported_at,
        imported_told_at=news.imported_told_at if stated else old.imported_told_at,
        told_at=max((t for t in (old.told_at, news.told_at) if t is not None), default=None),
        kind=kind,
        kind_at=kind_at,
    )
    if not changed:
        return united
    strength = base + sum(left(t) for t, _ in kept)
    return replace(
        united,
        contacts=cut + len(kept),
        recent=tuple(kept),
        last_at=last_at,
        base_strength=base,
        strength=strength,
        pass_on=scored_or_prior(old, strength, pass_on_prior),
    )


def end_tie(old: TieState, at: int, *, half_life_s: float, pass_on_prior: float) -> TieState | None:
    """What is left of a tie that ended at `at`, told late: what was told of later; None when that is nothing.

    Of more than 64 contacts since, what lies before those that are kept still counts.
    """
    kept = tuple(contact for contact in old.recent if contact[0] > at)
    told_at = old.told_at if (old.told_at or at) > at else None
    if not kept and told_at is None:
        return None
    whole = len(kept) < len(old.recent)
    states_still = (old.imported_told_at or at) > at
    news = TieNews(
        since=told_at,
        imported=old.imported_strength if states_still else None,
        imported_told_at=old.imported_told_at if states_still else None,
        sentiment=old.sentiment if (old.sentiment_at or at) > at else None,
        sentiment_at=old.sentiment_at,
        contacts=kept,
        by_events=True,
        told_at=told_at,
        kind=old.kind if (old.kind_at or at) > at else None,
        kind_at=old.kind_at,
    )
    again = new_tie(pass_on_prior)
    if (old.scored_at or at) > at:
        again = replace(
            again,
            scored_pass_on=old.scored_pass_on,
            scored_strength=old.scored_strength,
            scored_at=old.scored_at,
        )
    if whole or old.contacts == len(old.recent):
        return unite_tie(again, news, half_life_s=half_life_s, pass_on_prior=pass_on_prior)
    return replace(old, since=min(t for t in (told_at, kept[0][0]) if t is not None))


def restated_as(tie: TieState, *, half_life_s: float | None, pass_on_prior: float) -> TieState:
    """The tie with its strength counted anew from its contacts and what was imported; None keeps the strength."""
    if half_life_s is None:
        return replace(tie, pass_on=scored_or_prior(tie, tie.strength, pass_on_prior))

    def left(since: int | None) -> float:
        return 1.0 if since is None or tie.last_at is None else math.exp2(-(tie.last_at - since) / half_life_s)

    base, strength = tie.base_strength, tie.strength
    if tie.recent or tie.imported_strength is not None:
        base = 0.0 if tie.imported_strength is None else tie.imported_strength * left(tie.imported_at)
        strength = base + sum(left(at) for at, _ in tie.recent)
    return replace(tie, base_strength=base, strength=strength, pass_on=scored_or_prior(tie, strength, pass_on_prior))


def _contacts(old: TieState, news: TieNews) -> tuple[list[Contact], list[Contact], list[Contact]]:
    """Contacts kept, those that new ones push out, and those from before the ones the realm still has the times of."""
    horizon = old.recent[0] if old.contacts > len(old.recent) and old.recent else None
    older = [c for c in news.contacts if horizon is not None and c < horizon]
    within = [c for c in news.contacts if horizon is None or c >= horizon]
    known = sorted([*old.recent, *(within if news.by_events else set(within).difference(old.recent))])
    return known[-KEPT_CONTACTS:], known[:-KEPT_CONTACTS], older


def _since(old: TieState, news: TieNews, contacts: list[Contact], *, cut: int) -> int | None:
    """What was declared last, but no later than the first contact known."""
    times = [t for t, _ in contacts]
    if news.since is not None:
        times.append(news.since)
    if old.since is not None and (news.since is None or cut or news.by_events):
        times.append(old.since)
    return min(times, default=None)


def _states_anew(old: TieState, news: TieNews) -> bool:
    """Whether the strength that is told holds; of two events of one time, the one that tells of more."""
    if news.imported is None:
        return False
    if news.imported_told_at is None or old.imported_told_at is None:
        return True
    return (news.imported_told_at, news.imported) > (old.imported_told_at, old.imported_strength or 0.0)


def _kind(old: TieState, news: TieNews) -> tuple[str | None, int | None]:
    """The kind told last; of two events of one time, the greater word."""
    told = [(at or 0, kind) for at, kind in ((old.kind_at, old.kind), (news.kind_at, news.kind)) if kind is not None]
    if not told:
        return None, None
    at, kind = max(told)
    return kind, at


def _sentiment(old: TieState, news: TieNews) -> tuple[float | None, int | None]:
    """The last given; of two at one second the lower; one without a date yields to one with."""
    if news.sentiment is not None and news.sentiment_at is not None:
        if old.sentiment is None or old.sentiment_at is None or news.sentiment_at > old.sentiment_at:
            return news.sentiment, news.sentiment_at
        if news.sentiment_at == old.sentiment_at:
            return min(news.sentiment, old.sentiment), old.sentiment_at
    elif news.declared_sentiment is not None and old.sentiment_at is None:
        return news.declared_sentiment, None
    return old.sentiment, old.sentiment_at


def scored_or_prior(old: TieState, strength: float, prior: float) -> float:
    """`pass_on` of a tie at a strength: from what a model last said of it, else from the realm's prior."""
    if old.scored_pass_on is None or old.scored_strength is None:
        return float(unscored_pass_on(prior, strength))
    return float(rescaled_pass_on(old.scored_pass_on, old.scored_strength, strength))


def as_properties(state: TieState) -> dict[str, Any]:
    """The properties of KNOWS that an import writes, None where there is none."""
    channels = [channel for _, channel in state.recent]
    return {
        "since": state.since,
        "contacts": state.contacts,
        "recent": [at for at, _ in state.recent] or None,
        "recent_channels": channels if any(channels) else None,
        "last_at": state.last_at,
        "imported_strength": state.imported_strength,
        "imported_at": state.imported_at,
        "base_strength": state.base_strength,
        "strength": state.strength,
        "sentiment": state.sentiment,
        "sentiment_at": state.sentiment_at,
        "channels": list(state.channels) or None,
        "pass_on": state.pass_on,
        "told_at": state.told_at,
        "kind": state.kind,
        "kind_at": state.kind_at,
        "imported_told_at": state.imported_told_at,
    }


def tie_state(stored: dict[str, Any]) -> TieState:
    """A tie from its stored properties; the inverse of `as_properties`."""
    times = stored.get("recent") or []
    channels = stored.get("recent_channels") or [""] * len(times)
    return TieState(
        since=stored.get("since"),
        contacts=stored.get("contacts") or 0,
        recent=tuple(zip(times, channels, strict=True)),
        last_at=stored.get("last_at"),
        imported_strength=stored.get("imported_strength"),
        imported_at=stored.get("imported_at"),
        base_strength=stored.get("base_strength") or 0.0,
        strength=stored.get("strength") or 0.0,
        sentiment=stored.get("sentiment"),
        sentiment_at=stored.get("sentiment_at"),
        channels=tuple(stored.get("channels") or ()),
        pass_on=stored.get("pass_on") or 0.0,
        scored_pass_on=stored.get("scored_pass_on"),
        scored_strength=stored.get("scored_strength"),
        scored_at=stored.get("scored_at"),
        told_at=stored.get("told_at"),
        kind=stored.get("kind"),
        kind_at=stored.get("kind_at"),
        imported_told_at=stored.get("imported_told_at"),
    )
