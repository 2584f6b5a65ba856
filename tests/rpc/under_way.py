"""Outreaches under way, in the small world that the service is asked about, among members of their own.

    ns → na → nt        ns → nb → nq → nt       nq may not be named
         na → nc → nt   ns → nx → ny → nt

`ns`, `na`, `nb` and `nt` are customers of the enterprise `shop`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sixhop.graph.executor import Graph

UNDER_WAY = (Path(__file__).parent / "under_way.cypher").read_text(encoding="utf-8")
TIES = [
    ["ns", "na", 0.5],
    ["na", "nt", 0.5],
    ["ns", "nb", 0.4],
    ["nb", "nq", 0.9],
    ["nq", "nt", 0.9],
    ["na", "nc", 0.9],
    ["nc", "nt", 0.4],
    ["ns", "nx", 0.1],
    ["nx", "ny", 0.5],
    ["ny", "nt", 0.5],
    ["nl", "na", 0.5],
]
HOPS: dict[str, tuple[str, ...]] = {
    "new": ("ns", "nt"),
    "planned": ("ns", "na", "nt"),
    "as-planned": ("ns", "nb", "nq", "nt"),
    "asked": ("ns", "na asked", "nt"),
    "passed-on": ("ns", "na passed_on", "nt"),
    "declined": ("ns", "nb declined", "nt"),
    "silent": ("ns", "nb no_answer", "nt"),
    "both-declined": ("ns", "nb declined", "na declined", "nx declined", "nt"),
    "back": ("ns", "nx passed_on", "ny declined", "nt"),
    "unnamed": ("ns", "nb passed_on", "nq passed_on", "nt"),
    "unnamed-asked": ("ns", "nb passed_on", "nq asked", "nt"),
    "acted": ("ns", "na passed_on", "nt acted"),
    "target-asked": ("ns", "na passed_on", "nt asked"),
    "has-outcome": ("ns", "na passed_on", "nt"),
}
"""Members in order, each with what came of asking them; who has nothing was not asked."""
SAME_POSITION = {"both-declined": {"na": 1, "nx": 1, "nt": 2}}


def outreach(outreach_id: str, hops: tuple[str, ...]) -> dict[str, Any]:
    rows = []
    for number, words in enumerate(hops):
        member_id, _, state = words.partition(" ")
        facts: dict[str, Any] = {"position": SAME_POSITION.get(outreach_id, {}).get(member_id, number)}
        if state:
            facts |= {"attempt": 1, "asked_by": hops[number - 1].split()[0], "asked_at": 10 * number, "state": state}
            facts |= {} if state == "asked" else {"answered_at": 10 * number + 5}
        rows.append({"member_id": member_id, "facts": facts})
    return {"outreach_id": outreach_id, "outcome": "adopted" if outreach_id == "has-outcome" else None, "hops": rows}


def write_under_way(graph: Graph) -> None:
    graph.driver.execute_query(
        UNDER_WAY,
        realm=graph.realm,
        members=[{"member_id": "nq", "can_be_named": False}],
        ties=TIES,
        outreaches=[outreach(outreach_id, hops) for outreach_id, hops in HOPS.items()],
        customers=["ns", "na", "nb", "nt"],
        database_=graph.at.database,
    )
