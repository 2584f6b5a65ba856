"""A realm whose model was served for two windows: recorded answers by the recorder itself, outreaches in the graph."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import made_up_artifact
import numpy as np

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
from sixhop.models.artifact import Artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.pipeline import record
from sixhop.pipeline.segments import SegmentRecorder
from sixhop.pipeline.select import Pick, Scorable, select
from sixhop.pipeline.surfaces import SelectRule
from sixhop.pseudonyms import open_pseudonyms
from sixhop_ml.drift import reference
from small_world import write_world

SEND = (Path(__file__).parent / "sent_outreaches.cypher").read_text(encoding="utf-8")
DAY = 86_400
WINDOW_DAYS = 20
NOW = 1_500_000_000
LIMIT, CANDIDATES = 5, 20
WALK = "sources/six_degree_walk"
SENDERS = [f"member-{n}" for n in range(400)]


@dataclass(frozen=True)
class World:
    """What is served, and how."""

    answers: int = 1_600
    exploration: float = 0.3
    """More than is served with, so that a small realm has enough of it."""
    exposed: float = 2.0
    """Contacts of a candidate that have the offering, on average, in the last window; 2 when the model was made."""
    adopted: float = 1.0
    """How much likelier an adoption is than the model says."""
    age_days: float = 45.0
    learned_from: str = "outcomes"
    of: str = "proposed"
    with_reference: bool = True


def champion(graph: Graph, home: Path, world: World) -> tuple[Artifact, CalibratedModel]:
    """A model that was really fitted, made the champion."""
    folder = Registry(home, graph.realm).folder
    held_out = made_up_artifact.rows(seed=3)
    first = made_up_artifact.stored(folder)
    estimator, calibrator = first.load()
    model = CalibratedModel(estimator, calibrator, feature_names=made_up_artifact.FEATURES, digest="")
    likelihood = model.probabilities(held_out["features"])
    rows = np.arange(len(likelihood))
    of = reference(held_out["features"], likelihood, np.ones(len(rows)), rows, made_up_artifact.FEATURES, of=world.of)  # type: ignore[arg-type]
    metrics: dict[str, Any] = {"learned_from": {"kind": world.learned_from}}
    artifact = made_up_artifact.stored(
        folder,
        metrics=metrics | ({"reference": of} if world.with_reference else {}),
        manifest={
            "realm": graph.realm,
            "features_digest": FeatureSet(graph.catalog).digest,
            "created_at": NOW - int(world.age_days * DAY),
            "data_end": NOW - 50 * DAY,
        },
    )
    Registry(home, graph.realm).promote(REFERRAL, artifact.digest, why="trained")
    model.digest = artifact.digest
    return artifact, model


def serve(graph: Graph, home: Path, model: CalibratedModel, world: World, *, seed: int = 0) -> None:
    """Answer for two windows, record it, and let half of what was shown be sent."""
    write_world(
        graph,
        members=SENDERS,
        settings={"label_window_days": WINDOW_DAYS, "as_of_last_event": True, "last_event_at": NOW},
    )
    rng = np.random.default_rng(seed)
    pseudonyms = open_pseudonyms(home, graph.realm)
    recorder = SegmentRecorder(home / "segments" / graph.realm)
    sent: list[dict[str, Any]] = []
    times = NOW - np.linspace(2 * WINDOW_DAYS * DAY - 1, 0, world.answers).astype(int)
    exposed = np.where(times > NOW - WINDOW_DAYS * DAY, world.exposed, 2.0)
    shape = (world.answers, CANDIDATES)
    features = np.stack(
        [rng.integers(1, 5, shape), rng.poisson(exposed[:, None], shape), rng.random(shape)], axis=2
    ).astype(np.float64)
    likelihoods = model.probabilities(features.reshape(-1, features.shape[2])).reshape(shape)
    for number, as_of in enumerate(times.tolist()):
        scored = _scored(features[number], likelihoods[number], rng)
        answer, picks = _answer(scored, as_of, f"request-{number}", model.digest, world)
        made = record.rows(answer, picks, surface="default", pseudonym=pseudonyms.of, now=lambda at=as_of: float(at))
        while not recorder.put(lambda made=made: made):
            time.sleep(0.01)
        sent += [
            _sent(each.attribution_token, as_of, each.likelihood or 0.0, world, rng)
            for each in answer.recommendations
            if rng.random() < 0.5
        ]
    recorder.close()
    with graph.driver.session(database=graph.at.database) as session:
        session.run(SEND, realm=graph.realm, sent=sent).consume()


def _scored(features: np.ndarray, likelihoods: np.ndarray, rng: np.random.Generator) -> list[Scorable]:
    sender, *targets = rng.choice(len(SENDERS), CANDIDATES + 1, replace=False)
    return [
        Scorable(
            ScoredCandidate(
                Candidate(Chain((SENDERS[sender], SENDERS[target]), (Tie(0.1),)), "offering-1", (WALK,), 1),
                dict(zip(made_up_artifact.FEATURES, values.tolist(), strict=True)),
                float(likelihood),
                float(likelihood),
            ),
            SENDERS[target],
        )
        for target, values, likelihood in zip(targets, features, likelihoods, strict=True)
    ]


def _answer(scored: list[Scorable], as_of: int, request_id: str, model: str, world: World) -> tuple[Answer, list[Pick]]:
    picks = select(scored, rule=SelectRule(limit=LIMIT, exploration=world.exploration), limit=LIMIT, seed=request_id)
    shown = tuple(
        Recommendation(
            sender_id=pick.scored.candidate.sender_id,
            target_id=pick.scored.candidate.target_id,
            offering_id="offering-1",
            chain=pick.scored.candidate.chain,
            degree=1,
            likelihood=pick.scored.likelihood,
            expected_value=pick.scored.rank_score,
            reasons=(),
            sources=(WALK,),
            attribution_token=f"token-{request_id}-{place}",
        )
        for place, pick in enumerate(picks)
    )
    question = TargetsQuestion(
        request_id=request_id, sender_id=shown[0].sender_id, offering_ids=("offering-1",), as_of=as_of, limit=LIMIT
    )
    return Answer(question, shown, Completeness(Certificate(0.0, 0.0)), model, "q" * 16, ()), picks


def _sent(token: str, at: int, likelihood: float, world: World, rng: np.random.Generator) -> dict[str, Any]:
    adopted = rng.random() < min(likelihood * world.adopted, 1.0)
    later = at + int(rng.integers(DAY, WINDOW_DAYS * DAY))
    known = adopted and later <= NOW
    return {
        "token": token,
        "at": at,
        "outcome": "adopted" if known else None,
        "outcome_at": later if known else None,
    }
