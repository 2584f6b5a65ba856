"""Sources as the pipeline wants them: a question in, candidates or proposals out. Knows no gRPC and no model.

A source is a query below `cypher/sources`, of one of two kinds, told apart by the parameters it names. A *walk* names
`$anchors`: it gets the walk's settings and gives members with chains. Any other gets one map `$ask` and *proposes*
members by id, with a relevance; chains to them are found afterwards. What the source's entry in the surface says wins
over the defaults.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sixhop.domain import (
    MAX_CHAIN_LENGTH,
    Certificate,
    Proposal,
    RecommendQuestion,
    ReferrersQuestion,
    SourceResult,
    TargetsQuestion,
)
from sixhop.errors import Misconfigured
from sixhop.graph.catalog import Query
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.walk import Anchor, BackwardAnchor, WalkSettings, read_walks

ASKED = "sources/asked"
"""Proposes the members that the question itself names."""
_DEFAULTS = WalkSettings()


class WalkSource:
    """A walk of one realm, with the settings that a surface gives it.

    Args:
        graph: The realm.
        name: The query, for example "sources/six_degree_walk".
        settings: How far and wide it goes unless the question says otherwise.

    Raises:
        Misconfigured: there is no such query.
    """

    def __init__(self, graph: AsyncGraph, name: str, settings: WalkSettings) -> None:
        self._graph = graph
        self._query = graph.catalog[name]
        self._settings = settings

    @property
    def name(self) -> str:
        return self._query.name

    @property
    def width(self) -> int:
        return self._settings.width

    async def propose(self, question: RecommendQuestion, *, limit: int, width: int, timeout_s: float) -> SourceResult:
        """At most `limit` candidates for each offering, best first, over the `width` best members."""
        anchors = _anchors(question)
        settings = replace(
            self._settings,
            width=max(width, limit),
            targets=limit,
            quotas=_quotas(self._settings.quotas, limit),
            max_length=question.max_length,
            min_degree=question.min_degree,
            max_degree=question.max_degree,
        )
        graph = self._graph.after(question.freshness_token)

        # One statement an anchor: Neo4j plans anew for each order of magnitude of a list's length.
        async def walk(anchor: Anchor | BackwardAnchor) -> SourceResult | None:
            rows = await graph.rows(self._query, timeout_s=timeout_s, **settings.parameters([anchor]))
            return read_walks(rows, anchors=[anchor], name=self.name)[0]

        found = await asyncio.gather(*map(walk, anchors))
        return _united(self.name, [each for each in found if each])


class ProposingSource:
    """A query of one realm that proposes targets without chains.

    Args:
        graph: The realm.
        name: The query, for example "sources/alike".
        parameters: What the surface sets for it.

    Raises:
        Misconfigured: there is no such query, or it does not use one of the parameters.
    """

    def __init__(self, graph: AsyncGraph, name: str, parameters: Mapping[str, Any]) -> None:
        self._graph = graph
        self._query = _in_one_row(graph.catalog[name])
        self._parameters = dict(parameters)
        if unused := [each for each in parameters if not re.search(rf"\$ask\.{each}\b", self._query.statement)]:
            raise Misconfigured(f"{name} has no parameter {', '.join(unused)}")

    @property
    def name(self) -> str:
        return self._query.name

    @property
    def width(self) -> int:
        return 0

    async def propose(self, question: TargetsQuestion, *, limit: int, width: int, timeout_s: float) -> SourceResult:
        """At most `limit` proposals for each offering, most relevant first."""
        del width
        graph = self._graph.after(question.freshness_token)
        answers = await asyncio.gather(
            *(
                graph.rows(self._query, timeout_s=timeout_s, **self._asked(question, offering_id, limit))
                for offering_id in question.offering_ids
            )
        )
        proposals = (
            Proposal(target_id, offering_id, relevance)
            for offering_id, rows in zip(question.offering_ids, answers, strict=True)
            for target_id, relevance in rows[0]["found"]
        )
        return SourceResult(self.name, proposals=tuple(proposals))

    def _asked(self, question: TargetsQuestion, offering_id: str, limit: int) -> dict[str, Any]:
        asked = {
            "sender_id": question.sender_id,
            "offering_id": offering_id,
            "as_of": question.as_of,
            "limit": limit,
            "community_id": question.community_id,
            "candidate_ids": list(question.candidate_ids),
        }
        return {**asked, **self._parameters}


def _in_one_row(query: Query) -> Query:
    """The same query, all it finds in one row: the driver takes as long for a row as for fifty entries of a list."""
    text = f"CALL () {{\n{query.statement.rstrip(';')}\n}}\nRETURN collect([target_id, relevance]) AS found"
    return replace(query, text=text)


def is_walk(graph: AsyncGraph, name: str) -> bool:
    """Whether the query is a walk. Raises `Misconfigured` when there is none of this name."""
    return "$anchors" in graph.catalog[name].statement


def walks_back(graph: AsyncGraph, name: str) -> bool:
    """Whether the query is a walk from targets to senders. Raises `Misconfigured` when there is none of this name."""
    return is_walk(graph, name) and "anchor.target_ids" in graph.catalog[name].statement


def _anchors(question: RecommendQuestion) -> list[Anchor | BackwardAnchor]:
    if isinstance(question, ReferrersQuestion):
        targets, as_of = question.target_ids, question.as_of
        return [
            BackwardAnchor(targets, offering_id, as_of, seen_by=question.seen_by)
            for offering_id in question.offering_ids
        ]
    only_ids = question.candidate_ids or None
    return [
        Anchor(
            question.sender_id,
            offering_id,
            question.as_of,
            only_ids=only_ids,
            community_id=question.community_id,
            seen_by=question.seen_by,
        )
        for offering_id in question.offering_ids
    ]


def _quotas(quotas: Sequence[int], limit: int) -> tuple[int, ...]:
    """The places kept for each degree, in the same proportion of `limit` places."""
    scaled = tuple(quota * limit // _DEFAULTS.targets for quota in quotas)
    assert len(scaled) == MAX_CHAIN_LENGTH
    return scaled


def _united(name: str, results: Sequence[SourceResult]) -> SourceResult:
    """Of several anchors one result, as certain as the least certain of them."""
    certificates = [each.certificate for each in results if each.certificate]
    return SourceResult(
        name,
        tuple(candidate for each in results for candidate in each.candidates),
        Certificate.weakest(certificates) if certificates else None,
        joints=tuple(joint for each in results for joint in each.joints),
    )
