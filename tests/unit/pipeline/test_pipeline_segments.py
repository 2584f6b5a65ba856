"""Segments: what was shown is on disk soon, in bounded files, also after a crash; and nothing ever waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sixhop.pipeline import segments
from sixhop.pipeline.segments import SegmentLimits, SegmentRecorder


def rows_of(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.glob(pattern)) for line in path.read_text().splitlines()]


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_put_is_in_a_closed_segment_after_the_end(tmp_path: Path) -> None:
    recorder = SegmentRecorder(tmp_path / "demo")
    for number in range(10):
        assert recorder.put(lambda number=number: [{"n": number}])  # type: ignore[misc]
    recorder.close()
    assert [row["n"] for row in rows_of(tmp_path / "demo")] == list(range(10))
    assert not list((tmp_path / "demo").glob("*.part"))


def test_segments_turn_over_by_size_and_the_oldest_go(tmp_path: Path) -> None:
    limits = SegmentLimits(segment_bytes=1_000, total_bytes=5_000)
    recorder = SegmentRecorder(tmp_path, limits)
    for number in range(300):
        eventually(lambda number=number: recorder.put(lambda: [{"n": number, "pad": "x" * 90}]))  # type: ignore[misc]
    recorder.close()
    sizes = [path.stat().st_size for path in tmp_path.glob("*.jsonl")]
    assert sum(sizes) <= limits.total_bytes
    assert max(sizes) <= limits.segment_bytes + 200
    assert rows_of(tmp_path)[-1]["n"] == 299, "the newest stay"


def test_segments_turn_over_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "WAIT_S", 0.02)
    recorder = SegmentRecorder(tmp_path, SegmentLimits(segment_age_s=0.05))
    recorder.put(lambda: [{"n": 1}])
    eventually(lambda: bool(list(tmp_path.glob("*.jsonl"))))
    recorder.close()


def test_a_full_queue_refuses_at_once_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_WAITING", 2)
    recorder = SegmentRecorder(tmp_path)

    def slowly() -> list[dict[str, object]]:
        time.sleep(0.2)
        return []

    started = time.monotonic()
    taken = [recorder.put(slowly) for _ in range(6)]
    assert time.monotonic() - started < 0.1
    assert not all(taken)
    assert recorder.dropped == taken.count(False)
    recorder.close()


def test_rows_that_cannot_be_made_or_written_never_stop_the_others(tmp_path: Path) -> None:
    recorder = SegmentRecorder(tmp_path)
    recorder.put(lambda: [{"n": float("nan")}])
    recorder.put(lambda: [{"n": 1 / 0}])
    recorder.put(lambda: [{"n": 3}])
    recorder.close()
    assert rows_of(tmp_path) == [{"n": 3}]
    assert recorder.dropped == 2


def test_a_crash_loses_no_row_that_was_written_and_no_torn_one_is_kept(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from sixhop.pipeline.segments import SegmentRecorder\n"
        "recorder = SegmentRecorder(Path(sys.argv[1]))\n"
        "for n in range(5): recorder.put(lambda n=n: [{'n': n}])\n"
        "while not recorder._waiting.empty(): time.sleep(0.01)\n"
        "time.sleep(0.2); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=30, check=False)
    assert done.returncode == 9
    [left] = tmp_path.glob("*.part")
    with left.open("ab") as file:
        file.write(b'{"n": 5, "torn')
    SegmentRecorder(tmp_path).close()
    assert [row["n"] for row in rows_of(tmp_path)] == [0, 1, 2, 3, 4]


def test_the_open_segment_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    first = SegmentRecorder(tmp_path)
    first.put(lambda: [{"n": 1}])
    eventually(lambda: bool(rows_of(tmp_path, "*.part")))
    SegmentRecorder(tmp_path).close()
    assert len(list(tmp_path.glob("*.part"))) == 1
    first.put(lambda: [{"n": 2}])
    first.close()
    assert [row["n"] for row in rows_of(tmp_path)] == [1, 2]


def test_segments_are_for_their_owner_only(tmp_path: Path) -> None:
    SegmentRecorder(tmp_path / "demo").close()
    assert (tmp_path / "demo").stat().st_mode & 0o077 == 0
