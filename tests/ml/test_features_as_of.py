"""No feature may see the future: whatever happens after `as_of`, or changes there, leaves every feature as it was."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sixhop.domain import PairKey
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from small_world import experience, tie, write_world

AS_OF = 1_000_000_000
DAY = 86_400
MEMBERS = [f"m{n}" for n in range(8)]
OFFERINGS = [f"o{n}" for n in range(5)]
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking against a database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

past = st.integers(AS_OF - 800 * DAY, AS_OF - 1)
future = st.integers(AS_OF + 1, AS_OF + 400 * DAY)
who, what = st.sampled_from(MEMBERS), st.sampled_from(OFFERINGS)
pair = st.tuples(who, who).filter(lambda ends: ends[0] != ends[1])
PAIRS = [
    PairKey(sender_id=u, target_id=v, offering_id=o, as_of=AS_OF, degree=2)
    for u, v in (("m0", "m1"), ("m1", "m2"), ("m3", "m0"))
    for o in ("o0", "o1", None)
]


def read(graph: Graph) -> list[dict[str, float]]:
    features = FeatureSet(graph.catalog)
    return [dict(zip(features.names, row, strict=True)) for row in features.stream(graph, PAIRS)]


def assert_same(before: list[dict[str, float]], after: list[dict[str, float]]) -> None:
    for one, other in zip(before, after, strict=True):
        for name, value in one.items():
            same = other[name] == pytest.approx(value, abs=1e-12) or (math.isnan(value) and math.isnan(other[name]))
            assert same, f"{name} was {value} and became {other[name]} by something after as_of"


def contact_facts(times: list[int]) -> dict[str, Any]:
    ordered = sorted(times)
    return {
        "since": ordered[0],
        "recent": ordered,
        "contacts": len(ordered),
        "last_at": ordered[-1],
        "base_strength": 0.0,
    }


@EXAMPLES
@given(
    known=st.dictionaries(pair, st.lists(past, min_size=1, max_size=4), max_size=12),
    happened=st.dictionaries(st.tuples(who, what), past, max_size=20),
    later_ties=st.dictionaries(pair, st.lists(future, min_size=1, max_size=3), max_size=6),
    later_experiences=st.dictionaries(st.tuples(who, what), future, min_size=1, max_size=10),
)
def test_what_comes_after_as_of_changes_no_feature(
    graph: Graph,
    known: dict[tuple[str, str], list[int]],
    happened: dict[tuple[str, str], int],
    later_ties: dict[tuple[str, str], list[int]],
    later_experiences: dict[tuple[str, str], int],
) -> None:
    with graph.driver.session(database=graph.at.database) as session:
        session.run(
            "MATCH (n {realm: $realm}) WHERE n:Member OR n:Offering DETACH DELETE n", realm=graph.realm
        ).consume()
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[tie(*ends, **contact_facts(times)) for ends, times in known.items()],
        experiences=[experience(*key, at) for key, at in happened.items()],
        settings={"half_life_days": 90.0},
    )
    before = read(graph)
    write_world(  # contacts go on, new ties are made, offerings are experienced, all after as_of
        graph,
        ties=[tie(*ends, **contact_facts([*known.get(ends, []), *times])) for ends, times in later_ties.items()],
        experiences=[experience(*key, at) for key, at in later_experiences.items() if key not in happened],
    )
    assert_same(before, read(graph))
    write_world(  # the same events once more, moved further into the future
        graph,
        ties=[
            tie(*ends, **contact_facts([*known.get(ends, []), *(t + 50 * DAY for t in times)]))
            for ends, times in later_ties.items()
        ],
        experiences=[experience(*key, at + 50 * DAY) for key, at in later_experiences.items() if key not in happened],
    )
    assert_same(before, read(graph))


def test_what_comes_before_as_of_does_change_features(graph: Graph) -> None:
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[tie("m0", "m1", **contact_facts([AS_OF - 90 * DAY])), tie("m2", "m1"), tie("m0", "m2")],
        experiences=[experience("m0", "o0", AS_OF - 10 * DAY), experience("m2", "o0", AS_OF - 20 * DAY)],
        settings={"half_life_days": 90.0},
    )
    first = read(graph)[0]
    assert first["exposed_contacts"] == 2
    assert first["common_contacts"] == 1
    assert first["days_since_experience"] == pytest.approx(10)
    assert first["offering_recent_adopters"] == 2
    assert first["tie_strength"] == pytest.approx(0.5)
    assert first["tie_reciprocated"] == 0
    assert math.isnan(first["target_days_since_last"])
    write_world(graph, experiences=[experience("m1", "o1", AS_OF - 5 * DAY), experience("m0", "o1", AS_OF - 400 * DAY)])
    second = read(graph)[0]
    assert second["common_experiences"] == 1
    assert second["target_days_since_last"] == pytest.approx(5)
    assert second["taste_cosine"] == pytest.approx(1 / math.sqrt(2 * 3))


def test_the_same_pairs_have_the_same_features_in_any_order(graph: Graph) -> None:
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[tie("m0", "m1"), tie("m1", "m2"), tie("m3", "m0")],
        experiences=[
            experience(m, o, AS_OF - DAY * (i + 1)) for i, m in enumerate(MEMBERS) for o in OFFERINGS[: i % 4]
        ],
    )
    features = FeatureSet(graph.catalog)
    forward = list(features.stream(graph, PAIRS))
    backward = list(features.stream(graph, PAIRS[::-1]))[::-1]
    assert str(forward) == str(backward)
