"""The dashboard and the alerts speak of metrics that the service has, in queries that can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from sixhop.domain import Stage, StageReport
from sixhop.errors import Reason
from sixhop.rpc.interceptors.watched import CODES
from sixhop.rpc.server import METHODS
from sixhop.telemetry.metrics import PARTS, WHY_MISSING, Metrics
from sixhop.telemetry.state import HEALTH, State
from sixhop.telemetry.watching import Watching

ROOT = Path(__file__).resolve().parents[3]
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "sixhop.json").read_text())
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OF_PROMETHEUS = {"up": {"job", "instance"}}
OF_THE_SCRAPE = {"job", "instance"}
SAID = {
    "method": frozenset(METHODS),
    "code": frozenset(CODES),
    "reason": frozenset(Reason),
    "part": PARTS,
    "why": WHY_MISSING,
    "job": frozenset({"sixhop"}),
}
"""What labels may say, where that is a closed set."""


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    alerts = [(rule["alert"], rule["expr"]) for rule in RULES]
    charts = [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    return alerts + [(title, expr.replace("$__rate_interval", "5m")) for title, expr in charts]


@pytest.fixture(scope="module")
def exported() -> dict[str, set[str]]:
    """Every series' name that the service exports, with its labels."""
    metrics = Metrics(methods=METHODS, codes=CODES, queries=["q"])
    metrics.registry.register(State(breakers=lambda: {"q": False}, health=lambda: dict.fromkeys(HEALTH, 1.0)))
    watch = Watching(metrics).begin(METHODS[0], "r", {})
    with watch.query("q"):
        pass
    with pytest.raises(ValueError, match="lost"), watch.query("q"):
        raise ValueError("lost")
    watch.answered([StageReport(Stage.GATE, "gate", 0, elapsed_s=1.0, missing="failed")], empty=True)
    watch.recorded(applied=1, duplicate=0, rejected=0)
    watch.failed(Reason.INTERNAL)
    watch.end("OK")
    names: dict[str, set[str]] = {name: set(labels) for name, labels in OF_PROMETHEUS.items()}
    for family in metrics.registry.collect():
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels, OF_THE_SCRAPE)
    return names


def selectors(expr: Any) -> Iterator[Any]:
    if isinstance(expr, promql_parser.VectorSelector):
        yield expr
    for name in ("lhs", "rhs", "expr", "vector_selector", "args", "param"):
        below = getattr(expr, name, None)
        for each in below if isinstance(below, list) else [below]:
            if each is not None and not isinstance(each, (str, int, float)):
                yield from selectors(each)


@pytest.mark.parametrize(("where", "expr"), queries())
def test_every_query_can_be_read_and_asks_for_what_is_exported(
    exported: dict[str, set[str]], where: str, expr: str
) -> None:
    found = list(selectors(promql_parser.parse(expr)))
    assert found, where
    for selector in found:
        assert selector.name in exported, f"{where}: no metric {selector.name}"
        for matcher in selector.matchers.matchers:
            assert matcher.name in exported[selector.name], f"{where}: {selector.name} has no label {matcher.name}"
            if matcher.name in SAID:
                said = [word for word in SAID[matcher.name] if re.fullmatch(matcher.value, word)]
                assert said, f"{where}: no {matcher.name} is {matcher.value}"
    for labels in re.findall(r"by \(([^)]*)\)", expr):
        known = set().union(*(exported[selector.name] for selector in found))
        assert set(labels.replace(" ", "").split(",")) <= known, where


def test_every_alert_says_what_it_means_and_where_to_read_what_to_do() -> None:
    headings = {line.removeprefix("### ").lower() for line in OPERATIONS.splitlines() if line.startswith("### ")}
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/operations.md"
        assert anchor in headings, f"{rule['alert']} has no section in {page}"


def test_every_metric_of_ours_is_described_and_shown(exported: dict[str, set[str]]) -> None:
    asked = {selector.name for _, expr in queries() for selector in selectors(promql_parser.parse(expr))}
    endings = re.compile(r"_(bucket|count|sum|created)$")
    ours = {endings.sub("", name) for name in exported if name.startswith("sixhop_") and not name.endswith("_created")}
    assert {endings.sub("", name) for name in asked if name.startswith("sixhop_")} == ours
    assert not [name for name in ours if f"`{name}`" not in OPERATIONS]


def test_panels_do_not_overlap_and_have_numbers_of_their_own() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
