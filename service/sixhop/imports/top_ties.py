"""How many contacts only a realm's best connected members exceed. Counts ties where they begin, never reads them."""

from __future__ import annotations

import numpy as np

from sixhop.graph.executor import Graph
from sixhop.imports.phases import Tell
from sixhop.imports.rows import Int64s

ONE_IN = 100
"""The best connected: one member in so many."""
PAGE = 10_000


def top_ties(contacts: Int64s) -> int | None:
    """The least number that no more than one member in a hundred exceeds; None without members.

    Args:
        contacts: how many contacts each member has, 0 included.
    """
    if not len(contacts):
        return None
    place = len(contacts) - 1 - len(contacts) // ONE_IN
    return int(np.partition(contacts, place)[place])


def note_top_ties(graph: Graph, tell: Tell) -> None:
    """Count anew over all members of the realm, a page at a time, and note it on the realm."""
    pages: list[Int64s] = []
    cursor, done = "", 0
    while rows := graph.rows("ops/member_contacts_page", cursor=cursor, limit=PAGE):
        cursor = rows[0]["cursor"]
        pages.append(np.array(rows[0]["contacts"], dtype=np.int64))
        done += len(pages[-1])
        tell("members' contacts", done, 0)
    if pages:
        graph.write("ops/realm_top_ties", top_ties=top_ties(np.concatenate(pages)))
