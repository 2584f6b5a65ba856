"""Choosing: the best first, soft quotas, and one slot to explore whose probability is known."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import candidate

from sixhop.domain import ScoredCandidate
from sixhop.pipeline.select import Pick, Scorable, select
from sixhop.pipeline.surfaces import SelectRule

PLAIN = SelectRule()


def scorable(
    number: int, score: float, *, degree: int = 1, community: str = "", few: bool = False, offering: str = "o"
) -> Scorable:
    between = [f"i{number}-{step}" for step in range(degree - 1)]
    made = candidate(f"t{number:03d}", *between, offering=offering)
    return Scorable(ScoredCandidate(made, {}, score, score), made.target_id, community, few)


def ids(picks: list[Pick]) -> list[str]:
    return [pick.scored.candidate.target_id for pick in picks]


@st.composite
def crowds(draw: st.DrawFn) -> list[Scorable]:
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 20),
                st.sampled_from([0.1, 0.2, 0.3]),
                st.integers(1, 6),
                st.sampled_from(["", "a", "b"]),
                st.booleans(),
                st.sampled_from(["o", "o2", "o3"]),
            ),
            max_size=40,
            unique_by=lambda row: (row[0], row[5]),
        )
    )
    return [
        scorable(number, score, degree=degree, community=group, few=few, offering=offering)
        for number, score, degree, group, few, offering in rows
    ]


RULES = st.builds(
    SelectRule,
    max_per_community=st.none() | st.integers(1, 5),
    max_share_by_degree=st.dictionaries(st.integers(1, 6), st.floats(0.1, 1), max_size=3),
    max_share_few=st.floats(0.1, 1),
    exploration=st.sampled_from([0.0, 0.05, 0.5]),
)


@given(crowd=crowds(), rule=RULES, limit=st.integers(1, 20), seed=st.text(max_size=8))
def test_an_answer_is_full_ordered_without_twins_and_repeatable(
    crowd: list[Scorable], rule: SelectRule, limit: int, seed: str
) -> None:
    picks = select(crowd, rule=rule, limit=limit, seed=seed)
    subjects = {each.subject for each in crowd}
    assert len(picks) == min(limit, len(subjects)), "quotas never make an answer shorter"
    assert len(set(ids(picks))) == len(picks), "one offering a subject"
    for pick in picks:
        others = [each.scored.rank_score for each in crowd if each.subject == pick.scored.candidate.target_id]
        assert pick.scored.rank_score == max(others), "the one that is best for it"
    exploited = [pick.scored.rank_score for pick in picks if not pick.explored]
    assert exploited == sorted(exploited, reverse=True)
    assert all(0 < pick.propensity <= 1 for pick in picks)
    assert picks == select(list(reversed(crowd)), rule=rule, limit=limit, seed=seed), (
        "the order of candidates is no rank"
    )


def test_equal_scores_go_by_degree_then_chain_then_id() -> None:
    crowd = [scorable(3, 0.2), scorable(2, 0.2, degree=2), scorable(1, 0.2), scorable(0, 0.1)]
    assert ids(select(crowd, rule=PLAIN, limit=4, seed="")) == ["t001", "t003", "t002", "t000"]


def test_a_community_over_its_quota_comes_after_everybody_who_is_not() -> None:
    crowd = [scorable(n, 1 - n / 100, community="a") for n in range(6)] + [scorable(90, 0.2), scorable(91, 0.1)]
    rule = SelectRule(max_per_community=2)
    assert ids(select(crowd, rule=rule, limit=4, seed="")) == ["t000", "t001", "t090", "t091"]
    assert len(select(crowd, rule=rule, limit=8, seed="")) == 8


def test_a_degree_over_its_share_comes_after_everybody_who_is_not() -> None:
    crowd = [scorable(n, 1 - n / 100) for n in range(20)] + [scorable(50 + n, 0.1, degree=3) for n in range(5)]
    picks = select(crowd, rule=SelectRule(max_share_by_degree={1: 0.7}), limit=10, seed="")
    assert Counter(pick.scored.candidate.degree for pick in picks) == {1: 7, 3: 3}


def test_the_few_over_their_share_come_after_everybody_who_is_not() -> None:
    crowd = [scorable(n, 1 - n / 100, few=True) for n in range(20)] + [scorable(50 + n, 0.1) for n in range(3)]
    rule = SelectRule(max_share_few=0.5)
    shown = ids(select(crowd, rule=rule, limit=6, seed=""))
    assert shown == ["t000", "t001", "t002", "t050", "t051", "t052"]
    assert len(select(crowd, rule=rule, limit=20, seed="")) == 20, "a quota is soft"


def test_of_several_offerings_the_best_is_chosen_for_each() -> None:
    crowd = [scorable(1, 0.2), scorable(1, 0.3, offering="o2"), scorable(2, 0.25), scorable(2, 0.25, offering="o2")]
    picks = select(crowd, rule=PLAIN, limit=9, seed="")
    assert [(each.scored.candidate.target_id, each.scored.candidate.offering_id) for each in picks] == [
        ("t001", "o2"),
        ("t002", "o"),
    ]


@pytest.mark.parametrize("exploration", [0.05, 0.5])
def test_propensities_are_how_often_each_is_shown(exploration: float) -> None:
    crowd = [scorable(n, 1 - n / 100) for n in range(8)]
    rule = SelectRule(exploration=exploration)
    rounds = 20_000
    shown: Counter[str] = Counter()
    told: dict[str, float] = {}
    for seed in range(rounds):
        picks = select(crowd, rule=rule, limit=4, seed=str(seed))
        shown.update(ids(picks))
        told.update({pick.scored.candidate.target_id: pick.propensity for pick in picks})
    assert set(told) == {f"t{n:03d}" for n in range(8)}, "everybody has a chance"
    for target_id, propensity in told.items():
        assert shown[target_id] / rounds == pytest.approx(propensity, abs=0.015)


def test_nothing_is_explored_when_all_are_shown() -> None:
    crowd = [scorable(n, 1 - n / 100) for n in range(4)]
    for seed in range(100):
        picks = select(crowd, rule=SelectRule(exploration=0.5), limit=4, seed=str(seed))
        assert [pick.propensity for pick in picks] == [1.0] * 4
