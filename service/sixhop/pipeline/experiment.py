"""Whom the challenger answers: senders of whole communities, so that friends get the same arm. Knows no one model.

Which arm a community has follows from the realm, the experiment and its id alone: every replica says the same, and a
larger share only adds communities to it. Another challenger is another experiment, and deals them out anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from sixhop.domain import Goal, RecommendQuestion, TargetsQuestion
from sixhop.pipeline.ports import Model
from sixhop.pipeline.score import Scored
from sixhop.pipeline.surfaces import Surface

_ALL = 2**64


class Arm(StrEnum):
    """Which model is to answer."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


@dataclass(frozen=True, slots=True)
class Experiment:
    """How one sender was dealt with. Who answered in the end stands in the answer: a challenger may fail."""

    challenger: str
    """The digest of the model that is tried."""
    share: float
    arm: Arm
    community_id: str
    """What the sender was dealt with as a part of; empty for one in no community, dealt with alone."""


def assign(*, realm: str, challenger: str, share: float, community_id: str, sender_id: str) -> Experiment:
    """The arm of a sender.

    Args:
        realm: Of the question.
        challenger: Digest of the model that is tried.
        share: Of all communities, those that the challenger answers; 0 to 1.
        community_id: The sender's top-level community; empty where there is none.
        sender_id: Dealt with alone where there is none.
    """
    unit = ("community", community_id) if community_id else ("member", sender_id)
    digest = hashlib.blake2b("\n".join((realm, challenger, *unit)).encode(), digest_size=8).digest()
    drawn = int.from_bytes(digest, "big") < share * _ALL
    return Experiment(challenger, share, Arm.CHALLENGER if drawn else Arm.CHAMPION, community_id)


@dataclass(frozen=True, slots=True)
class Trial:
    """Which of two models scores one answer, and which looks on."""

    scores: Model | None
    looks_on: Model | None
    experiment: Experiment | None

    async def score(self, ask: Callable[[Model | None], Awaitable[Scored]]) -> tuple[Scored, Model | None]:
        """What scored, and who may look on then. A challenger that fails leaves the answer to the champion."""
        scored = await ask(self.scores)
        tried = self.experiment is not None and self.experiment.arm is Arm.CHALLENGER
        if scored.report.missing and tried and self.looks_on is not None:
            return await ask(self.looks_on), None
        return scored, self.looks_on if scored.model else None


def set_up(
    question: RecommendQuestion,
    surface: Surface,
    *,
    realm: str,
    champion: Model | None,
    challenger: Model | None,
    community_id: str,
) -> Trial:
    """Who scores an answer. Only senders are dealt out: an answer about who should reach a member is made of many."""
    same = champion is not None and challenger is not None and champion.digest == challenger.digest
    if challenger is None or same or surface.goal is Goal.ANSWER:
        return Trial(champion, None, None)
    if not surface.challenger_share or not isinstance(question, TargetsQuestion):
        return Trial(champion, challenger, None)
    experiment = assign(
        realm=realm,
        challenger=challenger.digest,
        share=surface.challenger_share,
        community_id=community_id,
        sender_id=question.sender_id,
    )
    if experiment.arm is Arm.CHALLENGER:
        return Trial(challenger, champion, experiment)
    return Trial(champion, challenger, experiment)
