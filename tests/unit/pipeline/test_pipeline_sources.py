"""Gathering: shares, best chains, what is late or unsound."""

from __future__ import annotations

from pipeline_parts import QUESTION, Source, candidate, chain

from sixhop.domain import Candidate, Certificate
from sixhop.errors import Reason, Unavailable
from sixhop.pipeline.sources import gather

WALK = "sources/walk"
ALIKE = "sources/alike"


async def test_a_target_of_two_sources_has_its_best_chain_and_both_names() -> None:
    direct = candidate("t", pass_on=0.1, source=WALK)
    detour = candidate("t", "i", pass_on=0.9, source=ALIKE)
    found = await gather(
        QUESTION, [(Source(WALK, [direct]), 0.5), (Source(ALIKE, [detour]), 0.5)], slots=8, timeout_s=1
    )
    assert found.candidates == (Candidate("t", detour.chain, (WALK, ALIKE), 1),)


async def test_each_source_is_asked_for_its_share() -> None:
    walk, alike = Source(WALK, [candidate(f"t{n}") for n in range(9)]), Source(ALIKE)
    found = await gather(QUESTION, [(walk, 0.7), (alike, 0.3)], slots=10, timeout_s=1)
    assert (walk.asked_for, alike.asked_for) == (7, 3)
    assert len(found.candidates) == 7
    assert found.reports[0].removed == {"over_share": 2}


async def test_one_that_is_late_or_fails_is_missing_and_the_others_answer() -> None:
    late = Source("sources/late", delay_s=5)
    broken = Source("sources/broken", error=ValueError("m17 is broken"))
    slow_graph = Source("sources/graph", error=Unavailable("out of time", reason=Reason.GRAPH_TIMEOUT))
    good = Source(WALK, [candidate("t")], Certificate(0.25, 0.5))
    found = await gather(
        QUESTION, [(late, 0.2), (broken, 0.2), (slow_graph, 0.2), (good, 0.4)], slots=10, timeout_s=0.05
    )
    assert found.live
    assert [each.target_id for each in found.candidates] == ["t"]
    assert found.certificate == Certificate(0.25, 0.5)
    assert [report.missing for report in found.reports] == ["timed out", "failed", "timed out", ""]


async def test_nothing_is_live_when_all_are_late() -> None:
    found = await gather(QUESTION, [(Source(WALK, delay_s=5), 1.0)], slots=10, timeout_s=0.02)
    assert not found.live
    assert found.certificate == Certificate(1.0, 1.0), "nothing is certified"


async def test_what_no_answer_may_hold_is_taken_out() -> None:
    def proposed(target: str, *members: str) -> Candidate:
        made = chain(*members)
        return Candidate(target, made, (WALK,), made.length)

    unsound = [
        proposed("t1", "x", "t1"),  # not from the sender
        proposed("t2", "s", "t3"),  # not to the target
        proposed("t4", "s", "i", "s", "t4"),  # in a circle
        proposed("t5", "s", "a", "b", "c", "d", "e", "f", "t5"),  # seven ties
        proposed("s", "s"),  # nowhere
    ]
    found = await gather(QUESTION, [(Source(WALK, unsound), 1.0)], slots=10, timeout_s=1)
    assert found.candidates == ()
    assert found.reports[0].removed == {"bad_chain": 3, "chain_too_long": 2}
