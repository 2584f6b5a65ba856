"""RecommendReferrers over a real socket on a real graph: who should reach a member or an enterprise, and why not."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.json_format import MessageToJson
from rpc_world import UNNAMED
from serving_process import Service, eventually

from sixhop._gen.sixhop.v1 import recommendation_pb2, recommendation_pb2_grpc
from sixhop.client import Client
from sixhop.domain import Moment
from sixhop.errors import InvalidInput, NotFound, Reason, Refused, SixhopError

BACK = "sources/six_degree_walk_back"


def test_referrers_of_a_member_with_the_chain_forward(client: Client) -> None:
    answer = client.recommend_referrers(target_id="c", offering_id="o")
    assert [each.sender_id for each in answer.recommendations] == ["alone", "s"]
    for each in answer.recommendations:
        assert each.chain.members == (each.sender_id, "a", "c")
        assert each.chain.score == pytest.approx(0.25)
        assert (each.target_id, each.offering_id, each.degree, each.next_contact_id) == ("c", "o", 2, "a")
        assert each.sources == (BACK,)
        assert each.reasons[-1] == "two steps away, through a"
        assert [tie.strength for tie in each.chain.ties] == pytest.approx([1.0, 1.0], abs=0.01)
        assert each.likelihood is None, "no model scored it"
    assert answer.recommendations[1].reasons[0] == "1 of their 2 artists in common"
    assert answer.completeness.certificate.complete_above == 0
    assert answer.completeness.stopped_by == ""


def test_six_ties_and_no_more(client: Client) -> None:
    far = client.recommend_referrers(target_id="g", offering_id="o")
    assert [(each.sender_id, each.degree) for each in far.recommendations] == [("alone", 6), ("s", 6)]
    assert client.recommend_referrers(target_id="h", offering_id="o").recommendations == (), "nobody is no error"
    assert client.recommend_referrers(target_id="g", offering_id="o", max_length=5).recommendations == ()
    assert len(client.recommend_referrers(target_id="g", offering_id="o", limit=1).recommendations) == 1


def test_only_who_has_a_good_experience_and_time_left_is_a_referrer(client: Client) -> None:
    answer = client.recommend_referrers(target_id="c", offering_id="o", explain=True)
    shown = {each.sender_id for each in answer.recommendations}
    assert not shown & {"s-opted", "s-none", "s-meh", "s-bad", "s-busy"}
    old = client.recommend_referrers(target_id="f", offering_id="o-old", limit=100)
    assert {each.sender_id for each in old.recommendations} == {"s", "c", "d"}


def test_whoever_acts_for_the_enterprise_may_be_the_end(client: Client) -> None:
    answer = client.recommend_referrers(enterprise_id="acme", offering_id="o", explain=True)
    assert {(each.sender_id, each.target_id, each.degree) for each in answer.recommendations} == {
        ("s", "c", 2),
        ("alone", "c", 2),
    }, "each sender once, over the best chain"
    gate = answer.info.stages[0]
    assert (gate.kept, dict(gate.removed)) == (2, {"cannot_be_named": 1, "has_adopted": 1})


@pytest.mark.parametrize(
    ("whom", "kind", "reason", "code"),
    [
        ({"target_id": "nobody"}, NotFound, Reason.MEMBER_NOT_FOUND, grpc.StatusCode.NOT_FOUND),
        ({"enterprise_id": "none"}, NotFound, Reason.ENTERPRISE_NOT_FOUND, grpc.StatusCode.NOT_FOUND),
        ({"target_id": "opted"}, Refused, Reason.TARGET_LACKS_CONSENT, grpc.StatusCode.FAILED_PRECONDITION),
        ({"target_id": "unreachable"}, Refused, Reason.TARGET_LACKS_CONSENT, grpc.StatusCode.FAILED_PRECONDITION),
        ({"target_id": "hidden"}, Refused, Reason.TARGET_LACKS_CONSENT, grpc.StatusCode.FAILED_PRECONDITION),
        ({"target_id": "reached"}, Refused, Reason.TARGET_FATIGUED, grpc.StatusCode.RESOURCE_EXHAUSTED),
        ({"target_id": "adopted"}, Refused, Reason.TARGET_HAS_ADOPTED, grpc.StatusCode.FAILED_PRECONDITION),
        ({"target_id": "declined"}, Refused, Reason.TARGET_DECLINED, grpc.StatusCode.FAILED_PRECONDITION),
        ({"enterprise_id": "nobodys"}, Refused, Reason.NOBODY_ACTS_FOR_ENTERPRISE, grpc.StatusCode.FAILED_PRECONDITION),
        ({"enterprise_id": "shut"}, Refused, Reason.NOBODY_ACTS_FOR_ENTERPRISE, grpc.StatusCode.FAILED_PRECONDITION),
    ],
)
def test_the_gate_says_why_not(
    client: Client,
    channel: grpc.Channel,
    whom: dict[str, str],
    kind: type[SixhopError],
    reason: Reason,
    code: grpc.StatusCode,
) -> None:
    with pytest.raises(kind) as raised:
        client.recommend_referrers(offering_id="o", **whom)  # type: ignore[arg-type]
    assert raised.value.reason is reason
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    with pytest.raises(grpc.RpcError) as status:
        stub.RecommendReferrers(recommendation_pb2.RecommendReferrersRequest(offering_id="o", **whom), timeout=5)
    assert status.value.code() is code


def test_an_offering_that_is_not_there_is_not_found(client: Client) -> None:
    for whom in ({"target_id": "c"}, {"enterprise_id": "acme"}):
        with pytest.raises(NotFound) as raised:
            client.recommend_referrers(offering_id="nothing", **whom)  # type: ignore[arg-type]
        assert raised.value.reason is Reason.OFFERING_NOT_FOUND


def test_one_of_member_and_enterprise_must_be_said(client: Client, channel: grpc.Channel) -> None:
    for whom in ({}, {"target_id": "c", "enterprise_id": "acme"}):
        with pytest.raises(InvalidInput):
            client.recommend_referrers(offering_id="o", **whom)  # type: ignore[arg-type]
    stub = recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]
    with pytest.raises(grpc.RpcError) as raised:
        stub.RecommendReferrers(recommendation_pb2.RecommendReferrersRequest(offering_id="o"), timeout=5)
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_who_may_not_be_named_is_redacted_and_never_the_first_contact(client: Client) -> None:
    answer = client.recommend_referrers(target_id="q", offering_id="o", explain=True)
    assert [each.chain.members for each in answer.recommendations] == [("s", "b", "", "q")]
    behind = client.recommend_referrers(target_id="x", offering_id="o", explain=True)
    assert behind.recommendations == ()
    for each in (answer, behind):
        assert not [name for name in UNNAMED if name in MessageToJson(each.message)]


def test_each_stage_says_what_it_did_with_whom(client: Client) -> None:
    answer = client.recommend_referrers(target_id="c", offering_id="o", limit=1, surface="walk_only", explain=True)
    stages = {stage.name: stage for stage in answer.info.stages}
    assert list(stages) == ["gate", BACK, "left_out", "filter", "hydrate", "score", "select", "strengths", "record"]
    assert [(item.member_id, item.score) for item in stages[BACK].items] == [("alone", 0.25), ("s", 0.25)]
    assert [(item.member_id, item.removed_by) for item in stages["select"].items] == [
        ("alone", ""),
        ("s", "over_limit"),
    ]
    assert stages["select"].removed == {"over_limit": 1}
    assert answer.recommendations[0].features["degree"] == 2
    assert client.recommend_referrers(target_id="c", offering_id="o").info.stages == ()


def test_the_moment_counts(client: Client) -> None:
    asked = {"target_id": "c", "offering_id": "o", "explain": True}
    here = client.recommend_referrers(**asked, moment=Moment("oslo", 1_700_000_000, "shop"))  # type: ignore[arg-type]
    plain = client.recommend_referrers(**asked)  # type: ignore[arg-type]
    features = here.recommendations[0].features
    assert (features["place_share"], features["channel_share"]) == (1.0, 1.0)
    assert "often at the place of the moment" in here.recommendations[0].reasons
    assert not {"place_share", "channel_share", "hour_share"} & set(plain.recommendations[0].features)


def test_what_is_shown_is_recorded_from_sender_to_target(client: Client, service: Service) -> None:
    answer = client.recommend_referrers(target_id="c", offering_id="o")
    tokens = [each.attribution_token for each in answer.recommendations]

    def rows() -> list[dict[str, object]]:
        return [row for row in service.recorded() if row["attribution_token"] in tokens]

    eventually(lambda: len(rows()) == 2)
    assert len({row["sender"] for row in rows()}) == 2
    assert len({row["target"] for row in rows()}) == 1
    for row in rows():
        assert (row["chain"][0], row["chain"][-1]) == (row["sender"], row["target"])  # type: ignore[index]
