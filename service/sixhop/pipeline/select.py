"""The stage that chooses what is shown: by worth, spread over communities and degrees, with one slot to explore.

Quotas are soft: who is over one comes after everybody who is not, so an answer is never shorter for them. Exploring
keeps the records honest: now and then the last slot goes to a uniformly drawn candidate, and each one shown carries
the probability it was shown with.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sixhop.domain import ScoredCandidate
from sixhop.pipeline.surfaces import SelectRule


@dataclass(frozen=True, slots=True)
class Scorable:
    """A scored candidate with what quotas count."""

    scored: ScoredCandidate
    subject: str
    """Who is asked for: the target, or the referrer."""
    community_id: str = ""
    asks_few: bool = False
    """Whether something would be asked of the best connected hundredth of the members."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What will be shown, and the probability that it was."""

    scored: ScoredCandidate
    propensity: float
    explored: bool = False


def select(candidates: Sequence[Scorable], *, rule: SelectRule, limit: int, seed: str) -> list[Pick]:
    """The best `limit` candidates, best first; the explored one, if any, is last.

    Args:
        candidates: All that may be shown; of several about one subject the best is.
        rule: Quotas and the share of answers that explore.
        limit: How many at most.
        seed: Decides whether and what is explored; the same seed gives the same answer.
    """
    ranked = _one_a_subject(sorted(candidates, key=_rank))
    chosen = _within_quotas(ranked, rule, limit)
    taken = {each.subject for each in chosen}
    rest = [each for each in ranked if each.subject not in taken]
    if not rest or not rule.exploration or not chosen:
        return [Pick(each.scored, 1.0) for each in chosen]
    certain = [Pick(each.scored, 1.0) for each in chosen[:-1]]
    draw = random.Random(seed)  # drawn from the request's id: repeatable, and nothing secret hangs on it
    if draw.random() < rule.exploration:
        explored = draw.choice(rest).scored
        return [*certain, Pick(explored, rule.exploration / len(rest), explored=True)]
    return [*certain, Pick(chosen[-1].scored, 1.0 - rule.exploration)]


def _rank(each: Scorable) -> tuple[float, int, float, str, str]:
    candidate = each.scored.candidate
    return (
        -each.scored.rank_score,
        candidate.degree,
        -candidate.chain.score,
        each.subject,
        candidate.offering_id,
    )


def _one_a_subject(ranked: Sequence[Scorable]) -> list[Scorable]:
    best: dict[str, Scorable] = {}
    for each in ranked:
        best.setdefault(each.subject, each)
    return list(best.values())


def _within_quotas(ranked: Sequence[Scorable], rule: SelectRule, limit: int) -> list[Scorable]:
    by_degree = {degree: ceil(share * limit) for degree, share in rule.max_share_by_degree.items()}
    communities: Counter[str] = Counter()
    degrees: Counter[int] = Counter()
    most_few, few = ceil(rule.max_share_few * limit), 0
    first: list[Scorable] = []
    over: list[Scorable] = []
    for each in ranked:
        degree, community = each.scored.candidate.degree, each.community_id
        crowded = bool(community) and communities[community] >= (rule.max_per_community or limit)
        too_near = degrees[degree] >= by_degree.get(degree, limit)
        if len(first) == limit or crowded or too_near or (each.asks_few and few >= most_few):
            over.append(each)
            continue
        first.append(each)
        few += each.asks_few
        degrees[degree] += 1
        communities[community] += 1
    return sorted([*first, *over[: limit - len(first)]], key=_rank)
