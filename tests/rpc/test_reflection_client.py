"""A client that knows nothing but the address: it asks the service for its protos, then asks with them."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "sixhop.v1.RecommendationService"


def test_a_reflection_client_finds_the_calls_and_asks_one(channel: grpc.Channel) -> None:
    database = ProtoReflectionDescriptorDatabase(channel)
    assert SERVICE in database.get_services()
    method = DescriptorPool(database).FindServiceByName(SERVICE).methods_by_name["RecommendTargets"]
    ask = channel.unary_unary(
        f"/{SERVICE}/{method.name}",
        lambda request: request.SerializeToString(),
        GetMessageClass(method.output_type).FromString,
    )
    request = json_format.ParseDict({"senderId": "s", "offeringId": "o"}, GetMessageClass(method.input_type)())
    answer = json_format.MessageToDict(ask(request, timeout=5))
    assert "c" in [each["targetId"] for each in answer["recommendations"]]
    with pytest.raises(grpc.RpcError) as raised:
        ask(GetMessageClass(method.input_type)(), timeout=5)
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
