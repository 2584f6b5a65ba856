"""Reads and checks a whole import folder into columns of numbers before anything is written. Knows nothing of Cypher.

Ids become numbers; a row that breaks a rule goes to the rejects with its line and the first rule it breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sixhop.imports.erased import REASON as ERASED
from sixhop.imports.erased import ErasedMembers
from sixhop.imports.folder import ImportFolder, SourceFile
from sixhop.imports.ids import IdTable, Lookup
from sixhop.imports.kinds import KINDS, Kind, Type
from sixhop.imports.parsing import NONE, RowProblems, missing, parse
from sixhop.imports.reading import Chunk, FileReader
from sixhop.imports.rejects import RejectLog
from sixhop.imports.rows import Rows, joined, repetitions

Progress = Callable[[str, int], None]
"""Told the name of what is being read and how many rows of it are done."""


@dataclass(slots=True)
class Stage:
    """The good rows of a folder. Columns that refer to members and the like hold places in `ids` of that kind."""

    folder: ImportFolder
    rows: dict[str, Rows] = field(default_factory=dict)
    ids: dict[str, IdTable] = field(default_factory=dict)
    rejects: RejectLog = field(default_factory=RejectLog)
    erased: ErasedMembers = field(default_factory=ErasedMembers)

    def last_event_at(self) -> int | None:
        """The latest time at which something happened, by the folder."""
        times = [self.rows[k]["at"] for k in ("interactions", "experiences", "outreach") if k in self.rows]
        latest = [int(t.max()) for t in times if len(t)]
        return max(latest) if latest else None


def stage(
    folder: ImportFolder,
    lookups: dict[str, Lookup] | None = None,
    progress: Progress | None = None,
    erased: ErasedMembers | None = None,
) -> Stage:
    """Read and check every file of `folder`.

    Args:
        folder: as `open_folder` found it.
        lookups: by kind, which ids the realm has already; None for an empty realm.
        progress: told now and then how far reading is.
        erased: who was erased from the realm.
    """
    staged = Stage(folder, erased=erased or ErasedMembers())
    for kind in KINDS.values():
        if kind.defines:
            staged.ids[kind.name] = IdTable((lookups or {}).get(kind.name))
        if kind.name in folder.files:
            rows = _read(folder.files[kind.name], staged, progress)
            rows = _once(rows, kind, staged)
            if kind.name == "hops":
                rows = _from_their_senders(rows, staged)
            if kind.defines:
                if kind.name == "communities":
                    rows = _with_parents(rows, staged)
                staged.ids[kind.name].define(rows[kind.defines])
            staged.rows[kind.name] = rows
    _put_in_order(staged)
    return staged


def _read(file: SourceFile, staged: Stage, progress: Progress | None) -> Rows:
    reader = FileReader(file)
    parts: list[Rows] = []
    done = 0
    for chunk in reader:
        parts.append(_check(chunk, file.kind, staged))
        staged.rejects.add_misfits(file.kind.name, len(reader.misfits))
        reader.misfits.clear()
        done += len(chunk.lines)
        if progress is not None:
            progress(file.path.name, done)
    staged.rejects.add_misfits(file.kind.name, len(reader.misfits))
    if not parts:
        empty = {name: pa.array([], pa.string()) for name in file.columns}
        parts.append(_check(Chunk(empty, np.empty(0, dtype=np.int64)), file.kind, staged))
    return joined(parts)


def _check(chunk: Chunk, kind: Kind, staged: Stage) -> Rows:
    count = len(chunk.lines)
    problems = RowProblems(count)
    columns: dict[str, Any] = {}
    for column in kind.columns:
        if column.name in chunk.columns and (column.refers_to == "members" or column.name == KINDS["members"].defines):
            gone = staged.erased.among(chunk.columns[column.name], staged.ids["members"].ids)
            problems.mark(gone, f"{column.name}: {ERASED}")
    for column in kind.columns:
        if column.name in chunk.columns:
            values = parse(column, chunk.columns[column.name], problems)
        else:
            values = missing(column, count)
        if column.refers_to and column.refers_to != kind.name:
            codes = staged.ids[column.refers_to].codes(values)
            unknown = (codes < 0) & np.asarray(pc.is_valid(values).to_numpy(zero_copy_only=False))
            problems.mark(unknown, f"{column.name}: unknown {_SINGULAR[column.refers_to]}")
            values = codes
        elif column.type is Type.TEXT:
            values = values.dictionary_encode()
        columns[column.name] = values
    rules = _RULES.get(kind.name)
    for wrong, reason in rules(columns) if rules else ():
        problems.mark(wrong, reason)
    for code, text in enumerate(problems.texts[1:], 1):
        staged.rejects.add(kind.name, chunk.lines[problems.reason == code], text)
    return Rows(columns, chunk.lines).where(problems.good)


_SINGULAR = {
    "members": "member",
    "offerings": "offering",
    "communities": "community",
    "enterprises": "enterprise",
    "outreach": "outreach",
}


def _two_members(columns: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(columns["from_id"] == columns["to_id"], "from_id and to_id are the same member")]


def _outreach_rules(columns: dict[str, Any]) -> list[tuple[Any, str]]:
    outcome_at = columns["outcome_at"]
    return [
        (columns["sender_id"] == columns["target_id"], "sender_id and target_id are the same member"),
        ((outcome_at != NONE) & (columns["outcome"] < 0), "outcome_at: given without an outcome"),
        ((outcome_at != NONE) & (outcome_at < columns["at"]), "outcome_at: before at"),
    ]


def _hop_rules(columns: dict[str, Any]) -> list[tuple[Any, str]]:
    answered_at = columns["answered_at"]
    return [((answered_at != NONE) & (answered_at < columns["asked_at"]), "answered_at: before asked_at")]


_RULES: dict[str, Callable[[dict[str, Any]], list[tuple[Any, str]]]] = {
    "ties": _two_members,
    "interactions": _two_members,
    "blocks": _two_members,
    "outreach": _outreach_rules,
    "hops": _hop_rules,
}


def _once(rows: Rows, kind: Kind, staged: Stage) -> Rows:
    same, other = repetitions(rows, kind.key)
    staged.rejects.add(kind.name, rows.lines[other], f"{', '.join(kind.key)}: given before with other content")
    rows = rows.where(~(same | other))
    if "event_id" in kind.key:  # has served its purpose
        rows = Rows({name: values for name, values in rows.columns.items() if name != "event_id"}, rows.lines)
    return rows


def _from_their_senders(hops: Rows, staged: Stage) -> Rows:
    """Position 0 of a chain is its sender: leave out hops that say otherwise."""
    if "outreach" not in staged.rows or not len(staged.rows["outreach"]):
        return hops
    senders = staged.rows["outreach"]["sender_id"]
    outreach = hops["outreach_id"]
    ours = outreach < len(senders)  # the rest is the realm's
    wrong = (hops["position"] == 0) & ours & (senders[np.where(ours, outreach, 0)] != hops["member_id"])
    staged.rejects.add("hops", hops.lines[wrong], "member_id: position 0 is the outreach's sender")
    return hops.where(~wrong)


def _with_parents(rows: Rows, staged: Stage) -> Rows:
    """Leave out communities whose parent is unknown, or is found below them; then those that lose theirs by it."""
    ids, parents = rows["community_id"].to_pylist(), rows["parent_id"].to_pylist()
    parent_of = dict(zip(ids, parents, strict=True))
    known = staged.ids["communities"]
    outside = sorted({p for p in parents if p is not None and p not in parent_of})
    in_realm = {p for p, code in zip(outside, known.codes(pa.array(outside, pa.string())), strict=True) if code >= 0}
    rooted: dict[str, bool] = {}
    for community in ids:
        path: dict[str, None] = {}
        at: str | None = community
        while at is not None and at in parent_of and at not in rooted and at not in path:
            path[at] = None
            at = parent_of[at]
        ends_well = at is None or rooted.get(at, at in in_realm)
        rooted.update(dict.fromkeys(path, ends_well))
    bad = np.array([not rooted[c] for c in ids], dtype=bool)
    staged.rejects.add("communities", rows.lines[bad], "parent_id: unknown community, or one below this one")
    return rows.where(~bad)


def _put_in_order(staged: Stage) -> None:
    """Number ids by their order, which is also the order of writing and of all ties in rank."""
    for name, table in staged.ids.items():
        ranks = np.append(table.ranks(), np.int32(-1))  # -1, not given, stays -1
        for kind_name, rows in staged.rows.items():
            for column in KINDS[kind_name].columns:
                if column.refers_to == name and isinstance(rows[column.name], np.ndarray):
                    rows.columns[column.name] = ranks[rows[column.name]]
        if name in staged.rows:
            rows = staged.rows[name]
            order = np.argsort(ranks[: table.own])
            staged.rows[name] = Rows(
                {
                    k: v[order] if isinstance(v, np.ndarray) else v.take(pa.array(order))
                    for k, v in rows.columns.items()
                },
                rows.lines[order],
            )
        table.sort()
