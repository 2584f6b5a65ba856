"""Applies a changed half-life, prior or list length to the ties a realm has, exactly or not at all. Knows no files."""

from __future__ import annotations

from collections.abc import Iterator

from sixhop.errors import Reason, Refused
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph, Row
from sixhop.graph.realm import RealmSettings
from sixhop.imports.phases import Tell
from sixhop.merging.ties import TieState, as_properties, restated_as, tie_state

PAGE = 500
WRITE_BATCH = 10_000


def apply_settings(graph: Graph, before: RealmSettings, after: RealmSettings, tell: Tell) -> None:
    """Bring ties and lists to what `after` says. The settings themselves are for the caller to write, afterwards.

    Everything is counted from contacts and imported strengths, so that an interrupted run is simply run again.

    Raises:
        Refused: a new half-life, and some ties no longer have the times of all their contacts.
    """
    ties_change = before.half_life_days != after.half_life_days or before.pass_on_prior != after.pass_on_prior
    if before.half_life_days != after.half_life_days and graph.rows("ops/realm_uncounted_ties"):
        raise Refused(
            f"the half-life of realm {graph.realm!r} stays {before.half_life_days:g} days: some ties have more than 64 "
            "contacts, and the times of the older ones are not kept, so strengths cannot be counted anew; "
            "to change it, import everything into a new realm with --half-life-days",
            reason=Reason.INVALID_ARGUMENT,
        )
    if ties_change:
        half_life_s = after.half_life_s if before.half_life_days != after.half_life_days else None
        _restate_ties(graph, half_life_s, after.pass_on_prior, tell)
    if ties_change or before.close_ties != after.close_ties:
        rebuild_close(graph, close_ties=after.close_ties, progress=lambda done: tell("closest ties", done, 0))


def _restate_ties(graph: Graph, half_life_s: float | None, pass_on_prior: float, tell: Tell) -> None:
    changed: list[Row] = []
    done = 0
    for from_id, to_id, old in _all_ties(graph):
        done += 1
        new = restated_as(old, half_life_s=half_life_s, pass_on_prior=pass_on_prior)
        if new != old:
            changed.append({"from_id": from_id, "to_id": to_id, "properties": as_properties(new)})
        if len(changed) >= WRITE_BATCH:
            graph.write("writes/import_changed_ties", rows=changed)
            changed = []
            tell("strengths", done, 0)
    if changed:
        graph.write("writes/import_changed_ties", rows=changed)
    tell("strengths", done, done)


def _all_ties(graph: Graph) -> Iterator[tuple[str, str, TieState]]:
    cursor = ""
    while rows := graph.rows("ops/realm_ties_page", cursor=cursor, limit=PAGE):
        for row in rows:
            for tie in row["ties"]:
                yield row["member_id"], tie["to_id"], tie_state(tie["stored"])
        cursor = rows[-1]["member_id"]
