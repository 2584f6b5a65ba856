"""One question through all stages: what fails is left out and named; consent, and the gate, never are."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from dataclasses import replace
from typing import Any

import pytest
from pipeline_parts import (
    BACKWARD,
    GLAD,
    QUESTION,
    REACHABLE,
    WALK,
    WELCOME,
    Filter,
    Gate,
    Hydrator,
    Joiner,
    Model,
    Recorder,
    Rules,
    Source,
    Ties,
    candidate,
    chain,
    proposal,
    walk,
)

from sixhop.domain import Answer, CandidateFacts, Certificate, OfferingFacts, StageReport, TargetFacts
from sixhop.errors import NotFound, Reason, SixhopError, Unavailable
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.run import Parts, Pipeline
from sixhop.pipeline.surfaces import Cap, SelectRule, SourceEntry, Surface

SURFACE = Surface(surface="default", sources=(SourceEntry(query=WALK, share=1.0),), select=SelectRule())
FOUND = [candidate("t1"), candidate("t2", "i1"), candidate("t3", "i1", "i2")]
PARTLY = Certificate(0.1, 0.2)
TIMELY_S = 0.5
"""A deadline that parts in memory keep on a busy machine, too."""


def pipeline(**changes: Any) -> Pipeline:
    model = changes.pop("model", Model())
    own = {"gate": Gate(), "filter": Filter(), "hydrator": Hydrator(), "ties": Ties(), "model": lambda: model}
    own |= {"recorder": Recorder(), "pseudonym": lambda plain_id: f"#{plain_id}#", "queries_digest": "q1"}
    own |= {"realm": "demo", "challenger": lambda: None}
    parts = Parts(**{name: changes.pop(name, part) for name, part in own.items()})  # type: ignore[arg-type]
    whole: dict[str, Any] = {
        "surface": SURFACE,
        "sources": [(walk(*FOUND), 1.0)],
        "community_sources": [],
        "asked_source": Source(name="sources/asked"),
        "referrer_sources": [],
        "joiner": Joiner(),
        "left_out": Rules(),
    }
    return Pipeline(parts=parts, **{**whole, **changes})


async def answer_of(question: Any = QUESTION, total_s: float = TIMELY_S, **changes: Any) -> Answer:
    return await pipeline(**changes).targets(question, Budget(total_s))


def report(answer: Answer, name: str) -> StageReport:
    return next(each for each in answer.stages if each.name == name)


def shown(answer: Answer) -> list[str]:
    return [answer.question.subject(each) for each in answer.recommendations]  # type: ignore[arg-type]


async def test_every_stage_has_its_report_in_order() -> None:
    answer = await answer_of()
    assert [report.stage.value for report in answer.stages] == [
        "gate", "sources", "filter", "hydrate", "score", "select", "select", "record",
    ]  # fmt: skip
    assert shown(answer) == ["t1", "t2", "t3"]
    assert [each.likelihood for each in answer.recommendations] == pytest.approx([0.1, 0.05, 0.1 / 3])
    assert answer.model == "d1"
    assert answer.completeness.missing == ()


async def test_expected_value_is_likelihood_times_the_offerings_value() -> None:
    answer = await answer_of(gate=Gate(facts=replace(WELCOME, offerings=(replace(GLAD, value=40.0),))))
    first = answer.recommendations[0]
    assert first.likelihood == pytest.approx(0.1)
    assert first.expected_value == pytest.approx(4.0)


async def test_ties_are_shown_with_their_strength_and_without_it_where_it_is_late() -> None:
    answer = await answer_of()
    assert {tie.strength for each in answer.recommendations for tie in each.chain.ties} == {2.0}
    late = await answer_of(ties=Ties(error=ValueError("no")))
    assert shown(late) == ["t1", "t2", "t3"]
    assert late.completeness.missing == ("strengths",)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"model": None}, ("score",)),
        ({"model": Model(error=ValueError("no"))}, ("score",)),
        ({"model": Model(likelihood=lambda _: 1.5)}, ("score",)),
        ({"model": Model(likelihood=lambda _: float("nan"))}, ("score",)),
        ({"hydrator": Hydrator(error=ValueError("no"))}, ("hydrate",)),
        ({"hydrator": Hydrator(delay_s=5)}, ("hydrate",)),
    ],
)
async def test_without_likelihoods_chain_scores_rank_and_it_shows(change: dict[str, Any], missing: tuple[str]) -> None:
    answer = await answer_of(**change)
    assert shown(answer) == ["t1", "t2", "t3"]
    assert {each.likelihood for each in answer.recommendations} == {None}
    assert {each.expected_value for each in answer.recommendations} == {None}
    assert answer.model == ""
    assert answer.completeness.missing == missing


@pytest.mark.parametrize("model", [Model(likelihood=lambda _: 0.1), None])
async def test_who_was_asked_lately_comes_later_and_at_the_cap_last(model: Model | None) -> None:
    found = [candidate("fresh", pass_on=0.3), candidate("once", pass_on=0.3), candidate("often", pass_on=0.3)]
    known = {"once": CandidateFacts(asked_lately=1), "often": CandidateFacts(asked_lately=9)}
    surface = SURFACE.model_copy(update={"fatigue": Cap(most=4, window_days=30)})
    answer = await answer_of(surface=surface, sources=[(walk(*found), 1.0)], filter=Filter(known), model=model)
    assert shown(answer) == ["fresh", "once", "often"]
    if model:
        assert [each.expected_value for each in answer.recommendations] == pytest.approx([0.1, 0.075, 0.0])
        assert {each.likelihood for each in answer.recommendations} == {0.1}, "that is no matter of patience"


# The gate


async def test_the_gate_decides_while_sources_are_under_way() -> None:
    slow = walk(*FOUND, delay_s=0.3)
    started = time.monotonic()
    with pytest.raises(SixhopError) as raised:
        await answer_of(gate=Gate(facts=replace(WELCOME, known=False)), sources=[(slow, 1.0)])
    assert raised.value.reason is Reason.MEMBER_NOT_FOUND
    assert time.monotonic() - started < 0.2


@pytest.mark.parametrize("delay_s", [0.0, 0.02])
async def test_the_gates_no_is_told_even_when_no_source_lives(delay_s: float) -> None:
    dead = walk(error=ValueError("no"))
    with pytest.raises(NotFound):
        await answer_of(gate=Gate(delay_s=delay_s, facts=replace(WELCOME, known=False)), sources=[(dead, 1.0)])


async def test_no_live_source_is_an_error_with_a_reason() -> None:
    with pytest.raises(Unavailable) as raised:
        await answer_of(sources=[(walk(error=ValueError("no")), 1.0)])
    assert raised.value.reason is Reason.NO_LIVE_SOURCE


@pytest.mark.parametrize("change", [{"gate": Gate(delay_s=5)}, {"filter": Filter(delay_s=5)}])
async def test_gate_and_filter_fail_closed_and_within_the_deadline(change: dict[str, Any]) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        await answer_of(**change)
    assert raised.value.reason is Reason.GRAPH_TIMEOUT
    assert time.monotonic() - started < TIMELY_S


async def test_what_is_under_way_ends_with_the_error_and_leaves_no_word_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hydrator = Hydrator(delay_s=5)
    with pytest.raises(SixhopError):
        await answer_of(filter=Filter(error=Unavailable("gone")), hydrator=hydrator)
    for gate in (Gate(error=NotFound("nobody")), Gate(error=NotFound("nobody"), delay_s=0.01), Gate(delay_s=5)):
        with pytest.raises(SixhopError):
            await answer_of(gate=gate, sources=[(walk(delay_s=0.01, error=NotFound("neither")), 1.0)], total_s=0.1)
    asking = asyncio.ensure_future(answer_of(gate=Gate(delay_s=5), sources=[(walk(delay_s=5), 1.0)]))
    await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0.02)
    assert hydrator.cancelled
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()
    assert "never retrieved" not in caplog.text


# Several offerings


OFFERINGS = ("o", "o2", "o3")


def about(*offerings: OfferingFacts) -> Gate:
    return Gate(facts=replace(WELCOME, offerings=offerings))


async def test_each_target_is_recommended_the_offering_that_is_best_for_it() -> None:
    dear, cheap = replace(GLAD, offering_id="o", value=1.0), replace(GLAD, offering_id="o2", value=5.0, kind="event")
    found = [candidate("t1"), candidate("t1", "i", offering="o2"), candidate("t2"), candidate("t3", offering="o2")]
    answer = await answer_of(
        replace(QUESTION, offering_ids=("o", "o2"), explain=True),
        gate=about(dear, cheap),
        sources=[(walk(*found), 1.0)],
    )
    assert {each.target_id: each.offering_id for each in answer.recommendations} == {
        "t1": "o2",  # half as likely, five times as much worth
        "t2": "o",
        "t3": "o2",
    }
    selected = report(answer, "select")
    assert selected.removed == {"other_offering": 1}
    assert [(item.member_id, item.offering_id) for item in selected.items if item.removed_by] == [("t1", "o")]


async def test_an_offering_that_fails_the_gate_is_in_no_answer_and_counted() -> None:
    bad, unknown = replace(GLAD, offering_id="o2", last_sentiment=-1.0), OfferingFacts("o3", known=False)
    found = [candidate(f"t-{offering}", offering=offering) for offering in OFFERINGS]
    answer = await answer_of(
        replace(QUESTION, offering_ids=OFFERINGS), gate=about(GLAD, bad, unknown), sources=[(walk(*found), 1.0)]
    )
    assert shown(answer) == ["t-o"]
    assert report(answer, "gate").removed == {"sender_is_detractor": 1, "offering_not_found": 1}


async def test_wider_rounds_ask_only_about_what_passed_the_gate() -> None:
    source = walk(*(candidate(f"t{n}") for n in range(300)), per_width=True, certificate=PARTLY)
    known = {f"t{n}": CandidateFacts(removed_by="fatigued") for n in range(100)}
    asked = replace(QUESTION, offering_ids=("o", "o2"))
    await answer_of(
        asked, gate=about(GLAD, OfferingFacts("o2", known=False)), sources=[(source, 1.0)], filter=Filter(known)
    )
    assert [each.offering_ids for each in source.questions] == [("o", "o2"), ("o",)]


# Wider and wider


MANY = [candidate(f"t{n:03d}", pass_on=0.9 - n / 1000) for n in range(600)]


def all_but(first: int) -> Filter:
    return Filter({f"t{n:03d}": CandidateFacts(removed_by="fatigued") for n in range(first)})


@pytest.mark.parametrize(
    ("removed", "widths", "stopped_by"),
    [
        (0, [64], "enough"),
        (54, [64], "enough"),
        (55, [64, 256], "enough"),
        (250, [64, 256, 512], "enough"),
        (600, [64, 256, 512], "width"),
    ],
)
async def test_it_goes_four_times_as_wide_until_enough_are_left(
    removed: int, widths: list[int], stopped_by: str
) -> None:
    source = walk(*MANY, per_width=True, certificate=PARTLY)
    answer = await answer_of(sources=[(source, 1.0)], filter=all_but(removed), total_s=5)
    assert [width for _, width in source.asked] == widths
    assert answer.completeness.stopped_by == stopped_by
    assert shown(answer) == [f"t{n:03d}" for n in range(removed, min(removed + 10, 600))]


async def test_where_all_there_is_was_found_it_goes_no_wider() -> None:
    source = walk(*FOUND)
    answer = await answer_of(sources=[(source, 1.0)])
    assert len(source.asked) == 1
    assert answer.completeness.stopped_by == ""


async def test_a_surface_bounds_how_wide_it_goes_and_without_a_walk_nothing_does() -> None:
    source = walk(*MANY, per_width=True, certificate=PARTLY)
    narrow = SURFACE.model_copy(update={"most_width": 100})
    await answer_of(surface=narrow, sources=[(source, 1.0)], filter=all_but(600))
    assert [width for _, width in source.asked] == [64, 100]
    back = walk(candidate("t", sender="x"), certificate=PARTLY)
    nobody = Filter({"x": CandidateFacts(removed_by="opted_out")})
    answer = await pipeline(referrer_sources=[(back, 1.0)], filter=nobody).referrers(BACKWARD, Budget(5))
    assert ([width for _, width in back.asked], answer.completeness.stopped_by) == ([64, 256], "width")
    alike = Source(name="sources/alike", proposals=[proposal("p")])
    answer = await answer_of(sources=[(alike, 1.0)], joiner=Joiner(chains={"p": chain("s", "p")}))
    assert shown(answer) == ["p"]
    assert len(alike.asked) == 1


async def test_features_are_read_while_chains_are_joined_and_those_of_each_pair_once() -> None:
    alike = Source(name="sources/alike", proposals=[proposal("p"), proposal("t1")])
    hydrator = Hydrator()
    read_meanwhile: list[list[str]] = []

    class Slow(Joiner):
        async def act(self) -> None:
            await asyncio.sleep(0.05)
            read_meanwhile.extend(hydrator.asked)

    answer = await answer_of(
        sources=[(walk(candidate("t1"), candidate("t2")), 0.5), (alike, 0.5)],
        joiner=Slow(chains={"p": chain("s", "t2", "p")}),
        hydrator=hydrator,
    )
    assert read_meanwhile == [["t1", "t2"]]
    assert hydrator.asked == [["t1", "t2"], ["p"]]
    assert sorted(shown(answer)) == ["p", "t1", "t2"]
    assert all(each.likelihood is not None for each in answer.recommendations)
    assert report(answer, "hydrate").kept == 3

    wider = Hydrator()
    source = walk(*MANY, per_width=True, certificate=PARTLY)
    await answer_of(sources=[(source, 1.0)], filter=all_but(60), hydrator=wider)
    assert len(source.asked) > 1
    asked = [target_id for each in wider.asked for target_id in each]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    "hydrator",
    [
        Hydrator(error=ValueError("no")),
        Hydrator(fails_after=1),
    ],
    ids=["the first reading", "the second"],
)
async def test_without_the_features_of_all_none_are_used(hydrator: Hydrator) -> None:
    joiner = Joiner(chains={"p": chain("s", "t2", "p")})
    alike = Source(name="sources/alike", proposals=[proposal("p")])
    answer = await answer_of(sources=[(walk(*FOUND), 0.5), (alike, 0.5)], joiner=joiner, hydrator=hydrator)
    assert {each.likelihood for each in answer.recommendations} == {None}
    assert answer.completeness.missing == ("hydrate",)


@pytest.mark.parametrize(
    "change",
    [
        {"sources": [(walk(*MANY, per_width=True, late_from=256, certificate=PARTLY), 1.0)]},
        {"filter": Filter({f"t{n:03d}": CandidateFacts(removed_by="fatigued") for n in range(60)}, late_after=1)},
    ],
    ids=["walk", "filter"],
)
async def test_a_wider_round_that_is_late_loses_nothing_that_was_found(change: dict[str, Any]) -> None:
    parts = {
        "sources": [(walk(*MANY, per_width=True, certificate=PARTLY), 1.0)],
        "filter": all_but(60),
        **change,
    }
    started = time.monotonic()
    answer = await answer_of(**parts)
    assert time.monotonic() - started < TIMELY_S
    assert shown(answer) == [f"t{n:03d}" for n in range(60, 64)]
    assert answer.completeness.stopped_by == "deadline"
    assert answer.completeness.missing == ()


async def test_no_wider_round_begins_that_would_not_end_in_time() -> None:
    source = walk(*MANY, per_width=True, delay_s=0.1, certificate=PARTLY)
    answer = await answer_of(sources=[(source, 1.0)], filter=all_but(60))
    assert len(source.asked) == 1
    assert answer.completeness.stopped_by == "deadline"
    assert len(shown(answer)) == 4


async def test_a_late_source_is_what_stopped_it() -> None:
    late = Source(name="sources/alike", delay_s=5)
    answer = await answer_of(sources=[(walk(*FOUND), 0.7), (late, 0.3)], total_s=0.3)
    assert answer.completeness.stopped_by == "deadline"
    assert answer.completeness.missing == ("sources/alike",)


# Which sources are asked


async def test_named_candidates_and_communities_have_their_own_sources() -> None:
    sources = {name: Source(name=f"sources/{name}") for name in ("alike", "communities", "asked")}
    wide = walk()
    parts = {
        "sources": [(wide, 0.7), (sources["alike"], 0.3)],
        "community_sources": [(sources["communities"], 0.3)],
        "asked_source": sources["asked"],
    }
    for question in (
        QUESTION,
        replace(QUESTION, community_id="c"),
        replace(QUESTION, candidate_ids=("t",)),
        replace(QUESTION, candidate_ids=("t",), community_id="c"),
    ):
        await answer_of(question, **parts)
    assert len(wide.asked) == 4
    assert {name: len(each.asked) for name, each in sources.items()} == {"alike": 1, "communities": 1, "asked": 2}


async def test_all_named_candidates_have_a_place() -> None:
    names = tuple(f"c{n}" for n in range(200))
    asked = Source(name="sources/asked", proposals=[proposal(each) for each in names])
    joiner = Joiner(chains={each: chain("s", each) for each in names})
    answer = await answer_of(replace(QUESTION, candidate_ids=names), asked_source=asked, joiner=joiner, sources=[])
    assert report(answer, "filter").kept == 200


# The other way round


async def test_referrers_are_found_after_the_gate_named_whom_they_may_reach() -> None:
    found = [candidate("t2", sender="x"), candidate("t", "i", sender="y"), candidate("t", sender="t9")]
    source = walk(*found, width=96)
    gate = Gate(reached=replace(REACHABLE, reachable_ids=("t", "t2"), removed_by={"opted_out": 2}))
    asked = replace(BACKWARD, target_id=None, enterprise_id="e")
    answer = await pipeline(gate=gate, referrer_sources=[(source, 1.0)]).referrers(asked, Budget(TIMELY_S))
    assert shown(answer) == ["t9", "x", "y"]
    assert {(each.sender_id, each.target_id) for each in answer.recommendations} == {
        ("x", "t2"),
        ("y", "t"),
        ("t9", "t"),
    }
    assert (report(answer, "gate").kept, report(answer, "gate").removed) == (2, {"opted_out": 2})
    assert source.questions[0].target_ids == ("t", "t2")  # type: ignore[union-attr]
    assert answer.recommendations[0].reasons == ("a direct contact of the target",)


async def test_of_a_large_enterprise_some_are_looked_at() -> None:
    source = walk(width=96)
    gate = Gate(reached=replace(REACHABLE, reachable_ids=tuple(f"t{n}" for n in range(100))))
    asked = replace(BACKWARD, target_id=None, enterprise_id="e")
    await pipeline(gate=gate, referrer_sources=[(source, 1.0)]).referrers(asked, Budget(TIMELY_S))
    assert source.questions[0].target_ids == tuple(f"t{n}" for n in range(32))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(REACHABLE, known=False), Reason.MEMBER_NOT_FOUND),
        (replace(REACHABLE, reachable_ids=(), removed_by={"declined": 1}), Reason.TARGET_DECLINED),
    ],
)
async def test_a_target_that_may_not_be_reached_ends_the_walk(facts: TargetFacts, reason: Reason) -> None:
    source, hydrator = walk(width=96, delay_s=5), Hydrator()
    asking = pipeline(gate=Gate(reached=facts), referrer_sources=[(source, 1.0)], hydrator=hydrator)
    with pytest.raises(SixhopError) as raised:
        await asking.referrers(BACKWARD, Budget(TIMELY_S))
    assert raised.value.reason is reason
    await asyncio.sleep(0.02)
    assert hydrator.asked == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_sent_much_lately_comes_later_among_referrers() -> None:
    found = [candidate("t", sender="busy"), candidate("t", sender="rested")]
    answer = await pipeline(
        referrer_sources=[(walk(*found, width=96), 1.0)],
        filter=Filter({"busy": CandidateFacts(asked_lately=10)}),
    ).referrers(BACKWARD, Budget(TIMELY_S))
    assert shown(answer) == ["rested", "busy"]
    assert answer.recommendations[1].expected_value == pytest.approx(0.05), "half of the 20 that are asked of a sender"


# What is kept, and what is said


async def test_what_the_filter_takes_out_is_counted_by_reason() -> None:
    known = {"t1": CandidateFacts("opted_out"), "t2": CandidateFacts("has_adopted")}
    answer = await answer_of(filter=Filter(known, gone=frozenset({"t3"})))
    assert report(answer, "filter").removed == {"opted_out": 1, "has_adopted": 1, "gone": 1}
    assert answer.recommendations == ()


async def test_who_may_not_be_named_is_no_target_whatever_else_the_filter_says() -> None:
    answer = await answer_of(filter=Filter({"t1": CandidateFacts(subject_named=False)}))
    assert shown(answer) == ["t2", "t3"]
    assert report(answer, "filter").removed == {"cannot_be_named": 1}


async def test_who_may_not_be_named_is_hashed_in_the_record() -> None:
    recorder = Recorder()
    answer = await answer_of(filter=Filter({"t3": CandidateFacts(unnamed_ids=frozenset({"i2"}))}), recorder=recorder)
    assert answer.recommendations[2].chain.members == ("s", "i1", "", "t3")
    assert "'i2'" not in repr(answer)  # tokens are drawn, and may hold any two letters
    assert recorder.rows[2]["chain"] == ["#s#", "#i1#", "#i2#", "#t3#"]


async def test_a_record_without_room_does_not_fail_the_answer() -> None:
    answer = await answer_of(recorder=Recorder(room=False))
    assert len(answer.recommendations) == 3
    assert answer.stages[-1].missing == "no room"


async def test_a_record_holds_what_was_served() -> None:
    recorder = Recorder()
    answer = await answer_of(
        recorder=recorder, hydrator=Hydrator(features={"t1": {"common_contacts": 4.0, "tenure": float("nan")}})
    )
    row = recorder.rows[0]
    assert row["attribution_token"] == answer.recommendations[0].attribution_token
    assert len({each["attribution_token"] for each in recorder.rows}) == 3
    assert row["features"] == {"degree": 1.0, "common_contacts": 4.0, "tenure": None}
    assert (row["position"], row["model"], row["queries_digest"], row["surface"]) == (0, "d1", "q1", "default")
    assert (row["likelihood"], row["propensity"], row["explored"]) == (0.1, 1.0, False)


async def test_the_log_of_a_failing_part_names_no_id(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await answer_of(hydrator=Hydrator(error=ValueError("member t1 has no such thing")))
    assert "hydrate failed (ValueError), left out; request_id=r1" in caplog.text
    assert "t1" not in caplog.text
