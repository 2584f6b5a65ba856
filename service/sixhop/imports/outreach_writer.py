"""Writes a folder's outreaches and hops into a realm, each united with what is there, under its lock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.executor import Graph, Row, Transaction
from sixhop.imports.cells import cell_values, one
from sixhop.imports.kinds import KINDS
from sixhop.imports.rows import Rows
from sixhop.imports.staging import Stage
from sixhop.merging.hops import Hop, hop_of, hop_rows, unite_hops
from sixhop.merging.times import KEPT_TIMES

LOCKED_TIMEOUT_S = 300.0
_STATES = next(c for c in KINDS["hops"].columns if c.name == "state").choices
_OUTCOMES = next(c for c in KINDS["outreach"].columns if c.name == "outcome").choices


MEMBER_BATCH = 1_000
"""Members a transaction: large enough to save round trips, small enough to hold no lock for long."""


class OutreachWriter:
    """Writes entries `start` to `stop` of the outreaches that the folder speaks of, in either of the two files."""

    def __init__(self, graph: Graph, staged: Stage) -> None:
        self._graph = graph
        self._ids = staged.ids["outreach"].ids
        self._members = staged.ids["members"].ids
        self._offerings = staged.ids["offerings"].ids
        self._rows = staged.rows.get("outreach")
        own = self._codes(self._rows)
        self._hops = staged.rows.get("hops")
        of_hop = np.empty(0, np.int32) if self._hops is None else self._hops["outreach_id"]
        self._hop_order = np.argsort(of_hop, kind="stable")
        self.touched = np.union1d(own, of_hop)
        self._row_of = dict(zip(own.tolist(), range(len(own)), strict=True))
        self._hop_start = np.searchsorted(of_hop[self._hop_order], self.touched, side="left")
        self._hop_stop = np.searchsorted(of_hop[self._hop_order], self.touched, side="right")

    def _codes(self, rows: Rows | None) -> Any:
        if rows is None:
            return np.empty(0, np.int32)
        return np.asarray(pa.compute.index_in(rows["outreach_id"], value_set=self._ids))

    def __call__(self, start: int, stop: int) -> None:
        self._graph.transact(
            lambda tx: self._unite(tx, start, stop), what="writes/outreach", timeout_s=LOCKED_TIMEOUT_S
        )

    def ids_of(self, start: int, stop: int) -> list[str]:
        return list(self._ids.take(pa.array(self.touched[start:stop])).to_pylist())

    def _unite(self, tx: Transaction, start: int, stop: int) -> None:
        ids = self.ids_of(start, stop)
        there = {row["id"]: row for row in tx.rows("writes/import_lock_outreach", ids=ids)}
        rows = [self._row(entry, id_, there.get(id_)) for entry, id_ in enumerate(ids, start)]
        tx.rows("writes/outreach", rows=rows)
        before = {hop["member_id"] for row in there.values() for hop in row["hops"] if hop["member_id"]}
        gone = before.difference(hop["member_id"] for row in rows for hop in row["hops"])
        if gone:  # who is still on an outreach of the folder is counted once, at the end
            tx.rows("writes/rebuild_outreach_times", member_ids=sorted(gone), kept=KEPT_TIMES)

    def _row(self, entry: int, id_: str, there: Row | None) -> Row:
        old = (
            [hop_of(hop["member_id"], hop["hop"]) for hop in there["hops"] if hop["member_id"] is not None]
            if there
            else []
        )
        properties, ends, offering_id = self._own(entry, there)
        if ends is None:
            by_position = sorted(old, key=lambda hop: hop.position)
            ends = (by_position[0].member_id, by_position[-1].member_id)
        hops = unite_hops(*ends, old, self._told_hops(entry))
        outcome = properties.get("outcome")
        return {
            "id": id_,
            "properties": properties,
            "offering_id": offering_id,
            "target_id": ends[1],
            "adopted": outcome == "adopted",
            "opted_out_at": (properties.get("outcome_at") or properties["at"]) if outcome == "opted_out" else None,
            "hops": hop_rows(hops),
        }

    def _own(self, entry: int, there: Row | None) -> tuple[Row, tuple[str, str] | None, str | None]:
        """What the folder says of the outreach itself, else what the realm has; sender and target, and the offering."""
        stored = dict(there["stored"]) if there else {}
        number = self._row_of.get(int(self.touched[entry]))
        if number is None or self._rows is None:
            return {name: stored[name] for name in ("at", "outcome", "outcome_at") if name in stored}, None, None
        rows = self._rows
        told: Row = {"at": one(rows["at"][number])}
        outcome = cell_values(rows["outcome"][number : number + 1], _OUTCOMES, is_flag=False)[0]
        outcome_at = one(rows["outcome_at"][number])
        if outcome is not None and (outcome_at or told["at"]) >= stored.get("outcome_at", stored.get("at", 0)):
            told |= {"outcome": outcome, "outcome_at": outcome_at}
        else:
            told |= {name: stored[name] for name in ("outcome", "outcome_at") if name in stored}
        ends = (
            self._members[int(rows["sender_id"][number])].as_py(),
            self._members[int(rows["target_id"][number])].as_py(),
        )
        return told, ends, self._offerings[int(rows["offering_id"][number])].as_py()

    def _told_hops(self, entry: int) -> list[Hop]:
        if self._hops is None:
            return []
        hops = self._hops
        return [
            Hop(
                position=int(hops["position"][i]),
                member_id=self._members[int(hops["member_id"][i])].as_py(),
                asked_at=one(hops["asked_at"][i]),
                answered_at=one(hops["answered_at"][i]),
                state=cell_values(hops["state"][i : i + 1], _STATES, is_flag=False)[0],
            )
            for i in self._hop_order[self._hop_start[entry] : self._hop_stop[entry]]
        ]


class TimesWriter:
    """Makes the times on members what all their hops say: of everybody on outreaches `start` to `stop`, but once."""

    def __init__(self, graph: Graph, outreach: OutreachWriter) -> None:
        self._graph = graph
        self._outreach = outreach
        self._done: set[str] = set()

    def __call__(self, start: int, stop: int) -> None:
        found = self._graph.rows("ops/import_outreach_members", ids=self._outreach.ids_of(start, stop))
        members = sorted({member for row in found for member in row["member_ids"]} - self._done)
        for i in range(0, len(members), MEMBER_BATCH):
            some = members[i : i + MEMBER_BATCH]
            self._graph.write("writes/rebuild_outreach_times", member_ids=some, kept=KEPT_TIMES)
            self._done.update(some)
