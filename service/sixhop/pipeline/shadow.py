"""What the other model would have said and shown: worked out in the recorder's thread, once the answer is given.

Both models are held against each other on all that was scored, each with its own order and no slot that explores.
Nothing of it changes an answer: what fails, or would make the recorder late, is left out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import sqrt

from sixhop.domain import Candidate, ScoredCandidate
from sixhop.pipeline.ports import Model
from sixhop.pipeline.select import Pick

log = logging.getLogger(__name__)

WITHIN_S = 1.0
"""Answers that waited longer to be recorded are recorded without: a recorder that falls behind would lose some."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One whom the other model would have shown, and was not: with both likelihoods."""

    subject: str
    offering_id: str
    degree: int
    likelihood: float
    """The served model's."""
    other: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What the other model says of one that was shown."""

    likelihood: float
    rank: int
    """Its place among all that were scored, from 0."""
    position: int | None
    """Its place in the other's answer, from 0; None: it would not have been shown."""
    instead: Newcomer | None = None
    """Who would have come in; each newcomer stands beside one that would have gone, in their orders."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the other model says of an answer, one `Beside` a recommendation.

    `rank_correlation` is Spearman's, of both likelihoods over all that were scored; None where one of them is constant.
    """

    model: str
    candidates: int
    rank_correlation: float | None
    of: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """One answer, ready to be looked at by another model than the one that served it."""

    model: Model
    """The other one."""
    request_id: str
    served: Sequence[ScoredCandidate]
    """All that were scored, with the served likelihoods."""
    score: Callable[[Model], list[ScoredCandidate]]
    """The same candidates in the same order, scored by another model."""
    choose: Callable[[Sequence[ScoredCandidate]], list[Pick]]
    """What would be shown of scored candidates, where nothing explores."""
    subject: Callable[[Candidate], str]
    """Whom the question asks for."""
    began_at: float = field(default_factory=time.monotonic)

    def look(self, picks: Sequence[Pick]) -> Seen | None:
        """What the other model says of what was shown; None where it failed, or it is too late for it."""
        if time.monotonic() - self.began_at > WITHIN_S:
            return None
        try:
            return self._look(picks)
        except Exception as error:  # of any kind: what was shown is to be recorded all the same
            cause = type(error).__name__
            log.warning("model %s failed in the shadow (%s); request_id=%s", self.model.digest, cause, self.request_id)
            return None

    def _look(self, picks: Sequence[Pick]) -> Seen:
        scored = self.score(self.model)
        by_rank = sorted(range(len(scored)), key=lambda no: -scored[no].rank_score)
        rank = {_key(scored[no].candidate): place for place, no in enumerate(by_rank)}
        other = {_key(each.candidate): _said(each) for each in scored}
        served = {_key(each.candidate): _said(each) for each in self.served}
        here = [self._subject(each) for each in self.choose(self.served)]
        there = self.choose(scored)
        places = {self._subject(each): place for place, each in enumerate(there)}
        newcomers = iter([each.scored.candidate for each in there if self._subject(each) not in here])

        def beside(pick: Pick) -> Beside:
            candidate = pick.scored.candidate
            position = places.get(self._subject(pick))
            goes = position is None or pick.explored
            new = next(newcomers, None) if goes else None
            key = _key(candidate)
            return Beside(other[key], rank[key], position, None if new is None else newcomer(new))

        def newcomer(candidate: Candidate) -> Newcomer:
            said, would = served[_key(candidate)], other[_key(candidate)]
            return Newcomer(self.subject(candidate), candidate.offering_id, candidate.degree, said, would)

        correlation = _rank_correlation([_said(each) for each in self.served], [_said(each) for each in scored])
        return Seen(self.model.digest, len(scored), correlation, tuple(beside(pick) for pick in picks))

    def _subject(self, pick: Pick) -> str:
        return self.subject(pick.scored.candidate)


def _key(candidate: Candidate) -> tuple[str, str, str]:
    return candidate.sender_id, candidate.target_id, candidate.offering_id


def _said(scored: ScoredCandidate) -> float:
    if scored.likelihood is None:
        raise ValueError("no model spoke")
    return scored.likelihood


def _rank_correlation(one: Sequence[float], two: Sequence[float]) -> float | None:
    """Spearman's, ties sharing their mean rank; None where all are tied."""
    first, second = _mean_ranks(one), _mean_ranks(two)
    middle = (len(one) - 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    spread = sqrt(sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second))
    return both / spread if spread else None


def _mean_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for no in order[first : last + 1]:
            ranks[no] = (first + last) / 2
        first = last + 1
    return ranks
