"""Chains between two members against a slow enumeration of all of them, on random small graphs in a real Neo4j."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import Chain, Rules, World
from walk_worlds import NOW, a_few, repeatable, worlds

from sixhop.graph.chains import CHAINS_BETWEEN
from sixhop.graph.executor import Graph

EXACT = 1e-12
FROM, TO = "m00", "m01"
SLICES = (Path(__file__).parent / "chains_slices.cypher").read_text(encoding="utf-8")
ALLIED = {"e1": True, "e2": True, "e3": False}
NEVER = 10**12


@dataclass(frozen=True)
class ChainRules(Rules):
    """The rules of chains between two, with what only they have."""

    only_named: bool = False
    slice_of: str | None = None
    seen_by: str | None = None
    """For whose eyes it is: who may be named must be of its slice for that."""
    customers: Mapping[tuple[str, str], tuple[int | None, int | None]] = field(default_factory=dict)
    """(member, enterprise) → since, until."""
    consent_default: bool = False

    def named(self, m: str) -> bool:
        return self.world.members[m].get("can_be_named") is not False

    def in_slice(self, m: str) -> bool:
        return self.is_of(self.slice_of, m)

    def shown(self, m: str) -> bool:
        return self.named(m) and self.is_of(self.seen_by, m)

    def is_of(self, enterprise: str | None, m: str) -> bool:
        if enterprise is None:
            return True
        if ALLIED[enterprise] and self.world.members[m].get("alliance_consent", self.consent_default):
            return True
        since, until = self.customers.get((m, enterprise), (NEVER, None))
        return (since is None or since <= self.as_of) and (until is None or until > self.as_of)

    def opted_out(self, m: str) -> bool:
        facts = self.world.members[m]
        return self.offering and "opted_out_at" in facts and self.happened(facts["opted_out_at"])

    def introduces(self, m: str) -> bool:
        shown = self.shown(m) or not self.only_named
        return super().introduces(m) and shown and self.in_slice(m) and not self.opted_out(m)

    def between(self, max_length: int) -> list[Chain]:
        """Every chain from FROM to TO."""
        ends_well = not self.blocked(FROM, TO) and not self.detractor(FROM)
        ends_well = ends_well and all(self.in_slice(end) and not self.opted_out(end) for end in (FROM, TO))
        return [
            chain
            for chain in (self.chains(self.world.pass_on, max_length) if ends_well else ())
            if chain.members[-1] == TO and (chain.members[1] == TO or self.shown(chain.members[1]))
        ]


@dataclass(frozen=True)
class Example:
    world: World
    rules: ChainRules
    max_length: int
    limit: int
    width: int
    most_ties: int
    above_of: int
    """The place of the chain whose score is known already; beyond the last one nothing is."""


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(worlds())
    dice = draw(st.randoms(use_true_random=True))
    close_to, close_from = world.close_to(), world.close_from()
    members = {
        m: facts
        | {"can_be_named": dice.random() > 0.2}
        | ({"alliance_consent": dice.random() > 0.3} if dice.random() < 0.5 else {})
        | ({"close_to_best": max(close_to[m].values())} if close_to[m] and dice.random() < 0.7 else {})
        | ({"close_from_best": max(close_from[m].values())} if close_from[m] and dice.random() < 0.7 else {})
        for m, facts in world.members.items()
    }
    customers = {
        (m, e): dice.choice([(None, None), (None, None), (NOW - 1, NOW + 1), (NOW + 1, None), (NOW - 9, NOW)])
        for m in world.members
        for e in ALLIED
        if dice.random() < 0.7
    }
    slice_of = draw(st.sampled_from([None, None, None, "e1", "e3"]))
    if slice_of is not None and dice.random() < 0.7:
        customers |= {(m, slice_of): (None, None) for m in (FROM, TO)}
    world = replace(world, members=members)
    rules = ChainRules(
        world,
        FROM,
        NOW,
        offering=draw(st.sampled_from([False, False, True])),
        avoid=draw(a_few(world)) - {FROM, TO},
        only_named=draw(st.sampled_from([False, False, True])),
        slice_of=slice_of,
        seen_by=draw(st.sampled_from([None, None, "e1", "e3"])),
        customers=customers,
        consent_default=draw(st.booleans()),
    )
    return Example(
        world,
        rules,
        max_length=draw(st.sampled_from([6, 6, 5, 4, 3, 2, 1])),
        limit=draw(st.sampled_from([1, 3, 10])),
        width=draw(st.sampled_from([0, 1, 2, 3, 5, 100])),
        most_ties=draw(st.sampled_from([0, 0, 0, 2, 4, 100])),
        above_of=draw(st.sampled_from([0, 1, 5, 10**9, 10**9, 10**9])),
    )


def write(graph: Graph, example: Example) -> None:
    example.world.write(graph)
    rules = example.rules
    graph.driver.execute_query(
        SLICES,
        realm=graph.realm,
        consent_default=rules.consent_default,
        customers=[[m, e, since, until] for (m, e), (since, until) in rules.customers.items()],
        database_=graph.at.database,
    )


def ask(graph: Graph, example: Example, **more: Any) -> list[dict[str, Any]]:
    rules = example.rules
    asked = {
        "from_id": FROM,
        "to_id": TO,
        "as_of": NOW,
        "avoid_ids": list(rules.avoid),
        "only_named": rules.only_named,
        "slice_enterprise_id": rules.slice_of,
        "seen_by": rules.seen_by,
        "seen_consent": rules.consent_default if rules.seen_by and ALLIED[rules.seen_by] else None,
        "outreach": rules.offering,
        "offering_id": "o" if rules.offering else None,
        "max_length": example.max_length,
        "limit": example.limit,
        "width": example.width,
        "most_ties": example.most_ties,
        "above": 0.0,
    }
    return graph.rows(CHAINS_BETWEEN, **asked | more)


def met_in_the_middle(example: Example, chains: Iterable[Chain]) -> list[Chain]:
    """The chains whose first half is of CLOSE_TO and whose second half is of CLOSE_FROM."""
    close_to, close_from = example.world.close_to(), example.world.close_from()
    most_back = example.max_length // 2

    def splits(chain: Chain) -> bool:
        hops = list(zip(chain.members, chain.members[1:], strict=False))
        return any(
            all(v in close_to[u] for u, v in hops[:i]) and all(u in close_from[v] for u, v in hops[i:])
            for i in {len(hops) // 2, (len(hops) + 1) // 2}
            if len(hops) - i <= most_back
        )

    return [chain for chain in chains if splits(chain)]


def check(graph: Graph, example: Example) -> tuple[bool, bool, bool]:
    """Assert every claim on its own; say whether there was something to certify, and a limit."""
    every = example.rules.between(example.max_length)
    scores = {c.members: c.score for c in every}
    known = sorted(scores.values(), reverse=True)[example.above_of : example.above_of + 1]
    write(graph, example)
    try:
        rows = ask(graph, example, above=known[0] if known else 0.0)
    finally:
        example.world.clear(graph)

    found = [tuple(row["member_ids"]) for row in rows if row["member_ids"] is not None]
    assert len(rows) == max(1, len(found)) <= max(1, example.limit)
    assert len(set(found)) == len(found)
    assert all(row["from_known"] and row["to_known"] for row in rows)
    for row, members in zip(rows, found, strict=False):
        assert row["score"] == pytest.approx(scores[members], rel=EXACT, abs=0)
        assert len(row["pass_ons"]) == len(row["strengths"]) == len(members) - 1
        assert set(row["unnamed_ids"]) == {m for m in members[1:-1] if not example.rules.named(m)}
    in_order = [(-row["score"], len(members), members) for row, members in zip(rows, found, strict=False)]
    assert in_order == sorted(in_order)

    above, above_all = rows[0]["complete_above"], rows[0]["complete_above_all_ties"]
    assert above_all >= above >= (known[0] if known else 0.0)
    hidden = above_all > max(above, rows[-1]["score"] or 0.0 if len(found) == example.limit else 0.0)
    assert (rows[0]["fewest_unlisted"] or 10**9) > example.most_ties
    assert not hidden or rows[0]["fewest_unlisted"] is not None
    last = rows[-1]["score"] * (1 - EXACT) if len(found) == example.limit else 0.0
    middle = met_in_the_middle(example, every)
    for chains, threshold in ((middle, above), (every, above_all)):
        for chain in chains:
            if chain.score > threshold * (1 + EXACT) and chain.score > last * (1 + 2 * EXACT):
                assert chain.members in found
    best, best_of_all = (max((c.score for c in chains), default=0.0) for chains in (middle, every))
    return best > above, best_of_all > above_all, above > 0


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[tuple[bool, bool, bool]] = []

    @repeatable(max_examples)
    @given(examples())
    def run(example: Example) -> None:
        seen.append(check(graph, example))

    run()
    whole = len(seen)
    assert sum(best for best, _, _ in seen) > whole / 8, "too few examples certify a chain"
    assert sum(best for _, best, _ in seen) > whole / 20, "too few examples certify a chain over all ties"
    assert sum(limited for _, _, limited in seen) > whole / 6, "too few examples reach a limit"


def test_the_best_chain_above_the_threshold_is_the_best_there_is(graph: Graph) -> None:
    tally_check(graph, 100)


@pytest.mark.verify
def test_the_best_chain_above_the_threshold_is_the_best_there_is_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)


def chain_world(members: Mapping[str, Mapping[str, Any]] | None = None, **facts: Any) -> World:
    ties = {FROM: {"a": 0.5, "b": 0.4}, "a": {TO: 0.5}, "b": {TO: 0.5}, TO: {}}
    return World(members={m: (members or {}).get(m, {}) for m in ties}, pass_on=ties, **facts)


def example_of(world: World, **rules: Any) -> Example:
    return Example(world, ChainRules(world, FROM, NOW, offering=False, **rules), 6, 10, 100, 0, 0)


def found(graph: Graph, example: Example, **more: Any) -> list[list[str] | None]:
    return [row["member_ids"] for row in ask(graph, example, **more)]


@pytest.fixture
def example() -> Example:
    return example_of(chain_world())


def test_chains_come_best_first_with_the_whole_certificate(graph: Graph, example: Example) -> None:
    write(graph, example)
    rows = ask(graph, example)
    assert [row["member_ids"] for row in rows] == [[FROM, "a", TO], [FROM, "b", TO]]
    assert [row["score"] for row in rows] == [0.25, 0.2]
    assert {(row["complete_above"], row["complete_above_all_ties"]) for row in rows} == {(0.0, 0.0)}


def test_no_chain_is_one_row_with_its_certificate(graph: Graph, example: Example) -> None:
    write(graph, example)
    [row] = ask(graph, example, avoid_ids=["a", "b"])
    assert row == {
        "from_known": True,
        "to_known": True,
        "enterprise_known": False,
        "member_ids": None,
        "unnamed_ids": None,
        "pass_ons": None,
        "strengths": None,
        "score": None,
        "complete_above": 0.0,
        "complete_above_all_ties": 0.0,
        "fewest_unlisted": None,
    }


def test_two_who_block_each_other_have_no_chain(graph: Graph, example: Example) -> None:
    chain_world(blocks={(TO, FROM): None}).write(graph)
    assert found(graph, example) == [None]


@pytest.mark.parametrize(
    ("ends", "known"),
    [({"from_id": "nobody"}, (False, True)), ({"to_id": "nobody"}, (True, False)), ({"to_id": FROM}, (True, True))],
)
def test_an_end_that_is_not_there_is_told(
    graph: Graph, example: Example, ends: dict[str, str], known: tuple[bool, bool]
) -> None:
    write(graph, example)
    [row] = ask(graph, example, **ends)
    assert (row["from_known"], row["to_known"]) == known
    assert row["member_ids"] is None


def test_the_first_contact_can_be_named_and_all_where_that_is_asked(graph: Graph) -> None:
    ties = {
        FROM: {"a": 0.9, "b": 0.4},
        "a": {TO: 0.9},
        "b": {"c": 0.9, "d": 0.5},
        "c": {TO: 0.9},
        "d": {TO: 0.9},
        TO: {},
    }
    unnamed = {m: {"can_be_named": m not in ("a", "c", TO)} for m in ties}
    example = example_of(World(members=unnamed, pass_on=ties))
    write(graph, example)
    rows = ask(graph, example)
    assert [row["member_ids"] for row in rows] == [[FROM, "b", "c", TO], [FROM, "b", "d", TO]]
    assert [row["unnamed_ids"] for row in rows] == [["c"], []]
    assert found(graph, example, only_named=True) == [[FROM, "b", "d", TO]]


def test_a_slice_is_its_customers_and_who_consented_to_the_alliance(graph: Graph) -> None:
    own = {(m, e): (None, None) for m in (FROM, TO) for e in ALLIED}
    example = example_of(chain_world(), customers={**own, ("a", "e1"): (None, None), ("b", "e2"): (None, NOW)})
    write(graph, example)
    assert found(graph, example, slice_enterprise_id="e1") == [[FROM, "a", TO]], "by its customers"
    assert found(graph, example, slice_enterprise_id="e2") == [None], "b is no longer a customer"
    assert found(graph, example, slice_enterprise_id="e3") == [None]
    [row] = ask(graph, example, slice_enterprise_id="e9")
    assert (row["enterprise_known"], row["member_ids"]) == (False, None)


def test_consent_to_the_alliance_counts_where_there_is_one(graph: Graph) -> None:
    agreed = chain_world(members={m: {"alliance_consent": True} for m in (FROM, TO, "a")})
    example = example_of(agreed)
    write(graph, example)
    assert found(graph, example, slice_enterprise_id="e2") == [[FROM, "a", TO]]
    assert found(graph, example, slice_enterprise_id="e3") == [None], "e3 is in no alliance"
    agreed.clear(graph)
    write(graph, replace(example, rules=replace(example.rules, consent_default=True)))
    assert len(found(graph, example, slice_enterprise_id="e2")) == 2, "the realm's default stands for b"


def test_who_opted_out_or_speaks_ill_of_it_is_not_asked_in_an_outreach(graph: Graph) -> None:
    world = chain_world(members={"a": {"opted_out_at": 5}}, experiences={"b": {"sentiment": -0.5, "last_at": 5}})
    example = example_of(world)
    write(graph, example)
    assert len(found(graph, example)) == 2
    assert found(graph, example, outreach=True, offering_id="o") == [None]
    assert found(graph, example, outreach=True) == [[FROM, "b", TO]]


def test_ties_that_no_list_holds_are_walked_where_they_are_few(graph: Graph) -> None:
    world = replace(chain_world(), close_ties=1)
    lone = replace(world, pass_on={**world.pass_on, "a": {}, "b": {TO: 0.5}})
    example = example_of(lone)
    write(graph, example)
    [row] = ask(graph, example, max_length=2, most_ties=0)
    assert (row["member_ids"], row["complete_above"], row["complete_above_all_ties"]) == (None, 0.0, 0.5)
    assert row["fewest_unlisted"] == 2
    [row] = ask(graph, example, max_length=2, most_ties=2)
    assert (row["score"], row["complete_above_all_ties"]) == (0.2, 0.0)


def test_with_a_first_width_of_nothing_the_rest_is_not_certified(graph: Graph) -> None:
    ties: dict[str, dict[str, float]] = {f"m{i:02d}": {f"m{i + 1:02d}": 0.5} for i in (0, 2, 3, 4, 5)}
    ties |= {FROM: {"m02": 0.5}, "m06": {TO: 0.5}, TO: {}}
    example = example_of(World(members={m: {} for m in ties}, pass_on=ties))
    write(graph, example)
    [row] = ask(graph, example, width=0)
    assert (row["member_ids"], row["complete_above"]) == (None, 0.5**2)
    [row] = ask(graph, example, width=1, max_length=5)
    assert (row["member_ids"], row["complete_above"]) == (None, 0.0)
    [row] = ask(graph, example)
    assert (row["score"], row["complete_above"]) == (0.5**6, 0.0)
    [row] = ask(graph, example, above=0.5**6)
    assert (row["member_ids"], row["complete_above"]) == (None, 0.5**6)
