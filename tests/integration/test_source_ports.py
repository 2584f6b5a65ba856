"""Sources as the pipeline asks them: a question in, candidates or proposals out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from walk_oracle import World

from sixhop.domain import Certificate, Proposal, ReferrersQuestion, SourceResult, TargetsQuestion
from sixhop.errors import Misconfigured
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.sources import ASKED, ProposingSource, WalkSource, is_walk, walks_back
from sixhop.graph.walk import SIX_DEGREE_WALK, WalkSettings

NOW = 1_700_000_000
BACK = "sources/six_degree_walk_back"
GLAD = {"first_at": NOW, "last_at": NOW}
TARGETS = TargetsQuestion(request_id="r", offering_ids=("o",), as_of=NOW, limit=10, sender_id="m0")
REFERRERS = ReferrersQuestion(request_id="r", offering_ids=("o",), as_of=NOW, limit=10, target_ids=("m5",))


@pytest.fixture
async def reads(graph: Graph) -> AsyncIterator[AsyncGraph]:
    """m0 → m1 → … → m7, and m3 has the offering."""
    row = {f"m{n}": {f"m{n + 1}": 0.5} for n in range(7)} | {"m7": {}}
    taste = {m: frozenset({"x"}) for m in ("m0", "m2", "m6")}
    circles = {"c": None}
    World(
        members={m: {} for m in row},
        pass_on=row,
        experiences={"m3": GLAD},
        tastes=taste,
        parents=circles,
        belongs={("m2", "c"): {}, ("m5", "c"): {}},
    ).write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield opened


async def walked(
    reads: AsyncGraph, question: TargetsQuestion | ReferrersQuestion, limit: int = 64, name: str = SIX_DEGREE_WALK
) -> SourceResult:
    return await WalkSource(reads, name, WalkSettings()).propose(question, limit=limit, width=64, timeout_s=30)


async def test_a_walk_goes_as_far_as_the_question_says(reads: AsyncGraph) -> None:
    found = await walked(reads, TARGETS)
    assert [c.target_id for c in found.candidates] == ["m1", "m2", "m4", "m5", "m6"]
    assert [joint.member_id for joint in found.joints] == ["m3"]
    assert found.certificate == Certificate(0.0, 0.0)
    near = await walked(reads, replace(TARGETS, max_length=4, min_degree=2, max_degree=3))
    assert [c.target_id for c in near.candidates] == ["m2"]


async def test_a_walk_keeps_to_the_candidates_and_the_community_asked_for(reads: AsyncGraph) -> None:
    named = await walked(reads, replace(TARGETS, candidate_ids=("m4", "m3", "m7")))
    assert [c.target_id for c in named.candidates] == ["m4"]
    within = await walked(reads, replace(TARGETS, community_id="c"))
    assert [c.target_id for c in within.candidates] == ["m2", "m5"]


async def test_a_walk_is_made_for_each_offering_and_is_as_certain_as_the_least_of_them(reads: AsyncGraph) -> None:
    found = await walked(reads, replace(TARGETS, offering_ids=("o", "x")), limit=2)
    assert [(c.target_id, c.offering_id) for c in found.candidates] == [
        ("m1", "o"),
        ("m2", "o"),
        ("m1", "x"),
        ("m3", "x"),
    ]
    assert found.certificate is not None
    assert found.certificate.complete_above > 0


async def test_a_walk_from_nobody_finds_nothing(reads: AsyncGraph) -> None:
    assert await walked(reads, replace(TARGETS, sender_id="nobody")) == SourceResult(SIX_DEGREE_WALK)
    assert await walked(reads, replace(REFERRERS, target_ids=()), name=BACK) == SourceResult(BACK)


async def test_referrers_are_walked_to_backward(reads: AsyncGraph) -> None:
    found = await walked(reads, REFERRERS, name=BACK)
    assert [c.chain.members for c in found.candidates] == [("m3", "m4", "m5")]
    assert await walked(reads, replace(REFERRERS, max_degree=1), name=BACK) == replace(found, candidates=())


async def test_proposals_are_made_for_each_offering_with_what_the_surface_says(reads: AsyncGraph) -> None:
    alike = ProposingSource(reads, "sources/alike", {})
    both = replace(TARGETS, offering_ids=("o", "x"))
    found = await alike.propose(both, limit=10, width=64, timeout_s=30)
    assert found.proposals == (Proposal("m2", "o", 1.0), Proposal("m6", "o", 1.0))
    assert (await alike.propose(TARGETS, limit=1, width=64, timeout_s=30)).proposals == (Proposal("m2", "o", 1.0),)
    none = ProposingSource(reads, "sources/alike", {"tastes": 0})
    assert (await none.propose(both, limit=10, width=64, timeout_s=30)).proposals == ()


async def test_who_is_asked_for_is_proposed_but_the_sender_never(reads: AsyncGraph) -> None:
    asked = replace(TARGETS, candidate_ids=("m4", "m0"), offering_ids=("o", "x"))
    found = await ProposingSource(reads, ASKED, {}).propose(asked, limit=1, width=64, timeout_s=30)
    assert found.proposals == (Proposal("m4", "o", 1.0), Proposal("m4", "x", 1.0))
    within = replace(asked, candidate_ids=("m4", "m5", "nobody"), offering_ids=("o",), community_id="c")
    found = await ProposingSource(reads, ASKED, {}).propose(within, limit=1, width=64, timeout_s=30)
    assert found.proposals == (Proposal("m5", "o", 1.0),)


async def test_a_source_is_a_walk_by_what_it_asks_for(reads: AsyncGraph) -> None:
    assert [is_walk(reads, name) for name in (SIX_DEGREE_WALK, BACK, "sources/alike")] == [True, True, False]
    assert [walks_back(reads, name) for name in (SIX_DEGREE_WALK, BACK, "sources/alike")] == [False, True, False]
    with pytest.raises(Misconfigured):
        ProposingSource(reads, "sources/alike", {"taste": 1})
    with pytest.raises(Misconfigured):
        is_walk(reads, "sources/none")
