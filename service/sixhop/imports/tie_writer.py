"""Writes a folder's ties into a realm: made outright where it has none, else each united with what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.executor import Graph, Row, Transaction
from sixhop.graph.realm import RealmSettings
from sixhop.imports.cells import groups, one, plain
from sixhop.imports.close_lists import best_ties
from sixhop.imports.parsing import NONE
from sixhop.imports.ties import FolderTies, NewTies
from sixhop.merging.ties import TieNews, as_properties, tie_state, unite_tie

LOCKED_TIMEOUT_S = 300.0


class TieWriter:
    """Writes rows `start` to `stop` of the folder's ties."""

    def __init__(
        self, graph: Graph, ids: pa.Array, folder: FolderTies, new: NewTies, realm: RealmSettings, *, none_yet: bool
    ) -> None:
        self._graph = graph
        self._ids = ids
        self._folder = folder
        self._new = new
        self._realm = realm
        self._none_yet = none_yet
        self._close = self._best() if none_yet else {}
        self._channels = np.array(folder.channels, dtype=object)
        self._last_since = NONE if realm.last_since is None else realm.last_since

    def __call__(self, start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        if self._none_yet:
            close = {name: flags[rows].tolist() for name, flags in self._close.items()}
            since = self._new.since[rows].max(initial=NONE)
            self._note(self._graph, since)
            self._graph.write("writes/import_new_ties", **self._columns(rows), **close)
        else:
            since = self._graph.transact(
                lambda tx: self._unite(tx, rows), what="writes/import_changed_ties", timeout_s=LOCKED_TIMEOUT_S
            )
        self._last_since = max(self._last_since, since)

    def _note(self, on: Graph | Transaction, since: int) -> None:
        """On the realm, no later than the ties are there: nobody meets a tie younger than the realm says."""
        if since > self._last_since:
            on.rows("ops/realm_last_since", at=int(since))

    def _best(self) -> dict[str, Any]:
        """Which ties have a place in the lists of the walk: in a realm without ties the folder's are all there are."""
        folder, best = self._folder, {}
        for name, near, far in (
            ("close_to", folder.from_member, folder.to_member),
            ("close_from", folder.to_member, folder.from_member),
        ):
            best[name] = np.zeros(len(folder), dtype=bool)
            best[name][best_ties(near, far, self._new.pass_on, close_ties=self._realm.close_ties)] = True
        return best

    def _unite(self, tx: Transaction, rows: Any) -> int:
        """Returns the latest `since` among the ties as they are then."""
        from_ids, to_ids = self._ends(rows)
        there = tx.rows("writes/import_lock_ties", from_ids=from_ids, to_ids=to_ids)
        changed: list[Row] = []
        last_since = NONE
        for row in there:
            old = tie_state(row["stored"])
            united = unite_tie(
                old,
                self._news(int(rows[row["i"]])),
                half_life_s=self._realm.half_life_s,
                pass_on_prior=self._realm.pass_on_prior,
            )
            last_since = max(last_since, NONE if united.since is None else united.since)
            if united != old:
                i = row["i"]
                changed.append({"from_id": from_ids[i], "to_id": to_ids[i], "properties": as_properties(united)})
        if changed:
            tx.rows("writes/import_changed_ties", rows=changed)
        missing = np.delete(rows, [row["i"] for row in there])
        if len(missing):
            tx.rows("writes/import_new_ties", **self._columns(missing), close_to=[], close_from=[])
            last_since = max(last_since, self._new.since[missing].max())
        self._note(tx, last_since)
        return last_since

    def _ends(self, rows: Any) -> tuple[list[str], list[str]]:
        return (
            self._ids.take(pa.array(self._folder.from_member[rows])).to_pylist(),
            self._ids.take(pa.array(self._folder.to_member[rows])).to_pylist(),
        )

    def _columns(self, rows: Any) -> dict[str, Any]:
        from_ids, to_ids = self._ends(rows)
        new = self._new
        recent, recent_channels, channels = self._contact_lists(rows)
        return {
            "groups": groups(from_ids),
            "to_ids": to_ids,
            "recent": recent,
            "recent_channels": recent_channels,
            "channels": channels,
            "imported_strength": plain(self._folder.imported[rows]),
            **{
                name: plain(getattr(new, name)[rows])
                for name in ("since", "last_at", "imported_at", "base_strength", "strength")
            },
            **{name: plain(getattr(new, name)[rows]) for name in ("sentiment", "sentiment_at", "pass_on")},
            "contacts": new.contacts[rows].tolist(),
        }

    def _contact_lists(self, rows: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Times and channels of the kept contacts, and all channels, of each tie; None where there are none."""
        folder = self._folder
        if not self._new.contacts[rows].any():
            return [], [], []
        recent, recent_channels, channels = [], [], []
        for row in rows:
            kept, stop = self._new.kept_from[row], folder.start[row + 1]
            recent.append(folder.contact_at[kept:stop].tolist() or None)
            kept_codes = folder.contact_channel[kept:stop]
            recent_channels.append(self._channels[kept_codes].tolist() if kept_codes.any() else None)
            codes = np.unique(folder.contact_channel[folder.start[row] : stop])
            channels.append(self._channels[codes[codes > 0]].tolist() or None)
        return recent, recent_channels, channels

    def _news(self, row: int) -> TieNews:
        folder = self._folder
        span = slice(folder.start[row], folder.start[row + 1])
        channels = self._channels[folder.contact_channel[span]].tolist()
        return TieNews(
            since=one(folder.since[row]),
            imported=one(folder.imported[row]),
            declared_sentiment=one(folder.declared_sentiment[row]),
            sentiment=one(folder.sentiment[row]),
            sentiment_at=one(folder.sentiment_at[row]),
            contacts=list(zip(folder.contact_at[span].tolist(), channels, strict=True)),
        )
