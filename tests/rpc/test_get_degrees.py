"""GetDegrees over a real socket on a real graph."""

from __future__ import annotations

import pytest

from sixhop.client import Client
from sixhop.degrees import Degree, DegreeState
from sixhop.errors import InvalidInput, NotFound, Reason, Unavailable


def test_degrees_come_in_the_order_asked(client: Client) -> None:
    answer = client.get_degrees(member_id="s", target_ids=["h", "s", "c", "nobody", "g", "a", "alone"])
    assert answer.degrees == (
        Degree("h", DegreeState.BEYOND),
        Degree("s", DegreeState.EXACT, degree=0),
        Degree("c", DegreeState.EXACT, degree=2),
        Degree("nobody", DegreeState.NO_MEMBER),
        Degree("g", DegreeState.EXACT, degree=6),
        Degree("a", DegreeState.EXACT, degree=1),
        Degree("alone", DegreeState.BEYOND),
    )
    assert answer.stopped_by == ""
    assert len(answer.info.request_id) == 32
    assert answer.info.stages == ()


def test_explain_says_what_each_search_did(client: Client) -> None:
    stages = client.get_degrees(member_id="s", target_ids=["c", "g"], explain=True).info.stages
    assert [(stage.name, stage.kept) for stage in stages] == [
        ("questions/degrees, 2 rounds, 1 steps", 1),
        ("questions/degrees, 5 rounds, 6 steps", 1),
    ]


def test_ties_count_one_way(client: Client) -> None:
    [there] = client.get_degrees(member_id="s", target_ids=["a"]).degrees
    [back] = client.get_degrees(member_id="a", target_ids=["s"]).degrees
    assert (there.degree, back.state) == (1, DegreeState.BEYOND)


def test_five_hundred_at_once(client: Client) -> None:
    ids = ["s", "c", *(f"nobody-{number}" for number in range(498))]
    degrees = client.get_degrees(member_id="s", target_ids=ids).degrees
    assert [each.member_id for each in degrees] == ids
    assert {each.state for each in degrees[2:]} == {DegreeState.NO_MEMBER}


def test_a_member_that_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound) as raised:
        client.get_degrees(member_id="nobody", target_ids=["s"])
    assert raised.value.reason is Reason.MEMBER_NOT_FOUND


@pytest.mark.parametrize(
    ("targets", "problem"),
    [
        ([], "must have at least 1 items"),
        (["a", "a"], "must not hold the same item twice"),
        ([""], "must not be empty"),
    ],
)
def test_bad_input_is_told(client: Client, targets: list[str], problem: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        client.get_degrees(member_id="s", target_ids=targets)
    assert [told for _, told in raised.value.violations] == [problem]


def test_too_little_time_is_said_in_time(client: Client) -> None:
    with Client(client._address, timeout_s=0.015) as hurried, pytest.raises(Unavailable) as raised:
        hurried.get_degrees(member_id="s", target_ids=["c"])
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED
