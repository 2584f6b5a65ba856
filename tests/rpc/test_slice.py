"""Who and what is of an enterprise's slice, as a real graph says it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rpc_world import DAY_S, NOW, World, experience
from slices_world import SLICES, write_slices_world

from sixhop.domain import Slice
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.slices import CypherSlices
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, BackwardAnchor, WalkSettings, read_walks
from sixhop.slices import Kind, Named, Sight

ALL: Named = {
    Kind.MEMBER: ("s", "a", "k", "zz-first", "zz-leaf-gone", "zz-leaf-plain", "nobody"),
    Kind.OFFERING: ("o", "o2", "zz-offering", "nothing"),
    Kind.COMMUNITY: ("jazz", "music", "zz-club", "nowhere"),
    Kind.ENTERPRISE: ("e1", "e2", "buyer", "zz-enterprise", "nobodys"),
    Kind.OUTREACH: ("to-x", "zz-outreach", "zz-outreach-to", "none"),
}
BACK = "sources/six_degree_walk_back"
SET_DEFAULT = "MATCH (r:Realm {realm: $realm}) SET r.alliance_consent_default = true"
LEAVE = "MATCH (:Enterprise {realm: $realm, enterprise_id: 'e1'})-[a:ALLIED_IN]->() DELETE a"


@pytest.fixture
async def slices(graph: Graph) -> AsyncIterator[CypherSlices]:
    write_slices_world(graph)
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as opened:
        yield CypherSlices(opened)


async def look(slices: CypherSlices, enterprise: str, *, as_of: int = NOW, named: Named = ALL) -> Sight:
    return await slices.look(enterprise, named, as_of=as_of, freshness_token=None, timeout_s=10)


def of(sight: Sight, kind: Kind) -> set[str]:
    return {plain_id for each, plain_id in sight.seen if each is kind}


async def test_an_enterprise_sees_its_customers_and_who_consented_to_its_alliance(slices: CypherSlices) -> None:
    sight = await look(slices, "e1")
    assert sight.slice == Slice("e1", consent=False)
    assert of(sight, Kind.MEMBER) == {"s", "a", "k"}
    assert of(sight, Kind.OFFERING) == {"o", "o2"}, "its own, and its ally's"
    assert of(sight, Kind.COMMUNITY) == {"jazz", "music"}, "where it sees somebody"
    assert of(sight, Kind.ENTERPRISE) == {"e1", "e2", "buyer"}, (
        "itself, allies, and those that somebody it sees acts for"
    )
    assert of(sight, Kind.OUTREACH) == {"to-x"}, "whose sender and target it sees"


async def test_a_customer_is_one_from_then_until_then(slices: CypherSlices) -> None:
    named = {Kind.MEMBER: ("s", "zz-leaf-gone")}
    assert of(await look(slices, "e1", as_of=NOW - 2 * DAY_S, named=named), Kind.MEMBER) == {"s", "zz-leaf-gone"}
    assert of(await look(slices, "e1", as_of=NOW - DAY_S, named=named), Kind.MEMBER) == {"s"}
    assert of(await look(slices, "e1", as_of=0, named=named), Kind.MEMBER) == set()


async def test_who_has_said_nothing_consents_as_the_realm_says_and_only_within_an_alliance(
    slices: CypherSlices, graph: Graph
) -> None:
    named = {Kind.MEMBER: ("b", "zz-first", "zz-leaf-plain")}
    graph.driver.execute_query(SET_DEFAULT, realm=graph.realm, database_=graph.at.database)
    assert of(await look(slices, "e1", named=named), Kind.MEMBER) == {"b", "zz-first", "zz-leaf-plain"}
    assert of(await look(slices, "e2", named=named), Kind.MEMBER) == {"zz-first", "zz-leaf-plain"}, "b said no"
    assert (await look(slices, "zz-enterprise", named=named)).slice == Slice("zz-enterprise", consent=None)
    graph.driver.execute_query(LEAVE, realm=graph.realm, database_=graph.at.database)
    assert of(await look(slices, "e1", named=named), Kind.MEMBER) == {"b"}


@pytest.mark.parametrize("enterprise", ["nobodys", "s", ""])
async def test_an_enterprise_that_is_not_there_sees_nobody(slices: CypherSlices, enterprise: str) -> None:
    sight = await look(slices, enterprise)
    assert of(sight, Kind.MEMBER) == of(sight, Kind.ENTERPRISE) == of(sight, Kind.OUTREACH) == set()
    assert sight.member("s") != "s"


def crowd(graph: Graph) -> None:
    """From `s` and to `t` over a0 … a3: each with 28 close ones whom `e1` does not see, a0 with 3 more whom it does."""
    own = ["s", "t", "a0", "a1", "a2", "a3", "c0", "c1", "c2", "f0", "f1", "f2"]
    ties: dict[tuple[str, str], float] = {}
    for middle in ("a0", "a1", "a2", "a3"):
        ties |= {("s", middle): 0.9, (middle, "t"): 0.9}
        ties |= {(middle, f"zz-to-{middle}-{number}"): 0.9 for number in range(28)}
        ties |= {(f"zz-from-{middle}-{number}", middle): 0.9 for number in range(28)}
    ties |= {("a0", each): 0.1 for each in ("c0", "c1", "c2")} | {(each, "a0"): 0.1 for each in ("f0", "f1", "f2")}
    senders = ["f0", "f1", "f2", *(u for u, _ in ties if u.startswith("zz-from"))]
    World(
        members={each: {} for each in own},
        ties=ties,
        offerings={"o": {}},
        experiences=[experience(each) for each in senders],
        enterprises=["e1"],
    ).write(graph)
    graph.driver.execute_query(
        SLICES,
        realm=graph.realm,
        allied=[],
        customers=[{"member_id": each, "enterprise_id": "e1", "until": None} for each in own],
        offered=[],
        database_=graph.at.database,
    )


def test_walks_find_whom_an_enterprise_sees_behind_many_whom_it_does_not(graph: Graph) -> None:
    crowd(graph)
    targets = {"t", "a0", "a1", "a2", "a3", "c0", "c1", "c2"}
    assert ends_of_walks(graph, None, -1) > {"a0"}
    assert not ends_of_walks(graph, None, -1) & {"c0", "c1", "c2"}, "they have no place among the best 64"
    assert ends_of_walks(graph, Slice("e1"), -1) == targets
    assert not ends_of_walks(graph, None, 0) & {"f0", "f1", "f2"}
    assert ends_of_walks(graph, Slice("e1"), 0) == {"f0", "f1", "f2"}


def ends_of_walks(graph: Graph, seen_by: Slice | None, end: int) -> set[str]:
    """Who the walk from `s` (-1: targets) or back from `t` (0: senders) finds."""
    anchor = Anchor("s", "o", NOW, seen_by=seen_by) if end else BackwardAnchor(("t",), "o", NOW, seen_by=seen_by)
    query = SIX_DEGREE_WALK if end else BACK
    rows = graph.rows(query, **WalkSettings(most_adopters=10).parameters([anchor]))
    [result] = read_walks(rows, anchors=[anchor], name=query)
    assert result is not None
    return {each.chain.members[end] for each in result.candidates}


async def test_what_is_not_seen_becomes_what_cannot_be(slices: CypherSlices) -> None:
    sight = await look(slices, "e1")
    assert (sight.member("s"), sight.offering("o"), sight.own_enterprise("e1")) == ("s", "o", "e1")
    made_up = [sight.member("zz-first"), sight.member("nobody"), sight.offering("s"), sight.own_enterprise("e2")]
    assert len({*made_up}) == 4
    assert all(len(each) > 128 for each in made_up), "no id is so long"
    assert Sight().member("zz-first") == "zz-first", "who has no slice sees all"
