"""What the sections of a page are made from: one artifact's own files, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sixhop.models.artifact import Artifact
from sixhop_ml.page.held_out import HeldOut, read_held_out


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one artifact. Any key of `manifest` and `metrics` may be missing: older models know less of themselves."""

    digest: str
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Any]
    held: HeldOut | None
    roles: tuple[str, ...]

    @property
    def best_heuristic(self) -> str:
        return str(self.metrics.get("best_heuristic", "the best heuristic"))


def read_facts(artifact: Artifact, roles: tuple[str, ...]) -> Facts:
    metrics = artifact.metrics
    held = read_held_out(artifact.path / "predictions.parquet", metrics.get("best_heuristic"))
    return Facts(artifact.digest, artifact.manifest, metrics, held, roles)
