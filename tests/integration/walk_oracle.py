"""A slow, plain enumeration of every chain of a small graph: what the walk's answers are compared with.

Knows the rules of chains and the shape of the graph; knows nothing of rounds, widths or Cypher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sixhop.graph.executor import Graph

HERE = Path(__file__).parent
WRITE_WORLD = (HERE / "walk_world.cypher").read_text(encoding="utf-8")
CLEAR_WORLD = (HERE / "walk_world_clear.cypher").read_text(encoding="utf-8")
DETRACTOR = -0.5
LONG_AGO = 1_000_000_000

Ties = Mapping[str, Mapping[str, float]]
"""from → to → pass_on."""


@dataclass(frozen=True)
class Chain:
    members: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class World:
    """A small graph. Facts that are absent are not written, as in the real one."""

    members: Mapping[str, Mapping[str, Any]]
    pass_on: Ties
    since: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last_at: Mapping[tuple[str, str], int] = field(default_factory=dict)
    blocks: Mapping[tuple[str, str], int | None] = field(default_factory=dict)
    experiences: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of the one offering that chains are about."""
    tastes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each member experienced of other offerings, long ago."""
    close_ties: int = 32
    lost: Mapping[str, int] = field(default_factory=dict)
    """How many last entries of a member's lists are gone and not refilled yet."""
    last_event_at: int | None = None
    parents: Mapping[str, str | None] = field(default_factory=dict)
    """Communities, each with the one it is part of."""
    belongs: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """Memberships: (member, community) → facts."""
    bounds: str = "missing"
    """What a member's `close_to_best` and `close_from_best` are: exact, loose or missing."""

    def close_to(self) -> Ties:
        """The best outgoing ties of each member."""
        return {u: self._best(u, ties) for u, ties in self.pass_on.items()}

    def close_from(self) -> Ties:
        """to → from → pass_on: who best reaches each member."""
        into: dict[str, dict[str, float]] = {m: {} for m in self.members}
        for u, ties in self.pass_on.items():
            for v, pass_on in ties.items():
                into[v][u] = pass_on
        return {v: self._best(v, ties) for v, ties in into.items()}

    def _best(self, m: str, ties: Mapping[str, float]) -> dict[str, float]:
        ranked = sorted(ties.items(), key=lambda tie: (-tie[1], tie[0]))[: self.close_ties]
        return dict(ranked[: len(ranked) - self.lost.get(m, 0)] if len(ranked) > self.lost.get(m, 0) else [])

    def _bound(self, listed: Mapping[str, float], ties: Mapping[str, float]) -> float | None:
        """At least the best listed tie; not known where everything that was listed is lost."""
        best = max(listed.values(), default=0.0 if not ties else None)
        if self.bounds == "missing" or best is None:
            return None
        return best if self.bounds == "exact" else (best + 1) / 2

    def _bounds(self) -> dict[str, dict[str, float]]:
        to, back = self.close_to(), self.close_from()
        into: dict[str, dict[str, float]] = {
            m: {u: t[m] for u, t in self.pass_on.items() if m in t} for m in self.members
        }
        return {
            m: _present(
                close_to_best=self._bound(to.get(m, {}), self.pass_on.get(m, {})),
                close_from_best=self._bound(back[m], into[m]),
            )
            for m in self.members
        }

    def write(self, graph: Graph) -> None:
        """Write the world into the graph's realm, in one statement."""
        realm = {"realm": graph.realm, "half_life_days": 90.0}
        if self.last_event_at is not None:
            realm["last_event_at"] = self.last_event_at
        if self.since:
            realm["last_since"] = max(self.since.values())
        pairs = [(u, v, pass_on) for u, ties in self.pass_on.items() for v, pass_on in ties.items()]
        bounds = self._bounds()
        world = {
            "settings": realm,
            "members": [
                {"realm": graph.realm, "member_id": m, **bounds[m], **facts} for m, facts in self.members.items()
            ],
            "ties": [
                {"from": u, "to": v, "facts": _present(pass_on=p, strength=1.0, **self._times(u, v))}
                for u, v, p in pairs
            ],
            "close_to": [
                {"from": u, "to": v, "pass_on": p} for u, ties in self.close_to().items() for v, p in ties.items()
            ],
            "close_from": [
                {"from": u, "to": v, "pass_on": p} for v, ties in self.close_from().items() for u, p in ties.items()
            ],
            "blocks": [{"from": u, "to": v, "facts": _present(at=at)} for (u, v), at in self.blocks.items()],
            "communities": [{"id": c, "parent": parent} for c, parent in self.parents.items()],
            "belongs": [{"member_id": m, "id": c, "facts": dict(facts)} for (m, c), facts in self.belongs.items()],
            "experiences": [
                {"member_id": m, "offering_id": "o", "facts": facts} for m, facts in self.experiences.items()
            ]
            + [
                {"member_id": m, "offering_id": o, "facts": {"first_at": LONG_AGO, "last_at": LONG_AGO}}
                for m, offerings in self.tastes.items()
                for o in sorted(offerings)
            ],
        }
        graph.driver.execute_query(WRITE_WORLD, realm=graph.realm, world=world, database_=graph.at.database)

    def _times(self, u: str, v: str) -> dict[str, int | None]:
        return {"since": self.since.get((u, v)), "last_at": self.last_at.get((u, v))}

    def clear(self, graph: Graph) -> None:
        graph.driver.execute_query(CLEAR_WORLD, realm=graph.realm, database_=graph.at.database)


def _present(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


@dataclass(frozen=True)
class Rules:
    """Who may stand where in a chain from `sender` about an offering, as of a time."""

    world: World
    sender: str
    as_of: int
    offering: bool = True
    avoid: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    community: str | None = None
    experienced: bool = False
    """Whether introducers need a good experience of the offering."""
    most_asked: int = 20
    asked_within_s: int = 7 * 86_400

    @property
    def past(self) -> bool:
        """Of an earlier time than the realm's last event: then later blocks and opt-outs had not happened yet."""
        return self.world.last_event_at is None or self.as_of < self.world.last_event_at

    def happened(self, at: int | None) -> bool:
        return not self.past or at is None or at <= self.as_of

    def blocked(self, u: str, v: str) -> bool:
        blocks = self.world.blocks
        return any(pair in blocks and self.happened(blocks[pair]) for pair in ((u, v), (v, u)))

    def named(self, m: str) -> bool:
        return self.world.members[m].get("can_be_named") is not False

    def opted_out(self, m: str) -> bool:
        facts = self.world.members[m]
        return "opted_out_at" in facts and self.happened(facts["opted_out_at"])

    def lately(self, m: str, what: str, within_s: int) -> int:
        """How often `asked_at`, `sent_at` or `reached_at` says within the last seconds."""
        return sum(self.as_of - within_s < at <= self.as_of for at in self.world.members[m].get(what, ()))

    def experience(self, m: str) -> Mapping[str, Any] | None:
        return self.world.experiences.get(m) if self.offering else None

    def has_it(self, m: str) -> bool:
        x = self.experience(m)
        return x is not None and (x.get("first_at") is None or x["first_at"] <= self.as_of)

    def detractor(self, m: str) -> bool:
        x = self.experience(m)
        if x is None or x.get("sentiment") is None:
            return False
        at = x.get("last_at", x.get("first_at"))
        return x["sentiment"] <= DETRACTOR and (at is None or at <= self.as_of)

    def glad(self, m: str) -> bool:
        """Whether they have a good experience of the offering."""
        x = self.experience(m)
        return x is not None and self.has_it(m) and (x.get("sentiment") is None or x["sentiment"] >= 0)

    def introduces(self, m: str) -> bool:
        return (
            self.world.members[m].get("can_introduce") is not False
            and not self.detractor(m)
            and m not in self.avoid
            and self.lately(m, "asked_at", self.asked_within_s) < self.most_asked
            and (self.glad(m) or not self.experienced)
        )

    def hop(self, u: str, v: str) -> bool:
        since = self.world.since.get((u, v))
        return self.world.pass_on[u][v] > 0 and not self.blocked(u, v) and (since is None or since <= self.as_of)

    def eligible(self, m: str) -> bool:
        return (
            m != self.sender
            and self.world.members[m].get("can_be_reached") is not False
            and self.named(m)
            and not self.opted_out(m)
            and not self.blocked(self.sender, m)
            and not self.detractor(m)
            and not self.has_it(m)
            and (self.only is None or m in self.only)
            and (self.community is None or self.community in self.circles(m))
        )

    def circles(self, m: str) -> set[str]:
        """The communities a member belongs to, and those that they are part of."""
        found: set[str] = set()
        for (member, c), facts in self.world.belongs.items():
            if member == m and facts.get("since", 0) <= self.as_of < facts.get("until", self.as_of + 1):
                circle: str | None = c
                while circle is not None:
                    found.add(circle)
                    circle = self.world.parents[circle]
        return found

    def chains(self, ties: Ties, max_length: int) -> Iterator[Chain]:
        """Every simple chain from the sender of 1…max_length ties that obeys the rules, whatever its end may be."""
        stack = [Chain((self.sender,), 1.0)]
        while stack:
            chain = stack.pop()
            end = chain.members[-1]
            if len(chain.members) > 1:
                yield chain
            if len(chain.members) > max_length or (len(chain.members) > 1 and not self.goes_on(chain)):
                continue
            for v, pass_on in ties.get(end, {}).items():
                if v not in chain.members and self.hop(end, v):
                    stack.append(Chain((*chain.members, v), chain.score * pass_on))

    def goes_on(self, chain: Chain) -> bool:
        """Whether the last one may introduce; the first contact must be named to the sender."""
        return self.introduces(chain.members[-1]) and (len(chain.members) > 2 or self.named(chain.members[1]))

    def best_scores(self, ties: Ties, max_length: int) -> dict[str, float]:
        """The best chain score of each eligible member."""
        best: dict[str, float] = {}
        for chain in self.chains(ties, max_length):
            end = chain.members[-1]
            if self.eligible(end):
                best[end] = max(best.get(end, 0.0), chain.score)
        return best

    def shortest(self, ties: Ties, max_length: int) -> dict[str, int]:
        """The length of the shortest chain to each member."""
        best: dict[str, int] = {}
        for chain in self.chains(ties, max_length):
            end, length = chain.members[-1], len(chain.members) - 1
            best[end] = min(best.get(end, length), length)
        return best
