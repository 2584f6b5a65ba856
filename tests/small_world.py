"""Writes small worlds into a realm of a real Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sixhop.graph.executor import Graph

WRITE = (Path(__file__).parent / "small_world.cypher").read_text(encoding="utf-8")


def tie(start: str, end: str, **facts: Any) -> dict[str, Any]:
    return {"from": start, "to": end, "facts": {"strength": 1.0, "pass_on": 0.03, **facts}}


def experience(member: str, offering: str, at: int, **facts: Any) -> dict[str, Any]:
    return {"member": member, "offering": offering, "facts": {"first_at": at, "last_at": at, "times": 1, **facts}}


def write_world(
    graph: Graph,
    *,
    members: Sequence[str] = (),
    offerings: Sequence[str] = (),
    ties: Sequence[dict[str, Any]] = (),
    experiences: Sequence[dict[str, Any]] = (),
    settings: dict[str, Any] | None = None,
) -> None:
    with graph.driver.session(database=graph.at.database) as session:
        session.run(
            WRITE,
            realm=graph.realm,
            members=list(members),
            offerings=list(offerings),
            ties=list(ties),
            experiences=list(experiences),
            settings=settings or {},
        ).consume()
