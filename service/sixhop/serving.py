"""Composes the serving process: what a realm's answers are made of, from settings. Knows all parts, decides nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sixhop import bootstrap
from sixhop.errors import Misconfigured, Reason, Unavailable
from sixhop.graph.chains import CypherChainFinder
from sixhop.graph.clock import RealmClock
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.features import FeatureSet
from sixhop.graph.filters import CypherTargetFilter
from sixhop.graph.gate import CypherGate
from sixhop.graph.hydrator import PairHydrator
from sixhop.graph.migrations import pending
from sixhop.graph.sources import CypherSource
from sixhop.models.registry import load_champion
from sixhop.pipeline.answers import Answers
from sixhop.pipeline.find_chains import ChainsPipeline
from sixhop.pipeline.ports import ChainFinder, Hydrator, Model, Recorder
from sixhop.pipeline.run import TargetsPipeline
from sixhop.pipeline.segments import SegmentRecorder
from sixhop.pipeline.surfaces import Surface, read_surfaces
from sixhop.pipeline.warm_up import warm_up
from sixhop.pseudonyms import Pseudonyms, open_pseudonyms
from sixhop.settings import Settings

TRY_EVERY_S = 0.5
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What answers are made of besides the graph's own queries."""

    hydrator: Hydrator
    model: Model | None
    chain_finder: ChainFinder
    recorder: Recorder
    pseudonyms: Pseudonyms


def make_answers(graph: AsyncGraph, surfaces: Mapping[str, Surface], parts: Parts) -> Answers:
    """The answers of the graph's realm.

    Raises:
        Misconfigured: a surface names a source that has no query.
    """
    gate = CypherGate(graph)
    target_filter = CypherTargetFilter(graph)
    digest = graph.catalog.digest
    pipelines = {
        name: TargetsPipeline(
            surface=surface,
            gate=gate,
            sources=[(CypherSource(graph, entry.query, entry.parameters), entry.share) for entry in surface.sources],
            target_filter=target_filter,
            hydrator=parts.hydrator,
            model=parts.model,
            recorder=parts.recorder,
            pseudonym=parts.pseudonyms.of,
            queries_digest=digest,
        )
        for name, surface in surfaces.items()
    }
    return Answers(pipelines, ChainsPipeline(parts.chain_finder, gate, digest), RealmClock(graph))


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
async def open_answers(settings: Settings) -> AsyncIterator[tuple[Answers, AsyncGraph]]:
    """The answers of the settings' realm, warmed up, and the graph they come from.

    Raises:
        Misconfigured: a surface, a query or a key is not as it must be, or the model cannot be served.
        Unavailable: the graph does not answer.
    """
    catalog = bootstrap.open_catalog(settings)
    surfaces = read_surfaces(catalog.root / "surfaces")
    pseudonyms = open_pseudonyms(settings.home, settings.realm)
    features = FeatureSet(catalog)
    model = load_champion(settings.home, settings.realm, feature_names=features.names, features_digest=features.digest)
    async with bootstrap.open_async_graph(settings) as graph:
        recorder = SegmentRecorder(settings.home / "segments" / settings.realm)
        try:
            parts = Parts(PairHydrator(graph, features), model, CypherChainFinder(graph), recorder, pseudonyms)
            answers = make_answers(graph, surfaces, parts)
            await warm_up(answers)
            yield answers, graph
        finally:
            await asyncio.to_thread(recorder.close)
