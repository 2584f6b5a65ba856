"""Everyone's experiences as sorted arrays: where anchors are drawn from and labels are looked up."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sixhop.graph.executor import Graph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PAGE = 500
NEVER = np.iinfo(np.int64).max
MAX_OFFERINGS = 1 << 31


@dataclass(frozen=True, slots=True)
class History:
    """All dated experiences of a realm, sorted by (member, offering).

    Attributes
    ----------
    member_ids, offering_ids
        Ids by number.
    member, offering, at
        Of each experience: numbers, and the time of the first (seconds since 1970); shape (experiences,).
    sentiment
        Last sentiment of each, 0 where none was given.
    """

    member_ids: list[str]
    offering_ids: list[str]
    member: Ints
    offering: Ints
    at: Ints
    sentiment: Floats
    digest: str = ""
    """Of all that was read, and of what features read of experiences besides."""

    @property
    def times(self) -> Ints:
        """All different times at which something was first experienced, ascending."""
        return np.unique(self.at)

    def first_at(self, member: Ints, offering: Ints) -> Ints:
        """When each member first experienced each offering; `NEVER` where they did not."""
        if not len(self.at):
            return np.full(len(member), NEVER)
        keys = self.member * MAX_OFFERINGS + self.offering
        wanted = member * MAX_OFFERINGS + offering
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[place] == wanted, self.at[place], NEVER)


def read_history(graph: Graph) -> History:
    """Read all experiences of the graph's realm, page by page."""
    member_ids: list[str] = []
    numbers: dict[str, int] = {}
    member, offering, at, sentiment = [], [], [], []
    cursor, digest = "", hashlib.sha256()
    while rows := graph.rows("training/history", cursor=cursor, limit=PAGE):
        for row in rows:
            digest.update(json.dumps([row["ats"], row["sentiments"], row["facts"]]).encode())
            member.append(np.full(len(row["ats"]), len(member_ids), dtype=np.int64))
            offering.append(
                np.array([numbers.setdefault(o, len(numbers)) for o in row["offering_ids"]], dtype=np.int64)
            )
            at.append(np.array(row["ats"], dtype=np.int64))
            sentiment.append(np.array(row["sentiments"], dtype=np.float64))
            member_ids.append(row["member_id"])
        cursor = rows[-1]["member_id"]
    empty = np.empty(0, dtype=np.int64)
    flat_member, flat_offering = np.concatenate([empty, *member]), np.concatenate([empty, *offering])
    order = np.lexsort((flat_offering, flat_member))
    return History(
        member_ids=member_ids,
        offering_ids=list(numbers),
        member=flat_member[order],
        offering=flat_offering[order],
        at=np.concatenate([empty, *at])[order],
        sentiment=np.concatenate([np.empty(0), *sentiment])[order],
        digest=digest.hexdigest(),
    )
