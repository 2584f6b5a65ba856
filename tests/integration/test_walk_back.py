"""The backward walk against a slow enumeration of all chains forward, from everyone who may send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import Chain, Rules, Ties, World
from walk_worlds import LATELY_S, MOST, NOW, a_few, repeatable, tried, worlds

from sixhop.domain import Candidate, SourceResult
from sixhop.graph.executor import Graph
from sixhop.graph.walk import BackwardAnchor, WalkSettings, read_walks

BACK = "sources/six_degree_walk_back"
EXACT = 1e-12
QUOTAS = ((0,) * 6, (1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (1, 1, 1, 0, 0, 0))


@dataclass(frozen=True)
class Backward:
    """Who may send to one of the targets, and through whom."""

    rules: Rules
    """For who stands in between; its sender is nobody."""
    targets: tuple[str, ...]
    most_sent: int = MOST
    sent_within_s: int = LATELY_S

    def sends(self, m: str) -> bool:
        return (
            self.rules.glad(m)
            and not self.rules.detractor(m)
            and self.rules.named(m)
            and not self.rules.opted_out(m)
            and self.rules.lately(m, "sent_at", self.sent_within_s) < self.most_sent
        )

    def starts(self, chain: Chain) -> bool:
        """Whether its sender may start this chain: to this target, by this first contact."""
        sender, first, target = chain.members[0], chain.members[1], chain.members[-1]
        return not self.rules.blocked(sender, target) and (first == target or self.rules.named(first))

    def chains(self, ties: Ties, max_length: int) -> Iterator[Chain]:
        """Every simple chain to a target, through no other target, of who may send as far as they alone decide it."""
        for sender in self.rules.world.members:
            if sender not in self.targets and self.sends(sender):
                yield from self._on(Chain((sender,), 1.0), ties, max_length)

    def _on(self, chain: Chain, ties: Ties, left: int) -> Iterator[Chain]:
        end = chain.members[-1]
        for v, pass_on in ties.get(end, {}).items():
            if v in chain.members or not self.rules.hop(end, v):
                continue
            longer = Chain((*chain.members, v), chain.score * pass_on)
            if v in self.targets:
                yield longer
            elif left > 1 and self.rules.introduces(v):
                yield from self._on(longer, ties, left - 1)


@dataclass(frozen=True)
class Example:
    world: World
    backward: Backward
    walk: WalkSettings


@st.composite
def examples(draw: st.DrawFn) -> Example:
    world = draw(tried(draw(worlds(sizes=(5, 7, 8, 8)))))
    places = draw(st.sampled_from([1, 2, 4, 40, 40]))
    min_degree, max_degree = draw(st.sampled_from([(1, 6)] * 7 + [(2, 6), (1, 2)]))
    asked = WalkSettings(
        width=draw(st.sampled_from([1, 2, 3, 5])),
        beam=draw(st.sampled_from([0, 1, 2, 4])),
        targets=places,
        quotas=draw(st.sampled_from([quotas for quotas in QUOTAS if sum(quotas) <= places])),
        max_length=draw(st.sampled_from([6, 6, 6, 4, 2, 1])),
        min_degree=min_degree,
        max_degree=max_degree,
        experienced_introducers=draw(st.integers(0, 4)) == 0,
        most_asked=MOST,
        asked_within_s=LATELY_S,
        most_sent=MOST,
        sent_within_s=LATELY_S,
    )
    rules = Rules(
        world,
        "",
        NOW,
        avoid=draw(a_few(world)),
        experienced=asked.experienced_introducers,
        most_asked=MOST,
        asked_within_s=LATELY_S,
    )
    others = draw(st.lists(st.sampled_from(sorted(world.members)[:4]), max_size=2))
    targets = tuple(dict.fromkeys([draw(st.sampled_from(["m01", "m00"])), *others]))
    return Example(world, Backward(rules, targets), asked)


def walk_back(graph: Graph, example: Example) -> SourceResult:
    backward = example.backward
    anchor = BackwardAnchor((*backward.targets, "nobody"), "o", NOW, tuple(backward.rules.avoid))
    rows = graph.rows(BACK, **example.walk.parameters([anchor]))
    [result] = read_walks(rows, anchors=[anchor], name=BACK)
    assert result is not None
    return result


def check(graph: Graph, example: Example) -> tuple[int, int, bool, bool]:
    """Assert every claim on its own; say how much there was to certify."""
    world, backward, asked = example.world, example.backward, example.walk
    world.write(graph)
    try:
        result = walk_back(graph, example)
    finally:
        world.clear(graph)
    assert result.certificate is not None
    assert result.joints == ()
    found = {c.sender_id: c for c in result.candidates}
    assert len(found) == len(result.candidates) <= asked.targets
    above, above_all = result.certificate.complete_above, result.certificate.complete_above_all_ties
    assert above_all >= above
    listed: dict[str, dict[str, float]] = {m: {} for m in world.members}
    for v, into in world.close_from().items():
        for u, pass_on in into.items():
            listed[u][v] = pass_on

    close = list(backward.chains(listed, asked.max_length))
    by_members = {chain.members: chain for chain in close}
    shortest = _shortest(close)
    for sender, candidate in found.items():
        chain = by_members[candidate.chain.members]
        assert backward.starts(chain)
        assert candidate.chain.score == pytest.approx(chain.score, rel=EXACT, abs=0)
        assert shortest[sender] <= candidate.degree <= candidate.chain.length
        assert asked.min_degree <= candidate.degree <= asked.max_degree
    certified = whole(backward, close, asked, found, above)
    certified_all = whole(backward, list(backward.chains(world.pass_on, asked.max_length)), asked, found, above_all)
    return certified, certified_all, above > 0, above_all > above


def whole(
    backward: Backward, chains: list[Chain], asked: WalkSettings, found: dict[str, Candidate], above: float
) -> int:
    """Assert that who is certified was found, with the best score; how many these are.

    Whose best chain may not be started is no sender; where several are best, one of which may, both answers are right.
    """
    best: dict[str, list[Chain]] = {}
    for chain in chains:
        known = best.setdefault(chain.members[0], [])
        if known and chain.score > known[0].score * (1 + EXACT):
            known.clear()
        if not known or chain.score >= known[0].score * (1 - EXACT):
            known.append(chain)
    shortest = _shortest(chains)
    must = {
        m: equals[0].score
        for m, equals in best.items()
        if equals[0].score > above * (1 + EXACT)  # the walk multiplies from the other end
        and all(map(backward.starts, equals))
        and asked.min_degree <= shortest[m]
        and max(len(chain.members) for chain in equals) - 1 <= asked.max_degree
    }
    scores = {m: c.chain.score for m, c in found.items()}
    assert {m: scores.get(m) for m in must} == pytest.approx(must, rel=EXACT, abs=0)
    for m, score in scores.items():
        if score > above * (1 + EXACT):
            assert any(map(backward.starts, best[m]))
            assert score == pytest.approx(best[m][0].score, rel=EXACT, abs=0)
    return len(must)


def _shortest(chains: list[Chain]) -> dict[str, int]:
    shortest: dict[str, int] = {}
    for chain in chains:
        length = len(chain.members) - 1
        shortest[chain.members[0]] = min(shortest.get(chain.members[0], length), length)
    return shortest


def tally_check(graph: Graph, max_examples: int) -> None:
    seen: list[tuple[int, int, bool, bool]] = []

    @repeatable(max_examples)
    @given(examples())
    def run(example: Example) -> None:
        seen.append(check(graph, example))

    run()
    total = len(seen)
    assert sum(n > 0 for n, _, _, _ in seen) > total / 3, "too few examples certify anything over CLOSE_FROM"
    assert sum(n > 0 for _, n, _, _ in seen) > total / 4, "too few examples certify anything over all ties"
    assert sum(n > 0 and limited for n, _, limited, _ in seen) > total / 5, "too few examples reach a limit"
    assert sum(hub for _, _, _, hub in seen) > total / 12, "too few examples have unlisted ties"


def test_every_sender_above_the_thresholds_is_found_exactly(graph: Graph) -> None:
    tally_check(graph, 200)


@pytest.mark.verify
def test_every_sender_above_the_thresholds_is_found_exactly_thousands_of_times(graph: Graph) -> None:
    tally_check(graph, 3000)
