"""Sources as the pipeline wants them: a question in, candidates with chains out. Knows no gRPC and no model.

A source is a query below `cypher/sources`. Each gets the same parameters, those of the walk; what its entry in the
surface says wins over the defaults; and each gives the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixhop.domain import MAX_CHAIN_LENGTH, SourceResult, TargetsQuestion
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.walk import Anchor, WalkSettings, read_walks

_DEFAULTS = WalkSettings()


class CypherSource:
    """One query of one realm, with the parameters that a surface gives it.

    Args:
        graph: The realm.
        name: The query, for example "sources/six_degree_walk".
        parameters: From the surface, for example {"width": 128}.

    Raises:
        Misconfigured: there is no such query.
    """

    def __init__(self, graph: AsyncGraph, name: str, parameters: Mapping[str, Any]) -> None:
        self._graph = graph
        self._query = graph.catalog[name]
        self._parameters = dict(parameters)

    @property
    def name(self) -> str:
        return self._query.name

    async def propose(self, question: TargetsQuestion, *, limit: int, timeout_s: float) -> SourceResult:
        """At most `limit` candidates, best first; none when the sender is not there."""
        anchor = Anchor(question.sender_id, question.offering_id, question.as_of)
        settings = WalkSettings(
            width=max(_DEFAULTS.width, limit), targets=limit, quotas=_quotas(limit), max_length=question.max_length
        )
        rows = await self._graph.after(question.freshness_token).rows(
            self._query, timeout_s=timeout_s, **{**settings.parameters([anchor]), **self._parameters}
        )
        return read_walks(rows, anchors=1, name=self.name)[0] or SourceResult(self.name, ())


def _quotas(limit: int) -> tuple[int, ...]:
    """The default places kept for each degree, in the same proportion of `limit` places."""
    scaled = tuple(quota * limit // _DEFAULTS.targets for quota in _DEFAULTS.quotas)
    assert len(scaled) == MAX_CHAIN_LENGTH
    return scaled
