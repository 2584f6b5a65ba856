"""Gathering: shares, chains to proposals, what is late or unsound, and what is still claimed when some are let go."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import BACKWARD, QUESTION, WALK, Joiner, Source, candidate, chain, proposal, walk

from sixhop.domain import Candidate, Certificate, Joint, RecommendQuestion, SourceResult, TargetsQuestion
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline.sources import JOIN, SLOTS, Gathered, gather

ALIKE = "sources/alike"
STRANGERS = "sources/strangers"


async def gathered(
    *sources: tuple[Source, float], question: RecommendQuestion = QUESTION, joiner: Joiner | None = None, **changes: Any
) -> Gathered:
    return await gather(question, sources, **{"joiner": joiner, "slots": 10, "width": 0, "timeout_s": 1.0, **changes})


def ids(found: Gathered) -> list[str]:
    return [each.target_id for each in found.candidates]


async def test_a_target_of_two_sources_has_its_best_chain_and_both_names() -> None:
    direct = candidate("t", pass_on=0.1)
    detour = candidate("t", "i", pass_on=0.9, source=ALIKE)
    found = await gathered((walk(direct), 0.5), (walk(detour, name=ALIKE), 0.5))
    assert found.candidates == (Candidate(detour.chain, "o", (WALK, ALIKE), 1),)


async def test_a_walk_is_asked_for_all_places_and_who_proposes_for_twice_its_share() -> None:
    wide, alike = walk(width=64), Source(name=ALIKE)
    await gathered((wide, 0.7), (alike, 0.3), width=256)
    assert wide.asked == [(10, 256)]
    assert alike.asked[0][0] == 6


async def test_what_a_source_leaves_free_goes_to_the_next_best_of_the_walk() -> None:
    found = await gathered(
        (walk(*(candidate(f"t{n}", pass_on=0.9 - n / 100) for n in range(10))), 0.7), (Source(name=ALIKE), 0.3)
    )
    assert ids(found) == [f"t{n}" for n in range(10)]


async def test_proposals_get_a_chain_or_are_counted() -> None:
    joiner = Joiner(chains={"p1": chain("s", "t1", "p1")})
    alike = Source(name=ALIKE, proposals=[proposal("p1"), proposal("p2"), proposal("t1"), proposal("s")])
    met = Joint(chain("s", "t1", "j"), "o", 2)
    found = await gathered((walk(candidate("t1"), joints=[met]), 0.7), (alike, 0.3), joiner=joiner)
    assert {each.target_id: each.sources for each in found.candidates} == {"t1": (WALK, ALIKE), "p1": (ALIKE,)}
    assert joiner.asked == [(["p1", "p2"], ["j", "t1"])], "whom the walk found has a chain already"
    reports = {report.name: report for report in found.reports}
    assert reports[ALIKE].removed == {"not_asked_for": 1}, "nobody is proposed to themselves"
    assert (reports[JOIN].kept, reports[JOIN].removed) == (2, {"no_chain": 1})


async def test_a_proposal_that_the_walk_met_on_its_way_has_that_chain_and_degree() -> None:
    joiner = Joiner()
    met = Joint(chain("s", "a", "j"), "o", 2)
    alike = Source(name=ALIKE, proposals=[proposal("j")])
    found = await gathered((walk(joints=[met]), 0.7), (alike, 0.3), joiner=joiner)
    assert found.candidates == (Candidate(met.chain, "o", (ALIKE,), 2),)
    assert joiner.asked == [], "no statement for nothing"
    far = await gathered(
        (walk(joints=[met]), 0.7), (alike, 0.3), joiner=joiner, question=replace(QUESTION, min_degree=3)
    )
    assert far.candidates == ()
    assert far.reports[-1].removed == {"out_of_degrees": 1}


async def test_joining_that_fails_or_is_late_leaves_the_walks_candidates() -> None:
    alike = Source(name=ALIKE, proposals=[proposal("p")])
    for joiner, missing in ((Joiner(error=ValueError("no")), "failed"), (Joiner(delay_s=5), "timed out")):
        found = await gathered((walk(candidate("t")), 0.7), (alike, 0.3), joiner=joiner, timeout_s=0.05)
        assert ids(found) == ["t"]
        assert (found.reports[-1].name, found.reports[-1].missing, found.reports[-1].removed) == (JOIN, missing, {})


async def test_one_that_is_late_or_fails_is_missing_and_the_others_answer() -> None:
    late = Source(name="sources/late", delay_s=5)
    broken = Source(name="sources/broken", error=ValueError("m17 is broken"))
    slow_graph = Source(name="sources/graph", error=Unavailable("out of time", reason=Reason.GRAPH_TIMEOUT))
    good = walk(candidate("t"), certificate=Certificate(0.25, 0.5))
    found = await gathered((late, 0.2), (broken, 0.2), (slow_graph, 0.2), (good, 0.4), timeout_s=0.05)
    assert found.live
    assert ids(found) == ["t"]
    assert found.certificate == Certificate(0.25, 0.5)
    assert [report.missing for report in found.reports] == ["timed out", "failed", "timed out", ""]


async def test_nothing_is_live_when_all_are_late() -> None:
    found = await gathered((walk(delay_s=5), 1.0), timeout_s=0.02)
    assert not found.live
    assert found.certificate == Certificate(1.0, 1.0), "nothing is certified"


async def test_what_no_answer_may_hold_is_taken_out() -> None:
    def proposed(*members: str, pass_ons: int | None = None, degree: int = 1) -> Candidate:
        made = chain(*members)
        return Candidate(replace(made, ties=made.ties[:pass_ons]), "o", (WALK,), degree)

    unsound = [
        proposed(),  # no chain at all
        proposed("x", "t1"),  # not from the sender
        proposed("s", "i", "s", "t4"),  # in a circle
        proposed("s", "t", "u", pass_ons=1),  # ties are missing
        proposed("s"),  # nowhere
        proposed("s", "a", "b", "c", "d", "e", "f", "t5"),  # seven ties
        proposed("s", "t7"),  # nearer than asked for
        proposed("s", "t8", degree=3),  # not among those asked for
    ]
    asked = replace(QUESTION, min_degree=2, candidate_ids=("t1", "t4", "t5", "t7", "u"))
    found = await gathered((walk(*unsound), 1.0), question=asked)
    assert found.candidates == ()
    assert found.reports[0].removed == {
        "bad_chain": 4,
        "chain_too_long": 2,
        "out_of_degrees": 1,
        "not_asked_for": 1,
    }
    assert found.reports[0].missing == ""


async def test_a_chain_to_someone_else_than_who_is_to_be_reached_is_taken_out() -> None:
    asked = replace(BACKWARD, target_ids=("t", "t2"))
    found = await gathered(
        (walk(candidate("t", sender="x"), candidate("t2", sender="y"), candidate("z", sender="x")), 1.0),
        question=asked,
    )
    assert {(each.sender_id, each.target_id) for each in found.candidates} == {("x", "t"), ("y", "t2")}
    assert found.reports[0].removed == {"not_asked_for": 1}


async def test_a_source_that_gives_nonsense_is_missing_not_a_fault() -> None:
    class Nonsense(Source):
        async def propose(self, *_: Any, **__: Any) -> SourceResult:
            return SourceResult(self.name, (Candidate(None, "o", (), 1),))  # type: ignore[arg-type]

    found = await gathered((Nonsense(name="sources/odd"), 0.5), (walk(candidate("t")), 0.5))
    assert [report.missing for report in found.reports] == ["failed", ""]
    assert ids(found) == ["t"]


async def test_who_is_let_go_for_want_of_a_place_is_counted_and_bounds_the_claim() -> None:
    everybody = [candidate(f"t{n}", pass_on=0.9 - n / 100) for n in range(4)]
    joiner = Joiner(chains={"p": chain("s", "t0", "p")})
    found = await gathered(
        (walk(*everybody, certificate=Certificate(0.0, 0.0)), 0.5),
        (Source(name=ALIKE, proposals=[proposal("p")]), 0.5),
        joiner=joiner,
        slots=4,
    )
    assert ids(found) == ["t0", "t1", "p", "t2"]
    assert found.certificate == Certificate(0.87, 0.87), "t3 was not considered"
    assert found.reports[-1].name == SLOTS
    assert found.reports[-1].removed == {"over_slots": 1}


async def test_items_say_what_was_found_only_when_asked_to_explain() -> None:
    alike = Source(name=ALIKE, proposals=[proposal("p")])
    silent, told = [
        await gathered(
            (walk(candidate("t", pass_on=0.25)), 0.7),
            (alike, 0.3),
            joiner=Joiner(chains={"p": chain("s", "t", "p")}),
            question=replace(QUESTION, explain=explain),
        )
        for explain in (False, True)
    ]
    assert {report.items for report in silent.reports} == {()}
    assert [(item.member_id, item.score) for report in told.reports for item in report.items] == [
        ("t", 0.25),
        ("p", None),
        ("p", 0.25),
    ]


ROUNDED_UP = 2
"""Shares are rounded up one by one, so a source may lose a place to each one before it."""
NAMES = st.sampled_from([f"m{n}" for n in range(12)])
OFFERINGS = ("o", "o2")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[TargetsQuestion, list[tuple[Source, float]], Joiner, int]:
    """A walk and two sources that propose, about one or two offerings."""
    offerings = OFFERINGS[: draw(st.integers(1, 2))]
    pairs = st.lists(st.tuples(NAMES, st.sampled_from(offerings)), unique=True, max_size=16)
    pass_ons = st.sampled_from([0.1, 0.3, 0.5, 0.9])
    found = sorted(
        (
            candidate(name, *draw(st.sampled_from([(), ("i",)])), pass_on=draw(pass_ons), offering=offering)
            for name, offering in draw(pairs)
        ),
        key=lambda each: -each.chain.score,
    )
    sources = [(walk(*found, certificate=Certificate(0.0, 0.0)), 0.5)]
    for name, share in ((ALIKE, 0.3), (STRANGERS, 0.2)):
        proposals = [proposal(target, offering) for target, offering in draw(pairs)]
        sources.append((Source(name=name, proposals=proposals), share))
    reachable = draw(st.sets(NAMES))
    joiner = Joiner(chains={name: chain("s", "j", name, pass_on=draw(pass_ons)) for name in sorted(reachable)})
    return replace(QUESTION, offering_ids=offerings), sources, joiner, draw(st.integers(1, 12))


@given(world=worlds())
async def test_gathering_fills_its_places_fairly_and_says_who_is_not_there(
    world: tuple[TargetsQuestion, list[tuple[Source, float]], Joiner, int],
) -> None:
    question, sources, joiner, slots = world
    found = await gather(question, sources, joiner=joiner, slots=slots, width=0, timeout_s=1.0)
    reports = {report.name: report for report in found.reports}
    (wide, share), *proposing = sources
    walked = {
        (each.target_id, each.offering_id): each for each in wide.candidates[: slots * len(question.offering_ids)]
    }
    asked_of = [
        list(dict.fromkeys(source.proposals))[: 2 * ceil(part * slots) * len(question.offering_ids)]
        for source, part in proposing
    ]
    wanted = {(each.target_id, each.offering_id) for proposals in asked_of for each in proposals}
    joined = {key for key in wanted - set(walked) if key[0] in joiner.chains}

    keys = [(each.target_id, each.offering_id) for each in found.candidates]
    places = slots * len(question.offering_ids)
    assert len(set(keys)) == len(keys), "one a subject and offering"
    assert set(keys) <= set(walked) | joined
    assert len(keys) == min(places, len(set(walked) | joined)), "no place stays free while somebody is left"
    no_chain = len(wanted - set(walked) - joined)
    assert (reports[JOIN].removed.get("no_chain", 0) if JOIN in reports else 0) == no_chain
    for each in found.candidates:
        key = (each.target_id, each.offering_id)
        assert (WALK in each.sources) == (key in walked)
        assert (ALIKE in each.sources) == (key in {(p.target_id, p.offering_id) for p in asked_of[0]})
        if key in walked:
            assert each.chain == walked[key].chain

    first = list(walked)[: ceil(share * places)]
    assert set(first) <= set(keys), "the walk's own places are the walk's best"
    for proposals, (_, part) in zip(asked_of, proposing, strict=True):
        own = [key for p in proposals if (key := (p.target_id, p.offering_id)) in walked or key in joined]
        if len(keys) < places:
            assert set(own) <= set(keys)
        else:
            assert len(set(own) & set(keys)) >= min(len(own), ceil(part * places)) - ROUNDED_UP
    let_go = (set(walked) | joined) - set(keys)
    scores = [walked[key].chain.score if key in walked else joiner.chains[key[0]].score for key in let_go]
    assert found.certificate.complete_above == pytest.approx(max(scores, default=0.0))
