"""The time of a request: split over the stages to come, never more than the deadline less the reserve."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixhop.domain import Stage
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline.budget import LEAST_S, MOST_S, RESERVE_S, Budget

IN_ORDER = (Stage.SOURCES, Stage.FILTER, Stage.HYDRATE, Stage.SCORE)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(total_s=st.floats(RESERVE_S + LEAST_S + 1e-9, 30), used=st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_stages_that_keep_to_their_slices_keep_the_deadline(total_s: float, used: list[float]) -> None:
    clock = Clock()
    budget = Budget(total_s, clock)
    for stage, share in zip(IN_ORDER, used, strict=True):
        slice_s = budget.slice_s(stage)
        assert 0 <= slice_s <= budget.remaining_s + 1e-9
        clock.now += slice_s * share
    assert clock.now - 100.0 <= min(total_s, MOST_S) - RESERVE_S + 1e-9


def test_what_a_stage_does_not_use_goes_to_those_after_it() -> None:
    quick, slow = Clock(), Clock()
    after_quick, after_slow = Budget(0.2, quick), Budget(0.2, slow)
    slow.now += after_slow.slice_s(Stage.SOURCES)
    assert after_quick.slice_s(Stage.FILTER) > after_slow.slice_s(Stage.FILTER)


def test_the_last_stage_may_take_all_that_is_left() -> None:
    budget = Budget(0.2, Clock())
    assert budget.slice_s(Stage.SCORE) == budget.remaining_s


@pytest.mark.parametrize("total_s", [-1.0, 0.0, 0.005, RESERVE_S + LEAST_S - 1e-6])
def test_too_little_time_is_said_at_once(total_s: float) -> None:
    with pytest.raises(Unavailable, match="set a later one") as raised:
        Budget(total_s, Clock())
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED


def test_a_deadline_that_passed_leaves_nothing_not_less() -> None:
    clock = Clock()
    budget = Budget(0.2, clock)
    clock.now += 1
    assert budget.remaining_s == 0
    assert budget.slice_s(Stage.HYDRATE) == 0
