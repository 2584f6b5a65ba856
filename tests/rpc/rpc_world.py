"""The small world that the service is asked about in tests, written to a realm of a real Neo4j.

`s` may reach over contacts `a`, `b` and `shy` (who may not be named); the chains are

    s → a → c → d → e → f → g → h          h is seven ties away
    s → b → quiet → q                      quiet may not be named
    s → shy → x                            x is only behind shy
    s → a → adopted, opted, unreachable, blocked, reached, declined, hidden       who must not be shown
    alone → a                                                   alone has the offering too

`c` and `d` are of communities within `music`; `c` acts for `acme`, and so do some who may not be reached.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph

NOW = int(time.time())
DAY_S = 86_400
WORLD = (Path(__file__).parent / "world.cypher").read_text(encoding="utf-8")
UNNAMED = ("quiet", "shy", "hidden")
REFUSED = ("adopted", "opted", "unreachable", "blocked", "reached", "declined", "hidden")
NOT_TO_BE_SHOWN = (*REFUSED, "shy", "x")


def experience(member_id: str, offering_id: str = "o", **facts: Any) -> dict[str, Any]:
    at = NOW - 40 * DAY_S
    return {
        "member_id": member_id,
        "offering_id": offering_id,
        "facts": {"kind": "use", "first_at": at, "last_at": at, **facts},
    }


@dataclass
class World:
    """What is in the realm; change it, then `write` it."""

    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    ties: dict[tuple[str, str], float] = field(default_factory=dict)
    offerings: dict[str, dict[str, Any]] = field(default_factory=dict)
    experiences: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)
    outreaches: list[dict[str, Any]] = field(default_factory=list)
    communities: list[dict[str, Any]] = field(default_factory=list)
    memberships: list[dict[str, Any]] = field(default_factory=list)
    enterprises: list[str] = field(default_factory=list)
    acts_for: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def write(self, graph: Graph) -> None:
        for u, v in self.ties:
            self.members.setdefault(u, {})
            self.members.setdefault(v, {})
        self._count_outreaches()
        graph.driver.execute_query(
            WORLD,
            realm=graph.realm,
            now=NOW,
            settings={"realm": graph.realm, **self.settings},
            members=[{"member_id": member_id, **facts} for member_id, facts in self.members.items()],
            offerings=[{"offering_id": offering_id, **facts} for offering_id, facts in self.offerings.items()],
            ties=[{"from": u, "to": v, "pass_on": pass_on} for (u, v), pass_on in self.ties.items()],
            blocks=[{"from": u, "to": v} for u, v in self.blocks],
            experiences=self.experiences,
            outreaches=[{"offering_id": "o", "outcome": None, **each} for each in self.outreaches],
            communities=self.communities,
            memberships=self.memberships,
            enterprises=self.enterprises,
            acts_for=self.acts_for,
            database_=graph.at.database,
        )
        rebuild_close(graph)

    def _count_outreaches(self) -> None:
        """Members remember when they were last sent, asked and reached."""
        for name in ("sent_at", "asked_at", "reached_at"):
            for facts in self.members.values():
                facts.pop(name, None)
        for each in self.outreaches:
            sender_id, *between, target_id = each["member_ids"]
            roles = [("sent_at", sender_id), ("reached_at", target_id), *(("asked_at", member) for member in between)]
            for name, member_id in roles:
                self.members[member_id].setdefault(name, []).append(each["at"])


def small_world() -> World:
    return World(
        members={
            "quiet": {"can_be_named": False},
            "shy": {"can_be_named": False},
            "hidden": {"can_be_named": False},
            "opted": {"opted_out_at": NOW - DAY_S},
            "unreachable": {"can_be_reached": False},
            "s-opted": {"opted_out_at": NOW - DAY_S},
            "s-none": {},
            "s-meh": {},
            "s-bad": {},
            "s-busy": {},
            "alone": {},
            "far": {},
        },
        ties={
            ("s", "a"): 0.5,
            ("s", "b"): 0.4,
            ("s", "shy"): 0.9,
            ("shy", "x"): 0.9,
            ("a", "c"): 0.5,
            ("c", "d"): 0.5,
            ("d", "e"): 0.5,
            ("e", "f"): 0.5,
            ("f", "g"): 0.5,
            ("g", "h"): 0.5,
            ("b", "quiet"): 0.5,
            ("quiet", "q"): 0.5,
            ("b", "c"): 0.2,
            **{("a", each): 0.3 for each in REFUSED},
            **{(each, "a"): 0.5 for each in ("s-opted", "s-none", "s-meh", "s-bad", "s-busy", "alone")},
        },
        offerings={"o": {"kind": "artist", "value": 2.0}, "o-old": {"kind": "artist"}, "o-new": {"kind": "event"}},
        experiences=[
            experience("s", sentiment=0.8),
            experience("adopted"),
            experience("s-opted"),
            experience("s-meh", sentiment=-0.2),
            experience("s-bad", sentiment=-0.9),
            experience("s-busy"),
            experience("alone"),
            *(experience(each, "o-old") for each in ("s", "c", "d")),
            experience("c", "o-new", place="oslo", channel="shop"),
        ],
        blocks=[("blocked", "s")],
        outreaches=[
            {"outreach_id": "recent", "at": NOW - 3 * DAY_S, "member_ids": ["b", "reached"]},
            {"outreach_id": "long-ago", "at": NOW - 90 * DAY_S, "member_ids": ["b", "d"]},
            {"outreach_id": "through-e", "at": NOW - 3 * DAY_S, "member_ids": ["b", "e", "reached"]},
            {"outreach_id": "no", "at": NOW - 20 * DAY_S, "member_ids": ["b", "declined"], "outcome": "declined"},
            *(
                {"outreach_id": f"busy-{number}", "at": NOW - DAY_S, "member_ids": ["s-busy", "far"]}
                for number in range(20)
            ),
        ],
        memberships=[
            {"member_id": "c", "community_id": "jazz", "weight": 0.9},
            {"member_id": "c", "community_id": "folk", "weight": 0.1},
            {"member_id": "d", "community_id": "bebop", "weight": 0.5},
            {"member_id": "hidden", "community_id": "jazz", "weight": 0.5},
        ],
        communities=[
            {"community_id": "bebop", "parent_id": "jazz"},
            {"community_id": "jazz", "parent_id": "music"},
        ],
        enterprises=["acme", "nobodys", "shut"],
        acts_for=[
            {"member_id": member_id, "enterprise_id": enterprise_id}
            for enterprise_id, member_ids in (("acme", ("c", "d", "hidden", "adopted")), ("shut", ("opted", "reached")))
            for member_id in member_ids
        ],
    )
