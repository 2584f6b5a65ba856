"""Which model of a realm serves: `pointers.json` beside the artifacts, changed atomically. Knows no training."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sixhop.errors import Misconfigured, ModelRefused, NotFound, Reason, Refused
from sixhop.locks import locked
from sixhop.models.artifact import Artifact, read_artifact, read_manifest

REFERRAL = "referral"
TIE = "tie"
HARM = "harm"
ROLES = ("champion", "challenger", "previous")
"""What serves; what may come to; what served before."""
KEPT_CHANGES = 100
MOST_OF_A_NAME = 200
_LOCK_WAIT_S = 5.0

Pointers = dict[str, dict[str, Any]]
Place = tuple[int, str]
"""Where a model stands in the list: by role, then by digest."""
Check = Callable[[Artifact], object]
"""Raises what speaks against a model having a role."""


@dataclass(frozen=True, slots=True)
class Held:
    """One artifact of the folder: whole, or refused with what is wrong. `kind` is empty where it cannot be told."""

    digest: str
    kind: str
    roles: tuple[str, ...]
    artifact: Artifact | None
    refused: str = ""

    @property
    def place(self) -> Place:
        return _place(self.digest, self.roles)


class Registry:
    """The models of one realm: a folder of immutable artifacts, and pointers to those that have a role, by kind.

    Whoever changes roles is `who`: of a command the user who runs it, of a call its caller.
    """

    def __init__(self, home: Path, realm: str) -> None:
        self.folder = home / "models" / realm
        self._realm = realm

    @property
    def _pointers_path(self) -> Path:
        return self.folder / "pointers.json"

    def pointers(self) -> Pointers:
        """By kind: the digest in each role, None where nobody has it; `promoted_at`, `promoted_by`, `why` of the
        champion; and `changes`, the last hundred, oldest first. Empty when nothing was promoted yet.
        """
        try:
            found: Pointers = json.loads(self._pointers_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise Misconfigured(
                f"models/{self._realm}/pointers.json is not readable ({error}); restore it or train again",
                reason=Reason.MODEL_REFUSED,
            ) from error
        return found

    def champion(self, kind: str) -> Artifact | None:
        """The artifact that serves, checked against its digests; None when none was promoted."""
        digest = self.pointers().get(kind, {}).get("champion")
        return read_artifact(self.folder / digest) if digest else None

    def held(self, *, kind: str = "", after: Place | None = None, limit: int | None = None) -> list[Held]:
        """Artifacts: those with a role first, in the order of roles, then the others by digest.

        Args:
            kind: Only of this one, and those that are refused and whose kind cannot be told.
            after: Only those behind this place.
            limit: How many at most; the files of no more are read.
        """
        roles = self._roles()
        digests = sorted(roles.keys() | self._digests(), key=lambda each: _place(each, _of(roles, each)))
        found: list[Held] = []
        for digest in digests:
            if limit is not None and len(found) >= limit:
                break
            if after is not None and _place(digest, _of(roles, digest)) <= after:
                continue
            if not kind or self._kind(digest, roles) in ("", kind):
                found.append(self._look_at(digest, roles))
        return found

    def drop_old(self, *, keep: int) -> int:
        """Remove the oldest artifacts that have no role, all but `keep` of them; how many went."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            roles = self._roles()
            without = [self.folder / digest for digest in self._digests() if digest not in roles]
            without.sort(key=lambda path: (path.stat().st_mtime, path.name))
            old = without[: max(len(without) - keep, 0)]
            for path in old:
                shutil.rmtree(path, ignore_errors=True)
        return len(old)

    def look_at(self, digest: str) -> Held:
        """The artifact whose digest begins so, whole or not. Raises `NotFound`: there is none, or more than one."""
        roles = self._roles()
        return self._look_at(self._whole(digest, roles), roles)

    def in_role(self, kind: str, role: str) -> Held:
        """The artifact that has a role, whole or not. Raises `NotFound`: none has."""
        digest = self.pointers().get(kind, {}).get(role)
        if not digest:
            raise NotFound(f"no {kind} model of realm {self._realm} is its {role}", reason=Reason.MODEL_NOT_FOUND)
        return self._look_at(digest, self._roles())

    def find(self, digest: str) -> Artifact:
        """The artifact whose digest begins so.

        Raises:
            NotFound: there is none, or more than one.
            ModelRefused: it is not what was written.
        """
        return read_artifact(self.folder / self._whole(digest, self._roles()))

    def promote(self, kind: str, digest: str, *, why: str, who: str | None = None, check: Check | None = None) -> None:
        """Make an artifact the champion of its kind; the one before stays as `previous`.

        Raises:
            Misconfigured: (MODEL_REFUSED) it is corrupt, of another kind, or `check` speaks against it.
        """
        self._check(kind, digest, check)

        def change(of_kind: dict[str, Any]) -> dict[str, Any]:
            before = of_kind.get("champion")
            challenger = of_kind.get("challenger")
            return {
                "champion": digest,
                "previous": before if before != digest else of_kind.get("previous"),
                "challenger": challenger if challenger != digest else None,
            }

        self._change(kind, "promote", why, who, change)

    def challenge(self, kind: str, digest: str, *, why: str, who: str | None = None) -> None:
        """Make an artifact the challenger of its kind, which does not serve.

        Raises:
            Misconfigured: (MODEL_REFUSED) it is corrupt, or of another kind.
        """
        self._check(kind, digest, None)
        self._change(kind, "challenge", why, who, lambda of_kind: {"challenger": digest})

    def rollback(self, kind: str, *, why: str, who: str | None = None, check: Check | None = None) -> str:
        """Let serve what served before, and keep what serves now as `previous`. Returns the digest that serves.

        Raises:
            Refused: nothing served before.
            Misconfigured: (MODEL_REFUSED) what did is corrupt, or `check` speaks against it.
        """

        def change(of_kind: dict[str, Any]) -> dict[str, Any]:
            if not of_kind.get("previous"):
                raise Refused(f"no {kind} model served before; nothing was changed", reason=Reason.MODEL_REFUSED)
            self._check(kind, of_kind["previous"], check)
            return {"champion": of_kind["previous"], "previous": of_kind["champion"]}

        return str(self._change(kind, "rollback", why, who, change)["champion"])

    def _check(self, kind: str, digest: str, check: Check | None) -> None:
        artifact = read_artifact(self.folder / digest)
        if artifact.manifest.get("kind") != kind:
            raise ModelRefused(f"{digest} is no {kind} model", why=f"it is no {kind} model")
        if check is not None:
            check(artifact)

    def _roles(self) -> dict[str, list[tuple[str, str]]]:
        """By digest: (role, kind) of each model that has any, in the order of roles."""
        roles: dict[str, list[tuple[str, str]]] = {}
        pointers = self.pointers()
        for role in ROLES:
            for kind, of_kind in pointers.items():
                if of_kind.get(role):
                    roles.setdefault(of_kind[role], []).append((role, kind))
        return roles

    def _digests(self) -> set[str]:
        return {path.name for path in self.folder.glob("[!.]*") if path.is_dir()}

    def _whole(self, begin: str, roles: dict[str, list[tuple[str, str]]]) -> str:
        """The digest that begins so."""
        found = sorted(each for each in self._digests() | roles.keys() if begin and each.startswith(begin))
        if len(found) != 1:
            there = "several models begin" if found else "no model begins"
            raise NotFound(
                f"{there} with {begin!r} in realm {self._realm}; `sixhop models list` shows them all",
                reason=Reason.MODEL_NOT_FOUND,
            )
        return found[0]

    def _kind(self, digest: str, roles: dict[str, list[tuple[str, str]]]) -> str:
        """By its manifest, else by its role; empty where neither says."""
        try:
            return str(read_manifest(self.folder / digest).get("kind", ""))
        except ModelRefused:
            return roles[digest][0][1] if digest in roles else ""

    def _look_at(self, digest: str, roles: dict[str, list[tuple[str, str]]]) -> Held:
        try:
            artifact, refused = read_artifact(self.folder / digest), ""
        except ModelRefused as error:
            artifact, refused = None, error.why
        return Held(digest, self._kind(digest, roles), _of(roles, digest), artifact, refused)

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.folder / "lock", wait_s=_LOCK_WAIT_S, on=f"the models of realm {self._realm}")

    def _change(
        self, kind: str, what: str, why: str, who: str | None, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Change the pointers of one kind; all of it is on disk afterwards, or nothing. Returns them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            pointers = self.pointers()
            of_kind = pointers.get(kind, {})
            news = change(of_kind)
            digest = news.get("champion", news.get("challenger"))
            now, by = int(time.time()), (who or getpass.getuser())[:MOST_OF_A_NAME]
            changed = {"what": what, "digest": digest, "at": now, "by": by, "why": why}
            if "champion" in news:
                news |= {"promoted_at": now, "promoted_by": by, "why": why}
            pointers[kind] = {**of_kind, **news, "changes": [*of_kind.get("changes", []), changed][-KEPT_CHANGES:]}
            draft = self._pointers_path.with_name(f".pointers-{secrets.token_hex(8)}")
            with draft.open("w", encoding="utf-8") as file:
                json.dump(pointers, file, indent=2, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._pointers_path)
            return pointers[kind]


def _of(roles: dict[str, list[tuple[str, str]]], digest: str) -> tuple[str, ...]:
    return tuple(role for role, _ in roles.get(digest, ()))


def _place(digest: str, roles: tuple[str, ...]) -> Place:
    return (ROLES.index(roles[0]) if roles else len(ROLES), digest)
