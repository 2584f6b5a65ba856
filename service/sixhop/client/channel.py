"""How the clients connect: keep-alive, retries where they do no harm, replicas in turn. Knows no call's content.

Retries are gRPC's own, by the service config: at most three more attempts, where a call may be made twice without harm
and the service did not answer it (UNAVAILABLE) or had no room (RESOURCE_EXHAUSTED). With each error the service says
when to come again, or that it would not help within the deadline; where more than a few calls fail none is tried again.
No call is ever made twice at the same time (no hedging).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sixhop.client.calls import RECOMMENDATIONS, RETRIED

PACKAGE = "sixhop.v1"
MOST_ATTEMPTS = 4
KEEPALIVE_EVERY_S = 30
KEEPALIVE_WITHIN_S = 10
RECONNECT_AFTER_MS, RECONNECT_AFTER_AT_MOST_MS = 100, 1000
"""gRPC's own two minutes at most would leave out a replica long after it is back."""
_RETRY_POLICY = {
    "maxAttempts": MOST_ATTEMPTS,
    "initialBackoff": "0.02s",
    "maxBackoff": "0.5s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
}
_THROTTLING = {"maxTokens": 20, "tokenRatio": 0.2}
"""Retries stop while fewer than five of six calls succeed: they would only add to whatever is wrong."""


def options(address: str) -> list[tuple[str, int | str]]:
    """Channel options for the service, or the replicas, at `address`."""
    return [
        ("grpc.service_config", json.dumps(service_config(replicas=names_replicas(address)))),
        ("grpc.keepalive_time_ms", KEEPALIVE_EVERY_S * 1000),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_WITHIN_S * 1000),
        ("grpc.initial_reconnect_backoff_ms", RECONNECT_AFTER_MS),
        ("grpc.max_reconnect_backoff_ms", RECONNECT_AFTER_AT_MOST_MS),
        ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    ]


def names_replicas(address: str) -> bool:
    """Whether the address may lead to several: `dns:///host:port`, `ipv4:host:port,host:port`, and the like."""
    return ":///" in address or "," in address


def service_config(*, replicas: bool, retried: Iterable[tuple[str, str]] = RETRIED) -> dict[str, object]:
    """gRPC's service config. Replicas are asked in turn, those alone that say they are ready."""
    names = [
        {"service": service if "." in service else f"{PACKAGE}.{service}", "method": method}
        for service, method in retried
    ]
    config: dict[str, object] = {
        "retryThrottling": _THROTTLING,
        "methodConfig": [{"name": names, "retryPolicy": _RETRY_POLICY}],
    }
    if replicas:
        config["loadBalancingConfig"] = [{"round_robin": {}}]
        config["healthCheckConfig"] = {"serviceName": f"{PACKAGE}.{RECOMMENDATIONS}"}
    return config
