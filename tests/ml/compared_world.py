"""A realm whose champion and challenger were both asked for two windows, the one serving and the other looking on."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_up_artifact
import numpy as np
import pyarrow as pa
from served_world import CANDIDATES, DAY, LIMIT, NOW, SEND, SENDERS, WALK, WINDOW_DAYS, World, champion
from sklearn.linear_model import LogisticRegression

from sixhop.domain import (
    Answer,
    Candidate,
    Certificate,
    Chain,
    Completeness,
    Recommendation,
    ScoredCandidate,
    TargetsQuestion,
    Tie,
)
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.models.artifact import write_artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import CalibratedModel, calibration_terms
from sixhop.pipeline import record
from sixhop.pipeline.experiment import Arm, assign
from sixhop.pipeline.segments import SegmentRecorder
from sixhop.pipeline.select import Pick, Scorable, select
from sixhop.pipeline.shadow import Shadow
from sixhop.pipeline.surfaces import SelectRule
from sixhop.pseudonyms import open_pseudonyms
from small_world import write_world

RULE = SelectRule(limit=LIMIT, exploration=0.2)
COMMUNITIES = 100


def challenger(graph: Graph, home: Path) -> CalibratedModel:
    """One that does not look at who has the offering, made the challenger."""
    rows = made_up_artifact.rows(seed=1)
    blind = rows["features"] * np.array([1.0, 0.0, 1.0])
    estimator = LogisticRegression().fit(blind, rows["label"])
    curve = LogisticRegression(C=np.inf).fit(calibration_terms(estimator.predict_proba(blind)[:, 1]), rows["label"])
    registry = Registry(home, graph.realm)
    artifact = write_artifact(
        registry.folder,
        estimator=estimator,
        calibrator=curve,
        manifest={
            "kind": REFERRAL,
            "feature_names": list(made_up_artifact.FEATURES),
            "features_digest": FeatureSet(graph.catalog).digest,
            "data_end": NOW - 50 * DAY,
        },
        metrics={},
        predictions=pa.table({}),
    )
    registry.challenge(REFERRAL, artifact.digest, why="looks better")
    return CalibratedModel(estimator, curve, feature_names=made_up_artifact.FEATURES, digest=artifact.digest)


def serve_both(graph: Graph, home: Path, *, share: float, answers: int = 2_000, shadow: bool = True) -> tuple[str, str]:
    """Answer for two windows; half of what is shown is sent, and comes true as the champion says. Both digests."""
    features = _features(answers)
    first, second = (Known(each, features) for each in (champion(graph, home, World())[1], challenger(graph, home)))
    settings = {"label_window_days": WINDOW_DAYS, "as_of_last_event": True, "last_event_at": NOW}
    write_world(graph, members=SENDERS, settings=settings)
    rng = np.random.default_rng(4)
    pseudonyms = open_pseudonyms(home, graph.realm)
    recorder = SegmentRecorder(home / "segments" / graph.realm)
    sent: list[dict[str, Any]] = []
    for number, at in enumerate((NOW - np.linspace(2 * WINDOW_DAYS * DAY - 1, 0, answers)).astype(int).tolist()):
        candidates, truth = _candidates(features[number], first, rng)
        sender = candidates[0].candidate.sender_id
        dealt = assign(
            realm="any",  # dealt out alike in every run, whatever realm and digests are called: chance is the same
            challenger="any",
            share=share,
            community_id=f"community-{int(sender.split('-')[1]) % COMMUNITIES}",
            sender_id=sender,
        )
        dealt = replace(dealt, challenger=second.digest)
        serves, looks_on = (second, first) if dealt.arm is Arm.CHALLENGER else (first, second)
        scored, picks = _chosen(candidates, serves, RULE, f"request-{number}")
        answer = _answer(picks, serves.digest, at, f"request-{number}")
        aside = Shadow(
            model=looks_on,
            request_id=answer.question.request_id,
            served=scored,
            score=lambda model, of=candidates: _by(of, model),  # type: ignore[misc]
            choose=lambda found: _pick(found, RULE.without_exploration(), "r"),
            subject=lambda each: each.target_id,
        )
        made = record.rows(
            answer,
            picks,
            surface="default",
            pseudonym=pseudonyms.of,
            now=lambda at=at: float(at),  # type: ignore[misc]
            seen=aside.look(picks) if shadow else None,
            experiment=dealt if share else None,
        )
        while not recorder.put(lambda made=made: made):  # type: ignore[misc]
            time.sleep(0.01)
        for each in answer.recommendations:
            if rng.random() < 0.5:
                adopted, later = rng.random() < truth[each.target_id], at + int(rng.integers(DAY, WINDOW_DAYS * DAY))
                known = {"outcome": "adopted", "outcome_at": later} if adopted and later <= NOW else {}
                sent.append({"token": each.attribution_token, "at": at, "outcome": None, "outcome_at": None, **known})
    recorder.close()
    with graph.driver.session(database=graph.at.database) as session:
        session.run(SEND, realm=graph.realm, sent=sent).consume()
    return first.digest, second.digest


class Known:
    """A model that was asked about all pairs at once."""

    def __init__(self, model: CalibratedModel, features: np.ndarray) -> None:
        pairs = features.reshape(-1, features.shape[2])
        self.digest = model.digest
        self._said = dict(zip(map(tuple, pairs.tolist()), model.probabilities(pairs).tolist(), strict=True))

    def score(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        return [self._said[tuple(row.values())] for row in rows]


def _features(answers: int) -> np.ndarray:
    rng, shape = np.random.default_rng(5), (answers, CANDIDATES)
    some = [rng.integers(1, 5, shape), rng.poisson(2, shape), rng.random(shape)]
    return np.stack(some, axis=2).astype(np.float64)


def _candidates(
    features: np.ndarray, true: Known, rng: np.random.Generator
) -> tuple[list[ScoredCandidate], dict[str, float]]:
    sender, *targets = rng.choice(len(SENDERS), CANDIDATES + 1, replace=False)
    made = [
        ScoredCandidate(
            Candidate(Chain((SENDERS[sender], SENDERS[target]), (Tie(0.1),)), "offering-1", (WALK,), int(row[0])),
            dict(zip(made_up_artifact.FEATURES, row.tolist(), strict=True)),
            None,
            0.0,
        )
        for target, row in zip(targets, features, strict=True)
    ]
    likely = true.score([each.features for each in made])
    return made, {each.candidate.target_id: float(p) for each, p in zip(made, likely, strict=True)}


def _by(candidates: list[ScoredCandidate], model: Any) -> list[ScoredCandidate]:
    said = model.score([each.features for each in candidates])
    return [replace(each, likelihood=p, rank_score=p) for each, p in zip(candidates, said, strict=True)]


def _chosen(
    candidates: list[ScoredCandidate], model: Known, rule: SelectRule, seed: str
) -> tuple[list[ScoredCandidate], list[Pick]]:
    scored = _by(candidates, model)
    return scored, _pick(scored, rule, seed)


def _pick(scored: Any, rule: SelectRule, seed: str) -> list[Pick]:
    return select([Scorable(each, each.candidate.target_id) for each in scored], rule=rule, limit=LIMIT, seed=seed)


def _answer(picks: list[Pick], model: str, at: int, request_id: str) -> Answer:
    shown = tuple(
        Recommendation(
            sender_id=pick.scored.candidate.sender_id,
            target_id=pick.scored.candidate.target_id,
            offering_id="offering-1",
            chain=pick.scored.candidate.chain,
            degree=pick.scored.candidate.degree,
            likelihood=pick.scored.likelihood,
            expected_value=pick.scored.rank_score,
            reasons=(),
            sources=(WALK,),
            attribution_token=f"token-{request_id}-{place}",
        )
        for place, pick in enumerate(picks)
    )
    question = TargetsQuestion(
        request_id=request_id, sender_id=shown[0].sender_id, offering_ids=("offering-1",), as_of=at, limit=LIMIT
    )
    return Answer(question, shown, Completeness(Certificate(0.0, 0.0)), model, "q" * 16, ())
