"""Which model of a realm serves: `pointers.json` beside the artifacts, changed atomically. Knows no training."""

from __future__ import annotations

import getpass
import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sixhop.errors import Misconfigured, Reason
from sixhop.models.artifact import Artifact, read_artifact
from sixhop.models.runtime import CalibratedModel

REFERRAL = "referral"
TIE = "tie"


class Registry:
    """The models of one realm: a folder of immutable artifacts and a pointer to the champion of each kind."""

    def __init__(self, home: Path, realm: str) -> None:
        self.folder = home / "models" / realm

    @property
    def _pointers_path(self) -> Path:
        return self.folder / "pointers.json"

    def pointers(self) -> dict[str, dict[str, Any]]:
        """By kind: `champion`, `previous`, and who promoted when and why. Empty when nothing was promoted yet."""
        try:
            found: dict[str, dict[str, Any]] = json.loads(self._pointers_path.read_text(encoding="utf-8"))
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

    def promote(self, kind: str, digest: str, *, why: str) -> None:
        """Make an artifact the champion of its kind; the one before stays as `previous`."""
        artifact = read_artifact(self.folder / digest)
        if artifact.manifest.get("kind") != kind:
            raise Misconfigured(f"{digest} is no {kind} model", reason=Reason.MODEL_REFUSED)
        pointers = self.pointers()
        before = pointers.get(kind, {}).get("champion")
        pointers[kind] = {
            "champion": digest,
            "previous": before if before != digest else pointers[kind].get("previous"),
            "promoted_at": int(time.time()),
            "promoted_by": getpass.getuser(),
            "why": why,
        }
        draft = self._pointers_path.with_name(f".pointers-{secrets.token_hex(8)}")
        draft.write_text(json.dumps(pointers, indent=2, sort_keys=True), encoding="utf-8")
        draft.replace(self._pointers_path)


def load_champion(
    home: Path, realm: str, *, feature_names: Sequence[str], features_digest: str, kind: str = REFERRAL
) -> CalibratedModel | None:
    """The model that serves `realm`, ready to score; None when none was promoted.

    Raises:
        Misconfigured: (MODEL_REFUSED) it is corrupt, or was trained on other feature queries than are served.
    """
    artifact = Registry(home, realm).champion(kind)
    if artifact is None:
        return None
    wanted = tuple(artifact.manifest["feature_names"])
    if artifact.manifest["features_digest"] != features_digest or not set(wanted) <= set(feature_names):
        raise Misconfigured(
            f"model {artifact.digest} was trained on other feature queries than cypher/features/ has now; "
            "train again with `sixhop train`",
            reason=Reason.MODEL_REFUSED,
        )
    estimator, calibrator = artifact.load()
    return CalibratedModel(estimator, calibrator, feature_names=wanted, digest=artifact.digest)
