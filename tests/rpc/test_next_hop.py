"""NextHop over a real socket: whom to talk to now, at every turn of an outreach."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToJson
from under_way import HOPS

from sixhop.client import Client, NextHopResult
from sixhop.errors import InvalidInput, NotFound, Reason
from sixhop.outreach import NextHopState

pytestmark = pytest.mark.usefixtures("under_way")


def members(answer: NextHopResult) -> tuple[str, ...]:
    assert answer.chain is not None
    return answer.chain.members


def test_at_first_the_sender_talks(client: Client) -> None:
    answer = client.next_hop(outreach_id="new")
    assert answer.state is NextHopState.TALK
    assert (answer.speaker_id, answer.next_contact_id) == ("ns", "nb")
    assert members(answer) == ("ns", "nb", "", "nt"), "the best chain, with who may not be named hidden"
    assert answer.chain is not None
    assert answer.chain.score == pytest.approx(0.4 * 0.9 * 0.9)
    assert (answer.declined, answer.replanned) == (0, False)
    assert answer.completeness.certificate.complete_above <= answer.chain.score
    assert answer.completeness.stopped_by == ""


def test_a_chain_other_than_the_planned_one_says_so(client: Client) -> None:
    assert client.next_hop(outreach_id="planned").replanned
    assert not client.next_hop(outreach_id="as-planned").replanned
    avoiding = client.next_hop(outreach_id="as-planned", avoid_ids=["nq"])
    assert (members(avoiding), avoiding.replanned) == (("ns", "na", "nt"), True)


def test_who_was_asked_is_waited_for(client: Client) -> None:
    answer = client.next_hop(outreach_id="asked")
    assert answer.state is NextHopState.AWAIT_ANSWER
    assert (answer.speaker_id, answer.next_contact_id, answer.chain) == ("ns", "na", None)
    target = client.next_hop(outreach_id="target-asked")
    assert (target.state, target.speaker_id, target.next_contact_id) == (NextHopState.AWAIT_ANSWER, "na", "nt")


def test_who_passed_it_on_talks_next(client: Client) -> None:
    answer = client.next_hop(outreach_id="passed-on")
    assert (answer.state, answer.speaker_id, members(answer)) == (NextHopState.TALK, "na", ("na", "nt"))
    assert not answer.replanned


@pytest.mark.parametrize("outreach_id", ["declined", "silent"])
def test_after_a_no_the_best_chain_avoids_who_said_it(client: Client, outreach_id: str) -> None:
    answer = client.next_hop(outreach_id=outreach_id)
    assert (answer.state, members(answer)) == (NextHopState.TALK, ("ns", "na", "nt"))
    assert (answer.declined, answer.replanned) == (1, True)


def test_without_a_chain_from_the_last_yes_the_one_before_talks(client: Client) -> None:
    answer = client.next_hop(outreach_id="back", explain=True)
    assert (answer.speaker_id, answer.next_contact_id) == ("ns", "nb")
    assert (answer.declined, answer.replanned) == (1, True)
    assert next(report.name for report in answer.info.stages) == "outreach"


def test_when_nobody_has_a_chain_left_that_is_the_answer(client: Client) -> None:
    answer = client.next_hop(outreach_id="both-declined")
    assert (answer.state, answer.speaker_id, answer.next_contact_id) == (NextHopState.NO_CHAIN, None, None)
    assert (answer.chain, answer.declined) == (None, 3)


@pytest.mark.parametrize("outreach_id", ["acted", "has-outcome"])
def test_an_outreach_that_is_over_says_so(client: Client, outreach_id: str) -> None:
    answer = client.next_hop(outreach_id=outreach_id)
    assert (answer.state, answer.speaker_id, answer.chain) == (NextHopState.OVER, None, None)


def test_who_may_not_be_named_is_not_named_as_speaker_or_asked_either(client: Client) -> None:
    speaking = client.next_hop(outreach_id="unnamed")
    assert (speaking.state, speaking.speaker_id, members(speaking)) == (NextHopState.TALK, None, ("", "nt"))
    asked = client.next_hop(outreach_id="unnamed-asked")
    assert (asked.state, asked.speaker_id, asked.next_contact_id) == (NextHopState.AWAIT_ANSWER, "nb", None)
    for outreach_id in HOPS:
        assert "nq" not in MessageToJson(client.next_hop(outreach_id=outreach_id, explain=True).message)


def test_an_outreach_that_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound) as raised:
        client.next_hop(outreach_id="nothing")
    assert raised.value.reason is Reason.OUTREACH_NOT_FOUND


def test_bad_input_is_told(client: Client) -> None:
    with pytest.raises(InvalidInput) as raised:
        client.next_hop(outreach_id="", avoid_ids=["a", "a"])
    assert [field for field, _ in raised.value.violations] == ["outreach_id", "avoid_ids"]
