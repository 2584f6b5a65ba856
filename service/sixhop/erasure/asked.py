"""One realm's members as callers may have them erased or handed out: who sees a slice, only of that. Knows no gRPC."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterable

from sixhop.erasure.export import export_member
from sixhop.erasure.files import Places
from sixhop.erasure.members import Erased, MemberEraser
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.slices import CypherSlices
from sixhop.pseudonyms import Pseudonyms
from sixhop.slices import Kind, Sight

LOOK_WITHIN_S = 2.0


class MemberData:
    """What is known of the members of one realm."""

    def __init__(self, graph: AsyncGraph, eraser: MemberEraser, places: Places, pseudonyms: Pseudonyms) -> None:
        self._graph = graph
        self._eraser = eraser
        self._places = places
        self._pseudonyms = pseudonyms
        self._slices = CypherSlices(graph)

    async def erase(self, member_id: str, *, enterprise_id: str | None, timeout_s: float) -> Erased:
        """Erase a member that the caller sees. Whom it does not see is asked for under an id that nothing has."""
        started = time.monotonic()
        sight = await self._look(enterprise_id, Kind.MEMBER, (member_id,), None)
        return await self._eraser.erase_within(sight.member(member_id), timeout_s - (time.monotonic() - started))

    async def export(
        self, member_id: str, *, enterprise_id: str | None, freshness_token: str | None
    ) -> AsyncGenerator[bytes, None]:
        """The document of a member that the caller sees. Raises `NotFound` for any other."""

        async def seen(kind: Kind, ids: Iterable[str]) -> frozenset[str]:
            sight = await self._look(enterprise_id, kind, ids, freshness_token) if ids else Sight()
            return frozenset(each for _, each in sight.seen)

        sight = await self._look(enterprise_id, Kind.MEMBER, (member_id,), freshness_token)
        parts = export_member(
            self._graph.after(freshness_token),
            sight.member(member_id),
            places=self._places,
            pseudonyms=self._pseudonyms,
            seen=None if enterprise_id is None else seen,
        )
        async for part in parts:
            yield part

    async def _look(
        self, enterprise_id: str | None, kind: Kind, ids: Iterable[str], freshness_token: str | None
    ) -> Sight:
        if enterprise_id is None:
            return Sight()
        return await self._slices.look(
            enterprise_id,
            {kind: ids},
            as_of=int(time.time()),
            freshness_token=freshness_token,
            timeout_s=LOOK_WITHIN_S,
        )
