"""Erasing over gRPC and by command: what is on disk afterwards holds neither the id nor what stands for it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.message import Message
from serving_process import Service, environment, eventually, running, sixhop

from realms import forget_realm
from sixhop.client import Client
from sixhop.client import events as told
from sixhop.errors import NotFound, Reason, SixhopError
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph
from sixhop.pseudonyms import open_pseudonyms

WHO = "Zaphod-Beeblebrox-42"
MARVIN = "Marvin-the-Android-43"
NOW = int(time.time())
DAY_S = 86_400
USE = told.ExperienceKind.EXPERIENCE_KIND_USE
FOLDER = {
    "members.csv": f"member_id,name\nann,Ann\nbob,Bob\ncy,Cy\n{WHO},Zaphod\n{MARVIN},Marvin\n",
    "ties.csv": f"from_id,to_id,since\nann,bob,\nann,{WHO},\n{WHO},bob,\n{WHO},cy,\n{WHO},ann,\ncy,{WHO},yesterday\n"
    f"ann,{MARVIN},\n{MARVIN},ann,\n",
    "offerings.csv": "offering_id\no\n",
    "experiences.csv": f"member_id,offering_id,at\nann,o,{NOW - DAY_S}\n{WHO},o,{NOW - DAY_S}\n",
}


@pytest.fixture(scope="module")
def env(neo4j_location: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    realm = f"test-erase-{NOW}"
    home = tmp_path_factory.mktemp("erase")
    try:
        yield environment(neo4j_location, realm, home / "home")
    finally:
        with Graph(neo4j_location, Catalog(find_cypher_dir()), realm) as graph:
            forget_realm(graph)


@pytest.fixture(scope="module")
def service(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("folder")
    for name, text in FOLDER.items():
        (folder / name).write_text(text)
    loaded = sixhop(env, "import", str(folder), "--half-life-days", "9", "--label-window-days", "30")
    assert loaded.returncode == 7, loaded.stderr
    with running(env) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(service.address, timeout_s=10) as client:
        yield client


def happened(what: Message, ago_s: int) -> told.Event:
    return told.event(what, event_id=uuid.uuid4().hex, at=NOW - ago_s)


def ask_about(client: Client, service: Service, *senders: str) -> None:
    """Answers are shown and recorded, in a segment that is still open."""
    before = len(service.recorded())
    for sender_id in senders:
        assert client.recommend_targets(sender_id=sender_id, offering_id="o").recommendations
    eventually(lambda: len(service.recorded()) > before)
    time.sleep(0.3)


def files_with(home: Path, *words: str) -> set[str]:
    """Files below home that hold one of the words; the audit log's aside, which keeps what is to be answered for."""
    found = {path for path in home.rglob("*") if path.is_file() and any(w.encode() in path.read_bytes() for w in words)}
    return {str(path.relative_to(home)) for path in found if "audit" not in path.parts}


def test_nothing_on_disk_holds_who_was_erased(client: Client, service: Service, env: dict[str, str]) -> None:
    home = Path(env["SIXHOP_HOME"])
    hashed = open_pseudonyms(home, env["SIXHOP_REALM"]).of(WHO)
    assert client.record_events(events=[happened(told.InteractionEvent(from_id=WHO, to_id="bob"), 9)]).applied == 1
    ask_about(client, service, "ann", WHO)
    places = {name.split("/")[0] for name in files_with(home, WHO, hashed)}
    assert places == {"imports", "segments"}, "rejected rows, recorded answers"
    assert any(hashed in row["chain"][1:-1] for row in service.recorded()), "in the middle of a chain, too"
    shown_before = len(service.recorded())

    assert client.erase_member(member_id=WHO).freshness_token
    eventually(lambda: client.erase_member(member_id=WHO).finished)
    assert files_with(home, WHO, hashed) == set()
    assert not any(WHO in line or hashed in line for line in service.log)
    for path in (home / "audit").rglob("*.*"):
        assert WHO not in path.read_text(), "the audit log has only what stands for it"
    kept = service.recorded()
    assert 0 < len(kept) < shown_before, "what was shown to others stays"
    assert any(None in row["chain"] for row in kept)

    # Nobody finds or meets them, and the service goes on recording.
    with pytest.raises(NotFound):
        client.recommend_targets(sender_id=WHO, offering_id="o")
    targets = client.recommend_targets(sender_id="ann", offering_id="o").recommendations
    assert {each.target_id for each in targets} == {"bob", MARVIN}
    again = client.record_events(events=[happened(told.InteractionEvent(from_id=WHO, to_id="bob"), 8)])
    assert [each.reason for each in again.rejected] == [Reason.MEMBER_ERASED]
    eventually(lambda: len(service.recorded()) > len(kept))
    assert files_with(home, WHO, hashed) == set()
    assert client.erase_member(member_id="nobody").freshness_token, "nobody is told of like anybody"


def test_the_commands_do_the_same_beside_a_service(client: Client, service: Service, env: dict[str, str]) -> None:
    home = Path(env["SIXHOP_HOME"])
    hashed = open_pseudonyms(home, env["SIXHOP_REALM"]).of(MARVIN)
    ask_about(client, service, "ann")
    assert files_with(home, MARVIN, hashed)
    handed_out = sixhop(env, "export-member", MARVIN)
    assert json.loads(handed_out.stdout)["member"]["name"] == "Marvin"
    done = sixhop(env, "erase", MARVIN)
    assert done.returncode == 0, done.stderr
    assert files_with(home, MARVIN, hashed) == set()
    assert sixhop(env, "export-member", MARVIN).returncode == 3
    tidied = sixhop(env, "tidy", "--json")
    assert tidied.returncode == 0, tidied.stderr
    assert json.loads(tidied.stdout)["erased_rows"] == 0


def test_all_that_is_known_is_handed_out(client: Client, service: Service) -> None:
    some = [
        happened(told.MemberEvent(member_id="dora", name="Dora", interests=["tea"]), 9),
        happened(told.TieEvent(from_id="dora", to_id="bob", kind="friend"), 9),
        happened(told.InteractionEvent(from_id="bob", to_id="dora", channel="chat"), 8),
        happened(told.ExperienceEvent(member_id="dora", offering_id="o", kind=USE, value=2.5), 7),
        happened(told.BlockEvent(from_id="cy", to_id="dora"), 6),
    ]
    assert client.record_events(events=some).applied == len(some)
    ask_about(client, service, "dora")
    document = json.loads(b"".join(client.export_member(member_id="dora")))
    assert document["member"]["interests"] == ["tea"]
    [friend] = document["can_contact"]
    assert (friend["member_id"], friend["kind"]) == ("bob", "friend")
    [contact] = document["can_be_contacted_by"]
    assert contact["recent"] == [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 8))]
    [experience] = document["experiences"]
    assert (experience["offering_id"], experience["value"]) == ("o", 2.5)
    assert (document["blocked_by"], "cy" in json.dumps(document)) == (1, False), (
        "who blocked them is not theirs to know"
    )
    assert document["recorded_answers"][0]["role"] == "sender"
    with pytest.raises(SixhopError):
        list(client.export_member(member_id="nobody"))
