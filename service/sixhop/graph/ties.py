"""Reads how strong the ties of chains are. Knows the query and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan

from sixhop.domain import Chain, Tie
from sixhop.graph.executor import AsyncGraph

TIE_STRENGTHS = "questions/tie_strengths"


class CypherTieReader:
    """Reads from one realm."""

    def __init__(self, graph: AsyncGraph) -> None:
        self._graph = graph

    async def strengths(
        self, chains: Sequence[Chain], *, as_of: int, freshness_token: str | None, timeout_s: float
    ) -> list[Chain]:
        """The same chains, each tie with its strength as of `as_of`; nan where it is not known."""
        rows = await self._graph.after(freshness_token).rows(
            TIE_STRENGTHS, timeout_s=timeout_s, as_of=as_of, chains=[list(chain.members) for chain in chains]
        )
        known = {(place, hop): strength for place, hop, strength in rows[0]["strengths"] if strength is not None}
        return [
            replace(
                chain,
                ties=tuple(Tie(tie.pass_on, known.get((place, hop), nan)) for hop, tie in enumerate(chain.ties)),
            )
            for place, chain in enumerate(chains)
        ]
