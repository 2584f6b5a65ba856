"""`requirements.lock`: every package pinned by hash, no index named, and enough for what pyproject.toml asks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pinned(lock: str) -> list[Requirement]:
    """Every requirement of the lock, without its hashes."""
    lines = re.sub(r"\\\n", " ", lock).splitlines()
    return [Requirement(line.partition("--hash")[0]) for line in lines if line and line[0] not in "# "]


def test_the_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"https?:|//|--(extra-)?index|--find-links|@ ", lock)


def test_every_package_is_pinned_by_hash(lock: str, pinned: list[Requirement]) -> None:
    blocks = [block for block in re.split(r"\n(?=[a-z0-9])", lock) if block and block[0] not in "#"]
    assert len(blocks) == len(pinned) > 0
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert [str(one) for one in pinned if not re.fullmatch(r"==[^,*]+", str(one.specifier))] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_what_the_project_asks_for(pinned: list[Requirement], python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *(one for extra in extras for one in extra)]
    asked += project["build-system"]["requires"]
    versions = {
        canonicalize_name(one.name): Version(str(one.specifier).removeprefix("=="))
        for one in pinned
        if one.marker is None or _holds(one.marker, python)
    }
    missing = []
    for text in asked:
        requirement = Requirement(text)
        version = versions.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            missing.append(f"{text} (locked: {version})")
    assert missing == [], "run `make lock`"


def _holds(marker: Marker, python: str) -> bool:
    platform = {"sys_platform": "linux", "platform_system": "Linux", "platform_python_implementation": "CPython"}
    return marker.evaluate({"python_version": python, "python_full_version": f"{python}.0", **platform})
