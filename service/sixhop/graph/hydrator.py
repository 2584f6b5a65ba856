"""The feature set as the pipeline wants it: bound to a realm's graph. Knows nothing of what features mean."""

from __future__ import annotations

from collections.abc import Sequence

from sixhop.domain import PairKey
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.features import FeatureSet


class PairHydrator:
    """Reads the features of pairs from one realm."""

    def __init__(self, graph: AsyncGraph, features: FeatureSet) -> None:
        self._graph = graph
        self._features = features

    async def hydrate(
        self, pairs: Sequence[PairKey], *, freshness_token: str | None, timeout_s: float
    ) -> list[dict[str, float]]:
        """One mapping a pair, in the same order; missing values are nan."""
        return await self._features.hydrate(self._graph.after(freshness_token), pairs, timeout_s=timeout_s)
