"""Answers how two members connect: the best chains between them, with who may not be named made invisible."""

from __future__ import annotations

from dataclasses import dataclass

from sixhop.domain import ChainsAnswer, ChainsQuestion, Stage, StageReport
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.chain_search import search_chains
from sixhop.pipeline.ports import ChainFinder
from sixhop.pipeline.present import redact


@dataclass(frozen=True, slots=True)
class ChainsPipeline:
    """The pipeline of one realm. Rules of naming hold inside the search; what is left to do is to hide names."""

    finder: ChainFinder
    queries_digest: str

    async def answer(self, question: ChainsQuestion, budget: Budget) -> ChainsAnswer:
        """The best chains from one member to another.

        Raises:
            SixhopError: an end or the enterprise is not there, or the graph could not be asked in time.
        """
        search = await search_chains(self.finder, question, budget)
        return ChainsAnswer(
            question=question,
            chains=tuple(redact(chain, search.unnamed_ids) for chain in search.chains),
            completeness=search.completeness,
            queries_digest=self.queries_digest,
            stages=(*search.reports, StageReport(Stage.SELECT, "select", len(search.chains))),
        )
