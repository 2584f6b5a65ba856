"""Writes a staged folder into a running graph: which rows go through which query, in which order. Knows no files."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sixhop.graph.close import BATCH as CLOSE_BATCH
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph
from sixhop.graph.realm import RealmSettings
from sixhop.imports.cells import link_rows, node_rows, plain
from sixhop.imports.close_lists import best_pass_on
from sixhop.imports.experience_writer import ExperienceWriter
from sixhop.imports.experiences import FolderExperiences
from sixhop.imports.outreach_writer import OutreachWriter, TimesWriter
from sixhop.imports.phases import Phase
from sixhop.imports.staging import Stage
from sixhop.imports.tie_writer import TieWriter
from sixhop.imports.ties import FolderTies, NewTies

TIE_BATCH = 20_000
OUTREACH_BATCH = 2_000
WRITERS = 2
"""One packs its rows while the server works on the other's; more would only wait for each other's locks."""
NODES = ("enterprises", "communities", "offerings", "members")
LINKS = ("blocks", "customers", "acts_for", "memberships")


def phases(
    graph: Graph,
    staged: Stage,
    realm: RealmSettings,
    ties: FolderTies,
    new: NewTies,
    experiences: FolderExperiences | None,
) -> list[Phase]:
    """All that has to be written, in order: nodes, what hangs on them, and the lists of the walk last."""
    there = graph.rows("ops/import_has_ties")[0]
    members, offerings = staged.ids["members"].ids, staged.ids["offerings"].ids
    found = [_nodes(graph, staged, kind) for kind in NODES if kind in staged.rows]
    if "communities" in staged.rows:
        found.append(_parents(graph, staged))
    tie_writer = TieWriter(graph, members, ties, new, realm, none_yet=not there["ties"])
    found.append(Phase("ties", len(ties), tie_writer, TIE_BATCH, WRITERS))
    found += [_links(graph, staged, kind) for kind in LINKS if kind in staged.rows]
    if experiences is not None:
        writer = ExperienceWriter(graph, members, offerings, experiences, none_yet=not there["experiences"])
        found.append(Phase("experiences", len(experiences), writer, TIE_BATCH, WRITERS))
    outreach = OutreachWriter(graph, staged)
    found.append(Phase("outreach", len(outreach.touched), outreach, OUTREACH_BATCH))
    found.append(Phase("outreach times", len(outreach.touched), TimesWriter(graph, outreach), OUTREACH_BATCH))
    found.append(_close_lists(graph, members, ties) if there["ties"] else _close_bests(graph, members, ties, new))
    return [phase for phase in found if phase.size]


def _nodes(graph: Graph, staged: Stage, kind: str) -> Phase:
    rows = staged.rows[kind]
    as_of = staged.last_event_at()
    part = node_rows(rows, kind, _ids(staged))

    def write(start: int, stop: int) -> None:
        graph.write(f"writes/import_{kind}", rows=part(start, stop), as_of=as_of)

    return Phase(kind, len(rows), write, writers=WRITERS)


def _ids(staged: Stage) -> dict[str, pa.Array]:
    return {name: table.ids for name, table in staged.ids.items()}


def _parents(graph: Graph, staged: Stage) -> Phase:
    rows = staged.rows["communities"]
    part = node_rows(rows, "communities", _ids(staged))

    def write(start: int, stop: int) -> None:
        below = [{"id": row["id"], "parent_id": row["parent_id"]} for row in part(start, stop) if row["parent_id"]]
        graph.write("writes/import_community_parents", rows=below)

    return Phase("parents", len(rows), write)


def _links(graph: Graph, staged: Stage, kind: str) -> Phase:
    rows = staged.rows[kind]
    part = link_rows(rows, kind, _ids(staged))

    def write(start: int, stop: int) -> None:
        graph.write(f"writes/import_{kind}", rows=part(start, stop))

    return Phase(kind, len(rows), write)


def _close_lists(graph: Graph, members: pa.Array, ties: FolderTies) -> Phase:
    """Both ends of every tie of the folder; what is right already is not written."""
    touched = np.union1d(ties.from_member, ties.to_member)

    def write(start: int, stop: int) -> None:
        rebuild_close(graph, members.take(pa.array(touched[start:stop])).to_pylist())

    return Phase("closest ties", len(touched), write, CLOSE_BATCH)


def _close_bests(graph: Graph, members: pa.Array, ties: FolderTies, new: NewTies) -> Phase:
    """What the lists begin with, of both ends of every tie of the folder; the lists came with the ties."""
    touched = np.union1d(ties.from_member, ties.to_member)
    to_best, from_best = (
        best_pass_on(near, new.pass_on, members=len(members)) for near in (ties.from_member, ties.to_member)
    )

    def write(start: int, stop: int) -> None:
        part = touched[start:stop]
        graph.write(
            "writes/import_close_best",
            member_ids=members.take(pa.array(part)).to_pylist(),
            to_best=plain(to_best[part]),
            from_best=plain(from_best[part]),
        )

    return Phase("best scores", len(touched), write, writers=WRITERS)
