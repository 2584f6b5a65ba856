"""Who is answered by the challenger: whole communities, the share that was set, the same ones each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import BACKWARD, WELCOME, Gate, Hydrator, Model, Recorder, candidate, walk
from test_pipeline_run import SURFACE, answer_of, pipeline, report, shown

from sixhop.domain import Goal
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.experiment import Arm, assign

NEARER = Model()
FURTHER = Model(likelihood=lambda features: 0.01 * features["degree"], digest="d2")


def arm(community_id: str = "", sender_id: str = "s", share: float = 0.3, challenger: str = "d2") -> Arm:
    return assign(realm="demo", challenger=challenger, share=share, community_id=community_id, sender_id=sender_id).arm


@given(st.text(), st.text(), st.text(), st.floats(0, 1))
def test_friends_get_the_same_arm_and_a_larger_share_takes_nobody_away(
    community_id: str, one: str, other: str, share: float
) -> None:
    if community_id:
        assert arm(community_id, one, share) is arm(community_id, other, share)
    assert arm(community_id, one, 0.0) is Arm.CHAMPION
    assert arm(community_id, one, 1.0) is Arm.CHALLENGER
    if arm(community_id, one, share) is Arm.CHALLENGER:
        assert arm(community_id, one, min(share * 1.5, 1.0)) is Arm.CHALLENGER


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_the_share_is_kept_among_many(share: float) -> None:
    many = 20_000
    for units in ([(str(n), "s") for n in range(many)], [("", str(n)) for n in range(many)]):
        drawn = sum(arm(*unit, share=share) is Arm.CHALLENGER for unit in units)
        assert drawn / many == pytest.approx(share, abs=0.015)


def test_another_challenger_deals_anew_and_a_community_is_no_member() -> None:
    arms = [[arm(str(n), share=0.5, challenger=digest) for n in range(1_000)] for digest in ("d2", "d3")]
    assert 400 < sum(one is other for one, other in zip(*arms, strict=True)) < 600
    assert {arm("x", share=n / 100) is arm("", "x", share=n / 100) for n in range(100)} == {True, False}


def test_arms_do_not_change_with_a_new_version() -> None:
    drawn = [n for n in range(40) if arm(f"c{n}", share=0.2) is Arm.CHALLENGER]
    assert drawn == [1, 3, 5, 14, 15, 27, 32, 33, 34, 35]


def surface(share: float, **changes: Any) -> Any:
    return SURFACE.model_copy(update={"challenger_share": share, **changes})


async def asked(share: float, *, community: str = "", challenger: Model | None = FURTHER, **changes: Any) -> Any:
    recorder = Recorder()
    answer = await answer_of(
        surface=surface(share),
        challenger=lambda: challenger,
        recorder=recorder,
        gate=Gate(facts=replace(WELCOME, community_id=community)),
        **changes,
    )
    return answer, recorder.rows


async def test_the_challenger_answers_who_was_dealt_to_it_and_the_row_says_so() -> None:
    answer, rows = await asked(1.0, community="jazz")
    assert answer.model == "d2"
    assert shown(answer) == ["t3", "t2", "t1"], "its own order"
    assert answer.completeness.missing == ()
    dealt = {"challenger": "d2", "share": 1.0, "arm": "challenger", "community": "#community\njazz#"}
    assert [row["experiment"] for row in rows] == [dealt] * 3
    assert {row["model"] for row in rows} == {"d2"}
    assert [row["shadow"]["model"] for row in rows] == ["d1"] * 3, "the champion looks on"
    _, alone = await asked(1.0)
    assert alone[0]["experiment"]["community"] is None


async def test_the_champion_answers_the_others() -> None:
    answer, rows = await asked(1e-9, community="jazz")
    assert (answer.model, shown(answer)) == ("d1", ["t1", "t2", "t3"])
    assert {row["experiment"]["arm"] for row in rows} == {"champion"}


async def test_with_no_share_nobody_is_dealt_out() -> None:
    answer, rows = await asked(0.0, community="jazz")
    assert answer.model == "d1"
    assert not any("experiment" in row for row in rows)
    assert all("shadow" in row for row in rows)


@pytest.mark.parametrize("bad", [{"error": ValueError("no")}, {"likelihood": lambda _: 1.5}])
async def test_where_the_challenger_fails_the_champion_answers(bad: dict[str, Any]) -> None:
    answer, rows = await asked(1.0, challenger=Model(digest="d2", **bad))
    assert (answer.model, shown(answer)) == ("d1", ["t1", "t2", "t3"])
    assert answer.completeness.missing == ()
    assert {row["experiment"]["arm"] for row in rows} == {"challenger"}, "as it was dealt"
    assert not any("shadow" in row for row in rows)
    assert report(answer, "score").missing == ""


async def test_without_a_champion_the_challenger_answers_its_share_only() -> None:
    answer, rows = await asked(1.0, model=None)
    assert answer.model == "d2"
    assert not any("shadow" in row for row in rows)
    answer, rows = await asked(1e-9, model=None)
    assert (answer.model, answer.completeness.missing) == ("", ("score",))
    assert not any("shadow" in row for row in rows), "a chain's score is no likelihood to compare with"


async def test_a_champion_named_as_its_own_challenger_is_none() -> None:
    _, rows = await asked(1.0, challenger=NEARER)
    assert not any("shadow" in row or "experiment" in row for row in rows)


async def test_answers_that_no_model_makes_have_no_shadow() -> None:
    recorder = Recorder()
    changes: dict[str, Any] = {"recorder": recorder, "challenger": lambda: FURTHER}
    await answer_of(surface=surface(1.0, goal=Goal.ANSWER), **changes)
    await answer_of(surface=surface(0.0), hydrator=Hydrator(error=ValueError("no")), **changes)
    assert recorder.rows
    assert not any("shadow" in row or "experiment" in row for row in recorder.rows)


async def test_referrers_are_scored_in_the_shadow_and_not_dealt_out() -> None:
    recorder = Recorder()
    found = [candidate("t", sender="far", pass_on=0.5), candidate("t", "i", sender="near")]
    answer = await pipeline(
        surface=surface(1.0),
        referrer_sources=[(walk(*found), 1.0)],
        recorder=recorder,
        challenger=lambda: FURTHER,
    ).referrers(BACKWARD, Budget(1.0))
    assert answer.model == "d1"
    assert len(recorder.rows) == 2
    assert all("shadow" in row and "experiment" not in row for row in recorder.rows)
