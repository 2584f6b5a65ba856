"""Composes what requests are watched with, from settings and the catalogue. Counts and traces nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

from sixhop import bootstrap
from sixhop.errors import Misconfigured
from sixhop.graph.features import FeatureSet
from sixhop.settings import Settings
from sixhop.telemetry.exposition import serve_metrics
from sixhop.telemetry.metrics import Metrics
from sixhop.telemetry.state import State
from sixhop.telemetry.traces import open_tracer
from sixhop.telemetry.watching import Watching

Say = Callable[[str], None]


@contextmanager
def open_watching(
    settings: Settings, say: Say, *, state: State, methods: Iterable[str], codes: Iterable[str]
) -> Iterator[Watching]:
    """What requests are watched with; metrics are served, and spans sent, until the end of the block.

    Args:
        settings: Say where metrics are served; spans go where `OTEL_*` say.
        say: Is told where metrics are served.
        state: What the process is like; filled in as it is composed.
        methods: Names of all calls that are served.
        codes: Names of all codes that they may end with.

    Raises:
        Misconfigured: the address that was set cannot be served on, or tracing is asked for and not installed.
    """
    catalog = bootstrap.open_catalog(settings)
    state.queries_digest = catalog.digest
    queries = (*(query.name for query in catalog), FeatureSet(catalog).query.name)
    metrics = Metrics(methods=methods, codes=codes, queries=queries)
    metrics.registry.register(state)
    with open_tracer() as tracer, _served(metrics, settings, say):
        yield Watching(metrics, tracer)


@contextmanager
def _served(metrics: Metrics, settings: Settings, say: Say) -> Iterator[None]:
    if not settings.metrics_address:
        yield
        return
    with ExitStack() as open_now:
        try:
            address = open_now.enter_context(serve_metrics(metrics.registry, settings.metrics_address))
            say(f"metrics on {address}")
        except Misconfigured as error:
            if "metrics_address" in settings.model_fields_set:
                raise
            say(f"without metrics: {error.message}")  # nobody asked for them, so a second service may start here
        yield
