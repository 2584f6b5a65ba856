"""`sixhop serve`: the gRPC service in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from sixhop.rpc.limits import Limits
from sixhop.settings import Settings, load_settings

log = logging.getLogger(__name__)


def serve() -> None:
    """Serve recommendations over gRPC until told to stop."""
    # The booster's threads wait for each other by spinning: for 64 rows that costs more than it gains.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from sixhop import serving  # not at the top: it loads the model's libraries, which no other command waits for
    from sixhop.telemetry.logs import set_up_logs

    settings = load_settings()
    set_up_logs(as_json=settings.log_format == "json", level=settings.log_level)
    serving.await_graph(settings, _say)
    _loop()(_serve(settings))


def _loop() -> Callable[[Coroutine[Any, Any, None]], None]:
    """What runs the service: uvloop where it is there, which is everywhere but on Windows."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


async def _serve(settings: Settings) -> None:
    from sixhop import serving
    from sixhop.observing import open_watching
    from sixhop.rpc.authentication import open_authentication, open_tls
    from sixhop.rpc.interceptors.watched import CODES
    from sixhop.rpc.server import METHODS, Server, Serving, serve_until_told
    from sixhop.telemetry.logs import quietly
    from sixhop.telemetry.state import State

    asyncio.get_running_loop().set_exception_handler(quietly)
    authentication, tls = await open_authentication(settings), open_tls(settings)
    state = State()
    with open_watching(settings, _say, state=state, methods=METHODS, codes=CODES) as watching:
        async with (
            serving.open_realm(settings, state) as (served, graph),
            serving.open_audit(settings, state) as audit_log,
        ):
            where = Serving(
                settings.grpc_address,
                authentication,
                tls,
                {settings.realm: audit_log},
                _limits(settings),
            )
            if authentication.everyone:
                _say("without credentials of callers: only this machine is served, every caller as the realm's own")
            server = Server(where, {settings.realm: served}, watching)
            state.queue, state.serving = lambda: server.queue, lambda: server.is_serving
            gc.freeze()  # what is here now stays: looking through it took a tenth of the time of a write
            await serve_until_told(server, graph.check, _announce)


def _limits(settings: Settings) -> Limits:
    return Limits(
        most_working=settings.grpc_max_working,
        most_waiting=settings.grpc_max_waiting,
        most_streams=settings.grpc_max_streams,
        quota_per_s=settings.grpc_quota_per_s,
        quota_burst=settings.grpc_quota_burst,
        connection_age_s=settings.grpc_connection_age_s,
        connection_grace_s=settings.grpc_connection_grace_s,
        drain_s=settings.grpc_drain_s,
        grace_s=settings.grpc_grace_s,
    )


def _say(words: str) -> None:
    log.info(words)  # as a line of the log, so that a log of JSON is all JSON


def _announce(address: str) -> None:
    typer.echo(f"serving on {address}")
