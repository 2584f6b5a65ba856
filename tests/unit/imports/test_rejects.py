"""Each bad row is found, with the line it stands on, why, and its text; the good ones stay."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from staged_folder import MEMBERS, OFFERINGS, rejected, staged

from sixhop.imports import reading
from sixhop.imports.folder import open_folder
from sixhop.imports.staging import stage

LONG = "x" * 129


@pytest.fixture(params=[16 << 20, 256], ids=["one piece", "many pieces"])
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reading, "CSV_BLOCK_BYTES", request.param)
    monkeypatch.setattr(reading, "PARQUET_BATCH_ROWS", 2)
    return


@pytest.mark.usefixtures("_pieces")
def test_every_kind_of_bad_row_is_told_with_its_line(tmp_path: Path) -> None:
    ties = [
        ("m0,m1,2020-01-01,1,0", None),
        ("m0,m0,,,", "from_id and to_id are the same member"),
        ("m0,nobody,,,", "to_id: unknown member"),
        ("m0,,,,", "to_id: missing"),
        ("m0,m2,yesterday,,", "since: not a time"),
        ("m0,m2,2020-02-30,,", "since: not a time"),
        ("m0,m2,1700000000000,,", "since: out of range"),
        ("m0,m2,,-1,", "strength: out of range 0 to 1e+06"),
        ("m0,m2,,strong,", "strength: not a number"),
        ("m0,m2,,nan,", "strength: "),
        ("m0,m2,,,1.01", "sentiment: out of range -1 to 1"),
        ("m0,m2,,", "4 fields where the header has 5"),
        ("m0,m2,,,,,", "7 fields where the header has 5"),
        ("", None),
        ("m3,m4,,,", None),
        ("m0,m1,2020-01-01,2,0", "from_id, to_id: given before with other content"),
        ("m3,m4,,,", None),
    ]
    text = "from_id,to_id,since,strength,sentiment\n" + "\n".join(row for row, _ in ties) + "\n"
    of = staged(tmp_path, members=MEMBERS, ties=text)
    wanted = [(line, row, reason) for line, (row, reason) in enumerate(ties, 2) if reason]
    found = rejected(tmp_path, of)
    assert [(name, line, row) for name, line, _, row in found] == [("ties.csv", line, row) for line, row, _ in wanted]
    for (_, _, reason, _), (_, _, start) in zip(found, wanted, strict=True):
        assert reason.startswith(start)
    assert of.rejects.total == len(wanted)
    assert len(of.rows["ties"]) == 2


def test_values_of_every_type_are_checked(tmp_path: Path) -> None:
    of = staged(
        tmp_path,
        members=f"member_id,can_be_named,interests\nm1,maybe,\n{LONG},,\nm2,no,{LONG}\nm3,YES,a;b\n",
        offerings="offering_id,kind,enterprise_id\no1,thing,\no2,event,e9\no3,,\n",
        experiences="member_id,offering_id,at,kind\nm3,o3,-5,\nm3,o3,2020-01-01,used\nm3,o1,2020-01-01,use\nm3,o3,,\n",
        communities="community_id,parent_id\nc1,c2\nc2,c1\nc3,c9\nc4,c3\nc5,\nc6,c5\nc7,c7\n",
        memberships="member_id,community_id\nm3,c4\nm3,c6\n",
        outreach=(
            "outreach_id,sender_id,target_id,offering_id,at,outcome,outcome_at\nr1,m3,m3,o3,5,,\nr2,m3,m9,o3,5,,\n"
        ),
    )
    reasons = {(name, line): reason for name, line, reason, _ in rejected(tmp_path, of)}
    assert set(reasons) == {
        *(("members.csv", line) for line in (2, 3, 4)),
        *(("offerings.csv", line) for line in (2, 3)),
        *(("experiences.csv", line) for line in (2, 3, 4, 5)),
        *(("communities.csv", line) for line in (2, 3, 4, 5, 8)),
        ("memberships.csv", 2),
        *(("outreach.csv", line) for line in (2, 3)),
    }
    assert reasons["members.csv", 3] == "member_id: longer than 128 characters"
    assert reasons["offerings.csv", 3] == "enterprise_id: unknown enterprise"
    assert reasons["experiences.csv", 4] == "offering_id: unknown offering"
    assert reasons["memberships.csv", 2] == "community_id: unknown community"
    assert of.rows["communities"]["community_id"].to_pylist() == ["c5", "c6"]


def test_outcomes_and_answers_come_after_what_they_answer(tmp_path: Path) -> None:
    head = "outreach_id,sender_id,target_id,offering_id,at,outcome,outcome_at\n"
    of = staged(
        tmp_path,
        members=MEMBERS,
        offerings=OFFERINGS,
        outreach=head + "r1,m0,m1,o1,50,adopted,40\nr2,m0,m1,o1,50,,60\nr3,m0,m1,o1,50,adopted,60\n",
        hops="outreach_id,position,member_id,asked_at,answered_at\nr3,0,m1,50,\nr3,1,m1,50,40\nr3,7,m1,50,\nr3,1,m1,50,\n",
    )
    assert [(name, line) for name, line, _, _ in rejected(tmp_path, of)] == [
        ("outreach.csv", 2), ("outreach.csv", 3), ("hops.csv", 2), ("hops.csv", 3), ("hops.csv", 4),
    ]  # fmt: skip


@pytest.mark.usefixtures("_pieces")
def test_lines_are_those_of_the_file_also_after_line_breaks_inside_quotes(tmp_path: Path) -> None:
    text = 'member_id,name\nm1,"two\nlines"\n"",x\nm2,"a\r\nb\nc"\n\nm3,x,"wide\nrow"\n,y\nm4,\n'
    of = staged(tmp_path, members=text)
    assert [(line, row) for _, line, _, row in rejected(tmp_path, of)] == [
        (4, ",x"), (9, 'm3,x,"wide\nrow"'), (11, ",y"),
    ]  # fmt: skip
    assert of.rows["members"]["name"].to_pylist() == ["two\nlines", "a\r\nb\nc", None]


@pytest.mark.usefixtures("_pieces")
def test_parquet_rows_are_told_by_number(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS)
    table = pa.table(
        {
            "from_id": ["m0", "m1", None, "m9"],
            "to_id": ["m1", "m1", "m2", "m3"],
            "since": pa.array([1_600_000_000_000, None, None, 1_600_000_000_000], pa.timestamp("ms", "UTC")),
            "strength": [1.5, None, 2.0, float("nan")],
        }
    )
    pq.write_table(table, tmp_path / "ties.parquet")
    of = stage(open_folder(tmp_path))
    assert [(line, reason) for _, line, reason, _ in rejected(tmp_path, of)] == [
        (2, "from_id and to_id are the same member"), (3, "from_id: missing"),
    ]  # fmt: skip
    assert of.rows["ties"]["since"].tolist() == [1_600_000_000, 1_600_000_000]


def test_an_event_id_given_twice_counts_once_and_with_other_content_is_rejected(tmp_path: Path) -> None:
    of = staged(
        tmp_path,
        members=MEMBERS,
        interactions="from_id,to_id,at,event_id\nm0,m1,5,a\nm0,m1,5,a\nm0,m1,6,a\nm0,m1,7,\nm0,m1,7,\n",
    )
    assert [(line, reason) for _, line, reason, _ in rejected(tmp_path, of)] == [
        (4, "event_id: given before with other content")
    ]
    assert of.rows["interactions"]["at"].tolist() == [5, 7, 7]


def test_the_rejects_file_is_private_and_goes_when_there_are_none(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    of = staged(folder, members="member_id,name\n,x\n")
    assert rejected(tmp_path, of)
    file = tmp_path / "out" / "rejects.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    good = staged(folder, members="member_id,name\nm1,x\n")
    assert rejected(tmp_path, good) == []
    assert not file.exists()
