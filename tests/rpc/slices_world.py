"""A world of two allied enterprises. All that `e1` must not see has an id that begins with `zz`.

    s → a → c → d        s → b → c        s → k            who e1 sees; k is e2's customer and consented to the alliance
    s → zz-first → x     s → a → zz-mid → x                x is seen, but only over others; zz-first may not come first
    r → zz-mid
    leaves next to them: zz-leaf-plain (s, c and a reach it), zz-leaf-fan (reaches a and c, has all), zz-leaf-foe
    (speaks ill of it), zz-leaf-out (opted out), zz-leaf-gone (was e1's customer), zz-leaf-hub (many know it)

Of these nothing that e1 is told depends on the leaves, so it is told the same when they are gone.
"""

from __future__ import annotations

from pathlib import Path

from rpc_world import DAY_S, NOW, World, experience

from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph

SLICES = (Path(__file__).parent / "slices.cypher").read_text(encoding="utf-8")
HIDDEN = "zz"
NO_LEAVES = "MATCH (n {realm: $realm}) WHERE n[$key] STARTS WITH 'zz-leaf' DETACH DELETE n"
OWN = ("s", "a", "b", "c", "d", "r", "x")
OTHERS = ("k", "zz-first", "zz-mid", "zz-leaf-plain", "zz-leaf-fan", "zz-leaf-foe", "zz-leaf-hub")


def slices_world() -> World:
    world = World(
        members={
            "k": {"alliance_consent": True},
            "b": {"alliance_consent": False},
            "zz-leaf-out": {"opted_out_at": NOW - DAY_S},
            "zz-leaf-gone": {},
            "zz-leaf-fan": {},
        },
        ties={
            ("s", "a"): 0.5,
            ("a", "c"): 0.5,
            ("c", "d"): 0.5,
            ("s", "b"): 0.4,
            ("b", "c"): 0.3,
            ("s", "k"): 0.3,
            ("s", "zz-first"): 0.9,
            ("zz-first", "x"): 0.9,
            ("a", "zz-mid"): 0.5,
            ("zz-mid", "x"): 0.5,
            ("r", "zz-mid"): 0.8,
            ("r", "a"): 0.2,
            **{(each, "zz-leaf-plain"): 0.8 for each in ("s", "a", "c")},
            **{("zz-leaf-fan", each): 0.9 for each in ("a", "c", "s", "x")},
            ("a", "zz-leaf-foe"): 0.9,
            ("s", "zz-leaf-out"): 0.7,
            ("c", "zz-leaf-gone"): 0.9,
            **{(each, "zz-leaf-hub"): 0.6 for each in ("s", "a", "b", "c", "d", "k", "r")},
        },
        offerings={"o": {"kind": "artist"}, "o2": {"kind": "event"}, "zz-offering": {"kind": "event"}},
        experiences=[
            *(experience(each, offering) for each in ("s", "r") for offering in ("o", "o2", "zz-offering")),
            *(experience("zz-leaf-fan", offering) for offering in ("o", "o2", "zz-offering")),
            experience("c", "o2"),
            experience("zz-leaf-foe", sentiment=-0.9),
            experience("zz-leaf-hub", "o2"),
        ],
        outreaches=[
            {"outreach_id": "to-x", "at": NOW - 3 * DAY_S, "member_ids": ["s", "x"]},
            {"outreach_id": "zz-outreach", "at": NOW - 3 * DAY_S, "member_ids": ["zz-leaf-fan", "c"]},
            {"outreach_id": "zz-outreach-to", "at": NOW - 3 * DAY_S, "member_ids": ["s", "zz-leaf-plain"]},
        ],
        communities=[{"community_id": "jazz", "parent_id": "music"}, {"community_id": "zz-club", "parent_id": "all"}],
        memberships=[
            {"member_id": "c", "community_id": "jazz", "weight": 0.9},
            {"member_id": "zz-leaf-plain", "community_id": "jazz", "weight": 0.9},
            {"member_id": "zz-leaf-plain", "community_id": "zz-club", "weight": 0.9},
        ],
        enterprises=["e1", "e2", "zz-enterprise", "buyer"],
        acts_for=[
            *({"member_id": each, "enterprise_id": "buyer"} for each in ("c", "zz-leaf-plain", "zz-leaf-out")),
            {"member_id": "zz-leaf-plain", "enterprise_id": "zz-enterprise"},
            {"member_id": "zz-leaf-plain", "enterprise_id": "e2"},
        ],
        settings={"as_of_last_event": True, "last_event_at": NOW, "alliance_consent_default": False},
    )
    for u, v in world.ties:
        world.members.setdefault(u, {})
        world.members.setdefault(v, {})
    return world


def write_slices_world(graph: Graph) -> None:
    slices_world().write(graph)
    customers = [
        *({"member_id": each, "enterprise_id": "e1", "until": None} for each in OWN),
        *({"member_id": each, "enterprise_id": "e2", "until": None} for each in OTHERS),
        {"member_id": "zz-leaf-gone", "enterprise_id": "e1", "until": NOW - DAY_S},
        {"member_id": "s", "enterprise_id": "e2", "until": None},
    ]
    offered = [("o", "e1"), ("o2", "e2"), ("zz-offering", "zz-enterprise")]
    graph.driver.execute_query(
        SLICES,
        realm=graph.realm,
        allied=["e1", "e2"],
        customers=customers,
        offered=[{"offering_id": offering, "enterprise_id": enterprise} for offering, enterprise in offered],
        database_=graph.at.database,
    )


def take_leaves_away(graph: Graph) -> None:
    graph.driver.execute_query(NO_LEAVES, realm=graph.realm, key="member_id", database_=graph.at.database)
    rebuild_close(graph)
