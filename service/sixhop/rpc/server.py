"""The gRPC server: limits, interceptors, services, health, reflection, and an orderly end. Knows no pipeline stage."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from sixhop._gen.sixhop.v1 import (
    graph_pb2,
    graph_pb2_grpc,
    member_pb2,
    member_pb2_grpc,
    model_pb2,
    model_pb2_grpc,
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
from sixhop.rpc.limits import Limits
from sixhop.rpc.member import MemberService
from sixhop.rpc.models import ModelService
from sixhop.rpc.operations import OperationsService
from sixhop.rpc.quotas import Quotas
from sixhop.rpc.readiness import Check, watch
from sixhop.rpc.recommendation import RecommendationService
from sixhop.rpc.turns import Turns
from sixhop.served import Served
from sixhop.telemetry.watching import Watching

log = logging.getLogger(__name__)

_SERVICES = tuple(
    service
    for protos in (recommendation_pb2, member_pb2, graph_pb2, model_pb2, operations_pb2)
    for service in protos.DESCRIPTOR.services_by_name.values()
)
SERVICES = tuple(service.full_name for service in _SERVICES)
METHODS = tuple(f"{service.full_name}/{method.name}" for service in _SERVICES for method in service.methods)
"""All that is served, as calls, counts and spans name it."""
STREAMS = frozenset(
    f"/{service.full_name}/{method.name}"
    for service in _SERVICES
    for method in service.methods
    if method.client_streaming or method.server_streaming
)
AWAIT = frozenset({"/google.longrunning.Operations/WaitOperation"})
"""Requests that mostly wait: they have a place as streams do, and keep no turn from others."""
LIVENESS = "liveness"
"""Health of this name is SERVING for as long as the process works at all. That of services, and of "", is readiness: it
is NOT_SERVING while the graph does not answer, which a new process would not change."""
LAST_WORDS_S = 0.2
"""Time for what was answered last to leave, before connections are closed."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where to serve, to whom, and how much. Without `tls` it is plain text."""

    address: str
    authentication: Authentication
    tls: grpc.ServerCredentials | None
    audit_logs: Mapping[str, AuditLog]
    limits: Limits


class Server:
    """One server on one address."""

    def __init__(self, serving: Serving, realms: Mapping[str, Served], watching: Watching) -> None:
        answers = {realm: served.answers for realm, served in realms.items()}
        self._host = serving.address.rpartition(":")[0]
        self._health = health.aio.HealthServicer()
        self._is_serving = False
        limits = self._limits = serving.limits
        self._admission = Admission(
            Turns(working=limits.most_working, waiting=limits.most_waiting),
            Quotas(per_s=limits.quota_per_s, burst=limits.quota_burst),
            streams=STREAMS | AWAIT,
            most_streams=limits.most_streams,
        )
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
            options=limits.options(),
            maximum_concurrent_rpcs=limits.most_at_once,
        )
        add_recommendations = recommendation_pb2_grpc.add_RecommendationServiceServicer_to_server
        add_recommendations(RecommendationService(answers), self._server)  # type: ignore[no-untyped-call]
        add_members = member_pb2_grpc.add_MemberServiceServicer_to_server
        add_members(MemberService(answers), self._server)  # type: ignore[no-untyped-call]
        add_events = graph_pb2_grpc.add_GraphServiceServicer_to_server
        add_events(GraphService(realms), self._server)  # type: ignore[no-untyped-call]
        add_models = model_pb2_grpc.add_ModelServiceServicer_to_server
        add_models(ModelService(realms), self._server)  # type: ignore[no-untyped-call]
        operations_pb2_grpc.add_OperationsServicer_to_server(OperationsService(realms), self._server)
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
        await self._health.set(LIVENESS, health_pb2.HealthCheckResponse.SERVING)
        await self.say_serving(True)
        await self._server.start()

    async def say_serving(self, serving: bool) -> None:
        """What checks of readiness are told from now on."""
        self._is_serving = serving
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for service in ("", *SERVICES):
            await self._health.set(service, status)

    async def stop(self) -> None:
        """Say NOT_SERVING, answer what comes for a moment more; then take no more, let what is under way end, close."""
        await self.say_serving(False)
        await asyncio.sleep(self._limits.drain_s)
        self._admission.end()
        closing = asyncio.create_task(self._server.stop(self._limits.grace_s))  # tells clients to go elsewhere, at once
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.grace_s):
                await self._admission.finished()
        self._admission.end_streams()
        await asyncio.wait([closing], timeout=LAST_WORDS_S)
        await self._server.stop(None)  # what is left watches health
        await closing


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
