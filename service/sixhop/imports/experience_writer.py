"""Writes a folder's experiences into a realm: made outright where it has none, else united with what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.executor import Graph, Row, Transaction
from sixhop.imports.cells import groups, one, plain
from sixhop.imports.experiences import FolderExperiences
from sixhop.imports.kinds import KINDS
from sixhop.merging.experiences import ExperienceNews, ExperienceState, experience_state, unite_experience

LOCKED_TIMEOUT_S = 300.0


class ExperienceWriter:
    """Writes rows `start` to `stop` of the folder's experiences."""

    def __init__(
        self, graph: Graph, members: pa.Array, offerings: pa.Array, folder: FolderExperiences, *, none_yet: bool
    ) -> None:
        self._graph = graph
        self._members = members
        self._offerings = offerings
        self._folder = folder
        self._none_yet = none_yet
        kinds = next(c for c in KINDS["experiences"].columns if c.name == "kind").choices
        self._kinds = np.array([*kinds, None], dtype=object)  # -1, not given, is the last
        self._places = np.array([None, *folder.places[1:]], dtype=object)
        self._channels = np.array([None, *folder.channels[1:]], dtype=object)

    def __call__(self, start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        if self._none_yet:
            self._graph.write("writes/import_new_experiences", **self._columns(rows))
        else:
            self._graph.transact(
                lambda tx: self._unite(tx, rows), what="writes/import_changed_experiences", timeout_s=LOCKED_TIMEOUT_S
            )

    def _unite(self, tx: Transaction, rows: Any) -> None:
        member_ids, offering_ids = self._ends(rows)
        there = tx.rows("writes/import_lock_experiences", member_ids=member_ids, offering_ids=offering_ids)
        changed: list[Row] = []
        for row in there:
            i = row["i"]
            stored = row["stored"]
            old = experience_state(stored)
            united = unite_experience(old, self._news(int(rows[i])))
            if united != old:
                properties = {name: getattr(united, name) for name in ExperienceState.__slots__}
                changed.append({"member_id": member_ids[i], "offering_id": offering_ids[i], "properties": properties})
        if changed:
            tx.rows("writes/import_changed_experiences", rows=changed)
        missing = np.delete(rows, [row["i"] for row in there])
        if len(missing):
            tx.rows("writes/import_new_experiences", **self._columns(missing))

    def _ends(self, rows: Any) -> tuple[list[str], list[str]]:
        return (
            self._members.take(pa.array(self._folder.member[rows])).to_pylist(),
            self._offerings.take(pa.array(self._folder.offering[rows])).to_pylist(),
        )

    def _columns(self, rows: Any) -> dict[str, Any]:
        folder = self._folder
        member_ids, offering_ids = self._ends(rows)
        return {
            "groups": groups(member_ids),
            "offering_ids": offering_ids,
            "kind": self._kinds[folder.kind[rows]].tolist(),
            "place": self._places[folder.place[rows]].tolist(),
            "channel": self._channels[folder.channel[rows]].tolist(),
            "first_at": folder.at[folder.start[rows]].tolist(),
            "last_at": folder.at[folder.start[rows + 1] - 1].tolist(),
            "times": (folder.start[rows + 1] - folder.start[rows]).tolist(),
            "sentiment": plain(folder.sentiment[rows]),
            "sentiment_at": plain(folder.sentiment_at[rows]),
            "value": plain(folder.value[rows]),
        }

    def _news(self, row: int) -> ExperienceNews:
        folder = self._folder
        span = slice(folder.start[row], folder.start[row + 1])
        at = folder.at[span].tolist()
        state = ExperienceState(
            kind=self._kinds[folder.kind[row]],
            first_at=at[0],
            last_at=at[-1],
            times=len(at),
            sentiment=one(folder.sentiment[row]),
            sentiment_at=one(folder.sentiment_at[row]),
            value=one(folder.value[row]),
            place=self._places[folder.place[row]],
            channel=self._channels[folder.channel[row]],
        )
        values = [None if np.isnan(v) else float(v) for v in folder.value_at[span]]
        return ExperienceNews(state, list(zip(at, values, strict=True)))
