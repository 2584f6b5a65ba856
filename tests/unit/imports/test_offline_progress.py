"""How far Neo4j's bulk importer is, is read from its log."""

from __future__ import annotations

from pathlib import Path

from sixhop.imports.offline import percent_done

DOTS = ".......... .......... .......... .......... .......... "


def test_progress_is_over_all_four_stages(tmp_path: Path) -> None:
    log = tmp_path / "import.log"
    assert percent_done(log) == 0
    log.write_text("Neo4j version: 5.26.30\n")
    assert percent_done(log) == 0
    log.write_text(f"(1/4) Node import\n{DOTS}  5% ∆663ms [663ms]\n{DOTS} 40% ∆0ms [1s]\n")
    assert percent_done(log) == 10
    log.write_text(log.read_text() + f"{DOTS}100% ∆0ms [2s]\n(2/4) Relationship import 2026\n")
    assert percent_done(log) == 25
    log.write_text(log.read_text() + f"{DOTS} 20% ∆0ms [2s]\n")
    assert percent_done(log) == 30
