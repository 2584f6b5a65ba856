"""A voice is heard within a second, with who should answer; who watches misses none; what has no answer is listed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from serving_process import Service
from told_service import event, on_empty_realm, record, talked, used

from sixhop._gen.sixhop.v1 import errors_pb2, event_pb2, graph_pb2, graph_pb2_grpc, recommendation_pb2
from sixhop._gen.sixhop.v1.recommendation_pb2_grpc import RecommendationServiceStub
from sixhop.graph.driver import Location

PATIENCE_S = 20


@pytest.fixture(scope="module")
def heard_service(neo4j_location: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`asker` knows `fan`, who has the offering, and `mod`, who moderates their community and has not; `far` is a fan's
    contact and has it too; `foe` knows `asker`, and thinks ill of it."""
    with (
        on_empty_realm(neo4j_location, tmp_path_factory.mktemp("heard")) as service,
        grpc.insecure_channel(service.address) as channel,
    ):
        belongs = {"community_id": "c"}
        record(
            graph_pb2_grpc.GraphServiceStub(channel),
            *(talked(u, "asker") for u in ("fan", "mod", "foe", "plain")),
            talked("far", "fan"),
            *(used(m, sentiment=0.9) for m in ("fan", "far")),
            used("foe", sentiment=-0.9),
            used("asker", sentiment=-0.2),
            event(membership={"member_id": "asker", **belongs}),
            event(membership={"member_id": "plain", **belongs}),
            event(membership={"member_id": "mod", **belongs, "role": event_pb2.MEMBERSHIP_ROLE_MODERATOR}),
        )
        yield service


@pytest.fixture
def channel(heard_service: Service) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(heard_service.address) as channel:
        yield channel


@pytest.fixture
def graph(channel: grpc.Channel) -> graph_pb2_grpc.GraphServiceStub:
    return graph_pb2_grpc.GraphServiceStub(channel)


def voice(voice_id: str, member_id: str = "asker", **fields: Any) -> event_pb2.Event:
    kind = fields.pop("kind", event_pb2.VOICE_KIND_COMPLAINT)
    return event(
        int(time.time()),
        voice={"voice_id": voice_id, "member_id": member_id, "offering_id": "o", "kind": kind, **fields},
    )


def answerers(channel: grpc.Channel, **fields: Any) -> list[recommendation_pb2.Recommendation]:
    request = recommendation_pb2.RecommendReferrersRequest(target_id="asker", offering_id="o", **fields)
    for _ in range(10):
        answer = RecommendationServiceStub(channel).RecommendReferrers(request, timeout=5)
        if not answer.completeness.missing:
            return list(answer.recommendations)
    raise AssertionError(f"still incomplete: {answer.completeness}")


def test_answerers_are_experienced_or_moderate_and_are_close(channel: grpc.Channel) -> None:
    found = answerers(channel, goal=recommendation_pb2.GOAL_ANSWER)
    assert [each.sender_id for each in found] == ["mod", "fan", "far"]
    assert found[0].reasons[0] == "moderates a community of the target's"
    assert not any(each.HasField("likelihood") or each.HasField("expected_value") for each in found)


def test_a_surface_must_be_for_the_goal(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        answerers(channel, goal=recommendation_pb2.GOAL_ANSWER, surface="default")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert [each.sender_id for each in answerers(channel, surface="answer")] == ["mod", "fan", "far"]


def test_a_voice_is_heard_within_a_second_with_its_answerers(
    channel: grpc.Channel, graph: graph_pb2_grpc.GraphServiceStub
) -> None:
    answerers(channel, goal=recommendation_pb2.GOAL_ANSWER)  # plans of queries are made, as in a service that runs
    watching = graph.WatchVoices(graph_pb2.WatchVoicesRequest(), timeout=PATIENCE_S)
    begins = next(watching)
    assert not begins.HasField("voice")
    waited = []
    for number in range(5):
        told = time.monotonic()
        record(graph, voice(f"heard-{number}"))
        heard = next(watching)
        waited.append(time.monotonic() - told)
        assert heard.voice.voice_id == f"heard-{number}"
        assert [each.sender_id for each in heard.suggestions][:2] == ["mod", "fan"]
    watching.cancel()
    assert sorted(waited)[len(waited) // 2] < 1
    before_any = graph.WatchVoices(graph_pb2.WatchVoicesRequest(cursor=begins.cursor), timeout=PATIENCE_S)
    assert next(before_any).voice.voice_id == "heard-0", "nothing is missed by who lost the stream before the first"
    before_any.cancel()


def test_what_is_not_asked_for_is_passed_over(graph: graph_pb2_grpc.GraphServiceStub) -> None:
    request = graph_pb2.WatchVoicesRequest(kinds=[event_pb2.VOICE_KIND_IDEA], max_suggestions=0)
    watching = graph.WatchVoices(request, timeout=PATIENCE_S)
    assert not next(watching).HasField("voice")
    record(graph, voice("a complaint"), voice("an idea", kind=event_pb2.VOICE_KIND_IDEA))
    assert next(watching).voice.voice_id == "an idea"
    watching.cancel()


def test_a_watcher_goes_on_after_the_last_voice_it_dealt_with(graph: graph_pb2_grpc.GraphServiceStub) -> None:
    record(graph, *(voice(f"resumed-{number}") for number in range(3)))
    request = graph_pb2.WatchVoicesRequest(cursor="start", max_suggestions=0)
    watching = graph.WatchVoices(request, timeout=PATIENCE_S)
    seen = [next(watching)]
    while seen[-1].voice.voice_id != "resumed-0":
        seen.append(next(watching))
    watching.cancel()
    again = graph.WatchVoices(
        graph_pb2.WatchVoicesRequest(cursor=seen[-1].cursor, max_suggestions=0), timeout=PATIENCE_S
    )
    assert [next(again).voice.voice_id for _ in range(2)] == ["resumed-1", "resumed-2"]
    again.cancel()


def test_why_nobody_is_suggested_is_said(graph: graph_pb2_grpc.GraphServiceStub) -> None:
    record(graph, event(consent={"member_id": "shut", "can_be_reached": False}), voice("shut", "shut"))
    watching = graph.WatchVoices(graph_pb2.WatchVoicesRequest(cursor="start"), timeout=PATIENCE_S)
    heard = next(heard for heard in watching if heard.voice.voice_id == "shut")
    watching.cancel()
    assert not heard.suggestions
    assert heard.no_suggestions == errors_pb2.ERROR_REASON_TARGET_LACKS_CONSENT


def listed(graph: graph_pb2_grpc.GraphServiceStub, **fields: Any) -> list[str]:
    """All voices, page by page."""
    found: list[str] = []
    request = graph_pb2.ListVoicesRequest(limit=2, **fields)
    while True:
        page = graph.ListVoices(request, timeout=5)
        found += [each.voice_id for each in page.voices]
        if not page.HasField("cursor"):
            return found
        request.cursor = page.cursor


def test_unanswered_voices_are_listed(graph: graph_pb2_grpc.GraphServiceStub) -> None:
    need = event_pb2.VOICE_KIND_NEED
    names = [f"listed-{number}" for number in range(5)]
    told = record(graph, *(voice(name, kind=need) for name in names))
    assert [
        each for each in listed(graph, kinds=[need], freshness_token=told.freshness_token) if "listed" in each
    ] == names
    told = record(graph, voice("listed-3", kind=need, answered=True, answered_by="fan"))
    token = told.freshness_token
    assert listed(graph, unanswered=True, kinds=[need], freshness_token=token) == names[:3] + names[4:]
    answered = next(
        each
        for each in graph.ListVoices(graph_pb2.ListVoicesRequest(limit=500), timeout=5).voices
        if each.voice_id == "listed-3"
    )
    assert answered.answered_by == "fan"
    assert answered.answered_at.seconds >= answered.at.seconds > 0


def test_a_cursor_that_is_none_is_refused(graph: graph_pb2_grpc.GraphServiceStub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        graph.ListVoices(graph_pb2.ListVoicesRequest(cursor="v1-x"), timeout=5)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(grpc.RpcError) as caught:
        next(graph.WatchVoices(graph_pb2.WatchVoicesRequest(cursor="-1"), timeout=5))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
