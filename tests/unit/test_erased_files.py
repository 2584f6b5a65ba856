"""Erasing a member leaves no data set behind in which somebody could still be found."""

from __future__ import annotations

from pathlib import Path

from sixhop.erasure.files import Places, erase_from_files
from sixhop.locks import locked
from sixhop.pseudonyms import Pseudonyms

PSEUDONYMS = Pseudonyms(b"k" * 32)
ERASED = frozenset({PSEUDONYMS.of("m1")})


def data_set(places: Places, name: str, *, whole: bool) -> Path:
    folder = places.datasets / name
    folder.mkdir(parents=True)
    (folder / "tie-fit-00000.parquet").touch()
    if not whole:
        (folder / "key").touch()
    return folder


def test_a_data_set_with_its_key_goes_a_whole_one_stays(tmp_path: Path) -> None:
    places = Places(tmp_path, "r")
    whole, unfinished = data_set(places, "whole", whole=True), data_set(places, "unfinished", whole=False)
    assert erase_from_files(places, frozenset(), PSEUDONYMS) == 0
    assert unfinished.exists()
    assert erase_from_files(places, ERASED, PSEUDONYMS) == 1
    assert whole.exists()
    assert not unfinished.exists()


def test_one_that_is_being_built_is_left_to_become_whole_and_found_the_next_time(tmp_path: Path) -> None:
    places = Places(tmp_path, "r")
    unfinished = data_set(places, "unfinished", whole=False)
    with locked(places.datasets / "lock", wait_s=0, on="the data sets"):
        assert erase_from_files(places, ERASED, PSEUDONYMS) == 0
        assert unfinished.exists()
    assert erase_from_files(places, ERASED, PSEUDONYMS) == 1
    assert not unfinished.exists()
