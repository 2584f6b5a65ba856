"""Lists kept up tie by tie against lists made anew of all ties; and what is settled unread against what is read."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop.merging.close_lists import Change, Outline, keep_best, place_unread

MOST = 4
others = st.sampled_from("abcdefg")
scores = st.sampled_from([0.1, 0.2, 0.3, 0.4])
ties_of_a_member = st.dictionaries(others, scores)
changes = st.dictionaries(others, st.one_of(st.none(), scores), min_size=1)


def best_of(ties: dict[str, float]) -> dict[str, float]:
    ranked = sorted(ties, key=lambda other: (-ties[other], other))
    return {other: ties[other] for other in ranked[:MOST]}


def after(ties: dict[str, float], news: dict[str, float | None]) -> dict[str, float]:
    return {other: score for other, score in {**ties, **news}.items() if score is not None}


@settings(max_examples=500, deadline=None)
@given(ties_of_a_member, changes)
def test_a_list_is_right_or_known_to_be_short(ties: dict[str, float], news: dict[str, float | None]) -> None:
    now = after(ties, news)
    kept, whole = keep_best(best_of(ties), news, ties_before=len(ties), ties_now=len(now), most=MOST)
    right = best_of(now)
    assert kept == (right if whole else {other: right[other] for other in kept})
    assert whole == (len(kept) == len(right))


@settings(max_examples=1000, deadline=None)
@given(ties_of_a_member, changes)
def test_what_is_settled_unread_is_what_reading_comes_to(ties: dict[str, float], news: dict[str, float | None]) -> None:
    listed, now = best_of(ties), after(ties, news)
    changed = {
        other: Change(ties.get(other), score, other in listed)
        for other, score in news.items()
        if ties.get(other) != score
    }
    outline = Outline(len(ties), len(listed), max(listed.values(), default=None))
    settled = place_unread(outline, changed, most=MOST)
    if settled is None:
        assert changed
        return
    places, best = settled
    assert after(listed, places) == best_of(now)
    assert best == max(now.values(), default=None)


def test_a_list_of_all_ties_is_not_read_for_a_closer_or_a_new_one() -> None:
    outline = Outline(ties=2, listed=2, best=0.3)
    closer = {"a": Change(0.2, 0.4, True), "new": Change(None, 0.1, False)}
    assert place_unread(outline, closer, most=MOST) == ({"a": 0.4, "new": 0.1}, 0.4)


def test_a_list_is_read_where_one_may_enter_or_its_best_falls() -> None:
    assert place_unread(Outline(9, MOST, 0.4), {"x": Change(0.1, 0.2, False)}, most=MOST) is None
    assert place_unread(Outline(2, 2, 0.4), {"a": Change(0.4, 0.1, True)}, most=MOST) is None
    assert place_unread(Outline(9, MOST - 1, 0.4), {"a": Change(0.1, 0.2, True)}, most=MOST) is None, "it is short"
