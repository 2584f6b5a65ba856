"""Imports a folder: look, check, settle the realm's settings, group, write. Knows nothing of terminals.

Nothing is written before the whole folder was read and checked, and every step can be run again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sixhop.errors import Misconfigured
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import pending
from sixhop.graph.realm import DAY_S, RealmSettings, find_realm, write_realm
from sixhop.imports.experiences import folder_experiences
from sixhop.imports.folder import open_folder
from sixhop.imports.ids import Lookup
from sixhop.imports.journal import Journal, only_import
from sixhop.imports.kinds import KINDS
from sixhop.imports.online import phases
from sixhop.imports.phases import Tell, run_phases
from sixhop.imports.proposals import Proposal, propose
from sixhop.imports.restate import apply_settings
from sixhop.imports.staging import Stage, stage
from sixhop.imports.ties import folder_ties, new_ties

VERSION = 1
"""Of the order and size of batches: a journal of another version is not continued."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller sets; None leaves it to the realm, or to the data where the realm is new."""

    mutual: bool = False
    label_window_days: int | None = None
    half_life_days: float | None = None
    as_of_last_event: bool | None = None
    pass_on_prior: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. `read` and `rejected` are rows by kind; `rejects_file` is None when all were good."""

    realm: RealmSettings
    first: bool
    proposal: Proposal
    read: dict[str, int]
    rejected: dict[str, int]
    rejects_file: Path | None
    ties: int
    continued: bool
    seconds: float


def run_import(
    graph: Graph,
    folder_path: Path,
    options: Options,
    *,
    home: Path,
    now: int,
    tell: Tell,
    say: Callable[[str], None] = lambda _: None,
) -> Report:
    """Import a folder into the graph's realm.

    Args:
        graph: the realm.
        folder_path: the folder, as `docs/data.md` describes it.
        options: what the caller sets.
        home: `settings.home`; rejects and the journal go below it.
        now: seconds since 1970, to tell whether the data has ended.
        tell: told how far the work is.
        say: told, once, what matters before the writing begins.

    Raises:
        InvalidInput: the folder cannot be imported; nothing was written.
        Misconfigured: the schema is not current.
        Refused: another import into this realm is at work, or a new half-life cannot be applied exactly.
    """
    started = time.monotonic()
    imports = home / "imports"
    folder = open_folder(folder_path)
    if pending(graph):
        raise Misconfigured("the graph's schema is not current; run `sixhop migrate`, then this again")
    with only_import(imports, graph.realm):
        staged = stage(folder, lookups(graph), lambda file, rows: tell(f"reading {file}", rows, 0))
        name = f"{graph.realm}-{folder.digest[:12]}"
        rejects_file = staged.rejects.write(folder, imports / f"{name}.rejects.csv")

        ties = folder_ties(
            staged.rows.get("ties"),
            staged.rows.get("interactions"),
            max(len(staged.ids["members"]), 1),
            mutual=options.mutual,
        )
        rows = staged.rows.get("experiences")
        experiences = None if rows is None else folder_experiences(rows, max(len(staged.ids["offerings"]), 1))
        proposal = propose(staged, ties, experiences)
        before = find_realm(graph)
        realm = settle(before, graph.realm, options, proposal, staged.last_event_at(), now)

        token = _token(folder.digest, realm, mutual=options.mutual)
        journal = Journal.open(imports / f"{graph.realm}.journal.json", token, graph)
        continued = journal.continues
        if continued:
            say("going on with the import that was stopped")
        if before is not None:
            apply_settings(graph, before, realm, tell)
        write_realm(graph, realm)
        journal.begin(graph)
        new = new_ties(ties, half_life_s=realm.half_life_s, pass_on_prior=realm.pass_on_prior)
        run_phases(phases(graph, staged, realm, ties, new, experiences), journal, tell)
        realm = _note_last_event(graph, realm, staged)
        journal.end(graph)
    return Report(
        realm=realm,
        first=before is None,
        proposal=proposal,
        read={kind: len(rows) for kind, rows in staged.rows.items()},
        rejected={kind: staged.rejects.count(kind) for kind in folder.files if staged.rejects.count(kind)},
        rejects_file=rejects_file,
        ties=len(ties),
        continued=continued,
        seconds=time.monotonic() - started,
    )


def settle(
    before: RealmSettings | None,
    name: str,
    options: Options,
    proposal: Proposal,
    last_event_at: int | None,
    now: int,
) -> RealmSettings:
    """The realm's settings: what the caller says, else what the realm has, else what the data proposes."""
    if before is None:
        window = options.label_window_days or proposal.label_window_days or RealmSettings(name).label_window_days
        ended = last_event_at is not None and last_event_at < now - window * DAY_S
        before = RealmSettings(
            name,
            label_window_days=window,
            half_life_days=proposal.half_life_days or RealmSettings(name).half_life_days,
            as_of_last_event=ended,
        )
    given = {
        field: value
        for field in ("label_window_days", "half_life_days", "as_of_last_event", "pass_on_prior")
        if (value := getattr(options, field)) is not None
    }
    return replace(before, **given)


def lookups(graph: Graph) -> dict[str, Lookup]:
    """By kind, how to ask the realm which of some ids it has."""

    def ask(kind: str) -> Lookup:
        return lambda ids: {row["id"] for row in graph.rows(f"ops/import_known_{kind}", ids=ids)}

    return {kind.name: ask(kind.name) for kind in KINDS.values() if kind.defines}


def _token(digest: str, realm: RealmSettings, *, mutual: bool) -> str:
    what = f"{VERSION}/{digest}/{realm.half_life_days}/{realm.pass_on_prior}/{realm.close_ties}/{mutual}"
    return hashlib.sha256(what.encode()).hexdigest()


def _note_last_event(graph: Graph, realm: RealmSettings, staged: Stage) -> RealmSettings:
    at = staged.last_event_at()
    if at is None:
        return realm
    row = graph.write("ops/realm_last_event", at=at)
    return replace(realm, last_event_at=row["last_event_at"])
