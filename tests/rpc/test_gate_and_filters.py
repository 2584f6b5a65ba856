"""What the gate and the filters read from a real graph."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rpc_world import DAY_S, NOW, experience, small_world

from sixhop.domain import Candidate, Chain, ChainsQuestion, GateFacts, TargetsQuestion, Tie
from sixhop.errors import InvalidInput
from sixhop.graph.clock import RealmClock
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.filters import CypherTargetFilter
from sixhop.graph.gate import CypherGate

BOTH = ("has_adopted", "recently_reached")
PATIENCE_S = 10.0


def question(
    sender_id: str = "s", offering_id: str = "o", *, as_of: int = NOW, token: str | None = None
) -> TargetsQuestion:
    return TargetsQuestion("r", sender_id, offering_id, as_of, 10, freshness_token=token)


def candidate(*members: str) -> Candidate:
    return Candidate(members[-1], Chain(members, (Tie(0.5, 1.0),) * (len(members) - 1)), ("test",), len(members) - 1)


@pytest.fixture
async def reads(graph: Graph) -> AsyncIterator[AsyncGraph]:
    small_world().write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield opened


async def facts(reads: AsyncGraph, asked: TargetsQuestion, days: int = 7) -> GateFacts:
    return await CypherGate(reads).facts(asked, sent_since=asked.as_of - days * DAY_S, timeout_s=PATIENCE_S)


async def test_what_the_gate_sees_of_a_good_sender(reads: AsyncGraph) -> None:
    assert await facts(reads, question()) == GateFacts(
        sender_known=True,
        offering_known=True,
        offering_kind="artist",
        offering_value=2.0,
        experienced=True,
        last_sentiment=0.8,
    )


async def test_what_the_gate_sees_of_others(reads: AsyncGraph) -> None:
    assert not (await facts(reads, question("nobody"))).sender_known
    assert not (await facts(reads, question("s", "nothing"))).offering_known
    assert (await facts(reads, question("s-opted"))).sender_opted_out
    assert not (await facts(reads, question("s-none"))).experienced
    assert (await facts(reads, question("s-bad"))).last_sentiment == -0.9
    assert (await facts(reads, question("s-busy"))).sent_lately == 20
    assert (await facts(reads, question("s", "o-old"))).offering_value == 1.0


async def test_the_gate_sees_nothing_that_is_later_than_the_question(reads: AsyncGraph) -> None:
    before = question(as_of=NOW - 60 * DAY_S)
    assert not (await facts(reads, before)).experienced
    assert (await facts(reads, question("s-busy", as_of=NOW - 2 * DAY_S))).sent_lately == 0
    assert not (await facts(reads, question("s-opted", as_of=NOW - 2 * DAY_S))).sender_opted_out


async def test_the_last_experience_counts(graph: Graph) -> None:
    world = small_world()
    world.experiences += [
        experience("a", kind="trial", last_at=NOW - 9, sentiment=-0.9),
        experience("a", kind="use", last_at=NOW - 5, sentiment=0.5),
    ]
    world.write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        assert (await facts(reads, question("a"))).last_sentiment == 0.5


async def removed(reads: AsyncGraph, *candidates: Candidate, filters: tuple[str, ...] = BOTH) -> dict[str, str]:
    found = await CypherTargetFilter(reads).check(
        question(), candidates, filters=filters, reached_since=NOW - 30 * DAY_S, timeout_s=PATIENCE_S
    )
    return {each.target_id: each.removed_by for each in found}


async def test_each_filter_says_why(reads: AsyncGraph) -> None:
    assert await removed(
        reads,
        *(
            candidate("s", "a", each)
            for each in ("adopted", "opted", "unreachable", "blocked", "reached", "hidden", "c")
        ),
        candidate("s", "shy", "x"),
        candidate("s", "shy"),
        candidate("s", "a", "nobody"),
    ) == {
        "adopted": "has_adopted",
        "opted": "opted_out",
        "unreachable": "cannot_be_reached",
        "blocked": "blocked",
        "reached": "recently_reached",
        "hidden": "cannot_be_named",
        "x": "contact_cannot_be_named",
        "shy": "cannot_be_named",
        "c": "",
    }


async def test_consent_holds_whatever_the_surface_switches_off(reads: AsyncGraph) -> None:
    everybody = [
        candidate("s", "a", each) for each in ("adopted", "opted", "unreachable", "blocked", "reached", "hidden")
    ]
    assert await removed(reads, *everybody, filters=()) == {
        "adopted": "",
        "opted": "opted_out",
        "unreachable": "cannot_be_reached",
        "blocked": "blocked",
        "reached": "",
        "hidden": "cannot_be_named",
    }


async def test_reached_long_ago_or_as_an_introducer_is_not_recently_reached(reads: AsyncGraph) -> None:
    assert await removed(reads, candidate("s", "a", "d"), candidate("s", "a", "e")) == {"d": "", "e": ""}


async def test_who_may_not_be_named_is_told_of_each_chain(reads: AsyncGraph) -> None:
    found = await CypherTargetFilter(reads).check(
        question(),
        [candidate("s", "b", "quiet", "q"), candidate("s", "a", "c")],
        filters=BOTH,
        reached_since=NOW,
        timeout_s=PATIENCE_S,
    )
    assert {each.target_id: each.unnamed_ids for each in found} == {"q": {"quiet"}, "c": frozenset()}
    assert {each.target_id: each.community_id for each in found} == {"q": "", "c": "jazz"}, "the heaviest one"


async def test_who_is_there_and_who_may_be_named(reads: AsyncGraph) -> None:
    gate, asked = CypherGate(reads), ChainsQuestion("r", "s", "nobody", NOW)
    assert await gate.known(asked, timeout_s=PATIENCE_S) == {"s"}
    assert await gate.unnamed(asked, ["a", "quiet", "shy"], timeout_s=PATIENCE_S) == {"quiet", "shy"}


async def test_a_read_after_a_token_sees_that_write_and_a_bad_token_is_the_callers_error(
    reads: AsyncGraph, graph: Graph
) -> None:
    with graph.driver.session(database=graph.at.database) as session:
        session.run("CREATE (:Member {realm: $realm, member_id: 'new'})", realm=graph.realm).consume()
        [token] = session.last_bookmarks().raw_values
    assert (await facts(reads, question("new", token=token))).sender_known
    with pytest.raises(InvalidInput) as raised:
        await facts(reads, question(token="rubbish"))
    assert raised.value.violations[0][0] == "freshness_token"


async def test_the_clock_is_now_or_the_realms_last_event(graph: Graph) -> None:
    small_world().write(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as reads:
        assert abs(await RealmClock(reads).as_of(None, timeout_s=PATIENCE_S) - NOW) < 600
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
        assert abs(await RealmClock(reads).as_of(None, timeout_s=PATIENCE_S) - NOW) < 600
