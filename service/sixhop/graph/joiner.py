"""Finds chains to members that sources proposed, on from chains that are known. Knows the query and its columns."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sixhop.domain import Candidate, Chain, Joint, Proposal, TargetsQuestion, Tie
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.walk import WalkSettings, seen_by

CHAINS_TO = "questions/chains_to"
SECOND = 2
"""How many of those who best reach a target are asked in turn, where nobody before it is known."""


class CypherJoiner:
    """Joins chains in one realm. Raises `Misconfigured` when there is no such query."""

    def __init__(self, graph: AsyncGraph, settings: WalkSettings) -> None:
        self._graph = graph
        self._query = graph.catalog[CHAINS_TO]
        self._settings = settings

    async def join(
        self, question: TargetsQuestion, proposals: Sequence[Proposal], joints: Sequence[Joint], *, timeout_s: float
    ) -> list[Candidate]:
        """The best chain to each proposal that any was found to, without a source's name; the joints may be empty."""
        by_offering: dict[str, list[str]] = {}
        for proposal in proposals:
            by_offering.setdefault(proposal.offering_id, []).append(proposal.target_id)
        found = await asyncio.gather(
            *(
                self._of_offering(
                    question,
                    offering_id,
                    target_ids,
                    {joint.member_id: joint.chain for joint in joints if joint.offering_id == offering_id},
                    timeout_s,
                )
                for offering_id, target_ids in by_offering.items()
            )
        )
        return [candidate for each in found for candidate in each]

    async def _of_offering(
        self,
        question: TargetsQuestion,
        offering_id: str,
        target_ids: Sequence[str],
        chains: Mapping[str, Chain],
        timeout_s: float,
    ) -> list[Candidate]:
        known = {question.sender_id: Chain((question.sender_id,), ()), **chains}
        rows = await self._graph.after(question.freshness_token).rows(
            self._query,
            timeout_s=timeout_s,
            offering_id=offering_id,
            as_of=question.as_of,
            avoid_ids=[],
            **self._settings.rules_of_introducing,
            **seen_by(question.seen_by),
            second=SECOND,
            target_ids=list(target_ids),
            joints=[
                {
                    "member_id": member_id,
                    "score": chain.score,
                    "room": question.max_length - chain.length,
                    "sends": not chain.ties,
                }
                for member_id, chain in known.items()
            ],
        )
        ways = dict(rows[0]["found"])
        candidates = (_candidate(target_id, ways.get(target_id, []), known, offering_id) for target_id in target_ids)
        return [each for each in candidates if each]


def _candidate(
    target_id: str, ways: Sequence[Sequence[Any]], known: Mapping[str, Chain], offering_id: str
) -> Candidate | None:
    """The best of a target's ways in whose chain nobody stands twice; a target may stand at a known chain's end too."""
    chains = [known[target_id]] if target_id in known else []
    for joint_id, via_ids, pass_ons in ways:
        before = known[joint_id]
        chain = Chain((*before.members, *via_ids, target_id), (*before.ties, *map(Tie, pass_ons)))
        if len(set(chain.members)) == len(chain.members):
            chains.append(chain)
    if not chains:
        return None
    best = min(chains, key=lambda chain: chain.order)
    return Candidate(best, offering_id, (), min(chain.length for chain in chains))
