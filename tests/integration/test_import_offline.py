"""The offline import makes the graph that the online one makes, and only where it destroys nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from import_world import SMALL, dump, write_folder

from conftest import link_jars
from sixhop import bootstrap
from sixhop.errors import Refused
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import pending
from sixhop.imports.run import Options, Report, run_import, run_offline
from sixhop.neo4j_local.state import running
from sixhop.neo4j_local.stop import stop
from sixhop.settings import Settings


@pytest.fixture
def local(tmp_path: Path, neo4j_jars: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of a local server of its own, which is not there yet, whatever the environment names."""
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
    home = tmp_path / "local"
    link_jars(home, neo4j_jars)
    try:
        yield Settings(home=home, neo4j_uri=None, neo4j_heap_mb=512, neo4j_page_cache_mb=64)
    finally:
        stop(home)


def offline(settings: Settings, realm: str, folder: Path) -> Report:
    return run_offline(settings, realm, folder, Options(), now=int(time.time()), tell=lambda *_: None)


def test_offline_and_online_make_the_same_graph(graph: Graph, local: Settings, tmp_path: Path) -> None:
    files = dict(SMALL)
    files["ties.csv"] += "".join(f"m5,n{i:02},,{1 + i % 3},\n" for i in range(40))
    files["members.csv"] += "".join(f"n{i:02},,,,,,\n" for i in range(40)) + '"n ""\n99",,,a;b ü,,,\n'
    # Over 64 outreaches of one sender, some unasked, one target of most, asked in other places too.
    chains = range(70)
    files["outreach.csv"] += "".join(f"s{i},m5,n{i % 3:02},o1,{1592000000 + 977 * (i * 31 % 70)},,\n" for i in chains)
    files["hops.csv"] += "".join(f"s{i},1,n{i % 5:02},{1593000000 + 60 * (i * 17 % 70)},,asked\n" for i in chains)
    folder = write_folder(tmp_path / "in", files)
    report = run_import(graph, folder, Options(), home=tmp_path, now=int(time.time()), tell=lambda *_: None)

    loaded = offline(local, graph.realm, folder)
    assert loaded.realm == report.realm
    with bootstrap.open_graph(local, graph.realm) as other:
        assert dump(other) == dump(graph)
        assert pending(other) == []
        assert {row["state"] for row in other.rows("ops/doctor_indexes")} == {"ONLINE"}
        run_import(other, folder, Options(), home=tmp_path, now=int(time.time()), tell=lambda *_: None)
        assert dump(other) == dump(graph)
    assert not (local.home / "imports" / "offline").exists()

    with pytest.raises(Refused, match="holds data"):
        offline(local, "another", folder)
    assert running(local.home) is not None


def test_a_graph_elsewhere_is_not_loaded_offline(tmp_path: Path) -> None:
    elsewhere = Settings(home=tmp_path / "home", neo4j_uri="bolt://127.0.0.1:1", neo4j_password="x")
    with pytest.raises(Refused, match="SIXHOP_NEO4J_URI"):
        offline(elsewhere, "any", write_folder(tmp_path / "in", SMALL))
