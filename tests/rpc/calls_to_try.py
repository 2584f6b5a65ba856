"""A call of every method, and what to hide in each of its fields: the table of the leak test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.longrunning import operations_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import event_pb2, graph_pb2, member_pb2, model_pb2, recommendation_pb2

PROTOS = (recommendation_pb2, member_pb2, graph_pb2, model_pb2, operations_pb2)
METHODS: Mapping[str, MethodDescriptor] = {
    f"/{service.full_name}/{method.name}": method
    for protos in PROTOS
    for service in protos.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
WITHIN_S = 10.0
LISTENED_S = 1.0
"""How long a stream that has no end is listened to."""
EVENT = event_pb2.Event(
    event_id="once",
    at=Timestamp(seconds=1_600_000_000),
    context=event_pb2.ContextEvent(member_id="s", place="oslo"),
)
"""Told as often as one likes, it changes nothing that another call says."""


@dataclass(frozen=True)
class Case:
    """A request that `e1` may make, and fields of it with hidden ids, many where the field holds many."""

    request: Message
    hidden: Mapping[str, Any]
    built: bool = True
    """Whether the call answers anything yet."""
    alike: bool = False
    """Whether it says the same whatever id it is given, and changes what there is."""
    whole_realm: bool = False
    """Whether it is refused to callers who act for an enterprise."""
    comes_to: str = "OK"
    """How it ends for who may call, where the service holds no model and remembers no operation."""
    endless: bool = False
    """Whether its answer is a stream that goes on as long as somebody listens."""

    def with_hidden(self) -> Iterator[tuple[str, Message, Message]]:
        """For each of the fields the request with what is hidden in it, and with what does not exist."""
        for field, ids in self.hidden.items():
            unknown = [f"nobody-{each}" for each in ids] if isinstance(ids, list) else f"nobody-{ids}"
            yield field, self._with(field, ids), self._with(field, unknown)

    def _with(self, field: str, value: Any) -> Message:
        changed = type(self.request)()
        changed.CopyFrom(self.request)
        if isinstance(value, list):
            del getattr(changed, field)[:]
            getattr(changed, field).extend(value)
        else:
            setattr(changed, field, value)
        return changed


CASES: Mapping[str, Case] = {
    "/sixhop.v1.RecommendationService/RecommendTargets": Case(
        recommendation_pb2.RecommendTargetsRequest(sender_id="s", offering_id="o", explain=True),
        {
            "sender_id": "zz-leaf-fan",
            "offering_id": "zz-offering",
            "more_offering_ids": ["zz-offering"],
            "community_id": "zz-club",
            "candidate_ids": ["zz-leaf-plain", "zz-first"],
        },
    ),
    "/sixhop.v1.RecommendationService/RecommendReferrers": Case(
        recommendation_pb2.RecommendReferrersRequest(enterprise_id="buyer", offering_id="o", explain=True),
        {"target_id": "zz-leaf-plain", "enterprise_id": "zz-enterprise", "offering_id": "zz-offering"},
    ),
    "/sixhop.v1.RecommendationService/RecommendPairs": Case(
        recommendation_pb2.RecommendPairsRequest(campaign_id="p"), {"campaign_id": "zz-campaign"}, built=False
    ),
    "/sixhop.v1.RecommendationService/FindChains": Case(
        recommendation_pb2.FindChainsRequest(from_id="s", to_id="x", explain=True),
        {
            "from_id": "zz-leaf-fan",
            "to_id": "zz-mid",
            "avoid_ids": ["zz-mid", "zz-first"],
            "slice_enterprise_id": "e2",
        },
    ),
    "/sixhop.v1.RecommendationService/NextHop": Case(
        recommendation_pb2.NextHopRequest(outreach_id="to-x", explain=True),
        {"outreach_id": "zz-outreach", "avoid_ids": ["zz-mid", "zz-first"]},
    ),
    "/sixhop.v1.MemberService/GetDegrees": Case(
        member_pb2.GetDegreesRequest(member_id="s", target_ids=["a", "c", "x", "k"], explain=True),
        {"member_id": "zz-leaf-fan", "target_ids": ["zz-leaf-plain", "zz-first"]},
    ),
    "/sixhop.v1.GraphService/RecordEvents": Case(
        graph_pb2.RecordEventsRequest(events=[EVENT]), hidden={}, whole_realm=True
    ),
    "/sixhop.v1.GraphService/StreamEvents": Case(
        graph_pb2.StreamEventsRequest(events=[EVENT]), hidden={}, whole_realm=True
    ),
    "/sixhop.v1.GraphService/WatchVoices": Case(
        graph_pb2.WatchVoicesRequest(cursor="start"), hidden={}, whole_realm=True, endless=True
    ),
    "/sixhop.v1.GraphService/ListVoices": Case(graph_pb2.ListVoicesRequest(), hidden={}, whole_realm=True),
    "/sixhop.v1.GraphService/EraseMember": Case(
        graph_pb2.EraseMemberRequest(member_id="nobody-at-all"), {"member_id": "zz-leaf-fan"}, alike=True
    ),
    "/sixhop.v1.GraphService/ExportMember": Case(
        graph_pb2.ExportMemberRequest(member_id="s"), {"member_id": "zz-leaf-fan"}
    ),
    "/sixhop.v1.ModelService/ListModels": Case(model_pb2.ListModelsRequest(), hidden={}, whole_realm=True),
    "/sixhop.v1.ModelService/GetModel": Case(
        model_pb2.GetModelRequest(digest="5f"), hidden={}, whole_realm=True, comes_to="NOT_FOUND"
    ),
    "/sixhop.v1.ModelService/PromoteModel": Case(
        model_pb2.PromoteModelRequest(digest="5f", why="a test"), hidden={}, whole_realm=True, comes_to="NOT_FOUND"
    ),
    "/sixhop.v1.ModelService/RollbackModel": Case(
        model_pb2.RollbackModelRequest(kind=model_pb2.MODEL_KIND_TIE, why="a test"),
        hidden={},
        whole_realm=True,
        comes_to="FAILED_PRECONDITION",
    ),
    "/sixhop.v1.ModelService/Retrain": Case(
        model_pb2.RetrainRequest(dry_run=True, why="a test"), hidden={}, whole_realm=True
    ),
    "/google.longrunning.Operations/ListOperations": Case(
        operations_pb2.ListOperationsRequest(name="operations"), hidden={}, whole_realm=True
    ),
    **{
        f"/google.longrunning.Operations/{name}Operation": Case(
            getattr(operations_pb2, f"{name}OperationRequest")(name="operations/retrain-none"),
            hidden={},
            whole_realm=True,
            comes_to="NOT_FOUND",
        )
        for name in ("Get", "Wait", "Cancel")
    },
    "/google.longrunning.Operations/DeleteOperation": Case(
        operations_pb2.DeleteOperationRequest(name="operations/retrain-none"), hidden={}, whole_realm=True, built=False
    ),
}


SLICED = [method for method, case in CASES.items() if case.built and not case.whole_realm and not case.alike]
"""Calls whose answers depend on whom the caller sees."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call, all of it that the caller gets but for what is drawn or measured."""

    code: str
    answers: tuple[Message, ...]
    text: str
    metadata: tuple[tuple[str, bytes], ...]

    @property
    def everything(self) -> bytes:
        """All of it, to look for what may not be in it."""
        sent = b"".join(each.SerializeToString(deterministic=True) for each in self.answers)
        return sent + self.text.encode() + b"".join(value for _, value in self.metadata)


def call(channel: grpc.Channel, method: str, request: Message | bytes, metadata: Any = ()) -> Outcome:
    """Make the call, of whatever kind it is, under one request id."""
    kind = METHODS[method]
    ways = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    make = ways[kind.client_streaming, kind.server_streaming](
        method,
        request_serializer=lambda each: each if isinstance(each, bytes) else each.SerializeToString(),
        response_deserializer=GetMessageClass(kind.output_type).FromString,
    )
    asked = iter([request]) if kind.client_streaming else request
    under_one_id = (("x-request-id", "the-same"), *metadata)
    endless = CASES[method].endless
    try:
        if kind.server_streaming:
            stream = make(asked, timeout=LISTENED_S if endless else WITHIN_S, metadata=under_one_id)
            answers, trailing = tuple(stream), stream.trailing_metadata()
        else:
            answer, answered = make.with_call(asked, timeout=WITHIN_S, metadata=under_one_id)
            answers, trailing = (answer,), answered.trailing_metadata()
        return Outcome("OK", tuple(map(_without_chance, answers)), "", _plain(trailing))
    except grpc.RpcError as error:
        if endless and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
            return Outcome("OK", (), "", ())
        return Outcome(error.code().name, (), error.details() or "", _plain(error.trailing_metadata()))


def _plain(metadata: Any) -> tuple[tuple[str, bytes], ...]:
    values = ((key, value if isinstance(value, bytes) else value.encode()) for key, value in metadata or ())
    return tuple(sorted(values))


def _without_chance(answer: Message) -> Message:
    """Without what is drawn (tokens) or measured (durations)."""
    for each in getattr(answer, "recommendations", ()):
        each.attribution_token = ""
    if isinstance(answer, graph_pb2.ExportMemberResponse):
        answer.json = re.sub(rb'"made_at": "[^"]*"', b"", answer.json)
    if "info" in answer.DESCRIPTOR.fields_by_name:
        for stage in answer.info.stages:  # type: ignore[attr-defined]
            stage.elapsed_ms = 0
    return answer
