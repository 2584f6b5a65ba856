"""The retraining job: from the graph to two models, their figures, a decision, and `pass_on` written back.

1. tie model: from what hops answered; until there are enough of those from exposures at degree 1; where nothing is
   offered from replies
2. referral model: from outcomes of sent outreaches; until there are enough of those from exposures at every degree that
   the walk proposes. It walks over `pass_on` as of then, in memory: the graph that serves is not touched
3. each passes its gates or does not; what passes serves, and `pass_on` as of now goes into the graph
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from sixhop import __version__
from sixhop.errors import InvalidInput, SixhopError
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.graph.realm import RealmSettings, read_realm
from sixhop.graph.walk import WalkSettings
from sixhop.models.artifact import Artifact
from sixhop.models.registry import HARM, REFERRAL, TIE, Registry
from sixhop.settings import Settings
from sixhop_ml.dataset import Budgets, Ground, Tell, build_exposures, build_told
from sixhop_ml.gates import NOT_WORSE, Gate, failed
from sixhop_ml.history import Floats, History, read_history
from sixhop_ml.learn import Learned, learn
from sixhop_ml.net import Net, read_net
from sixhop_ml.page import write_page
from sixhop_ml.pairs import Pairs
from sixhop_ml.pass_on import Written, score_ties, write_pass_on
from sixhop_ml.split import Slices, split
from sixhop_ml.store import Store, one_at_a_time
from sixhop_ml.told import Outreaches, read_outreaches, read_replies
from sixhop_ml.train import FEWEST_ADOPTIONS

LIBRARIES = ("scikit-learn", "skops", "numpy", "neo4j")
STRAY_SHARE = 0.001
"""Of all times, the earliest: so many may be wrong."""
KEPT_WITHOUT_A_ROLE = 20
"""Models that serve nothing any more, or never did; older ones go."""
CONTACTS_ONLY = WalkSettings(max_length=1, max_degree=1)


class Outcome(StrEnum):
    """What was decided."""

    PROMOTED = "promoted"
    CHALLENGER = "challenger"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a retraining is to do.

    Attributes
    ----------
    since
        Anchors are at this time or later (seconds since 1970); None: all there are.
    dry_run
        Decide, and change nothing: no model gets a role, nothing is written to the graph.
    force
        Train even where data, queries, settings and seed are those of the models that serve.
    """

    seed: int = 1
    since: int | None = None
    dry_run: bool = False
    force: bool = False
    why: str = "retrained"
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A model that was made: its artifact, what it had to pass, and where its report is."""

    artifact: Artifact
    gates: tuple[Gate, ...]
    report: Path


@dataclass(frozen=True, slots=True)
class Retrained:
    """What came of a retraining; `made` by kind. With nothing `written`, `pass_on` is what it was."""

    outcome: Outcome
    why: str
    made: Mapping[str, Made]
    written: Written | None
    dry_run: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set that is whole, and the tie model that its chains were made with."""

    pairs: Mapping[str, int]
    folder: Path


def retrain(graph: Graph, settings: Settings, asked: Asked, *, tell: Tell) -> Retrained:
    """Retrain the models of the graph's realm, and let them serve where they pass. One at a time a realm.

    Raises
    ------
    InvalidInput
        The data is too short, or holds too few adoptions, for honest slices.
    Unavailable
        Another retraining of the realm is under way.
    """
    started = time.monotonic()
    with one_at_a_time(settings.home, graph.realm), _one_thread():
        job = _Job(graph, settings, asked, tell)
        if not asked.force and (held := job.still_holding()):
            unchanged = {kind: Made(each, (), each.path / "report.html") for kind, each in held.items()}
            why = "data, settings and queries are what the models that serve were trained on"
            return Retrained(Outcome.UNCHANGED, why, unchanged, None, asked.dry_run, time.monotonic() - started)
        tie = job.tie
        learned = {TIE: tie} | ({REFERRAL: job.referral} if job.offers else {})
        learned |= {HARM: job.harm} if isinstance(job.harm, Learned) else {}
        job.store.finish()
        outcome, why = _decided({kind: each for kind, each in learned.items() if kind != HARM})
        made = {}
        for kind, each in learned.items():
            tell(f"writing the report of the {kind} model", 0, 1)
            made[kind] = Made(each.artifact, each.gates, write_page(each.artifact))
        written = None if asked.dry_run else job.carry_out(outcome, why, learned)
        Registry(settings.home, graph.realm).drop_old(keep=KEPT_WITHOUT_A_ROLE)
        return Retrained(outcome, why, made, written, asked.dry_run, time.monotonic() - started)


def build_dataset(graph: Graph, settings: Settings, asked: Asked, *, tell: Tell) -> Dataset:
    """Build what `retrain` would learn from, and train on nothing but the tie model that chains are made with."""
    with one_at_a_time(settings.home, graph.realm), _one_thread():
        job = _Job(graph, settings, asked, tell)
        pairs = {f"{TIE} {name}": len(each) for name, each in job.tie_pairs[1].items()}
        if job.offers:
            pairs |= {f"{REFERRAL} {name}": len(each) for name, each in job.referral_pairs[1].items()}
        return Dataset(pairs, job.store.folder)


def _one_thread() -> Any:
    """Boosters' threads spin while they wait: beside Neo4j and others two of them are slower than one."""
    return threadpool_limits(1, user_api="openmp")


def _decided(learned: Mapping[str, Learned]) -> tuple[Outcome, str]:
    refused = [f"{kind}: {gate.gate} ({gate.scope})" for kind, each in learned.items() for gate in failed(each.gates)]
    if refused:
        return Outcome.REFUSED, "refused by " + "; ".join(refused[:10])
    main = learned.get(REFERRAL, learned[TIE])
    precision = next(gate for gate in main.gates if gate.gate == NOT_WORSE and gate.scope == "average_precision")
    if precision.value is not None and precision.value < 0:
        return Outcome.CHALLENGER, "all gates passed, but it ranks no better than the model that serves"
    return Outcome.PROMOTED, "all gates passed"


class _Job:
    """One run, step by step; each step is made when it is first needed."""

    def __init__(self, graph: Graph, settings: Settings, asked: Asked, tell: Tell) -> None:
        self._graph, self._settings, self._asked, self._tell = graph, settings, asked, tell
        self._budgets = Budgets.of(settings.learn_pairs)
        self._realm: RealmSettings = read_realm(graph)
        self._registry = Registry(settings.home, graph.realm)
        tell("reading the history", 0, 1)
        history = self._history = read_history(graph)
        self._net = read_net(graph, history.member_ids)
        self._features = FeatureSet(graph.catalog)
        self.offers = bool(len(history.at))
        self._data_end = self._realm.last_event_at or (int(history.at.max()) if self.offers else 0)
        self._replies = None if self.offers else self._told_replies(graph, history)
        self._outreaches: Outreaches = read_outreaches(
            graph,
            history,
            settings.home / "segments" / graph.realm,
            names=self._features.names,
            window_s=self._realm.label_window_s,
            data_end=self._data_end,
        )
        of_target = self._net.community[self._outreaches.pairs.target]
        self._outreaches = replace(self._outreaches, pairs=replace(self._outreaches.pairs, community=of_target))
        sizes = len(history.member_ids), len(history.offering_ids)
        self.store = Store(settings.home, graph.realm, self._origin, sizes=sizes)

    def _told_replies(self, graph: Graph, history: History) -> Pairs:
        return read_replies(graph, history, window_s=self._realm.label_window_s, data_end=self._data_end)

    @cached_property
    def _lived(self) -> Ground:
        """The ground with slices of the times at which something was experienced, or someone contacted."""
        times = np.sort(self._history.at if self._replies is None else self._replies.at)
        if not len(times):
            return self._on(self._split(times))
        # What stands far before all else is a clock that was wrong; and nothing is known of after the last
        usual = times[times >= times[int(len(times) * STRAY_SHARE)]]
        latest = int(times[-1]) if self._replies is None else int(times[-1]) + self._realm.label_window_s
        return self._on(self._split(np.unique(usual), data_end=min(self._data_end, latest)))

    def _on(self, slices: Slices) -> Ground:
        return Ground(
            graph=self._graph,
            features=self._features,
            history=self._history,
            net=self._net,
            slices=slices,
            seed=self._asked.seed,
            close_ties=self._realm.close_ties,
            tell=self._tell,
        )

    def _split(self, times: np.ndarray, *, data_end: int | None = None) -> Slices:
        since = times[times >= (self._asked.since or 0)]
        return split(since, window_s=self._realm.label_window_s, data_end=data_end or self._data_end)

    @cached_property
    def _origin(self) -> dict[str, Any]:
        """What decides a training's outcome: when all of it is the same, so are the models."""
        return {
            "features_digest": self._features.digest,
            "queries_digest": self._graph.catalog.digest,
            "data_digest": _data_digest(self._history, self._net, self._outreaches, self._replies),
            "label_window_s": self._realm.label_window_s,
            "half_life_days": self._realm.half_life_days,
            "close_ties": self._realm.close_ties,
            "pass_on_prior": self._realm.pass_on_prior,
            "last_event_at": self._data_end,
            "learn_outcomes": self._settings.learn_outcomes,
            "sixhop": __version__,
            "since": self._asked.since,
            "seed": self._asked.seed,
            "budgets": asdict(self._budgets),
        }

    def still_holding(self) -> dict[str, Artifact] | None:
        """The champions, when all were trained on what there is now."""
        kinds = (TIE, REFERRAL) if self.offers else (TIE,)
        try:
            held = {kind: self._registry.champion(kind) for kind in kinds}
        except SixhopError:  # one is not whole: train
            return None
        there = {kind: artifact for kind, artifact in held.items() if artifact is not None}
        same = all({k: each.manifest.get(k) for k in self._origin} == self._origin for each in there.values())
        return there if same and len(there) == len(kinds) else None

    @cached_property
    def tie_pairs(self) -> tuple[Ground, dict[str, Pairs], str]:
        """What the tie model learns from, and which kind of label that is."""
        hops = self._outreaches.hops
        # Where the referral model is to walk over what this one says, both go by the same slices: it sees nothing later
        if ground := self._enough(hops, None if self._has_outcomes else self._slices_of_walks):
            return ground, build_told(ground, self.store, "tie-hops", hops, budget=self._budgets.tie), "hops"
        if self._replies is not None:
            pairs = build_told(self._lived, self.store, "tie-replies", self._replies, budget=self._budgets.tie)
            return self._lived, pairs, "replies"
        pairs = build_exposures(
            self._lived,
            self.store,
            TIE,
            budget=self._budgets.tie,
            settings=CONTACTS_ONLY,
            pass_on=lambda as_of: np.full(len(self._net.end), self._realm.pass_on_prior),
        )
        return self._lived, pairs, "exposures"

    @cached_property
    def referral_pairs(self) -> tuple[Ground, dict[str, Pairs], str]:
        """What the referral model learns from, and which kind of label that is."""
        told = self._outreaches.pairs
        if ground := self._enough(told):
            return (
                ground,
                build_told(ground, self.store, "referral-outcomes", told, budget=self._budgets.referral),
                "outcomes",
            )

        def pass_on(as_of: int) -> Floats:
            return score_ties(self._lived, self.tie.model, as_of=as_of)

        pairs = build_exposures(
            self._lived,
            self.store,
            REFERRAL,
            budget=self._budgets.referral,
            settings=WalkSettings(),
            pass_on=pass_on,
        )
        return self._lived, pairs, "exposures"

    @cached_property
    def harm(self) -> Learned | str:
        """How likely an outreach is declined, opted out of or complained about; or why that cannot be told."""
        told = replace(self._outreaches.pairs, label=self._outreaches.harm)
        if ground := self._enough(told):
            pairs = build_told(ground, self.store, HARM, told, budget=self._budgets.referral)
            try:
                return self._learn(HARM, ground, pairs, "outcomes")
            except SixhopError as error:
                return error.message
        harmed = int(self._outreaches.harm.sum())
        return f"{len(told)} sent outreaches have an outcome, {harmed} of them a bad one: too few to learn from"

    @cached_property
    def tie(self) -> Learned:
        return self._learn(TIE, *self.tie_pairs)

    @cached_property
    def referral(self) -> Learned:
        return self._learn(REFERRAL, *self.referral_pairs)

    def carry_out(self, outcome: Outcome, why: str, learned: Mapping[str, Learned]) -> Written | None:
        """Give the models their roles, and write what the walk goes by where a new tie model serves."""
        why = f"{self._asked.why}: {why}"
        if outcome is Outcome.CHALLENGER:
            for kind, each in learned.items():
                if kind == HARM:
                    continue
                self._registry.challenge(kind, each.artifact.digest, why=why, who=self._asked.who)
        if outcome is not Outcome.PROMOTED:
            return None
        as_of = self._realm.as_of(int(time.time()))
        scores = score_ties(self.tie_pairs[0], learned[TIE].model, as_of=as_of)
        written = write_pass_on(self._graph, self._history, self._net, scores, as_of=as_of, tell=self._tell)
        for kind, each in learned.items():
            if kind != HARM or not failed(each.gates):
                self._registry.promote(kind, each.artifact.digest, why=why, who=self._asked.who)
        return written

    @cached_property
    def _has_outcomes(self) -> bool:
        return self._enough(self._outreaches.pairs) is not None

    @cached_property
    def _slices_of_walks(self) -> Slices | None:
        try:
            return self._lived.slices if self.offers else None
        except InvalidInput:
            return None

    def _enough(self, told: Pairs, slices: Slices | None = None) -> Ground | None:
        """The ground with these slices, or those of the pairs' own times, where there are enough to learn from."""
        if len(told) < self._settings.learn_outcomes:
            return None
        try:
            slices = slices or self._split(np.unique(told.at))
        except InvalidInput:
            return None
        for span in slices:
            label = told.label[(told.at >= span.first) & (told.at <= span.last)]
            if min(label.sum(), len(label) - label.sum()) < FEWEST_ADOPTIONS:
                return None
        return self._on(slices)

    def _learn(self, kind: str, ground: Ground, pairs: dict[str, Pairs], learned_from: str) -> Learned:
        told = self._outreaches
        counts = {
            "outcomes": len(told.pairs),
            "hops": len(told.hops),
            "replies": 0 if self._replies is None else len(self._replies),
            "exposures": sum(map(len, pairs.values())) if learned_from == "exposures" else 0,
        }
        return learn(
            kind,
            pairs,
            ground=ground,
            registry=self._registry,
            limits=self._settings,
            manifest=self._manifest(),
            told={"learned_from": {"kind": learned_from, **counts}, "funnel": _funnel(told)}
            | ({"harm": _harm(self.harm)} if kind == REFERRAL else {}),
        )

    def _manifest(self) -> dict[str, Any]:
        return {
            "realm": self._graph.realm,
            "created_at": int(time.time()),
            **self._origin,
            "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        }


def _harm(learned: Learned | str) -> dict[str, Any]:
    """What the report of the referral model says of the model of harm."""
    if isinstance(learned, str):
        return {"missing": learned}
    metrics = learned.artifact.metrics
    shown = ("pairs", "base_rate", "auc", "brier_skill", "ece_over_base_rate", "calibration_slope")
    return {name: metrics[name] for name in shown} | {"yes": metrics["adopted"], "digest": learned.artifact.digest}


def _funnel(told: Outreaches) -> dict[str, Any]:
    return {**asdict(told.funnel), "p_sent": told.funnel.p_sent, "sent_without_a_record": told.unmatched}


def _data_digest(history: History, net: Net, told: Outreaches, replies: Pairs | None) -> str:
    """A digest of all that is learned from, so that a second run can tell whether anything changed."""
    digest = hashlib.sha256()
    for ids in (history.member_ids, history.offering_ids):
        digest.update("\0".join(ids).encode())
    arrays: list[np.ndarray] = [history.member, history.offering, history.at, history.sentiment]
    arrays += [net.start, net.end, net.since, net.introduces, net.named, net.reachable, net.opted_out_at, net.blocks]
    arrays += [net.community, told.harm]
    for facts in (history.digest, net.digest):
        digest.update(facts.encode())
    for pairs in (told.pairs, told.hops, *(() if replies is None else (replies,))):
        arrays += [pairs.sender, pairs.target, pairs.offering, pairs.at, pairs.degree, pairs.label, pairs.features]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
