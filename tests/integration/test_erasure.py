"""An erased member is nowhere in the graph, under no name; all that others have stays as it was, and right."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from import_world import dump

from sixhop.erasure.files import Places
from sixhop.erasure.members import MemberEraser
from sixhop.errors import Reason
from sixhop.events import (
    Blocked,
    Contacted,
    Event,
    Experienced,
    HopTold,
    Link,
    LinkTold,
    Node,
    NodeTold,
    OutreachEnded,
    OutreachStarted,
    TieTold,
    Voiced,
    What,
)
from sixhop.graph import erasing
from sixhop.graph.catalog import find_cypher_dir
from sixhop.graph.close import rebuild_close
from sixhop.graph.erasing import Eraser
from sixhop.graph.executor import AsyncGraph, AsyncTransaction, Graph
from sixhop.graph.exporting import NAMES, ONLY_COUNTED
from sixhop.graph.recording.recorder import EventRecorder
from sixhop.imports.run import Options, run_import
from sixhop.pseudonyms import Pseudonyms, open_pseudonyms
from small_world import tie, write_world

WHO = "Zaphod-Beeblebrox-42"
AT = 1_700_000_000
DAY_S = 86_400
TOLD: tuple[What, ...] = (
    NodeTold(Node.MEMBER, WHO, {"name": "Zaphod", "interests": ["tea"], "place": "Oslo"}),
    NodeTold(Node.MEMBER, "ann", {"name": "Ann"}),
    NodeTold(Node.OFFERING, "o", {"name": "O"}),
    TieTold(WHO, "ann", kind="friend", since=AT - DAY_S),
    TieTold("bob", WHO),
    Contacted("cy", WHO, channel="chat"),
    Contacted(WHO, "cy"),
    Contacted("ann", "bob"),
    Contacted("bob", "ann"),
    TieTold("dee", WHO, ended=True),
    TieTold(WHO, "dee", ended=True),
    Blocked(WHO, "eve"),
    Blocked("fay", WHO),
    Blocked(WHO, "gus", lifted=True),
    Blocked("hal", WHO, lifted=True),
    LinkTold(Link.CUSTOMER_OF, WHO, "e1", {"stage": "customer"}),
    LinkTold(Link.ACTS_FOR, WHO, "e1", {"role": "buyer"}),
    LinkTold(Link.BELONGS_TO, WHO, "c1", {"role": "moderator"}),
    Experienced(WHO, "o", "use", value=3.0),
    Experienced("ann", "o", "use"),
    Voiced("v1", WHO, "o", "need"),
    Voiced("v2", "ann", "o", "need", answered=True, answered_by=WHO),
    # Sender, introducer and target once each; and asked by, of who comes after.
    OutreachStarted("sent", WHO, "cy", "o", ("ann",)),
    HopTold("sent", 1, "ann", "passed_on"),
    OutreachStarted("passed", "ann", "cy", "o", (WHO, "bob")),
    HopTold("passed", 1, WHO, "passed_on"),
    HopTold("passed", 2, "bob", "passed_on"),
    HopTold("passed", 3, "cy", "acted"),
    OutreachStarted("reached", "ann", WHO, "o", ("bob",), "token-1"),
    HopTold("reached", 1, "bob", "passed_on"),
    HopTold("reached", 2, WHO, "acted"),
    OutreachEnded("reached", "adopted"),
)
EVENTS = [(i, Event(f"x{i}", AT + i, what)) for i, what in enumerate(TOLD)]
Erase = Callable[[str], Awaitable[None]]


@pytest.fixture
def pseudonyms(graph: Graph, tmp_path: Path) -> Pseudonyms:
    return open_pseudonyms(tmp_path, graph.realm)


@pytest.fixture
def beside(graph: Graph) -> AsyncGraph:
    return AsyncGraph(graph.at, graph.catalog, graph.realm)


@pytest.fixture
def eraser(graph: Graph, beside: AsyncGraph, pseudonyms: Pseudonyms, tmp_path: Path) -> MemberEraser:
    return MemberEraser(beside, Places(tmp_path, graph.realm), pseudonyms)


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def of_the_realm(graph: Graph) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    here = Path(__file__).parent
    with graph.driver.session(database=graph.at.database) as session:
        nodes, relationships = (
            [dict(row) for row in session.run((here / f"dump_{each}.cypher").read_text(), realm=graph.realm)]
            for each in ("nodes", "relationships")
        )
    return nodes, relationships


def but_realm(graph: Graph) -> dict[str, list[Any]]:
    found = dump(graph)
    return {**found, "nodes": [each for each in found["nodes"] if each[0] != ["Realm"]]}


def schema() -> dict[str, Any]:
    return dict(yaml.safe_load((find_cypher_dir() / "schema.yaml").read_text(encoding="utf-8")))


async def test_nothing_of_the_member_is_left_whatever_led_to_it(
    graph: Graph, beside: AsyncGraph, eraser: MemberEraser, pseudonyms: Pseudonyms
) -> None:
    async with beside:
        recorder = EventRecorder(beside, pseudonyms.of)
        assert not (await recorder.record(EVENTS, atomic=True, timeout_s=20)).rejected
        await recorder.close()
        nodes, relationships = of_the_realm(graph)
        there = [
            each for each in relationships if WHO in (each["start"].get("member_id"), each["end"].get("member_id"))
        ]
        of_members = {
            name for name, each in schema()["relationships"].items() if "Member" in (each["from"], each["to"])
        }
        assert {each["type"] for each in there} == of_members, "this world knows every way to stand to others"
        holding = schema()["member_ids"]
        ids = {(each["type"], name) for each in relationships for name, v in each["properties"].items() if v == WHO}
        assert ids == {(kind, name) for kind, names in holding["relationships"].items() for name in names}
        assert {(each["labels"][0], n) for each in nodes for n, v in each["properties"].items() if v == WHO} == {
            (label, name) for label, names in holding["nodes"].items() for name in names
        }

        await eraser.erase(WHO, tell=silent)
        nodes, relationships = of_the_realm(graph)
        text = json.dumps([nodes, relationships])
        assert WHO not in text
        assert "Zaphod" not in text
        assert erasing.HIDDEN not in text
        hashes = [each["properties"] for each in nodes if pseudonyms.of(WHO) in each["properties"].values()]
        assert [set(each) for each in hashes] == [{"realm", "member_hash"}], "only who must not come back is kept"

        # What others have stays: sums, what they did, when they were asked.
        [offering] = [each["properties"] for each in nodes if each["labels"] == ["Offering"]]
        assert (offering["erased_members"], offering["erased_value"]) == (1, 3.0)
        members = {
            each["properties"]["member_id"]: each["properties"] for each in nodes if each["labels"] == ["Member"]
        }
        assert set(members) == {"ann", "bob", "cy", "dee", "eve", "fay", "gus", "hal"}
        outreaches = {
            p["outreach_id"]: p for each in nodes if each["labels"] == ["Outreach"] for p in [each["properties"]]
        }
        assert outreaches["reached"]["outcome"] == "adopted"
        assert (outreaches["reached"]["last_position"], outreaches["sent"]["last_position"]) == (2, 2)
        assert "last_position" not in outreaches["passed"]
        times = {
            each: {k: v for k, v in members[each].items() if k in ("sent_at", "asked_at", "reached_at")}
            for each in members
        }
        before = json.dumps(times)
        graph.write("writes/rebuild_outreach_times", member_ids=sorted(members), kept=64)
        again = {
            p["member_id"]: p for e in of_the_realm(graph)[0] if e["labels"] == ["Member"] for p in [e["properties"]]
        }
        assert before == json.dumps({k: {n: v for n, v in again[k].items() if n in times[k]} for k in times})
        assert times["bob"]["asked_at"], "who was asked on the way to an erased target was asked"

        # Lists of the walk are what ties say.
        lists = dump(graph)
        rebuild_close(graph)
        assert dump(graph) == lists


async def test_events_do_not_bring_the_member_back(
    graph: Graph, beside: AsyncGraph, eraser: MemberEraser, pseudonyms: Pseudonyms
) -> None:
    async with beside:
        recorder = EventRecorder(beside, pseudonyms.of)
        await recorder.record(EVENTS, atomic=True, timeout_s=20)
        await eraser.erase(WHO, tell=silent)
        after = of_the_realm(graph)
        again = [(i, Event(f"again-{i}", event.at, event.what)) for i, event in EVENTS if WHO in event.member_ids]
        more = [(99, Event("late", AT + 99, OutreachEnded("reached", "declined")))]
        told = await recorder.record([*again, *more], atomic=False, timeout_s=20)
        assert told.applied == 0
        assert {each.reason for each in told.rejected} == {Reason.MEMBER_ERASED}
        assert len(told.rejected) == len(again) + 1
        assert of_the_realm(graph) == after
        told = await recorder.record(
            [(0, Event("goes on", AT + 99, HopTold("passed", 3, "cy", "passed_on")))], atomic=True, timeout_s=20
        )
        assert told.applied == 1, "an outreach that only passed through the member goes on"


async def test_erasing_anybody_again_or_nobody_is_the_same(
    graph: Graph, beside: AsyncGraph, eraser: MemberEraser
) -> None:
    write_world(graph, members=["ann", WHO], ties=[tie("ann", WHO)])
    async with beside:
        for member_id in (WHO, WHO, "nobody", "nobody"):
            erased = await eraser.erase_within(member_id, 10)
            assert erased.finished
            assert erased.freshness_token
    nodes, relationships = of_the_realm(graph)
    assert sorted(each["labels"][0] for each in nodes) == ["Erased", "Erased", "Member", "Realm"]
    assert relationships == []


async def test_an_erasure_that_was_cut_off_is_hidden_and_gone_on_with(
    graph: Graph, beside: AsyncGraph, pseudonyms: Pseudonyms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member with more ties than one batch; who has more than 24 others keeps as long a list as can be."""
    monkeypatch.setattr(erasing, "CONTACTS", 7)
    circle = [f"m{i:02}" for i in range(30)]
    ties = [tie(u, v, pass_on=0.02) for u in circle for v in circle if u != v]
    ties += [tie(u, WHO, pass_on=0.9) for u in circle] + [tie(WHO, u, pass_on=0.9) for u in circle]
    write_world(graph, members=[WHO, *circle], ties=ties, settings={"close_ties": 8})
    rebuild_close(graph)
    told: list[tuple[int, int]] = []

    def stop(what: str, done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 2:
            raise KeyboardInterrupt

    async with beside:
        eraser = Eraser(beside, pseudonyms.of)
        await eraser.hide(WHO)
        left = {each["properties"]["member_id"] for each in of_the_realm(graph)[0] if each["labels"] == ["Member"]}
        assert WHO not in left
        with pytest.raises(KeyboardInterrupt):
            await eraser.take_apart(WHO, stop)
        assert told == [(7, told[0][1]), (14, told[0][1])]
        lists = {each["start"]["member_id"] for each in of_the_realm(graph)[1] if each["type"] == "CLOSE_TO"}
        assert set(circle) < lists
        assert await Eraser(beside, pseudonyms.of).take_apart_all(silent) == 1
    assert not [each for each in of_the_realm(graph)[0] if erasing.HIDDEN in str(each["properties"].get("member_id"))]
    lists_now = dump(graph)
    rebuild_close(graph)
    assert dump(graph) == lists_now


async def test_who_is_erased_while_told_of_for_the_first_time_does_not_stay(
    graph: Graph, beside: AsyncGraph, pseudonyms: Pseudonyms
) -> None:
    """Whoever read that nobody of the name was erased holds the name until what they write is there."""
    async with beside:
        eraser = Eraser(beside, pseudonyms.of)
        hiding: list[asyncio.Task[str]] = []

        async def tell_of_somebody_new(tx: AsyncTransaction) -> None:
            known = await tx.row(
                "writes/events_lock",
                member_ids=[WHO],
                event_ids=["x"],
                member_hashes=[pseudonyms.of(WHO)],
                outreach_ids=[],
            )
            assert not known["erased_hashes"]
            hiding.append(asyncio.create_task(eraser.hide(WHO)))
            await asyncio.sleep(0.5)
            assert not hiding[0].done()
            ids: dict[str, list[str]] = {
                f"{each}_ids": [] for each in ("offering", "enterprise", "alliance", "community")
            }
            await tx.row("writes/events_made", event_ids=["x"], now=AT, member_ids=[WHO], **ids)

        await beside.transact(tell_of_somebody_new, what="writes/events", timeout_s=20)
        await hiding[0]
        await eraser.take_apart(WHO, silent)
    assert WHO not in json.dumps(of_the_realm(graph))


def test_an_old_folder_does_not_bring_the_member_back(
    graph: Graph, beside: AsyncGraph, eraser: MemberEraser, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    files = {
        "members.csv": f"member_id,name\nann,Ann\nbob,Bob\n{WHO},Zaphod\n",
        "ties.csv": f"from_id,to_id,since\nann,bob,\nann,{WHO},\n{WHO},bob,yesterday\nann,nobody,\n{WHO},bob\n",
        "offerings.csv": "offering_id\no\n",
        "experiences.csv": f"member_id,offering_id,at\nann,o,{AT}\n{WHO},o,{AT}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    home = tmp_path

    def load() -> Any:
        return run_import(graph, folder, Options(half_life_days=9), home=home, now=0, tell=silent)

    async def erase() -> None:
        async with beside:
            await eraser.erase(WHO, tell=silent)

    assert load().rejected == {"ties": 3}
    assert WHO in next((home / "imports").glob("*.rejects.csv")).read_text()
    asyncio.run(erase())
    after = but_realm(graph)
    for path in (home / "imports").iterdir():
        assert WHO not in path.read_text(), path
    report = load()
    assert report.rejected == {"members": 1, "ties": 4, "experiences": 1}
    assert but_realm(graph) == after, "and what is noted of the realm counts one less"
    assert WHO not in json.dumps(of_the_realm(graph))
    assert report.rejects_file is not None
    said = report.rejects_file.read_text()
    assert WHO not in said
    assert said.count("was erased") == 4
    assert "ann,nobody," in said


def test_the_document_names_everything_that_can_lead_to_a_member() -> None:
    described = schema()["relationships"]
    leads = {(name, True) for name, each in described.items() if each["from"] == "Member"}
    leads |= {(name, False) for name, each in described.items() if each["to"] == "Member"}
    assert {*NAMES, *ONLY_COUNTED} == leads
