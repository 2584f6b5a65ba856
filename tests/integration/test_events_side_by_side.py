"""Writers of the same members side by side lose nothing and do not get stuck; who has many ties costs no more."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from sixhop.errors import InvalidInput, Reason
from sixhop.events import Contacted, Event, Node, NodeTold, Recorded, TieTold
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.realm import RealmSettings, write_realm
from sixhop.graph.recording.recorder import EventRecorder
from sixhop.graph.recording.ties import SCANNED_AT_ONCE, SHORT, fold_tie

FIRST_AT = 1_700_000_000
DAY_S = 86_400
WRITERS, CALLS, EVENTS_A_CALL = 8, 12, 10
MEMBERS = [f"m{i}" for i in range(6)]
TIES = "MATCH (u:Member {realm: $realm})-[k:KNOWS]->(v) RETURN u.member_id AS u, v.member_id AS v, properties(k) AS tie"
LISTED = (
    "MATCH (m:Member {realm: $realm})-[c:CLOSE_TO|CLOSE_FROM]->(o) "
    "RETURN m.member_id AS m, type(c) AS list, o.member_id AS o, c.pass_on AS pass_on"
)


@pytest_asyncio.fixture
async def recorder(graph: Graph) -> AsyncIterator[EventRecorder]:
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as writes:
        recorder = EventRecorder(writes, lambda member_id: f"hash of {member_id}")
        yield recorder
        await recorder.close()


async def tell(recorder: EventRecorder, *events: Event, atomic: bool = False) -> Recorded:
    return await recorder.record(list(enumerate(events)), atomic=atomic, timeout_s=20)


def query(graph: Graph, text: str) -> list[dict[str, Any]]:
    return [dict(row) for row in graph.driver.execute_query(text, realm=graph.realm).records]


def lists(graph: Graph) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in query(graph, LISTED)}


async def test_many_writers_of_the_same_members_lose_nothing(graph: Graph, recorder: EventRecorder) -> None:
    dice = random.Random(7)

    def contact(name: str) -> Event:
        u, v = dice.sample(MEMBERS, 2)
        return Event(name, FIRST_AT + dice.randrange(100) * DAY_S, Contacted(u, v))

    calls = [
        [[contact(f"{writer} {call} {i}") for i in range(EVENTS_A_CALL)] for call in range(CALLS)]
        for writer in range(WRITERS)
    ]

    async def write(some: list[list[Event]]) -> int:
        return sum([(await tell(recorder, *events)).applied for events in some])

    applied = await asyncio.gather(*map(write, calls))
    assert sum(applied) == WRITERS * CALLS * EVENTS_A_CALL
    realm = RealmSettings(graph.realm)
    told = [event for some in calls for events in some for event in events]
    found = {(row["u"], row["v"]): row["tie"] for row in query(graph, TIES)}
    for u in MEMBERS:
        for v in MEMBERS:
            events = [e for e in told if isinstance(e.what, Contacted) and (e.what.from_id, e.what.to_id) == (u, v)]
            if events:
                tie, _ = fold_tie(None, None, events, realm)
                assert tie is not None
                assert found[u, v]["contacts"] == tie.contacts == len(events)
                assert found[u, v]["strength"] == pytest.approx(tie.strength, rel=1e-9)
    before = lists(graph)
    rebuild_close(graph, close_ties=realm.close_ties)
    assert lists(graph) == before


async def test_the_same_event_told_by_several_at_once_counts_once(graph: Graph, recorder: EventRecorder) -> None:
    events = [Event(f"e{i}", FIRST_AT + i, Contacted("a", "b")) for i in range(20)]
    told = await asyncio.gather(*(tell(recorder, *events) for _ in range(6)))
    assert sum(each.applied for each in told) == len(events)
    assert sum(len(each.duplicates) for each in told) == 5 * len(events)
    [row] = query(graph, TIES)
    assert row["tie"]["contacts"] == len(events)


async def test_one_id_for_different_events_at_once_is_one_event(graph: Graph, recorder: EventRecorder) -> None:
    told = await asyncio.gather(
        *(tell(recorder, Event("one", FIRST_AT, Contacted(f"a{i}", f"b{i}"))) for i in range(6))
    )
    assert sorted(each.applied for each in told) == [0, 0, 0, 0, 0, 1]
    assert len(query(graph, TIES)) == 1


async def test_what_is_told_last_of_offerings_and_communities_holds_whoever_writes_last(
    graph: Graph, recorder: EventRecorder
) -> None:
    warm = Event("warm", FIRST_AT, NodeTold(Node.OFFERING, "o", {"name": "0"}))
    parent = Event("warm too", FIRST_AT, NodeTold(Node.COMMUNITY, "c", {"name": "0"}, refers_to="p"))
    await tell(recorder, warm, parent)
    times = list(range(1, 41))
    random.Random(3).shuffle(times)
    await asyncio.gather(
        *(
            tell(recorder, Event(f"{kind} {at}", FIRST_AT + at, NodeTold(kind, node_id, {"name": str(at)})))
            for at in times
            for kind, node_id in ((Node.OFFERING, "o"), (Node.COMMUNITY, "c"))
        )
    )
    names = query(graph, "MATCH (n:Offering|Community {realm: $realm}) WHERE n.name IS NOT NULL RETURN n.name AS name")
    assert [row["name"] for row in names] == ["40", "40"]


async def test_communities_do_not_come_to_be_part_of_themselves_in_one_batch(
    graph: Graph, recorder: EventRecorder
) -> None:
    def within(event_id: str, community_id: str, parent_id: str) -> Event:
        return Event(event_id, FIRST_AT, NodeTold(Node.COMMUNITY, community_id, {}, refers_to=parent_id))

    await tell(recorder, within("there", "b", "c"))
    told = await tell(recorder, within("one", "a", "b"), within("two", "c", "d"), within("three", "d", "a"))
    assert [each.event_id for each in told.rejected] == ["three"]
    found = query(
        graph, "MATCH (c:Community {realm: $realm})-[:PART_OF]->(p) RETURN c.community_id + p.community_id AS x"
    )
    assert sorted(row["x"] for row in found) == ["ab", "bc", "cd"]


async def test_where_all_or_none_is_asked_for_nothing_is_left_of_those_that_can_be(
    graph: Graph, recorder: EventRecorder
) -> None:
    erased = "MERGE (:Erased {realm: $realm, member_hash: 'hash of gone'})"
    graph.driver.execute_query(erased, realm=graph.realm)
    good, bad = Event("good", FIRST_AT, Contacted("a", "b")), Event("bad", FIRST_AT, Contacted("a", "gone"))
    with pytest.raises(InvalidInput, match="none was"):
        await tell(recorder, good, bad, atomic=True)
    assert query(graph, "MATCH (n:Member|Event {realm: $realm}) RETURN n.realm") == []
    told = await tell(recorder, good, bad)
    assert (told.applied, [(each.index, each.reason) for each in told.rejected]) == (1, [(1, Reason.MEMBER_ERASED)])


async def test_a_member_with_many_ties_keeps_a_list_of_its_best(graph: Graph, recorder: EventRecorder) -> None:
    """No write looks at all ties: what a list loses is made up for afterwards."""
    write_realm(graph, RealmSettings(graph.realm))
    others = [f"o{i:04d}" for i in range(SCANNED_AT_ONCE + 200)]
    ties = [Event(f"t{i}", FIRST_AT, TieTold("hub", other, strength=1.0 + i / 100)) for i, other in enumerate(others)]
    for start in range(0, len(ties), 400):
        await tell(recorder, *ties[start : start + 400])
    best = {("hub", "CLOSE_TO", other) for other in others[-32:]}
    assert {row[:3] for row in lists(graph) if row[0] == "hub"} == best
    await tell(recorder, Event("end", FIRST_AT + 1, TieTold("hub", others[-1], ended=True)))
    assert {row[:3] for row in lists(graph) if row[0] == "hub"} == best - {("hub", "CLOSE_TO", others[-1])}
    ends = [
        Event(f"end {other}", FIRST_AT + 1, TieTold("hub", other, ended=True)) for other in others[-32 + SHORT - 2 : -1]
    ]
    await tell(recorder, *ends)
    gone = {event.what.to_id for event in ends if isinstance(event.what, TieTold)} | {others[-1]}
    remaining = [other for other in others if other not in gone]
    for _ in range(100):
        if len([row for row in lists(graph) if row[0] == "hub"]) == 32:
            break
        await asyncio.sleep(0.1)
    assert {row[2] for row in lists(graph) if row[0] == "hub"} == set(remaining[-32:])
