"""Loads a made-up graph into a home of its own with `sixhop import --offline`, or finds it there from before."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sixhop.errors import Unavailable
from sixhop.neo4j_local import jars
from sixhop.neo4j_local.java import find_java
from sixhop.neo4j_local.stop import stop
from sixhop.settings import PREFIX
from sixhop_bench.folder import write_folder
from sixhop_bench.graphs import REALM, GraphSpec
from sixhop_bench.ties import PASS_ON_PRIOR

SIXHOP = (sys.executable, "-c", "from sixhop.cli.main import main; main()")
"""The command of this very installation, whatever is on the path."""
IMPORT_WITHIN_S, STOP_WITHIN_S = 1800, 60
TOOK_TOO_LONG = 124
"""Said of an import that was not through in time, as `timeout` says it."""
LAST_LINES = 8
LABEL_WINDOW_DAYS, HALF_LIFE_DAYS = 180, 90
_PLACES = frozenset(
    PREFIX + name
    for name in (
        "GRPC_ADDRESS",
        "NEO4J_URI",
        "NEO4J_USER",
        "NEO4J_PASSWORD",
        "NEO4J_PASSWORD_FILE",
        "NEO4J_DATABASE",
    )
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """A graph in the store of its home; `folder` holds what it was loaded from."""

    spec: GraphSpec
    home: Path
    ties: int
    digest: str

    @property
    def folder(self) -> Path:
        return self.home / "folder"


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a command on this home: the caller's settings, but for those that say where things are."""
    clean = {name: value for name, value in os.environ.items() if name not in _PLACES}
    given = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    return {**clean, f"{PREFIX}HOME": str(home), f"{PREFIX}REALM": REALM, **given}


def home_of(spec: GraphSpec, bench_home: Path) -> Path:
    """Where a graph, its models and its server's files are: a whole SIXHOP_HOME of its own."""
    return bench_home.resolve() / spec.name


def load(spec: GraphSpec, bench_home: Path, say: Say) -> LoadedGraph:
    """The graph below `bench_home`, made and loaded first unless the same one is there; its server may be up then.

    Raises:
        Unavailable: the import failed; the message ends with what it said.
    """
    home = home_of(spec, bench_home)
    found = _found(spec, home)
    if found is not None:
        say(f"{spec.name}: using the graph in {home}")
        return found
    stop(home)
    shutil.rmtree(home, ignore_errors=True)
    (home / "folder").mkdir(parents=True)
    began = time.monotonic()
    ties = write_folder(spec, home / "folder", lambda what: say(f"{spec.name}: {what}"))
    say(f"{spec.name}: {spec.all_members:,} members, {ties:,} ties made in {time.monotonic() - began:.0f} s; loading")
    _share_jars(bench_home, home, say)
    _import(home)
    loaded = LoadedGraph(spec, home, ties, spec.digest)
    about = {"digest": spec.digest, "ties": ties, "spec": asdict(spec)}
    (home / "graph.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    say(f"{spec.name}: loaded, {time.monotonic() - began:.0f} s in all")
    return loaded


def _found(spec: GraphSpec, home: Path) -> LoadedGraph | None:
    try:
        about = json.loads((home / "graph.json").read_text(encoding="utf-8"))
        return LoadedGraph(spec, home, int(about["ties"]), spec.digest) if about["digest"] == spec.digest else None
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _share_jars(bench_home: Path, home: Path, say: Say) -> None:
    """All homes use one copy of Neo4j."""
    bench_home.mkdir(parents=True, exist_ok=True)
    shared = jars.resolve(bench_home.resolve(), find_java(), say)
    (home / "neo4j").mkdir(exist_ok=True)
    (home / "neo4j" / "jars").symlink_to(shared)


def _import(home: Path) -> None:
    flags = {
        "--label-window-days": LABEL_WINDOW_DAYS,
        "--half-life-days": HALF_LIFE_DAYS,
        "--pass-on-prior": PASS_ON_PRIOR,
    }
    command = [*SIXHOP, "import", str(home / "folder"), "--offline", "--as-of-last-event"]
    command += [str(word) for flag in flags.items() for word in flag]
    log = home / "import.log"
    with log.open("wb") as output:
        code = _run(command, environment(home), output)
    if code:
        words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_LINES:]
        raise Unavailable(f"the import of {home / 'folder'} failed ({code}); it ended with\n  " + "\n  ".join(words))


def _run(command: list[str], env: dict[str, str], output: IO[bytes]) -> int:
    """Run it to its end; Ctrl-C and a run that takes too long interrupt it, so that it cleans up after itself."""
    with subprocess.Popen(command, env=env, stdout=output, stderr=output) as importing:
        try:
            return importing.wait(IMPORT_WITHIN_S)
        except subprocess.TimeoutExpired:
            return TOOK_TOO_LONG
        finally:
            if importing.poll() is None:
                importing.send_signal(signal.SIGINT)
                try:
                    importing.wait(STOP_WITHIN_S)
                except subprocess.TimeoutExpired:
                    importing.kill()
