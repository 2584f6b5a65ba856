"""A data set on disk, part by part, so that what was stopped goes on. Knows nothing of what the parts mean.

<home>/datasets/<realm>/<digest of its origin>/
    origin.json           what decides its contents: data, queries, settings, seed
    steps.json            what was made from it so far
    <part>.parquet        a part is there whole, or not at all
    key                   while it is being built: what members and offerings are numbered by

Numbers in the parts are drawn anew for each data set. When it is whole the key is thrown away: then rows of one member
can still be told to be one's, but not whose, nor need they be erased.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sixhop.errors import Misconfigured
from sixhop.locks import locked
from sixhop_ml.history import Ints

KEPT = 2
"""Of a realm's data sets, the one in use among them; older ones go."""
KEY = "key"
_NUMBERED = {"sender": 0, "target": 0, "offering": 1}


@contextmanager
def one_at_a_time(home: Path, realm: str) -> Iterator[None]:
    """Hold the lock of everything that builds data sets and trains on them.

    Raises:
        Unavailable: another process holds it.
    """
    folder = home / "datasets" / realm
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / "lock", wait_s=0, on=f"the models of realm {realm}"):
        yield


class Store:
    """The parts of one data set.

    Parameters
    ----------
    home, realm
        Of whose data it is.
    origin
        What decides its contents: another origin is another data set.
    sizes
        How many members and offerings there are to be numbered.
    """

    def __init__(self, home: Path, realm: str, origin: Mapping[str, Any], *, sizes: tuple[int, int]) -> None:
        told = json.dumps(origin, indent=2, sort_keys=True)
        self.digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        self.folder = home / "datasets" / realm / self.digest
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write("origin.json", told.encode())
        self._drop_others()
        if not self.is_whole and not (self.folder / KEY).exists():
            self._write(KEY, secrets.token_bytes(32))
        self._numbers = None if self.is_whole else self._drawn(sizes)

    @property
    def is_whole(self) -> bool:
        return bool(self.steps().get("whole"))

    def has(self, part: str) -> bool:
        return self._path(part).exists()

    def write(self, part: str, table: pa.Table) -> None:
        """Keep a part; members and offerings in it are numbered anew.

        Raises
        ------
        Misconfigured
            The data set said that it was whole: its key is gone, and what is written now could be traced.
        """
        if self._numbers is None:
            raise Misconfigured(f"the data set {self.folder} lacks parts, though it was whole; remove it and run again")
        for name, kind in _NUMBERED.items():
            if name in table.column_names:
                renamed = self._numbers[kind][table.column(name).to_numpy()]
                table = table.set_column(table.column_names.index(name), name, pa.array(renamed))
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(part))

    def read(self, part: str, columns: list[str] | None = None) -> pa.Table:
        """A part; while the data set is being built, with the numbers it was written with."""
        table = pq.read_table(self._path(part), columns=columns)
        if self._numbers:
            for name, kind in _NUMBERED.items():
                if name in table.column_names:
                    back = np.argsort(self._numbers[kind])[table.column(name).to_numpy()]
                    table = table.set_column(table.column_names.index(name), name, pa.array(self._nothing(back, kind)))
        return table

    def steps(self) -> dict[str, Any]:
        """What was made from this data set so far."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "steps.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def note(self, **made: Any) -> None:
        """Remember what was made."""
        self._write("steps.json", json.dumps(self.steps() | made, sort_keys=True).encode())

    def finish(self) -> None:
        """It is whole: nobody needs to be found in it any more."""
        self.note(whole=True)
        (self.folder / KEY).unlink(missing_ok=True)
        self._numbers = None

    def _drawn(self, sizes: tuple[int, int]) -> tuple[Ints, ...]:
        """Of members, of offerings: the new number of each; the last one stands for none (-1)."""
        rng = np.random.default_rng(int.from_bytes((self.folder / KEY).read_bytes()))
        return tuple(np.append(rng.permutation(size), size) for size in sizes)

    def _nothing(self, numbers: Ints, kind: int) -> Ints:
        assert self._numbers is not None
        return np.where(numbers == len(self._numbers[kind]) - 1, -1, numbers)

    def _path(self, part: str) -> Path:
        return self.folder / f"{part}.parquet"

    def _write(self, name: str, data: bytes) -> None:
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)

    def _drop_others(self) -> None:
        """Older data sets go, and any that was left unfinished: its numbers could still be traced."""
        others = [path for path in self.folder.parent.iterdir() if path.is_dir() and path != self.folder]
        whole = sorted((path for path in others if not (path / KEY).exists()), key=lambda path: path.stat().st_mtime)
        for path in {*others} - {*whole[len(whole) - (KEPT - 1) :]}:
            shutil.rmtree(path, ignore_errors=True)
        for left in self.folder.glob(".draft-*"):
            left.unlink(missing_ok=True)
