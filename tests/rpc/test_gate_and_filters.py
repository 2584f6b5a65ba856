"""What the gate and the filters read from a real graph."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from rpc_world import DAY_S, NOW, REFUSED, experience, small_world

from sixhop.domain import (
    Candidate,
    CandidateFacts,
    Chain,
    OfferingFacts,
    ReferrersQuestion,
    SenderFacts,
    TargetFacts,
    TargetsQuestion,
    Tie,
)
from sixhop.errors import InvalidInput
from sixhop.graph.clock import RealmClock
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.filters import CypherFilter
from sixhop.graph.gate import CypherGate
from sixhop.pipeline.surfaces import Cap, SourceEntry, Surface

ALL = ("has_adopted", "declined", "fatigued")
PATIENCE_S = 10.0


def question(
    sender_id: str = "s",
    *offering_ids: str,
    as_of: int = NOW,
    token: str | None = None,
    community_id: str | None = None,
) -> TargetsQuestion:
    return TargetsQuestion(
        request_id="r",
        sender_id=sender_id,
        offering_ids=offering_ids or ("o",),
        as_of=as_of,
        limit=10,
        freshness_token=token,
        community_id=community_id,
    )


def about_target(target_id: str | None, enterprise_id: str | None = None, offering_id: str = "o") -> ReferrersQuestion:
    return ReferrersQuestion(
        request_id="r",
        target_id=target_id,
        enterprise_id=enterprise_id,
        offering_ids=(offering_id,),
        as_of=NOW,
        limit=10,
    )


def candidate(*members: str, offering_id: str = "o") -> Candidate:
    return Candidate(Chain(members, (Tie(0.5),) * (len(members) - 1)), offering_id, ("test",), len(members) - 1)


def surface(*filters: str, most_reached: int = 2) -> Surface:
    return Surface(
        surface="test",
        sources=(SourceEntry(query="sources/walk", share=1.0),),
        filters=filters,  # type: ignore[arg-type]
        fatigue=Cap(most=most_reached, window_days=30),
    )


@pytest.fixture
async def reads(graph: Graph) -> AsyncIterator[AsyncGraph]:
    small_world().write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield opened


async def facts(reads: AsyncGraph, asked: TargetsQuestion, days: int = 7) -> SenderFacts:
    return await CypherGate(reads).sender(asked, sent_within_s=days * DAY_S, timeout_s=PATIENCE_S)


async def offering(reads: AsyncGraph, asked: TargetsQuestion) -> OfferingFacts:
    return (await facts(reads, asked)).offerings[0]


async def test_what_the_gate_sees_of_a_good_sender(reads: AsyncGraph) -> None:
    assert await facts(reads, question()) == SenderFacts(
        known=True,
        offerings=(OfferingFacts("o", known=True, kind="artist", value=2.0, experienced=True, last_sentiment=0.8),),
    )


async def test_the_gate_sees_each_offering_in_the_order_asked(reads: AsyncGraph) -> None:
    seen = await facts(reads, question("s", "nothing", "o-old", "o-new", "o"))
    assert [(each.offering_id, each.known, each.experienced) for each in seen.offerings] == [
        ("nothing", False, False),
        ("o-old", True, True),
        ("o-new", True, False),
        ("o", True, True),
    ]


async def test_the_gate_sees_whether_the_community_is_there(reads: AsyncGraph) -> None:
    assert (await facts(reads, question(community_id="jazz"))).community_known
    assert not (await facts(reads, question(community_id="none"))).community_known


async def test_the_gate_sees_at_the_top_of_which_community_a_sender_is(reads: AsyncGraph) -> None:
    found = {member: (await facts(reads, question(member))).community_id for member in ("c", "d", "s", "nobody")}
    assert found == {"c": "music", "d": "music", "s": "", "nobody": ""}


async def test_what_the_gate_sees_of_others(reads: AsyncGraph) -> None:
    assert not (await facts(reads, question("nobody"))).known
    assert (await facts(reads, question("s-opted"))).opted_out
    assert not (await offering(reads, question("s-none"))).experienced
    assert (await offering(reads, question("s-bad"))).last_sentiment == -0.9
    assert (await facts(reads, question("s-busy"))).sent_lately == 20
    assert (await offering(reads, question("s", "o-old"))).value == 1.0


async def test_the_gate_sees_nothing_that_is_later_than_the_question(reads: AsyncGraph) -> None:
    before = question(as_of=NOW - 60 * DAY_S)
    assert not (await offering(reads, before)).experienced
    assert (await facts(reads, question("s-busy", as_of=NOW - 2 * DAY_S))).sent_lately == 0
    assert not (await facts(reads, question("s-opted", as_of=NOW - 2 * DAY_S))).opted_out


async def test_the_last_experience_counts(graph: Graph) -> None:
    world = small_world()
    world.experiences += [
        experience("a", kind="trial", last_at=NOW - 9, sentiment=-0.9),
        experience("a", kind="use", last_at=NOW - 5, sentiment=0.5),
    ]
    world.write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        assert (await offering(reads, question("a"))).last_sentiment == 0.5


async def target(
    reads: AsyncGraph, target_id: str | None, enterprise_id: str | None = None, filters: tuple[str, ...] = ALL
) -> TargetFacts:
    asked = about_target(target_id, enterprise_id)
    return await CypherGate(reads).target(asked, limits=surface(*filters).target_limits(), timeout_s=PATIENCE_S)


async def test_what_the_gate_sees_of_a_target(reads: AsyncGraph) -> None:
    seen = await target(reads, "c")
    assert (seen.known, seen.reachable_ids, seen.removed_by) == (True, ("c",), {})
    assert (seen.offering.known, seen.offering.kind, seen.offering.value) == (True, "artist", 2.0)
    assert not (await target(reads, "nobody")).known
    why = {
        each: await target(reads, each) for each in ("opted", "unreachable", "hidden", "reached", "adopted", "declined")
    }
    assert {each: list(found.removed_by) for each, found in why.items()} == {
        "opted": ["opted_out"],
        "unreachable": ["cannot_be_reached"],
        "hidden": ["cannot_be_named"],
        "reached": ["fatigued"],
        "adopted": ["has_adopted"],
        "declined": ["declined"],
    }
    assert {found.reachable_ids for found in why.values()} == {()}


async def test_of_a_target_too_the_surface_switches_off_what_is_no_matter_of_consent(reads: AsyncGraph) -> None:
    for each in ("reached", "adopted", "declined"):
        assert (await target(reads, each, filters=())).reachable_ids == (each,)
    for each in ("opted", "unreachable", "hidden"):
        assert (await target(reads, each, filters=())).reachable_ids == ()


async def test_what_the_gate_sees_of_an_enterprise(reads: AsyncGraph) -> None:
    seen = await target(reads, None, "acme")
    assert (seen.known, set(seen.reachable_ids)) == (True, {"c", "d"})
    assert seen.removed_by == {"cannot_be_named": 1, "has_adopted": 1}
    assert (await target(reads, None, "shut")).removed_by == {"opted_out": 1, "fatigued": 1}
    nobodys = await target(reads, None, "nobodys")
    assert (nobodys.known, nobodys.reachable_ids) == (True, ())
    assert not (await target(reads, None, "none")).known


async def checked(
    reads: AsyncGraph,
    *candidates: Candidate,
    filters: tuple[str, ...] = ALL,
    asked: TargetsQuestion | ReferrersQuestion | None = None,
    most_reached: int = 2,
) -> list[CandidateFacts | None]:
    limits = surface(*filters, most_reached=most_reached)
    own = CypherFilter(reads, target_limits=limits.target_limits(), sender_limits=limits.sender_limits())
    return await own.check(asked or question(), candidates, timeout_s=PATIENCE_S)


async def removed(reads: AsyncGraph, *candidates: Candidate, filters: tuple[str, ...] = ALL) -> dict[str, str]:
    found = await checked(reads, *candidates, filters=filters)
    return {
        each.target_id: known.removed_by if known else "gone" for each, known in zip(candidates, found, strict=True)
    }


async def test_each_filter_says_why(reads: AsyncGraph) -> None:
    assert await removed(
        reads,
        *(candidate("s", "a", each) for each in (*REFUSED, "c")),
        candidate("s", "shy", "x"),
        candidate("s", "shy"),
        candidate("s", "a", "nobody"),
    ) == {
        "adopted": "has_adopted",
        "opted": "opted_out",
        "unreachable": "cannot_be_reached",
        "blocked": "blocked",
        "reached": "fatigued",
        "declined": "declined",
        "hidden": "cannot_be_named",
        "x": "contact_cannot_be_named",
        "shy": "cannot_be_named",
        "c": "",
        "nobody": "gone",
    }


async def test_consent_holds_whatever_the_surface_switches_off(reads: AsyncGraph) -> None:
    everybody = [candidate("s", "a", each) for each in REFUSED]
    assert await removed(reads, *everybody, filters=()) == {
        "adopted": "",
        "opted": "opted_out",
        "unreachable": "cannot_be_reached",
        "blocked": "blocked",
        "reached": "",
        "declined": "",
        "hidden": "cannot_be_named",
    }


async def test_reached_long_ago_or_as_an_introducer_is_not_fatigued(reads: AsyncGraph) -> None:
    assert await removed(reads, candidate("s", "a", "d"), candidate("s", "a", "e")) == {"d": "", "e": ""}
    [often] = await checked(reads, candidate("s", "a", "reached"), most_reached=3)
    assert often
    assert (often.removed_by, often.asked_lately) == ("", 2)


async def test_a_no_is_about_one_offering_and_does_not_last_for_ever(reads: AsyncGraph) -> None:
    asked = question("s", "o", "o-old")
    about = [candidate("s", "a", "declined", offering_id=each) for each in ("o", "o-old")]
    found = await checked(reads, *about, asked=asked)
    assert [each.removed_by for each in found if each] == ["declined", ""]
    before = question(as_of=NOW - 21 * DAY_S)
    assert [each.removed_by for each in await checked(reads, about[0], asked=before) if each] == [""]


async def test_what_is_asked_of_the_best_connected_is_seen(graph: Graph) -> None:
    world = small_world()
    world.settings = {"top_ties": 5}
    world.write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        found = await checked(reads, candidate("s", "a", "c"), candidate("s", "b"), candidate("s", "a"))
    assert [each.asks_few for each in found if each] == [True, False, True], "a has more than five contacts"


async def test_each_filter_of_referrers_says_why(reads: AsyncGraph) -> None:
    senders = ("s", "alone", "s-opted", "s-none", "s-meh", "s-bad", "s-busy", "hidden", "nobody", "blocked")
    asked = about_target("c")
    candidates = [candidate(each, "a", "c") for each in senders]
    found = await checked(reads, *candidates, candidate("b", "quiet", "q"), candidate("blocked", "a", "s"), asked=asked)
    assert [each.removed_by if each else "gone" for each in found] == [
        "",
        "",
        "opted_out",
        "lacks_experience",
        "lacks_experience",
        "lacks_experience",
        "over_attention_cap",
        "cannot_be_named",
        "gone",
        "lacks_experience",
        "contact_cannot_be_named",
        "blocked",
    ]
    assert [each.subject_named for each in found if each].count(False) == 1


async def test_who_may_not_be_named_is_told_of_each_chain(reads: AsyncGraph) -> None:
    found = await checked(reads, candidate("s", "b", "quiet", "q"), candidate("s", "a", "c"))
    assert [each.unnamed_ids for each in found if each] == [{"quiet"}, frozenset()]
    assert [each.community_id for each in found if each] == ["", "jazz"], "the heaviest one"


async def test_a_read_after_a_token_sees_that_write_and_a_bad_token_is_the_callers_error(
    reads: AsyncGraph, graph: Graph
) -> None:
    with graph.driver.session(database=graph.at.database) as session:
        session.run("CREATE (:Member {realm: $realm, member_id: 'new'})", realm=graph.realm).consume()
        [token] = session.last_bookmarks().raw_values
    assert (await facts(reads, question("new", token=token))).known
    with pytest.raises(InvalidInput) as raised:
        await facts(reads, question(token="rubbish"))
    assert raised.value.violations[0][0] == "freshness_token"


async def test_the_clock_is_now_or_the_realms_last_event(graph: Graph) -> None:
    small_world().write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        assert abs(await RealmClock(reads).as_of(None, timeout_s=PATIENCE_S) - time.time()) < 60
        clock = RealmClock(reads)
        settings = {"as_of_last_event": True, "last_event_at": 1_300_000_000}
        graph.driver.execute_query(
            "MATCH (r:Realm {realm: $realm}) SET r += $settings",
            realm=graph.realm,
            settings=settings,
            database_=graph.at.database,
        )
        assert await clock.as_of(None, timeout_s=PATIENCE_S) == 1_300_000_000


async def test_a_realm_without_settings_is_read_as_of_now(graph: Graph) -> None:
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        assert abs(await RealmClock(reads).as_of(None, timeout_s=PATIENCE_S) - time.time()) < 60
