"""The gate: one reason why not, or none; and no word of any id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pipeline_parts import GLAD, REACHABLE, WELCOME

from sixhop.domain import OfferingFacts, SenderFacts, TargetFacts
from sixhop.errors import Reason, SixhopError
from sixhop.pipeline.gate import decide_on_sender, decide_on_target
from sixhop.pipeline.surfaces import Cap

ATTENTION = Cap(most=3, window_days=7)
UNKNOWN = OfferingFacts("none", known=False)
BAD = replace(GLAD, offering_id="bad", last_sentiment=-0.9)
UNTRIED = replace(GLAD, offering_id="untried", experienced=False)


def of(**offering: Any) -> SenderFacts:
    return replace(WELCOME, offerings=(replace(GLAD, **offering),))


@pytest.mark.parametrize(
    "facts", [WELCOME, of(last_sentiment=0.0), of(last_sentiment=1.0), replace(WELCOME, sent_lately=2)]
)
def test_a_sender_with_a_good_experience_passes(facts: SenderFacts) -> None:
    assert decide_on_sender(facts, ATTENTION) == (facts.offerings, {})


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(WELCOME, known=False), Reason.MEMBER_NOT_FOUND),
        (of(known=False), Reason.OFFERING_NOT_FOUND),
        (replace(of(known=False), known=False), Reason.MEMBER_NOT_FOUND),
        (replace(WELCOME, community_known=False), Reason.COMMUNITY_NOT_FOUND),
        (replace(WELCOME, opted_out=True), Reason.SENDER_LACKS_CONSENT),
        (of(experienced=False), Reason.SENDER_LACKS_EXPERIENCE),
        (of(last_sentiment=-0.01), Reason.SENDER_LACKS_EXPERIENCE),
        (of(last_sentiment=-0.49), Reason.SENDER_LACKS_EXPERIENCE),
        (of(last_sentiment=-0.5), Reason.SENDER_IS_DETRACTOR),
        (of(last_sentiment=-1.0), Reason.SENDER_IS_DETRACTOR),
        (replace(WELCOME, sent_lately=3), Reason.SENDER_OVER_ATTENTION_CAP),
    ],
)
def test_each_no_to_a_sender_has_its_reason(facts: SenderFacts, reason: Reason) -> None:
    with pytest.raises(SixhopError) as raised:
        decide_on_sender(facts, ATTENTION)
    assert raised.value.reason is reason


def test_of_several_offerings_those_that_fail_are_left_out_and_counted() -> None:
    facts = replace(WELCOME, offerings=(BAD, GLAD, UNKNOWN, UNTRIED, replace(UNTRIED, offering_id="u2")))
    assert decide_on_sender(facts, ATTENTION) == (
        (GLAD,),
        {"sender_is_detractor": 1, "offering_not_found": 1, "sender_lacks_experience": 2},
    )


@pytest.mark.parametrize(
    ("offerings", "reason"),
    [((UNTRIED, BAD), Reason.SENDER_LACKS_EXPERIENCE), ((UNKNOWN, UNTRIED), Reason.OFFERING_NOT_FOUND)],
)
def test_where_all_offerings_fail_the_first_ones_reason_is_told(
    offerings: tuple[OfferingFacts, ...], reason: Reason
) -> None:
    with pytest.raises(SixhopError) as raised:
        decide_on_sender(replace(WELCOME, offerings=offerings), ATTENTION)
    assert raised.value.reason is reason


def removed(*reasons: str) -> TargetFacts:
    return replace(REACHABLE, reachable_ids=(), removed_by=dict.fromkeys(reasons, 1))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(REACHABLE, known=False, reachable_ids=()), Reason.MEMBER_NOT_FOUND),
        (replace(REACHABLE, offering=UNKNOWN), Reason.OFFERING_NOT_FOUND),
        (removed("opted_out"), Reason.TARGET_LACKS_CONSENT),
        (removed("cannot_be_reached"), Reason.TARGET_LACKS_CONSENT),
        (removed("cannot_be_named"), Reason.TARGET_LACKS_CONSENT),
        (removed("fatigued"), Reason.TARGET_FATIGUED),
        (removed("has_adopted"), Reason.TARGET_HAS_ADOPTED),
        (removed("declined"), Reason.TARGET_DECLINED),
    ],
)
def test_each_no_to_a_target_has_its_reason(facts: TargetFacts, reason: Reason) -> None:
    with pytest.raises(SixhopError) as raised:
        decide_on_target(facts, of_enterprise=False)
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(REACHABLE, known=False, reachable_ids=()), Reason.ENTERPRISE_NOT_FOUND),
        (replace(REACHABLE, reachable_ids=()), Reason.NOBODY_ACTS_FOR_ENTERPRISE),
        (removed("opted_out", "has_adopted"), Reason.NOBODY_ACTS_FOR_ENTERPRISE),
    ],
)
def test_each_no_to_an_enterprise_has_its_reason(facts: TargetFacts, reason: Reason) -> None:
    with pytest.raises(SixhopError) as raised:
        decide_on_target(facts, of_enterprise=True)
    assert raised.value.reason is reason


def test_one_who_may_be_reached_is_enough() -> None:
    decide_on_target(REACHABLE, of_enterprise=False)
    decide_on_target(replace(REACHABLE, removed_by={"opted_out": 3}), of_enterprise=True)
