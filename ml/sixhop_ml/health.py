"""How the referral model that serves is ageing: what it scores now beside what it was measured on, and what came of it.

What was shown was chosen by score, and is no sample of what was proposed. Where a model learned from what was proposed,
rows are weighted by 1 / propensity, under which what was shown stands for all that could have been (Horvitz & Thompson,
1952). Who was not among the best is seen in slots that explored alone, so only those count as evidence, and where they
are too few nothing is told. Where it learned from what was sent, rows that were sent are compared as they are.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from sixhop.errors import NotFound, Reason
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.graph.realm import DAY_S, RealmSettings, read_realm
from sixhop.models.artifact import Artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.settings import Settings
from sixhop_ml.dataset import Tell
from sixhop_ml.drift import effective_size, index_by_chance, population_stability_index
from sixhop_ml.evaluate import calibration_slope, drawn_again
from sixhop_ml.history import NEVER, Floats, Ints
from sixhop_ml.served import MOST_ROWS, Served, read_served
from sixhop_ml.train import FEWEST_ADOPTIONS

SEED = 1
"""Of the bootstrap: the same records give the same health."""
LEAST_EFFECTIVE = 100.0
"""With fewer senders a tenth of what was proposed may by chance not be among what was shown."""
NAMED = 5
"""Of features that moved, so many are named in a line."""


class Verdict(StrEnum):
    """What is made of all checks."""

    OK = "ok"
    AGEING = "ageing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `passed` is None where it cannot be told, which `note` explains."""

    check: str
    value: float | None
    limit: str
    passed: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """How far something moved, in nats, and how far it would seem to by chance where it did not (95 of 100 times)."""

    psi: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far scores and features moved; `missing` says why where it cannot be told.

    Attributes
    ----------
    rows, effective
        Recommendations that were compared, and how many senders that all weigh the same would say as much: of those
        that explored, where rows stand for all that was proposed.
    """

    rows: int
    effective: float
    score: Moved | None
    features: Mapping[str, Moved]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predicted and observed of what was sent, once its window was over; shares, the ratio with a 95 % interval."""

    sent: int
    adopted: int
    predicted: float | None
    observed: float | None
    ratio: float | None
    low: float | None
    high: float | None
    slope: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """All that was found of the model that serves.

    Attributes
    ----------
    shown, p_sent
        Recommendations of the last window, and the share of them that was sent.
    rows, rows_in_all
        Recorded recommendations that were looked at, and how many there were.
    """

    model: str
    created_at: int
    looked_at: int
    as_of: int
    window_s: int
    rows: int
    rows_in_all: int
    shown: int
    p_sent: float | None
    drift: Drift
    calibration: Calibration
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        if self.why_due:
            return Verdict.AGEING
        told = any(each.passed for each in self.checks if each.check in {"score_psi", "calibration"})
        return Verdict.OK if told else Verdict.UNKNOWN

    @property
    def why_due(self) -> tuple[str, ...]:
        """Why retraining is due; empty where it is not."""
        return tuple(f"{each.check}: {each.note}" for each in self.checks if each.passed is False)

    def as_object(self) -> dict[str, Any]:
        """What `--json` prints, and what is kept for the service's metrics."""
        moved = [each.psi for each in self.drift.features.values()]
        return {
            **asdict(self),
            "verdict": self.verdict,
            "due": bool(self.why_due),
            "why_due": self.why_due,
            "age_days": round((self.looked_at - self.created_at) / DAY_S, 2),
            "figures": {
                "psi_max": max(moved, default=None),
                "score_psi": self.drift.score.psi if self.drift.score else None,
                "calibration_ratio": self.calibration.ratio,
                "outcome_rate": self.calibration.observed,
            },
        }


def why_due(graph: Graph, settings: Settings, *, tell: Tell) -> tuple[str, ...]:
    """Why the realm's referral model is to be retrained; empty where it is not. For `sixhop retrain --if-due`."""
    if Registry(settings.home, graph.realm).pointers().get(REFERRAL, {}).get("champion") is None:
        return ("no referral model serves",)
    return look_at(graph, settings, tell=tell).why_due


def look_at(
    graph: Graph, settings: Settings, *, tell: Tell, now: int | None = None, most_rows: int = MOST_ROWS
) -> Health:
    """Look at the referral model that serves the graph's realm.

    Parameters
    ----------
    now
        Seconds since 1970; None: the clock's.
    most_rows
        Of more recorded recommendations, whole answers are drawn, the same ones each time.

    Raises
    ------
    NotFound
        None serves.
    ModelRefused
        What serves is not whole.
    """
    clock = int(time.time()) if now is None else now
    realm = read_realm(graph)
    artifact = Registry(settings.home, graph.realm).champion(REFERRAL)
    if artifact is None:
        raise NotFound(
            f"no referral model serves realm {graph.realm}; `sixhop retrain` makes the first",
            reason=Reason.MODEL_NOT_FOUND,
        )
    as_of, window_s = realm.as_of(clock), realm.label_window_s
    names, metrics = tuple(artifact.manifest["feature_names"]), artifact.metrics
    served = read_served(
        settings.home / "segments" / graph.realm,
        graph,
        names=names,
        model=artifact.digest,
        since=as_of - 2 * window_s,
        until=as_of,
        tell=tell,
        most_rows=most_rows,
    )
    lately = served.shown_at > as_of - window_s
    drift = _drift(metrics.get("reference"), served, lately, names, settings)
    calibration = _calibration(served, settings, as_of=as_of, window_s=window_s)
    sent = served.sent_at < NEVER
    return Health(
        model=artifact.digest,
        created_at=artifact.manifest["created_at"],
        looked_at=clock,
        as_of=as_of,
        window_s=window_s,
        rows=len(served),
        rows_in_all=served.rows_in_all,
        shown=int(lately.sum()),
        p_sent=float(sent[lately].mean()) if lately.any() else None,
        drift=drift,
        calibration=calibration,
        checks=(
            _queries(artifact, FeatureSet(graph.catalog)),
            _age(artifact, realm, clock, settings),
            _scores(drift, settings),
            _features(drift, settings),
            _calibrated(calibration, metrics.get("learned_from", {}).get("kind", ""), settings),
        ),
    )


def _drift(
    reference: Mapping[str, Any] | None, served: Served, lately: np.ndarray, names: tuple[str, ...], limits: Settings
) -> Drift:
    if reference is None:
        return Drift(0, 0.0, None, {}, "no reference: an older artifact")
    if reference["of"] == "sent":
        rows = np.flatnonzero(lately & (served.sent_at < NEVER))
        weight, telling, what = np.ones(len(rows)), np.ones(len(rows), dtype=np.bool_), "sent"
    else:
        rows = np.flatnonzero(served.may_be_any(lately))
        weight, telling, what = 1 / served.propensity[rows], served.explored[rows] == 1, "shown to explore"
    effective = effective_size(weight[telling], served.sender[rows][telling])
    if len(rows) < limits.health_rows:
        missing = f"only {len(rows)} recommendations that may be compared, {limits.health_rows} are needed"
        return Drift(len(rows), effective, None, {}, missing)
    if effective < LEAST_EFFECTIVE:
        missing = f"what was {what} is as good as {effective:.0f} senders, {LEAST_EFFECTIVE:.0f} are needed"
        return Drift(len(rows), effective, None, {}, missing)

    def moved(of: Mapping[str, Any], values: Floats) -> Moved:
        chance = index_by_chance(of, then=reference["effective"], now=effective)
        return Moved(population_stability_index(of, values, weight), chance)

    return Drift(
        rows=len(rows),
        effective=effective,
        score=moved(reference["score"], served.likelihood[rows]),
        features={
            name: moved(reference["features"][name], served.features[rows, column])
            for column, name in enumerate(names)
            if name in reference["features"]
        },
    )


def _calibration(served: Served, limits: Settings, *, as_of: int, window_s: int) -> Calibration:
    rows = np.flatnonzero((served.sent_at > as_of - 2 * window_s) & (served.sent_at <= as_of - window_s))
    return came_true(served, rows, served.likelihood[rows], limits, window_s=window_s)


def came_true(served: Served, rows: Ints, likelihood: Floats, limits: Settings, *, window_s: int) -> Calibration:
    """What was predicted of rows that were sent, and what came of them."""
    label = (served.adopted_at[rows] <= served.sent_at[rows] + window_s).astype(np.int64)
    adopted = int(label.sum())
    if not len(rows):
        return Calibration(0, 0, None, None, None, None, None, None)
    ones = np.ones(len(rows))
    drawn = [(each @ likelihood, each @ label) for each in drawn_again(served.sender[rows], ones, seed=SEED)]
    low, high = np.percentile([yes / said for said, yes in drawn], [2.5, 97.5])
    slope = None
    if min(adopted, len(rows) - adopted) >= limits.gate_group_adoptions:
        slope = calibration_slope(label, likelihood, ones)
    return Calibration(
        sent=len(rows),
        adopted=adopted,
        predicted=float(likelihood.mean()),
        observed=float(label.mean()),
        ratio=_over(float(likelihood.sum()), adopted),
        low=_over(1.0, float(high)),
        high=_over(1.0, float(low)),
        slope=slope,
    )


def _over(one: float, other: float) -> float | None:
    return one / other if other > 0 else None


def _queries(artifact: Artifact, features: FeatureSet) -> Check:
    same = artifact.manifest["features_digest"] == features.digest
    note = "" if same else "it was trained on other feature queries than are served now, which refuses it"
    return Check("queries", None, "the feature queries that are served", same, note)


def _age(artifact: Artifact, realm: RealmSettings, clock: int, limits: Settings) -> Check:
    days = (clock - artifact.manifest["created_at"]) / DAY_S
    limit = f"at most {limits.health_max_age_days:g} days"
    if days <= limits.health_max_age_days:
        return Check("age", days, limit, True)
    known_until = artifact.manifest.get("last_event_at", artifact.manifest["data_end"])
    if realm.last_event_at is not None and realm.last_event_at <= known_until:
        return Check("age", days, limit, True, "older, but nothing has happened since")
    return Check("age", days, limit, False, f"it was trained {days:.0f} days ago")


def _scores(drift: Drift, limits: Settings) -> Check:
    limit = f"at most {limits.health_psi:g}"
    if drift.score is None:
        return Check("score_psi", None, limit, None, drift.missing)
    passed, moved = _within(drift.score, limits), drift.score
    note = {
        True: "",
        False: f"scores have moved by {moved.psi:.2f}",
        None: f"{moved.psi:.2f}, which {drift.effective:.0f} senders show by chance: up to {moved.by_chance:.2f}",
    }[passed]
    return Check("score_psi", moved.psi, limit, passed, note)


def _features(drift: Drift, limits: Settings) -> Check:
    limit = f"fewer than {limits.health_psi_features} above {limits.health_psi:g}"
    if not drift.features:
        return Check("feature_psi", None, limit, None, drift.missing)
    within = {name: _within(moved, limits) for name, moved in drift.features.items()}
    most = sorted(drift.features, key=lambda name: -drift.features[name].psi)
    far = [name for name in most if within[name] is False]
    unsure = [name for name in most if within[name] is None]
    named = ", ".join(f"{name} {drift.features[name].psi:.2f}" for name in (far or unsure)[:NAMED])
    if len(far) >= limits.health_psi_features:
        return Check("feature_psi", len(far), limit, False, f"{len(far)} features have moved: {named}")
    if len(far) + len(unsure) >= limits.health_psi_features:
        note = f"{drift.effective:.0f} senders show as much by chance: {named}"
        return Check("feature_psi", len(far), limit, None, note)
    return Check("feature_psi", len(far), limit, True, f"have moved: {named}" if far else "")


def _within(moved: Moved, limits: Settings) -> bool | None:
    """Chance only adds to the index: what stays below the limit has not moved further, whatever chance gives."""
    if moved.psi <= limits.health_psi:
        return True
    return False if moved.psi > moved.by_chance else None


def _calibrated(found: Calibration, learned_from: str, limits: Settings) -> Check:
    most = limits.health_calibration
    limit = f"between {1 / most:.2f} and {most:g}"
    if not found.sent or found.predicted is None:
        return Check("calibration", None, limit, None, "nothing it scored was sent a whole window ago")
    said = found.predicted * found.sent
    if max(said, found.adopted) < FEWEST_ADOPTIONS:
        note = f"{found.adopted} adoptions, {said:.1f} predicted: too few to tell"
        return Check("calibration", found.ratio, limit, None, note)
    if learned_from != "outcomes":
        note = f"it learned from {learned_from or 'something else'}, which says nothing of what is sent"
        return Check("calibration", found.ratio, limit, None, note)
    between = f"{_told(found.low)} to {_told(found.high)}"
    over = (found.ratio is None or found.ratio > most) and (found.low is None or found.low > 1)
    under = found.ratio is not None and found.ratio < 1 / most and found.high is not None and found.high < 1
    if over or under:
        note = f"predicted over observed is {_told(found.ratio)}, 95 % interval {between}"
        return Check("calibration", found.ratio, limit, False, note)
    return Check("calibration", found.ratio, limit, True, f"95 % interval {between}")


def _told(value: float | None) -> str:
    return "beyond measure" if value is None else f"{value:.2f}"
