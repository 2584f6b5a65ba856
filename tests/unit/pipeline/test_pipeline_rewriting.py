"""Rows are taken out of segments as a whole or not at all, while others go on writing."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sixhop.errors import Unavailable
from sixhop.pipeline import rewriting
from sixhop.pipeline.record import without
from sixhop.pipeline.rewriting import rewrite, rows_with
from sixhop.pipeline.segments import SegmentRecorder

GONE, STAYS = "a" * 32, "b" * 32
WRITER = """
import sys, time, pathlib
from sixhop.pipeline.segments import SegmentRecorder
recorder = SegmentRecorder(pathlib.Path(sys.argv[1]))
for n in range(200):
    recorder.put(lambda n=n: [{"sender": sys.argv[2 + n % 2], "target": sys.argv[3], "chain": [], "n": n}])
    time.sleep(0.005)
print("written", flush=True)
recorder.close()
"""


def row(sender: str, target: str, *chain: str) -> dict[str, object]:
    return {"sender": sender, "target": target, "chain": list(chain)}


def rows_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl*")) for line in path.read_text().splitlines()]


def test_rows_of_the_member_go_and_places_in_chains_are_left_empty() -> None:
    hashes = frozenset({GONE})
    assert without(row(GONE, STAYS), hashes) is None
    assert without(row(STAYS, GONE), hashes) is None
    assert without(row(STAYS, STAYS, STAYS, GONE), hashes) == {**row(STAYS, STAYS), "chain": [STAYS, None]}


def test_a_segment_that_is_being_written_is_taken_and_nothing_else_is_lost(tmp_path: Path) -> None:
    recorder = SegmentRecorder(tmp_path)
    stop = threading.Event()

    def put() -> None:
        n = 0
        while not stop.is_set():
            recorder.put(lambda n=n: [{**row((GONE, STAYS)[n % 2], STAYS), "n": n}])  # type: ignore[misc]
            n += 1
            time.sleep(0.002)
        recorder.put(lambda: [{**row(STAYS, STAYS), "n": n, "last": True}])

    writing = threading.Thread(target=put)
    writing.start()
    try:
        for _ in range(3):
            time.sleep(0.1)
            rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE}))
    finally:
        stop.set()
        writing.join()
        recorder.close()
    assert recorder.dropped == 0
    rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE}))
    kept = rows_of(tmp_path)
    assert list(rows_with(tmp_path, GONE)) == []
    last = int(str(kept[-1]["n"]))
    assert [each["n"] for each in kept if not each.get("last")] == list(range(1, last, 2)), "no other row is lost"


def test_also_when_another_process_writes_it(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), GONE, STAYS], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    with writer.stdout:
        while not list(tmp_path.glob("*.part")):
            time.sleep(0.01)
        time.sleep(0.3)
        rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE}))
        assert writer.stdout.readline() == "written\n"
        assert writer.wait(10) == 0
    rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE}))
    assert [each["n"] for each in rows_of(tmp_path)] == list(range(1, 200, 2))


def test_who_does_not_let_go_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "LET_GO_WITHIN_S", 0.1)
    path = tmp_path / "x.jsonl.part"
    path.write_text(json.dumps(row(GONE, STAYS)) + "\n")
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Unavailable):
            rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE}))
    assert rewrite(tmp_path, frozenset({GONE}), lambda each: without(each, {GONE})) == 1
    assert rows_of(tmp_path) == []
