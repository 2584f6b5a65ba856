"""Training's walk over arrays against the walk that serves, on random small graphs in a real Neo4j."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from walk_oracle import World
from walk_worlds import NOW, repeatable, worlds

from sixhop.graph.executor import Graph
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks
from sixhop_ml.history import read_history
from sixhop_ml.net import read_net
from sixhop_ml.walk import close_ties, walk

EXACT = 1e-12
ALL_TIES = 32


@dataclass(frozen=True)
class Example:
    world: World
    settings: WalkSettings


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """No quotas: places that are kept for a degree go by what else was found, which a wider search finds more of."""
    world = draw(worlds())
    members = {m: {k: v for k, v in facts.items() if k != "asked_at"} for m, facts in world.members.items()}
    settings = WalkSettings(
        width=draw(st.sampled_from([1, 2, 3, 5, 8])),
        beam=draw(st.sampled_from([0, 1, 2, 4])),
        targets=draw(st.sampled_from([1, 2, 4, 8, 40])),
        quotas=(0,) * 6,
        max_length=draw(st.sampled_from([6, 6, 3, 2, 1])),
    )
    # what training does not look at: it walks about no offering, and lists are whole
    plain = replace(world, members=members, experiences={}, lost={}, parents={}, belongs={}, close_ties=ALL_TIES)
    # of opting out and blocks those count that were made by then, also where then is now
    return Example(replace(plain, last_event_at=NOW + 5), settings)


def test_whatever_the_serving_walk_is_sure_of_training_proposes_alike(graph: Graph) -> None:
    seen: Counter[str] = Counter()

    @repeatable(60)
    @given(example=examples())
    def check(example: Example) -> None:
        example.world.write(graph)
        try:
            history = read_history(graph)
            net = read_net(graph, history.member_ids)
            pass_on = example.world.pass_on
            values = np.array(
                [pass_on[history.member_ids[u]][history.member_ids[v]] for u, v in zip(net.start, net.end, strict=True)]
            )
            ties = close_ties(net, values, by=NOW + 10, most=ALL_TIES)
            sender = history.member_ids.index("m00")
            found = walk(net, ties, np.array([sender]), np.array([NOW]), example.settings)
            mine = {
                history.member_ids[target]: (score, degree)
                for target, score, degree in zip(found.target, found.score, found.degree, strict=True)
            }
            rows = graph.rows(SIX_DEGREE_WALK, **example.settings.parameters([Anchor("m00", None, NOW)]))
            [serving] = read_walks(rows, anchors=[Anchor("m00", None, NOW)], name=SIX_DEGREE_WALK)
        finally:
            example.world.clear(graph)
        assert serving is not None
        sure = {
            each.target_id: each
            for each in serving.candidates
            if each.chain.score > serving.certificate.complete_above + EXACT
        }
        for member_id, each in sure.items():
            assert member_id in mine
            score, degree = mine[member_id]
            assert abs(score - each.chain.score) < EXACT
            assert degree <= each.degree, "the shortest chain met is at most the serving walk's"
        beyond = {m for m, (score, _) in mine.items() if score > serving.certificate.complete_above + EXACT}
        assert beyond <= sure.keys(), "nobody is proposed whom the serving walk would know not to"
        assert np.all(found.weakest >= found.score - EXACT)
        seen["sure"] += len(sure)
        seen["far"] += sum(degree > 2 for _, degree in mine.values())
        seen["unsure"] += len(serving.candidates) > len(sure)

    check()
    assert seen["sure"] > 50, seen
    assert seen["far"] > 3, seen
    assert seen["unsure"] > 0, seen
