"""A data set on disk goes on where it was stopped, and once it is whole nobody can be found in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sixhop.errors import Unavailable
from sixhop_ml.store import KEY, Store, one_at_a_time

ORIGIN = {"data_digest": "d", "seed": 1}
SIZES = 100, 10


def part(members: np.ndarray) -> pa.Table:
    return pa.table({"sender": members, "target": members[::-1], "offering": np.where(members > 50, -1, 3)})


def opened(home: Path, **other: object) -> Store:
    return Store(home, "r", ORIGIN | other, sizes=SIZES)


def test_while_it_is_built_it_reads_what_was_written_also_after_a_stop(tmp_path: Path) -> None:
    members = np.arange(100)
    opened(tmp_path).write("a", part(members))
    again = opened(tmp_path)
    assert again.has("a")
    assert not again.has("b")
    assert again.read("a").to_pydict() == part(members).to_pydict()


def test_on_disk_nobody_has_their_own_number_and_no_two_data_sets_agree(tmp_path: Path) -> None:
    members = np.arange(100)
    found = []
    for home in ("one", "other"):
        store = opened(tmp_path / home)
        store.write("a", part(members))
        store.finish()
        assert not (store.folder / KEY).exists()
        found.append(store.read("a").column("sender").to_numpy())
        assert opened(tmp_path / home).read("a").column("sender").to_numpy().tolist() == found[-1].tolist()
    for numbers in found:
        assert sorted(numbers) == list(range(100))
        assert (numbers == members).sum() < 20
    assert (found[0] == found[1]).sum() < 20


def test_rows_of_one_member_still_go_together(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("a", part(np.array([7, 7, 9])))
    store.write("b", part(np.array([9, 7, 9])))
    store.finish()
    a, b = (store.read(name).column("sender").to_numpy() for name in "ab")
    assert a[0] == a[1] == b[1] != a[2] == b[0]


def test_an_unfinished_data_set_of_another_origin_goes_a_whole_one_stays(tmp_path: Path) -> None:
    whole = opened(tmp_path)
    whole.finish()
    unfinished = opened(tmp_path, seed=2)
    other = opened(tmp_path, seed=3)
    assert whole.folder.exists()
    assert other.folder.exists()
    assert not unfinished.folder.exists()


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("a", part(np.arange(3)))
    assert store.folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in store.folder.iterdir())


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        one_at_a_time(tmp_path, "r"),
        pytest.raises(Unavailable, match="models of realm r"),
        one_at_a_time(tmp_path, "r"),
    ):
        pass
    with one_at_a_time(tmp_path, "r"), one_at_a_time(tmp_path, "another"):
        pass
