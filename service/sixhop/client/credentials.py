"""What a client calls with: a token, and TLS. Knows how gRPC takes them, nothing of what is called.

A token goes with every call; it is sent over TLS, or to this machine itself, never in the clear over a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import grpc

from sixhop.errors import Misconfigured
from sixhop.identity.files import read_public, read_secret
from sixhop.settings import Settings

Token = str | Callable[[], str]
"""A token, or what gives one: it is asked before every call, so it can renew it."""
_LOOPBACK = ("127.0.0.1:", "localhost:", "[::1]:")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How one client is known to its service.

    Args:
        token: Sent as `authorization: Bearer …`.
        ca: Who signed the service's certificate, a PEM file; with it calls go over TLS.
        cert: The client's own certificate, a PEM file.
        key: Its private key, a PEM file that only its owner may read.
    """

    token: Token | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What goes with a call."""
        if self.token is None:
            return ()
        return (("authorization", f"Bearer {self.token if isinstance(self.token, str) else self.token()}"),)

    def channel_credentials(self, address: str) -> grpc.ChannelCredentials | None:
        """What TLS to `address` is spoken with; None for plain text.

        Raises:
            Misconfigured: a file cannot be used, or a token would go over a network in the clear.
        """
        if self.ca is None:
            if self.cert or self.key:
                raise Misconfigured("a client certificate needs TLS; say who signed the service's certificate (ca)")
            if self.token is not None and not address.startswith(_LOOPBACK):
                raise Misconfigured(
                    f"a token is not sent to {address} in the clear; say who signed the service's certificate (ca)"
                )
            return None
        if (self.cert is None) != (self.key is None):
            raise Misconfigured("a client certificate needs its private key, and a key its certificate")
        return grpc.ssl_channel_credentials(
            read_public(self.ca, "ca"),
            read_secret(self.key, "key") if self.key else None,
            read_public(self.cert, "cert") if self.cert else None,
        )


def credentials_of(settings: Settings) -> Credentials:
    """What commands call a service with."""
    return Credentials(
        token=token_from(settings.token_file, "SIXHOP_TOKEN_FILE") if settings.token_file else None,
        ca=settings.server_ca,
        cert=settings.client_cert,
        key=settings.client_key,
    )


def token_from(path: Path, setting: str = "token") -> Callable[[], str]:
    """Reads a token's file before every call, so that whoever renews it needs tell nobody."""

    def read() -> str:
        return read_secret(path, setting).decode("ascii", "replace").strip()

    return read
