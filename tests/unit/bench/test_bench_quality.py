"""Recall counts which of the oracle's best an answer's candidates hold; near-best chains, how many pairs have one."""

from __future__ import annotations

from typing import Any

import pytest

from sixhop._gen.sixhop.v1 import answer_pb2, chain_pb2, recommendation_pb2
from sixhop_bench.quality import near_best_chains, recall_at_20
from sixhop_bench.questions import CHAINS, DEGREES, TARGETS, Question


class KnownOracle:
    """Says what it was told to."""

    def targets(self, sender: int, offering: int) -> dict[int, float]:
        return {member: 1.0 / member for member in range(1, 21)}

    def best_chain(self, start: int, end: int) -> float:
        return {2: 0.0, 3: 0.5, 4: 0.5}[end]


class KnownAnswers:
    """One answer, or None, for each request."""

    def __init__(self, *answers: Any) -> None:
        self.answers = answers

    async def explained(self, question: Question, number: int) -> Any:
        return self.answers[number]


def question(name: str, *requests: Any) -> Question:
    return Question(name, list(requests), lambda channel: None, 1.0)


def with_candidates(*ids: str) -> recommendation_pb2.RecommendTargetsResponse:
    items = [answer_pb2.StageItem(member_id=i) for i in ids]
    stages = [answer_pb2.StageReport(stage="sources", items=items), answer_pb2.StageReport(stage="filter", items=items)]
    return recommendation_pb2.RecommendTargetsResponse(info=answer_pb2.RequestInfo(stages=stages))


TARGETS_ASKED = question(TARGETS, recommendation_pb2.RecommendTargetsRequest(sender_id="m0", offering_id="o1"))


async def test_recall_is_the_share_of_the_best_that_were_candidates() -> None:
    answers = KnownAnswers(with_candidates(*(f"m{n}" for n in range(6, 60))), None)
    recall = await recall_at_20(answers, TARGETS_ASKED, KnownOracle(), 2)  # type: ignore[arg-type]
    assert recall == pytest.approx(15 / 20)


async def test_answers_that_name_no_candidates_tell_nothing() -> None:
    answers = KnownAnswers(with_candidates())
    assert await recall_at_20(answers, TARGETS_ASKED, KnownOracle(), 1) is None  # type: ignore[arg-type]
    assert await recall_at_20(answers, question(DEGREES), KnownOracle(), 1) is None  # type: ignore[arg-type]


async def test_only_connected_pairs_count_and_no_answer_is_no_chain() -> None:
    asked = [recommendation_pb2.FindChainsRequest(from_id="m1", to_id=f"m{n}") for n in (2, 3, 3, 4)]
    chains = [recommendation_pb2.FindChainsResponse(chains=[chain_pb2.Chain(score=s)]) for s in (0.1, 0.49, 0.4)]
    near = await near_best_chains(
        KnownAnswers(*chains, None),  # type: ignore[arg-type]
        question(CHAINS, *asked),
        KnownOracle(),  # type: ignore[arg-type]
        4,
    )
    assert near == pytest.approx(1 / 3)
