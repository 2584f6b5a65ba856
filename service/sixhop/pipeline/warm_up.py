"""Asks every part once with a question about nobody, so that the first real one does not wait for plans to be made."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from sixhop.domain import Candidate, Chain, ChainsQuestion, TargetsQuestion, Tie
from sixhop.errors import Reason, SixhopError
from sixhop.pipeline.answers import Answers
from sixhop.pipeline.run import TargetsPipeline

log = logging.getLogger(__name__)

NOBODY = ""
"""No member has an empty id."""
MOST_TRIES = 10
"""Making a plan may take longer than a query's own limit; each try gets further, as the server warms up."""
WITHIN_S = 30.0
"""A query's own limit is shorter."""
_TARGETS = TargetsQuestion(request_id="warm-up", sender_id=NOBODY, offering_id=NOBODY, as_of=0, limit=1)
_CHAINS = ChainsQuestion(request_id="warm-up", from_id=NOBODY, to_id=NOBODY, as_of=0, avoid_ids=(NOBODY,))
_CANDIDATE = Candidate(NOBODY, Chain((NOBODY,) * 3, (Tie(0.0, 0.0),) * 2), ("warm-up",), 2)


async def warm_up(answers: Answers) -> None:
    """Raises `SixhopError` when a part cannot be asked at all, for example because its query is wrong."""
    await _ask(lambda: answers.clock.as_of(None, timeout_s=WITHIN_S))
    for pipeline in answers.surfaces.values():
        for ask in _parts_of(pipeline):
            await _ask(ask)
    directory, finder = answers.chains.directory, answers.chains.finder
    await _ask(lambda: directory.known(_CHAINS, timeout_s=WITHIN_S))
    await _ask(lambda: directory.unnamed(_CHAINS, [NOBODY], timeout_s=WITHIN_S))
    await _ask(lambda: finder.find(_CHAINS, limit=1, timeout_s=WITHIN_S))


def _parts_of(pipeline: TargetsPipeline) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: pipeline.gate.facts(_TARGETS, sent_since=0, timeout_s=WITHIN_S),
        *(_proposal(pipeline, place) for place in range(len(pipeline.sources))),
        lambda: pipeline.target_filter.check(
            _TARGETS, [_CANDIDATE], filters=pipeline.surface.filters, reached_since=0, timeout_s=WITHIN_S
        ),
        lambda: pipeline.hydrator.hydrate([], freshness_token=None, timeout_s=WITHIN_S),
    ]


def _proposal(pipeline: TargetsPipeline, place: int) -> Callable[[], Awaitable[object]]:
    source, _ = pipeline.sources[place]
    return lambda: source.propose(_TARGETS, limit=pipeline.surface.candidates, timeout_s=WITHIN_S)


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
