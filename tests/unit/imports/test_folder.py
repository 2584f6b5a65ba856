"""What of a folder is looked at before anything is read: all that is wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from staged_folder import MEMBERS, folder_of, staged, write_gz

from sixhop.errors import InvalidInput
from sixhop.imports.folder import open_folder


def violations(path: Path) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        open_folder(path)
    assert "nothing was written" in caught.value.message
    found: dict[str, list[str]] = {}
    for name, problem in caught.value.violations:
        found.setdefault(name, []).append(problem)
    return found


def test_every_problem_of_the_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("member_id,age,age\n")
    (tmp_path / "ties.csv").write_text("from_id,weight\n")
    write_gz(tmp_path / "ties.csv.gz", "from_id,to_id\n")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "offerings.csv").write_bytes("offering_id,name\no1,ok\no2,caf\xe9\n".encode("latin-1"))
    (tmp_path / "blocks.csv").write_bytes(b"")
    (tmp_path / "hops.parquet").write_bytes(b"no parquet")
    (tmp_path / "customers.csv").write_text("member_id;enterprise_id\n")
    (tmp_path / ".hidden").write_text("not looked at")
    found = violations(tmp_path)
    assert set(found) == {path.name for path in tmp_path.iterdir()} - {".hidden"}
    assert "unknown column 'age'" in found["members.csv"]
    assert "column 'age' is given twice" in found["members.csv"]
    assert {"unknown column 'weight'", "lacks the column 'to_id'"} <= set(found["ties.csv"])
    assert "ties.csv is ties too" in found["ties.csv.gz"][0]
    assert "is not UTF-8 (line 3)" in found["offerings.csv"][0]
    assert "is empty" in found["blocks.csv"][0]
    assert "cannot be read" in found["hops.parquet"][0]
    assert "separated by commas" in found["customers.csv"][0]


def test_parquet_columns_of_a_type_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    columns = {"member_id": [["m1"]], "interests": [["a"]], "joined_at": pa.array([1], pa.time32("s"))}
    pq.write_table(pa.table(columns), tmp_path / "members.parquet")
    told = violations(tmp_path)["members.parquet"]
    assert [problem.split()[1] for problem in told] == ["'member_id'", "'joined_at'"]


def test_an_empty_folder_and_none_at_all_are_told(tmp_path: Path) -> None:
    assert "holds nothing to import" in violations(tmp_path)[str(tmp_path)][0]
    with pytest.raises(InvalidInput, match="is not a folder"):
        open_folder(tmp_path / "none")


def test_a_cut_off_character_at_the_end_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_bytes(b"member_id\nm1\nm\xc3")
    assert "line 3" in violations(tmp_path)["members.csv"][0]


def test_csv_gzip_parquet_and_a_byte_order_mark_read_alike(tmp_path: Path) -> None:
    text = "member_id,name\nm1,Ann\nm2,\n"
    ways = [tmp_path / name for name in ("plain", "mark", "gz", "parquet")]
    for way in ways:
        way.mkdir()
    (ways[0] / "members.csv").write_text(text)
    (ways[1] / "members.csv").write_text("\ufeff" + text.replace("\n", "\r\n"), newline="")
    write_gz(ways[2] / "members.csv.gz", text)
    pq.write_table(pa.table({"member_id": ["m1", "m2"], "name": ["Ann", None]}), ways[3] / "members.parquet")
    for way in ways:
        rows = staged(way).rows["members"]
        assert rows["member_id"].to_pylist() == ["m1", "m2"]
        assert rows["name"].to_pylist() in (["Ann", None], ["Ann", ""])


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    first = folder_of(tmp_path, members=MEMBERS).digest
    assert folder_of(tmp_path, members=MEMBERS).digest == first
    assert folder_of(tmp_path, members=MEMBERS + "m99\n").digest != first
