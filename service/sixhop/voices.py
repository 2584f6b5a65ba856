"""What members voiced, in the order in which it came. Plain values; knows no graph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """A need, complaint or idea. `number` rises in the order in which voices came; times are seconds since 1970."""

    number: int
    voice_id: str
    member_id: str
    offering_id: str
    kind: str
    at: int
    answered_at: int | None = None
    answered_by: str | None = None
