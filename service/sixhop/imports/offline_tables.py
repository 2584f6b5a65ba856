"""A staged folder as tables for Neo4j's bulk importer: the graph an import into an empty realm makes. Runs nothing.

Headers are the importer's: `:ID(Member)`, `since:long`, … Nodes are numbered by the place of their id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sixhop.errors import InvalidInput
from sixhop.graph.realm import RealmSettings
from sixhop.imports.cells import cell_values
from sixhop.imports.close_lists import best_ties
from sixhop.imports.experiences import FolderExperiences
from sixhop.imports.kinds import KINDS, Type
from sixhop.imports.offline_columns import (
    BETWEEN,
    cells_of,
    choices,
    given,
    header,
    joined,
    numbers,
    ranges,
    slices,
    times,
)
from sixhop.imports.offline_members import Columns, member_columns
from sixhop.imports.rows import Rows
from sixhop.imports.staging import Stage
from sixhop.imports.ties import FolderTies, NewTies
from sixhop.merging.hops import Hop, hop_rows, unite_hops

LABELS = {
    "enterprises": "Enterprise",
    "communities": "Community",
    "offerings": "Offering",
    "members": "Member",
    "outreach": "Outreach",
}
_LINKS = {
    "blocks": ("BLOCKS", "from_id", "to_id"),
    "customers": ("CUSTOMER_OF", "member_id", "enterprise_id"),
    "acts_for": ("ACTS_FOR", "member_id", "enterprise_id"),
    "memberships": ("BELONGS_TO", "member_id", "community_id"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """One label or relationship type: slices of columns by the importer's header."""

    name: str
    is_node: bool
    slices: Iterator[dict[str, Any]]


def tables(
    staged: Stage, realm: RealmSettings, ties: FolderTies, new: NewTies, experiences: FolderExperiences | None
) -> Iterator[Table]:
    """All nodes and relationships of the folder's realm.

    Raises:
        InvalidInput: a text of a list holds the character that separates lists.
    """
    _refuse_separators(staged, ties)
    yield Table("Realm", True, iter([_realm(realm)]))
    for kind, label in LABELS.items():
        if kind in staged.rows:
            own = member_columns(staged, ties, new) if kind == "members" else {}
            yield Table(label, True, _nodes(staged, kind, label, realm.realm, own))
    yield from _belongings(staged, realm.realm)
    yield Table("KNOWS", False, _ties(ties, new))
    yield from _lists(ties, new, realm.close_ties)
    if experiences is not None:
        yield Table("EXPERIENCED", False, _experiences(experiences))
    for kind, (relationship, start, end) in _LINKS.items():
        if kind in staged.rows:
            yield Table(relationship, False, _links(staged.rows[kind], kind, start, end))
    if "outreach" in staged.rows:
        yield from _outreach(staged)


def _refuse_separators(staged: Stage, ties: FolderTies) -> None:
    members = staged.rows.get("members")
    spoken = ties.channels
    if members is not None:
        spoken = spoken + pc.unique(members["interests"].flatten().drop_null()).to_pylist()
    if any(BETWEEN in word for word in spoken):
        raise InvalidInput(
            "an interest or a channel holds the control character U+001F, which the offline import cannot carry; "
            "remove it, or import without --offline"
        )


def _realm(realm: RealmSettings) -> dict[str, Any]:
    return {
        ":ID(Realm)": pa.array([0]),
        "realm": pa.array([realm.realm]),
        "label_window_days:long": pa.array([realm.label_window_days]),
        "half_life_days:double": pa.array([realm.half_life_days], pa.float64()),
        "pass_on_prior:double": pa.array([realm.pass_on_prior], pa.float64()),
        "close_ties:long": pa.array([realm.close_ties]),
        "as_of_last_event:boolean": pa.array([realm.as_of_last_event]),
        "alliance_consent_default:boolean": pa.array([realm.alliance_consent_default]),
        "last_event_at:long": pa.array([realm.last_event_at], pa.int64()),
        "last_since:long": pa.array([realm.last_since], pa.int64()),
        "top_ties:long": pa.array([realm.top_ties], pa.int64()),
        "keep_events_days:long": pa.array([realm.keep_events_days]),
        "keep_outreaches_days:long": pa.array([realm.keep_outreaches_days]),
        "keep_answers_days:long": pa.array([realm.keep_answers_days]),
    }


def _nodes(staged: Stage, kind: str, label: str, realm: str, more: Columns) -> Iterator[dict[str, Any]]:
    rows = staged.rows[kind]
    own = [c for c in KINDS[kind].columns if c.name == KINDS[kind].defines or c.type is not Type.ID]
    for part in slices(len(rows)):
        columns: dict[str, Any] = {f":ID({label})": np.arange(part.start, part.stop)}
        columns["realm"] = pa.repeat(realm, part.stop - part.start)
        columns |= {header(c): cells_of(c, rows[c.name][part]) for c in own}
        yield columns | {name: column(part) for name, column in more.items()}


def _belongings(staged: Stage, realm: str) -> Iterator[Table]:
    """What a node's own row links it to: alliance, enterprise, parent."""
    if "enterprises" in staged.rows:
        alliance = staged.rows["enterprises"]["alliance_id"].dictionary_encode()
        names = alliance.dictionary
        nodes = {":ID(Alliance)": np.arange(len(names)), "realm": pa.repeat(realm, len(names))}
        yield Table("Alliance", True, iter([{**nodes, "alliance_id": names}]))
        codes = np.asarray(alliance.indices.fill_null(-1))
        yield Table("ALLIED_IN", False, _single("Enterprise", "Alliance", codes))
    if "communities" in staged.rows:
        table = staged.ids["communities"]
        parents = table.codes(staged.rows["communities"]["parent_id"])
        yield Table("PART_OF", False, _single("Community", "Community", parents))
    if "offerings" in staged.rows:
        yield Table("OFFERED_BY", False, _single("Offering", "Enterprise", staged.rows["offerings"]["enterprise_id"]))


def _single(start: str, end: str, codes: Any) -> Iterator[dict[str, Any]]:
    linked = np.flatnonzero(codes >= 0)
    yield {f":START_ID({start})": linked, f":END_ID({end})": codes[linked]}


def _ties(ties: FolderTies, new: NewTies) -> Iterator[dict[str, Any]]:
    words = pa.array(ties.channels, pa.string())
    for part in slices(len(ties)):
        kept, stop, start = new.kept_from[part], ties.start[1:][part], ties.start[:-1][part]
        contacts, offsets = ranges(kept, stop)
        moments = pa.array(ties.contact_at[contacts]).cast(pa.string())
        channels = ties.contact_channel[contacts]
        spoken = np.zeros(len(kept), dtype=bool)
        spoken[np.repeat(np.arange(len(kept)), np.diff(offsets))[channels > 0]] = True
        yield {
            ":START_ID(Member)": ties.from_member[part],
            ":END_ID(Member)": ties.to_member[part],
            "since:long": times(new.since[part]),
            "contacts:long": new.contacts[part],
            "recent:long[]": joined(moments, offsets, stop > kept),
            "recent_channels:string[]": joined(words.take(pa.array(channels)), offsets, spoken),
            "last_at:long": times(new.last_at[part]),
            "imported_strength:double": numbers(ties.imported[part]),
            "imported_at:long": times(new.imported_at[part]),
            "base_strength:double": new.base_strength[part],
            "strength:double": new.strength[part],
            "sentiment:double": numbers(new.sentiment[part]),
            "sentiment_at:long": times(new.sentiment_at[part]),
            "channels:string[]": _all_channels(ties, words, start, stop),
            "pass_on:double": new.pass_on[part],
        }


def _all_channels(ties: FolderTies, words: pa.Array, start: Any, stop: Any) -> pa.Array:
    contacts, offsets = ranges(start, stop)
    tie = np.repeat(np.arange(len(start)), np.diff(offsets))
    pairs = np.unique(tie.astype(np.int64) << 32 | ties.contact_channel[contacts])
    pairs = pairs[(pairs & 0xFFFFFFFF) > 0]
    bounds = np.searchsorted(pairs >> 32, np.arange(len(start) + 1))
    return joined(words.take(pa.array(pairs & 0xFFFFFFFF)), bounds, np.diff(bounds) > 0)


def _lists(ties: FolderTies, new: NewTies, close_ties: int) -> Iterator[Table]:
    for name, near, far in (
        ("CLOSE_TO", ties.from_member, ties.to_member),
        ("CLOSE_FROM", ties.to_member, ties.from_member),
    ):
        best = best_ties(near, far, new.pass_on, close_ties=close_ties)
        columns = {
            ":START_ID(Member)": near[best],
            ":END_ID(Member)": far[best],
            "pass_on:double": new.pass_on[best],
        }
        yield Table(name, False, _cut(columns))


def _cut(columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in slices(len(next(iter(columns.values())))):
        yield {name: values[part] for name, values in columns.items()}


def _experiences(folder: FolderExperiences) -> Iterator[dict[str, Any]]:
    kinds = pa.array(choices("experiences", "kind"), pa.string())
    places, channels = pa.array(folder.places, pa.string()), pa.array(folder.channels, pa.string())
    first_at, last_at, counts = folder.first_at, folder.last_at, folder.times
    for part in slices(len(folder)):
        yield {
            ":START_ID(Member)": folder.member[part],
            ":END_ID(Offering)": folder.offering[part],
            "kind": kinds.take(given(folder.kind[part], folder.kind[part] >= 0)),
            "first_at:long": first_at[part],
            "last_at:long": last_at[part],
            "times:long": counts[part],
            "sentiment:double": numbers(folder.sentiment[part]),
            "sentiment_at:long": times(folder.sentiment_at[part]),
            "value:double": numbers(folder.value[part]),
            "place": places.take(given(folder.place[part], folder.place[part] > 0)),
            "channel": channels.take(given(folder.channel[part], folder.channel[part] > 0)),
        }


def _links(rows: Rows, kind: str, start: str, end: str) -> Iterator[dict[str, Any]]:
    columns = {c.name: c for c in KINDS[kind].columns}
    for part in slices(len(rows)):
        yield {
            f":START_ID({LABELS[columns[start].refers_to]})": rows[start][part],
            f":END_ID({LABELS[columns[end].refers_to]})": rows[end][part],
            **{header(c): cells_of(c, rows[c.name][part]) for c in columns.values() if not c.refers_to},
        }


def _outreach(staged: Stage) -> Iterator[Table]:
    rows, hops = staged.rows["outreach"], staged.rows.get("hops")
    yield Table("ABOUT", False, _single("Outreach", "Offering", rows["offering_id"]))
    adopted = np.flatnonzero(rows["outcome"] == choices("outreach", "outcome").index("adopted"))
    lineage = {":START_ID(Member)": rows["target_id"][adopted], ":END_ID(Outreach)": adopted}
    yield Table("ADOPTED_THROUGH", False, _cut(lineage))
    yield Table("HOP", False, _hops(rows, hops, staged))


def _hops(rows: Rows, hops: Rows | None, staged: Stage) -> Iterator[dict[str, Any]]:
    members = staged.ids["members"]
    told: dict[int, list[Hop]] = {}
    if hops is not None:
        states = cell_values(hops["state"], choices("hops", "state"), is_flag=False)
        names = members.ids.take(pa.array(hops["member_id"])).to_pylist()
        moments = [cell_values(hops[name], (), is_flag=False) for name in ("asked_at", "answered_at")]
        cells = (hops["outreach_id"].tolist(), hops["position"].tolist(), names, *moments, states)
        for outreach, *hop in zip(*cells, strict=True):
            told.setdefault(outreach, []).append(Hop(*hop))
    for part in slices(len(rows)):
        senders, targets = (members.ids.take(pa.array(rows[n][part])).to_pylist() for n in ("sender_id", "target_id"))
        found = [
            (outreach, row)
            for outreach, sender, target in zip(range(part.start, part.stop), senders, targets, strict=True)
            for row in hop_rows(unite_hops(sender, target, (), told.get(outreach, ())))
        ]
        properties = {
            name: pa.array([row["properties"][name] for _, row in found], kind)
            for name, kind in (("state", pa.string()), ("asked_by", pa.string()))
        } | {
            f"{name}:long": pa.array([row["properties"][name] for _, row in found], pa.int64())
            for name in ("position", "asked_at", "answered_at", "attempt")
        }
        is_target = pa.array([row["properties"]["is_target"] for _, row in found], pa.bool_())
        yield {
            ":START_ID(Outreach)": pa.array([outreach for outreach, _ in found], pa.int64()),
            ":END_ID(Member)": members.codes(pa.array([row["member_id"] for _, row in found], pa.string())),
            **properties,
            "is_target:boolean": is_target,
        }
