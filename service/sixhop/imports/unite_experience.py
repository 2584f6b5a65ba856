"""Unites what a folder says of one experience with what the realm has. Plain values in, plain values out.

The realm does not keep the single moments: those within the span it has seen count as seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class ExperienceNews:
    """What a folder says of one member's experience of one offering. `moments`: (at, value), oldest first."""

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


def _felt(old: ExperienceState, told: ExperienceState) -> tuple[float | None, int | None]:
    if told.sentiment is None or told.sentiment_at is None:
        return old.sentiment, old.sentiment_at
    if old.sentiment is None or old.sentiment_at is None or told.sentiment_at > old.sentiment_at:
        return told.sentiment, told.sentiment_at
    if told.sentiment_at == old.sentiment_at:
        return min(told.sentiment, old.sentiment), old.sentiment_at
    return old.sentiment, old.sentiment_at
