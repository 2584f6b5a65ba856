"""Whose a token is, and which tokens are nobody's."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from credentials import AUDIENCE, DAY_S, Signer, hmac_with_the_public_key, packed
from sixhop.errors import Denied, Reason
from sixhop.identity.caller import Caller, Scope
from sixhop.identity.keys import Freshness, Keys
from sixhop.identity.tokens import TokenRules, Tokens

SIGNER = Signer("k1")
NOW = int(time.time())


def tokens(*signers: Signer, more: list[Any] | None = None, **rules: Any) -> Tokens:
    data = json.dumps({"keys": [*(signer.jwk() for signer in signers or (SIGNER,)), *(more or [])]}).encode()
    return Tokens(Keys(lambda: data, Freshness(3600, 0)), TokenRules(**{"audience": AUDIENCE, **rules}))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_token_says_who_calls(algorithm: str) -> None:
    signer = Signer("k2", algorithm)
    token = signer.token(sub="svc-7", sixhop_enterprise="e1", scope="recommend write else:where")
    caller = await tokens(SIGNER, signer).caller(token)
    assert caller == Caller("demo", frozenset({Scope.RECOMMEND, Scope.WRITE}), "svc-7", "e1")


async def test_claims_can_have_other_names_and_scopes_be_a_list() -> None:
    rules = {"realm_claim": "https://x/realm", "enterprise_claim": "org", "scope_claim": "roles"}
    token = SIGNER.token(**{"https://x/realm": "r2", "org": "e2", "roles": ["erase", 7]})
    assert await tokens(**rules).caller(token) == Caller("r2", frozenset({Scope.ERASE}), "a-backend", "e2")


async def test_without_a_scope_nothing_is_allowed() -> None:
    assert (await tokens().caller(SIGNER.token(scope=None))).scopes == frozenset()


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="rubbish"),
        pytest.param(SIGNER.token() + "x", id="changed"),
        pytest.param("x" * 9000, id="too long"),
        pytest.param(packed(b"[" * 6000) + ".e30.e30", id="nested too deep"),
        pytest.param(packed(b"[1]") + ".e30.e30", id="a header that is a list"),
        pytest.param(packed(b'{"alg": ["ES256"], "kid": {}}') + ".e30.e30", id="a header of odd kinds"),
        pytest.param(SIGNER.token(exp=float("inf")), id="endless"),
        pytest.param(SIGNER.token(exp=NOW - DAY_S), id="expired"),
        pytest.param(SIGNER.token(exp=None), id="never expires"),
        pytest.param(SIGNER.token(nbf=NOW + DAY_S), id="not yet"),
        pytest.param(SIGNER.token(iat=NOW + DAY_S), id="made in the future"),
        pytest.param(SIGNER.token(aud="another"), id="for another"),
        pytest.param(SIGNER.token(aud=None), id="for nobody"),
        pytest.param(SIGNER.token(sub=None), id="of nobody"),
        pytest.param(SIGNER.token(sub=""), id="of an empty name"),
        pytest.param(SIGNER.token(sixhop_realm=None), id="of no realm"),
        pytest.param(SIGNER.token(sixhop_realm="no realm"), id="of what is no realm"),
        pytest.param(SIGNER.token(sixhop_enterprise=""), id="an empty enterprise"),
        pytest.param(SIGNER.token(sixhop_enterprise=["e1"]), id="several enterprises"),
        pytest.param(SIGNER.token(headers={"kid": None}), id="names no key"),
        pytest.param(SIGNER.token(headers={"kid": "k9"}), id="names an unknown key"),
        pytest.param(SIGNER.token(headers={"crit": ["b64"], "b64": True}), id="asks for what is not understood"),
        pytest.param(Signer("k1").token(), id="signed by another"),
        pytest.param(SIGNER.token(key="", alg="none"), id="not signed"),
        pytest.param(SIGNER.token(key="s" * 64, alg="HS256"), id="a shared secret"),
        pytest.param(hmac_with_the_public_key(SIGNER), id="the public key as a secret"),
    ],
)
async def test_a_token_that_does_not_hold_is_nobodys(token: str) -> None:
    with pytest.raises(Denied) as raised:
        await tokens().caller(token)
    assert raised.value.reason is Reason.UNAUTHENTICATED
    assert "a-backend" not in raised.value.message


async def test_only_three_algorithms_count_whatever_keys_there_are() -> None:
    others = [Signer("r", "RS384"), Signer("e", "ES384")]
    shared = {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "s", "alg": "HS256"}
    reads = tokens(SIGNER, *others, more=[shared])
    for token in (
        *(each.token() for each in others),
        SIGNER.token(headers={"kid": "s"}, key="secret-secret-secret-secret-secret", alg="HS256"),
    ):
        with pytest.raises(Denied):
            await reads.caller(token)


async def test_a_key_is_used_for_its_own_algorithm_only() -> None:
    rsa, ec = Signer("k1", "RS256"), Signer("k2", "ES256")
    with pytest.raises(Denied):
        await tokens(rsa, ec).caller(rsa.token(headers={"kid": "k2"}))


async def test_clocks_may_be_off_by_the_skew_that_is_set() -> None:
    now = int(time.time())
    late, early = SIGNER.token(exp=now - 20), SIGNER.token(nbf=now + 20, iat=now + 20)
    for token in (late, early):
        assert (await tokens(skew_s=30).caller(token)).realm == "demo"
        with pytest.raises(Denied):
            await tokens(skew_s=5).caller(token)


async def test_the_issuer_counts_where_one_is_set() -> None:
    token = SIGNER.token(iss="https://one")
    assert (await tokens(issuer="https://one").caller(token)).subject == "a-backend"
    assert (await tokens().caller(token)).subject == "a-backend"
    for other in (token, SIGNER.token()):
        with pytest.raises(Denied):
            await tokens(issuer="https://two").caller(other)
