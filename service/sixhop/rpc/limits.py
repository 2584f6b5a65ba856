"""How much a server takes, at once and from one connection, and how long it takes to end. Knows nothing of calls."""

from __future__ import annotations

from dataclasses import dataclass

MOST_REQUEST_BYTES = 4 * 1024 * 1024
"""A batch of 1,000 events with all their fields at full length."""
MOST_RESPONSE_BYTES = 4 * 1024 * 1024
"""What gRPC's clients take unless told otherwise."""
MOST_METADATA_BYTES = 16 * 1024
MOST_CALLS_A_CONNECTION = 256
KEEPALIVE_EVERY_S = 30.0
"""A connection on which nothing is heard is asked for a sign of life…"""
KEEPALIVE_WITHIN_S = 10.0
"""…and closed when none comes within this."""
LEAST_BETWEEN_PINGS_S = 10.0
"""A client that asks for one more often, three times, is sent away."""
MOST_IDLE_S = 30 * 60.0
ROOM_FOR_OTHERS = 512
"""Calls beyond the admitted ones that gRPC itself lets in: health checks (each client with health checking watches for
as long as it is connected), reflection, and requests on their way to be refused with a reason."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator may set of it; `sixhop.settings` says what each means."""

    most_working: int
    most_waiting: int
    most_streams: int
    quota_per_s: float | None = None
    quota_burst: int = 1
    connection_age_s: float = 1800.0
    connection_grace_s: float = 60.0
    drain_s: float = 0.5
    grace_s: float = 10.0

    @property
    def most_at_once(self) -> int:
        """Calls that gRPC lets in before it refuses by itself, without a reason."""
        return self.most_working + self.most_waiting + self.most_streams + ROOM_FOR_OTHERS

    def options(self) -> tuple[tuple[str, int], ...]:
        """The same in gRPC's words."""
        return (
            ("grpc.so_reuseport", 0),  # a second server on the same port must fail, not share its calls
            ("grpc.max_receive_message_length", MOST_REQUEST_BYTES),
            ("grpc.max_send_message_length", MOST_RESPONSE_BYTES),
            ("grpc.max_metadata_size", MOST_METADATA_BYTES),
            ("grpc.max_concurrent_streams", MOST_CALLS_A_CONNECTION),
            ("grpc.keepalive_time_ms", _ms(KEEPALIVE_EVERY_S)),
            ("grpc.keepalive_timeout_ms", _ms(KEEPALIVE_WITHIN_S)),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_ping_interval_without_data_ms", _ms(LEAST_BETWEEN_PINGS_S)),
            ("grpc.http2.max_ping_strikes", 2),
            ("grpc.max_connection_idle_ms", _ms(MOST_IDLE_S)),
            ("grpc.max_connection_age_ms", _ms(self.connection_age_s)),
            ("grpc.max_connection_age_grace_ms", _ms(self.connection_grace_s)),
        )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
