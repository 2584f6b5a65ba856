"""What an import makes of a folder: the graph the folder declares, the same again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from import_world import SMALL, dump, ties, write_folder

from realms import forget_realm
from sixhop.cli.imports import SOME_REJECTED
from sixhop.errors import InvalidInput, Refused
from sixhop.graph.executor import Graph
from sixhop.graph.realm import read_realm
from sixhop.imports.journal import only_import
from sixhop.imports.restate import apply_settings
from sixhop.imports.run import Options, Report, run_import
from sixhop.settings import Settings

SIXHOP = Path(sys.executable).with_name("sixhop")
NOW = 1_700_000_000
DAY = 86_400


def load(graph: Graph, folder: Path, home: Path, options: Options | None = None) -> Report:
    return run_import(graph, folder, options or Options(), home=home, now=NOW, tell=lambda *_: None)


def nodes(graph: Graph, label: str) -> dict[str, dict[str, Any]]:
    key = f"{label.lower()}_id"
    return {p[key]: p for labels, p in dump(graph)["nodes"] if labels == [label]}


def links(graph: Graph, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(start's id, end's id, properties) of one type of relationship."""

    def name(node: dict[str, str]) -> str:
        return next(value for key, value in node.items() if key.endswith("_id"))

    return sorted(((name(s), name(e), p) for _, s, k, p, e in dump(graph)["relationships"] if k == kind), key=repr)


def test_every_kind_of_file_becomes_what_the_schema_says(graph: Graph, tmp_path: Path) -> None:
    report = load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    assert report.rejects_file is None
    members = nodes(graph, "Member")
    assert members["m1"] == {
        "realm": graph.realm, "member_id": "m1", "name": "Ann", "joined_at": 1556668800,
        "interests": ["jazz", "chess"], "can_be_reached": True, "can_be_named": False, "opted_out_at": 1591142400,
        "close_to_best": -close(graph, "CLOSE_TO", "m1")[0][0],
        "close_from_best": -close(graph, "CLOSE_FROM", "m1")[0][0],
        "sent_at": [1590969600, 1591056000], "reached_at": [1591142400],
    }  # fmt: skip
    assert members["m2"]["name"] == 'Bo "B" Berg, jr'
    assert members["m2"]["can_introduce"] is False
    assert members["m3"] == {
        "realm": graph.realm, "member_id": "m3", "close_to_best": 0.03,
        "close_from_best": -close(graph, "CLOSE_FROM", "m3")[0][0], "asked_at": [1591142400, 1591228800],
    }  # fmt: skip
    assert (members["m4"]["reached_at"], members["m5"]["reached_at"]) == ([1590969600], [1591056000])
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
        "position": 1, "attempt": 1, "asked_by": "m1", "asked_at": 1591056000, "answered_at": 1591142400,
        "state": "declined",
    }  # fmt: skip
    assert (hops["r1", "m3"]["attempt"], hops["r1", "m4"]["asked_by"]) == (2, "m3")
    assert hops["r2", "m5"] == {"position": 2, "is_target": True}
    assert hops["r3", "m1"] == {"position": 1, "is_target": True}
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
    assert (first.realm.last_event_at, first.realm.last_since) == (1591171200, 1591000000)
    assert first.realm.top_ties == 2
    again = load(graph, tmp_path / "in", tmp_path, Options(label_window_days=30))
    assert not again.first
    assert (again.realm.label_window_days, again.realm.half_life_days) == (30, first.realm.half_life_days)


def test_folders_one_after_the_other_make_what_one_folder_makes(graph: Graph, tmp_path: Path) -> None:
    """Contacts and experiences month by month; the rest in the first folder."""
    options = Options(half_life_days=30, label_window_days=30, as_of_last_event=True)
    load(graph, write_folder(tmp_path / "whole", SMALL), tmp_path, options)
    whole = dump(graph)
    parts = {"early": dict(SMALL), "late": {}}
    for name in ("interactions.csv", "experiences.csv"):
        head, *rows = SMALL[name].splitlines(keepends=True)
        rows.sort(key=lambda row: (len(row.split(",")[2]), row.split(",")[2]))
        parts["early"][name] = head + "".join(rows[: len(rows) // 2])
        parts["late"][name] = head + "".join(rows[len(rows) // 2 :])
    with Graph(graph.at, graph.catalog, f"{graph.realm}-parts") as other:
        try:
            for name, files in parts.items():
                load(other, write_folder(tmp_path / name, files), tmp_path, options)
            alike(dump(other), whole)
            load(other, tmp_path / "early", tmp_path, options)
            alike(dump(other), whole)
        finally:
            forget_realm(other)


def alike(left: dict[str, list[Any]], right: dict[str, list[Any]]) -> None:
    """Equal but for the last digits of what was summed in another order, and for the realm's name."""
    assert rounded(left) == rounded(right)


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items() if name != "realm"}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def test_close_lists_hold_the_best_ties_of_both_ends(graph: Graph, tmp_path: Path) -> None:
    """One member with 40 ties out and in, many of equal strength."""
    ids = [f"m{i:02}" for i in range(41)]
    rows = [f"m00,{v},{1 + i % 3}\n{v},m00,{1 + i % 4}\n" for i, v in enumerate(ids[1:])]
    files = {"members.csv": "member_id\n" + "\n".join(ids), "ties.csv": "from_id,to_id,strength\n" + "".join(rows)}
    load(graph, write_folder(tmp_path / "in", files), tmp_path)
    known = ties(graph)
    outgoing = sorted(((-p["pass_on"], v) for (u, v), p in known.items() if u == "m00"))[:32]
    incoming = sorted(((-p["pass_on"], u) for (u, v), p in known.items() if v == "m00"))[:32]
    assert close(graph, "CLOSE_TO", "m00") == outgoing
    assert close(graph, "CLOSE_FROM", "m00") == incoming
    assert close(graph, "CLOSE_TO", "m01") == [(-known["m01", "m00"]["pass_on"], "m00")]

    apply_settings(graph, read_realm(graph), replace(read_realm(graph), close_ties=3), lambda *_: None)
    assert close(graph, "CLOSE_TO", "m00") == outgoing[:3]
    assert close(graph, "CLOSE_FROM", "m00") == incoming[:3]


def close(graph: Graph, kind: str, member_id: str) -> list[tuple[float, str]]:
    return sorted((-p["pass_on"], end) for start, end, p in links(graph, kind) if start == member_id)


def test_a_tie_that_became_stronger_moves_up_the_lists(graph: Graph, tmp_path: Path) -> None:
    files = {
        "members.csv": "member_id\nm1\nm2\nm3\n",
        "ties.csv": "from_id,to_id,strength\nm1,m2,2\nm1,m3,1\n",
    }
    load(graph, write_folder(tmp_path / "in", files), tmp_path)
    first = close(graph, "CLOSE_TO", "m1")
    assert [end for _, end in first] == ["m2", "m3"]
    contacts = "from_id,to_id,at\n" + "".join(f"m1,m3,{i}\n" for i in range(9))
    load(graph, write_folder(tmp_path / "later", {"interactions.csv": contacts}), tmp_path)
    assert [end for _, end in close(graph, "CLOSE_TO", "m1")] == ["m3", "m2"]
    assert close(graph, "CLOSE_FROM", "m3") == [(-ties(graph)["m1", "m3"]["pass_on"], "m1")]


def test_what_the_realm_has_may_be_referred_to(graph: Graph, tmp_path: Path) -> None:
    load(graph, write_folder(tmp_path / "first", {"members.csv": "member_id\nm1\nm2\n"}), tmp_path)
    second = write_folder(tmp_path / "second", {"ties.csv": "from_id,to_id\nm1,m2\nm1,m9\n"})
    report = load(graph, second, tmp_path)
    assert report.rejected == {"ties": 1}
    assert set(ties(graph)) == {("m1", "m2")}


def test_a_later_import_updates_and_what_it_does_not_say_stays(graph: Graph, tmp_path: Path) -> None:
    load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)
    later = {
        "members.csv": "member_id,name,can_be_named\nm1,Anna,\nm3,,true\n",
        "offerings.csv": "offering_id,enterprise_id\no1,e2\n",
        "communities.csv": "community_id,parent_id\nc3,c1\n",
        "outreach.csv": (
            "outreach_id,sender_id,target_id,offering_id,at,outcome,outcome_at\nr2,m1,m5,o2,2020-06-02,adopted,2020-08-01\n"
        ),
        "hops.csv": "outreach_id,position,member_id,asked_at\nr2,2,m2,2020-06-04\n",
    }
    load(graph, write_folder(tmp_path / "later", later), tmp_path)
    members = nodes(graph, "Member")
    assert (members["m1"]["name"], members["m1"]["interests"], members["m1"]["can_be_named"]) == (
        "Anna", ["jazz", "chess"], False,
    )  # fmt: skip
    assert links(graph, "OFFERED_BY") == [("o1", "e2", {})]
    assert links(graph, "PART_OF") == [("c2", "c1", {}), ("c3", "c1", {})]
    hops = {end: p["position"] for start, end, p in links(graph, "HOP") if start == "r2"}
    assert hops == {"m1": 0, "m3": 1, "m2": 2, "m5": 3}
    assert ("m5", "r2", {}) in links(graph, "ADOPTED_THROUGH")


def test_a_new_half_life_counts_strengths_anew_or_says_why_it_cannot(graph: Graph, tmp_path: Path) -> None:
    files = {name: text for name, text in SMALL.items() if name != "interactions.csv"}
    files["interactions.csv"] = "".join(SMALL["interactions.csv"].splitlines(keepends=True)[:6])
    folder = write_folder(tmp_path / "in", files)
    load(graph, folder, tmp_path, Options(half_life_days=90))
    report = load(graph, folder, tmp_path, Options(half_life_days=7, pass_on_prior=0.1))
    assert (report.realm.half_life_days, report.realm.pass_on_prior) == (7, 0.1)
    changed = dump(graph)
    with Graph(graph.at, graph.catalog, f"{graph.realm}-other") as other:
        try:
            load(other, folder, tmp_path, Options(half_life_days=7, pass_on_prior=0.1))
            alike(changed, dump(other))
        finally:
            forget_realm(other)

    load(graph, write_folder(tmp_path / "many", SMALL), tmp_path)
    before = dump(graph)
    with pytest.raises(Refused, match="more than 64 contacts"):
        load(graph, tmp_path / "many", tmp_path, Options(half_life_days=90))
    assert dump(graph) == before


def test_a_mutual_tie_may_be_told_once(graph: Graph, tmp_path: Path) -> None:
    files = {
        "members.csv": "member_id\nm1\nm2\nm3\n",
        "ties.csv": "from_id,to_id,strength\nm1,m2,2\nm2,m3,3\nm3,m2,4\n",
    }
    load(graph, write_folder(tmp_path / "in", files), tmp_path, Options(mutual=True))
    assert {pair: p["strength"] for pair, p in ties(graph).items()} == {
        ("m1", "m2"): 2.0, ("m2", "m1"): 2.0, ("m2", "m3"): 3.0, ("m3", "m2"): 4.0,
    }  # fmt: skip


def test_the_command_says_what_it_did_and_its_exit_code_says_whether_rows_were_rejected(
    graph: Graph, sixhop_env: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    def sixhop(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(SIXHOP), *arguments]
        return subprocess.run(command, env=sixhop_env, capture_output=True, text=True, timeout=120, check=False)

    good = sixhop("import", str(write_folder(tmp_path / "good", SMALL)))
    assert good.returncode == 0, good.stderr
    assert "label window 180 days" in good.stdout
    assert "--label-window-days" in good.stdout

    bad = sixhop(
        "import", str(write_folder(tmp_path / "bad", {"members.csv": "member_id,joined_at\nsecret-id,soon\nm9,\n"}))
    )
    assert bad.returncode == SOME_REJECTED
    file = next((settings.home / "imports").glob("*.rejects.csv"))
    assert str(file) in bad.stdout.replace("\n", "")
    assert "secret-id" not in bad.stdout + bad.stderr
    assert "members.csv,2,joined_at: not a time" in file.read_text()
    assert "m9" in nodes(graph, "Member")

    nothing = sixhop("import", str(write_folder(tmp_path / "none", {"members.csv": "name\nx\n", "ties.csv": "a,b\n"})))
    assert nothing.returncode == InvalidInput.exit_code
    assert "members.csv: lacks the column 'member_id'" in nothing.stderr
    assert "ties.csv: unknown column 'a'" in nothing.stderr

    shown = sixhop("realm", "show", "--json")
    assert json.loads(shown.stdout)["label_window_days"] == 180
    assert sixhop("realm", "set", "label_window_days=90", "pass_on_prior=0.5").returncode == 0
    assert (read_realm(graph).label_window_days, read_realm(graph).pass_on_prior) == (90, 0.5)
    assert ties(graph)["m2", "m1"]["pass_on"] == 0.5
    wrong = sixhop("realm", "set", "close_ties=0", "colour=red", "as_of_last_event=perhaps")
    assert wrong.returncode == InvalidInput.exit_code
    assert all(name in wrong.stderr for name in ("close_ties", "colour", "as_of_last_event"))


def test_a_name_that_is_no_realms_is_refused(graph: Graph, tmp_path: Path) -> None:
    graph.realm = "../elsewhere"
    with pytest.raises(InvalidInput, match="cannot be the name"):
        load(graph, write_folder(tmp_path / "in", SMALL), tmp_path)


def test_two_imports_into_one_realm_at_once_are_refused(graph: Graph, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", SMALL)
    with only_import(tmp_path / "imports", graph.realm), pytest.raises(Refused, match="another import"):
        load(graph, folder, tmp_path)
