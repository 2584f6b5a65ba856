"""A realm with what gates and filters read of members, written to a real Neo4j. Knows the graph, no rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sixhop.graph.executor import Graph

WRITE = (Path(__file__).parent / "rules_world.cypher").read_text(encoding="utf-8")
NOW = 1_700_000_000


@dataclass(frozen=True)
class RulesWorld:
    """Members and offerings with their facts, and what lies between them."""

    members: dict[str, dict[str, Any]]
    offerings: dict[str, dict[str, Any]] = field(default_factory=lambda: {"o": {}})
    ties: list[dict[str, Any]] = field(default_factory=list)
    close_from: list[tuple[str, str]] = field(default_factory=list)
    """(from, to): from is among those who best reach to."""
    experiences: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)
    outreaches: list[dict[str, Any]] = field(default_factory=list)
    memberships: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    acts_for: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def write(self, graph: Graph) -> None:
        world = {
            "settings": self.settings,
            "members": [{"member_id": m, **facts} for m, facts in self.members.items()],
            "offerings": [{"offering_id": o, **facts} for o, facts in self.offerings.items()],
            "ties": self.ties,
            "close_from": [list(pair) for pair in self.close_from],
            "experiences": self.experiences,
            "blocks": [list(pair) for pair in self.blocks],
            "outreaches": self.outreaches,
            "memberships": [{"member": m, "community": c, "facts": facts} for m, c, facts in self.memberships],
            "acts_for": [list(pair) for pair in self.acts_for],
        }
        graph.driver.execute_query(WRITE, realm=graph.realm, world=world, database_=graph.at.database)


def outreach(number: int, *members: str, offering: str = "o", **facts: Any) -> dict[str, Any]:
    """From the first to the last member; sent now unless the facts say otherwise."""
    return {"members": list(members), "offering": offering, "facts": {"outreach_id": f"r{number}", "at": NOW, **facts}}
