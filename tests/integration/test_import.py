"""What an import makes of a folder: the graph the folder declares, the same again and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_world import SMALL, dump, ties, write_folder

from sixhop.graph.executor import Graph
from sixhop.graph.realm import read_realm
from sixhop.imports.run import Options, Report, run_import

NOW = 1_700_000_000
DAY = 86_400


def load(graph: Graph, folder: Path, home: Path, options: Options | None = None) -> Report:
    return run_import(graph, folder, options or Options(), home=home, now=NOW, tell=lambda *_: None)


def nodes(graph: Graph, label: str) -> dict[str, dict[str, object]]:
    key = f"{label.lower()}_id"
    return {p[key]: p for labels, p in dump(graph)["nodes"] if labels == [label]}


def links(graph: Graph, kind: str) -> list[tuple[object, ...]]:
    """(start's id, end's id, properties) of one type of relationship."""

    def name(node: dict[str, object]) -> object:
        return next(v for k, v in node.items() if k.endswith("_id") and not k.startswith("attribution"))

    return sorted(((name(s), name(e), p) for _, s, k, p, e in dump(graph)["relationships"] if k == kind), key=repr)


def test_every_kind_of_file_becomes_what_the_schema_says(graph: Graph, tmp_path: Path) -> None:
    report = load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    assert report.rejects_file is None
    members = nodes(graph, "Member")
    assert members["m1"] == {
        "realm": graph.realm, "member_id": "m1", "name": "Ann", "joined_at": 1556668800,
        "interests": ["jazz", "chess"], "can_be_reached": True, "can_be_named": False, "opted_out_at": 1591142400,
    }  # fmt: skip
    assert members["m2"]["name"] == 'Bo "B" Berg, jr'
    assert members["m2"]["can_introduce"] is False
    assert members["m3"] == {"realm": graph.realm, "member_id": "m3"}
    assert links(graph, "PART_OF") == [("c2", "c1", {}), ("c3", "c2", {})]
    assert links(graph, "ALLIED_IN") == [("e1", "a1", {}), ("e2", "a1", {})]
    assert links(graph, "OFFERED_BY") == [("o1", "e1", {})]
    assert links(graph, "BLOCKS") == [("m4", "m1", {"at": 1588636800}), ("m5", "m4", {})]
    assert links(graph, "CUSTOMER_OF") == [("m1", "e1", {"since": 1514764800, "stage": "loyal"}), ("m2", "e2", {})]
    assert links(graph, "ACTS_FOR") == [("m3", "e1", {"role": "buyer"}), ("m4", "e3", {})]
    assert links(graph, "BELONGS_TO") == [("m1", "c2", {"role": "moderator", "since": 1577836800}), ("m2", "c3", {})]


def test_experiences_of_one_offering_are_united(graph: Graph, tmp_path: Path) -> None:
    load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    assert ("m1", "o1", {
        "kind": "trial", "first_at": 1580515200, "last_at": 1586390400, "times": 3, "sentiment": -0.25,
        "sentiment_at": 1586390400, "value": 30.5, "place": "Rome", "channel": "web",
    }) in links(graph, "EXPERIENCED")  # fmt: skip


def test_hops_stand_in_order_with_who_asked_and_the_target_last(graph: Graph, tmp_path: Path) -> None:
    load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    hops = {
        (start["outreach_id"], end["member_id"]): p
        for _, start, kind, p, end in dump(graph)["relationships"]
        if kind == "HOP"
    }
    assert hops["r1", "m1"] == {"position": 0}
    assert hops["r1", "m2"] == {
        "position": 1, "attempt": 1, "asked_by": "m1", "asked_at": 1591056000, "answered_at": 1591142400, "state": "declined",
    }  # fmt: skip
    assert (hops["r1", "m3"]["attempt"], hops["r1", "m4"]["asked_by"]) == (2, "m3")
    assert hops["r2", "m5"] == {"position": 2}
    assert hops["r3", "m1"] == {"position": 1}
    assert links(graph, "ADOPTED_THROUGH") == [("m4", "r1", {})]


def test_strength_is_the_decayed_count_of_contacts(graph: Graph, tmp_path: Path) -> None:
    report = load(graph, write_folder(tmp_path / "in", SMALL), tmp_path, Options(half_life_days=90))
    half_life = report.realm.half_life_days * DAY
    known = ties(graph)

    at, last = 1591005600, 1591171200
    assert known["m1", "m2"]["recent"] == [at, last]
    assert known["m1", "m2"]["recent_channels"] == ["mail", "phone"]
    assert known["m1", "m2"]["since"] == 1577836800
    base = 2.5 * 2 ** (-(last - 1577836800) / half_life)
    assert known["m1", "m2"]["base_strength"] == pytest.approx(base)
    assert known["m1", "m2"]["strength"] == pytest.approx(base + 1 + 2 ** (-(last - at) / half_life))
    assert known["m1", "m2"]["sentiment"] == 0.25

    assert known["m2", "m1"] == {
        "contacts": 0, "strength": 1.0, "base_strength": 1.0, "sentiment": 0.5, "pass_on": 0.03,
    }  # fmt: skip
    assert known["m1", "m3"]["base_strength"] == 3.0
    assert known["m1", "m3"]["strength"] == 4.0
    assert known["m1", "m3"]["pass_on"] == pytest.approx(0.03 * 2 * 4 / 5)
    assert known["m3", "m4"]["last_at"] == known["m3", "m4"]["since"] == 1583020800

    many = known["m2", "m3"]
    assert (many["contacts"], len(many["recent"]), many["since"]) == (70, 64, 1580000000)
    assert many["recent"][-1] == many["last_at"] == 1580000000 + 69 * DAY
    assert many["base_strength"] == pytest.approx(sum(2 ** (-(69 - i) * DAY / half_life) for i in range(6)))
    assert many["strength"] == pytest.approx(sum(2 ** (-i * DAY / half_life) for i in range(70)))


def test_the_same_folder_again_changes_nothing(graph: Graph, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", SMALL)
    load(graph, folder, tmp_path)
    before = dump(graph)
    load(graph, folder, tmp_path)
    assert dump(graph) == before


def test_the_realm_takes_its_settings_from_its_first_import(graph: Graph, tmp_path: Path) -> None:
    first = load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    assert first.first
    assert first.realm == read_realm(graph)
    assert first.realm.as_of_last_event
    assert first.realm.last_event_at == 1591171200
    again = load(graph, tmp_path / "in", tmp_path, Options(label_window_days=30))
    assert not again.first
    assert (again.realm.label_window_days, again.realm.half_life_days) == (30, first.realm.half_life_days)
