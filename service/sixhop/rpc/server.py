"""The gRPC server: limits, interceptors, services, health, reflection, and an orderly end. Knows no pipeline stage."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from sixhop._gen.sixhop.v1 import (
    graph_pb2,
    graph_pb2_grpc,
    member_pb2,
    member_pb2_grpc,
    recommendation_pb2,
    recommendation_pb2_grpc,
)
from sixhop.errors import Misconfigured
from sixhop.rpc.authentication import Authentication
from sixhop.rpc.graph import GraphService
from sixhop.rpc.interceptors.admission import Admission
from sixhop.rpc.interceptors.audit import Audit, AuditLog
from sixhop.rpc.interceptors.errors import Errors
from sixhop.rpc.interceptors.identity import Identity
from sixhop.rpc.interceptors.request_id import RequestId
from sixhop.rpc.interceptors.requests import Requests
from sixhop.rpc.interceptors.watched import Watched
from sixhop.rpc.member import MemberService
from sixhop.rpc.readiness import Check, watch
from sixhop.rpc.recommendation import RecommendationService
from sixhop.served import Served
from sixhop.telemetry.watching import Watching

log = logging.getLogger(__name__)

_SERVICES = tuple(
    service
    for protos in (recommendation_pb2, member_pb2, graph_pb2)
    for service in protos.DESCRIPTOR.services_by_name.values()
)
SERVICES = tuple(service.full_name for service in _SERVICES)
METHODS = tuple(f"{service.full_name}/{method.name}" for service in _SERVICES for method in service.methods)
"""All that is served, as calls, counts and spans name it."""
ROOM_FOR_HEALTH = 32
"""Calls beyond the admitted ones that gRPC itself lets in: health checks, reflection, and refusals."""
GRACE_S = 5.0
"""How long requests under way may take to end once the server is told to."""
MOST_REQUEST_BYTES = 4 * 1024 * 1024
MOST_RESPONSE_BYTES = 4 * 1024 * 1024
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # a second server on the same port must fail, not share its calls
    ("grpc.max_receive_message_length", MOST_REQUEST_BYTES),
    ("grpc.max_send_message_length", MOST_RESPONSE_BYTES),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    ("grpc.max_connection_idle_ms", 30 * 60_000),
    ("grpc.max_concurrent_streams", 256),
)


@dataclass(frozen=True, slots=True)
class Serving:
    """Where to serve, to whom, and how much at once. Without `tls` it is plain text.

    Of the `most_at_once` requests that are taken `most_working` have their turn, the others wait for theirs.
    """

    address: str
    authentication: Authentication
    tls: grpc.ServerCredentials | None
    audit_logs: Mapping[str, AuditLog]
    most_at_once: int
    most_working: int


class Server:
    """One server on one address."""

    def __init__(self, serving: Serving, realms: Mapping[str, Served], watching: Watching) -> None:
        answers = {realm: served.answers for realm, served in realms.items()}
        self._host = serving.address.rpartition(":")[0]
        self._health = health.aio.HealthServicer()
        self._is_serving = False
        self._admission = Admission(serving.most_at_once, serving.most_working)
        self._server = grpc.aio.server(
            interceptors=(
                RequestId(),
                Watched(watching),
                Errors(),
                Audit(serving.audit_logs),
                Identity(serving.authentication, realms),
                self._admission,
                Requests(),
            ),
            options=_OPTIONS,
            maximum_concurrent_rpcs=serving.most_at_once + ROOM_FOR_HEALTH,
        )
        add_recommendations = recommendation_pb2_grpc.add_RecommendationServiceServicer_to_server
        add_recommendations(RecommendationService(answers), self._server)  # type: ignore[no-untyped-call]
        add_members = member_pb2_grpc.add_MemberServiceServicer_to_server
        add_members(MemberService(answers), self._server)  # type: ignore[no-untyped-call]
        add_events = graph_pb2_grpc.add_GraphServiceServicer_to_server
        add_events(GraphService(realms), self._server)  # type: ignore[no-untyped-call]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        try:
            if serving.tls is None:
                self._port = self._server.add_insecure_port(serving.address)
            else:
                self._port = self._server.add_secure_port(serving.address, serving.tls)
        except RuntimeError as error:
            raise Misconfigured(
                f"{serving.address} cannot be served on, most likely because another program does: end it or set "
                "SIXHOP_GRPC_ADDRESS; over TLS it may also be that certificate and key do not belong together"
            ) from error

    @property
    def address(self) -> str:
        """host:port, with the port that was taken where 0 was asked for."""
        return f"{self._host}:{self._port}"

    @property
    def is_serving(self) -> bool:
        """What health checks are told."""
        return self._is_serving

    @property
    def queue(self) -> tuple[int, int]:
        """Requests that have their turn, and that wait for it."""
        return self._admission.working, self._admission.waiting

    async def start(self) -> None:
        await self.say_serving(True)
        await self._server.start()

    async def say_serving(self, serving: bool) -> None:
        """What health checks are told from now on."""
        self._is_serving = serving
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for service in ("", *SERVICES):
            await self._health.set(service, status)

    async def stop(self) -> None:
        """Say NOT_SERVING, take no more requests, let those under way end."""
        self._is_serving = False
        await self._health.enter_graceful_shutdown()
        self._admission.end()
        await self._server.stop(GRACE_S)


async def serve_until_told(server: Server, check: Check, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `check` says from time to time whether the graph answers."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await server.start()
    announce(server.address)
    watching = asyncio.create_task(watch(server.say_serving, check))
    try:
        await told.wait()
        log.info("told to stop")
    finally:
        watching.cancel()
        await server.stop()
