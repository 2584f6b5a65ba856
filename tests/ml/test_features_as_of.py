"""No feature may see the future: whatever happens after `as_of`, or changes there, leaves every feature as it was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sixhop.domain import Moment, PairKey
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
MOMENT = Moment(place="berlin", at=AS_OF, channel="mail")
PAIRS = [
    PairKey(sender_id=u, target_id=v, offering_id=o, as_of=AS_OF, degree=2, moment=MOMENT)
    for u, v in (("m0", "m1"), ("m1", "m2"), ("m3", "m0"))
    for o in ("o0", "o1", None)
]


def read(graph: Graph, pairs: Sequence[PairKey] = PAIRS) -> list[dict[str, float]]:
    features = FeatureSet(graph.catalog)
    return [dict(zip(features.names, row, strict=True)) for row in features.stream(graph, pairs)]


def happening(who_and_what: tuple[str, str], at: int) -> dict[str, Any]:
    """An experience whose place and channel depend on when it was, so that a later one would show."""
    place, channel = ("berlin", "mail") if at % 2 else ("paris", "phone")
    return experience(*who_and_what, at, place=place, channel=channel)


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
        experiences=[happening(key, at) for key, at in happened.items()],
        settings={"half_life_days": 90.0},
    )
    before = read(graph)
    write_world(  # contacts go on, new ties are made, offerings are experienced, all after as_of
        graph,
        ties=[tie(*ends, **contact_facts([*known.get(ends, []), *times])) for ends, times in later_ties.items()],
        experiences=[happening(key, at) for key, at in later_experiences.items() if key not in happened],
    )
    assert_same(before, read(graph))
    write_world(  # the same events once more, moved further into the future
        graph,
        ties=[
            tie(*ends, **contact_facts([*known.get(ends, []), *(t + 50 * DAY for t in times)]))
            for ends, times in later_ties.items()
        ],
        experiences=[happening(key, at + 50 * DAY) for key, at in later_experiences.items() if key not in happened],
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


def test_where_no_tie_is_younger_ties_need_not_be_asked_for_their_date(graph: Graph) -> None:
    """Serving reads after the youngest tie, training before it: both read the same."""
    write_world(
        graph,
        members=MEMBERS,
        offerings=OFFERINGS,
        ties=[tie(u, v, **contact_facts([AS_OF - 3 * DAY])) for u in MEMBERS for v in MEMBERS if u < v],
        experiences=[experience(m, "o0", AS_OF - DAY) for m in MEMBERS[::2]],
        settings={"half_life_days": 90.0},
    )
    unknown = read(graph)
    for settings_ in ({"last_since": AS_OF - 3 * DAY}, {"last_since": AS_OF - 3 * DAY, "last_event_at": AS_OF + DAY}):
        write_world(graph, settings=settings_)
        assert str(read(graph)) == str(unknown)
    write_world(graph, ties=[tie("m7", "m1", **contact_facts([AS_OF]))], settings={"last_since": AS_OF})
    assert str(read(graph)) == str(unknown), "a tie of as_of itself is not before it"


def test_how_well_the_moment_fits_the_habits_of_the_target(graph: Graph) -> None:
    at_noon = AS_OF - AS_OF % DAY + DAY // 2
    habits = [("berlin", "mail", 0), ("berlin", "phone", 7200), ("paris", None, 7201), (None, None, -3 * 3600)]
    write_world(
        graph,
        members=MEMBERS,
        offerings=[*OFFERINGS, "o5"],
        experiences=[
            experience("m1", f"o{n}", at_noon - 9 * DAY + shift, place=place, channel=channel)
            for n, (place, channel, shift) in enumerate(habits)
        ]
        + [experience("m1", "o5", AS_OF, place="berlin", channel="mail")],
    )
    pair = PAIRS[0]
    moments = [Moment("berlin", at_noon, "mail"), Moment(place="rome"), Moment(), None]
    full, elsewhere, empty, none = read(graph, [replace(pair, moment=moment) for moment in moments])
    assert full["place_share"] == pytest.approx(2 / 3)
    assert full["channel_share"] == pytest.approx(1 / 2)
    assert full["hour_share"] == pytest.approx(2 / 4)
    assert elsewhere["place_share"] == 0.0
    assert math.isnan(elsewhere["channel_share"])
    for features in (empty, none, read(graph, [replace(pair, target_id="m2")])[0]):
        assert [math.isnan(features[f"{what}_share"]) for what in ("place", "channel", "hour")] == [True] * 3


def test_counts_saturate_so_that_a_hub_costs_what_anybody_costs(graph: Graph) -> None:
    crowd = [f"n{n}" for n in range(1500)]
    write_world(
        graph,
        members=[*MEMBERS, *crowd],
        offerings=OFFERINGS,
        ties=[tie(u, "m1") for u in crowd] + [tie("m0", v) for v in crowd],
        experiences=[experience(m, "o0", AS_OF - DAY) for m in crowd],
    )
    hub = read(graph, PAIRS[:1])[0]
    assert [hub[name] for name in ("sender_contacts", "target_contacts", "offering_adopters")] == [1024] * 3


def test_a_hubs_later_ties_and_experiences_do_not_crowd_out_the_earlier(graph: Graph) -> None:
    crowd = [f"n{n}" for n in range(1200)]
    write_world(
        graph,
        members=[*MEMBERS, *crowd],
        offerings=[*OFFERINGS, *crowd],
        ties=[tie(u, "m1", since=AS_OF - DAY) for u in MEMBERS[2:5]]
        + [tie("m0", u, since=AS_OF - DAY) for u in MEMBERS[2:]],
        experiences=[experience(m, "o0", AS_OF - DAY) for m in MEMBERS[:4]]
        + [happening(("m1", o), AS_OF - 9 * DAY + 1) for o in OFFERINGS[1:]],
    )
    before = read(graph, PAIRS[:1])
    write_world(
        graph,
        ties=[tie(u, "m1", since=AS_OF + DAY) for u in crowd] + [tie("m0", u, since=AS_OF + DAY) for u in crowd],
        experiences=[experience(m, "o0", AS_OF + DAY) for m in crowd]
        + [happening((m, o), AS_OF + DAY) for m in ("m0", "m1") for o in crowd],
    )
    assert_same(before, read(graph, PAIRS[:1]))
