"""All that one realm answers: its surfaces, its clock, its defaults. The front door of the pipeline; knows no gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sixhop.degrees import DegreesAnswer, DegreesQuestion
from sixhop.domain import (
    MAX_CHAIN_LENGTH,
    Answer,
    ChainsAnswer,
    ChainsQuestion,
    Goal,
    Moment,
    ReferrersQuestion,
    TargetsQuestion,
)
from sixhop.errors import InvalidInput
from sixhop.outreach import NextHopAnswer, NextHopQuestion
from sixhop.pipeline.attempt import required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.degrees import DegreesPipeline
from sixhop.pipeline.find_chains import ChainsPipeline
from sixhop.pipeline.next_hop import NextHopPipeline
from sixhop.pipeline.ports import Clock, SliceReader
from sixhop.pipeline.run import Pipeline
from sixhop.slices import STOPPED_BY_SLICE, Kind, Named, Sight, beyond_slice
from sixhop.telemetry.watch import WATCH

DEFAULT_SURFACE = "default"
ANSWER_SURFACE = "answer"
DEFAULT_MAX_CHAINS = 3
CLOCK_SHARE = SIGHT_SHARE = 0.25
"""Of the time there is; mostly the clock knows the time without asking, and most callers see all."""


A = TypeVar("A", Answer, ChainsAnswer, NextHopAnswer, DegreesAnswer)


@dataclass(frozen=True, slots=True)
class Asked:
    """What every request has. `total_s` is the time until its deadline."""

    request_id: str
    total_s: float
    max_length: int | None = None
    freshness_token: str | None = None
    explain: bool = False
    enterprise_id: str | None = None
    """Whose slice the caller sees; None: all of the realm."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one realm."""

    surfaces: Mapping[str, Pipeline]
    chains: ChainsPipeline
    next_hops: NextHopPipeline
    degrees: DegreesPipeline
    clock: Clock
    slices: SliceReader

    async def find_targets(
        self,
        asked: Asked,
        *,
        sender_id: str,
        offering_ids: tuple[str, ...],
        limit: int | None = None,
        surface: str | None = None,
        degrees: tuple[int | None, int | None] = (None, None),
        community_id: str | None = None,
        candidate_ids: tuple[str, ...] = (),
        moment: Moment | None = None,
    ) -> Answer:
        """Whom the sender should reach about one of the offerings. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        pipeline = self._pipeline(surface)
        as_of = await self._as_of(asked, budget)
        named = {
            Kind.MEMBER: (sender_id, *candidate_ids),
            Kind.OFFERING: offering_ids,
            Kind.COMMUNITY: () if community_id is None else (community_id,),
        }
        sight = await self._sight(asked, named, as_of, budget)
        question = TargetsQuestion(
            request_id=asked.request_id,
            sender_id=sight.member(sender_id),
            offering_ids=tuple(map(sight.offering, offering_ids)),
            as_of=as_of,
            limit=limit or pipeline.surface.select.limit,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            min_degree=degrees[0] or 1,
            max_degree=degrees[1] or MAX_CHAIN_LENGTH,
            community_id=None if community_id is None else sight.community(community_id),
            candidate_ids=tuple(map(sight.member, candidate_ids)),
            moment=moment,
            freshness_token=asked.freshness_token,
            explain=asked.explain,
            seen_by=sight.slice,
        )
        return _told(await pipeline.targets(question, budget))

    async def find_referrers(
        self,
        asked: Asked,
        *,
        target_id: str | None,
        enterprise_id: str | None,
        offering_id: str,
        goal: Goal | None = None,
        limit: int | None = None,
        surface: str | None = None,
        moment: Moment | None = None,
    ) -> Answer:
        """Who should reach the member, or anyone who acts for the enterprise. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        pipeline = self._pipeline(surface or (ANSWER_SURFACE if goal is Goal.ANSWER else None))
        if goal is not None and pipeline.surface.goal is not goal:
            raise InvalidInput(
                "the surface is not for this goal; name another one, or none",
                violations=(("surface", f"its goal is to {pipeline.surface.goal}, not to {goal}"),),
            )
        as_of = await self._as_of(asked, budget)
        named = {
            Kind.MEMBER: () if target_id is None else (target_id,),
            Kind.ENTERPRISE: () if enterprise_id is None else (enterprise_id,),
            Kind.OFFERING: (offering_id,),
        }
        sight = await self._sight(asked, named, as_of, budget)
        question = ReferrersQuestion(
            request_id=asked.request_id,
            target_id=None if target_id is None else sight.member(target_id),
            enterprise_id=None if enterprise_id is None else sight.enterprise(enterprise_id),
            offering_ids=(sight.offering(offering_id),),
            as_of=as_of,
            limit=limit or pipeline.surface.select.limit,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            moment=moment,
            freshness_token=asked.freshness_token,
            explain=asked.explain,
            seen_by=sight.slice,
        )
        return _told(await pipeline.referrers(question, budget))

    def _pipeline(self, surface: str | None) -> Pipeline:
        pipeline = self.surfaces.get(surface or DEFAULT_SURFACE)
        if pipeline is None:
            violation = ("surface", f"must be one of {', '.join(sorted(self.surfaces))}")
            raise InvalidInput("there is no surface of this name", violations=(violation,))
        return pipeline

    async def find_chains(
        self,
        asked: Asked,
        *,
        from_id: str,
        to_id: str,
        max_chains: int | None = None,
        avoid_ids: tuple[str, ...] = (),
        only_named: bool = False,
        slice_enterprise_id: str | None = None,
    ) -> ChainsAnswer:
        """How the two members connect. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        as_of = await self._as_of(asked, budget)
        sight = await self._sight(asked, {Kind.MEMBER: (from_id, to_id, *avoid_ids)}, as_of, budget)
        question = ChainsQuestion(
            request_id=asked.request_id,
            from_id=sight.member(from_id),
            to_id=sight.member(to_id),
            as_of=as_of,
            max_chains=max_chains or DEFAULT_MAX_CHAINS,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            avoid_ids=tuple(map(sight.member, avoid_ids)),
            only_named=only_named,
            slice_enterprise_id=None if slice_enterprise_id is None else sight.own_enterprise(slice_enterprise_id),
            freshness_token=asked.freshness_token,
            seen_by=sight.slice,
        )
        answer = _told(await self.chains.answer(question, budget))
        return answer if sight.slice is None else replace(answer, completeness=beyond_slice(), stages=())

    async def next_hop(self, asked: Asked, *, outreach_id: str, avoid_ids: tuple[str, ...]) -> NextHopAnswer:
        """How the outreach goes on. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        as_of = await self._as_of(asked, budget)
        named = {Kind.OUTREACH: (outreach_id,), Kind.MEMBER: avoid_ids}
        sight = await self._sight(asked, named, as_of, budget)
        question = NextHopQuestion(
            request_id=asked.request_id,
            outreach_id=sight.outreach(outreach_id),
            as_of=as_of,
            avoid_ids=tuple(map(sight.member, avoid_ids)),
            freshness_token=asked.freshness_token,
            seen_by=sight.slice,
        )
        answer = _told(await self.next_hops.answer(question, budget))
        return answer if sight.slice is None else replace(answer, completeness=beyond_slice(), stages=())

    async def get_degrees(self, asked: Asked, *, member_id: str, target_ids: tuple[str, ...]) -> DegreesAnswer:
        """How far the targets are from the member. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        as_of = await self._as_of(asked, budget)
        sight = await self._sight(asked, {Kind.MEMBER: (member_id, *target_ids)}, as_of, budget)
        question = DegreesQuestion(
            request_id=asked.request_id,
            member_id=sight.member(member_id),
            target_ids=tuple(map(sight.member, target_ids)),
            as_of=as_of,
            freshness_token=asked.freshness_token,
        )
        answer = _told(await self.degrees.answer(question, budget))
        if sight.slice is None:
            return answer
        degrees = (replace(each, member_id=named) for each, named in zip(answer.degrees, target_ids, strict=True))
        stopped_by = STOPPED_BY_SLICE if answer.stopped_by else ""
        return replace(answer, degrees=tuple(degrees), stopped_by=stopped_by, stages=())

    async def _sight(self, asked: Asked, named: Named, as_of: int, budget: Budget) -> Sight:
        """What the caller sees of what it names. Who it does not see is no answer's to show, so this must succeed."""
        enterprise_id = asked.enterprise_id
        if enterprise_id is None:
            return Sight()
        return await required(
            lambda statement_s: self.slices.look(
                enterprise_id, named, as_of=as_of, freshness_token=asked.freshness_token, timeout_s=statement_s
            ),
            name="reading what the caller sees",
            timeout_s=budget.remaining_s * SIGHT_SHARE,
        )

    async def _as_of(self, asked: Asked, budget: Budget) -> int:
        return await required(
            lambda statement_s: self.clock.as_of(asked.freshness_token, timeout_s=statement_s),
            name="reading the realm's settings",
            timeout_s=budget.remaining_s * CLOCK_SHARE,
        )


def _told(answer: A) -> A:
    """Tells whoever watches the request what its answer was made of, also where the caller may not know."""
    WATCH.get().answered(answer.stages, empty=answer.is_empty)
    return answer
