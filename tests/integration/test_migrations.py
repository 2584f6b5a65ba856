"""Migrations: applied once, in order, again when interrupted, and never over a store that others migrated.

Migrations belong to the store, not to a realm, so these run on a label of their own: the same queries, renamed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sixhop.errors import Misconfigured, SixhopError
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import migrate, pending, read_migrations

QUERIES = ("migration_key", "migrations_applied", "record_migration", "await_indexes")


class Store:
    """A `cypher/` folder whose migrations have records and indexes of their own on the session's Neo4j."""

    def __init__(self, graph: Graph, root: Path) -> None:
        self.mark = f"x{uuid.uuid4().hex[:12]}"
        self.root = root
        self.graph = graph
        (root / "ops").mkdir(parents=True)
        (root / "migrations").mkdir()
        for name in QUERIES:
            text = (find_cypher_dir() / "ops" / f"{name}.cypher").read_text(encoding="utf-8")
            text = text.replace(":Migration", f":Migration_{self.mark}").replace(
                "migration_key IF", f"key_{self.mark} IF"
            )
            (root / "ops" / f"{name}.cypher").write_text(text, encoding="utf-8")

    def file(self, version: int, *properties: str, extra: str = "") -> Path:
        """Write a migration that makes one index for each property."""
        path = self.root / "migrations" / f"V{version:04d}__part.cypher"
        statements = [
            f"CREATE INDEX {self.mark}_{name} IF NOT EXISTS FOR (n:Test_{self.mark}) ON (n.{name});\n"
            for name in properties
        ]
        path.write_text("// A part of the schema.\n" + "".join(statements) + extra, encoding="utf-8")
        return path

    def indexes(self) -> set[str]:
        records, _, _ = self.graph.driver.execute_query("SHOW INDEXES YIELD name RETURN name")
        return {name.removeprefix(f"{self.mark}_") for (name,) in records if name.startswith(f"{self.mark}_")}

    def remove(self) -> None:
        run = self.graph.driver.execute_query
        for name in self.indexes():
            run(f"DROP INDEX {self.mark}_{name}")
        run(f"DROP CONSTRAINT key_{self.mark} IF EXISTS")
        run(f"MATCH (n:Migration_{self.mark}) DELETE n")


@pytest.fixture
def store(graph: Graph, tmp_path: Path) -> Iterator[Store]:
    root = tmp_path / "cypher"
    with Graph(graph.at, Catalog(root), graph.realm) as own:
        store = Store(own, root)
        try:
            yield store
        finally:
            store.remove()


def test_migrations_are_applied_in_order_and_only_once(store: Store) -> None:
    store.file(1, "a")
    store.file(2, "b", "c")
    assert [m.version for m in migrate(store.graph)] == [1, 2]
    assert store.indexes() == {"a", "b", "c"}
    assert migrate(store.graph) == []
    assert pending(store.graph) == []

    store.file(3, "d")
    assert [m.version for m in pending(store.graph)] == [3]
    assert [m.version for m in migrate(store.graph)] == [3]


def test_the_store_keeps_a_chain_over_all_files(store: Store) -> None:
    store.file(1, "a")
    store.file(2, "b")
    migrate(store.graph)
    wanted = read_migrations(store.root / "migrations")
    applied = store.graph.rows("ops/migrations_applied")
    assert [(row["version"], row["chain"]) for row in applied] == [(m.version, m.chain) for m in wanted]
    assert len({m.chain for m in wanted}) == 2


def test_an_interrupted_migration_is_run_again(store: Store) -> None:
    store.file(1, "a")
    store.file(2, "b", extra="CREATE INDEX of nothing;\n")
    with pytest.raises(SixhopError, match="statement 2 of V0002__part"):
        migrate(store.graph)
    assert store.indexes() == {"a", "b"}
    assert [m.version for m in pending(store.graph)] == [2], "what is not through is not recorded"

    store.file(2, "b", "c")
    assert [m.version for m in migrate(store.graph)] == [2]
    assert store.indexes() == {"a", "b", "c"}


@pytest.mark.parametrize("changed", [1, 2])
def test_a_changed_file_is_refused_before_anything_is_applied(store: Store, changed: int) -> None:
    store.file(1, "a")
    store.file(2, "b")
    migrate(store.graph)
    store.file(changed, "b", "z")
    store.file(3, "c")
    with pytest.raises(Misconfigured, match=f"V{changed:04d}__part differs.*new migration"):
        migrate(store.graph)
    assert store.indexes() == {"a", "b"}


def test_a_store_newer_than_the_files_is_refused(store: Store) -> None:
    store.file(1, "a")
    newest = store.file(2, "b")
    migrate(store.graph)
    newest.unlink()
    with pytest.raises(Misconfigured, match="newer than these files; update sixhop"):
        migrate(store.graph)


def test_two_at_once_record_each_migration_once(store: Store) -> None:
    store.file(1, "a")
    store.file(2, "b")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(migrate, store.graph) for _ in range(2)]:
            done.result(timeout=120)
    assert [row["version"] for row in store.graph.rows("ops/migrations_applied")] == [1, 2]


@pytest.mark.parametrize("name", ["V0003__gap.cypher", "V1__short.cypher", "schema.cypher"])
def test_a_misnamed_file_or_a_gap_is_named(store: Store, name: str) -> None:
    store.file(1, "a")
    (store.root / "migrations" / name).write_text("RETURN 1;\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match="expected the name V000"):
        read_migrations(store.root / "migrations")


def test_a_semicolon_within_a_line_and_comments_do_not_split_statements(tmp_path: Path) -> None:
    text = "// one;\nRETURN 'a;b' AS x;\n// two;\nRETURN 2\n  AS y;  \n"
    (tmp_path / "V0001__x.cypher").write_text(text, encoding="utf-8")
    assert read_migrations(tmp_path)[0].statements == ("RETURN 'a;b' AS x", "RETURN 2\n  AS y")


def test_the_command_says_what_is_applied(sixhop_env: dict[str, str]) -> None:
    command = [str(Path(sys.executable).with_name("sixhop")), "migrate", "--status"]
    ran = subprocess.run(command, env=sixhop_env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "V0001__schema  applied" in ran.stdout


def test_the_command_refuses_changed_files(sixhop_env: dict[str, str], tmp_path: Path) -> None:
    root = tmp_path / "cypher"
    shutil.copytree(find_cypher_dir(), root)
    first = sorted((root / "migrations").iterdir())[0]
    first.write_text(first.read_text(encoding="utf-8") + "// changed\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("sixhop")), "migrate"]
    env = {**sixhop_env, "SIXHOP_CYPHER_DIR": str(root)}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 6
    assert "restore the file" in " ".join(ran.stderr.split())
