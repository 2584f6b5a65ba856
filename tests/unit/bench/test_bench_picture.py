"""The picture holds one line a question, higher where the 99th percentile is, whatever was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sixhop_bench.picture import write_picture
from sixhop_bench.results import Row

SVG = "{http://www.w3.org/2000/svg}"


def row(graph: str, members: int, question: str, p99_ms: float, clients: int = 1) -> Row:
    return Row(graph, members, 10 * members, question, clients, p99_ms / 3, p99_ms / 2, p99_ms, 10.0)


def test_points_stand_by_size_and_time(tmp_path: Path) -> None:
    sizes = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
    rows = [row(name, size, "RecommendTargets", 20.0) for name, size in sizes.items()]
    rows += [row(name, size, "plain: a <-[way]-", 100.0) for name, size in sizes.items()]
    rows += [row("hubs", 100_010, "RecommendTargets", 9_999.0), row("1m", 1_000_000, "RecommendTargets", 777.0, 16)]
    write_picture(rows, tmp_path / "p.svg")
    whole = ET.parse(tmp_path / "p.svg").getroot()
    points = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in whole.iter(f"{SVG}circle")]
    assert len(points) == 6
    first, second = points[:3], points[3:]
    assert [across for across, _ in first] == sorted(across for across, _ in first)
    assert first[1][0] - first[0][0] == pytest.approx(first[2][0] - first[1][0], abs=0.2)
    assert all(slow < quick for (_, slow), (_, quick) in zip(second, first, strict=True))
    assert "plain: a <-[way]-" in [text.text for text in whole.iter(f"{SVG}text")]


@pytest.mark.parametrize("rows", [[], [row("tiny", 2_000, "FindChains", 5.0)]])
def test_little_is_drawn_too(tmp_path: Path, rows: list[Row]) -> None:
    write_picture(rows, tmp_path / "p.svg")
    assert len(list(ET.parse(tmp_path / "p.svg").getroot().iter(f"{SVG}circle"))) == len(rows)
