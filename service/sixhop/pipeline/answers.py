"""All that one realm answers: its surfaces, its clock, its defaults. The front door of the pipeline; knows no gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixhop.domain import MAX_CHAIN_LENGTH, ChainsAnswer, ChainsQuestion, TargetsAnswer, TargetsQuestion
from sixhop.errors import InvalidInput
from sixhop.pipeline.attempt import required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.find_chains import ChainsPipeline
from sixhop.pipeline.ports import Clock
from sixhop.pipeline.run import TargetsPipeline

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


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one realm."""

    surfaces: Mapping[str, TargetsPipeline]
    chains: ChainsPipeline
    clock: Clock

    async def find_targets(
        self, asked: Asked, *, sender_id: str, offering_id: str, limit: int | None, surface: str | None
    ) -> TargetsAnswer:
        """Whom the sender should reach about the offering. Raises `SixhopError`."""
        budget = Budget(asked.total_s)
        pipeline = self.surfaces.get(surface or DEFAULT_SURFACE)
        if pipeline is None:
            violation = ("surface", f"must be one of {', '.join(sorted(self.surfaces))}")
            raise InvalidInput("there is no surface of this name", violations=(violation,))
        question = TargetsQuestion(
            request_id=asked.request_id,
            sender_id=sender_id,
            offering_id=offering_id,
            as_of=await self._as_of(asked, budget),
            limit=limit or pipeline.surface.select.limit,
            max_length=asked.max_length or MAX_CHAIN_LENGTH,
            freshness_token=asked.freshness_token,
        )
        return await pipeline.answer(question, budget)

    async def find_chains(
        self, asked: Asked, *, from_id: str, to_id: str, max_chains: int | None, avoid_ids: tuple[str, ...]
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
            freshness_token=asked.freshness_token,
        )
        return await self.chains.answer(question, budget)

    async def _as_of(self, asked: Asked, budget: Budget) -> int:
        return await required(
            lambda statement_s: self.clock.as_of(asked.freshness_token, timeout_s=statement_s),
            name="reading the realm's settings",
            timeout_s=budget.remaining_s * CLOCK_SHARE,
        )
