"""A service takes up another model while it is asked, without losing a call; one that is not whole it leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving_process import Service, eventually, running, sixhop
from test_with_a_model import promote

from sixhop.client import Client
from sixhop.models.registry import REFERRAL, Registry

WITHIN_S = 10.0


@pytest.fixture
def env(service_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**service_env, "SIXHOP_HOME": str(tmp_path)}


def another(env: dict[str, str], seed: int) -> str:
    return promote(Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"], Path(env["SIXHOP_CYPHER_DIR"]), seed=seed)


@contextmanager
def asked_all_the_time(service: Service) -> Iterator[list[str]]:
    """Which model answered, call by call; the block fails with the first call that does."""
    answered: list[str] = []
    failed: list[Exception] = []
    over = threading.Event()

    def ask() -> None:
        with Client(service.address, timeout_s=5) as client:
            while not over.is_set():
                try:
                    answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
                except Exception as error:
                    failed.append(error)
                    return
                assert all(each.likelihood is not None for each in answer.recommendations)
                answered.append(answer.info.model)
                time.sleep(0.01)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        eventually(lambda: bool(answered or failed))
        yield answered
    finally:
        over.set()
        asking.join()
    assert failed == []


def test_promoted_and_rolled_back_under_calls(env: dict[str, str]) -> None:
    first = another(env, seed=1)
    with running(env) as service, asked_all_the_time(service) as answered:
        assert answered[-1] == first
        second = another(env, seed=2)
        eventually(lambda: answered[-1] == second, WITHIN_S)
        back = sixhop(env, "models", "rollback", "--why", "it was worse")
        assert back.returncode == 0, back.stderr
        eventually(lambda: answered[-1] == first, WITHIN_S)
    taken_up = [model for i, model in enumerate(answered) if i == 0 or answered[i - 1] != model]
    assert taken_up == [first, second, first]

    listed = sixhop({**env, "COLUMNS": "200"}, "models", "list").stdout
    assert {line.split("│")[3].strip() for line in listed.splitlines() if first in line} == {"champion"}
    assert {line.split("│")[3].strip() for line in listed.splitlines() if second in line} == {"previous"}
    again = sixhop(env, "models", "promote", second[:8], "--why", "once more")
    assert (again.returncode, second in again.stdout) == (0, True)
    assert Registry(Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"]).pointers()[REFERRAL]["champion"] == second
    none = sixhop(env, "models", "show", "zz")
    assert (none.returncode, "MODEL_NOT_FOUND" in none.stderr) == (3, True)


def test_what_was_tampered_with_is_refused_and_the_one_before_goes_on(env: dict[str, str]) -> None:
    first = another(env, seed=1)
    registry = Registry(Path(env["SIXHOP_HOME"]), env["SIXHOP_REALM"])
    with running(env) as service, asked_all_the_time(service) as answered:
        kept = (registry.folder / "pointers.json").read_text()
        second = another(env, seed=3)
        promoted = (registry.folder / "pointers.json").read_text()
        (registry.folder / "pointers.json").write_text(kept)
        (registry.folder / second / "model.skops").write_bytes(b"something else")
        eventually(lambda: answered[-1] == first, WITHIN_S)
        (registry.folder / "pointers.json").write_text(promoted)
        eventually(lambda: any("cannot be served" in line for line in service.log), WITHIN_S)
        calls = len(answered)
        eventually(lambda: len(answered) > calls + 5, WITHIN_S)
        assert set(answered[calls:]) == {first}
        third = another(env, seed=4)
        eventually(lambda: answered[-1] == third, WITHIN_S)
