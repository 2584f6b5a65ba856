"""A trained model on disk: an immutable folder named by its digest. Knows nothing of Neo4j, gRPC or how it was trained.

<home>/models/<realm>/<digest>/
    manifest.json         kind, features and their query digest, slices, versions, sha256 of the other files
    model.skops           {"estimator", "calibrator"}: scikit-learn objects, read under an allow-list, never pickle
    metrics.json          what the report says
    predictions.parquet   held-out rows; ids as keyed hashes
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import skops.io

from sixhop.errors import ModelRefused

ALLOWED_TYPES = (
    "numpy.arcsinh",
    "numpy.dtype",
    "sixhop.models.runtime.MeanOfLogOdds",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""What a model file may hold beyond skops's own list of scikit-learn's public types and NumPy arrays."""

_FILES = ("model.skops", "metrics.json", "predictions.parquet")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact that was found whole: its files have the digests the manifest says."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return self.path.name

    @property
    def metrics(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "metrics.json").read_text(encoding="utf-8"))
        return found

    def load(self) -> tuple[Any, Any]:
        """The fitted estimator and its calibrator. Raises `ModelRefused` for a file with types not allowed."""
        try:
            held = skops.io.load(self.path / "model.skops", trusted=list(ALLOWED_TYPES))
            return held["estimator"], held["calibrator"]
        except Exception as error:  # skops raises many kinds; each means the file is not one of ours
            raise _refused(self.path, f"{type(error).__name__}") from error


def write_artifact(
    folder: Path,
    *,
    estimator: object,
    calibrator: object,
    manifest: Mapping[str, Any],
    metrics: Mapping[str, Any],
    predictions: pa.Table,
) -> Artifact:
    """Write a whole artifact below `folder` and return it; a half-written one is never seen under its digest."""
    draft = folder / f".draft-{secrets.token_hex(8)}"
    draft.mkdir(parents=True)
    try:
        skops.io.dump({"estimator": estimator, "calibrator": calibrator}, draft / "model.skops")
        (draft / "metrics.json").write_text(json.dumps(metrics, indent=2, sort_keys=True), encoding="utf-8")
        pq.write_table(predictions, draft / "predictions.parquet", compression="zstd")
        whole = {**manifest, "files": {name: _sha256(draft / name) for name in _FILES}}
        (draft / "manifest.json").write_text(json.dumps(whole, indent=2, sort_keys=True), encoding="utf-8")
        final = folder / _digest(draft)
        if final.exists():
            shutil.rmtree(draft)
        else:
            draft.replace(final)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return read_artifact(final)


def read_artifact(path: Path) -> Artifact:
    """Check an artifact's digests.

    Raises:
        ModelRefused: a file is missing or is not what was written.
    """
    manifest = read_manifest(path)
    for name, digest in manifest["files"].items():
        try:
            if _sha256(path / name) != digest:
                raise _refused(path, f"{name} was changed")
        except OSError as error:
            raise _refused(path, f"{name}: {error.strerror}") from error
    return Artifact(path, manifest)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest alone, without a look at the other files. Raises `ModelRefused`: it is not what was written."""
    try:
        if _digest(path) != path.name:
            raise _refused(path, "its manifest was changed")
        manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if not isinstance(manifest.get("files"), dict):
            raise _refused(path, "its manifest names no files")
    except OSError as error:
        raise _refused(path, f"manifest.json: {error.strerror}") from error
    except (ValueError, AttributeError) as error:
        raise _refused(path, "its manifest is not JSON") from error
    return manifest


def _digest(path: Path) -> str:
    return _sha256(path / "manifest.json")[:16]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(path: Path, why: str) -> ModelRefused:
    place = "/".join(path.parts[-3:])  # below the home folder: callers of the service are told, too
    return ModelRefused(f"the model at {place} is refused: {why}; train again with `sixhop retrain`", why=why)
