"""Makes callers of JSON web tokens. Knows nothing of how tokens come in, or of what may be done with them.

A token must name its key (`kid`), be signed by it with that key's own algorithm, be meant for this service (`aud`), be
within its times, and say whose it is (`sub`) and of which realm. Whatever is amiss, the caller hears the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import InvalidTokenError

from sixhop.errors import Denied, Reason
from sixhop.identity.caller import Caller, scopes_of
from sixhop.identity.keys import ALGORITHMS, Keys

MOST_CHARACTERS = 8_192
MOST_ID_CHARACTERS = 128
MOST_SUBJECT_CHARACTERS = 256
REALM = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$")


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What is asked of a token, and which of its claims say what."""

    audience: str
    issuer: str | None = None
    skew_s: float = 30.0
    """How far the clock of who made it may be off."""
    realm_claim: str = "sixhop_realm"
    enterprise_claim: str = "sixhop_enterprise"
    scope_claim: str = "scope"


class Tokens:
    """Reads tokens under one set of rules."""

    def __init__(self, keys: Keys, rules: TokenRules) -> None:
        self._keys = keys
        self._rules = rules

    async def caller(self, token: str) -> Caller:
        """Whose token it is.

        Raises:
            Denied: it does not hold. The message is for the log; callers are told nothing of it.
        """
        try:
            return self._caller(await self._claims(token))
        except Exception as error:  # whatever strangers make up, it is their token that fails, not the service
            raise Denied(f"token refused: {type(error).__name__}", reason=Reason.UNAUTHENTICATED) from None

    async def _claims(self, token: str) -> Mapping[str, Any]:
        if len(token) > MOST_CHARACTERS:
            raise InvalidTokenError
        header = jwt.get_unverified_header(token)
        key_id = header.get("kid")
        if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str):
            raise jwt.InvalidAlgorithmError
        key = await self._keys.find(key_id)
        if key is None:
            raise jwt.InvalidKeyError
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],  # what the key is for, not what the token says
            audience=self._rules.audience,
            issuer=self._rules.issuer,
            leeway=self._rules.skew_s,
            options={"require": ["exp", "aud", "sub"], "enforce_minimum_key_length": True},
        )

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        realm, enterprise_id = claims.get(self._rules.realm_claim), claims.get(self._rules.enterprise_claim)
        subject = claims["sub"]
        if not isinstance(realm, str) or not REALM.match(realm):
            raise jwt.MissingRequiredClaimError(self._rules.realm_claim)
        if enterprise_id is not None and not (
            isinstance(enterprise_id, str) and 1 <= len(enterprise_id) <= MOST_ID_CHARACTERS
        ):
            raise jwt.MissingRequiredClaimError(self._rules.enterprise_claim)  # never the whole realm by mistake
        if not 1 <= len(subject) <= MOST_SUBJECT_CHARACTERS:
            raise jwt.MissingRequiredClaimError("sub")
        return Caller(realm, scopes_of(_names(claims.get(self._rules.scope_claim))), subject, enterprise_id)


def _names(claim: Any) -> Iterable[str]:
    """Scopes as OAuth writes them, in one string, or as a list."""
    if isinstance(claim, str):
        return claim.split()
    return [name for name in claim if isinstance(name, str)] if isinstance(claim, list) else []
