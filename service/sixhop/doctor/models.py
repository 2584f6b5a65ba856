"""Which models serve the realm, and whether they fit the feature queries there are. Knows nothing of the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sixhop.doctor.finding import Finding, fail, ok, warn
from sixhop.graph.catalog import Catalog
from sixhop.graph.features import FeatureSet
from sixhop.settings import Settings

_WITHOUT = {
    "referral": "answers are ranked by chain score, without a likelihood",
    "tie": "ties have the realm's prior for pass_on",
}


def models(settings: Settings, catalog: Catalog) -> Iterator[Finding]:
    """The champion of each kind, its files checked against their digests."""
    from sixhop.models.registry import Registry  # not at the top: it loads the models' libraries

    registry = Registry(settings.home, settings.realm)
    train = f"`sixhop retrain --realm {settings.realm}`"
    pointers = registry.pointers()
    for kind, consequence in _WITHOUT.items():
        name = f"{kind} model"
        artifact = registry.champion(kind)
        if artifact is None:
            yield warn(name, f"none serves realm {settings.realm}: {consequence}", f"make one with {train}")
            continue
        digest = FeatureSet(catalog).digest
        if artifact.manifest["features_digest"] != digest:
            yield fail(name, f"{artifact.digest} was trained on other feature queries than there are", f"run {train}")
            continue
        when = datetime.fromtimestamp(pointers[kind]["promoted_at"], tz=UTC)
        yield ok(name, f"{artifact.digest} serves since {when:%Y-%m-%d %H:%M} UTC{_quality(artifact.metrics)}")


def _quality(metrics: dict[str, object]) -> str:
    names = {"average_precision": "average precision", "base_rate": "base rate", "brier_skill": "Brier skill"}
    shown = [f"{text} {value:.3g}" for key, text in names.items() if isinstance(value := metrics.get(key), float)]
    return f"; {', '.join(shown)}" if shown else ""
