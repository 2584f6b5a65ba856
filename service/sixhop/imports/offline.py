"""Loads a staged folder into an empty local store with Neo4j's own bulk importer. Knows nothing of what rows mean."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from sixhop import bootstrap
from sixhop.errors import Reason, Refused
from sixhop.graph.migrations import migrate
from sixhop.imports.offline_tables import Table
from sixhop.imports.phases import Tell
from sixhop.neo4j_local.admin import run_admin
from sixhop.neo4j_local.start import start
from sixhop.neo4j_local.state import running, server_dir
from sixhop.neo4j_local.stop import stop
from sixhop.settings import Settings

ADMIN_HEAP_MB = 1024
"""Of the importer: it keeps most of what it needs outside the heap."""
_OPTIONS = (
    "--id-type=integer",
    "--array-delimiter=U+001F",
    "--multiline-fields=true",
    "--bad-tolerance=0",
    "--overwrite-destination=true",
    "--max-off-heap-memory=4G",  # else nine tenths of what the machine has free
)
STAGES = 4
_STAGE = re.compile(rf"^\(\d/{STAGES}\)", re.MULTILINE)
_PERCENT = re.compile(r"(\d+)% ∆")


def refuse_unless_empty(settings: Settings, say: Callable[[str], None]) -> None:
    """See that there is a local store with nothing in it, or none yet; leaves the server stopped.

    Raises:
        Refused: the graph is not local, or not empty.
    """
    if settings.neo4j_uri is not None:
        raise Refused(
            "--offline writes the files of the local Neo4j, and SIXHOP_NEO4J_URI names a server; "
            "unset it to load the local one, or import without --offline",
            reason=Reason.INVALID_ARGUMENT,
        )
    if not (server_dir(settings.home) / "data" / "databases" / settings.neo4j_database).exists():
        return
    was_running = running(settings.home) is not None
    if not was_running:
        say("starting Neo4j to see whether its store is empty")
        start(settings, say)
    with bootstrap.open_graph(settings) as graph:
        empty = graph.rows("ops/import_store_empty")[0]["empty"]
    if empty or not was_running:
        stop(settings.home)
    if not empty:
        raise Refused(
            "--offline loads an empty store only, and this one holds data (other realms count as well); import without "
            f"--offline, or stop it with `sixhop neo4j down` and delete {server_dir(settings.home) / 'data'}",
            reason=Reason.INVALID_ARGUMENT,
        )


def load_offline(
    settings: Settings, tables: Iterator[Table], scratch: Path, tell: Tell, say: Callable[[str], None]
) -> None:
    """Write the tables, run the importer, start the server, make its constraints.

    What fails or is stopped leaves an empty store, as it was found.
    """
    with _scratch(scratch):
        files = _write(tables, scratch, tell)
        arguments = [
            "database",
            "import",
            "full",
            settings.neo4j_database,
            *_OPTIONS,
            f"--report-file={scratch / 'report.txt'}",
        ]
        for name, (is_node, paths) in files.items():
            arguments.append(f"--{'nodes' if is_node else 'relationships'}={name}={','.join(map(str, paths))}")
        say("Neo4j's bulk importer is at work")
        log = server_dir(settings.home) / "logs" / "import.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            run_admin(
                settings.home,
                arguments,
                log,
                heap_mb=ADMIN_HEAP_MB,
                say=say,
                watch=lambda: tell("bulk import, per cent", percent_done(log), 100),
            )
        except BaseException:
            _forget_database(settings)
            raise
    start(settings, say)
    with bootstrap.open_graph(settings) as graph:
        migrate(graph)
        graph.rows("ops/await_indexes")


def percent_done(log: Path) -> int:
    """How far the importer is, by its own log: four stages of a hundred per cent each."""
    told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    *before, now = _STAGE.split(told)
    percents = _PERCENT.findall(now) if before else []
    return ((len(before) - 1) * 100 + int(percents[-1]) if percents else max(len(before) - 1, 0) * 100) // STAGES


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """An empty folder nobody else can read, gone afterwards: it holds member ids."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(tables: Iterator[Table], scratch: Path, tell: Tell) -> dict[str, tuple[bool, list[Path]]]:
    """One file with a header a slice's columns, by label or type; empty tables are left out."""
    files: dict[str, tuple[bool, list[Path]]] = {}
    for table in tables:
        path = scratch / f"{table.name}.csv"
        writer: pyarrow.csv.CSVWriter | None = None
        done = 0
        try:
            for columns in table.slices:
                part = pa.table(columns)
                if part.num_rows:
                    if writer is None:
                        writer = pyarrow.csv.CSVWriter(path, part.schema)
                        files[table.name] = (table.is_node, [path])
                    writer.write_table(part)
                    done += part.num_rows
                    tell(f"preparing {table.name}", done, 0)
        finally:
            if writer is not None:
                writer.close()
    return files


def _forget_database(settings: Settings) -> None:
    """What a stopped import leaves behind is no store; without it the server makes an empty one."""
    for part in ("databases", "transactions"):
        shutil.rmtree(server_dir(settings.home) / "data" / part / settings.neo4j_database, ignore_errors=True)
