"""Slices in time: separated by a whole label window, complete before the data ends, or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixhop.errors import InvalidInput
from sixhop_ml.split import overlaps, split

DAY = 86_400


@given(
    days=st.lists(st.integers(0, 3000), min_size=1, max_size=300, unique=True),
    window=st.integers(1, 400),
    after=st.integers(0, 100),
)
def test_no_label_window_reaches_the_next_slice_or_past_the_data(days: list[int], window: int, after: int) -> None:
    times = np.sort(np.array(days)) * DAY
    data_end = int(times[-1]) + after * DAY
    try:
        slices = split(times, window_s=window * DAY, data_end=data_end)
    except InvalidInput:
        return
    assert not overlaps(slices)
    for span, ends in zip(slices, (slices.calibrate.first, slices.test.first, data_end), strict=True):
        assert span.first <= span.last
        assert span.last + window * DAY <= ends
        assert len(span.times(times))


def test_too_short_a_history_says_what_window_would_do() -> None:
    times = np.arange(0, 28) * DAY
    with pytest.raises(InvalidInput, match="label_window_days=3"):
        split(times, window_s=180 * DAY, data_end=28 * DAY)
    assert split(times, window_s=3 * DAY, data_end=28 * DAY)


def test_no_experiences_is_said() -> None:
    with pytest.raises(InvalidInput, match="no experiences"):
        split(np.array([], dtype=np.int64), window_s=DAY, data_end=0)
