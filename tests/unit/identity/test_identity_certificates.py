"""Which client certificate is whose, and which files may hold secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from credentials import Authority
from sixhop.client import Credentials
from sixhop.client.credentials import token_from
from sixhop.errors import Denied, Misconfigured
from sixhop.identity.caller import Caller, Scope
from sixhop.identity.certificates import Certificates
from sixhop.rpc.authentication import open_authentication, open_tls
from sixhop.settings import Settings

CALLERS = """
callers:
  - {san: "spiffe://acme/recommender", realm: demo, enterprise: acme, scopes: [recommend]}
  - {subject: "CN=loader,O=alliance", realm: demo, scopes: [write, "model:read"]}
"""


@pytest.fixture
def callers(tmp_path: Path) -> Path:
    path = tmp_path / "callers.yaml"
    path.write_text(CALLERS)
    return path


def test_a_certificate_is_known_by_an_alternative_name_or_by_its_subject(callers: Path) -> None:
    certificates = Certificates(callers)
    san = "spiffe://acme/recommender"
    assert certificates.caller(subject="CN=x", alternative_names=["b.example", san]) == Caller(
        "demo", frozenset({Scope.RECOMMEND}), san, "acme"
    )
    subject = "CN=loader,O=alliance"
    assert certificates.caller(subject=subject, alternative_names=[]) == Caller(
        "demo", frozenset({Scope.WRITE, Scope.MODEL_READ}), subject
    )


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("", []),
        ("CN=stranger", ["b.example"]),
        ("spiffe://acme/recommender", []),
        ("CN=x", ["CN=loader,O=alliance"]),
        ("CN=loader,O=alliance", ["spiffe://acme/recommender"]),
    ],
    ids=["none", "unknown", "name as subject", "subject as name", "two callers at once"],
)
def test_any_other_certificate_is_nobodys(callers: Path, subject: str, names: list[str]) -> None:
    with pytest.raises(Denied):
        Certificates(callers).caller(subject=subject, alternative_names=names)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "callers: []",
        "callers: [{realm: demo, scopes: [recommend]}]",
        "callers: [{san: a, subject: b, realm: demo, scopes: [recommend]}]",
        "callers: [{san: a, realm: demo, scopes: [everything]}]",
        "callers: [{san: a, realm: demo, scopes: [recommend], enterprse: e1}]",
        "callers: [{san: a, realm: r1, scopes: []}, {san: a, realm: r2, scopes: []}]",
        "callers: [",
    ],
)
def test_a_file_that_could_be_misread_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "callers.yaml"
    path.write_text(text)
    with pytest.raises(Misconfigured, match="SIXHOP_TLS_CALLERS"):
        Certificates(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_private_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    pair = Authority(tmp_path).pair("service", for_loopback=True)
    settings = Settings(tls_cert=pair.cert, tls_key=pair.key)
    assert open_tls(settings)
    pair.key.chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600"):
        open_tls(settings)


def test_a_token_that_others_may_read_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one\n")
    path.chmod(0o600)
    read = token_from(path, "SIXHOP_TOKEN_FILE")
    assert read() == "one"
    path.write_text("two\n")
    assert Credentials(token=read).metadata() == (("authorization", "Bearer two"),), "it is read before every call"
    path.chmod(0o644)
    with pytest.raises(Misconfigured, match="SIXHOP_TOKEN_FILE"):
        read()


def test_a_token_goes_over_tls_or_to_this_machine() -> None:
    token = Credentials(token="t")
    assert token.channel_credentials("127.0.0.1:1") is None
    for address in ("10.0.0.7:50051", "sixhop.example:443", "127.0.0.1.example:443"):
        with pytest.raises(Misconfigured, match="in the clear"):
            token.channel_credentials(address)


async def test_other_machines_are_served_only_over_tls_and_when_they_are_known(tmp_path: Path, callers: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.pair("service")
    tls = {"tls_cert": pair.cert, "tls_key": pair.key}
    known = {**tls, "tls_client_ca": authority.cert, "tls_callers": callers}
    for open_to_all in ({}, tls, {**tls, "tls_client_ca": authority.cert}):
        with pytest.raises(Misconfigured, match="not a loopback address"):
            await open_authentication(Settings(grpc_address="0.0.0.0:50051", **open_to_all))
    assert (await open_authentication(Settings(grpc_address="0.0.0.0:50051", **known))).everyone is None
    on_loopback = (await open_authentication(Settings(realm="r1"))).everyone
    assert on_loopback == Caller("r1", frozenset(Scope), "loopback")
