"""Retraining asked for over gRPC: a process beside the service, told of, awaited, cancelled, and gone with it."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.longrunning import operations_pb2
from retrain_stand_in import with_stand_in
from serving_process import Service, eventually, running

from sixhop.client import AsyncClient, Client
from sixhop.errors import InvalidInput, NotFound, Reason, Refused, Unavailable
from sixhop.retraining.kept import LEFT_BEHIND, MOST
from sixhop.retraining.operation import Outcome
from sixhop.retraining.process import KILLED_AFTER_S

WITHIN_S = 30.0


@pytest.fixture(scope="module")
def module_env(service_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    stand_in = with_stand_in(tmp_path_factory.mktemp("stand-in"))
    return {**service_env, **stand_in, "SIXHOP_HOME": str(tmp_path_factory.mktemp("home"))}


@pytest.fixture(scope="module")
def retraining(module_env: dict[str, str]) -> Iterator[Service]:
    with running(module_env) as service:
        yield service


@pytest.fixture
def client(retraining: Service) -> Iterator[Client]:
    with Client(retraining.address) as client:
        yield client


@pytest.fixture
def env(module_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**module_env, "SIXHOP_HOME": str(tmp_path)}


def child(home: Path) -> dict[str, Any]:
    """What the process that runs, or ran last, says of itself."""
    told: dict[str, Any] = json.loads((home / "stand-in.json").read_text())
    return told


def is_there(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def begun(client: Client, why: str, home: Path) -> tuple[str, int]:
    """A slow one under way: its name and its process."""
    started = client.retrain(why=why)

    def goes_on() -> bool:
        now = client.get_operation(name=started.name)
        assert now.error is None, now.error.message
        return now.done > 0

    eventually(goes_on, WITHIN_S)
    return started.name, int(child(home)["pid"])


def files(home: Path, realm: str) -> list[Path]:
    return sorted((home / "operations" / realm).iterdir())


def test_it_is_begun_awaited_and_remembered(retraining: Service, client: Client) -> None:
    asked_at = time.time()
    started = client.retrain(why="-h, a quarter is over", dry_run=True, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert not started.finished
    ended = client.wait_operation(name=started.name)
    assert ended.finished
    assert ended.error is None
    found = ended.retrained
    assert found is not None
    assert (found.outcome, found.dry_run, found.why, found.seconds) == (Outcome.PROMOTED, True, "since so", 1.5)
    assert found.digests == {"referral": "5f" * 8, "tie": "7e" * 8}
    assert [(each.gate, each.value, each.passed) for each in found.gates] == [
        ("calibration", 0.1, True),
        ("quality", None, True),
    ]
    assert abs(ended.started_at.timestamp() - asked_at) < 5
    told = child(retraining.home)
    assert (told["realm"], told["since"], told["why"]) == (retraining.realm, 1767225600, "-h, a quarter is over")
    assert told["nice"] >= 10, "what answers requests goes first"
    assert client.list_operations()[0].message == client.get_operation(name=started.name).message == ended.message
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(retraining.home, retraining.realm)} == {0o600}
    assert stat.S_IMODE((retraining.home / "operations" / retraining.realm).stat().st_mode) == 0o700
    assert b"/a/path" not in ended.message.SerializeToString(), "places on the service's disk are not its callers'"


@pytest.mark.parametrize("outcome", [Outcome.CHALLENGER, Outcome.REFUSED, Outcome.UNCHANGED])
def test_what_the_gates_decide_is_an_answer(client: Client, outcome: Outcome) -> None:
    ended = client.wait_operation(name=client.retrain(why=outcome.value).name)
    assert ended.retrained is not None
    assert ended.retrained.outcome is outcome


@pytest.mark.parametrize(
    ("why", "reason", "words"),
    [
        ("too little", Reason.TOO_LITTLE_TO_LEARN, "far too short window: is long"),
        ("locked", Reason.GRAPH_UNAVAILABLE, "try again"),
        ("misconfigured", Reason.MISCONFIGURED, "its operator finds the cause in its log"),
        ("crash", Reason.INTERNAL, "its operator finds the cause in its log"),
        ("nonsense", Reason.INTERNAL, "its operator finds the cause in its log"),
    ],
)
def test_what_comes_to_no_end_says_why(
    retraining: Service, client: Client, why: str, reason: Reason, words: str
) -> None:
    name = client.retrain(why=why).name
    error = client.wait_operation(name=name).error
    assert error is not None
    assert (error.reason, words in error.message) == (reason, True), "\n".join([error.message, *retraining.log[-40:]])
    assert "secret" not in error.message
    if reason is Reason.INTERNAL:
        assert any(name.removeprefix("operations/") in line for line in retraining.log)


def test_however_much_it_says_the_answer_is_found(client: Client) -> None:
    ended = client.wait_operation(name=client.retrain(why="much").name)
    assert ended.retrained is not None, ended.error


def test_one_at_a_time_and_the_other_is_told_which(retraining: Service, client: Client) -> None:
    name, process_id = begun(client, "slow", retraining.home)
    running_now = client.get_operation(name=name)
    assert (running_now.stage, running_now.total) == ("walking for pairs", 1234)
    with pytest.raises(Refused) as raised:
        client.retrain(why="me too")
    assert raised.value.reason is Reason.RETRAIN_UNDER_WAY
    assert name in raised.value.message
    began = time.monotonic()
    assert not client.wait_operation(name=name, timeout_s=0.5).finished
    assert 0.4 < time.monotonic() - began < 3
    with Client(retraining.address, timeout_s=1.0) as hurried:
        assert not hurried.wait_operation(name=name).finished, "before its own deadline"
    client.cancel_operation(name=name)
    ended = client.wait_operation(name=name)
    assert ended.error is not None
    assert ended.error.reason is Reason.OPERATION_CANCELLED
    assert not is_there(process_id)
    client.cancel_operation(name=name)
    assert client.get_operation(name=name).message == ended.message, "nothing happens to one that has ended"


def test_what_is_deaf_to_the_signal_is_killed(retraining: Service, client: Client) -> None:
    name, process_id = begun(client, "slow and deaf", retraining.home)
    client.cancel_operation(name=name)
    assert not client.wait_operation(name=name, timeout_s=1).finished
    ended = client.wait_operation(name=name, timeout_s=2 * KILLED_AFTER_S)
    assert ended.error is not None
    assert ended.error.reason is Reason.OPERATION_CANCELLED
    assert not is_there(process_id)


def test_many_who_wait_keep_nobody_from_asking(env: dict[str, str], tmp_path: Path) -> None:
    env |= {"SIXHOP_GRPC_MAX_WORKING": "1", "SIXHOP_GRPC_MAX_WAITING": "1"}
    with running(env) as service, Client(service.address) as client:
        name, _ = begun(client, "slow", tmp_path)
        wait = client._stubs["google.longrunning.Operations"].WaitOperation.future
        waiting = [wait(operations_pb2.WaitOperationRequest(name=name), timeout=20) for _ in range(6)]
        for _ in range(5):
            client.get_operation(name=name)
            assert client.find_chains(from_id="s", to_id="c").chains
        assert not any(each.done() for each in waiting)
        client.cancel_operation(name=name)
        assert all(each.result().done for each in waiting)


def test_bad_names_and_reasons_are_told(client: Client) -> None:
    for name in ("operations/retrain-none", "retrain-none", "operations/../../secret", "operations/" + "x" * 100):
        for ask in (client.get_operation, client.wait_operation, client.cancel_operation):
            with pytest.raises(NotFound) as raised:
                ask(name=name)
            assert raised.value.reason is Reason.OPERATION_NOT_FOUND
    for why in ("", "x" * 501):
        with pytest.raises(InvalidInput):
            client.retrain(why=why)
    with pytest.raises(InvalidInput):
        client.get_operation(name="")


async def test_the_asynchronous_client_does_the_same(retraining: Service) -> None:
    async with AsyncClient(retraining.address) as client:
        started = await client.retrain(why="once more")
        ended = await client.wait_operation(name=started.name)
        assert ended.retrained is not None
        assert (await client.list_operations())[0].name == started.name


def test_it_ends_with_the_service_and_the_next_one_tells(env: dict[str, str], tmp_path: Path) -> None:
    with running(env) as service, Client(service.address) as client:
        done = client.wait_operation(name=client.retrain(why="quick").name)
        time.sleep(1.1)  # names sort by seconds
        name, process_id = begun(client, "slow", tmp_path)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        assert not is_there(process_id)
        assert not [line for line in service.log if "Traceback" in line]
    with running(env) as service, Client(service.address) as client:
        aborted = client.get_operation(name=name)
        assert aborted.error is not None
        assert (aborted.error.reason, aborted.error.message) == (Reason.OPERATION_ABORTED, LEFT_BEHIND)
        assert client.get_operation(name=done.name).message == done.message
        assert [each.name for each in client.list_operations()] == [name, done.name]
        assert client.wait_operation(name=client.retrain(why="again").name).retrained


def test_it_ends_with_a_service_that_is_killed(env: dict[str, str], tmp_path: Path) -> None:
    with running(env) as service, Client(service.address) as client:
        name, process_id = begun(client, "slow and deaf", tmp_path)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait(10)
        eventually(lambda: not is_there(process_id))
    with running(env) as service, Client(service.address) as client:
        error = client.wait_operation(name=name).error
        assert error is not None
        assert error.reason is Reason.OPERATION_ABORTED
        assert isinstance(error, Unavailable)


def test_replicas_that_share_a_home_tell_and_cancel_each_others(env: dict[str, str], tmp_path: Path) -> None:
    with (
        running(env) as one,
        running(env) as two,
        Client(one.address) as client,
        Client(two.address) as other,
    ):
        name, process_id = begun(client, "slow", tmp_path)
        eventually(lambda: other.get_operation(name=name).done > 0)
        assert not other.get_operation(name=name).finished
        with pytest.raises(Refused) as raised:
            other.retrain(why="me too")
        assert name in raised.value.message
        other.cancel_operation(name=name)
        ended = other.wait_operation(name=name)
        assert ended.error is not None
        assert ended.error.reason is Reason.OPERATION_CANCELLED
        eventually(lambda: not is_there(process_id))
        assert client.get_operation(name=name).message == ended.message


def test_the_last_are_remembered_and_files_do_not_pile_up(
    retraining: Service, client: Client, module_env: dict[str, str]
) -> None:
    folder = retraining.home / "operations" / retraining.realm
    known = json.loads(next(folder.glob("*.json")).read_text())
    for number in range(MOST + 5):
        old = f"retrain-20200101T0000{number:02}-x"
        (folder / f"{old}.json").write_text(json.dumps(known | {"operation_id": old}))
    (folder / ".draft-half").write_text("{")
    (folder / "retrain-30000101T000000-broken.json").write_text("{")
    name = client.retrain(why="one more").name
    client.wait_operation(name=name)
    listed = client.list_operations()
    assert len(listed) == MOST - 1, "one is not readable, and left out"
    assert name in {each.name for each in listed}
    assert len(list(folder.glob("retrain-*.json"))) == MOST
    assert not list(folder.glob(".draft-*"))
    (folder / "retrain-30000101T000000-broken.json").unlink()
    names = [each.name for each in listed]
    assert names == sorted(names, reverse=True)


def test_pages_of_operations(client: Client) -> None:
    stub = client._stubs["google.longrunning.Operations"]
    names: list[str] = []
    token = ""
    while True:
        page = stub.ListOperations(operations_pb2.ListOperationsRequest(page_size=7, page_token=token), timeout=5)
        assert len(page.operations) <= 7
        names += [each.name for each in page.operations]
        if not (token := page.next_page_token):
            break
    assert names == [each.name for each in client.list_operations()]


def test_the_service_took_no_harm(retraining: Service, client: Client) -> None:
    assert client.find_chains(from_id="s", to_id="c").chains
    assert not [line for line in retraining.log if "unforeseen" in line or "listening to sixhop retrain failed" in line]
