"""The stage that reads the features of all candidates in one go. Without it the answer is ordered by chain score.

It runs beside the filter, on all candidates: few are filtered out, and waiting costs more than reading some in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sixhop.domain import Candidate, PairKey, RecommendQuestion, Stage, StageReport
from sixhop.pipeline.attempt import FAILED, attempt
from sixhop.pipeline.ports import Hydrator


@dataclass(frozen=True, slots=True)
class Hydrated:
    """The features of each candidate, in the same order; empty mappings when they could not be read."""

    features: list[dict[str, float]]
    report: StageReport


async def hydrate(
    question: RecommendQuestion,
    candidates: Sequence[Candidate],
    *,
    hydrator: Hydrator,
    timeout_s: float,
) -> Hydrated:
    """Read what the model looks at. Never raises: what fails is reported as missing."""
    if not candidates:
        return Hydrated([], StageReport(Stage.HYDRATE, "hydrate", 0))
    pairs = [
        PairKey(
            sender_id=each.sender_id,
            target_id=each.target_id,
            offering_id=each.offering_id,
            as_of=question.as_of,
            degree=each.degree,
            moment=question.moment,
            chain_score=each.chain.score,
            chain_weakest=each.chain.weakest,
        )
        for each in candidates
    ]
    tried = await attempt(
        lambda statement_s: hydrator.hydrate(pairs, freshness_token=question.freshness_token, timeout_s=statement_s),
        name="hydrate",
        request_id=question.request_id,
        timeout_s=timeout_s,
    )
    if tried.value is not None and len(tried.value) == len(pairs):
        return Hydrated(tried.value, StageReport(Stage.HYDRATE, "hydrate", len(pairs), elapsed_s=tried.elapsed_s))
    missing = tried.missing or FAILED
    report = StageReport(Stage.HYDRATE, "hydrate", 0, elapsed_s=tried.elapsed_s, missing=missing)
    return Hydrated([{} for _ in pairs], report)
