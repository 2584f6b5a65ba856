"""The first stage: may this be asked at all? Knows the rules, not where the facts come from.

Of a sender:
- Sender and offering must be there; who may not be seen is not there.
- A sender who has opted out is asked nothing. Whether they may be named, reached or introduce does not matter here:
  they speak for themselves.
- People pass on only what they have experienced: the last experience must be a good one (no sentiment given, or 0 and
  more). At -0.5 and below the sender is a detractor of the offering. Of several offerings those that do not pass are
  left out; where none does, the first one's reason is the answer.
- Nobody is asked without end: the surface caps the outreaches that a sender starts in a window of days.

Of a target, or of those who act for an enterprise: who opted out, may not be reached or named, was reached too often
lately, has the offering, or declined it lately is not to be reached.
"""

from __future__ import annotations

from sixhop.domain import OfferingFacts, SenderFacts, TargetFacts
from sixhop.errors import NotFound, Reason, Refused, SixhopError
from sixhop.pipeline.surfaces import Cap

DETRACTOR_SENTIMENT = -0.5
_NOT_TO_BE_REACHED = {
    "opted_out": ("the target has opted out; ask about another member", Reason.TARGET_LACKS_CONSENT),
    "cannot_be_reached": ("the target may not be reached; ask about another member", Reason.TARGET_LACKS_CONSENT),
    "cannot_be_named": ("the target may not be named; ask about another member", Reason.TARGET_LACKS_CONSENT),
    "fatigued": ("the target was reached as often as the surface allows; ask again later", Reason.TARGET_FATIGUED),
    "has_adopted": ("the target has the offering already; ask about another one", Reason.TARGET_HAS_ADOPTED),
    "declined": ("the target declined this offering lately; ask about another one", Reason.TARGET_DECLINED),
}


def decide_on_sender(facts: SenderFacts, attention: Cap) -> tuple[tuple[OfferingFacts, ...], dict[str, int]]:
    """The offerings that the sender passes on, at least one, and how many others were left out for which reason.

    Raises:
        SixhopError: the one reason why nothing may be asked. Messages name no id.
    """
    if not facts.known:
        raise NotFound("there is no member with this sender_id", reason=Reason.MEMBER_NOT_FOUND)
    if not facts.community_known:
        raise NotFound("there is no community with this community_id", reason=Reason.COMMUNITY_NOT_FOUND)
    if facts.opted_out:
        raise Refused("the sender has opted out; ask another member", reason=Reason.SENDER_LACKS_CONSENT)
    problems = [_problem_with(offering) for offering in facts.offerings]
    passed = tuple(each for each, problem in zip(facts.offerings, problems, strict=True) if problem is None)
    if not passed and problems[0]:
        raise problems[0]
    if facts.sent_lately >= attention.most:
        raise Refused(
            f"the sender has started {facts.sent_lately} outreaches in {attention.window_days} days, "
            f"at most {attention.most} are asked of a member; ask again later",
            reason=Reason.SENDER_OVER_ATTENTION_CAP,
        )
    removed: dict[str, int] = {}
    for problem in problems:
        if problem:
            removed[problem.reason.value.lower()] = removed.get(problem.reason.value.lower(), 0) + 1
    return passed, removed


def _problem_with(offering: OfferingFacts) -> SixhopError | None:
    sentiment = offering.last_sentiment
    if not offering.known:
        return NotFound("there is no offering with this offering_id", reason=Reason.OFFERING_NOT_FOUND)
    if offering.experienced and sentiment is not None and sentiment <= DETRACTOR_SENTIMENT:
        return Refused(
            "the sender's last word on the offering was a bad one; ask another member",
            reason=Reason.SENDER_IS_DETRACTOR,
        )
    if not offering.experienced or (sentiment is not None and sentiment < 0):
        return Refused(
            "the sender has no good experience of the offering; ask a member who has",
            reason=Reason.SENDER_LACKS_EXPERIENCE,
        )
    return None


def decide_on_target(facts: TargetFacts, *, of_enterprise: bool) -> None:
    """Return when somebody may be reached, or raise the one reason why not. Messages name no id."""
    if not facts.known and of_enterprise:
        raise NotFound("there is no enterprise with this enterprise_id", reason=Reason.ENTERPRISE_NOT_FOUND)
    if not facts.known:
        raise NotFound("there is no member with this target_id", reason=Reason.MEMBER_NOT_FOUND)
    if not facts.offering.known:
        raise NotFound("there is no offering with this offering_id", reason=Reason.OFFERING_NOT_FOUND)
    if facts.reachable_ids:
        return
    if of_enterprise:
        raise Refused(
            "nobody who may be reached about this offering acts for the enterprise; ask about another one",
            reason=Reason.NOBODY_ACTS_FOR_ENTERPRISE,
        )
    message, reason = _NOT_TO_BE_REACHED[next(iter(facts.removed_by))]
    raise Refused(message, reason=reason)
