"""Events told in any order, in any parcels, once or twice, leave the same graph; the lists of the walk are right."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_events import FIRST_AT, contacts, ties, told
from walk_worlds import repeatable

from realms import forget_realm
from sixhop.events import Contacted, Event, Recorded, TieTold
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.close import rebuild_close
from sixhop.graph.driver import Location
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.realm import RealmSettings, write_realm
from sixhop.graph.recording.recorder import EventRecorder

HERE = Path(__file__).parent
NODES = (HERE / "dump_nodes.cypher").read_text(encoding="utf-8")
RELATIONSHIPS = (HERE / "dump_relationships.cypher").read_text(encoding="utf-8")
IDS = ("realm", "member_id", "offering_id", "enterprise_id", "community_id", "alliance_id", "outreach_id", "event_id")
EXACT = 1e-9


class TwoRealms:
    """Two realms to tell the same in different ways."""

    def __init__(self, at: Location) -> None:
        catalog = Catalog(find_cypher_dir())
        self.graphs = [Graph(at, catalog, f"test-{uuid.uuid4().hex[:12]}") for _ in range(2)]
        self.runner = asyncio.Runner()
        self.runner.run(self._open(at, catalog))

    async def _open(self, at: Location, catalog: Catalog) -> None:
        self.asynchronous = [AsyncGraph(at, catalog, graph.realm) for graph in self.graphs]
        self.recorders = [EventRecorder(graph, lambda member_id: f"hash of {member_id}") for graph in self.asynchronous]

    async def _close(self) -> None:
        for recorder, graph in zip(self.recorders, self.asynchronous, strict=True):
            await recorder.close()
            await graph.__aexit__(None, None, None)

    def close(self) -> None:
        self.runner.run(self._close())
        self.runner.close()
        for graph in self.graphs:
            graph.__exit__()

    def tell(self, which: int, parcels: Sequence[Sequence[Event]]) -> list[Recorded]:
        async def run() -> list[Recorded]:
            record = self.recorders[which].record
            return [await record(list(enumerate(parcel)), atomic=False, timeout_s=30) for parcel in parcels]

        return self.runner.run(run())

    def dump(self, which: int) -> dict[Any, Any]:
        graph = self.graphs[which]
        at = {"realm": graph.realm, "database_": graph.at.database}
        found: dict[Any, Any] = {}
        for row in graph.driver.execute_query(NODES, **at).records:
            if row["labels"] != ["Event"]:
                found[key_of(row["properties"])] = plain(row["properties"])
        for row in graph.driver.execute_query(RELATIONSHIPS, **at).records:
            key = (key_of(row["start"]), row["type"], key_of(row["end"]), row["properties"].get("position"))
            assert key not in found
            found[key] = plain(row["properties"])
        return found

    def clear(self) -> None:
        for graph in self.graphs:
            forget_realm(graph)


def key_of(properties: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((name, properties[name]) for name in IDS if name in properties and name != "realm")


def plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: pytest.approx(value, rel=EXACT, abs=EXACT) if isinstance(value, float) else value
        for name, value in properties.items()
        if name not in {"realm", "voice_no", "last_since"}  # these two say in which order things came
    }


@pytest.fixture
def realms(neo4j_location: Location) -> Iterator[TwoRealms]:
    realms = TwoRealms(neo4j_location)
    try:
        yield realms
    finally:
        realms.clear()
        realms.close()


def parcels_of(events: Sequence[Event], cuts: Sequence[int]) -> list[Sequence[Event]]:
    bounds = [0, *sorted({cut % (len(events) + 1) for cut in cuts}), len(events)]
    return [events[a:b] for a, b in pairwise(bounds) if a < b]


@st.composite
def disordered(draw: st.DrawFn, events: st.SearchStrategy[list[Event]]) -> tuple[list[Event], list[Sequence[Event]]]:
    """Events in order; and in disorder, in parcels, some of them twice."""
    in_order = draw(events)
    again = draw(st.lists(st.sampled_from(in_order), max_size=3))
    shuffled = draw(st.permutations([*in_order, *again]))
    return in_order, parcels_of(shuffled, draw(st.lists(st.integers(0, 30), max_size=4)))


def check(realms: TwoRealms, in_order: list[Event], parcels: list[Sequence[Event]], close_ties: int) -> None:
    for graph in realms.graphs:
        write_realm(graph, RealmSettings(graph.realm, close_ties=close_ties))
    try:
        [recorded] = realms.tell(0, [in_order])
        assert (recorded.applied, recorded.duplicates, recorded.rejected) == (len(in_order), (), ())
        assert recorded.freshness_token
        results = realms.tell(1, parcels)
        assert sum(result.applied for result in results) == len(in_order)
        assert sum(len(result.duplicates) for result in results) == sum(map(len, parcels)) - len(in_order)
        assert realms.dump(1) == realms.dump(0)
        for which, graph in enumerate(realms.graphs):
            before = realms.dump(which)
            rebuild_close(graph, close_ties=close_ties)
            assert realms.dump(which) == before, "the lists of the walk are not what the ties say"
    finally:
        realms.clear()


def test_order_and_parcels_do_not_matter(realms: TwoRealms) -> None:
    @repeatable(120)
    @given(disordered(told()), st.sampled_from([1, 2, 32]))
    def run(events: tuple[list[Event], list[Sequence[Event]]], close_ties: int) -> None:
        check(realms, *events, close_ties)

    run()


def test_order_does_not_matter_to_ties(realms: TwoRealms) -> None:
    @repeatable(120)
    @given(disordered(told(st.one_of(contacts, contacts, ties), most=30)), st.sampled_from([1, 2, 3]))
    def run(events: tuple[list[Event], list[Sequence[Event]]], close_ties: int) -> None:
        check(realms, *events, close_ties)

    run()


def test_a_tie_of_more_contacts_than_are_kept(realms: TwoRealms) -> None:
    """The strength of a tie counts every contact, those too whose times are not kept."""
    events = [
        Event(f"e{i}", FIRST_AT + (i % 97) * 50_000, Contacted("m0", "m1", channel="ab"[i % 2])) for i in range(200)
    ]
    events.append(Event("t", FIRST_AT + 7, TieTold("m0", "m1", strength=2.0)))
    in_order = sorted(events, key=lambda event: event.at)
    check(realms, in_order, parcels_of(events, [40, 41, 90, 150]), 32)
