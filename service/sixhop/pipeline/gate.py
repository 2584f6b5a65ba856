"""The first stage: may this sender pass this offering on? Knows the rules, not where the facts come from.

- Sender and offering must be there; who may not be seen is not there.
- A sender who has opted out is asked nothing. Whether they may be named, reached or introduce does not matter here:
  they speak for themselves.
- People pass on only what they have experienced: the last experience must be a good one (no sentiment given, or 0 and
  more). At -0.5 and below the sender is a detractor of the offering.
- Nobody is asked without end: the surface caps the outreaches that a sender starts in a window of days.
"""

from __future__ import annotations

from sixhop.domain import GateFacts
from sixhop.errors import NotFound, Reason, Refused
from sixhop.pipeline.surfaces import AttentionRule

DETRACTOR_SENTIMENT = -0.5


def decide(facts: GateFacts, attention: AttentionRule) -> None:
    """Return, or raise the one reason why not. Messages name no id."""
    if not facts.sender_known:
        raise NotFound("there is no member with this sender_id", reason=Reason.MEMBER_NOT_FOUND)
    if not facts.offering_known:
        raise NotFound("there is no offering with this offering_id", reason=Reason.OFFERING_NOT_FOUND)
    if facts.sender_opted_out:
        raise Refused("the sender has opted out; ask another member", reason=Reason.SENDER_LACKS_CONSENT)
    sentiment = facts.last_sentiment
    if facts.experienced and sentiment is not None and sentiment <= DETRACTOR_SENTIMENT:
        raise Refused(
            "the sender's last word on the offering was a bad one; ask another member",
            reason=Reason.SENDER_IS_DETRACTOR,
        )
    if not facts.experienced or (sentiment is not None and sentiment < 0):
        raise Refused(
            "the sender has no good experience of the offering; ask a member who has",
            reason=Reason.SENDER_LACKS_EXPERIENCE,
        )
    if facts.sent_lately >= attention.most_outreaches:
        raise Refused(
            f"the sender has started {facts.sent_lately} outreaches in {attention.window_days} days, "
            f"at most {attention.most_outreaches} are asked of a member; ask again later",
            reason=Reason.SENDER_OVER_ATTENTION_CAP,
        )
