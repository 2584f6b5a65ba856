"""Which graphs are measured, by name, and the digest that says whether a loaded one can be used again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

GENERATOR_VERSION = 2
"""Of what generator and import make of the same parameters: a graph of another version is made anew."""
REALM = "bench"


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """A graph to make. `hubs` members more are tied both ways with each of the `members`."""

    name: str
    members: int
    hubs: int = 0
    mean_ties: int = 10
    exponent: float = 2.6
    """Of the power law of degrees, out and in."""
    most_ties: int = 1000
    """What a member may expect at most, hubs apart."""
    seed: int = 7

    @property
    def all_members(self) -> int:
        return self.members + self.hubs

    @property
    def digest(self) -> str:
        """The same for the same graph."""
        what = json.dumps([GENERATOR_VERSION, asdict(self)], sort_keys=True)
        return hashlib.sha256(what.encode()).hexdigest()[:12]


GRAPHS = {
    spec.name: spec
    for spec in (
        GraphSpec("tiny", 2_000),
        GraphSpec("10k", 10_000),
        GraphSpec("100k", 100_000),
        GraphSpec("1m", 1_000_000),
        GraphSpec("hubs", 100_000, hubs=10),
    )
}
"""`hubs`: ten members with 100,000 ties out and in each."""
