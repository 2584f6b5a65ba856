"""One question through all stages: what fails is left out and named; consent, and the gate, never are."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import Any

import pytest
from pipeline_parts import QUESTION, WELCOME, Gate, Hydrator, Model, Recorder, Source, TargetFilter, candidate

from sixhop.domain import Certificate, TargetFacts
from sixhop.errors import Reason, SixhopError, Unavailable
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.run import TargetsPipeline
from sixhop.pipeline.surfaces import SelectRule, SourceEntry, Surface

WALK = "sources/walk"
SURFACE = Surface(surface="default", sources=(SourceEntry(query=WALK, share=1.0),), select=SelectRule())
PROPOSED = [candidate("t1"), candidate("t2", "i1"), candidate("t3", "i1", "i2")]


def pipeline(**changes: Any) -> TargetsPipeline:
    parts: dict[str, Any] = {
        "surface": SURFACE,
        "gate": Gate(),
        "sources": [(Source(WALK, PROPOSED, Certificate(0.0, 0.5)), 1.0)],
        "target_filter": TargetFilter(),
        "hydrator": Hydrator(),
        "model": Model(),
        "recorder": Recorder(),
        "pseudonym": lambda plain_id: f"hash-of-{len(plain_id)}",
        "queries_digest": "q1",
    }
    return TargetsPipeline(**{**parts, **changes})


async def test_every_stage_has_its_report_in_order() -> None:
    answer = await pipeline().answer(QUESTION, Budget(0.2))
    assert [report.stage.value for report in answer.stages] == [
        "gate", "sources", "filter", "hydrate", "score", "select", "record",
    ]  # fmt: skip
    assert [each.target_id for each in answer.recommendations] == ["t1", "t2", "t3"]
    assert [each.likelihood for each in answer.recommendations] == pytest.approx([0.1, 0.05, 0.1 / 3])
    assert answer.model == "d1"
    assert answer.completeness.missing == ()


async def test_expected_value_is_likelihood_times_the_offerings_value() -> None:
    answer = await pipeline(gate=Gate(replace(WELCOME, offering_value=40.0))).answer(QUESTION, Budget(0.2))
    first = answer.recommendations[0]
    assert first.likelihood == pytest.approx(0.1)
    assert first.expected_value == pytest.approx(4.0)


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
    answer = await pipeline(**change).answer(QUESTION, Budget(0.2))
    assert [each.target_id for each in answer.recommendations] == ["t1", "t2", "t3"]
    assert {each.likelihood for each in answer.recommendations} == {None}
    assert {each.expected_value for each in answer.recommendations} == {None}
    assert answer.model == ""
    assert answer.completeness.missing == missing


async def test_the_gate_decides_while_sources_are_under_way() -> None:
    slow = Source(WALK, PROPOSED, delay_s=0.08)
    started = time.monotonic()
    with pytest.raises(SixhopError) as raised:
        await pipeline(gate=Gate(replace(WELCOME, experienced=False)), sources=[(slow, 1.0)]).answer(
            QUESTION, Budget(0.2)
        )
    assert raised.value.reason is Reason.SENDER_LACKS_EXPERIENCE
    assert time.monotonic() - started < 0.06
    await asyncio.sleep(0.1)


async def test_the_gates_no_is_told_even_when_no_source_lives() -> None:
    dead = Source(WALK, error=ValueError("no"))
    with pytest.raises(SixhopError) as raised:
        await pipeline(gate=Gate(replace(WELCOME, sender_known=False), delay_s=0.01), sources=[(dead, 1.0)]).answer(
            QUESTION, Budget(0.2)
        )
    assert raised.value.reason is Reason.MEMBER_NOT_FOUND


async def test_no_live_source_is_an_error_with_a_reason() -> None:
    dead = Source(WALK, error=ValueError("no"))
    with pytest.raises(Unavailable) as raised:
        await pipeline(sources=[(dead, 1.0)]).answer(QUESTION, Budget(0.2))
    assert raised.value.reason is Reason.NO_LIVE_SOURCE


@pytest.mark.parametrize("change", [{"gate": Gate(delay_s=5)}, {"target_filter": TargetFilter(delay_s=5)}])
async def test_gate_and_filter_fail_closed_and_within_the_deadline(change: dict[str, Any]) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        await pipeline(**change).answer(QUESTION, Budget(0.2))
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED
    assert time.monotonic() - started < 0.2


async def test_what_the_filter_takes_out_is_counted_by_reason() -> None:
    known = {"t1": TargetFacts("t1", "opted_out"), "t2": TargetFacts("t2", "has_adopted")}
    answer = await pipeline(target_filter=TargetFilter(known, gone=frozenset({"t3"}))).answer(QUESTION, Budget(0.2))
    filtered = next(report for report in answer.stages if report.name == "filter")
    assert filtered.removed == {"opted_out": 1, "has_adopted": 1, "gone": 1}
    assert answer.recommendations == ()


async def test_who_may_not_be_named_is_nowhere_in_an_answer_but_hashed_in_the_record() -> None:
    known = {"t3": TargetFacts("t3", unnamed_ids=frozenset({"i2"}))}
    recorder = Recorder()
    answer = await pipeline(
        target_filter=TargetFilter(known), recorder=recorder, pseudonym=lambda plain_id: f"#{plain_id}#"
    ).answer(QUESTION, Budget(0.2))
    shown = answer.recommendations[2]
    assert shown.chain.members == ("s", "i1", "", "t3")
    assert "i2" not in repr(shown)
    assert recorder.rows[2]["chain"] == ["#s#", "#i1#", "#i2#", "#t3#"]


async def test_a_record_without_room_does_not_fail_the_answer() -> None:
    answer = await pipeline(recorder=Recorder(room=False)).answer(QUESTION, Budget(0.2))
    assert len(answer.recommendations) == 3
    assert answer.stages[-1].missing == "no room"


async def test_a_record_holds_what_was_served() -> None:
    recorder = Recorder()
    answer = await pipeline(
        recorder=recorder, hydrator=Hydrator({"t1": {"common_contacts": 4.0, "tenure": float("nan")}})
    ).answer(QUESTION, Budget(0.2))
    row = recorder.rows[0]
    assert row["attribution_token"] == answer.recommendations[0].attribution_token
    assert len({each["attribution_token"] for each in recorder.rows}) == 3
    assert row["features"] == {"degree": 1.0, "common_contacts": 4.0, "tenure": None}
    assert (row["position"], row["model"], row["queries_digest"], row["surface"]) == (0, "d1", "q1", "default")
    assert (row["likelihood"], row["propensity"], row["explored"]) == (0.1, 1.0, False)


async def test_the_log_of_a_failing_part_names_no_id(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await pipeline(hydrator=Hydrator(error=ValueError("member t1 has no such thing"))).answer(QUESTION, Budget(0.2))
    assert "hydrate failed (ValueError), left out; request_id=r1" in caplog.text
    assert "t1" not in caplog.text
