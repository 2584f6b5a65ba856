"""Asks every part, then whole questions, before the first real one comes: it should cost what all the others cost.

A question about nobody makes every plan but runs little of it. What runs for the first time is slow for longer (pages
are read, the server compiles its own code), so whole questions about members there are follow, until they get no faster
or the time for it is over. Nothing of it is recorded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from math import inf
from statistics import median

from sixhop.degrees import DegreesQuestion, Effort
from sixhop.domain import (
    Candidate,
    Chain,
    ChainsQuestion,
    Joint,
    Moment,
    Proposal,
    RecommendQuestion,
    ReferrersQuestion,
    TargetsQuestion,
    Tie,
)
from sixhop.errors import Reason, SixhopError
from sixhop.outreach import NextHopQuestion
from sixhop.pipeline.answers import Answers, Asked
from sixhop.pipeline.ports import Sampler, Source
from sixhop.pipeline.run import Pipeline

log = logging.getLogger(__name__)

NOBODY = ""
"""No member has an empty id."""
MOST_TRIES = 10
"""Making a plan may take longer than a query's own limit; each try gets further, as the server warms up."""
WITHIN_S = 30.0
"""A query's own limit is shorter."""
NO_FASTER = 0.9
"""Of what a question took the round before: above this it is about as fast as it gets."""
LEAST_S = 0.05
_TARGETS = TargetsQuestion(
    request_id="warm-up",
    sender_id=NOBODY,
    offering_ids=(NOBODY,),
    as_of=0,
    limit=1,
    community_id=NOBODY,
    candidate_ids=(NOBODY,),
    moment=Moment("", 0, ""),
)
_REFERRERS = ReferrersQuestion(
    request_id="warm-up", target_id=NOBODY, target_ids=(NOBODY,), offering_ids=(NOBODY,), as_of=0, limit=1
)
_CHAINS = ChainsQuestion(request_id="warm-up", from_id=NOBODY, to_id=NOBODY, as_of=0, avoid_ids=(NOBODY,))
_CHAIN = Chain((NOBODY,) * 3, (Tie(0.0),) * 2)
_CANDIDATE = Candidate(_CHAIN, NOBODY, ("warm-up",), 2)
_NEXT_HOP = NextHopQuestion(request_id="warm-up", outreach_id=NOBODY, as_of=0)
_DEGREES = DegreesQuestion(request_id="warm-up", member_id=NOBODY, target_ids=(NOBODY,), as_of=0)


async def make_plans(answers: Answers) -> None:
    """Ask every part about nobody, so that each query has its plan.

    Raises:
        SixhopError: a part cannot be asked at all, for example because its query is wrong.
    """
    await _ask(lambda: answers.clock.as_of(None, timeout_s=WITHIN_S))
    warm: set[str] = set()
    for pipeline in answers.surfaces.values():
        for name, ask in _parts_of(pipeline):
            if name not in warm:
                warm.add(name)
                await _ask(ask)
    await _ask(lambda: answers.chains.finder.find(_CHAINS, width=1, most_ties=1, above=0.0, timeout_s=WITHIN_S))
    await _ask(lambda: answers.next_hops.reader.read(_NEXT_HOP, timeout_s=WITHIN_S))
    await _ask(lambda: answers.degrees.finder.find(_DEGREES, [NOBODY], Effort(1, 1, 1), timeout_s=WITHIN_S))


class _Forgetful:
    """Records nothing."""

    def put(self, make_rows: object) -> bool:
        return True


async def ask_until_no_faster(answers: Answers, sampler: Sampler, *, within_s: float) -> int:
    """Ask whole questions of each kind until they get no faster, for at most `within_s`. How many were asked."""
    members = await sampler.sample(timeout_s=WITHIN_S)
    end = time.monotonic() + within_s
    pipelines = {
        name: replace(each, parts=replace(each.parts, recorder=_Forgetful())) for name, each in answers.surfaces.items()
    }
    quiet = replace(answers, surfaces=pipelines)
    asked, before = 0, inf
    while members and time.monotonic() < end:
        took: list[float] = []
        for at, (member_id, offering_id) in enumerate(members):
            started = time.monotonic()
            if started >= end:
                break
            for question in (
                quiet.find_targets(_asked(end), sender_id=member_id, offering_ids=(offering_id,)),
                quiet.find_referrers(_asked(end), target_id=member_id, enterprise_id=None, offering_id=offering_id),
                quiet.find_chains(_asked(end), from_id=member_id, to_id=members[at - 1][0]),
                quiet.get_degrees(_asked(end), member_id=member_id, target_ids=tuple(each for each, _ in members)),
            ):
                with suppress(SixhopError):
                    await question
                asked += 1
            took.append(time.monotonic() - started)
        now = median(took) if took else 0.0
        if now > NO_FASTER * before:
            break
        before = now
    return asked


def _asked(end: float) -> Asked:
    return Asked("warm-up", max(end - time.monotonic(), LEAST_S))


def _parts_of(pipeline: Pipeline) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
    """What can be asked, by a name under which surfaces share it."""
    parts, surface = pipeline.parts, pipeline.surface
    sources = [source for source, _ in (*pipeline.sources, *pipeline.community_sources)] + [pipeline.asked_source]
    backward = [source for source, _ in pipeline.referrer_sources]
    limits = surface.target_limits()
    proposals, joints = [Proposal(NOBODY, NOBODY, 0.0)], [Joint(_CHAIN, NOBODY, 2)]
    return [
        ("gate", lambda: parts.gate.sender(_TARGETS, sent_within_s=0, timeout_s=WITHIN_S)),
        ("target gate", lambda: parts.gate.target(_REFERRERS, limits=limits, timeout_s=WITHIN_S)),
        *((source.name, _proposal(source, _TARGETS, surface.candidates)) for source in sources),
        *((source.name, _proposal(source, _REFERRERS, surface.candidates)) for source in backward),
        ("join", lambda: pipeline.joiner.join(_TARGETS, proposals, joints, timeout_s=WITHIN_S)),
        ("left_out", lambda: pipeline.left_out.left_out(_TARGETS, {NOBODY: (NOBODY,)}, {}, timeout_s=WITHIN_S)),
        ("filter", lambda: parts.filter.check(_TARGETS, [_CANDIDATE], timeout_s=WITHIN_S)),
        ("referrer filter", lambda: parts.filter.check(_REFERRERS, [_CANDIDATE], timeout_s=WITHIN_S)),
        ("hydrate", lambda: parts.hydrator.hydrate([], freshness_token=None, timeout_s=WITHIN_S)),
        ("strengths", lambda: parts.ties.strengths([_CHAIN], as_of=0, freshness_token=None, timeout_s=WITHIN_S)),
    ]


def _proposal(source: Source, question: RecommendQuestion, limit: int) -> Callable[[], Awaitable[object]]:
    return lambda: source.propose(question, limit=limit, width=1, timeout_s=WITHIN_S)


async def _ask(ask: Callable[[], Awaitable[object]]) -> None:
    for tries in range(1, MOST_TRIES + 1):
        try:
            await ask()
        except SixhopError as error:
            if error.reason is not Reason.GRAPH_TIMEOUT:
                raise
            if tries == MOST_TRIES:
                log.warning("still cold after %d tries: %s", tries, error.message)
        else:
            return
