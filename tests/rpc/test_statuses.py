"""What a caller is told when there is no answer: code, reason, all violations, and never the cause."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import code_pb2, error_details_pb2
from grpc_status import rpc_status

from sixhop._gen.sixhop.v1 import member_pb2, recommendation_pb2, recommendation_pb2_grpc
from sixhop.client import Client
from sixhop.errors import InvalidInput, Misconfigured, Reason, SixhopError, Unavailable
from sixhop.rpc.status import CODES, RETRY_AFTER_MS, status_of

PROTO = Path(__file__).resolve().parents[2] / "proto" / "sixhop" / "v1" / "errors.proto"
GUIDE = PROTO.parents[3] / "docs" / "api.md"
METHODS = {
    "/sixhop.v1.RecommendationService/RecommendTargets": recommendation_pb2.RecommendTargetsRequest(
        sender_id="s",
        offering_id="o",
        limit=5,
        max_length=3,
        surface="walk_only",
        explain=True,
        more_offering_ids=["o-old"],
        min_degree=1,
        max_degree=3,
        community_id="jazz",
        candidate_ids=["c", "d"],
        moment=recommendation_pb2.Moment(place="oslo", channel="chat", at=Timestamp(seconds=1_700_000_000)),
    ),
    "/sixhop.v1.RecommendationService/RecommendReferrers": recommendation_pb2.RecommendReferrersRequest(
        target_id="c", offering_id="o", limit=5, max_length=3, explain=True
    ),
    "/sixhop.v1.RecommendationService/FindChains": recommendation_pb2.FindChainsRequest(
        from_id="s", to_id="c", max_chains=2, avoid_ids=["a", "b"], only_named=True, slice_enterprise_id="shop"
    ),
    "/sixhop.v1.RecommendationService/NextHop": recommendation_pb2.NextHopRequest(
        outreach_id="recent", avoid_ids=["a", "b"], explain=True
    ),
    "/sixhop.v1.MemberService/GetDegrees": member_pb2.GetDegreesRequest(member_id="s", target_ids=["a", "c", "nobody"]),
}


def details_of(error: grpc.RpcError) -> dict[str, Any]:
    status = rpc_status.from_call(error)
    assert status is not None, f"no details: {error}"
    found = {}
    for kind in ("ErrorInfo", "BadRequest", "RetryInfo", "RequestInfo"):
        for packed in status.details:
            message = getattr(error_details_pb2, kind)()
            if packed.Is(message.DESCRIPTOR):
                packed.Unpack(message)
                found[kind] = message
    return found


def test_every_violation_is_told_over_the_wire(channel: grpc.Channel) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    request = recommendation_pb2.RecommendTargetsRequest(sender_id="", offering_id="x" * 129, limit=0, max_length=7)
    with pytest.raises(grpc.RpcError) as raised:
        stub.RecommendTargets(request, timeout=5, metadata=(("x-request-id", "my-id.1"),))
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = details_of(raised.value)
    assert (found["ErrorInfo"].reason, found["ErrorInfo"].domain) == ("INVALID_ARGUMENT", "sixhop")
    assert [(each.field, each.description) for each in found["BadRequest"].field_violations] == [
        ("sender_id", "must not be empty"),
        ("offering_id", "must have at most 128 characters, not 129"),
        ("limit", "must be at least 1, not 0"),
        ("max_length", "must be at most 6, not 7"),
    ]
    assert found["RequestInfo"].request_id == "my-id.1"
    assert dict(raised.value.trailing_metadata())["x-request-id"] == "my-id.1"


def test_the_callers_request_id_comes_back_when_it_is_one(channel: grpc.Channel) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    request = METHODS["/sixhop.v1.RecommendationService/RecommendTargets"]
    answer, call = stub.RecommendTargets.with_call(request, timeout=5, metadata=(("x-request-id", "mine"),))
    assert answer.info.request_id == "mine"
    assert dict(call.trailing_metadata())["x-request-id"] == "mine"
    answer = stub.RecommendTargets(request, timeout=5, metadata=(("x-request-id", "no spaces, please"),))
    assert re.fullmatch("[0-9a-f]{32}", answer.info.request_id)


def test_a_surface_that_is_not_there_is_a_violation_that_names_those_that_are(client: Client) -> None:
    with pytest.raises(InvalidInput) as raised:
        client.recommend_targets(sender_id="s", offering_id="o", surface="elsewhere")
    [(field, problem)] = raised.value.violations
    assert field == "surface"
    assert "default" in problem
    assert "walk_only" in problem


@pytest.mark.parametrize("token", ["rubbish", "no", "🦊", "FB:no", "FB:kcwQAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_token_that_is_none_is_a_violation(client: Client, token: str) -> None:
    for ask in (
        lambda: client.recommend_targets(sender_id="s", offering_id="o", freshness_token=token),
        lambda: client.find_chains(from_id="s", to_id="c", freshness_token=token),
        lambda: client.next_hop(outreach_id="recent", freshness_token=token),
        lambda: client.get_degrees(member_id="s", target_ids=["c"], freshness_token=token),
    ):
        with pytest.raises(InvalidInput) as raised:
            ask()
        assert raised.value.violations[0][0] == "freshness_token"


@pytest.mark.parametrize("surface", ["with_stalls", "with_breaks"])
def test_a_source_that_is_late_or_breaks_is_named_and_the_others_answer(client: Client, surface: str) -> None:
    with Client(client._address, timeout_s=3.0) as hurried:
        answer = hurried.recommend_targets(sender_id="s", offering_id="o", surface=surface)
    assert answer.recommendations
    assert f"sources/{surface.removeprefix('with_')}" in answer.completeness.missing
    waited = {"deadline", ""} if surface == "with_stalls" else {""}  # it is not waited for while its breaker is open
    assert answer.completeness.stopped_by in waited


@pytest.mark.parametrize("surface", ["only_stalls", "only_breaks"])
def test_no_live_source_is_unavailable_with_a_time_to_come_again(channel: grpc.Channel, surface: str) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    request = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface=surface)
    with pytest.raises(grpc.RpcError) as raised:
        stub.RecommendTargets(request, timeout=3)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    found = details_of(raised.value)
    assert found["ErrorInfo"].reason == "NO_LIVE_SOURCE"
    assert found["RetryInfo"].retry_delay.ToMilliseconds() == 100


def test_a_deadline_that_is_too_short_is_said_before_it_passes(channel: grpc.Channel) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    request = METHODS["/sixhop.v1.RecommendationService/RecommendTargets"]
    stub.RecommendTargets(request, timeout=5)
    told = 0
    for _ in range(10):
        with pytest.raises(grpc.RpcError) as raised:
            stub.RecommendTargets(request, timeout=0.018)
        assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        if rpc_status.from_call(raised.value) is not None:
            told += 1
            assert details_of(raised.value)["ErrorInfo"].reason == "DEADLINE_EXCEEDED"
            assert "at least 20 ms are needed" in raised.value.details()
    assert told >= 5, "the service must say so itself, in time, most of the time"


@pytest.mark.parametrize("timeout_s", [0.1, 0.2, 1.0])
def test_with_a_source_that_stalls_the_deadline_is_kept(channel: grpc.Channel, timeout_s: float) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    request = recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", surface="with_stalls")
    kept = 0
    for _ in range(6):
        try:
            answer = stub.RecommendTargets(request, timeout=timeout_s)
        except grpc.RpcError as error:
            # On a busy machine the walk, too, may take longer than its slice; that is said in time as well.
            kept += rpc_status.from_call(error) is not None
        else:
            kept += 1
            assert "sources/stalls" in answer.completeness.missing
    assert kept >= 4, "an answer, or a reason, must come before the deadline, also on a busy machine"


def test_bytes_that_are_no_request_are_the_callers_error(channel: grpc.Channel) -> None:
    call = channel.unary_unary("/sixhop.v1.RecommendationService/FindChains")
    with pytest.raises(grpc.RpcError) as raised:
        call(b"\xff\xff\xff", timeout=5)
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(raised.value)["BadRequest"].field_violations[0].description == "is not a FindChainsRequest"


def test_a_call_that_is_settled_but_not_built_says_so(channel: grpc.Channel) -> None:
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    with pytest.raises(grpc.RpcError) as raised:
        list(stub.RecommendPairs(recommendation_pb2.RecommendPairsRequest(campaign_id="c"), timeout=5))
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
    found = details_of(raised.value)
    assert found["ErrorInfo"].reason == "UNIMPLEMENTED"
    assert found["RequestInfo"].request_id == dict(raised.value.trailing_metadata())["x-request-id"]
    with pytest.raises(grpc.RpcError) as raised:
        list(stub.RecommendPairs(recommendation_pb2.RecommendPairsRequest(), timeout=5))
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_every_reason_comes_with_the_code_that_the_proto_documents() -> None:
    text = PROTO.read_text(encoding="utf-8")
    for reason in Reason:
        before = text[: text.index(f"ERROR_REASON_{reason.value} =")]
        comment = before[before.rindex("\n\n") :]
        code, retry = re.search(r"// ([A-Z_]+)(, with google\.rpc\.RetryInfo)?\.", comment).groups()  # type: ignore[union-attr]
        assert code_pb2.Code.Name(CODES[reason]) == code, reason
        assert bool(retry) == (reason in RETRY_AFTER_MS), reason


def test_every_reason_is_in_the_guide_with_its_code() -> None:
    rows = [line.split("|") for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {reason: row[2].strip() for row in rows for reason in re.findall(r"`([A-Z_]+)`", row[1])}
    assert told == {reason.value: code_pb2.Code.Name(CODES[reason]) for reason in Reason}


@pytest.mark.parametrize(
    "error",
    [
        KeyError("m1234 of realm acme"),
        SixhopError("Neo4j could not run MATCH (m) on m1234"),
        Misconfigured("password file /secret/m1234 is bad"),
        Unavailable("bolt://10.0.0.1 did not answer about m1234"),
        Unavailable("sources/walk ran out of its time", reason=Reason.GRAPH_TIMEOUT),
    ],
)
def test_the_cause_of_a_fault_is_never_told(error: Exception) -> None:
    told = status_of(error, "r1").SerializeToString()
    for secret in (b"m1234", b"MATCH", b"secret", b"10.0.0.1", b"sources/", b"acme"):
        assert secret not in told
