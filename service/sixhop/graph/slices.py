"""Reads what an enterprise sees. Knows the query and its columns, not what is done about what is not seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sixhop.domain import Slice
from sixhop.graph.executor import AsyncGraph
from sixhop.slices import Kind, Named, Sight

SLICE = "questions/slice"


class Seen(Protocol):
    """A question that may be asked by who sees a slice."""

    @property
    def seen_by(self) -> Slice | None: ...

    @property
    def as_of(self) -> int: ...

    @property
    def freshness_token(self) -> str | None: ...


class CypherSlices:
    """The slices of one realm's enterprises."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def look(
        self, enterprise_id: str, named: Named, *, as_of: int, freshness_token: str | None, timeout_s: float
    ) -> Sight:
        """What the enterprise sees of what is named."""
        rows = await self._graph.after(freshness_token).rows(
            SLICE,
            timeout_s=timeout_s,
            enterprise_id=enterprise_id,
            as_of=as_of,
            **{f"{kind}_ids": list(named.get(kind, ())) for kind in Kind},
        )
        seen = frozenset((Kind(kind), plain_id) for kind, plain_id in rows[0]["seen"])
        return Sight(Slice(enterprise_id, rows[0]["consent"]), seen)

    async def unseen(self, question: Seen, member_ids: Iterable[str], *, timeout_s: float) -> frozenset[str]:
        """Whom of these members who asks does not see; nobody, and nothing is read, where it sees all of the realm."""
        wanted = frozenset(member_ids)
        if question.seen_by is None or not wanted:
            return frozenset()
        sight = await self.look(
            question.seen_by.enterprise_id,
            {Kind.MEMBER: sorted(wanted)},
            as_of=question.as_of,
            freshness_token=question.freshness_token,
            timeout_s=timeout_s,
        )
        return wanted - {plain_id for _, plain_id in sight.seen}
