"""The demo's data: whole, dated honestly, and read without importing the library it ships in."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from sixhop_ml import lastfm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("lastfm")
    lastfm.write_import_folder(target)
    return target


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_members_mutual_ties_and_first_tags(folder: Path) -> None:
    members = {row["member_id"] for row in rows(folder, "members")}
    ties = {(row["from_id"], row["to_id"]) for row in rows(folder, "ties")}
    experiences = rows(folder, "experiences")
    assert len(members) == 1_892
    assert len(ties) == 2 * 12_717
    assert {(v, u) for u, v in ties} == ties
    assert {end for tie in ties for end in tie} <= members
    assert len({(row["member_id"], row["offering_id"]) for row in experiences}) == len(experiences) == 70_112


def test_nothing_is_dated_more_finely_than_its_month_nor_outside_the_whole_record(folder: Path) -> None:
    months = sorted({row["at"] for row in rows(folder, "experiences")})
    assert all(month.endswith("-01") for month in months)
    assert (months[0], months[-1]) == ("2005-08-01", "2011-03-01")
    assert len(months) == 68  # no month is missing in between


def test_memberships_begin_with_the_first_use_of_a_tag(folder: Path) -> None:
    memberships = rows(folder, "memberships")
    assert {row["community_id"] for row in memberships} == {row["community_id"] for row in rows(folder, "communities")}
    assert all(row["since"] <= "2011-03-01" for row in memberships)


def test_writing_again_gives_the_same_bytes_and_imports_no_client(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sixhop_ml import lastfm; "
        "lastfm.write_import_folder(Path(sys.argv[1])); "
        "sys.exit('graphdatascience' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
