"""Says how an outreach goes on: whom to talk to now, and the chain ahead. How it stands, `outreach.py` says."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from sixhop.domain import Certificate, Chain, ChainsQuestion, Completeness, Stage, StageReport
from sixhop.errors import NotFound, Reason
from sixhop.outreach import Hop, NextHopAnswer, NextHopQuestion, NextHopState, Outreach
from sixhop.pipeline.attempt import required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.chain_search import ChainSearch, search_chains
from sixhop.pipeline.ports import ChainFinder, OutreachReader
from sixhop.pipeline.present import redact

NOTHING_SEARCHED = Completeness(Certificate(complete_above=0.0, complete_above_all_ties=0.0))


@dataclass(frozen=True, slots=True)
class NextHopPipeline:
    """The pipeline of one realm: read the outreach, then search chains from who may talk next, one after the other."""

    reader: OutreachReader
    finder: ChainFinder
    queries_digest: str

    async def answer(self, question: NextHopQuestion, budget: Budget) -> NextHopAnswer:
        """How the outreach goes on.

        Raises:
            SixhopError: the outreach is not there, or the graph could not be asked in time.
        """
        started = time.monotonic()
        outreach = await required(
            lambda statement_s: self.reader.read(question, timeout_s=statement_s),
            name="reading the outreach",
            timeout_s=budget.remaining_s,
        )
        if outreach is None:
            raise NotFound("there is no outreach with this outreach_id", reason=Reason.OUTREACH_NOT_FOUND)
        read = StageReport(Stage.GATE, "outreach", len(outreach.hops), elapsed_s=time.monotonic() - started)
        stands = NextHopAnswer(
            question=question,
            state=NextHopState.OVER,
            completeness=NOTHING_SEARCHED,
            queries_digest=self.queries_digest,
            stages=(read,),
            declined=outreach.declined,
        )
        if outreach.is_over:
            return stands
        if (asked := outreach.awaited) is not None:
            return _awaiting(stands, outreach, asked)
        return await self._searched(stands, outreach, budget)

    async def _searched(self, stands: NextHopAnswer, outreach: Outreach, budget: Budget) -> NextHopAnswer:
        for speaker in outreach.speakers:
            if speaker.member_id == outreach.target.member_id:
                continue
            search = await search_chains(self.finder, _chains_question(stands.question, outreach, speaker), budget)
            stages = (*stands.stages, *search.reports)
            stands = replace(stands, completeness=search.completeness, stages=stages)
            if search.chains:
                return _talking(stands, outreach, speaker, search)
        return replace(stands, state=NextHopState.NO_CHAIN)


def _chains_question(question: NextHopQuestion, outreach: Outreach, speaker: Hop) -> ChainsQuestion:
    ends = {speaker.member_id, outreach.target.member_id}
    return ChainsQuestion(
        request_id=question.request_id,
        from_id=speaker.member_id,
        to_id=outreach.target.member_id,
        as_of=question.as_of,
        max_chains=1,
        avoid_ids=tuple(sorted((outreach.spent_ids | set(question.avoid_ids)) - ends)),
        outreach_about=outreach.offering_id,
        freshness_token=question.freshness_token,
        seen_by=question.seen_by,
    )


def _talking(stands: NextHopAnswer, outreach: Outreach, speaker: Hop, search: ChainSearch) -> NextHopAnswer:
    chain = search.chains[0]
    planned = outreach.planned_after(speaker)
    return replace(
        stands,
        state=NextHopState.TALK,
        speaker_id=_name(speaker),
        next_contact_id=chain.members[1],
        chain=_hidden(redact(chain, search.unnamed_ids), speaker),
        replanned=chain.members[1:-1] != planned if planned else outreach.declined > 0,
    )


def _awaiting(stands: NextHopAnswer, outreach: Outreach, asked: Hop) -> NextHopAnswer:
    askers = [hop for hop in outreach.hops if hop.member_id == asked.asked_by]
    return replace(
        stands,
        state=NextHopState.AWAIT_ANSWER,
        speaker_id=_name(askers[0]) if askers else "",
        next_contact_id=asked.member_id if asked is outreach.target else _name(asked),
    )


def _name(hop: Hop) -> str:
    """A sender speaks for themselves; of the others who may not be named is not."""
    return hop.member_id if hop.can_be_named or hop.position == 0 else ""


def _hidden(chain: Chain, speaker: Hop) -> Chain:
    return replace(chain, members=(_name(speaker), *chain.members[1:]))
