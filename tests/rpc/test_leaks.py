"""Over real TLS: who has no credentials learns nothing, and an enterprise nothing of members outside its slice."""

from __future__ import annotations

import json
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from calls_to_try import CASES, METHODS, SLICED, Outcome, call
from google.rpc import error_details_pb2, status_pb2
from retrain_stand_in import with_stand_in
from serving_process import Service, environment, eventually, running, sixhop
from slices_world import HIDDEN, take_leaves_away, write_slices_world

from credentials import AUDIENCE, DAY_S, Authority, Signer, hmac_with_the_public_key, write_jwks
from realms import forget_realm
from sixhop._gen.sixhop.v1 import graph_pb2
from sixhop.client import Client, Credentials
from sixhop.errors import Denied, NotFound, Reason, Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.pseudonyms import open_pseudonyms
from sixhop.rpc.access import CALLS

SIGNER, STRANGER = Signer("k1"), Signer("k1")
NOW = int(time.time())
REALM = f"test-{uuid.uuid4().hex[:12]}"
ALL_SCOPES = "recommend write campaign model:read model:promote erase"


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def as_caller(enterprise: str | None = None, **claims: Any) -> tuple[tuple[str, str], ...]:
    return bearer(
        SIGNER.token(**{"sixhop_realm": REALM, "scope": ALL_SCOPES, "sixhop_enterprise": enterprise, **claims})
    )


UNKNOWN = Reason.UNAUTHENTICATED
DENIED = Reason.PERMISSION_DENIED
CREDENTIALS: dict[str, tuple[tuple[tuple[str, str], ...], Reason]] = {
    "none": ((), UNKNOWN),
    "an empty token": (bearer(""), UNKNOWN),
    "rubbish": (bearer("rubbish"), UNKNOWN),
    "a password": ((("authorization", "Basic czpz"),), UNKNOWN),
    "two tokens": ((*as_caller(), *as_caller()), UNKNOWN),
    "expired": (as_caller(exp=NOW - DAY_S), UNKNOWN),
    "not yet valid": (as_caller(nbf=NOW + DAY_S), UNKNOWN),
    "wrong audience": (as_caller(aud="another"), UNKNOWN),
    "not signed": (bearer(SIGNER.token(key="", alg="none", sixhop_realm=REALM, scope=ALL_SCOPES)), UNKNOWN),
    "the public key as a secret": (
        bearer(hmac_with_the_public_key(SIGNER, sixhop_realm=REALM, scope=ALL_SCOPES)),
        UNKNOWN,
    ),
    "unknown key": (bearer(SIGNER.token(headers={"kid": "k9"}, sixhop_realm=REALM, scope=ALL_SCOPES)), UNKNOWN),
    "another's key of that name": (bearer(STRANGER.token(sixhop_realm=REALM, scope=ALL_SCOPES)), UNKNOWN),
    "a realm that is not served here": (as_caller(sixhop_realm="test-other"), DENIED),
    "a realm that does not exist": (as_caller(sixhop_realm="no-such-realm"), DENIED),
    "no scope": (as_caller(scope=""), DENIED),
    "a scope that means nothing": (as_caller(scope="admin * recommend:all"), DENIED),
}


@pytest.fixture(scope="module")
def slices_graph(neo4j_location: Location) -> Iterator[Graph]:
    catalog = Catalog(find_cypher_dir())
    with Graph(neo4j_location, catalog, REALM) as graph, Graph(neo4j_location, catalog, "test-other") as other:
        try:
            write_slices_world(graph)
            write_slices_world(other)
            yield graph
        finally:
            forget_realm(graph)
            forget_realm(other)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def jwks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jwks(tmp_path_factory.mktemp("keys") / "jwks.json", SIGNER)


@pytest.fixture(scope="module")
def env(
    slices_graph: Graph,
    neo4j_location: Location,
    authority: Authority,
    jwks: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    pair = authority.pair("service", for_loopback=True)
    env = environment(
        neo4j_location,
        slices_graph.realm,
        tmp_path_factory.mktemp("home"),
        tls_cert=str(pair.cert),
        tls_key=str(pair.key),
        jwks=str(jwks),
        jwt_audience=AUDIENCE,
    )
    return env | with_stand_in(tmp_path_factory.mktemp("stand-in"))


@pytest.fixture(scope="module")
def service(env: dict[str, str]) -> Iterator[Service]:
    with running(env) as service:
        yield service


@pytest.fixture(scope="module")
def channel(service: Service, authority: Authority) -> Iterator[grpc.Channel]:
    tls = grpc.ssl_channel_credentials(authority.cert.read_bytes())
    with grpc.secure_channel(service.address, tls) as channel:
        yield channel


def reason_of(outcome: Outcome) -> str:
    status = status_pb2.Status.FromString(dict(outcome.metadata)["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    [packed] = [each for each in status.details if each.Is(info.DESCRIPTOR)]
    packed.Unpack(info)
    return info.reason


# Who may call


def test_every_call_has_its_scope_and_its_place_in_these_tables() -> None:
    assert set(CALLS) == set(METHODS) == set(CASES)
    for method, access in CALLS.items():
        fields = METHODS[method].input_type.fields_by_name
        assert set(access.about) <= set(fields), f"{method} has no such field"
        named = {name for name in fields if name.endswith(("_id", "_ids")) and name != "plan_id"}
        assert named - set(CASES[method].hidden) == set(), f"{method}: try what happens to hidden ids in these"


@pytest.mark.parametrize("method", CASES)
def test_without_credentials_that_hold_every_call_says_the_same_to_all(channel: grpc.Channel, method: str) -> None:
    answers: dict[Reason, set[bytes]] = {UNKNOWN: set(), DENIED: set()}
    for name, (metadata, reason) in CREDENTIALS.items():
        hidden = [request for _, request, _ in CASES[method].with_hidden()]
        for request in (CASES[method].request, *hidden, b"", b"\xff\xff"):
            outcome = call(channel, method, request, metadata)
            assert (outcome.code, reason_of(outcome)) == (reason.value, reason.value), name
            assert outcome.answers == ()
            answers[reason].add(outcome.everything)
    assert [len(each) for each in answers.values()] == [1, 1], "not a byte tells one from the other"
    for text in answers[UNKNOWN] | answers[DENIED]:
        for word in (b"zz", REALM.encode(), b"test-other", b"expired", b"audience", b"kid", b"scope recommend"):
            assert word not in text


@pytest.mark.parametrize("method", CASES)
def test_each_call_needs_its_own_scope(channel: grpc.Channel, method: str) -> None:
    for scope in ALL_SCOPES.split():
        outcome = call(channel, method, CASES[method].request, as_caller(scope=scope))
        if scope != CALLS[method].scope.value:
            assert outcome.code == "PERMISSION_DENIED", scope
        elif CASES[method].built:
            assert outcome.code == CASES[method].comes_to, outcome
        else:
            assert outcome.code == "UNIMPLEMENTED"
    if CASES[method].whole_realm:
        assert call(channel, method, CASES[method].request, as_caller("e1")).code == "PERMISSION_DENIED"


def test_what_is_not_served_is_not_there(channel: grpc.Channel) -> None:
    for method in ("/sixhop.v1.RecommendationService/Nothing", "/sixhop.v1.Nothing/Nothing"):
        with pytest.raises(grpc.RpcError) as raised:
            channel.unary_unary(method)(b"", timeout=5)
        assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_no_token_stands_in_the_log(service: Service) -> None:
    log = "\n".join(service.log)
    assert "token refused: ExpiredSignatureError" in log, "the operator is told what was amiss"
    assert not any(
        value.removeprefix("Bearer ") in log
        for metadata, _ in CREDENTIALS.values()
        for _, value in metadata
        if len(value) > 30
    )


# What an enterprise sees


@pytest.mark.parametrize(("method", "field"), [(method, field) for method in SLICED for field in CASES[method].hidden])
def test_hidden_and_unknown_ids_give_the_same_answer(channel: grpc.Channel, method: str, field: str) -> None:
    [(_, hidden, unknown)] = [each for each in CASES[method].with_hidden() if each[0] == field]
    own, of_all = as_caller("e1"), as_caller()
    seen, not_there = call(channel, method, hidden, own), call(channel, method, unknown, own)
    assert _without_echo(seen) == _without_echo(not_there)
    assert call(channel, method, hidden, of_all) != call(channel, method, unknown, of_all), "there is something to hide"


def _without_echo(outcome: Outcome) -> str:
    """All of it, but for what differs in the question: some answers say of which of the ids given they speak."""
    assert b"----" not in outcome.everything, "what stands for hidden ids stays inside"
    return repr((outcome.code, list(map(str, outcome.answers)), outcome.text, outcome.metadata)).replace("nobody-", "")


@pytest.mark.parametrize("method", SLICED)
def test_nothing_hidden_is_in_any_answer(channel: grpc.Channel, method: str) -> None:
    answer = call(channel, method, CASES[method].request, as_caller("e1"))
    assert answer.code == "OK"
    assert HIDDEN.encode() not in answer.everything
    of_all = call(channel, method, CASES[method].request, as_caller())
    if method.endswith(("Targets", "Referrers", "Chains", "NextHop")):
        assert HIDDEN.encode() in of_all.everything, "who sees all is told more"
    assert call(channel, method, CASES[method].request, as_caller("e9")).code == "NOT_FOUND", "an enterprise of nobody"


def client_of(service: Service, authority: Authority, enterprise: str | None = "e1") -> Client:
    token = SIGNER.token(sixhop_realm=REALM, sixhop_enterprise=enterprise, scope="recommend")
    return Client(service.address, timeout_s=10, credentials=Credentials(token=token, ca=authority.cert))


def test_chains_through_others_are_redacted_and_begin_with_who_is_seen(service: Service, authority: Authority) -> None:
    with client_of(service, authority) as client:
        shown = client.recommend_targets(sender_id="s", offering_id="o", explain=True)
        by_target = {each.target_id: each for each in shown.recommendations}
        assert set(by_target) == {"a", "b", "c", "d", "k", "x"}, "who is its customer, or consented to the alliance"
        assert by_target["x"].chain.members == ("s", "a", "", "x")
        assert by_target["x"].reasons[-1] == "three steps away, through a"
        assert [tie.strength == tie.strength for tie in by_target["x"].chain.ties] == [True, False, False]
        assert not {"exposed_contacts", "common_contacts", "target_contacts"} & set(by_target["c"].features)
        [chain] = client.find_chains(from_id="s", to_id="x").chains
        assert chain.members == ("s", "a", "", "x")
        assert client.find_chains(from_id="s", to_id="x", only_named=True).chains == ()
        assert client.find_chains(from_id="s", to_id="x", slice_enterprise_id="e1").chains == ()
        referrers = client.recommend_referrers(target_id="c", offering_id="o").recommendations
        assert {each.sender_id for each in referrers} == {"s", "r"}
        hop = client.next_hop(outreach_id="to-x")
        assert (hop.next_contact_id, hop.chain and hop.chain.members) == ("a", ("s", "a", "", "x"))
    with client_of(service, authority, "e2") as client, pytest.raises(NotFound):
        client.get_degrees(member_id="a", target_ids=["s"])


def test_referrers_whose_first_contact_is_not_seen_are_not_shown(service: Service, authority: Authority) -> None:
    with client_of(service, authority) as client:
        shown = client.recommend_referrers(target_id="x", offering_id="o").recommendations
        assert {each.sender_id: each.chain.members[1] for each in shown} == {}, (
            "the best chains of s and r to x begin with members who are not seen"
        )


def _more(method: str, **fields: Any) -> tuple[str, Any]:
    full = f"/sixhop.v1.{method}"
    return full, type(CASES[full].request)(**fields)


MORE = [
    _more("RecommendationService/RecommendTargets", sender_id="s", offering_id="o", limit=1, explain=True),
    _more("RecommendationService/RecommendTargets", sender_id="s", offering_id="o2", min_degree=2, explain=True),
    _more("RecommendationService/RecommendTargets", sender_id="s", offering_id="o", community_id="jazz", explain=True),
    _more(
        "RecommendationService/RecommendTargets",
        sender_id="s",
        offering_id="o",
        more_offering_ids=["o2", "zz-offering"],
        candidate_ids=["c", "d", "zz-leaf-plain"],
        explain=True,
    ),
    _more("RecommendationService/RecommendReferrers", target_id="c", offering_id="o", limit=1, explain=True),
    _more("RecommendationService/RecommendReferrers", target_id="x", offering_id="o2", explain=True),
    _more("RecommendationService/FindChains", from_id="s", to_id="d", max_chains=10, explain=True),
    _more("RecommendationService/FindChains", from_id="s", to_id="k", only_named=True, explain=True),
    _more("MemberService/GetDegrees", member_id="a", target_ids=["s", "r", "x", "zz-leaf-plain"], explain=True),
]


def test_an_enterprise_is_told_the_same_when_those_it_does_not_see_are_gone(
    channel: grpc.Channel, slices_graph: Graph
) -> None:
    own = as_caller("e1")
    asked = [(method, CASES[method].request) for method in SLICED] + MORE
    of_all = [call(channel, method, request, as_caller()) for method, request in asked]
    before = [call(channel, method, request, own) for method, request in asked]
    try:
        take_leaves_away(slices_graph)
        for (method, request), told, told_all in zip(asked, before, of_all, strict=True):
            assert call(channel, method, request, own) == told
            if method.endswith(("Targets", "Referrers")):
                assert call(channel, method, request, as_caller()) != told_all, "who sees all is not"
    finally:
        forget_realm(slices_graph)
        write_slices_world(slices_graph)


def test_an_enterprise_erases_whom_it_sees_and_is_told_the_same_of_all_others(
    channel: grpc.Channel, slices_graph: Graph
) -> None:
    erase, export = "/sixhop.v1.GraphService/EraseMember", "/sixhop.v1.GraphService/ExportMember"

    def there(member_id: str) -> bool:
        return call(channel, export, graph_pb2.ExportMemberRequest(member_id=member_id), as_caller()).code == "OK"

    try:
        for member_id in ("zz-mid", "nobody", "d", "d"):
            outcome = call(channel, erase, graph_pb2.EraseMemberRequest(member_id=member_id), as_caller("e1"))
            assert (outcome.code, outcome.text) == ("OK", "")
            assert outcome.answers[0].freshness_token  # type: ignore[attr-defined]
        assert (there("zz-mid"), there("d")) == (True, False)
    finally:
        forget_realm(slices_graph)
        write_slices_world(slices_graph)


# Keys, files and commands


def test_who_asked_about_whom_is_kept_in_hashes(service: Service, channel: grpc.Channel) -> None:
    method = "/sixhop.v1.MemberService/GetDegrees"
    call(channel, method, CASES[method].request, as_caller("e1", sub="who-asks"))
    call(channel, method, CASES[method].request, as_caller("e1", sub="who-may-not", scope="write"))
    call(channel, method, CASES[method].request, as_caller("e9", sub="who-sees-nobody"))
    folder = service.home / "audit" / REALM

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]

    eventually(lambda: any(line["subject"] == "who-sees-nobody" for line in lines()))
    kept = {line["subject"]: line for line in lines()}
    hashes = open_pseudonyms(service.home, REALM)
    asked = {"member_id": [hashes.of("s")], "target_ids": [hashes.of(each) for each in ("a", "c", "x", "k")]}
    about = {
        "about": asked,
        "realm": REALM,
        "method": "MemberService/GetDegrees",
        "request_id": "the-same",
        "format": 1,
    }
    for subject, enterprise, outcome in (
        ("who-asks", "e1", "OK"),
        ("who-may-not", "e1", "PERMISSION_DENIED"),
        ("who-sees-nobody", "e9", "MEMBER_NOT_FOUND"),
    ):
        at = kept[subject].pop("at")
        assert abs(time.time() - at) < 60
        assert kept[subject] == {**about, "subject": subject, "enterprise": enterprise, "outcome": outcome}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert HIDDEN not in "".join(path.read_text() for path in folder.iterdir())


def test_the_command_line_calls_with_a_token_over_tls(
    env: dict[str, str], service: Service, authority: Authority, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(SIGNER.token(sixhop_realm=REALM, sixhop_enterprise="e1") + "\n")
    calling = {**env, "SIXHOP_GRPC_ADDRESS": service.address, "SIXHOP_SERVER_CA": str(authority.cert)}
    ask = ("ask", "degrees", "--from", "s", "--to", "x")
    answered = sixhop({**calling, "SIXHOP_TOKEN_FILE": str(token)}, *ask)
    assert answered.returncode == 0, answered.stderr
    refused = sixhop(calling, *ask)
    assert refused.returncode == Denied.exit_code
    assert "UNAUTHENTICATED" in refused.stderr
    token.chmod(0o644)
    assert "chmod 600" in sixhop({**calling, "SIXHOP_TOKEN_FILE": str(token)}, *ask).stderr


def test_keys_are_rotated_without_a_restart(channel: grpc.Channel, jwks: Path) -> None:
    method, following = "/sixhop.v1.MemberService/GetDegrees", Signer("k2", "EdDSA")
    old, new = as_caller(), bearer(following.token(sixhop_realm=REALM))

    def works(metadata: Any) -> bool:
        return call(channel, method, CASES[method].request, metadata).code == "OK"

    assert (works(old), works(new)) == (True, False)
    try:
        write_jwks(jwks, SIGNER, following)
        eventually(lambda: works(new))
        assert works(old)
        write_jwks(jwks, following)
        eventually(lambda: not works(old))
        assert works(new)
    finally:
        write_jwks(jwks, SIGNER)
        eventually(lambda: works(old))


def test_plain_text_is_not_spoken(service: Service) -> None:
    token = SIGNER.token(sixhop_realm=REALM)
    with (
        Client(service.address, timeout_s=5, credentials=Credentials(token=token)) as client,
        pytest.raises(Unavailable),
    ):
        client.get_degrees(member_id="s", target_ids=["a"])
