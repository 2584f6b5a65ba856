"""What is told over gRPC is in the graph, once, and in the next answer of whoever carries the token."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from serving_process import Service, eventually
from told_service import DAY_S, NOW, event, on_empty_realm, record, talked, used

from sixhop._gen.sixhop.v1 import (
    errors_pb2,
    event_pb2,
    graph_pb2,
    graph_pb2_grpc,
    recommendation_pb2,
    recommendation_pb2_grpc,
)
from sixhop.client import Client
from sixhop.errors import InvalidInput, Unavailable
from sixhop.graph.driver import Location

DATABASE = 19
"""So many bytes of a bookmark say of which database it is; the number of a transaction follows."""


@pytest.fixture(scope="module")
def told_service(neo4j_location: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with on_empty_realm(neo4j_location, tmp_path_factory.mktemp("told")) as service:
        yield service


@pytest.fixture
def told_channel(told_service: Service) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(told_service.address) as channel:
        yield channel


@pytest.fixture
def writer(told_channel: grpc.Channel) -> graph_pb2_grpc.GraphServiceStub:
    return graph_pb2_grpc.GraphServiceStub(told_channel)


@pytest.fixture
def asker(told_channel: grpc.Channel) -> recommendation_pb2_grpc.RecommendationServiceStub:
    return recommendation_pb2_grpc.RecommendationServiceStub(told_channel)


def targets_of(
    asker: recommendation_pb2_grpc.RecommendationServiceStub, sender_id: str, offering_id: str, token: str
) -> list[str]:
    request = recommendation_pb2.RecommendTargetsRequest(
        sender_id=sender_id, offering_id=offering_id, freshness_token=token
    )
    for _ in range(10):  # the first questions make plans of queries, for which their stages have no time
        answer = asker.RecommendTargets(request, timeout=5)
        if not any(each.startswith("sources/") for each in answer.completeness.missing):
            return sorted(each.target_id for each in answer.recommendations)
    raise AssertionError(f"still incomplete: {answer.completeness}")


def test_what_was_told_a_moment_ago_is_in_the_next_answer(
    writer: graph_pb2_grpc.GraphServiceStub, asker: recommendation_pb2_grpc.RecommendationServiceStub
) -> None:
    told = record(writer, used("ann"), talked("ann", "bob"), talked("bob", "cy"))
    assert (told.applied, list(told.duplicates), list(told.rejected)) == (3, [], [])
    assert told.request_id
    assert targets_of(asker, "ann", "o", told.freshness_token) == ["bob", "cy"]
    told = record(writer, used("bob"))
    assert targets_of(asker, "ann", "o", told.freshness_token) == ["cy"]
    told = record(writer, event(consent={"member_id": "cy", "opted_out": True}))
    assert targets_of(asker, "ann", "o", told.freshness_token) == []


def test_the_same_event_twice_changes_nothing_and_says_so(writer: graph_pb2_grpc.GraphServiceStub) -> None:
    once = talked("dee", "eve")
    assert record(writer, once).applied == 1
    again = record(writer, once, once, talked("eve", "dee"))
    assert (again.applied, list(again.duplicates)) == (1, [0, 1])


BAD = event(tie={"from_id": "x1", "to_id": "x1"}), event(NOW + DAY_S, interaction={"from_id": "x1", "to_id": "x2"})


def test_a_bad_event_is_told_with_its_place_and_reasons_and_the_others_are_applied(
    writer: graph_pb2_grpc.GraphServiceStub,
) -> None:
    nothing = event_pb2.Event(event_id="", at=BAD[0].at)
    told = record(writer, BAD[0], talked("x1", "x2"), BAD[1], nothing)
    assert told.applied == 1
    assert [(each.index, each.event_id) for each in told.rejected] == [
        (0, BAD[0].event_id),
        (2, BAD[1].event_id),
        (3, ""),
    ]
    assert {each.reason for each in told.rejected} == {errors_pb2.ERROR_REASON_INVALID_ARGUMENT}
    fields = [[violation.field for violation in each.violations] for each in told.rejected]
    assert fields == [["tie.to_id"], ["at"], ["event_id", "what"]]


def test_none_is_applied_where_all_are_to_be(
    writer: graph_pb2_grpc.GraphServiceStub, asker: recommendation_pb2_grpc.RecommendationServiceStub
) -> None:
    good = talked("y1", "y2")
    with pytest.raises(grpc.RpcError) as caught:
        record(writer, good, BAD[0], atomic=True)
    status = rpc_status.from_call(caught.value)
    assert status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in status.details)
    assert [violation.field for violation in bad.field_violations] == ["events[1].tie.to_id"]
    assert record(writer, good).applied == 1, "it had not been applied"


def test_a_stream_acknowledges_in_order(writer: graph_pb2_grpc.GraphServiceStub) -> None:
    events = [talked(f"s{i % 7}", f"s{i % 7 + 1}") for i in range(400)]
    messages = [graph_pb2.StreamEventsRequest(events=events[i : i + 8]) for i in range(0, 400, 8)]
    messages[3].events.append(BAD[0])
    messages[4].events.append(events[0])
    answers = list(writer.StreamEvents(iter(messages), timeout=20))
    assert [each.acknowledged for each in answers] == list(range(1, 51))
    assert sum(each.applied for each in answers) == 400
    assert [(i, each.rejected[0].index) for i, each in enumerate(answers) if each.rejected] == [(3, 8)]
    assert [(i, list(each.duplicates)) for i, each in enumerate(answers) if each.duplicates] == [(4, [8])]
    assert all(each.freshness_token for each in answers)


def test_a_stream_ends_with_what_is_wrong_with_a_message(writer: graph_pb2_grpc.GraphServiceStub) -> None:
    messages = [graph_pb2.StreamEventsRequest(events=[talked("t1", "t2")]), graph_pb2.StreamEventsRequest()]
    answers = writer.StreamEvents(iter(messages), timeout=10)
    assert next(answers).acknowledged == 1
    with pytest.raises(grpc.RpcError) as caught:
        next(answers)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_every_kind_of_event_can_be_told(writer: graph_pb2_grpc.GraphServiceStub) -> None:
    ids = {"outreach_id": "r"}
    told = record(
        writer,
        event(member={"member_id": "k1", "name": "K", "joined_at": NOW - DAY_S, "interests": ["jazz"]}),
        event(tie={"from_id": "k1", "to_id": "k2", "kind": "colleague", "strength": 2.0, "since": NOW - 9 * DAY_S}),
        talked("k1", "k2", channel="chat", sentiment=0.5),
        event(
            offering={"offering_id": "ko", "kind": event_pb2.OFFERING_KIND_EVENT, "enterprise_id": "ke", "capacity": 9}
        ),
        used("k1", "ko", sentiment=0.5, value=3.0, place="Oslo", channel="shop"),
        event(voice={"voice_id": "v", "member_id": "k1", "offering_id": "ko", "kind": event_pb2.VOICE_KIND_NEED}),
        event(context={"member_id": "k1", "place": "Oslo", "channel": "chat"}),
        event(enterprise={"enterprise_id": "ke", "name": "KE", "alliance_id": "ka"}),
        event(customer={"member_id": "k1", "enterprise_id": "ke", "stage": event_pb2.CUSTOMER_STAGE_RENEWED}),
        event(acts_for={"member_id": "k1", "enterprise_id": "ke", "role": event_pb2.ACTS_FOR_ROLE_BUYER}),
        event(community={"community_id": "kc", "name": "KC", "parent_id": "kd"}),
        event(membership={"member_id": "k1", "community_id": "kc", "role": event_pb2.MEMBERSHIP_ROLE_MODERATOR}),
        event(consent={"member_id": "k1", "can_be_named": False, "alliance": True}),
        event(block={"from_id": "k1", "to_id": "k3"}),
        event(outreach={**ids, "sender_id": "k1", "target_id": "k4", "offering_id": "ko", "introducer_ids": ["k2"]}),
        event(hop={**ids, "position": 1, "member_id": "k2", "answer": event_pb2.HOP_ANSWER_PASSED_ON}),
        event(outcome={**ids, "outcome": event_pb2.OUTCOME_ADOPTED}),
    )
    assert not told.rejected
    assert told.applied == len(event_pb2.Event.DESCRIPTOR.oneofs_by_name["what"].fields)


def test_a_community_is_not_put_within_itself(writer: graph_pb2_grpc.GraphServiceStub) -> None:
    first = event(community={"community_id": "c1", "parent_id": "c2"})
    second = event(community={"community_id": "c2", "parent_id": "c3"})
    assert record(writer, first, second).applied == 2
    told = record(writer, event(community={"community_id": "c3", "parent_id": "c1"}))
    assert [violation.field for each in told.rejected for violation in each.violations] == ["community.parent_id"]


def test_however_much_is_wrong_the_caller_is_told_what(told_service: Service) -> None:
    bad = [event_pb2.Event(event_id=f"bad-{i}", member=event_pb2.MemberEvent(member_id="")) for i in range(1_000)]
    with Client(told_service.address, timeout_s=10) as client:
        with pytest.raises(InvalidInput) as raised:
            client.record_events(events=bad, atomic=True)
        *some, last = raised.value.violations
        assert some[0][0].startswith("events[0].")
        assert len(some) > 20
        assert last[1] == f"and {2 * len(bad) - len(some)} more; mend these first"
        told = client.record_events(events=bad)
        assert (told.applied, len(told.rejected)) == (0, len(bad))
        with pytest.raises(InvalidInput) as raised:
            client.get_degrees(member_id="a", target_ids=["x" * 200] * 400)
        assert len(raised.value.violations) > 5
        assert "more" in raised.value.violations[-1][1]


def test_a_token_that_leads_nowhere_is_its_callers_trouble_alone(told_service: Service) -> None:
    """Of a database that was put back, for example: what it speaks of will never come."""
    now = [event(tie={"from_id": "tok-a", "to_id": "tok-b"})]
    with Client(told_service.address, timeout_s=5) as client:
        token = client.record_events(events=now).freshness_token
        assert token
        raw = base64.b64decode(token.removeprefix("FB:"))
        ahead = "FB:" + base64.b64encode(raw[:DATABASE] + b"\xca\x7f\xff\xff\xff" + raw[-1:]).decode()
        with Client(told_service.address, timeout_s=0.2, reads_own_writes=False) as other:
            until = time.monotonic() + 2
            while time.monotonic() < until:
                with pytest.raises(Unavailable):
                    other.get_degrees(member_id="tok-a", target_ids=["tok-b"], freshness_token=ahead)
        eventually(lambda: client.get_degrees(member_id="tok-a", target_ids=["tok-b"]).degrees is not None)
