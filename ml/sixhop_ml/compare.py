"""The referral model that serves beside its challenger, on what was recorded: who agrees, who would move, who is right.

What can be told, and what cannot. Both models were asked about all that was proposed, so how far they agree and who
would gain or lose a place is known. What comes of a recommendation is known only where it was shown: calibration is on
what the one or the other chose to show, which favours neither, but stands for nobody else. Nothing that the challenger
may have learned from counts as evidence. Only two arms tell what it would have earned.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sixhop.errors import NotFound, Reason
from sixhop.graph.executor import Graph
from sixhop.graph.realm import read_realm
from sixhop.models.artifact import Artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.settings import Settings
from sixhop_ml.arms import Gap, gap
from sixhop_ml.dataset import Tell
from sixhop_ml.health import Calibration, came_true
from sixhop_ml.history import NEVER
from sixhop_ml.replay import replay
from sixhop_ml.served import MOST_ROWS, NOWHERE, Served, read_served
from sixhop_ml.train import FEWEST_ADOPTIONS

SEED = 1
"""Of the bootstrap: the same records give the same figures."""
FIRST = 3
"""Slots of each answer that the replay counts."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far both agree on what was scored; None where nothing was scored by both.

    Attributes
    ----------
    answers, rows
        Answers, and recommendations in them, that both scored.
    rank_correlation
        Spearman's over all that were proposed for an answer, the mean of the answers.
    kept
        The part of what the models chose to show that the other one would have shown, too.
    difference
        Mean distance of their likelihoods on what was shown.
    challenger_over_champion
        The sum of the challenger's likelihoods over the champion's, on what was shown.
    """

    answers: int
    rows: int
    rank_correlation: float | None
    kept: float | None
    difference: float | None
    challenger_over_champion: float | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Of the champion's answers, at one degree: what was shown by choice, and who would lose or gain a place."""

    shown: int
    lose: int
    gain: int


@dataclass(frozen=True, slots=True)
class CameTrue:
    """What one model says of what one of them showed, and what came of it; `missing` says why that tells nothing."""

    model: str
    shown_by: str
    found: Calibration
    missing: str


@dataclass(frozen=True, slots=True)
class Arms:
    """The two arms of one surface at one share: whom the champion answers, and whom the challenger; by whom was dealt.

    Attributes
    ----------
    sent, adopted
        Of what was shown: sent so far; and, where its window is over, adopted within it, sent or not.
    left_out
        Rows that were dealt out by another surface, or at another share.
    """

    surface: str
    share: float
    sent: Gap
    adopted: Gap
    left_out: int


@dataclass(frozen=True, slots=True)
class Compared:
    """All that was found. `not_told` says what cannot be told yet, and why."""

    champion: str
    challenger: str
    looked_at: int
    as_of: int
    window_s: int
    rows: int
    rows_in_all: int
    agreement: Agreement
    by_degree: Mapping[str, Moved]
    calibration: tuple[CameTrue, ...]
    arms: Arms | None
    replay: Mapping[str, Any] | None
    not_told: tuple[str, ...]

    def as_object(self) -> dict[str, Any]:
        """What `--json` prints."""
        return asdict(self)


def compare(
    graph: Graph, settings: Settings, *, tell: Tell, now: int | None = None, most_rows: int = MOST_ROWS
) -> Compared:
    """Compare the referral models of the graph's realm.

    Parameters
    ----------
    now
        Seconds since 1970; None: the clock's.
    most_rows
        Of more recorded recommendations, whole answers are drawn, the same ones each time.

    Raises
    ------
    NotFound
        None serves, or there is no challenger.
    ModelRefused
        One of them is not whole.
    """
    clock = int(time.time()) if now is None else now
    realm = read_realm(graph)
    registry = Registry(settings.home, graph.realm)
    champion, challenger = _pair(registry, graph.realm)
    as_of, window_s = realm.as_of(clock), realm.label_window_s
    names = tuple(challenger.manifest["feature_names"])
    served = read_served(
        settings.home / "segments" / graph.realm,
        graph,
        names=names,
        model=champion.digest,
        other=challenger.digest,
        since=as_of - 2 * window_s,
        until=as_of,
        tell=tell,
        most_rows=most_rows,
    )
    learned_until = max(int(each.manifest.get("data_end", 0)) for each in (champion, challenger))
    unseen = served.take(served.shown_at > learned_until)
    calibration = _calibration(unseen, settings, champion.digest, challenger.digest, as_of=as_of, window_s=window_s)
    arms = _arms(served, as_of=as_of, window_s=window_s)
    same_features = champion.manifest["features_digest"] == challenger.manifest["features_digest"]
    replayed = None
    if same_features:
        estimator, calibrator = challenger.load()
        model = CalibratedModel(estimator, calibrator, feature_names=names, digest=challenger.digest)
        by_champion = unseen.take(unseen.by_other == 0)
        if len(by_champion):
            replayed = replay(by_champion, model, by=as_of, window_s=window_s, first=FIRST, seed=SEED)
    agreement = _agreement(served)
    return Compared(
        champion=champion.digest,
        challenger=challenger.digest,
        looked_at=clock,
        as_of=as_of,
        window_s=window_s,
        rows=len(served),
        rows_in_all=served.rows_in_all,
        agreement=agreement,
        by_degree=_by_degree(served),
        calibration=calibration,
        arms=arms,
        replay=replayed,
        not_told=tuple(_not_told(agreement, calibration, arms, replayed, same_features=same_features)),
    )


def _pair(registry: Registry, realm: str) -> tuple[Artifact, Artifact]:
    champion = registry.champion(REFERRAL)
    if champion is None:
        raise NotFound(
            f"no referral model serves realm {realm}; `sixhop retrain` makes the first", reason=Reason.MODEL_NOT_FOUND
        )
    digest = registry.pointers()[REFERRAL].get("challenger")
    if not digest or digest == champion.digest:
        raise NotFound(
            f"no referral model of realm {realm} is the challenger; `sixhop models challenge DIGEST --why …` names one",
            reason=Reason.MODEL_NOT_FOUND,
        )
    return champion, registry.find(digest)


def _agreement(served: Served) -> Agreement:
    both = served.take(~np.isnan(served.beside))
    if not len(both):
        return Agreement(0, 0, None, None, None, None)
    _, first = np.unique(both.answer, return_index=True)
    correlations = both.agreement[first]
    correlations = correlations[~np.isnan(correlations)]
    chosen = both.explored == 0
    champion = np.where(both.by_other == 1, both.beside, both.likelihood)
    challenger = np.where(both.by_other == 1, both.likelihood, both.beside)
    return Agreement(
        answers=len(first),
        rows=len(both),
        rank_correlation=float(correlations.mean()) if len(correlations) else None,
        kept=float((both.beside_place[chosen] != NOWHERE).mean()) if chosen.any() else None,
        difference=float(np.abs(champion - challenger).mean()),
        challenger_over_champion=float(challenger.sum() / champion.sum()) if champion.any() else None,
    )


def _by_degree(served: Served) -> dict[str, Moved]:
    both = served.take(~np.isnan(served.beside) & (served.by_other == 0))
    chosen = both.explored == 0
    found = {}
    for name, low, high in (("1", 1, 1), ("2", 2, 2), ("3+", 3, 99)):
        here = chosen & (both.degree >= low) & (both.degree <= high)
        gain = int(((both.instead >= low) & (both.instead <= high)).sum())
        found[name] = Moved(int(here.sum()), int((both.beside_place[here] == NOWHERE).sum()), gain)
    return found


def _calibration(
    served: Served, limits: Settings, champion: str, challenger: str, *, as_of: int, window_s: int
) -> tuple[CameTrue, ...]:
    """Both on what each showed; what one says of what the other showed is as it was recorded."""
    found = []
    over = (served.sent_at < NEVER) & (served.sent_at <= as_of - window_s) & ~np.isnan(served.beside)
    for shown_by, by_other in ((champion, 0), (challenger, 1)):
        rows = np.flatnonzero(over & (served.by_other == by_other))
        for model in (champion, challenger):
            said = served.likelihood[rows] if model == shown_by else served.beside[rows]
            told = came_true(served, rows, said, limits, window_s=window_s)
            found.append(CameTrue(model, shown_by, told, _too_few(told)))
    return tuple(found)


def _too_few(told: Calibration) -> str:
    if not told.sent or told.predicted is None:
        return "nothing that both scored, and neither can have learned from, was sent a whole window ago"
    said = told.predicted * told.sent
    if max(said, told.adopted) < FEWEST_ADOPTIONS:
        return f"{told.adopted} adoptions, {said:.1f} predicted: too few to tell, {FEWEST_ADOPTIONS} are needed"
    return ""


def _arms(served: Served, *, as_of: int, window_s: int) -> Arms | None:
    """Of the surface and share with most rows: of others the arms are others, and so may be whom they answer."""
    dealt = served.take(served.split >= 0)
    if not len(dealt):
        return None
    most = int(np.argmax(np.bincount(dealt.split)))
    here = dealt.take(dealt.split == most)
    over = here.take(here.shown_at + window_s <= as_of)
    adopted = (over.adopted_at <= over.shown_at + window_s).astype(np.float64)
    surface, share = served.splits[most]
    return Arms(
        surface=surface,
        share=share,
        sent=gap((here.sent_at < NEVER).astype(np.float64), here.unit, here.by_challenger),
        adopted=gap(adopted, over.unit, over.by_challenger),
        left_out=len(dealt) - len(here),
    )


def _not_told(
    agreement: Agreement,
    calibration: tuple[CameTrue, ...],
    arms: Arms | None,
    replayed: Mapping[str, Any] | None,
    *,
    same_features: bool,
) -> Iterator[str]:
    if not agreement.answers:
        yield "how far they agree: no recorded answer was scored by both"
    for each in calibration[:2]:
        if each.missing:
            yield f"whether what {each.model} says comes true: {each.missing}"
    if arms is None:
        yield "what the challenger earns: no surface gives it a share (`challenger_share`), or nothing was asked since"
    else:
        for what, found in (("sent", arms.sent), ("adopted", arms.adopted)):
            if found.missing:
                yield f"how much more is {what} of what the challenger shows: {found.missing}"
    if not same_features:
        yield "the order it would have made: it reads other feature queries than were recorded"
    elif replayed is None:
        yield "what its order of what was shown would have earned: nothing was shown since both learned"
    elif replayed["gained"]["missing"]:
        yield f"what its order of what was shown would have earned: {replayed['gained']['missing']}"
