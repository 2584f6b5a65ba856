"""`docs/data.md` names every kind of file, column, type and word that an import takes, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sixhop.cli.imports import INTERRUPTED, SOME_REJECTED
from sixhop.imports.kinds import KINDS, Kind, Type

PAGE = (Path(__file__).parents[3] / "docs" / "data.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| ([^|]+) \|", re.MULTILINE)


def section(kind: str) -> str:
    found = re.search(rf"^### {kind}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/data.md has no section {kind}"
    return found.group(1)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_of_file_is_described_as_it_is_read(kind: Kind) -> None:
    rows = {name: (bool(bold), told) for bold, name, told in ROW.findall(section(kind.name))}
    assert list(rows) == [column.name for column in kind.columns]
    for column in kind.columns:
        required, told = rows[column.name]
        assert required == column.required
        if column.type is Type.CHOICE:
            assert re.findall(r"`(\w+)`", told) == list(column.choices)
        elif column.refers_to:
            assert told.startswith("id of a")
        else:
            assert told.startswith(column.type.value)


def test_the_exit_codes_are_those_of_the_command() -> None:
    assert f"| {SOME_REJECTED} | the good rows" in PAGE
    assert f"| {INTERRUPTED} | stopped" in PAGE
