"""What goes or is mended with time: what is too old, and what an erasure or a write left to be done. Batch work.

Every batch is a transaction of its own: stopped anywhere, it is gone on with by the same again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass

from sixhop.erasure.files import DAY_S, Places, drop_old_files, erase_from_files
from sixhop.graph.close import rebuild_close
from sixhop.graph.erased import erased_hashes
from sixhop.graph.erasing import Eraser, Tell
from sixhop.graph.executor import AsyncGraph, Graph, Transaction
from sixhop.graph.realm import RealmSettings, read_realm
from sixhop.graph.recording.ties import SHORT
from sixhop.merging.times import KEPT_TIMES
from sixhop.pseudonyms import Pseudonyms

EVENTS, OUTREACHES, MEMBERS, LISTS = 10_000, 500, 5_000, 20
"""So many at once."""
WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much of what was done."""

    events: int
    outreaches: int
    erasures: int
    erased_rows: int
    lists: int
    answer_files: int
    audit_files: int
    import_files: int


def tidy(graph: Graph, places: Places, pseudonyms: Pseudonyms, *, audit_days: int, tell: Tell) -> Tidied:
    """Tidy one realm, and the files of this installation.

    Raises:
        Misconfigured: there is no such realm.
        Unavailable: the graph does not answer, or a segment is not let go of.
    """
    realm = read_realm(graph)
    erasures = asyncio.run(_finish_erasures(graph, pseudonyms, tell))
    erased_rows = erase_from_files(places, erased_hashes(graph), pseudonyms)
    files = drop_old_files(places, answers_days=realm.keep_answers_days, audit_days=audit_days)
    now = int(time.time())
    return Tidied(
        events=_forget_events(graph, now - realm.keep_events_days * DAY_S, tell),
        outreaches=_drop_outreaches(graph, now - realm.keep_outreaches_days * DAY_S, tell),
        erasures=erasures,
        erased_rows=erased_rows,
        lists=_fill_lists(graph, realm, tell),
        **files,
    )


async def _finish_erasures(graph: Graph, pseudonyms: Pseudonyms, tell: Tell) -> int:
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as beside:
        return await Eraser(beside, pseudonyms.of).take_apart_all(tell)


def _forget_events(graph: Graph, before: int, tell: Tell) -> int:
    total = 0
    while done := graph.write("writes/tidy_events", before=before, batch=EVENTS)["done"]:
        total += done
        tell("events", total, 0)
    return total


def _drop_outreaches(graph: Graph, before: int, tell: Tell) -> int:
    total = 0
    cursor = ""
    while rows := graph.rows("ops/tidy_outreaches", cursor=cursor, before=before, limit=OUTREACHES):
        cursor, old_ids = rows[0]["cursor"], rows[0]["old_ids"]
        if old_ids:
            graph.transact(
                lambda tx, ids=old_ids: _drop(tx, ids),  # type: ignore[misc]
                what="writes/tidy_outreaches",
                timeout_s=WITHIN_S,
            )
            total += len(old_ids)
            tell("outreaches", total, 0)
    return total


def _drop(tx: Transaction, outreach_ids: list[str]) -> None:
    [row] = tx.rows("writes/tidy_outreaches", outreach_ids=outreach_ids)
    if row["member_ids"]:
        tx.rows("writes/rebuild_outreach_times", member_ids=row["member_ids"], kept=KEPT_TIMES)


def _fill_lists(graph: Graph, realm: RealmSettings, tell: Tell) -> int:
    total = done = 0
    cursor = ""
    short = min(SHORT, realm.close_ties)
    while rows := graph.rows("ops/tidy_short_lists", cursor=cursor, short=short, limit=MEMBERS):
        cursor, short_ids = rows[0]["cursor"], rows[0]["short_ids"]
        for start in range(0, len(short_ids), LISTS):
            rebuild_close(graph, short_ids[start : start + LISTS], close_ties=realm.close_ties)
        total += len(short_ids)
        done += rows[0]["members"]
        tell("members looked at", done, 0)
    return total


def as_lines(tidied: Tidied) -> list[str]:
    """For people."""
    words = {
        "events": "events forgotten",
        "outreaches": "outreaches removed",
        "erasures": "erasures finished that were cut off",
        "erased_rows": "rows of erased members taken out of files",
        "lists": "members whose closest ties were listed anew",
        "answer_files": "files of recorded answers removed",
        "audit_files": "files of the audit log removed",
        "import_files": "leftovers of imports removed",
    }
    return [f"{number:>10,}  {words[name]}" for name, number in asdict(tidied).items()]
