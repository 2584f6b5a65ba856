"""What the process is like when it is asked: queue, breakers, recorder, model. Reads, and counts nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from sixhop import __version__

HEALTH = {
    "psi_max": "Population stability index of the feature that moved most, in nats.",
    "score_psi": "Population stability index of the model's scores, in nats.",
    "calibration_ratio": "Predicted over observed adoptions of what was sent.",
    "outcome_rate": "Share of what was sent that was adopted.",
    "age_seconds": "Time since the model that serves was trained.",
    "retraining_due": "1 while a limit of its health is passed.",
    "looked_at_seconds": "When its health was last looked at, in seconds since 1970.",
}
"""Of the model that serves; `sixhop models health` finds out."""


@dataclass(slots=True, eq=False)
class State(Collector):
    """Filled in while the process is composed; each field reads one thing, and is called from the metrics' thread."""

    queries_digest: str = ""
    model: Callable[[], str] = str
    """Digest of the referral model that serves; empty when none does."""
    breakers: Callable[[], Mapping[str, bool]] = dict
    """Whether it is open, for each query that was asked."""
    recorder: Callable[[], tuple[int, int]] = lambda: (0, 0)
    """Answers that wait to be recorded, and how many were dropped since the start."""
    health: Callable[[], Mapping[str, float]] = dict
    """What was found when the model that serves was last looked at, by the names of `HEALTH`; what is not known is not
    there."""
    audit_dropped: Callable[[], int] = int
    """How often a line of the audit log was not kept."""
    queue: Callable[[], tuple[int, int]] = lambda: (0, 0)
    """Requests that have their turn, and that wait for it."""
    serving: Callable[[], bool] = bool

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily(
            "sixhop_build",
            "What runs.",
            value={"version": __version__, "queries_digest": self.queries_digest},
        )
        yield InfoMetricFamily("sixhop_model", "The referral model that serves.", value={"model": self.model()})
        yield GaugeMetricFamily("sixhop_serving", "1 while health checks are told SERVING.", value=self.serving())
        yield from self._health()
        yield from self._counts()
        breakers = GaugeMetricFamily("sixhop_query_breaker_open", "1 while the query is not asked.", labels=["query"])
        for query, is_open in sorted(self.breakers().items()):
            breakers.add_metric([query], is_open)
        yield breakers

    def _health(self) -> Iterator[Metric]:
        found = self.health()
        for name, what in HEALTH.items():
            gauge = GaugeMetricFamily(f"sixhop_model_{name}", what)
            if name in found:
                gauge.add_metric([], found[name])
            yield gauge

    def _counts(self) -> Iterator[Metric]:
        working, waiting = self.queue()
        yield GaugeMetricFamily("sixhop_requests_working", "Requests that have their turn.", value=working)
        yield GaugeMetricFamily("sixhop_requests_waiting", "Requests that wait for their turn.", value=waiting)
        backlog, dropped = self.recorder()
        yield GaugeMetricFamily("sixhop_recorder_backlog", "Answers that wait to be recorded.", value=backlog)
        yield CounterMetricFamily("sixhop_recorder_dropped", "Answers that were not recorded.", value=dropped)
        lost = self.audit_dropped()
        yield CounterMetricFamily("sixhop_audit_dropped", "Lines of the audit log that were not kept.", value=lost)
