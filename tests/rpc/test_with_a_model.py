"""With a promoted model: likelihoods, the order they make, what is kept of them. With a wrong one: no service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from serving_process import Service, eventually, running, sixhop
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from sixhop.client import Client
from sixhop.graph.catalog import Catalog
from sixhop.graph.features import FeatureSet
from sixhop.models.artifact import write_artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import calibration_terms

OFFERING_VALUE = 2.0


def promote(home: Path, realm: str, cypher_dir: Path, *, features_digest: str | None = None, seed: int = 6) -> str:
    """Fit a real, small model on made-up pairs, in which nearer targets adopt more, and make it the champion."""
    features = FeatureSet(Catalog(cypher_dir))
    draw = np.random.default_rng(seed)
    matrix = draw.random((2_000, len(features.names)))
    degree = draw.integers(1, 7, 2_000)
    matrix[:, features.names.index("degree")] = degree
    label = draw.random(2_000) < 0.5 / degree
    estimator = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(matrix, label)
    calibrator = LogisticRegression().fit(calibration_terms(estimator.predict_proba(matrix)[:, 1]), label)
    registry = Registry(home, realm)
    artifact = write_artifact(
        registry.folder,
        estimator=estimator,
        calibrator=calibrator,
        manifest={
            "kind": REFERRAL,
            "feature_names": list(features.names),
            "features_digest": features_digest or features.digest,
        },
        metrics={},
        predictions=pa.table({}),
    )
    registry.promote(REFERRAL, artifact.digest, why="test")
    return artifact.digest


@pytest.fixture(scope="module")
def model_env(service_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**service_env, "SIXHOP_HOME": str(tmp_path_factory.mktemp("home-with-model"))}


@pytest.fixture(scope="module")
def digest(model_env: dict[str, str]) -> str:
    return promote(Path(model_env["SIXHOP_HOME"]), model_env["SIXHOP_REALM"], Path(model_env["SIXHOP_CYPHER_DIR"]))


@pytest.fixture(scope="module")
def with_model(model_env: dict[str, str], digest: str) -> Iterator[Service]:
    assert digest
    with running(model_env) as service:
        yield service


def test_likelihoods_make_the_order_and_the_expected_value(with_model: Service, digest: str) -> None:
    with Client(with_model.address, timeout_s=5) as client:
        answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only", limit=100, explain=True)
    assert answer.info.model == digest
    assert answer.completeness.missing == ()
    assert len(answer.recommendations) == 8
    for each in answer.recommendations:
        assert each.likelihood is not None
        assert 0 < each.likelihood < 1
        assert each.expected_value == pytest.approx(each.likelihood * OFFERING_VALUE)
        assert each.features["degree"] == each.degree
    values = [each.expected_value for each in answer.recommendations]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    by_degree = {each.degree: each.likelihood for each in answer.recommendations}
    assert by_degree[1] > by_degree[6]  # type: ignore[operator]


def test_the_same_question_has_the_same_likelihoods(with_model: Service) -> None:
    with Client(with_model.address, timeout_s=5) as client:
        first, again = (
            client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only", limit=100) for _ in range(2)
        )
    assert [(each.target_id, each.likelihood) for each in first.recommendations] == [
        (each.target_id, each.likelihood) for each in again.recommendations
    ]


def test_what_it_was_scored_with_is_recorded(with_model: Service, digest: str) -> None:
    before = len(with_model.recorded())
    with Client(with_model.address, timeout_s=5) as client:
        answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only", limit=100, explain=True)
    eventually(lambda: len(with_model.recorded()) == before + 8)
    for row, each in zip(with_model.recorded()[before:], answer.recommendations, strict=True):
        assert (row["model"], row["likelihood"]) == (digest, each.likelihood)
        assert {name: value for name, value in row["features"].items() if value is not None} == each.features


def test_people_see_likelihoods_and_programs_get_them(
    with_model: Service, model_env: dict[str, str], digest: str
) -> None:
    env = {**model_env, "SIXHOP_GRPC_ADDRESS": with_model.address, "COLUMNS": "200"}
    ask = ("ask", "targets", "--sender", "s", "--offering", "o", "--surface", "walk_only")
    table = sixhop(env, *ask).stdout
    assert "likelihood" in table
    assert f"model {digest}" in table
    assert '"likelihood": 0.' in sixhop(env, *ask, "--json").stdout


def test_a_model_of_other_features_is_refused(model_env: dict[str, str], tmp_path: Path) -> None:
    env = {**model_env, "SIXHOP_HOME": str(tmp_path)}
    promote(tmp_path, env["SIXHOP_REALM"], Path(env["SIXHOP_CYPHER_DIR"]), features_digest="0" * 16)
    done = sixhop(env, "serve")
    assert done.returncode == 6
    assert "MODEL_REFUSED" in done.stderr
    assert "sixhop retrain" in done.stderr
