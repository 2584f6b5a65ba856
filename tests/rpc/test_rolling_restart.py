"""Two replicas behind one client, restarted one after the other while it calls all the time: no call is lost."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from serving_process import Service, running

from sixhop.client import Client
from sixhop.client.channel import service_config
from sixhop.errors import SixhopError

CALLERS = 3
ROUNDS = 2
DEADLINE_S = 5.0


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def calling(client: Client) -> Iterator[tuple[list[float], list[str]]]:
    """Callers that ask without end until the end of the block: when they were answered, what else they were told."""
    answered: list[float] = []
    failed: list[str] = []
    over = threading.Event()

    def call() -> None:
        while not over.is_set():
            try:
                client.find_chains(from_id="s", to_id="c")
                answered.append(time.monotonic())
            except SixhopError as error:
                failed.append(f"{error.reason}: {error.message}")
            time.sleep(0.005)

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield answered, failed
    finally:
        over.set()
        for caller in callers:
            caller.join()


def without_health_checks(*, replicas: bool) -> dict[str, object]:
    """The service config of a client that only takes turns and tries again."""
    config = service_config(replicas=replicas)
    del config["healthCheckConfig"]
    return config


@pytest.mark.parametrize("health_is_checked", [True, pytest.param(False, marks=pytest.mark.verify)])
def test_no_call_is_lost_in_a_rolling_restart(
    service_env: dict[str, str], tmp_path: Path, health_is_checked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not health_is_checked:
        monkeypatch.setattr("sixhop.client.channel.service_config", without_health_checks)
    ports = [free_port() for _ in range(2)]

    def replica(number: int) -> dict[str, str]:
        return {
            **service_env,
            "SIXHOP_GRPC_ADDRESS": f"127.0.0.1:{ports[number]}",
            "SIXHOP_HOME": str(tmp_path / str(number)),
        }

    with ExitStack() as stack:
        replicas: list[tuple[Service, ExitStack]] = []
        for number in range(2):
            own = stack.enter_context(ExitStack())
            replicas.append((own.enter_context(running(replica(number))), own))
        address = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
        with Client(address, timeout_s=DEADLINE_S) as client, calling(client) as (answered, failed):
            time.sleep(0.5)
            for number in range(ROUNDS):
                service, own = replicas[number % 2]
                service.process.terminate()
                assert service.process.wait(20) == 0
                own.close()
                replicas[number % 2] = (own.enter_context(running(replica(number % 2))), own)
                time.sleep(2)  # until the client has found it again
    assert failed == []
    assert len(answered) > 200
    longest = max(after - before for before, after in itertools.pairwise(answered))
    assert longest < 1, "there was always one that answered"
