"""Serves the metrics over HTTP, on an address and from threads of their own. Knows nothing of what they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from sixhop.errors import Misconfigured


@contextmanager
def serve_metrics(registry: CollectorRegistry, address: str) -> Iterator[str]:
    """Serve until the end of the block; gives host:port, with the port that was taken where 0 was asked for.

    Raises:
        Misconfigured: the address cannot be served on.
    """
    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
    except OSError as error:
        raise Misconfigured(
            f"metrics cannot be served on {address}, most likely because another program does; "
            "end it, or set SIXHOP_METRICS_ADDRESS to another address, or to nothing for none"
        ) from error
    try:
        yield f"{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
