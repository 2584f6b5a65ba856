"""Whether a service answers. Knows gRPC's own health protocol, nothing of what is served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from sixhop.client.credentials import credentials_of
from sixhop.doctor.finding import Finding, fail, ok, warn
from sixhop.settings import Settings

_TIMEOUT_S = 3.0
_START = "start it with `sixhop serve`; where it speaks TLS, set SIXHOP_SERVER_CA (and SIXHOP_CLIENT_CERT)"


def service(settings: Settings) -> Iterator[Finding]:
    """Ask the health of the service at `grpc_address`."""
    address = settings.grpc_address
    if address.endswith(":0"):
        yield ok("service", "not asked: SIXHOP_GRPC_ADDRESS takes any free port")
        return
    tls = replace(credentials_of(settings), token=None).channel_credentials(address)  # health needs no token
    with grpc.insecure_channel(address) if tls is None else grpc.secure_channel(address, tls) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_S)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                yield warn("service", f"none answers at {address}", _START)
            else:
                what = f"what answers at {address} says {error.code().name} to a health check"
                yield fail("service", what, "see what else listens there, or set SIXHOP_GRPC_ADDRESS")
            return
    if answer.status == health_pb2.HealthCheckResponse.SERVING:
        yield ok("service", f"serves at {address}")
    else:
        yield fail("service", f"at {address} does not serve now", "see its log, and the lines on Neo4j above")
