"""An import that is stopped goes on where it was, and the graph is the one that an import at one go makes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from import_world import dump, write_folder

from realms import forget_realm
from sixhop.graph.executor import Graph
from sixhop.imports.run import Options, run_import
from sixhop.settings import Settings

SIXHOP = Path(sys.executable).with_name("sixhop")
INTERRUPTED = 130
MEMBERS = 1500
TIES = 45_000
TIMEOUT_S = 240


def big_folder(path: Path) -> Path:
    dice = random.Random(5)
    pairs = sorted({(dice.randrange(MEMBERS), dice.randrange(MEMBERS)) for _ in range(TIES)})
    pairs = [(u, v) for u, v in pairs if u != v]
    return write_folder(
        path,
        {
            "members.csv": "member_id\n" + "".join(f"m{i:05}\n" for i in range(MEMBERS)),
            "ties.csv": "from_id,to_id,strength\n"
            + "".join(f"m{u:05},m{v:05},{1 + u % 4}\n" for u, v in pairs if u != v),
        },
    )


def test_ctrl_c_leaves_what_a_second_run_completes(
    graph: Graph, settings: Settings, sixhop_env: dict[str, str], tmp_path: Path
) -> None:
    folder = big_folder(tmp_path / "in")
    command = [str(SIXHOP), "import", str(folder), "--json"]
    journal = settings.home / "imports" / f"{graph.realm}.journal.json"
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=sixhop_env, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            _wait_for_ties(journal, process)
            os.kill(process.pid, signal.SIGINT)
            _, told = process.communicate(timeout=TIMEOUT_S)
        finally:
            process.kill()
    assert process.returncode == INTERRUPTED, told
    assert "run the same command again" in told
    done = json.loads(journal.read_text())["done"]["ties"]
    assert done
    assert graph.rows("ops/realm_read")[0]["importing"]

    second = subprocess.run(command, env=sixhop_env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["continued"] is True
    assert not journal.exists()
    stopped = dump(graph)

    with Graph(graph.at, graph.catalog, f"{graph.realm}-whole") as whole:
        try:
            run_import(whole, folder, Options(), home=tmp_path / "other", now=int(time.time()), tell=lambda *_: None)
            assert repr(dump(whole)).replace(whole.realm, graph.realm) == repr(stopped)
        finally:
            forget_realm(whole)


def _wait_for_ties(journal: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        if journal.exists() and json.loads(journal.read_text())["done"].get("ties"):
            return
        time.sleep(0.01)
    raise AssertionError("the import ended, or took too long, before it could be stopped")


def test_a_journal_of_a_graph_that_was_emptied_since_is_not_believed(
    graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "in", {"members.csv": "member_id\nm1\nm2\n", "ties.csv": "from_id,to_id\nm1,m2\n"})
    stopped_after = 2
    calls = 0

    def stop_in_the_middle(what: str, done: int, total: int) -> None:
        nonlocal calls
        calls += what == "ties"
        if calls == stopped_after:
            raise KeyboardInterrupt

    home = settings.home
    try:
        run_import(graph, folder, Options(), home=home, now=0, tell=stop_in_the_middle)
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("was not stopped")
    assert (home / "imports" / f"{graph.realm}.journal.json").exists()
    forget_realm(graph)
    report = run_import(graph, folder, Options(), home=home, now=0, tell=lambda *_: None)
    assert not report.continued
    assert len([labels for labels, _ in dump(graph)["nodes"] if labels == ["Member"]]) == 2
