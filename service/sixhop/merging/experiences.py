"""Unites what is told of one experience with what the realm has of it. Plain values in, plain values out.

The realm does not keep the single moments: of those that a folder tells, the ones within the span it has seen count as
seen. Events are told once each, in any order: every one is a moment of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class ExperienceState:
    """An experience as the realm has it: the properties of EXPERIENCED."""

    kind: str | None
    first_at: int
    last_at: int
    times: int
    sentiment: float | None
    sentiment_at: int | None
    value: float | None
    place: str | None
    channel: str | None
    place_at: int | None = None
    channel_at: int | None = None


@dataclass(frozen=True, slots=True)
class ExperienceNews:
    """What is told of one member's experience of one offering. `moments`: (at, value), oldest first."""

    state: ExperienceState
    moments: Sequence[tuple[int, float | None]]


def unite_experience(old: ExperienceState, news: ExperienceNews) -> ExperienceState:
    """The experience after the news."""
    told = news.state
    outside = [(t, v) for t, v in news.moments if not old.first_at <= t <= old.last_at]
    inside = len(news.moments) - len(outside)
    covers = told.first_at <= old.first_at and told.last_at >= old.last_at and inside >= old.times
    extra = [v for _, v in outside if v is not None]
    later, earlier = told.last_at >= old.last_at, told.first_at <= old.first_at
    if covers:
        value = old.value if told.value is None else told.value
    else:
        value = sum(extra, old.value or 0.0) if extra else old.value
    sentiment, sentiment_at = _felt(old, told)
    return ExperienceState(
        kind=(told.kind or old.kind) if earlier else (old.kind or told.kind),
        first_at=min(old.first_at, told.first_at),
        last_at=max(old.last_at, told.last_at),
        times=max(old.times, inside) + len(outside),
        sentiment=sentiment,
        sentiment_at=sentiment_at,
        value=value,
        place=(told.place or old.place) if later else (old.place or told.place),
        channel=(told.channel or old.channel) if later else (old.channel or told.channel),
    )


def add_moment(old: ExperienceState | None, told: ExperienceState) -> ExperienceState:
    """The experience after one more event, `told`: a single moment."""
    if old is None:
        return told
    sentiment, sentiment_at = _felt(old, told)
    place, place_at = _last(old.place, old.place_at or old.last_at, told.place, told.place_at)
    channel, channel_at = _last(old.channel, old.channel_at or old.last_at, told.channel, told.channel_at)
    kinds = [(state.first_at, state.kind) for state in (old, told) if state.kind is not None]
    values = [value for value in (old.value, told.value) if value is not None]
    return ExperienceState(
        kind=min(kinds)[1] if kinds else None,
        first_at=min(old.first_at, told.first_at),
        last_at=max(old.last_at, told.last_at),
        times=old.times + told.times,
        sentiment=sentiment,
        sentiment_at=sentiment_at,
        value=sum(values) if values else None,
        place=place,
        channel=channel,
        place_at=place_at,
        channel_at=channel_at,
    )


def experience_state(stored: dict[str, Any]) -> ExperienceState:
    """An experience from its stored properties; `asdict` is the inverse."""
    first_at = stored.get("first_at") or 0
    least = {"first_at": first_at, "last_at": first_at, "times": 1}
    known = {each.name: stored.get(each.name) for each in fields(ExperienceState)}
    return ExperienceState(**known | {name: known[name] or value for name, value in least.items()})


def _last(old: str | None, old_at: int | None, told: str | None, told_at: int | None) -> tuple[str | None, int | None]:
    """The word told last; of two of one time, the greater."""
    words = [(at or 0, word) for at, word in ((old_at, old), (told_at, told)) if word is not None]
    if not words:
        return None, None
    at, word = max(words)
    return word, at


def _felt(old: ExperienceState, told: ExperienceState) -> tuple[float | None, int | None]:
    if told.sentiment is None or told.sentiment_at is None:
        return old.sentiment, old.sentiment_at
    if old.sentiment is None or old.sentiment_at is None or told.sentiment_at > old.sentiment_at:
        return told.sentiment, told.sentiment_at
    if told.sentiment_at == old.sentiment_at:
        return min(told.sentiment, old.sentiment), old.sentiment_at
    return old.sentiment, old.sentiment_at
