"""Makes recommendations of what was chosen. Knows nothing of how it was.

Chains are redacted first, so that nothing that is made from them can name the unnamed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from sixhop.domain import Chain, GateFacts, Recommendation, TargetFacts, TargetsQuestion
from sixhop.pipeline.reasons import reasons
from sixhop.pipeline.select import Pick

TOKEN_BYTES = 16


def redact(chain: Chain, unnamed_ids: frozenset[str]) -> Chain:
    """The chain with an empty id for every introducer who may not be named. Both ends stay as they are."""
    between = ("" if member in unnamed_ids else member for member in chain.members[1:-1])
    return replace(chain, members=(chain.members[0], *between, chain.members[-1]))


def present(
    question: TargetsQuestion, picks: list[Pick], *, targets: Mapping[str, TargetFacts], gate: GateFacts
) -> tuple[Recommendation, ...]:
    """One recommendation a pick, in the same order, each with a token that its outcome brings back."""
    return tuple(_recommendation(question, pick, targets[pick.scored.candidate.target_id], gate) for pick in picks)


def _recommendation(question: TargetsQuestion, pick: Pick, facts: TargetFacts, gate: GateFacts) -> Recommendation:
    candidate, scored = pick.scored.candidate, pick.scored
    chain = redact(candidate.chain, facts.unnamed_ids)
    return Recommendation(
        sender_id=question.sender_id,
        target_id=candidate.target_id,
        offering_id=question.offering_id,
        chain=chain,
        degree=candidate.degree,
        likelihood=scored.likelihood,
        expected_value=None if scored.likelihood is None else scored.rank_score,
        reasons=reasons(scored.features, offering_kind=gate.offering_kind, chain=chain),
        sources=candidate.sources,
        attribution_token=secrets.token_urlsafe(TOKEN_BYTES),
        propensity=pick.propensity,
        features=scored.features,
    )
