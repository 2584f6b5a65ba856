"""Composes the serving process: what a realm's answers are made of, from settings. Knows all parts, decides nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace

from sixhop import bootstrap
from sixhop.domain import Goal
from sixhop.erasure.asked import MemberData
from sixhop.erasure.files import Places
from sixhop.erasure.members import MemberEraser, RecentlyErased, RecorderWithoutErased
from sixhop.errors import InvalidInput, Misconfigured, Reason, Unavailable
from sixhop.graph.chains import CypherChainFinder
from sixhop.graph.clock import RealmClock
from sixhop.graph.degrees import CypherDegreeFinder
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.features import FeatureSet
from sixhop.graph.filters import CypherFilter
from sixhop.graph.gate import CypherGate
from sixhop.graph.hydrator import PairHydrator
from sixhop.graph.joiner import CypherJoiner
from sixhop.graph.left_out import CypherLeftOut
from sixhop.graph.migrations import pending
from sixhop.graph.next_hop import CypherOutreachReader
from sixhop.graph.recording.recorder import EventRecorder
from sixhop.graph.sample import CypherSampler
from sixhop.graph.slices import CypherSlices
from sixhop.graph.sources import ASKED, ProposingSource, WalkSource, is_walk, walks_back
from sixhop.graph.ties import CypherTieReader
from sixhop.graph.voices import CypherVoices
from sixhop.graph.walk import WalkSettings
from sixhop.models.challenger import Challenger
from sixhop.models.champion import Champion
from sixhop.models.health import read_figures
from sixhop.models.registry import Registry
from sixhop.models.roles import RealmModels
from sixhop.pipeline.answers import Answers
from sixhop.pipeline.degrees import DegreesPipeline
from sixhop.pipeline.find_chains import ChainsPipeline
from sixhop.pipeline.next_hop import NextHopPipeline
from sixhop.pipeline.ports import Model, Recorder, Source
from sixhop.pipeline.run import Parts, Pipeline
from sixhop.pipeline.segments import SegmentRecorder
from sixhop.pipeline.surfaces import SourceEntry, Surface, read_surfaces
from sixhop.pipeline.voices import Voices
from sixhop.pipeline.warm_up import ask_until_no_faster, make_plans
from sixhop.pseudonyms import Pseudonyms, open_pseudonyms
from sixhop.retraining.retraining import Retraining
from sixhop.rpc.interceptors.audit import AuditLog
from sixhop.served import Served
from sixhop.settings import Settings
from sixhop.telemetry.state import State

TRY_EVERY_S = 0.5
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where answers are recorded, and under which names of members."""

    recorder: Recorder
    pseudonyms: Pseudonyms


def make_pipeline(graph: AsyncGraph, surface: Surface, parts: Parts) -> Pipeline:
    """The pipeline of one surface.

    Raises:
        Misconfigured: the surface names a source that has no query or goes the other way, or sets what is not its.
    """
    limits = WalkSettings(
        experienced_introducers=surface.experienced_introducers,
        most_asked=surface.load.most,
        asked_within_s=surface.load.window_s,
        most_sent=surface.attention.most,
        sent_within_s=surface.attention.window_s,
        moderators=surface.goal is Goal.ANSWER,
    )

    def sources(entries: Sequence[SourceEntry], when: str, *, back: bool = False) -> list[tuple[Source, float]]:
        try:
            return [(_source(graph, entry, limits, back=back), entry.share) for entry in entries if entry.when == when]
        except Misconfigured as error:
            raise Misconfigured(f"surface {surface.surface}: {error.message}") from error

    return Pipeline(
        surface=surface,
        parts=parts,
        sources=sources(surface.sources, "always"),
        community_sources=sources(surface.sources, "community"),
        asked_source=ProposingSource(graph, ASKED, {}),
        referrer_sources=sources(surface.referrer_sources, "always", back=True),
        joiner=CypherJoiner(graph, limits),
        left_out=CypherLeftOut(graph, limits),
    )


def _source(graph: AsyncGraph, entry: SourceEntry, limits: WalkSettings, *, back: bool) -> Source:
    if back != walks_back(graph, entry.query):
        way = "does not find senders, as referrer_sources must" if back else "finds senders, not targets"
        raise Misconfigured(f"{entry.query} {way}")
    if not is_walk(graph, entry.query):
        return ProposingSource(graph, entry.query, entry.parameters)
    if unknown := sorted(set(entry.parameters) - {each.name for each in fields(WalkSettings)}):
        raise Misconfigured(f"{entry.query} has no parameter {', '.join(unknown)}")
    try:
        return WalkSource(graph, entry.query, replace(limits, **entry.parameters))  # type: ignore[arg-type]
    except InvalidInput as error:
        problems = "; ".join(f"{name} {problem}" for name, problem in error.violations)
        raise Misconfigured(f"{entry.query}: {problems}") from error
    except TypeError as error:
        raise Misconfigured(f"{entry.query}: one of its parameters is of a wrong kind") from error


def make_answers(
    graph: AsyncGraph,
    surfaces: Mapping[str, Surface],
    *,
    features: FeatureSet,
    model: Callable[[], Model | None],
    challenger: Callable[[], Model | None],
    kept: Kept,
) -> Answers:
    """The answers of the graph's realm.

    Raises:
        Misconfigured: a surface names a source that has no query.
    """
    gate = CypherGate(graph)
    digest = graph.catalog.digest
    pipelines = {
        name: make_pipeline(
            graph,
            surface,
            Parts(
                gate=gate,
                filter=CypherFilter(
                    graph, target_limits=surface.target_limits(), sender_limits=surface.sender_limits()
                ),
                hydrator=PairHydrator(graph, features),
                ties=CypherTieReader(graph),
                model=model,
                recorder=kept.recorder,
                pseudonym=kept.pseudonyms.of,
                queries_digest=digest,
                realm=graph.realm,
                challenger=challenger,
            ),
        )
        for name, surface in surfaces.items()
    }
    finder = CypherChainFinder(graph)
    return Answers(
        surfaces=pipelines,
        chains=ChainsPipeline(finder, digest),
        next_hops=NextHopPipeline(CypherOutreachReader(graph), finder, digest),
        degrees=DegreesPipeline(CypherDegreeFinder(graph), digest),
        clock=RealmClock(graph),
        slices=CypherSlices(graph),
    )


def await_graph(settings: Settings, say: Say) -> None:
    """Return once Neo4j answers and its schema is current.

    Raises:
        Unavailable: it did not answer in time; the message is the last one it gave.
        Misconfigured: the schema is not current, or the settings do not lead to a server.
    """
    at = bootstrap.graph_location(settings)
    deadline = time.monotonic() + settings.grpc_start_timeout_s
    waiting = False
    while True:
        try:
            with bootstrap.open_graph(settings) as graph:
                graph.check()
                if todo := pending(graph):
                    raise Misconfigured(
                        f"{len(todo)} migrations are not applied; run `sixhop migrate`, then start again",
                        reason=Reason.SCHEMA_NOT_CURRENT,
                    )
                return
        except Unavailable:
            if time.monotonic() >= deadline:
                raise
            if not waiting:
                say(f"waiting up to {settings.grpc_start_timeout_s:.0f} s for Neo4j at {at.uri}")
                waiting = True
            time.sleep(TRY_EVERY_S)


@asynccontextmanager
async def open_realm(settings: Settings, state: State | None = None) -> AsyncIterator[tuple[Served, AsyncGraph]]:
    """What is served of the settings' realm, warmed up, and its graph. Fills in its part of `state`.

    Raises:
        Misconfigured: a surface, a query or a key is not as it must be, or the model cannot be served.
        Unavailable: the graph does not answer.
    """
    catalog = bootstrap.open_catalog(settings)
    surfaces = read_surfaces(catalog.root / "surfaces")
    pseudonyms = open_pseudonyms(settings.home, settings.realm)
    features = FeatureSet(catalog)
    registry = Registry(settings.home, settings.realm)
    champion = Champion(registry, feature_names=features.names, features_digest=features.digest)
    challenger = Challenger(registry, feature_names=features.names, features_digest=features.digest)
    retraining = Retraining(settings.home, settings.realm)
    async with bootstrap.open_async_graph(settings) as graph:
        recorder = SegmentRecorder(Places(settings.home, settings.realm).answers)
        events = EventRecorder(graph, pseudonyms.of)
        places, recently = Places(settings.home, settings.realm), RecentlyErased()
        eraser = MemberEraser(graph, places, pseudonyms, recently)
        try:
            if state is not None:
                state.breakers = lambda: graph.breakers.states
                state.recorder = lambda: (recorder.backlog, recorder.dropped)
                state.model = lambda: champion.digest
                state.health = lambda: read_figures(registry.folder, champion.digest)
            kept = Kept(RecorderWithoutErased(recorder, recently), pseudonyms)
            answers = make_answers(
                graph, surfaces, features=features, model=champion.model, challenger=challenger.model, kept=kept
            )
            await make_plans(answers)
            await events.make_plans()
            await ask_until_no_faster(answers, CypherSampler(graph), within_s=settings.warm_up_s)
            members = MemberData(graph, eraser, places, pseudonyms)
            champion.keep_current()
            challenger.keep_current()
            models = RealmModels(registry, features.names, features.digest)
            yield Served(answers, Voices(CypherVoices(graph), answers), events, members, models, retraining), graph
        finally:
            await retraining.close()
            await challenger.close()
            await champion.close()
            await events.close()
            await eraser.close()
            await asyncio.to_thread(recorder.close)


@asynccontextmanager
async def open_audit(settings: Settings, state: State) -> AsyncIterator[AuditLog]:
    """Where the settings' realm keeps who asked about whom. Raises `Misconfigured` when its key cannot be used."""
    pseudonyms = open_pseudonyms(settings.home, settings.realm)
    recorder = SegmentRecorder(settings.home / "audit" / settings.realm, what="audit lines")
    state.audit_dropped = lambda: recorder.dropped
    try:
        yield AuditLog(recorder, pseudonyms)
    finally:
        await asyncio.to_thread(recorder.close)
