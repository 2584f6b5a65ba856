"""Models over gRPC: which there are, how good, which serves; changed by who may, with who and why in the registry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from serving_process import Service, environment, eventually, running, sixhop
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from credentials import AUDIENCE, Authority, Signer, write_jwks
from sixhop.client import AsyncClient, Client, Credentials
from sixhop.errors import Denied, InvalidInput, Misconfigured, NotFound, Reason
from sixhop.graph.catalog import Catalog
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.models.artifact import write_artifact
from sixhop.models.registry import REFERRAL, TIE, Registry

SIGNER = Signer("k1")
BASE_RATE = 0.01
METRICS = {
    "pairs": 1000,
    "adopted": 10,
    "base_rate": BASE_RATE,
    "average_precision": 0.07,
    "auc": float("nan"),
    "brier_skill": -0.01,
    "best_heuristic": "chain_score",
    "over_best_heuristic": {"ratio": 2.0, "low": 1.5, "high": 2.5, "over": "sender"},
    "by_degree": {
        "1": {"pairs": 100, "adopted": 0, "observed": 0.0, "predicted": 0.01, "average_precision": float("nan")},
        "3+": {"pairs": 900, "adopted": 10, "observed": 0.01, "predicted": 0.011, "average_precision": 0.06},
    },
}


def stored(home: Path, realm: str, cypher_dir: Path, *, seed: int, kind: str = REFERRAL, digest: str = "") -> str:
    """A model, real though small, that could be served unless it is of other queries."""
    features = FeatureSet(Catalog(cypher_dir))
    draw = np.random.default_rng(seed)
    matrix, label = draw.random((200, len(features.names))), draw.random(200) < 0.3
    manifest = {
        "kind": kind,
        "realm": realm,
        "created_at": 1_760_000_000 + seed,
        "feature_names": list(features.names),
        "features_digest": digest or features.digest,
        "queries_digest": "q1",
        "data_digest": "d1",
        "label": "adopted within 180 days of the anchor",
        "slices": {
            "test": {"first": 300, "last": 400, "pairs": 10, "adopted": 1, "base_rate": BASE_RATE},
            "fit": {"first": 100, "last": 200, "pairs": 20, "adopted": 2, "base_rate": BASE_RATE},
        },
        "versions": {"numpy": np.__version__},
    }
    return write_artifact(
        Registry(home, realm).folder,
        estimator=HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=4).fit(matrix, label),
        calibrator=LogisticRegression().fit(draw.random((200, 2)), label),
        manifest=manifest,
        metrics=METRICS,
        predictions=pa.table({}),
    ).digest


@pytest.fixture(scope="module")
def env(service_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**service_env, "SIXHOP_HOME": str(tmp_path_factory.mktemp("models"))}


@pytest.fixture(scope="module")
def service(env: dict[str, str]) -> Iterator[Service]:
    with running(env) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """Of a service whose realm has no model but those of the test."""
    folder = Registry(service.home, service.realm).folder
    with Client(service.address, timeout_s=20) as client:
        yield client
    for path in sorted(folder.glob("**/*"), reverse=True) if folder.exists() else ():
        path.rmdir() if path.is_dir() else path.unlink()


def models(env: Mapping[str, str], *seeds: int, **facts: Any) -> list[str]:
    home, cypher_dir = Path(env["SIXHOP_HOME"]), Path(env["SIXHOP_CYPHER_DIR"])
    return [stored(home, env["SIXHOP_REALM"], cypher_dir, seed=seed, **facts) for seed in seeds]


def test_a_realm_without_models_says_so(client: Client) -> None:
    listed = client.list_models()
    assert (listed.models, listed.next_page_token) == ((), None)
    with pytest.raises(NotFound) as raised:
        client.get_model()
    assert raised.value.reason is Reason.MODEL_NOT_FOUND
    with pytest.raises(Misconfigured, match="no tie model served before"):
        client.rollback_model(kind=TIE, why="a try")


def test_promoted_served_and_rolled_back_with_who_and_why(
    client: Client, service: Service, env: dict[str, str]
) -> None:
    first, second = models(env, 1, 2)
    served = client.promote_model(digest=first, why="the first")
    assert (served.model.digest, served.model.roles, served.previous_digest) == (first, ("champion",), None)
    served = client.promote_model(digest=second[:10], why="is better")
    assert (served.model.digest, served.previous_digest) == (second, first)
    eventually(lambda: _serving(client) == second)
    back = client.rollback_model(why="was not")
    assert (back.model.digest, back.previous_digest) == (first, second)
    eventually(lambda: _serving(client) == first)

    known = client.get_model()
    assert known.model.digest == first
    assert client.get_model(role="previous").model.digest == second
    assert [(each.what, each.digest, each.by, each.why) for each in known.changes] == [
        ("rollback", first, "loopback", "was not"),
        ("promote", second, "loopback", "is better"),
        ("promote", first, "loopback", "the first"),
    ]
    own = sixhop(env, "models", "promote", second, "--why", "by command")
    assert own.returncode == 0, own.stderr
    last = client.get_model(digest=second).changes[0]
    assert (last.why, last.by != "loopback") == ("by command", True)
    assert not [line for line in service.log if "unforeseen" in line]


def _serving(client: Client) -> str:
    return client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only").info.model


def test_what_is_known_of_a_model_is_told(client: Client, env: dict[str, str]) -> None:
    [digest] = models(env, 3)
    known = client.get_model(digest=digest[:6])
    assert known.model.figures == {
        "pairs": 1000,
        "adopted": 10,
        "base_rate": BASE_RATE,
        "average_precision": 0.07,
        "brier_skill": -0.01,
        "best_heuristic": "chain_score",
        "over_best_heuristic": 2.0,
        "over_best_heuristic_low": 1.5,
        "over_best_heuristic_high": 2.5,
    }, "what is no number is not set"
    assert known.by_degree["1"] == {"pairs": 100, "adopted": 0, "observed": 0.0, "predicted": 0.01}
    assert known.by_degree["3+"]["average_precision"] == 0.06
    assert [(each.name, each.first.seconds, each.pairs) for each in known.message.slices] == [
        ("fit", 100, 20),
        ("test", 300, 10),
    ]
    assert known.message.versions == {"numpy": np.__version__}
    assert (known.model.kind, known.model.roles, known.message.queries_digest) == (REFERRAL, (), "q1")
    assert known.model.created_at is not None
    assert known.model.created_at.timestamp() == 1_760_000_003
    assert "degree" in known.feature_names


def test_all_are_listed_page_by_page_those_with_a_role_first(client: Client, env: dict[str, str]) -> None:
    referrals, ties = models(env, *range(10, 17)), models(env, *range(20, 23), kind=TIE)
    client.promote_model(digest=referrals[3], why="a role")
    client.promote_model(digest=ties[1], why="a role")
    listed, token, pages = [], None, 0
    while True:
        page = client.list_models(page_size=3, page_token=token)
        listed += page.models
        pages += 1
        if not (token := page.next_page_token):
            break
    assert pages == 4
    assert {each.digest for each in listed[:2]} == {referrals[3], ties[1]}
    assert sorted(each.digest for each in listed) == sorted(referrals + ties)
    assert [each.digest for each in client.list_models().models] == [each.digest for each in listed]
    of_kind = client.list_models(kind=TIE).models
    assert {each.digest for each in of_kind} == set(ties)
    assert client.list_models(kind=TIE, page_size=3).next_page_token is None


def test_what_was_tampered_with_is_named_and_gets_no_role(
    client: Client, service: Service, env: dict[str, str]
) -> None:
    serves, tampered, unreadable = models(env, 31, 32, 33)
    folder = Registry(service.home, service.realm).folder
    client.promote_model(digest=serves, why="whole")
    (folder / tampered / "model.skops").write_bytes(b"something else")
    (folder / unreadable / "manifest.json").write_text("{}")
    refused = {each.digest: each.refused for each in client.list_models(kind=TIE).models}
    assert refused == {unreadable: "its manifest was changed"}, "its kind cannot be told, so it is in every list"
    told = {each.digest: (each.kind, each.refused) for each in client.list_models(kind=REFERRAL).models}
    assert told == {
        serves: (REFERRAL, ""),
        tampered: (REFERRAL, "model.skops was changed"),
        unreadable: ("", "its manifest was changed"),
    }
    assert client.get_model(digest=tampered).model.refused == "model.skops was changed"
    for digest in (tampered, unreadable):
        with pytest.raises(Misconfigured) as raised:
            client.promote_model(digest=digest, why="try")
        assert raised.value.reason is Reason.MODEL_REFUSED
        assert "was changed" in raised.value.message
        assert str(service.home) not in raised.value.message
    (folder / tampered / "metrics.json").unlink()
    [another] = models(env, 34)
    client.promote_model(digest=another, why="another")
    (folder / serves / "metrics.json").unlink()
    with pytest.raises(Misconfigured, match="metrics"):
        client.rollback_model(why="what served before is broken now")
    [known] = [each for each in client.list_models().models if "champion" in each.roles]
    assert known.digest == another


def test_what_could_not_be_served_is_not_promoted(client: Client, service: Service, env: dict[str, str]) -> None:
    [whole] = models(env, 41)
    [other] = models(env, 42, digest="0" * 16)
    client.promote_model(digest=whole, why="whole")
    with pytest.raises(Misconfigured, match="other feature queries"):
        client.promote_model(digest=other, why="try")
    assert Registry(service.home, service.realm).pointers()[REFERRAL]["champion"] == whole


def test_digests_that_name_none_or_several(client: Client, service: Service, env: dict[str, str]) -> None:
    several = models(env, *range(50, 67))
    begin = next(a[0] for a in several for b in several if a != b and a[0] == b[0])
    (Registry(service.home, service.realm).folder / ".draft-half").mkdir()
    for digest in ("zz", begin, ".", "../", "lock", "pointers.json"):
        for ask in (lambda d: client.get_model(digest=d), lambda d: client.promote_model(digest=d, why="try")):
            with pytest.raises(NotFound) as raised:
                ask(digest)
            assert raised.value.reason is Reason.MODEL_NOT_FOUND
            assert str(service.home) not in raised.value.message


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda client: client.promote_model(digest="5f", why=""), "why"),
        (lambda client: client.promote_model(digest="5f", why="x" * 501), "why"),
        (lambda client: client.promote_model(digest="", why="why"), "digest"),
        (lambda client: client.rollback_model(why=""), "why"),
        (lambda client: client.list_models(page_size=51), "page_size"),
        (lambda client: client.list_models(page_token="rubbish"), "page_token"),
        (lambda client: client.get_model(digest=""), "digest"),
    ],
)
def test_what_is_out_of_bounds_is_named(client: Client, ask: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        ask(client)
    assert [name for name, _ in raised.value.violations] == [field]


async def test_the_asynchronous_client_does_the_same(client: Client, service: Service, env: dict[str, str]) -> None:
    first, second = models(env, 71, 72)
    async with AsyncClient(service.address) as asking:
        await asking.promote_model(digest=first, why="the first")
        await asking.promote_model(digest=second, why="the second")
        assert (await asking.rollback_model(why="no")).model.digest == first
        assert (await asking.get_model(role="previous")).model.digest == second
        assert len((await asking.list_models()).models) == 2


def test_who_may_and_who_is_named(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    pair = authority.pair("service", for_loopback=True)
    env = environment(
        neo4j_location,
        world_graph.realm,
        tmp_path / "home",
        cypher_dir=str(cypher_copy),
        tls_cert=str(pair.cert),
        tls_key=str(pair.key),
        jwks=str(write_jwks(tmp_path / "jwks.json", SIGNER)),
        jwt_audience=AUDIENCE,
    )
    [digest] = models(env, 81)

    def client_with(scope: str, enterprise: str | None = None) -> Client:
        claims = {"sixhop_realm": world_graph.realm, "sixhop_enterprise": enterprise, "scope": scope, "sub": "ann"}
        return Client(service.address, credentials=Credentials(token=SIGNER.token(**claims), ca=authority.cert))

    def refused(client: Client) -> list[str]:
        asked = {
            "list": lambda: client.list_models(),
            "get": lambda: client.get_model(digest=digest),
            "promote": lambda: client.promote_model(digest=digest, why="why"),
            "rollback": lambda: client.rollback_model(why="why"),
            "retrain": lambda: client.retrain(why="why"),
            "operations": lambda: client.list_operations(),
            "cancel": lambda: client.cancel_operation(name="operations/retrain-none"),
        }
        found = []
        for name, ask in asked.items():
            try:
                ask()
            except Denied:
                found.append(name)
            except (NotFound, Misconfigured):
                pass
        return found

    with running(env) as service:
        with client_with("recommend write campaign erase") as client:
            assert len(refused(client)) == 7
        with client_with("model:read") as client:
            assert refused(client) == ["promote", "rollback", "retrain", "cancel"]
        with client_with("model:read model:promote", "acme") as client:
            assert len(refused(client)) == 7, "of an enterprise: models are the whole realm's"
        with client_with("model:promote") as client:
            client.promote_model(digest=digest, why="whole")
        with client_with("model:read") as client:
            [change] = client.get_model().changes
            assert (change.by, change.why) == ("ann", "whole")
        folder = service.home / "audit" / service.realm

        def lines() -> list[dict[str, Any]]:
            return [json.loads(line) for path in folder.iterdir() for line in path.read_text().splitlines()]

        eventually(lambda: any(line["method"] == "ModelService/GetModel" for line in lines()))
        promoted = [line for line in lines() if line["method"] == "ModelService/PromoteModel"]
        assert {(line["subject"], line["outcome"]) for line in promoted} == {
            ("ann", "PERMISSION_DENIED"),
            ("ann", "OK"),
        }
        assert "Operations/ListOperations" in {line["method"] for line in lines()}
