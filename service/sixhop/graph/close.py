"""Keeps CLOSE_TO and CLOSE_FROM, the indexes of the walk, what the ties say. Knows nothing of how ties came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sixhop.graph.executor import AsyncTransaction, Graph
from sixhop.graph.realm import read_realm, settings_from_row

BATCH = 1000
"""Members a transaction: large enough to save round trips, small enough to hold no lock for long."""


def rebuild_close(
    graph: Graph,
    member_ids: Iterable[str] | None = None,
    progress: Callable[[int], None] | None = None,
    *,
    close_ties: int | None = None,
) -> int:
    """Rebuild both lists of `member_ids` (all members of the realm when None) from their KNOWS ties.

    What is right already is not written. Both ends of a tie that changed need a rebuild: CLOSE_TO of its start and
    CLOSE_FROM of its end.

    Args:
        graph: the realm.
        member_ids: whom to rebuild; unknown ids are passed over.
        progress: told the number of members done so far, after each batch.
        close_ties: how many are kept; by default what the realm's settings say.

    Returns:
        How many members were looked at.
    """
    close_ties = close_ties or read_realm(graph).close_ties
    done = 0
    for ids in all_member_ids(graph) if member_ids is None else _batches(member_ids):
        done += graph.write("writes/rebuild_close", member_ids=ids, close_ties=close_ties).get("members", 0)
        if progress is not None:
            progress(done)
    return done


async def rebuild_within(tx: AsyncTransaction, member_ids: Sequence[str]) -> None:
    """Rebuild both lists of some members as part of a transaction."""
    rows = await tx.rows("ops/realm_read")
    close_ties = settings_from_row(rows[0] if rows else {"realm": tx.realm}).close_ties
    await tx.rows("writes/rebuild_close", member_ids=member_ids, close_ties=close_ties)


def all_member_ids(graph: Graph, *, page: int = BATCH) -> Iterator[list[str]]:
    """All member ids of the realm in order, a page at a time."""
    cursor = ""
    while ids := [row["member_id"] for row in graph.rows("ops/member_page", cursor=cursor, limit=page)]:
        yield ids
        cursor = ids[-1]


def _batches(member_ids: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(member_ids)
    while ids := list(islice(remaining, BATCH)):
        yield ids
