"""The stage that asks the model how likely each referral is. Where no model speaks, chain scores rank, and it shows.

`likelihood` is set for all candidates or for none: two kinds of numbers are never put in one order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sixhop.domain import Goal, ScoredCandidate, Stage, StageReport
from sixhop.pipeline.attempt import attempt
from sixhop.pipeline.filter import Eligible
from sixhop.pipeline.ports import Model

NO_MODEL = "no model"
MODERATORS_LIFT = 4.0
"""Who moderates a community is there to answer in it: up to this many times nearer others count as no nearer."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates with what ranks them. `model` is the digest of the model that spoke, or empty."""

    candidates: list[ScoredCandidate]
    model: str
    report: StageReport


async def score(
    eligible: Sequence[Eligible],
    features: Sequence[Mapping[str, float]],
    *,
    goal: Goal,
    model: Model | None,
    values: Mapping[str, float],
    most_asked: int,
    request_id: str,
    timeout_s: float,
) -> Scored:
    """Rank by likelihood times value; by chain score when there is no model, or it fails, or for an answer.

    Args:
        eligible: The candidates.
        features: Of each, in the same order; all empty when they could not be read.
        goal: What models know of is who takes to an offering, not who has an answer.
        model: None while none was promoted.
        values: What an adoption of each offering is worth.
        most_asked: How often a subject may be asked or reached within the window: the nearer to it, the less one more
            is worth.
        request_id: For the log.
        timeout_s: For the model.
    """
    if goal is Goal.ANSWER:
        return Scored(_by_chain(eligible, features, most_asked), "", StageReport(Stage.SCORE, "score", len(eligible)))
    if model is None or not eligible or not all(features):
        report = StageReport(Stage.SCORE, "score", len(eligible), missing="" if model else NO_MODEL)
        return Scored(_by_chain(eligible, features, most_asked), "", report)

    # In the event loop's own thread: it takes a millisecond, handing it over and waiting for a turn took two more.
    async def ask(_: float) -> list[ScoredCandidate]:
        return by_likelihood(eligible, features, model, values=values, most_asked=most_asked)

    tried = await attempt(ask, name="score", request_id=request_id, timeout_s=timeout_s)
    report = StageReport(Stage.SCORE, "score", len(eligible), {}, tried.elapsed_s, tried.missing)
    if tried.value is None:
        return Scored(_by_chain(eligible, features, most_asked), "", report)
    return Scored(tried.value, model.digest, report)


def by_likelihood(
    eligible: Sequence[Eligible],
    features: Sequence[Mapping[str, float]],
    model: Model,
    *,
    values: Mapping[str, float],
    most_asked: int,
) -> list[ScoredCandidate]:
    """The candidates as a model ranks them, in the same order; arguments as of `score`. Raises what the model does."""
    return [
        ScoredCandidate(
            each.candidate,
            own,
            likelihood,
            likelihood * values.get(each.candidate.offering_id, 1.0) * _patience(each, most_asked),
        )
        for each, own, likelihood in zip(eligible, features, _likelihoods(model, features), strict=True)
    ]


def _likelihoods(model: Model, features: Sequence[Mapping[str, float]]) -> list[float]:
    likelihoods = [float(value) for value in model.score(features)]
    if len(likelihoods) != len(features) or not all(0 <= value <= 1 for value in likelihoods):
        raise ValueError("the model gave something else than one likelihood from 0 to 1 for each pair")
    return likelihoods


def _by_chain(
    eligible: Sequence[Eligible], features: Sequence[Mapping[str, float]], most_asked: int
) -> list[ScoredCandidate]:
    return [
        ScoredCandidate(
            each.candidate,
            own,
            None,
            each.candidate.chain.score
            * _patience(each, most_asked)
            * (MODERATORS_LIFT if each.facts.moderates else 1.0),
        )
        for each, own in zip(eligible, features, strict=True)
    ]


def _patience(each: Eligible, most_asked: int) -> float:
    """1 for who was not asked lately, falling evenly towards the cap."""
    return max(1.0 - each.facts.asked_lately / most_asked, 0.0)
