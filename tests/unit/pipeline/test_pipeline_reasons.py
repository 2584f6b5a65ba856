"""Reasons: words a person can read, only of what the features say, the most telling first, at most three."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import chain

from sixhop.pipeline.reasons import MOST_REASONS, reasons

FAR = chain("m1", "m77", "m9")
NEAR = chain("m1", "m9")


@pytest.mark.parametrize(
    ("features", "kind", "words"),
    [
        ({"common_experiences": 12.0, "sender_experiences": 30.0}, "artist", "12 of your 30 artists in common"),
        ({"common_experiences": 1.0, "sender_experiences": 1.0}, "artist", "1 of your 1 artist in common"),
        ({"common_experiences": 2.0, "sender_experiences": 9.0}, "", "2 of your 9 offerings in common"),
        ({"common_experiences": 2.0, "sender_experiences": 9.0}, "content", "2 of your 9 pieces of content in common"),
        ({"common_experiences": 2.0, "sender_experiences": 9.0}, "hobby", "2 of your 9 hobbies in common"),
        ({"common_experiences": 3.0}, "event", "3 events in common"),
        ({"exposed_contacts": 3.0}, "", "3 of their contacts already have it"),
        ({"exposed_contacts": 1.0}, "", "1 of their contacts already has it"),
        ({"common_contacts": 5.0}, "", "5 contacts in common"),
        ({"common_contacts": 1.0}, "", "one contact in common"),
        ({"offering_recent_adopters": 14.0}, "", "14 members took it up lately"),
    ],
)
def test_what_a_feature_says_in_words(features: dict[str, float], kind: str, words: str) -> None:
    assert reasons(features, offering_kind=kind, chain=FAR) == (words, "two steps away, through m77")


def test_the_sender_is_not_counted_among_the_contacts_who_have_it() -> None:
    assert reasons({"exposed_contacts": 1.0}, offering_kind="", chain=NEAR) == ("a direct contact of yours",)
    assert (
        reasons({"exposed_contacts": 3.0}, offering_kind="", chain=NEAR)[0]
        == "2 more of their contacts already have it"
    )


@pytest.mark.parametrize("value", [0.0, nan, inf, -1.0])
def test_a_feature_that_says_nothing_is_no_reason(value: float) -> None:
    names = ("common_experiences", "exposed_contacts", "common_contacts", "offering_recent_adopters")
    assert reasons(dict.fromkeys(names, value), offering_kind="", chain=NEAR) == ("a direct contact of yours",)


def test_about_a_referrer_reasons_speak_of_both_ends() -> None:
    common = {"common_experiences": 12.0, "sender_experiences": 30.0}
    assert reasons(common, offering_kind="artist", chain=FAR, backward=True) == (
        "12 of their 30 artists in common",
        "two steps away, through m77",
    )
    assert reasons({}, offering_kind="", chain=NEAR, backward=True) == ("a direct contact of the target",)


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("place_share", "often at the place of the moment"),
        ("channel_share", "mostly on this channel"),
        ("hour_share", "often active at this time of day"),
    ],
)
def test_a_habit_that_fits_the_moment_is_a_reason_and_a_rare_one_is_none(feature: str, words: str) -> None:
    assert reasons({feature: 0.8}, offering_kind="", chain=NEAR)[0] == words
    for value in (0.4, nan):
        assert reasons({feature: value}, offering_kind="", chain=NEAR) == ("a direct contact of yours",)


def test_the_most_telling_come_first_and_the_way_last() -> None:
    found = reasons(
        {"exposed_contacts": 6.0, "common_experiences": 1.0, "sender_experiences": 300.0, "common_contacts": 9.0},
        offering_kind="artist",
        chain=FAR,
    )
    assert found == ("6 of their contacts already have it", "9 contacts in common", "two steps away, through m77")


@given(
    features=st.dictionaries(
        st.sampled_from(["exposed_contacts", "common_contacts", "common_experiences"]), st.floats()
    )
)
def test_never_more_than_three_and_never_without_the_way(features: dict[str, float]) -> None:
    found = reasons(features, offering_kind="", chain=FAR)
    assert 1 <= len(found) <= MOST_REASONS
    assert found[-1] == "two steps away, through m77"
