"""Answers how two members connect: the best chains between them, with who may not be named made invisible."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from sixhop.domain import Certificate, Chain, ChainsAnswer, ChainsQuestion, Completeness, Stage, StageReport
from sixhop.errors import NotFound
from sixhop.pipeline.attempt import required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.ports import ChainFinder, Directory
from sixhop.pipeline.present import redact

SPARE_CHAINS = 10
"""Asked for beyond the limit, so that the next best stand in for chains whose first contact may not be named."""


@dataclass(frozen=True, slots=True)
class ChainsPipeline:
    """The pipeline of one realm: gate and finder side by side, then naming, which fails closed."""

    finder: ChainFinder
    directory: Directory
    queries_digest: str

    async def answer(self, question: ChainsQuestion, budget: Budget) -> ChainsAnswer:
        """The best chains from one member to another.

        Raises:
            SixhopError: an end is not there, or the graph could not be asked in time.
        """
        started = time.monotonic()
        slice_s = budget.slice_s(Stage.SOURCES)
        _, found = await asyncio.gather(
            self._gate(question, slice_s),
            required(
                lambda statement_s: self.finder.find(
                    question, limit=question.max_chains + SPARE_CHAINS, timeout_s=statement_s
                ),
                name="finding chains",
                timeout_s=slice_s,
            ),
        )
        chains = [candidate.chain for candidate in found.candidates]
        gathered = StageReport(Stage.SOURCES, found.name, len(chains), elapsed_s=time.monotonic() - started)
        shown, filtered = await self._named(question, chains, budget.slice_s(Stage.FILTER))
        kept = tuple(shown[: question.max_chains])
        certificate = found.certificate or Certificate(complete_above=1.0, complete_above_all_ties=1.0)
        return ChainsAnswer(
            question=question,
            chains=kept,
            completeness=Completeness(certificate),
            queries_digest=self.queries_digest,
            stages=(gathered, filtered, StageReport(Stage.SELECT, "select", len(kept))),
        )

    async def _gate(self, question: ChainsQuestion, slice_s: float) -> None:
        known = await required(
            lambda statement_s: self.directory.known(question, timeout_s=statement_s), name="gate", timeout_s=slice_s
        )
        for field in ("from_id", "to_id"):
            if getattr(question, field) not in known:
                raise NotFound(f"there is no member with this {field}")

    async def _named(
        self, question: ChainsQuestion, chains: list[Chain], slice_s: float
    ) -> tuple[list[Chain], StageReport]:
        started = time.monotonic()
        between = sorted({member for chain in chains for member in chain.members[1:-1]})
        unnamed: frozenset[str] = frozenset()
        if between:
            unnamed = await required(
                lambda statement_s: self.directory.unnamed(question, between, timeout_s=statement_s),
                name="filter",
                timeout_s=slice_s,
            )
        shown = [redact(chain, unnamed) for chain in chains if chain.members[1] not in unnamed]
        removed = {"contact_cannot_be_named": len(chains) - len(shown)} if len(shown) < len(chains) else {}
        return shown, StageReport(Stage.FILTER, "filter", len(shown), removed, time.monotonic() - started)
