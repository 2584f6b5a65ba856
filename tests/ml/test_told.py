"""Labels that were told: outcomes joined with what was served, hops' answers, replies. Silence of a window is a no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sixhop.graph.executor import Graph
from sixhop.pipeline.segments import SegmentRecorder
from sixhop_ml.history import read_history
from sixhop_ml.told import Outreaches, read_outreaches, read_replies
from small_world import experience, tie, write_world

DAY = 86_400
WINDOW = 30 * DAY
NOW = 1_700_000_000
NAMES = ("degree", "exposed_contacts", "new_feature")
WRITE = (Path(__file__).parent / "outreaches.cypher").read_text(encoding="utf-8")


def shown(token: str, **features: float | None) -> dict[str, Any]:
    return {"attribution_token": token, "degree": 2, "features": {"degree": 2.0, **features}}


def record(folder: Path, rows: list[dict[str, Any]]) -> None:
    recorder = SegmentRecorder(folder)
    assert recorder.put(lambda: rows)
    recorder.close()


def sent(outreach_id: str, sender: str, target: str, **facts: Any) -> dict[str, Any]:
    hops = [
        {"member": sender, "facts": {"position": 0}},
        {"member": target, "facts": {"position": 1, "is_target": True}},
    ]
    return {"id": outreach_id, "offering": "o", "hops": hops, "facts": facts}


def write(graph: Graph, rows: list[dict[str, Any]]) -> None:
    graph.driver.execute_query(WRITE, realm=graph.realm, rows=rows, database_=graph.at.database)


def read(graph: Graph, folder: Path) -> Outreaches:
    history = read_history(graph)
    return read_outreaches(graph, history, folder, names=NAMES, window_s=WINDOW, data_end=NOW)


@pytest.fixture
def realm_of_three(graph: Graph) -> Graph:
    write_world(graph, members=["a", "b", "c"], offerings=["o"], experiences=[experience("a", "o", NOW - 400 * DAY)])
    return graph


def test_outcomes_count_by_when_they_came_about_with_features_as_served(realm_of_three: Graph, tmp_path: Path) -> None:
    graph, long_ago = realm_of_three, NOW - 100 * DAY
    write(
        graph,
        [
            sent("1", "a", "b", at=long_ago, attribution_token="t1", outcome="adopted", outcome_at=long_ago + DAY),
            sent("2", "a", "c", at=long_ago + 1, attribution_token="t2"),  # silence
            sent("3", "b", "c", at=long_ago + 2, attribution_token="t3", outcome="adopted", outcome_at=NOW),  # late
            sent("4", "b", "a", at=NOW - DAY, attribution_token="t4"),  # its window is open
            sent("5", "c", "a", at=long_ago + 3, attribution_token="t5", outcome="opted_out", outcome_at=long_ago + 9),
            sent("6", "c", "b", at=long_ago + 4, outcome="adopted", outcome_at=long_ago + 9),  # not ours
        ],
    )
    record(tmp_path, [shown(f"t{n}", exposed_contacts=float(n)) for n in range(1, 6)] + [shown("never sent")])
    told = read(graph, tmp_path)
    assert told.pairs.at.tolist() == [long_ago, long_ago + 1, long_ago + 2, long_ago + 3]
    assert told.pairs.label.tolist() == [1, 0, 0, 0]
    assert told.harm.tolist() == [0, 0, 0, 1]
    assert told.pairs.features[:, 1].tolist() == [1.0, 2.0, 3.0, 5.0]
    assert np.isnan(told.pairs.features[:, 2]).all(), "what was not served is missing"
    assert told.funnel.served == 6
    assert told.funnel.sent == 5
    assert told.funnel.p_sent == 5 / 6
    assert (told.funnel.adopted, told.funnel.opted_out, told.funnel.open) == (2, 1, 1)
    assert told.unmatched == 1


def test_an_outcome_that_is_told_late_is_in_the_next_data_set(realm_of_three: Graph, tmp_path: Path) -> None:
    graph, at = realm_of_three, NOW - 100 * DAY
    write(graph, [sent("1", "a", "b", at=at, attribution_token="t1")])
    record(tmp_path, [shown("t1")])
    assert read(graph, tmp_path).pairs.label.tolist() == [0]
    graph.driver.execute_query(
        "MATCH (o:Outreach {realm: $realm}) SET o.outcome = 'adopted', o.outcome_at = $at",
        realm=graph.realm,
        at=at + DAY,
        database_=graph.at.database,
    )
    assert read(graph, tmp_path).pairs.label.tolist() == [1]


def test_hops_tell_who_passes_on_for_whom(realm_of_three: Graph, tmp_path: Path) -> None:
    at = NOW - 100 * DAY
    hops = [
        {"member": "a", "facts": {"position": 0}},
        {"member": "b", "facts": {"position": 1, "asked_at": at, "answered_at": at + 5, "state": "passed_on"}},
        {"member": "c", "facts": {"position": 2, "asked_by": "b", "asked_at": at + 6, "state": "asked"}},
    ]
    open_ = [
        {"member": "a", "facts": {"position": 0}},
        {"member": "c", "facts": {"position": 1, "asked_at": NOW - 1, "state": "asked"}},
    ]
    rows = [{"id": "1", "offering": "o", "hops": hops, "facts": {"at": at}}]
    rows.append({"id": "2", "offering": "o", "hops": open_, "facts": {"at": NOW - 1}})
    write(realm_of_three, rows)
    told = read(realm_of_three, tmp_path).hops
    assert list(zip(told.sender, told.target, told.label, strict=True)) == [(0, 1, 1), (1, 2, 0)]


def test_a_contact_is_replied_to_within_the_window_or_not(graph: Graph) -> None:
    at = NOW - 100 * DAY
    many = [at - 20 * DAY, at + 40 * DAY]
    write_world(
        graph,
        members=["a", "b", "c"],
        ties=[
            tie("a", "b", recent=[at, at + 10 * DAY, NOW - 1], contacts=3),
            tie("b", "a", recent=[at + 12 * DAY], contacts=1),
            tie("a", "c", recent=[at - 50 * DAY, at], contacts=2),
            tie("c", "a", recent=many, contacts=70),  # what came before is not known
        ],
    )
    told = read_replies(graph, read_history(graph), window_s=WINDOW, data_end=NOW)
    found = {
        (int(s), int(t), int(when - at)): int(y)
        for s, t, when, y in zip(told.sender, told.target, told.at, told.label, strict=True)
    }
    assert found == {
        (0, 1, 0): 1,
        (0, 1, 10 * DAY): 1,
        (1, 0, 12 * DAY): 0,
        (0, 2, 0): 0,
        (2, 0, -20 * DAY): 1,
        (2, 0, 40 * DAY): 0,
    }
