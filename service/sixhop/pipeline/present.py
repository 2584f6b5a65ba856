"""Makes recommendations of what was chosen. Knows nothing of how it was.

Chains are redacted first, so that nothing that is made from them can name the unnamed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan

from sixhop.domain import Candidate, CandidateFacts, Chain, Recommendation
from sixhop.pipeline.reasons import reasons
from sixhop.pipeline.select import Pick

TOKEN_BYTES = 16


OWN_FEATURES = frozenset(
    {
        "degree",
        "tie_strength",
        "tie_days_since_contact",
        "tie_contacts",
        "tie_reciprocated",
        "common_experiences",
        "taste_cosine",
        "sender_experiences",
        "sender_recent_experiences",
        "days_since_experience",
        "target_experiences",
        "target_month_experiences",
        "target_recent_experiences",
        "target_yearly_experiences",
        "target_days_since_last",
        "target_days_since_first",
        "place_share",
        "channel_share",
        "hour_share",
    }
)
"""Those that speak of sender and target alone. The others count members, also outside of a caller's slice."""


def redact(chain: Chain, unnamed_ids: frozenset[str]) -> Chain:
    """The chain with an empty id for every introducer who may not be named, and nothing of how close their ties are.

    Both ends stay as they are. `pass_on` stays: the score is made of it.
    """
    between = ("" if member in unnamed_ids else member for member in chain.members[1:-1])
    members = (chain.members[0], *between, chain.members[-1])
    ties = (tie if all(members[hop : hop + 2]) else replace(tie, strength=nan) for hop, tie in enumerate(chain.ties))
    return replace(chain, members=members, ties=tuple(ties))


def present(
    picks: Sequence[Pick],
    chains: Sequence[Chain],
    *,
    facts: Mapping[tuple[str, str, str], CandidateFacts],
    kinds: Mapping[str, str],
    backward: bool = False,
    own_only: bool = False,
) -> tuple[Recommendation, ...]:
    """One recommendation a pick, in the same order, each with a token that its outcome brings back.

    Args:
        picks: What was chosen.
        chains: Of each, with the strengths of its ties.
        facts: By `key`: who of the chain may be named.
        kinds: Of each offering.
        backward: Whether the referrer is what was asked for: reasons then speak to the caller of both ends.
        own_only: Whether reasons and features speak of sender and target alone.
    """
    return tuple(
        _recommendation(
            pick,
            redact(chain, facts[key(pick.scored.candidate)].unnamed_ids),
            facts[key(pick.scored.candidate)].moderates,
            {name: value for name, value in pick.scored.features.items() if not own_only or name in OWN_FEATURES},
            kinds=kinds,
            backward=backward,
        )
        for pick, chain in zip(picks, chains, strict=True)
    )


def key(candidate: Candidate) -> tuple[str, str, str]:
    """What tells candidates apart."""
    return candidate.sender_id, candidate.target_id, candidate.offering_id


def _recommendation(
    pick: Pick,
    chain: Chain,
    moderates: bool,
    features: Mapping[str, float],
    *,
    kinds: Mapping[str, str],
    backward: bool,
) -> Recommendation:
    candidate, scored = pick.scored.candidate, pick.scored
    return Recommendation(
        sender_id=candidate.sender_id,
        target_id=candidate.target_id,
        offering_id=candidate.offering_id,
        chain=chain,
        degree=candidate.degree,
        likelihood=scored.likelihood,
        expected_value=None if scored.likelihood is None else scored.rank_score,
        reasons=reasons(
            features,
            offering_kind=kinds.get(candidate.offering_id, ""),
            chain=chain,
            backward=backward,
            moderates=moderates,
        ),
        sources=candidate.sources,
        attribution_token=secrets.token_urlsafe(TOKEN_BYTES),
        propensity=pick.propensity,
        features=features,
    )
