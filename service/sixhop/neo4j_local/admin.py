"""Runs Neo4j's own admin tool (offline import, consistency check, initial password) on the local server's folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from sixhop.errors import Reason, Refused, SixhopError
from sixhop.neo4j_local import conf, jars, memory
from sixhop.neo4j_local.java import Java, find_java
from sixhop.neo4j_local.lock import exclusive
from sixhop.neo4j_local.state import running

JAVA_OPTIONS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "-Dlog4j2.disable.jmx=true",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
)
_LOCK_WAIT_S = 30.0
_TICK_S = 0.5
_LAST_LINES = 12


def run_admin(
    home: Path,
    args: Sequence[str],
    log: Path,
    *,
    heap_mb: int | None = None,
    say: Callable[[str], None] = lambda _: None,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Run `neo4j-admin ARGS` on the stopped local server below `home`; no server can start meanwhile.

    Args:
        home: `settings.home`; the store is in `<home>/neo4j/data`.
        args: as for `neo4j-admin`, for example `["database", "import", "full", …]`.
        log: takes the tool's output; overwritten.
        heap_mb: heap of the tool's Java; sized to the machine when not given.
        say: told when Neo4j itself has to be fetched first.
        watch: called about twice a second while the tool runs (to read its progress from `log`).

    Raises:
        Refused: the server runs.
        SixhopError: the tool failed; the message has its last lines.
    """
    with exclusive(home, wait_s=_LOCK_WAIT_S) as folder:
        server = running(home)
        if server is not None:
            raise Refused(
                f"the local Neo4j runs ({server.uri}, process {server.pid}) and this works on its files; "
                "stop it with `sixhop neo4j down` and run this again",
                reason=Reason.MISCONFIGURED,
            )
        java = find_java()
        classpath = jars.resolve(folder, java, say)
        sizes = memory.sizes(heap_mb=heap_mb)
        if not (folder / "conf" / "neo4j.conf").exists():
            conf.write(folder, port=conf.choose_port(folder), memory=sizes)
        run_tool(folder, java, classpath, args, log, heap_mb=sizes.heap_mb, watch=watch)


def run_tool(
    folder: Path,
    java: Java,
    classpath: Path,
    args: Sequence[str],
    log: Path,
    *,
    heap_mb: int,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Run the tool for a caller that holds the lock. Ended with us: Ctrl-C leaves no process."""
    tool = [f"-Xmx{heap_mb}m", *JAVA_OPTIONS, "-cp", f"{classpath}/*", "org.neo4j.cli.AdminTool", *args]
    env = {**os.environ, "NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [str(java.executable), *tool], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env
        ) as process,
    ):
        try:
            while process.poll() is None:
                try:
                    process.wait(_TICK_S)
                except subprocess.TimeoutExpired:
                    watch()
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode:
        raise SixhopError(
            f"Neo4j's admin tool failed ({' '.join(args[:3])}, exit code {process.returncode}); it ended with\n  "
            + "\n  ".join(last_lines(log, _LAST_LINES))
            + f"\nThe whole of it is in {log}"
        )


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a text file that may not exist."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-count:]
    except FileNotFoundError:
        return []
