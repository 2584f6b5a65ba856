"""Who is let in, over real sockets: certificates of clients, other machines' addresses, and clocks that differ."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from calls_to_try import CASES, Outcome, call
from serving_process import Service, environment, eventually, running, sixhop

from credentials import AUDIENCE, Authority, Pair, Signer, write_jwks
from sixhop.client import Client, Credentials
from sixhop.errors import Denied, Misconfigured, Unavailable
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.pipeline.segments import SegmentRecorder

DEGREES = "/sixhop.v1.MemberService/GetDegrees"
SIGNER = Signer("k1", "RS256")
SKEW_S = 60
CALLERS = """
callers:
  - {{san: "spiffe://tests/sees-all", realm: {realm}, scopes: [recommend]}}
  - {{subject: "CN=by-subject,O=tests", realm: {realm}, scopes: [recommend]}}
  - {{san: "spiffe://tests/writes", realm: {realm}, scopes: [write]}}
  - {{san: "spiffe://tests/elsewhere", realm: elsewhere, scopes: [recommend]}}
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def env(
    neo4j_location: Location, world_graph: Graph, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """On all addresses of this machine; known by certificate, and then perhaps by token."""
    folder = tmp_path_factory.mktemp("identity")
    callers = folder / "callers.yaml"
    callers.write_text(CALLERS.format(realm=world_graph.realm))
    pair = authority.pair("service", for_loopback=True)
    return {
        **environment(
            neo4j_location,
            world_graph.realm,
            folder / "home",
            tls_cert=str(pair.cert),
            tls_key=str(pair.key),
            tls_client_ca=str(authority.cert),
            tls_callers=str(callers),
            jwks=str(write_jwks(folder / "jwks.json", SIGNER)),
            jwt_audience=AUDIENCE,
            jwt_skew_s=str(SKEW_S),
        ),
        "SIXHOP_GRPC_ADDRESS": "0.0.0.0:0",
    }


@pytest.fixture(scope="module")
def service(env: dict[str, str]) -> Iterator[Service]:
    with running(env) as service:
        yield service


def ask(service: Service, authority: Authority, pair: Pair, token: str = "") -> Outcome:
    tls = grpc.ssl_channel_credentials(authority.cert.read_bytes(), pair.key.read_bytes(), pair.cert.read_bytes())
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    with grpc.secure_channel(f"127.0.0.1:{service.address.rpartition(':')[2]}", tls) as channel:
        return call(channel, DEGREES, CASES[DEGREES].request, metadata)


def test_a_certificate_says_who_calls(service: Service, authority: Authority) -> None:
    by_name = authority.pair("sees-all", uri="spiffe://tests/sees-all")
    assert ask(service, authority, by_name).code == "OK"
    assert ask(service, authority, authority.pair("by-subject")).code == "OK"
    assert ask(service, authority, authority.pair("writes", uri="spiffe://tests/writes")).code == "PERMISSION_DENIED"
    elsewhere = authority.pair("elsewhere", uri="spiffe://tests/elsewhere")
    assert ask(service, authority, elsewhere).code == "PERMISSION_DENIED"
    assert ask(service, authority, authority.pair("nobodys")).code == "UNAUTHENTICATED"
    assert ask(service, authority, authority.pair("spiffe://tests/sees-all")).code == "UNAUTHENTICATED", "a subject"


def test_a_token_counts_before_a_certificate(service: Service, authority: Authority) -> None:
    known, nobodys = authority.pair("known", uri="spiffe://tests/sees-all"), authority.pair("nobodys-2")
    holds = SIGNER.token(sixhop_realm=service.realm)
    assert ask(service, authority, nobodys, holds).code == "OK"
    assert ask(service, authority, known, holds[:-4] + "AAAA").code == "UNAUTHENTICATED", "it is not made up for"
    assert (
        ask(service, authority, known, SIGNER.token(sixhop_realm=service.realm, scope="")).code == "PERMISSION_DENIED"
    )


def test_clocks_may_be_off_by_what_is_set(service: Service, authority: Authority) -> None:
    pair, now = authority.pair("skewed"), int(time.time())
    for off_s, code in ((SKEW_S - 20, "OK"), (SKEW_S + 20, "UNAUTHENTICATED")):
        for claims in ({"exp": now - off_s}, {"nbf": now + off_s}, {"iat": now + off_s}):
            assert ask(service, authority, pair, SIGNER.token(sixhop_realm=service.realm, **claims)).code == code


def test_without_a_certificate_of_the_authority_there_is_no_connection(
    service: Service, authority: Authority, tmp_path: Path
) -> None:
    port = service.address.rpartition(":")[2]
    stranger = Authority(tmp_path, "stranger").pair("sees-all", uri="spiffe://tests/sees-all")
    token = SIGNER.token(sixhop_realm=service.realm)
    for credentials in (
        Credentials(token, ca=authority.cert),
        Credentials(token, ca=authority.cert, cert=stranger.cert, key=stranger.key),
        Credentials(token),
    ):
        with Client(f"127.0.0.1:{port}", timeout_s=3, credentials=credentials) as client, pytest.raises(Unavailable):
            client.get_degrees(member_id="s", target_ids=["a"])


def test_the_client_calls_with_its_certificate(service: Service, authority: Authority) -> None:
    address = f"localhost:{service.address.rpartition(':')[2]}"
    good, weak = (authority.pair(f"c-{name}", uri=f"spiffe://tests/{name}") for name in ("sees-all", "writes"))
    with Client(
        address, timeout_s=5, credentials=Credentials(ca=authority.cert, cert=good.cert, key=good.key)
    ) as client:
        assert client.get_degrees(member_id="s", target_ids=["a"]).degrees[0].degree == 1
    with (
        Client(
            address, timeout_s=5, credentials=Credentials(ca=authority.cert, cert=weak.cert, key=weak.key)
        ) as client,
        pytest.raises(Denied),
    ):
        client.get_degrees(member_id="s", target_ids=["a"])


@pytest.mark.parametrize(
    ("without", "says"),
    [
        (("TLS_CERT", "TLS_KEY", "TLS_CLIENT_CA", "TLS_CALLERS", "JWKS", "JWT_AUDIENCE"), "not a loopback address"),
        (("TLS_CERT", "TLS_KEY", "TLS_CLIENT_CA", "TLS_CALLERS"), "not a loopback address"),
        (("TLS_CLIENT_CA", "TLS_CALLERS", "JWKS", "JWT_AUDIENCE"), "not a loopback address"),
        (("JWT_AUDIENCE",), "SIXHOP_JWKS needs SIXHOP_JWT_AUDIENCE"),
    ],
    ids=["open to all", "tokens in the clear", "TLS for everybody", "tokens for anybody"],
)
def test_what_is_not_safe_does_not_start(env: dict[str, str], without: tuple[str, ...], says: str) -> None:
    unsafe = {name: value for name, value in env.items() if name.removeprefix("SIXHOP_") not in without}
    ended = sixhop(unsafe, "serve")
    assert (ended.returncode, ended.stdout) == (Misconfigured.exit_code, "")
    assert says in ended.stderr


def test_on_loopback_tokens_are_needed_where_they_are_set_up(
    neo4j_location: Location, world_graph: Graph, tmp_path: Path
) -> None:
    jwks = write_jwks(tmp_path / "jwks.json", SIGNER)
    env = environment(
        neo4j_location, world_graph.realm, tmp_path / "home", jwks=str(jwks), jwt_audience=AUDIENCE, jwt_skew_s="0"
    )
    with running(env) as service:
        token = SIGNER.token(sixhop_realm=service.realm)
        with Client(service.address, timeout_s=5, credentials=Credentials(token)) as client:
            assert client.get_degrees(member_id="s", target_ids=["a"]).degrees
        with Client(service.address, timeout_s=5) as client, pytest.raises(Denied):
            client.get_degrees(member_id="s", target_ids=["a"])
        assert not any("without credentials" in line for line in service.log)


def test_a_full_disk_costs_audit_lines_and_no_answers(
    neo4j_location: Location, world_graph: Graph, tmp_path: Path
) -> None:
    """The folder of the open file is taken away: what is written then cannot be kept, as on a disk without room."""
    home = tmp_path / "home"
    with running(environment(neo4j_location, world_graph.realm, home)) as service:
        folder = home / "audit" / service.realm
        eventually(lambda: any("without credentials of callers" in line for line in service.log))
        with Client(service.address, timeout_s=5) as client:
            eventually(folder.exists)
            folder.rmdir()
            for _ in range(2):
                assert client.get_degrees(member_id="s", target_ids=["a"]).degrees
            eventually(lambda: any("audit lines were lost 2 times" in line for line in service.log))
            folder.mkdir()
            assert client.get_degrees(member_id="s", target_ids=["a"]).degrees
            eventually(lambda: any(folder.iterdir()))
    [path] = folder.iterdir()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["subject"] for line in lines] == ["loopback"]


def test_lines_that_wait_are_bounded(tmp_path: Path) -> None:
    recorder = SegmentRecorder(tmp_path, what="audit lines")
    slow = [recorder.put(lambda: time.sleep(0.01) or []) for _ in range(1_100)]  # type: ignore[func-returns-value]
    recorder.close()
    assert not all(slow)
    assert recorder.dropped == slow.count(False)
