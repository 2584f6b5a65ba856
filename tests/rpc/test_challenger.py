"""A challenger beside a running service: it scores in the shadow, answers its share, and never harms an answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving_process import Service, eventually, running, sixhop
from test_with_a_model import promote

from sixhop.client import Client
from sixhop.models.registry import REFERRAL, Registry
from sixhop.pseudonyms import open_pseudonyms

WITHIN_S = 10.0
SHARED = """surface: all_to_challenger
sources:
  - {query: sources/six_degree_walk, share: 1.0}
challenger_share: 1.0
"""


@pytest.fixture(scope="module")
def env(service_env: dict[str, str], cypher_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own, and a surface whose senders the challenger answers."""
    folder = tmp_path_factory.mktemp("challenged")
    shutil.copytree(cypher_copy, folder / "cypher")
    (folder / "cypher" / "surfaces" / "all_to_challenger.yaml").write_text(SHARED)
    return {**service_env, "SIXHOP_HOME": str(folder / "home"), "SIXHOP_CYPHER_DIR": str(folder / "cypher")}


@pytest.fixture(scope="module")
def models(env: dict[str, str]) -> tuple[str, str]:
    """Champion and a second one; no challenger yet."""
    home, cypher = Path(env["SIXHOP_HOME"]), Path(env["SIXHOP_CYPHER_DIR"])
    second, first = (promote(home, env["SIXHOP_REALM"], cypher, seed=seed) for seed in (8, 7))
    return first, second


@pytest.fixture(scope="module")
def service(env: dict[str, str], models: tuple[str, str]) -> Iterator[Service]:
    assert models
    with running(env) as service:
        yield service


def shown(client: Client, surface: str = "walk_only", limit: int = 3) -> tuple[str, list[tuple[str, float | None]]]:
    answer = client.recommend_targets(sender_id="s", offering_id="o", surface=surface, limit=limit)
    assert answer.completeness.missing == ()
    return answer.info.model, [(each.target_id, each.likelihood) for each in answer.recommendations]


def test_a_challenger_looks_on_answers_its_share_and_may_break(
    service: Service, env: dict[str, str], models: tuple[str, str]
) -> None:
    first, second = models
    registry = Registry(Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"])
    hashed = open_pseudonyms(Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"]).of
    with Client(service.address, timeout_s=5) as client:
        alone = shown(client)
        assert alone[0] == first
        assert shown(client, "all_to_challenger") == alone, "nobody challenges yet"
        eventually(lambda: len(service.recorded()) == 6)
        assert not any("shadow" in row or "experiment" in row for row in service.recorded())

        named = sixhop(env, "models", "challenge", second[:8], "--why", "looks better")
        assert named.returncode == 0, named.stderr
        eventually(lambda: shown(client, "all_to_challenger")[0] == second, WITHIN_S)
        before = len(service.recorded())
        assert shown(client) == alone, "the shadow changes nothing"
        eventually(lambda: len(service.recorded()) >= before + 3)

        wide = client.recommend_targets(sender_id="s", offering_id="o", surface="all_to_challenger", limit=100)
        says = {each.target_id: each.likelihood for each in wide.recommendations}
        eventually(lambda: len(service.recorded()) >= before + 3 + len(says))
        rows = service.recorded()[-3 - len(says) :]
        by_hash = {hashed(member): likelihood for member, likelihood in says.items()}
        for row in rows[:3]:
            assert (row["model"], row["shadow"]["model"], row["shadow"]["candidates"]) == (first, second, 8)
            assert row["shadow"]["likelihood"] == pytest.approx(by_hash[row["target"]], rel=1e-9)
            assert "experiment" not in row
            if new := row["shadow"]["instead"]:
                assert new["likelihood"] == pytest.approx(by_hash[new["subject"]], rel=1e-9)
        for row in rows[3:]:
            assert (row["model"], row["shadow"]["model"]) == (second, first)
            dealt = {"challenger": second, "share": 1.0, "arm": "challenger", "community": None}
            assert row["experiment"] == dealt, "s is in no community"

        told = sixhop(env, "models", "compare", "--json")
        assert told.returncode == 0, told.stderr
        found = json.loads(told.stdout)
        assert (found["champion"], found["challenger"]) == (first, second)
        assert found["agreement"]["answers"] >= 2
        assert found["arms"]["adopted"]["missing"]

        # One that is not whole is let go of, and the champion answers all.
        broken = promote(registry.folder.parents[1], env["SIXHOP_REALM"], Path(env["SIXHOP_CYPHER_DIR"]), seed=9)
        registry.promote(REFERRAL, first, why="that was to be the challenger")
        registry.challenge(REFERRAL, broken, why="looks better")
        (registry.folder / broken / "model.skops").write_bytes(b"something else")
        eventually(lambda: any("challenger cannot be used" in line for line in service.log), WITHIN_S)
        eventually(lambda: shown(client, "all_to_challenger") == alone, WITHIN_S)
        assert shown(client) == alone
