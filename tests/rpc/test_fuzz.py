"""Whatever is sent, the service says what is wrong with it; nothing is a fault of its own, and nothing ends it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fuzz import Messages, fuzz
from google.longrunning import operations_pb2
from google.protobuf.descriptor import ServiceDescriptor
from protos import services
from retrain_stand_in import with_stand_in
from rpc_world import small_world
from serving_process import Service, environment, eventually, running
from test_server_life import SERVING, health
from test_with_a_model import promote

from realms import forget_realm
from sixhop.client import Client
from sixhop.errors import Reason
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.retraining.kept import Kept
from sixhop.retraining.operation import Asked, Failure, new_operation
from sixhop.rpc.server import SERVICES

IN_TESTS, IN_VERIFY = 1_000, 100_000
WITHIN_S = 30.0
CANCELLED = Failure(Reason.OPERATION_CANCELLED, "cancelled")
OPERATIONS = operations_pb2.DESCRIPTOR.services_by_name["Operations"]
SERVED = [service for service in [*services(), OPERATIONS] if service.full_name in SERVICES]


@pytest.fixture(scope="module")
def fuzzed(
    neo4j_location: Location, world_graph: Graph, cypher_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service on a small world of its own, since what is sent may be written."""
    realm = f"{world_graph.realm}-fuzzed"
    home = tmp_path_factory.mktemp("fuzzed")
    env = environment(neo4j_location, realm, home, cypher_dir=str(cypher_copy))
    env |= with_stand_in(tmp_path_factory.mktemp("stand-in"))
    promote(home, realm, cypher_copy)
    Kept(home, realm).write(replace(new_operation(Asked("a", "b")), operation_id="retrain-1", failure=CANCELLED))
    with Graph(neo4j_location, world_graph.catalog, realm) as graph:
        try:
            small_world().write(graph)
            with running(env) as service:
                yield service
        finally:
            forget_realm(graph)


def known() -> dict[str, tuple[str, ...]]:
    world = small_world()
    members = tuple(sorted({member for tie in world.ties for member in tie} | set(world.members)))
    offerings = tuple(sorted(world.offerings))
    return {
        "": (*members, *offerings, "oslo", "shop", "chat"),
        "sender_id": ("s", "alone", *members),
        "from_id": ("s", "a"),
        "member_id": members,
        "sixhop.v1.EraseMemberRequest.member_id": ("nobody", "no", "left"),
        "offering_id": ("o", *offerings),
        "surface": ("default", "walk_only", "with_breaks", "win_back"),
        "community_id": ("jazz", "music", "folk"),
        "enterprise_id": ("acme", "shut"),
        "slice_enterprise_id": ("acme", "shut"),
        "outreach_id": ("recent", "through-e", "no"),
        "digest": (*"0123456789abcdef", "00"),
        "filter": ("",),
        "google.longrunning.ListOperationsRequest.name": ("operations",),
        **{
            f"google.longrunning.{call}OperationRequest.name": ("operations/retrain-1", "operations/retrain-2")
            for call in ("Get", "Wait", "Cancel", "Delete")
        },
        "page_token": ("0-", "3-5f", "retrain-1"),
    }


async def fuzzes(fuzzed: Service, service: ServiceDescriptor, count: int, capsys: pytest.CaptureFixture[str]) -> float:
    seed = random.randrange(2**32)
    started = time.monotonic()
    answered = await fuzz(
        fuzzed.address, service.methods, count, Messages(seed, known(), unset=frozenset({"freshness_token"}))
    )
    elapsed_s = time.monotonic() - started
    with capsys.disabled():
        told = ", ".join(f"{code} {number:,}" for code, number in answered.by_code.most_common())
        print(f"\n{service.name}, {count:,} messages in {elapsed_s:.0f} s: {told}")
    log = fuzzed.log
    unforeseen = [log[i + 22 : i + 70] for i, line in enumerate(log) if "unforeseen" in line][:1]
    assert not answered.faults, f"seed {seed}: {[fault[:2] for fault in answered.faults[:3]]}; {unforeseen}"
    assert answered.by_code.total() == count
    assert answered.by_code["INVALID_ARGUMENT"] > count / 20
    assert answered.by_code["OK"] > count / 100, "some must get all the way"
    eventually(lambda: health(fuzzed.address) == SERVING, within_s=40)
    with Client(fuzzed.address, timeout_s=5) as client:
        client.get_degrees(member_id="s", target_ids=["c"])
    assert fuzzed.process.poll() is None
    assert not [line for line in fuzzed.log if "Traceback" in line or "unforeseen" in line]
    return elapsed_s


@pytest.mark.parametrize("service", SERVED, ids=lambda service: service.name)
async def test_no_message_is_a_fault_of_the_service(
    fuzzed: Service, service: ServiceDescriptor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await fuzzes(fuzzed, service, IN_TESTS, capsys) < WITHIN_S


@pytest.mark.verify
@pytest.mark.parametrize("service", SERVED, ids=lambda service: service.name)
async def test_no_message_of_very_many_is_a_fault_of_the_service(
    fuzzed: Service, service: ServiceDescriptor, capsys: pytest.CaptureFixture[str]
) -> None:
    await fuzzes(fuzzed, service, IN_VERIFY, capsys)
