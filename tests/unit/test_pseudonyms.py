"""Keyed hashes: stable under a key, different under another, and the key is nobody else's to read."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sixhop.errors import Misconfigured
from sixhop.pseudonyms import HASH_HEX_DIGITS, open_pseudonyms


def test_an_id_has_one_hash_under_a_key(tmp_path: Path) -> None:
    first, again = open_pseudonyms(tmp_path, "demo"), open_pseudonyms(tmp_path, "demo")
    assert first.of("m1") == again.of("m1") != first.of("m2")
    assert len(first.of("m1")) == HASH_HEX_DIGITS
    assert "m1" not in first.of("m1")


def test_realms_do_not_share_hashes(tmp_path: Path) -> None:
    assert open_pseudonyms(tmp_path, "one").of("m1") != open_pseudonyms(tmp_path, "two").of("m1")


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    open_pseudonyms(tmp_path, "demo")
    key = tmp_path / "keys" / "demo.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["demo.key"], "no draft is left behind"
    key.chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        open_pseudonyms(tmp_path, "demo")


def test_a_spoiled_key_is_named(tmp_path: Path) -> None:
    open_pseudonyms(tmp_path, "demo")
    key = tmp_path / "keys" / "demo.key"
    key.write_text("00ff\n")
    with pytest.raises(Misconfigured, match=r"demo\.key holds no key"):
        open_pseudonyms(tmp_path, "demo")
    key.write_text("not hexadecimal\n")
    with pytest.raises(Misconfigured, match=r"demo\.key cannot be read"):
        open_pseudonyms(tmp_path, "demo")


def test_two_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: open_pseudonyms(tmp_path, "demo").of("m1"), range(16)))
    assert len(set(made)) == 1
