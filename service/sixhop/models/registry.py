"""Which model of a realm serves: `pointers.json` beside the artifacts, changed atomically. Knows no training."""

from __future__ import annotations

import getpass
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sixhop.errors import Misconfigured, NotFound, Reason, Refused
from sixhop.locks import locked
from sixhop.models.artifact import Artifact, read_artifact

REFERRAL = "referral"
TIE = "tie"
ROLES = ("champion", "challenger", "previous")
"""What serves; what may come to; what served before."""
KEPT_CHANGES = 100
_LOCK_WAIT_S = 10.0

Pointers = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """One artifact of the folder: whole, or refused with what is wrong with it."""

    digest: str
    roles: tuple[str, ...]
    artifact: Artifact | None
    refused: str = ""


class Registry:
    """The models of one realm: a folder of immutable artifacts, and pointers to those that have a role, by kind."""

    def __init__(self, home: Path, realm: str) -> None:
        self.folder = home / "models" / realm

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
                f"{self._pointers_path} is not readable ({error}); restore it or train again",
                reason=Reason.MODEL_REFUSED,
            ) from error
        return found

    def champion(self, kind: str) -> Artifact | None:
        """The artifact that serves, checked against its digests; None when none was promoted."""
        digest = self.pointers().get(kind, {}).get("champion")
        return read_artifact(self.folder / digest) if digest else None

    def held(self) -> list[Held]:
        """All artifacts: those with a role first, in the order of roles, then the others by digest."""
        pointed = self.pointers().values()
        roles: dict[str, list[str]] = {}
        for role in ROLES:
            for digest in sorted(of_kind[role] for of_kind in pointed if of_kind.get(role)):
                roles.setdefault(digest, []).append(role)
        folders = {path.name for path in self.folder.glob("[!.]*") if path.is_dir()}
        found = []
        for digest in (*roles, *sorted(folders - roles.keys())):
            try:
                artifact, refused = read_artifact(self.folder / digest), ""
            except Misconfigured as error:
                artifact, refused = None, error.message
            found.append(Held(digest, tuple(roles.get(digest, ())), artifact, refused))
        return found

    def find(self, digest: str) -> Artifact:
        """The artifact whose digest begins so.

        Raises:
            NotFound: there is none, or more than one.
            Misconfigured: (MODEL_REFUSED) it is not what was written.
        """
        found = sorted(path.name for path in self.folder.glob("*") if path.is_dir() and path.name.startswith(digest))
        if len(found) != 1 or not digest:
            there = "several models begin" if len(found) > 1 and digest else "no model begins"
            raise NotFound(
                f"{there} with {digest!r} in {self.folder}; `sixhop models list` shows them all",
                reason=Reason.MODEL_NOT_FOUND,
            )
        return read_artifact(self.folder / found[0])

    def promote(self, kind: str, digest: str, *, why: str) -> None:
        """Make an artifact the champion of its kind; the one before stays as `previous`.

        Raises:
            Misconfigured: (MODEL_REFUSED) it is corrupt, or of another kind.
        """
        self._check(kind, digest)

        def change(of_kind: dict[str, Any]) -> dict[str, Any]:
            before = of_kind.get("champion")
            challenger = of_kind.get("challenger")
            return {
                "champion": digest,
                "previous": before if before != digest else of_kind.get("previous"),
                "challenger": challenger if challenger != digest else None,
            }

        self._change(kind, "promote", why, change)

    def challenge(self, kind: str, digest: str, *, why: str) -> None:
        """Make an artifact the challenger of its kind, which does not serve.

        Raises:
            Misconfigured: (MODEL_REFUSED) it is corrupt, or of another kind.
        """
        self._check(kind, digest)
        self._change(kind, "challenge", why, lambda of_kind: {"challenger": digest})

    def rollback(self, kind: str, *, why: str) -> str:
        """Let serve what served before, and keep what serves now as `previous`. Returns the digest that serves.

        Raises:
            Refused: nothing served before.
            Misconfigured: (MODEL_REFUSED) what did is corrupt.
        """

        def change(of_kind: dict[str, Any]) -> dict[str, Any]:
            if not of_kind.get("previous"):
                raise Refused(f"no {kind} model served before; nothing was changed", reason=Reason.MODEL_REFUSED)
            self._check(kind, of_kind["previous"])
            return {"champion": of_kind["previous"], "previous": of_kind["champion"]}

        return str(self._change(kind, "rollback", why, change)["champion"])

    def _check(self, kind: str, digest: str) -> None:
        artifact = read_artifact(self.folder / digest)
        if artifact.manifest.get("kind") != kind:
            raise Misconfigured(f"{digest} is no {kind} model", reason=Reason.MODEL_REFUSED)

    def _change(
        self, kind: str, what: str, why: str, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Change the pointers of one kind; all of it is on disk afterwards, or nothing. Returns them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "lock", wait_s=_LOCK_WAIT_S, on=self.folder):
            pointers = self.pointers()
            of_kind = pointers.get(kind, {})
            news = change(of_kind)
            digest = news.get("champion", news.get("challenger"))
            now, who = int(time.time()), getpass.getuser()
            changed = {"what": what, "digest": digest, "at": now, "by": who, "why": why}
            if "champion" in news:
                news |= {"promoted_at": now, "promoted_by": who, "why": why}
            pointers[kind] = {**of_kind, **news, "changes": [*of_kind.get("changes", []), changed][-KEPT_CHANGES:]}
            draft = self._pointers_path.with_name(f".pointers-{secrets.token_hex(8)}")
            draft.write_text(json.dumps(pointers, indent=2, sort_keys=True), encoding="utf-8")
            draft.replace(self._pointers_path)
            return pointers[kind]
