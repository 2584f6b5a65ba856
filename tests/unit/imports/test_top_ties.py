"""The number of contacts that only the best connected hundredth of the members exceed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop.imports.top_ties import top_ties


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=350))
def test_it_is_the_least_that_no_more_than_one_in_a_hundred_exceeds(contacts: list[int]) -> None:
    def enough(number: int) -> bool:
        return 100 * sum(own > number for own in contacts) <= len(contacts)

    found = top_ties(np.array(contacts))
    assert found is not None
    assert enough(found)
    assert not enough(found - 1)


def test_nobody_has_none() -> None:
    assert top_ties(np.empty(0, dtype=np.int64)) is None
