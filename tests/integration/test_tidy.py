"""What is older than it may be goes, what was left to be done is done, and what walks and rules read stays right."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from import_world import dump

from sixhop.erasure.files import Places
from sixhop.erasure.tidy import Tidied, as_lines, tidy
from sixhop.graph.close import rebuild_close
from sixhop.graph.erasing import Eraser
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.realm import RealmSettings, write_realm
from sixhop.pseudonyms import Pseudonyms, open_pseudonyms
from small_world import tie, write_world

NOW = int(time.time())
DAY_S = 86_400
OLD, NEW = NOW - 400 * DAY_S, NOW - DAY_S
OUTREACHES = """
CREATE (s:Member {realm: $realm, member_id: 's', sent_at: [$old, $new]})
CREATE (t:Member {realm: $realm, member_id: 't', reached_at: [$old, $new]})
CREATE (o:Outreach {realm: $realm, outreach_id: 'old', at: $old})
CREATE (n:Outreach {realm: $realm, outreach_id: 'new', at: $new})
CREATE (stub:Outreach {realm: $realm, outreach_id: 'stub'})-[:HOP {position: 1, asked_at: $old}]->(s)
CREATE (o)-[:HOP {position: 0}]->(s), (o)-[:HOP {position: 1}]->(t)
CREATE (n)-[:HOP {position: 0}]->(s), (n)-[:HOP {position: 1}]->(t)
CREATE (t)-[:ADOPTED_THROUGH]->(o)
FOREACH (i IN range(1, 20) |
  CREATE (:Event {realm: $realm, event_id: 'x' + i, applied_at: CASE WHEN i <= 15 THEN $old ELSE $new END})
)
"""


@pytest.fixture
def places(graph: Graph, tmp_path: Path) -> Places:
    return Places(tmp_path, graph.realm)


@pytest.fixture
def pseudonyms(graph: Graph, tmp_path: Path) -> Pseudonyms:
    return open_pseudonyms(tmp_path, graph.realm)


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def run(graph: Graph, places: Places, pseudonyms: Pseudonyms) -> Tidied:
    return tidy(graph, places, pseudonyms, audit_days=400, tell=silent)


def segment(folder: Path, days: float, row: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(NOW - days * DAY_S, UTC).strftime("%Y%m%dT%H%M%S.%f")
    path = folder / f"{stamp}-0a0b0c0d.jsonl"
    path.write_text(json.dumps(row) + "\n")
    return path


def test_what_is_too_old_goes_and_the_rest_stays(graph: Graph, places: Places, pseudonyms: Pseudonyms) -> None:
    write_realm(graph, RealmSettings(graph.realm, keep_outreaches_days=366, keep_answers_days=90))
    graph.driver.execute_query(OUTREACHES, realm=graph.realm, old=OLD, new=NEW, database_=graph.at.database)
    row = {"sender": "0" * 32, "target": "1" * 32, "chain": []}
    answers = [segment(places.answers, days, row) for days in (91, 89)]
    audits = [segment(places.audit, days, row) for days in (401, 399)]
    rejects = [places.imports / f"{graph.realm}-{'a' * 11}{i}.rejects.csv" for i in range(2)]
    places.imports.mkdir()
    for path in rejects:
        path.write_text("file,line,reason,row\n")
    os.utime(rejects[0], (OLD, OLD))

    assert run(graph, places, pseudonyms) == Tidied(
        events=15, outreaches=2, erasures=0, erased_rows=0, lists=0, answer_files=1, audit_files=1, import_files=1
    )
    nodes = {tuple(row[0]): row[1] for row in dump(graph)["nodes"]}
    assert nodes[("Outreach",)]["outreach_id"] == "new"
    members = {row[1]["member_id"]: row[1] for row in dump(graph)["nodes"] if row[0] == ["Member"]}
    assert (members["s"]["sent_at"], members["t"]["reached_at"]) == ([NEW], [NEW]), "as the hops that stay say"
    assert "asked_at" not in members["s"]
    assert [path.exists() for path in (*answers, *audits, *rejects)] == [False, True] * 3
    again = run(graph, places, pseudonyms)
    assert as_lines(again) == [line for line in as_lines(again) if line.lstrip().startswith("0 ")], "nothing is left"


def test_short_lists_are_filled_and_cut_off_erasures_finished(
    graph: Graph, places: Places, pseudonyms: Pseudonyms
) -> None:
    others = [f"m{i:02}" for i in range(40)]
    ties = [tie("hub", other, pass_on=0.01 + i / 1000) for i, other in enumerate(others)]
    write_world(graph, members=["hub", "gone", *others], ties=[*ties, tie("gone", "m01"), tie("m00", "gone")])
    write_realm(graph, RealmSettings(graph.realm))
    rebuild_close(graph)
    graph.driver.execute_query(
        "MATCH (:Member {realm: $realm, member_id: 'hub'})-[c:CLOSE_TO]->() WITH c LIMIT 20 DELETE c",
        realm=graph.realm,
        database_=graph.at.database,
    )
    rows = [
        {"sender": pseudonyms.of(a), "target": pseudonyms.of(b), "chain": []} for a, b in (("gone", "m1"), ("m1", "m2"))
    ]
    for i, row in enumerate(rows):
        segment(places.answers, i + 1, row)

    async def hide() -> None:
        async with AsyncGraph(graph.at, graph.catalog, graph.realm) as beside:
            await Eraser(beside, pseudonyms.of).hide("gone")

    asyncio.run(hide())
    done = run(graph, places, pseudonyms)
    assert (done.erasures, done.erased_rows, done.lists) == (1, 1, 1)
    members = {row[1]["member_id"] for row in dump(graph)["nodes"] if row[0] == ["Member"]}
    assert members == {"hub", *others}
    filled = dump(graph)
    rebuild_close(graph)
    assert dump(graph) == filled
    assert [row for path in places.answers.iterdir() for row in map(json.loads, path.read_text().splitlines())] == [
        rows[1]
    ]
