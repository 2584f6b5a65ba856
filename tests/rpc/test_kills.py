"""Twenty times the service or the database is killed while it is written to: no acknowledged write is lost."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from own_neo4j import own_neo4j
from serving_process import environment, eventually, running
from test_rolling_restart import free_port

from sixhop.client import Client
from sixhop.client.events import ExperienceEvent, ExperienceKind, event
from sixhop.errors import SixhopError
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.executor import Graph

pytestmark = pytest.mark.verify

KILLS = 20
WRITERS = 3
LATE_S = 60.0
OFFERING = "o"
ACKNOWLEDGED = (Path(__file__).parent / "acknowledged.cypher").read_text(encoding="utf-8")


@contextmanager
def writing(address: str) -> Iterator[list[str]]:
    """Writers that tell one event after the other until the end of the block; whose were acknowledged."""
    acknowledged: list[str] = []
    over = threading.Event()

    def write(writer: int) -> None:
        number = 0
        with Client(address, timeout_s=5) as client:
            while not over.is_set():
                number += 1
                member_id = f"m-{writer}-{number}"
                used = ExperienceEvent(
                    member_id=member_id, offering_id=OFFERING, kind=ExperienceKind.EXPERIENCE_KIND_USE
                )
                told = event(used, event_id=f"e-{writer}-{number}", at=int(time.time()) - 60)
                try:
                    recorded = client.record_events(events=[told])
                except SixhopError:
                    time.sleep(0.05)
                    continue
                if recorded.applied or recorded.duplicates:  # tried again by the client itself, it may be a duplicate
                    acknowledged.append(member_id)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield acknowledged
    finally:
        over.set()
        for writer in writers:
            writer.join()


def test_no_acknowledged_write_is_lost(
    neo4j_jars: Path, tmp_path_factory: pytest.TempPathFactory, record_property: pytest.RecordProperty
) -> None:
    realm, port = f"test-{uuid.uuid4().hex[:12]}", free_port()
    with ExitStack() as stack:
        own = stack.enter_context(own_neo4j(tmp_path_factory.mktemp("kills"), neo4j_jars))
        env = environment(own.at, realm, tmp_path_factory.mktemp("home"), grpc_address=f"127.0.0.1:{port}")
        serving = stack.enter_context(ExitStack())
        service = serving.enter_context(running(env))
        with writing(f"127.0.0.1:{port}") as acknowledged:
            for kill in range(KILLS):
                before = len(acknowledged)
                eventually(lambda: len(acknowledged) > before + 20, within_s=LATE_S)  # noqa: B023
                if kill % 2:
                    own.kill()
                    own.start()
                else:
                    service.process.send_signal(signal.SIGKILL)
                    service.process.wait(10)
                    serving.close()
                    service = serving.enter_context(running(env))
            before = len(acknowledged)
            eventually(lambda: len(acknowledged) > before + 20, within_s=LATE_S)
        with Graph(own.at, Catalog(find_cypher_dir()), realm) as graph:
            records, _, _ = graph.driver.execute_query(
                ACKNOWLEDGED, realm=realm, offering_id=OFFERING, database_=own.at.database
            )
        there = set(records[0]["member_ids"])
    lost = [each for each in acknowledged if each not in there]
    print(f"{KILLS} kills, {len(acknowledged)} writes acknowledged, {len(lost)} lost, {len(there)} there")
    record_property("acknowledged", len(acknowledged))
    assert lost == []
