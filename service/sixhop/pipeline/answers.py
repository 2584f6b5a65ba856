"""All that one realm answers: its surfaces, its clock, its defaults. The front door of the pipeline; knows no gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixhop.degrees import DegreesAnswer, DegreesQuestion
from sixhop.domain import (
    MAX_CHAIN_LENGTH,
    Answer,
    ChainsAnswer,
    ChainsQuestion,
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
from sixhop.pipeline.ports import Clock
from sixhop.pipeline.run import Pipeline

DEFAULT_SURFACE = "default"
DEFAULT_MAX_CHAINS = 3
CLOCK_SHARE = 0.25
"""Of the time there is; mostly the clock knows the time without asking."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every request has. `total_s` is the time until its deadline."""

    request_id: str
    total_s: float
    max_length: int | None = None
    freshness_token: str | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one realm."""

    surfaces: Mapping[str, Pipeline]
    chains: ChainsPipeline
    next_hops: NextHopPipeline
    degrees: DegreesPipeline
    clock: Clock

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
        question = TargetsQuestion(
            request_id=asked.request_id,
            sender_id=sender_id,
            offering_ids=offering_ids,
            as_of=await self._as_of(asked, budget),
            limit=limit or pipeline.surface.select.limit,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            min_degree=degrees[0] or 1,
            max_degree=degrees[1] or MAX_CHAIN_LENGTH,
            community_id=community_id,
            candidate_ids=candidate_ids,
            moment=moment,
            freshness_token=asked.freshness_token,
            explain=asked.explain,
        )
        return await pipeline.targets(question, budget)

    async def find_referrers(
        self,
        asked: Asked,
        *,
        target_id: str | None,
        enterprise_id: str | None,
        offering_id: str,
        limit: int | None = None,
        surface: str | None = None,
        moment: Moment | None = None,
    ) -> Answer:
        """Who should reach the member, or anyone who acts for the enterprise. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        pipeline = self._pipeline(surface)
        question = ReferrersQuestion(
            request_id=asked.request_id,
            target_id=target_id,
            enterprise_id=enterprise_id,
            offering_ids=(offering_id,),
            as_of=await self._as_of(asked, budget),
            limit=limit or pipeline.surface.select.limit,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            moment=moment,
            freshness_token=asked.freshness_token,
            explain=asked.explain,
        )
        return await pipeline.referrers(question, budget)

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
        question = ChainsQuestion(
            request_id=asked.request_id,
            from_id=from_id,
            to_id=to_id,
            as_of=await self._as_of(asked, budget),
            max_chains=max_chains or DEFAULT_MAX_CHAINS,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            avoid_ids=avoid_ids,
            only_named=only_named,
            slice_enterprise_id=slice_enterprise_id,
            freshness_token=asked.freshness_token,
        )
        return await self.chains.answer(question, budget)

    async def next_hop(self, asked: Asked, *, outreach_id: str, avoid_ids: tuple[str, ...]) -> NextHopAnswer:
        """How the outreach goes on. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        question = NextHopQuestion(
            request_id=asked.request_id,
            outreach_id=outreach_id,
            as_of=await self._as_of(asked, budget),
            avoid_ids=avoid_ids,
            freshness_token=asked.freshness_token,
        )
        return await self.next_hops.answer(question, budget)

    async def get_degrees(self, asked: Asked, *, member_id: str, target_ids: tuple[str, ...]) -> DegreesAnswer:
        """How far the targets are from the member. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        question = DegreesQuestion(
            request_id=asked.request_id,
            member_id=member_id,
            target_ids=target_ids,
            as_of=await self._as_of(asked, budget),
            freshness_token=asked.freshness_token,
        )
        return await self.degrees.answer(question, budget)

    async def _as_of(self, asked: Asked, budget: Budget) -> int:
        return await required(
            lambda statement_s: self.clock.as_of(asked.freshness_token, timeout_s=statement_s),
            name="reading the realm's settings",
            timeout_s=budget.remaining_s * CLOCK_SHARE,
        )
