"""Imports a folder: look, check, settle the realm's settings, group, write. Knows nothing of terminals.

Nothing is written before the whole folder was read and checked, and every step can be run again.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sixhop.erasure.files import Places
from sixhop.erasure.members import erase_member
from sixhop.errors import Misconfigured
from sixhop.graph.erased import erased_hashes
from sixhop.graph.executor import Graph
from sixhop.graph.migrations import pending
from sixhop.graph.realm import DAY_S, RealmSettings, find_realm, read_realm, write_realm
from sixhop.imports.cells import one
from sixhop.imports.erased import ErasedMembers
from sixhop.imports.experiences import FolderExperiences, folder_experiences
from sixhop.imports.folder import ImportFolder, open_folder
from sixhop.imports.ids import Lookup
from sixhop.imports.journal import Journal, only_import
from sixhop.imports.kinds import KINDS
from sixhop.imports.offline import load_offline, refuse_unless_empty
from sixhop.imports.offline_tables import tables
from sixhop.imports.online import phases
from sixhop.imports.parsing import NONE
from sixhop.imports.phases import Tell, run_phases
from sixhop.imports.proposals import Proposal, propose
from sixhop.imports.restate import apply_settings
from sixhop.imports.staging import Stage, stage
from sixhop.imports.ties import FolderTies, folder_ties, new_ties
from sixhop.imports.top_ties import note_top_ties, top_ties
from sixhop.pseudonyms import Pseudonyms, open_pseudonyms
from sixhop.settings import Settings

VERSION = 2
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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A folder read, checked and grouped; nothing is written yet."""

    folder: ImportFolder
    staged: Stage
    ties: FolderTies
    experiences: FolderExperiences | None
    proposal: Proposal
    rejects_file: Path | None

    def report(self, realm: RealmSettings, *, first: bool, continued: bool, started: float) -> Report:
        rejects = self.staged.rejects
        return Report(
            realm=realm,
            first=first,
            proposal=self.proposal,
            read={kind: len(rows) for kind, rows in self.staged.rows.items()},
            rejected={kind: rejects.count(kind) for kind in self.folder.files if rejects.count(kind)},
            rejects_file=self.rejects_file,
            ties=len(self.ties),
            continued=continued,
            seconds=time.monotonic() - started,
        )


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
        say: told what is worth a line of its own.

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
        pseudonyms = open_pseudonyms(home, graph.realm)
        erased = ErasedMembers(erased_hashes(graph), pseudonyms.of)
        ready = _prepare(folder, graph.realm, options, lookups(graph), imports, tell, erased)
        before = find_realm(graph)
        realm = settle(before, graph.realm, options, ready.proposal, ready.staged.last_event_at(), now)
        token = _token(folder.digest, realm, erased, mutual=options.mutual)
        journal = Journal.open(imports / f"{graph.realm}.journal.json", token, graph)
        continued = journal.continues
        if continued:
            say("going on with the import that was stopped")
        if before is not None:
            apply_settings(graph, before, realm, tell)
        write_realm(graph, realm)
        journal.begin(graph)
        new = new_ties(ready.ties, half_life_s=realm.half_life_s, pass_on_prior=realm.pass_on_prior)
        run_phases(phases(graph, ready.staged, realm, ready.ties, new, ready.experiences), journal, tell)
        _note_facts(graph, ready, tell)
        realm = read_realm(graph)
        _erase_again(graph, ready.staged, Places(home, graph.realm), pseudonyms, tell)
        journal.end(graph)
    return ready.report(realm, first=before is None, continued=continued, started=started)


def run_offline(
    settings: Settings,
    realm_name: str,
    folder_path: Path,
    options: Options,
    *,
    now: int,
    tell: Tell,
    say: Callable[[str], None] = lambda _: None,
) -> Report:
    """Import a folder into the empty local store with Neo4j's own bulk importer; the server is up afterwards.

    Raises:
        InvalidInput: the folder cannot be imported; nothing was written.
        Refused: the store is not local, not empty, or another import is at work.
    """
    started = time.monotonic()
    imports = settings.home.resolve() / "imports"
    folder = open_folder(folder_path)
    with only_import(imports, realm_name):
        refuse_unless_empty(settings, say)
        ready = _prepare(folder, realm_name, options, None, imports, tell)
        last_event_at = ready.staged.last_event_at()
        realm = settle(None, realm_name, options, ready.proposal, last_event_at, now)
        new = new_ties(ready.ties, half_life_s=realm.half_life_s, pass_on_prior=realm.pass_on_prior)
        contacts = np.bincount(ready.ties.from_member, minlength=len(ready.staged.ids["members"]))
        realm = replace(
            realm, last_event_at=last_event_at, last_since=one(new.since.max(initial=NONE)), top_ties=top_ties(contacts)
        )
        content = tables(ready.staged, realm, ready.ties, new, ready.experiences)
        load_offline(settings, content, imports / "offline", tell, say)
    return ready.report(realm, first=True, continued=False, started=started)


def _prepare(
    folder: ImportFolder,
    realm_name: str,
    options: Options,
    known: dict[str, Lookup] | None,
    imports: Path,
    tell: Tell,
    erased: ErasedMembers | None = None,
) -> _Prepared:
    staged = stage(folder, known, lambda file, rows: tell(f"reading {file}", rows, 0), erased)
    rejects_file = staged.rejects.write(
        folder, imports / f"{realm_name}-{folder.digest[:12]}.rejects.csv", staged.erased.in_row
    )
    members, offerings = (max(len(staged.ids[kind]), 1) for kind in ("members", "offerings"))
    ties = folder_ties(staged.rows.get("ties"), staged.rows.get("interactions"), members, mutual=options.mutual)
    rows = staged.rows.get("experiences")
    experiences = None if rows is None else folder_experiences(rows, offerings)
    return _Prepared(folder, staged, ties, experiences, propose(staged, ties, experiences), rejects_file)


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


def _token(digest: str, realm: RealmSettings, erased: ErasedMembers, *, mutual: bool) -> str:
    what = (
        f"{VERSION}/{erased.digest}/{digest}/{realm.half_life_days}/{realm.pass_on_prior}/{realm.close_ties}/{mutual}"
    )
    return hashlib.sha256(what.encode()).hexdigest()


def _erase_again(graph: Graph, staged: Stage, places: Places, pseudonyms: Pseudonyms, tell: Tell) -> None:
    """Who was erased while the folder was being written may have come back with it: once more."""
    meanwhile = erased_hashes(graph) - staged.erased.hashes
    ids = staged.ids["members"].ids.to_pylist() if meanwhile else []
    for member_id in (each for each in ids if pseudonyms.of(each) in meanwhile):
        asyncio.run(erase_member(graph, member_id, places, pseudonyms, tell))


def _note_facts(graph: Graph, ready: _Prepared, tell: Tell) -> None:
    """What the realm knows of its own data, beyond what was noted batch by batch."""
    at = ready.staged.last_event_at()
    if at is not None:
        graph.write("ops/realm_last_event", at=at)
    if len(ready.ties) or "members" in ready.staged.rows:
        note_top_ties(graph, tell)
