"""Parts of the client that need no service: what it carries along, and how it connects."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.longrunning import operations_pb2

from sixhop._gen.sixhop.v1 import graph_pb2, member_pb2, model_pb2, recommendation_pb2
from sixhop.client import AsyncClient, Client, calls, model_calls
from sixhop.client.channel import names_replicas, service_config
from sixhop.client.freshness import KEPT_S, Freshness


def carried(freshness: Freshness) -> str:
    request = recommendation_pb2.FindChainsRequest(from_id="a", to_id="b")
    freshness.give(request)
    return request.freshness_token


def written(token: str) -> member_pb2.GetDegreesRequest:
    return member_pb2.GetDegreesRequest(freshness_token=token)  # any message with the field


def test_the_last_token_goes_with_reads_for_a_while_unless_they_have_their_own() -> None:
    now = [0.0]
    freshness = Freshness(clock=lambda: now[0])
    assert carried(freshness) == ""
    freshness.take(written("first"))
    freshness.take(written("second"))
    freshness.take(recommendation_pb2.FindChainsResponse())
    assert carried(freshness) == "second"
    own = recommendation_pb2.FindChainsRequest(freshness_token="own")
    freshness.give(own)
    assert own.freshness_token == "own"
    now[0] = KEPT_S + 1
    assert carried(freshness) == ""


def test_many_threads_may_write_and_read() -> None:
    freshness = Freshness()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: freshness.take(written(f"t{n}")), range(200)))
        assert all(each.startswith("t") for each in threads.map(lambda _: carried(freshness), range(200)))


@pytest.mark.parametrize(
    ("address", "several"),
    [
        ("127.0.0.1:50051", False),
        ("sixhop.internal:50051", False),
        ("dns:///sixhop.internal:50051", True),
        ("ipv4:127.0.0.1:1,127.0.0.1:2", True),
    ],
)
def test_replicas_are_asked_in_turn_if_ready(address: str, several: bool) -> None:
    config = service_config(replicas=names_replicas(address))
    assert ("healthCheckConfig" in config) == several
    assert (config.get("loadBalancingConfig") == [{"round_robin": {}}]) == several


def test_what_is_retried_is_there_and_answers_once() -> None:
    services = {
        name: service
        for protos in (recommendation_pb2, member_pb2, graph_pb2, model_pb2, operations_pb2)
        for service in protos.DESCRIPTOR.services_by_name.values()
        for name in (service.name, service.full_name)
    }
    for service, method in calls.RETRIED:
        found = services[service].methods_by_name[method]
        assert not found.client_streaming
        assert not found.server_streaming


def test_both_clients_take_the_same_and_say_so() -> None:
    names = [name for name in vars(Client) if not name.startswith("_") and name != "close"]
    assert names == [name for name in vars(AsyncClient) if not name.startswith("_") and name != "close"]
    names.remove("stream_events")  # the one takes what is iterable, the other what is so asynchronously
    for name in names:
        one, other = getattr(Client, name), getattr(AsyncClient, name)
        assert inspect.signature(one) == inspect.signature(other)
        made_by = getattr(calls, name, None) or getattr(model_calls, name)
        assert one.__doc__ == other.__doc__ == made_by.__doc__
    signature = inspect.signature(Client.get_degrees)
    assert list(signature.parameters) == ["self", "member_id", "target_ids", "freshness_token", "explain"]
    assert signature.return_annotation == "DegreesResult"
