"""Finds out who calls: by a token in the call's metadata, or by the certificate of its connection.

A token counts before a certificate, and one that does not hold is never made up for by a certificate. Where neither can
be checked, since nothing was set up for it, only loopback is served: every caller is the realm's own and may do all.
"""

from __future__ import annotations

from dataclasses import dataclass

import grpc

from sixhop.errors import Denied, Misconfigured, Reason
from sixhop.identity.caller import ALL_SCOPES, Caller
from sixhop.identity.certificates import Certificates
from sixhop.identity.files import read_public, read_secret
from sixhop.identity.keys import open_keys
from sixhop.identity.tokens import TokenRules, Tokens
from sixhop.settings import Settings

AUTHORIZATION = "authorization"
BEARER = "bearer "
LOOPBACK_SUBJECT = "loopback"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The ways that are set up. With none, callers are `everyone`."""

    tokens: Tokens | None = None
    certificates: Certificates | None = None
    everyone: Caller | None = None

    async def caller(self, context: grpc.aio.ServicerContext) -> Caller:
        """Who makes this call.

        Raises:
            Denied: nobody that is known. The message is for the log.
        """
        if self.tokens and (token := _token(context)) is not None:
            return await self.tokens.caller(token)
        if self.certificates:
            presented = context.auth_context()
            return self.certificates.caller(
                subject=_first(presented.get("x509_subject")),
                alternative_names=[_text(name) for name in presented.get("x509_subject_alternative_name", ())],
            )
        if self.everyone:
            return self.everyone
        raise Denied("no token", reason=Reason.UNAUTHENTICATED)


async def open_authentication(settings: Settings) -> Authentication:
    """The ways that the settings set up.

    Raises:
        Misconfigured: a file cannot be used, or the service would be open to other machines without any of them.
    """
    tokens = None
    if settings.jwks is not None:
        keys = open_keys(settings.jwks, every_s=settings.jwks_every_s)
        await keys.check()
        rules = TokenRules(
            audience=settings.jwt_audience or "",
            issuer=settings.jwt_issuer,
            skew_s=settings.jwt_skew_s,
            realm_claim=settings.jwt_realm_claim,
            enterprise_claim=settings.jwt_enterprise_claim,
            scope_claim=settings.jwt_scope_claim,
        )
        tokens = Tokens(keys, rules)
    certificates = Certificates(settings.tls_callers) if settings.tls_callers else None
    known = bool(tokens or certificates)
    if not settings.on_loopback and not (settings.tls_cert and known):
        raise Misconfigured(
            f"{settings.grpc_address} is not a loopback address: it is served only over TLS (SIXHOP_TLS_CERT, "
            "SIXHOP_TLS_KEY), to callers who are known (SIXHOP_JWKS, or SIXHOP_TLS_CLIENT_CA and SIXHOP_TLS_CALLERS)"
        )
    everyone = None if known else Caller(settings.realm, ALL_SCOPES, LOOPBACK_SUBJECT)
    return Authentication(tokens, certificates, everyone)


def open_tls(settings: Settings) -> grpc.ServerCredentials | None:
    """What the server speaks TLS with; None where it is not set up. Raises `Misconfigured`: a file cannot be used."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    pair = (read_secret(settings.tls_key, "SIXHOP_TLS_KEY"), read_public(settings.tls_cert, "SIXHOP_TLS_CERT"))
    client_ca = read_public(settings.tls_client_ca, "SIXHOP_TLS_CLIENT_CA") if settings.tls_client_ca else None
    return grpc.ssl_server_credentials([pair], client_ca, client_ca is not None)


def _token(context: grpc.aio.ServicerContext) -> str | None:
    """The token of a call; None where it has none. Of two, neither: they may have been made to confuse somebody."""
    given = [value for key, value in context.invocation_metadata() or () if key == AUTHORIZATION]
    if not given:
        return None
    value = given[0]
    if len(given) > 1 or not isinstance(value, str) or value[: len(BEARER)].lower() != BEARER:
        return ""
    return value[len(BEARER) :].strip()


def _first(values: list[bytes] | None) -> str:
    return _text(values[0]) if values else ""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
