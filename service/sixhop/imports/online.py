"""Writes a staged folder into a running graph: which rows go through which query. Knows nothing of files.

Ties and experiences of an empty realm are made outright; else each is united with what is there, under its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph, Row, Transaction
from sixhop.graph.realm import RealmSettings
from sixhop.imports.experiences import FolderExperiences
from sixhop.imports.kinds import KINDS
from sixhop.imports.parsing import NONE
from sixhop.imports.phases import Phase
from sixhop.imports.rows import Rows
from sixhop.imports.staging import Stage
from sixhop.imports.ties import FolderTies, NewTies
from sixhop.imports.unite import (
    ExperienceNews,
    ExperienceState,
    TieNews,
    as_properties,
    tie_state,
    unite_experience,
    unite_tie,
)

TIE_BATCH = 20_000
WRITERS = 2
"""One packs its rows while the server works on the other's; more deadlock on popular members."""
LOCKED_TIMEOUT_S = 300.0
CLOSE_BATCH = 1000


def plain(values: Any) -> list[Any]:
    """A column's values for the driver: missing ones are None; no value at all is an empty list."""
    if not isinstance(values, np.ndarray):
        return list(values.to_pylist()) if values.null_count < len(values) else []
    absent = np.isnan(values) if values.dtype.kind == "f" else values == (NONE if values.dtype == np.int64 else -1)
    if absent.all():
        return []
    listed: list[Any] = values.tolist()
    if absent.any():
        for i in np.flatnonzero(absent):
            listed[i] = None
    return listed


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
        self._channels = np.array(folder.channels, dtype=object)

    def __call__(self, start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        if self._none_yet:
            self._graph.write("writes/import_new_ties", **self._columns(rows))
        else:
            self._graph.transact(
                lambda tx: self._unite(tx, rows), what="writes/import_changed_ties", timeout_s=LOCKED_TIMEOUT_S
            )

    def _unite(self, tx: Transaction, rows: Any) -> None:
        from_ids, to_ids = self._ends(rows)
        there = tx.rows("writes/import_lock_ties", from_ids=from_ids, to_ids=to_ids)
        changed: list[Row] = []
        for row in there:
            old = tie_state(row["stored"])
            united = unite_tie(
                old,
                self._news(int(rows[row["i"]])),
                half_life_s=self._realm.half_life_s,
                pass_on_prior=self._realm.pass_on_prior,
            )
            if united != old:
                i = row["i"]
                changed.append({"from_id": from_ids[i], "to_id": to_ids[i], "properties": as_properties(united)})
        if changed:
            tx.rows("writes/import_changed_ties", rows=changed)
        missing = np.delete(rows, [row["i"] for row in there])
        if len(missing):
            tx.rows("writes/import_new_ties", **self._columns(missing))

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
            since=_one(folder.since[row]),
            imported=_one(folder.imported[row]),
            declared_sentiment=_one(folder.declared_sentiment[row]),
            sentiment=_one(folder.sentiment[row]),
            sentiment_at=_one(folder.sentiment_at[row]),
            contacts=list(zip(folder.contact_at[span].tolist(), channels, strict=True)),
        )


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
            old = ExperienceState(**{name: stored.get(name) for name in ExperienceState.__slots__})
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
            sentiment=_one(folder.sentiment[row]),
            sentiment_at=_one(folder.sentiment_at[row]),
            value=_one(folder.value[row]),
            place=self._places[folder.place[row]],
            channel=self._channels[folder.channel[row]],
        )
        values = [None if np.isnan(v) else float(v) for v in folder.value_at[span]]
        return ExperienceNews(state, list(zip(at, values, strict=True)))


def _one(value: Any) -> Any:
    """One value of a column as a plain one, None where missing."""
    plain_value = value.item()
    return None if plain_value == NONE or plain_value != plain_value else plain_value


def groups(ids: Sequence[str]) -> list[list[Any]]:
    """Runs of equal ids as [id, first row, last row]."""
    found: list[list[Any]] = []
    for i, value in enumerate(ids):
        if found and found[-1][0] == value:
            found[-1][2] = i
        else:
            found.append([value, i, i])
    return found


def phases(
    graph: Graph,
    staged: Stage,
    realm: RealmSettings,
    ties: FolderTies,
    new: NewTies,
    experiences: FolderExperiences | None,
) -> list[Phase]:
    """All that has to be written, in order."""
    there = graph.rows("ops/import_has_ties")[0]
    members, offerings = staged.ids["members"].ids, staged.ids["offerings"].ids
    found = [_nodes(graph, staged, name) for name in ("enterprises", "communities", "offerings", "members")]
    tie_writer = TieWriter(graph, members, ties, new, realm, none_yet=not there["ties"])
    found.append(Phase("ties", len(ties), tie_writer, TIE_BATCH, WRITERS))
    if experiences is not None:
        writer = ExperienceWriter(graph, members, offerings, experiences, none_yet=not there["experiences"])
        found.append(Phase("experiences", len(experiences), writer, TIE_BATCH))
    found.append(_close_lists(graph, members, ties))
    return [phase for phase in found if phase.size]


def _nodes(graph: Graph, staged: Stage, kind: str) -> Phase:
    """Nodes of one kind: their id, what their row says of them, and whom they hang on."""
    rows = staged.rows.get(kind)
    if rows is None:
        return Phase(kind, 0, lambda start, stop: None)
    as_of = staged.last_event_at()
    parts = node_rows(rows, kind)

    def write(start: int, stop: int) -> None:
        graph.write(f"writes/import_{kind}", rows=parts(start, stop), as_of=as_of)

    return Phase(kind, len(rows), write)


def node_rows(rows: Rows, kind: str) -> Callable[[int, int], list[Row]]:
    """Rows for the query of `kind`: `id`, the `properties` given, and other nodes' ids by column name."""
    columns = KINDS[kind].columns
    id_column = KINDS[kind].defines

    def part(start: int, stop: int) -> list[Row]:
        cells: dict[str, list[Any]] = {}
        for column in columns:
            cells[column.name] = cell_values(rows[column.name][start:stop], column.choices, is_flag=column.is_flag)
        links = [c.name for c in columns if c.name.endswith("_id") and c.name != id_column]
        own = [c.name for c in columns if c.name not in links and c.name != id_column]
        return [
            {
                "id": cells[id_column][i],
                "properties": {name: cells[name][i] for name in own if cells[name][i] is not None},
                **{name: cells[name][i] for name in links},
            }
            for i in range(stop - start)
        ]

    return part


def cell_values(values: Any, choices: tuple[str, ...], *, is_flag: bool) -> list[Any]:
    """One column as plain values, None where missing."""
    if choices:
        return list(np.array([*choices, None], dtype=object)[values])
    if is_flag:
        return list(np.array([False, True, None], dtype=object)[values])
    return plain(values) or [None] * len(values)


def _close_lists(graph: Graph, members: pa.Array, ties: FolderTies) -> Phase:
    """Both ends of every tie of the folder; what is right already is not written."""
    touched = np.union1d(ties.from_member, ties.to_member)

    def write(start: int, stop: int) -> None:
        rebuild_close(graph, members.take(pa.array(touched[start:stop])).to_pylist())

    return Phase("closest ties", len(touched), write, CLOSE_BATCH)
