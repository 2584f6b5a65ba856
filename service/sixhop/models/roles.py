"""Who serves, as far as callers may say: a model gets a role only where it could be served. Knows no gRPC.

All of it reads and hashes files: not for the event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sixhop.models.artifact import Artifact
from sixhop.models.champion import load_model
from sixhop.models.registry import Held, Place, Registry

CHANGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """The model that serves now, and the digest of the one that did before; empty when none did."""

    serves: Held
    before: str


@dataclass(frozen=True, slots=True)
class RealmModels:
    """The models of one realm.

    Args:
        registry: Of the realm.
        feature_names, features_digest: Of the feature queries that are served.
    """

    registry: Registry
    feature_names: Sequence[str]
    features_digest: str

    def page(self, *, kind: str, after: Place | None, limit: int) -> list[Held]:
        """Up to `limit` models behind a place, of one kind or of all."""
        return self.registry.held(kind=kind, after=after, limit=limit)

    def one(self, digest: str) -> Held:
        """By its digest or the beginning of it. Raises `NotFound`."""
        return self.registry.look_at(digest)

    def in_role(self, kind: str, role: str) -> Held:
        """By its role. Raises `NotFound`."""
        return self.registry.in_role(kind, role)

    def changes(self, kind: str) -> list[dict[str, Any]]:
        """Who gave models of a kind their roles, newest first."""
        found: list[dict[str, Any]] = self.registry.pointers().get(kind, {}).get("changes", [])
        return found[: -CHANGES_SHOWN - 1 : -1]

    def promote(self, digest: str, *, who: str, why: str) -> Changed:
        """Let a model serve.

        Raises:
            NotFound: there is none, or more than one, whose digest begins so.
            ModelRefused: it could not be served.
        """
        artifact = self.registry.find(digest)
        kind = str(artifact.manifest.get("kind", ""))
        self.registry.promote(kind, artifact.digest, who=who, why=why, check=self._servable)
        return self._changed(kind)

    def rollback(self, kind: str, *, who: str, why: str) -> Changed:
        """Let serve what served before.

        Raises:
            Refused: nothing did.
            ModelRefused: it could not be served now.
        """
        self.registry.rollback(kind, who=who, why=why, check=self._servable)
        return self._changed(kind)

    def _servable(self, artifact: Artifact) -> None:
        load_model(artifact, feature_names=self.feature_names, features_digest=self.features_digest)

    def _changed(self, kind: str) -> Changed:
        before = self.registry.pointers()[kind].get("previous") or ""
        return Changed(self.registry.in_role(kind, "champion"), before)
