"""Who and what is of an enterprise's slice, as a real graph says it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rpc_world import DAY_S, NOW
from slices_world import write_slices_world

from sixhop.domain import Slice
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.graph.slices import CypherSlices
from sixhop.slices import Kind, Named, Sight

ALL: Named = {
    Kind.MEMBER: ("s", "a", "k", "zz-first", "zz-leaf-gone", "zz-leaf-plain", "nobody"),
    Kind.OFFERING: ("o", "o2", "zz-offering", "nothing"),
    Kind.COMMUNITY: ("jazz", "music", "zz-club", "nowhere"),
    Kind.ENTERPRISE: ("e1", "e2", "buyer", "zz-enterprise", "nobodys"),
    Kind.OUTREACH: ("to-x", "zz-outreach", "zz-outreach-to", "none"),
}
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


async def test_what_is_not_seen_becomes_what_cannot_be(slices: CypherSlices) -> None:
    sight = await look(slices, "e1")
    assert (sight.member("s"), sight.offering("o"), sight.own_enterprise("e1")) == ("s", "o", "e1")
    made_up = [sight.member("zz-first"), sight.member("nobody"), sight.offering("s"), sight.own_enterprise("e2")]
    assert len({*made_up}) == 4
    assert all(len(each) > 128 for each in made_up), "no id is so long"
    assert Sight().member("zz-first") == "zz-first", "who has no slice sees all"
