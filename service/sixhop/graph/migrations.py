"""Applies `cypher/migrations/V0001__name.cypher` in order and keeps a checksum chain of them in the store.

A migration is a list of statements, each ended by a semicolon at a line's end, each safe to run again: one that was
interrupted is simply run again, since it is recorded only when all its statements are through.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

import neo4j
from neo4j import exceptions as driver_errors

from sixhop.errors import Misconfigured
from sixhop.graph.executor import Graph, translate

_FILE = re.compile(r"^V(\d{4})__(\w+)\.cypher$")
_STATEMENT_TIMEOUT_S = 600
_ATTEMPTS = 5
_BACK_OFF_S = 0.2


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `chain` is the digest over this and all earlier migrations."""

    version: int
    name: str
    checksum: str
    chain: str
    statements: tuple[str, ...]


def read_migrations(folder: Path) -> list[Migration]:
    """All migrations in order. Raises `Misconfigured` on a gap or a name that is not `V0001__name.cypher`."""
    found: list[Migration] = []
    chain = ""
    for path in sorted(folder.glob("*.cypher")):
        match = _FILE.match(path.name)
        if not match or int(match.group(1)) != len(found) + 1:
            raise Misconfigured(f"{path}: expected the name V{len(found) + 1:04d}__what_it_does.cypher")
        text = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        chain = hashlib.sha256((chain + checksum).encode()).hexdigest()
        found.append(Migration(int(match.group(1)), match.group(2), checksum, chain, _statements(text)))
    if not found:
        raise Misconfigured(f"no migrations in {folder}")
    return found


def _statements(text: str) -> tuple[str, ...]:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
    return tuple(part.strip() for part in re.split(r";[ \t]*(?:\n|$)", code) if part.strip())


def pending(graph: Graph) -> list[Migration]:
    """What is still to be applied. Raises `Misconfigured` when the store was migrated by other files than these."""
    wanted = read_migrations(graph.catalog.root / "migrations")
    applied = graph.rows("ops/migrations_applied")
    for row, migration in zip(applied, wanted, strict=False):
        if row["chain"] != migration.chain or row["version"] != migration.version:
            raise Misconfigured(
                f"migration V{migration.version:04d}__{migration.name} differs from the one this store has; "
                "restore the file as it was and put the change into a new migration"
            )
    if len(applied) > len(wanted):
        raise Misconfigured(
            f"the store is at migration {applied[-1]['version']}, newer than these files; update sixhop"
        )
    return wanted[len(applied) :]


def migrate(graph: Graph) -> list[Migration]:
    """Apply what is pending and return it. Safe when another migration of the same files runs at the same time."""
    _run(graph, graph.catalog["ops/migration_key"].text, "the key of migrations")
    todo = pending(graph)
    for migration in todo:
        for number, statement in enumerate(migration.statements, 1):
            _run(graph, statement, f"statement {number} of V{migration.version:04d}__{migration.name}")
        graph.write(
            "ops/record_migration",
            version=migration.version,
            name=migration.name,
            checksum=migration.checksum,
            chain=migration.chain,
        )
    if todo:
        graph.rows("ops/await_indexes")
    return todo


def _run(graph: Graph, statement: str, what: str) -> None:
    """Run a statement; run it again when another transaction made the same index or constraint meanwhile.

    `IF NOT EXISTS` is looked at before the locks are taken, so of two at once one fails; the next time it sees it.
    """
    query = neo4j.Query(statement, timeout=_STATEMENT_TIMEOUT_S)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with graph.driver.session(database=graph.at.database) as session:
                session.run(query).consume()
            return
        except (driver_errors.Neo4jError, driver_errors.DriverError) as error:
            raced = error.is_retryable() or "AlreadyExists" in (getattr(error, "code", None) or "")
            if not raced or attempt == _ATTEMPTS:
                raise translate(error, what) from error
            time.sleep(attempt * _BACK_OFF_S)
