"""The time a realm is read as of: now, or its last event where its settings say so. Knows nothing of requests."""

from __future__ import annotations

import time

from sixhop.graph.executor import AsyncGraph
from sixhop.graph.realm import RealmSettings, settings_from_row

KEPT_S = 1.0
"""How long the realm's settings are used before they are read again, unless a freshness token asks for it."""


class RealmClock:
    """The clock of one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph
        self._settings: RealmSettings | None = None
        self._read_at = -KEPT_S

    async def as_of(self, freshness_token: str | None, *, timeout_s: float) -> int:
        """Seconds since 1970. A realm without settings is read as of now."""
        if freshness_token is not None or time.monotonic() - self._read_at >= KEPT_S:
            rows = await self._graph.after(freshness_token).rows("ops/realm_read", timeout_s=timeout_s)
            self._settings = settings_from_row(rows[0]) if rows else None
            self._read_at = time.monotonic()
        now = int(time.time())
        return self._settings.as_of(now) if self._settings else now
