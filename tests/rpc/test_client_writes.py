"""Both clients tell events, and see what they told in what they ask next, without carrying anything themselves."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest
from serving_process import Service, environment, running

from realms import forget_realm
from sixhop.client import AsyncClient, Client
from sixhop.client.events import (
    Event,
    ExperienceEvent,
    ExperienceKind,
    InteractionEvent,
    MemberEvent,
    VoiceEvent,
    VoiceKind,
    event,
)
from sixhop.errors import InvalidInput, Reason
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph

AN_HOUR_AGO = int(time.time()) - 3600


def told(what: VoiceEvent | InteractionEvent | ExperienceEvent, event_id: str | None = None) -> Event:
    return event(what, event_id=event_id or uuid.uuid4().hex, at=AN_HOUR_AGO)


def talked(from_id: str, to_id: str) -> Event:
    return told(InteractionEvent(from_id=from_id, to_id=to_id))


def used(member_id: str) -> Event:
    return told(ExperienceEvent(member_id=member_id, offering_id="o", kind=ExperienceKind.EXPERIENCE_KIND_USE))


@pytest.fixture(scope="module")
def written(neo4j_location: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Graph(neo4j_location, Catalog(find_cypher_dir()), f"test-{uuid.uuid4().hex[:12]}") as graph:
        try:
            with running(environment(neo4j_location, graph.realm, tmp_path_factory.mktemp("home"))) as service:
                yield service
        finally:
            forget_realm(graph)


def test_what_was_told_is_seen_by_the_next_question(written: Service) -> None:
    with Client(written.address, timeout_s=10) as client:
        first = client.record_events(events=[used("ann"), talked("ann", "bob"), talked("bob", "cy")])
        assert (first.applied, first.duplicates, first.rejected) == (3, (), ())
        assert first.freshness_token
        [chain] = client.find_chains(from_id="ann", to_id="cy").chains
        assert chain.members == ("ann", "bob", "cy")


def test_what_was_told_before_and_what_is_wrong_is_told_by_place(written: Service) -> None:
    with Client(written.address, timeout_s=10) as client:
        same = talked("dan", "eve")
        client.record_events(events=[same])
        again = client.record_events(events=[same, talked("dan", ""), talked("dan", "fay")])
        assert (again.applied, again.duplicates) == (1, (0,))
        [wrong] = again.rejected
        assert (wrong.index, wrong.reason) == (1, Reason.INVALID_ARGUMENT)
        assert wrong.violations
        with pytest.raises(InvalidInput) as raised:
            client.record_events(events=[talked("dan", "")], atomic=True)
        assert raised.value.violations


def test_a_stream_is_acknowledged_parcel_by_parcel(written: Service) -> None:
    parcels = [[talked("gil", f"hal-{number}")] for number in range(5)]
    with Client(written.address, timeout_s=10) as client:
        answers = list(client.stream_events(parcels))
        assert [each.applied for each in answers] == [1] * 5
        assert client.find_chains(from_id="gil", to_id="hal-4").chains


def test_what_is_voiced_is_watched_and_listed(written: Service) -> None:
    voiced = VoiceEvent(voice_id="v1", member_id="bob", offering_id="o", kind=VoiceKind.VOICE_KIND_NEED)
    with Client(written.address, timeout_s=10) as client:
        client.record_events(events=[used("ann"), talked("ann", "bob"), told(voiced)])
        heard = next(client.watch_voices(kinds=["need"], cursor="start"))
        assert heard.voice
        assert (heard.voice.voice_id, heard.voice.member_id, heard.voice.kind) == ("v1", "bob", "need")
        assert heard.cursor
        [voice] = client.list_voices(unanswered=True).voices
        assert voice == heard.voice
        assert client.list_voices(cursor=heard.cursor).voices == ()


async def test_the_asynchronous_client_does_the_same(written: Service) -> None:
    async def parcels() -> AsyncIterator[list[Event]]:
        for number in range(3):
            yield [talked("ida", f"jo-{number}")]

    async with AsyncClient(written.address, timeout_s=10) as client:
        recorded = await client.record_events(events=[talked("ida", "kim")])
        assert recorded.applied == 1
        assert [each.applied async for each in client.stream_events(parcels())] == [1, 1, 1]
        assert (await client.find_chains(from_id="ida", to_id="jo-2")).chains
        with pytest.raises(InvalidInput):
            await client.find_chains(from_id="", to_id="kim")


def test_a_time_needs_its_zone_and_an_event_its_kind() -> None:
    with pytest.raises(ValueError, match="zone"):
        event(MemberEvent(member_id="m"), event_id="e", at=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="no kind of event"):
        event(Event(), event_id="e", at=1)
