"""Takes erased members out of the files of this installation, and with time all that is kept for a time only.

Which files hold what of members:
- `segments/`: rows of recorded answers, by keyed hash. Rows of an erased sender or target go; in chains the place is
  left empty, since the row is the sender's and the target's, and so is that of who would have been shown instead.
- `imports/*.rejects.csv`: rows as they stood, ids in clear. What speaks of an erased member is left out of its line.
- `imports/offline/`: what a bulk import was killed over, ids in clear. It goes.
- `audit/`: who asked about whom, by keyed hash. That is to be answered for, also of who was erased: it stays its time.
- `models/` and whole data sets of `datasets/`: rows under hashes or numbers whose key was thrown away. Nobody can be
  found in them. A data set that is not whole yet has its key beside it: it goes, and is begun anew.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sixhop.errors import Unavailable
from sixhop.imports.erased import ErasedMembers
from sixhop.imports.rejects import leave_out
from sixhop.locks import locked
from sixhop.pipeline.record import without
from sixhop.pipeline.rewriting import drop_older, rewrite
from sixhop.pseudonyms import Pseudonyms

DAY_S = 86_400
REJECTS_DAYS = 30
"""How long rejected rows stay: they are there to be mended."""
SCRATCH_DAYS = 1
"""No bulk import takes as long."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where an installation keeps what it keeps of a realm."""

    home: Path
    realm: str

    @property
    def answers(self) -> Path:
        return self.home / "segments" / self.realm

    @property
    def audit(self) -> Path:
        return self.home / "audit" / self.realm

    @property
    def datasets(self) -> Path:
        return self.home / "datasets" / self.realm

    @property
    def imports(self) -> Path:
        return self.home / "imports"

    def unfinished(self) -> list[Path]:
        """Data sets that somebody could still be found in."""
        return [key.parent for key in sorted(self.datasets.glob("*/key"))]

    def rejects(self) -> list[Path]:
        """All files of rejected rows, of imports that were cut off too."""
        return sorted(self.imports.glob(f"{self.realm}-{'[0-9a-f]' * 12}.rejects.*"))


def erase_from_files(places: Places, hashes: frozenset[str], pseudonyms: Pseudonyms) -> int:
    """Take these members out of all files; how many rows were changed.

    Raises:
        Unavailable: whoever writes an open segment does not let go of it.
    """
    if not hashes:
        return 0
    changed = rewrite(places.answers, hashes, lambda row: without(row, hashes))
    erased = ErasedMembers(hashes, pseudonyms.of)
    for path in places.rejects():
        changed += leave_out(path, erased.in_row)
    return changed + _drop_unfinished(places)


def _drop_unfinished(places: Places) -> int:
    """Remove data sets that are not whole. One that is being built is left to become whole; if it
    does not, `sixhop tidy` finds it.
    """
    unfinished = places.unfinished()
    if not unfinished:
        return 0
    with suppress(Unavailable), locked(places.datasets / "lock", wait_s=0, on="the data sets"):
        for folder in unfinished:
            shutil.rmtree(folder, ignore_errors=True)
        return len(unfinished)
    return 0


def drop_old_files(places: Places, *, answers_days: int, audit_days: int) -> dict[str, int]:
    """Remove what is older than it may be; how many files of each kind."""
    now = time.time()
    scratch = places.imports / "offline"
    old_scratch = [each for each in (scratch,) if each.is_dir() and each.stat().st_mtime < now - SCRATCH_DAYS * DAY_S]
    for folder in old_scratch:
        shutil.rmtree(folder, ignore_errors=True)
    old_rejects = [each for each in places.rejects() if each.stat().st_mtime < now - REJECTS_DAYS * DAY_S]
    for path in old_rejects:
        path.unlink(missing_ok=True)
    return {
        "answer_files": drop_older(places.answers, now - answers_days * DAY_S),
        "audit_files": drop_older(places.audit, now - audit_days * DAY_S),
        "import_files": len(old_rejects) + len(old_scratch),
    }
