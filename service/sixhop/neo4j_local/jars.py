"""Neo4j's jars, resolved once by Maven from the `pom.xml` beside this file. Knows nothing of servers."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from sixhop.errors import Misconfigured, Unavailable
from sixhop.neo4j_local.java import Java

MARKER = "complete.sha256"
"""Written into a folder of jars last, with the digest of the pom they were resolved from."""
_TIMEOUT_S = 1200
_REPORT_EVERY_S = 3.0
_LAST_LINES = 12
_COMMAND = ("-B", "-Dstyle.color=never", "dependency:copy-dependencies", "-DincludeScope=runtime")


def is_complete(jars: Path) -> bool:
    """Whether `jars` holds all of what this version's pom asks for."""
    try:
        return (jars / MARKER).read_text(encoding="ascii").strip() == _digest()
    except FileNotFoundError:
        return False


def resolve(folder: Path, java: Java, say: Callable[[str], None]) -> Path:
    """The folder of jars below the server's `folder`, fetched first where it is missing, incomplete or outdated.

    Raises:
        Misconfigured: there is no Maven.
        Unavailable: Maven could not fetch them.
    """
    jars = folder / "jars"
    if is_complete(jars):
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise Misconfigured(
            "the local Neo4j is fetched once by Maven, and there is no `mvn` on the path; install Maven (for example "
            "`apt-get install maven` or `brew install maven`), or set SIXHOP_NEO4J_URI to a Neo4j that runs"
        )
    partial, log = folder / "jars.partial", folder / "maven.log"
    shutil.rmtree(partial, ignore_errors=True)
    say("fetching Neo4j with Maven (about 123 MB, once)")
    with as_file(files(__package__) / "pom.xml") as pom:
        command = [maven, "-f", str(pom), *_COMMAND, f"-DoutputDirectory={partial}"]
        _run(command, {**os.environ, "JAVA_HOME": str(java.home)}, log, say)
    (partial / MARKER).write_text(_digest() + "\n", encoding="ascii")
    _remove(jars)
    partial.rename(jars)
    return jars


def _run(command: list[str], env: dict[str, str], log: Path, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env) as maven:
        try:
            while maven.poll() is None:
                if time.monotonic() - began > _TIMEOUT_S:
                    raise Unavailable(f"Maven did not fetch Neo4j within {_TIMEOUT_S} s; see {log}, and run this again")
                try:
                    maven.wait(_REPORT_EVERY_S)
                except subprocess.TimeoutExpired:
                    files_so_far = f", {count} files so far" if (count := _fetched(log)) else ""
                    say(f"fetching Neo4j with Maven ({time.monotonic() - began:.0f} s{files_so_far})")
        finally:
            if maven.poll() is None:
                maven.kill()
    if maven.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LAST_LINES:]
        raise Unavailable(
            "Maven could not fetch Neo4j; it ended with\n  " + "\n  ".join(lines) + f"\nThe whole of it is in {log}. "
            "Check the network, or name a mirror in ~/.m2/settings.xml; then run this again"
        )


def _fetched(log: Path) -> int:
    return log.read_text(encoding="utf-8", errors="replace").count("Downloaded from")


def _remove(jars: Path) -> None:
    if jars.is_symlink():
        jars.unlink()
    else:
        shutil.rmtree(jars, ignore_errors=True)


def _digest() -> str:
    return hashlib.sha256((files(__package__) / "pom.xml").read_bytes()).hexdigest()
