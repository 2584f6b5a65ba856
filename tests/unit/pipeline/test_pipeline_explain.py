"""Explaining: stage by stage who was found, kept and removed; and nobody is named who may not be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import (
    BACKWARD,
    QUESTION,
    WALK,
    Filter,
    Gate,
    Joiner,
    Rules,
    Source,
    candidate,
    chain,
    proposal,
    walk,
)
from pipeline_parts import REACHABLE as REACHED
from test_pipeline_run import answer_of, pipeline, report

from sixhop.domain import Answer, CandidateFacts, Joint, LeftOut
from sixhop.pipeline.budget import Budget

EXPLAINED = replace(QUESTION, explain=True)
ALIKE = "sources/alike"


def items(answer: Answer, name: str) -> list[tuple[str, str]]:
    return [(item.member_id, item.removed_by) for item in report(answer, name).items]


async def test_each_stage_says_what_it_did_with_whom() -> None:
    found = [candidate("t1"), candidate("t2", "i1"), candidate("t3", "i1"), candidate("t4", "i1", "i2")]
    facts = {"t2": CandidateFacts("opted_out"), "t3": CandidateFacts(removed_by="blocked")}
    answer = await answer_of(
        replace(EXPLAINED, limit=2),
        sources=[(walk(*found), 0.7), (Source(name=ALIKE, proposals=[proposal("p"), proposal("lost")]), 0.3)],
        joiner=Joiner(chains={"p": chain("s", "t1", "p", pass_on=0.9)}),
        filter=Filter(facts),
    )
    assert items(answer, WALK) == [("t1", ""), ("t2", ""), ("t3", ""), ("t4", "")]
    assert items(answer, ALIKE) == [("p", ""), ("", "")], "nobody said that the lost one may be named"
    assert items(answer, "chains_to") == [("p", "")]
    assert sorted(items(answer, "filter")) == [
        ("p", ""),
        ("t1", ""),
        ("t2", "opted_out"),
        ("t3", "blocked"),
        ("t4", ""),
    ]
    assert items(answer, "score") == [("t1", ""), ("p", ""), ("t4", "")]
    assert items(answer, "select") == [("t1", ""), ("p", ""), ("t4", "over_limit")]
    scores = [item.score for item in report(answer, "score").items]
    assert scores == pytest.approx([0.1, 0.05, 0.1 / 3])
    assert [item.score for item in report(answer, WALK).items] == pytest.approx([0.5, 0.25, 0.25, 0.125])


async def test_whom_rules_kept_out_of_a_walk_is_listed_next_to_the_chains_it_found() -> None:
    rules = Rules(left=[LeftOut("o", "x", "opted_out", named=True), LeftOut("o", "y", "cannot_introduce", named=False)])
    found = [candidate("far", "i1", "i2"), candidate("near")]
    answer = await answer_of(EXPLAINED, sources=[(walk(*found), 1.0)], left_out=rules)
    assert items(answer, "left_out") == [("x", "opted_out"), ("", "cannot_introduce")]
    assert report(answer, "left_out").removed == {"opted_out": 1, "cannot_introduce": 1}
    assert rules.asked == [({"o": ["s", "near", "i1", "i2", "far"]}, {"o": ["near", "far"]})]
    only = await answer_of(replace(EXPLAINED, candidate_ids=("near", "y")), left_out=rules)
    assert items(only, "left_out") == [("", "cannot_introduce")], "nobody else was asked for"


async def test_an_answer_does_not_wait_for_who_was_left_out() -> None:
    answer = await answer_of(EXPLAINED, sources=[(walk(candidate("t1")), 1.0)], left_out=Rules(error=ValueError()))
    assert answer.recommendations
    assert report(answer, "left_out").missing == "failed"


async def test_without_being_asked_nothing_is_explained() -> None:
    answer = await answer_of(sources=[(walk(candidate("t1")), 1.0)])
    assert {each.items for each in answer.stages} == {()}


MEMBERS = [f"m{n}" for n in range(10)]
NAMES = st.sampled_from(MEMBERS)


@st.composite
def chains(draw: st.DrawFn, first: str) -> tuple[str, ...]:
    return (first, *draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)))


def named_in(answer: Answer) -> set[str]:
    """All members that the answer speaks of, wherever; the question itself is the caller's own."""
    return set(re.findall(r"\bm\d\b", repr((answer.recommendations, answer.stages, answer.completeness))))


@given(
    found=st.lists(chains("s"), max_size=8),
    met=st.lists(chains("s"), max_size=4),
    proposed=st.lists(NAMES, max_size=6),
    joined=st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True)),
    unnamed=st.frozensets(NAMES),
    gone=st.frozensets(NAMES),
    left=st.lists(NAMES, max_size=4),
    limit=st.integers(1, 4),
)
async def test_who_the_filter_does_not_let_be_named_is_nowhere_in_an_answer(
    found: list[tuple[str, ...]],
    met: list[tuple[str, ...]],
    proposed: list[str],
    joined: dict[str, list[str]],
    unnamed: frozenset[str],
    gone: frozenset[str],
    left: list[str],
    limit: int,
) -> None:
    candidates = [candidate(members[-1], *members[1:-1]) for members in found]
    joints = [Joint(chain(*members), "o", len(members) - 1) for members in met]
    ways = {name: chain("s", *between, name) for name, between in joined.items() if name not in between}
    answer = await answer_of(
        replace(EXPLAINED, limit=limit),
        sources=[
            (walk(*candidates, joints=joints), 0.7),
            (Source(name=ALIKE, proposals=[proposal(each) for each in proposed]), 0.3),
        ],
        joiner=Joiner(chains=ways),
        filter=Filter(unnamed=unnamed, gone=gone),
        left_out=Rules(left=[LeftOut("o", each, "blocked", named=each not in unnamed) for each in left]),
        total_s=5,
    )
    assert not named_in(answer) & unnamed
    assert not {each.target_id for each in answer.recommendations} & gone
    for each in answer.recommendations:
        assert each.next_contact_id


@given(found=st.lists(chains("t"), max_size=8), unnamed=st.frozensets(NAMES))
async def test_nor_is_it_in_one_about_referrers(found: list[tuple[str, ...]], unnamed: frozenset[str]) -> None:
    candidates = [candidate("t", *members[1:-1], sender=members[-1]) for members in found]
    answer = await pipeline(
        referrer_sources=[(walk(*candidates, width=96), 1.0)],
        gate=Gate(reached=REACHED),
        filter=Filter(unnamed=unnamed),
    ).referrers(replace(BACKWARD, explain=True), Budget(5))
    assert not named_in(answer) & unnamed
