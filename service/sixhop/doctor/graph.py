"""What the graph's server is, how it is set, and whether its schema and the realm are usable. Knows no models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from sixhop.doctor.finding import Finding, fail, ok, warn
from sixhop.graph import migrations
from sixhop.graph.executor import Graph
from sixhop.graph.realm import find_realm

OLDEST = (5, 26)
MONITOR = "db.transaction.monitor.check.interval"
CSV_FILES = "dbms.security.allow_csv_import_from_file_urls"
SLOWEST_MONITOR_S = 0.1
COUNTED = 20_000
"""Members and offerings are counted up to here, and ties only of these."""
_PARTS = {
    "members": "members",
    "ties": "ties",
    "close_to": "CLOSE_TO",
    "close_from": "CLOSE_FROM",
    "offerings": "offerings",
    "experiences": "experiences",
}
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|m)$")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0}


def server(graph: Graph) -> Iterator[Finding]:
    """That it answers, its version and edition."""
    graph.check()
    components = graph.rows("ops/doctor_server")
    yield ok("Neo4j", f"answers at {graph.at.uri}")
    for row in components:
        if row["name"] != "Neo4j Kernel":
            continue
        numbers = tuple(int(part) for part in re.findall(r"\d+", row["version"])[:2])
        shown = f"{row['version']}, {row['edition']} edition"
        if numbers < OLDEST:
            yield fail("version", shown, "the queries need Neo4j 5.26 or newer: upgrade the server")
        else:
            yield ok("version", shown)


def server_settings(graph: Graph) -> Iterator[Finding]:
    """The two settings that matter: when time limits fire, and that queries read no files."""
    values = {row["name"]: row["value"] for row in graph.rows("ops/doctor_settings")}
    interval_s = _seconds(values.get(MONITOR))
    if interval_s is None:
        yield warn(
            "time limits", f"{MONITOR} cannot be read", f"see that it is at most {SLOWEST_MONITOR_S * 1000:.0f}ms"
        )
    elif interval_s > SLOWEST_MONITOR_S:
        what = f"{MONITOR}={values[MONITOR]}: a query's time limit may fire that much too late"
        yield warn("time limits", what, f"set {MONITOR}=20ms in neo4j.conf and restart the server")
    else:
        yield ok("time limits", f"{MONITOR}={values[MONITOR]}")
    if values.get(CSV_FILES) == "false":
        yield ok("files", f"{CSV_FILES}=false")
    else:
        what = f"{CSV_FILES}={values.get(CSV_FILES, 'unknown')}: whoever may query may read files of the server"
        yield warn("files", what, f"set {CSV_FILES}=false in neo4j.conf and restart the server")


def _seconds(value: str | None) -> float | None:
    match = _DURATION.match(value or "")
    return float(match.group(1)) * _UNIT_S[match.group(2)] if match else None


def schema(graph: Graph) -> Iterator[Finding]:
    """Migrations applied, a constraint for each key of `schema.yaml`, indexes online."""
    waiting = migrations.pending(graph)
    if waiting:
        names = ", ".join(f"V{m.version:04d}__{m.name}" for m in waiting)
        yield fail("schema", f"pending: {names}", "run `sixhop migrate`")
    else:
        yield ok("schema", "current")
    missing = _keys(graph) - {(row["labelsOrTypes"][0], tuple(row["properties"])) for row in _constraints(graph)}
    if missing and not waiting:
        shown = ", ".join(f"{label} ({', '.join(key)})" for label, key in sorted(missing))
        yield fail("constraints", f"missing: {shown}", "someone dropped them; make them as in cypher/migrations")
    elif not missing:
        yield ok("constraints", f"{len(_keys(graph))} keys are unique")
    broken = [row["name"] for row in graph.rows("ops/doctor_indexes") if row["state"] != "ONLINE"]
    if broken:
        to_do = "wait until they are filled; those that failed: drop them, make them again as in cypher/migrations"
        yield warn("indexes", f"not online: {', '.join(broken)}", to_do)


def _constraints(graph: Graph) -> list[dict[str, Any]]:
    return graph.rows("ops/doctor_constraints")


def _keys(graph: Graph) -> set[tuple[str, tuple[str, ...]]]:
    described = yaml.safe_load((graph.catalog.root / "schema.yaml").read_text(encoding="utf-8"))
    return {(label, tuple(node["key"])) for label, node in described["nodes"].items()}


def realm(graph: Graph) -> Iterator[Finding]:
    """That the realm has settings and data, and that its index of the walk is there."""
    name = f"realm {graph.realm}"
    load = f"load it with `sixhop import DIR --realm {graph.realm}`"
    counts = graph.rows("ops/doctor_realm", most=COUNTED)[0]
    if not counts["members"]:
        yield warn(name, "has no members", load)
        return
    if find_realm(graph) is None:
        yield warn(name, "has no settings: its data were not imported", load)
    whole = counts["members"] < COUNTED and counts["offerings"] < COUNTED
    shown = ", ".join(f"{counts[part]:,} {part_name}" for part, part_name in _PARTS.items())
    yield ok(name, shown if whole else f"at least {shown}")
    store = graph.rows("ops/doctor_store")[0]
    yield ok("store", f"{store['members']:,} members and {store['ties']:,} ties, all realms together")
    if counts["ties"] and not (counts["close_to"] and counts["close_from"]):
        what = "has ties but no CLOSE_TO or CLOSE_FROM: the walk finds nobody"
        yield fail(name, what, f"make them with `sixhop retrain --realm {graph.realm}`, or import again")
