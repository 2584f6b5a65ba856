"""Roles of models: changed all at once by one at a time, with who and why; what is not whole is refused."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from sixhop.errors import Misconfigured, NotFound, Reason, Refused
from sixhop.models.artifact import write_artifact
from sixhop.models.champion import Champion
from sixhop.models.registry import KEPT_CHANGES, REFERRAL, TIE, Registry

FEATURES = ("degree", "chain_score")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path, "demo")


def stored(registry: Registry, *, seed: int, kind: str = REFERRAL) -> str:
    """A model, real though small; returns its digest."""
    draw = np.random.default_rng(seed)
    matrix, label = draw.random((200, len(FEATURES))), draw.random(200) < 0.3
    artifact = write_artifact(
        registry.folder,
        estimator=LogisticRegression().fit(matrix, label),
        calibrator=LogisticRegression().fit(draw.random((200, 2)), label),
        manifest={"kind": kind, "feature_names": list(FEATURES), "features_digest": "f1", "seed": seed},
        metrics={"brier_skill": 0.1},
        predictions=pa.table({}),
    )
    return artifact.digest


def roles(registry: Registry) -> dict[str, tuple[str, ...]]:
    return {each.digest: each.roles for each in registry.held()}


def test_promoted_rolled_back_and_back_again(registry: Registry) -> None:
    first, second = stored(registry, seed=1), stored(registry, seed=2)
    registry.promote(REFERRAL, first, why="the first")
    registry.challenge(REFERRAL, second, why="looks better")
    assert roles(registry) == {first: ("champion",), second: ("challenger",)}
    registry.promote(REFERRAL, second, why="is better")
    assert roles(registry) == {second: ("champion",), first: ("previous",)}
    assert registry.rollback(REFERRAL, why="was not") == first
    assert registry.rollback(REFERRAL, why="was after all") == second
    assert roles(registry) == {second: ("champion",), first: ("previous",)}
    changes = registry.pointers()[REFERRAL]["changes"]
    assert [(each["what"], each["digest"], each["why"]) for each in changes] == [
        ("promote", first, "the first"),
        ("challenge", second, "looks better"),
        ("promote", second, "is better"),
        ("rollback", first, "was not"),
        ("rollback", second, "was after all"),
    ]
    assert all(each["by"] and each["at"] for each in changes)


def test_kinds_have_roles_of_their_own(registry: Registry) -> None:
    tie, referral = stored(registry, seed=1, kind=TIE), stored(registry, seed=2)
    registry.promote(TIE, tie, why="")
    registry.promote(REFERRAL, referral, why="")
    assert roles(registry) == {tie: ("champion",), referral: ("champion",)}
    with pytest.raises(Misconfigured, match="is no tie model"):
        registry.promote(TIE, referral, why="")
    with pytest.raises(Refused, match="no tie model served before"):
        registry.rollback(TIE, why="")


def test_nothing_to_roll_back_to_in_an_empty_realm(registry: Registry) -> None:
    with pytest.raises(Refused):
        registry.rollback(REFERRAL, why="")
    assert registry.held() == []
    assert registry.pointers() == {}


def test_many_at_once_lose_no_change(registry: Registry) -> None:
    digests = [stored(registry, seed=seed) for seed in range(4)]
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda n: registry.promote(REFERRAL, digests[n % 4], why=str(n)), range(24)))
    whys = [each["why"] for each in registry.pointers()[REFERRAL]["changes"]]
    assert sorted(whys, key=int) == [str(n) for n in range(24)]
    assert not list(registry.folder.glob(".pointers-*"))
    for n in range(KEPT_CHANGES):
        registry.challenge(REFERRAL, digests[0], why=f"again {n}")
    assert len(registry.pointers()[REFERRAL]["changes"]) == KEPT_CHANGES


def test_it_is_found_by_what_tells_it_from_the_others(registry: Registry) -> None:
    digest = stored(registry, seed=1)
    stored(registry, seed=2)
    assert registry.find(digest[:12]).digest == digest
    for wrong in ("", "zz"):
        with pytest.raises(NotFound) as raised:
            registry.find(wrong)
        assert raised.value.reason is Reason.MODEL_NOT_FOUND


def test_what_was_changed_on_disk_gets_no_role_and_is_listed_as_refused(registry: Registry) -> None:
    whole, changed = stored(registry, seed=1), stored(registry, seed=2)
    registry.promote(REFERRAL, whole, why="")
    (registry.folder / changed / "metrics.json").write_text("{}")
    for give in (registry.promote, registry.challenge):
        with pytest.raises(Misconfigured, match=r"metrics\.json was changed"):
            give(REFERRAL, changed, why="")
    assert {each.digest: bool(each.refused) for each in registry.held()} == {whole: False, changed: True}
    assert len(registry.pointers()[REFERRAL]["changes"]) == 1


def test_a_champion_that_cannot_be_served_leaves_the_one_before(registry: Registry) -> None:
    first, second = stored(registry, seed=1), stored(registry, seed=2)
    registry.promote(REFERRAL, first, why="")
    champion = Champion(registry, feature_names=FEATURES, features_digest="f1")
    assert champion.digest == first
    registry.promote(REFERRAL, second, why="")
    (registry.folder / second / "model.skops").write_bytes(b"something else")
    with pytest.raises(Misconfigured):
        champion._promoted()
    assert champion.digest == first
    pointers = registry.pointers()
    pointers[REFERRAL]["champion"] = "0" * 16
    (registry.folder / "pointers.json").write_text(json.dumps(pointers))
    with pytest.raises(Misconfigured):
        champion._promoted()
    registry.rollback(REFERRAL, why="")
    with pytest.raises(Misconfigured, match="other feature queries"):
        Champion(registry, feature_names=FEATURES, features_digest="f2")


def test_old_models_without_a_role_go(registry: Registry) -> None:
    digests = [stored(registry, seed=seed) for seed in range(5)]
    for age, digest in enumerate(reversed(digests)):
        os.utime(registry.folder / digest, (1_000_000 - age, 1_000_000 - age))
    registry.promote(REFERRAL, digests[0], why="old, but it serves")
    assert registry.drop_old(keep=2) == 2
    assert set(roles(registry)) == {digests[0], *digests[3:]}
    assert registry.drop_old(keep=2) == 0
