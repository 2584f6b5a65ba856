"""The gate: one reason why not, or none; and no word of any id."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pipeline_parts import WELCOME

from sixhop.domain import GateFacts
from sixhop.errors import Reason, SixhopError
from sixhop.pipeline.gate import decide
from sixhop.pipeline.surfaces import AttentionRule

ATTENTION = AttentionRule(most_outreaches=3, window_days=7)


@pytest.mark.parametrize(
    "facts",
    [
        WELCOME,
        replace(WELCOME, last_sentiment=0.0),
        replace(WELCOME, last_sentiment=1.0),
        replace(WELCOME, sent_lately=2),
    ],
)
def test_a_sender_with_a_good_experience_passes(facts: GateFacts) -> None:
    decide(facts, ATTENTION)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(WELCOME, sender_known=False), Reason.MEMBER_NOT_FOUND),
        (replace(WELCOME, offering_known=False), Reason.OFFERING_NOT_FOUND),
        (replace(WELCOME, sender_known=False, offering_known=False), Reason.MEMBER_NOT_FOUND),
        (replace(WELCOME, sender_opted_out=True), Reason.SENDER_LACKS_CONSENT),
        (replace(WELCOME, experienced=False), Reason.SENDER_LACKS_EXPERIENCE),
        (replace(WELCOME, last_sentiment=-0.01), Reason.SENDER_LACKS_EXPERIENCE),
        (replace(WELCOME, last_sentiment=-0.49), Reason.SENDER_LACKS_EXPERIENCE),
        (replace(WELCOME, last_sentiment=-0.5), Reason.SENDER_IS_DETRACTOR),
        (replace(WELCOME, last_sentiment=-1.0), Reason.SENDER_IS_DETRACTOR),
        (replace(WELCOME, sent_lately=3), Reason.SENDER_OVER_ATTENTION_CAP),
    ],
)
def test_each_no_has_its_reason(facts: GateFacts, reason: Reason) -> None:
    with pytest.raises(SixhopError) as raised:
        decide(facts, ATTENTION)
    assert raised.value.reason is reason
