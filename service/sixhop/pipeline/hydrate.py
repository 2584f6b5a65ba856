"""The stage that reads the features of all candidates in one go. Without it the answer is ordered by chain score."""

from __future__ import annotations

from collections.abc import Sequence

from sixhop.domain import PairKey, Stage, StageReport, TargetsQuestion
from sixhop.pipeline.attempt import FAILED, attempt
from sixhop.pipeline.filter import Eligible
from sixhop.pipeline.ports import Hydrator

Features = list[dict[str, float]]


async def hydrate(
    question: TargetsQuestion, eligible: Sequence[Eligible], *, hydrator: Hydrator, timeout_s: float
) -> tuple[Features, StageReport]:
    """The features of each candidate, in the same order; empty mappings when they could not be read."""
    nothing: Features = [{} for _ in eligible]
    if not eligible:
        return nothing, StageReport(Stage.HYDRATE, "hydrate", 0)
    pairs = [
        PairKey(
            sender_id=question.sender_id,
            target_id=each.candidate.target_id,
            offering_id=question.offering_id,
            as_of=question.as_of,
            degree=each.candidate.degree,
        )
        for each in eligible
    ]
    tried = await attempt(
        lambda statement_s: hydrator.hydrate(pairs, freshness_token=question.freshness_token, timeout_s=statement_s),
        name="hydrate",
        request_id=question.request_id,
        timeout_s=timeout_s,
    )
    if tried.value is not None and len(tried.value) == len(pairs):
        return tried.value, StageReport(Stage.HYDRATE, "hydrate", len(pairs), elapsed_s=tried.elapsed_s)
    missing = tried.missing or FAILED
    return nothing, StageReport(Stage.HYDRATE, "hydrate", 0, elapsed_s=tried.elapsed_s, missing=missing)
