"""RecommendTargets with each of its options over a real socket on a real graph, and what each stage says of it."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson
from rpc_world import NOT_TO_BE_SHOWN, REFUSED, UNNAMED

from sixhop.client import Client, TargetsResult
from sixhop.domain import Moment
from sixhop.errors import NotFound, Reason, Refused

ALIKE, ASKED, COMMUNITIES = "sources/alike", "sources/asked", "sources/communities"


def asked(client: Client, *, offering_id: str = "o", **options: Any) -> TargetsResult:
    return client.recommend_targets(sender_id="s", offering_id=offering_id, limit=100, **options)


def ids(answer: TargetsResult) -> set[str]:
    return {each.target_id for each in answer.recommendations}


@pytest.mark.parametrize(
    ("least", "most", "targets"),
    [(1, 1, {"a", "b"}), (2, 2, {"c"}), (3, 4, {"d", "e", "q"}), (5, None, {"f", "g"}), (None, 2, {"a", "b", "c"})],
)
def test_a_degree_range(client: Client, least: int | None, most: int | None, targets: set[str]) -> None:
    answer = asked(client, min_degree=least, max_degree=most)
    assert ids(answer) == targets
    for each in answer.recommendations:
        assert (least or 1) <= each.degree <= (most or 6)


def test_only_members_of_a_community_and_of_those_within_it(client: Client) -> None:
    for community_id, targets in (("music", {"c", "d"}), ("jazz", {"c", "d"}), ("bebop", {"d"}), ("folk", {"c"})):
        answer = asked(client, community_id=community_id)
        assert ids(answer) == targets
        assert all(COMMUNITIES in each.sources for each in answer.recommendations)
    with pytest.raises(NotFound) as raised:
        asked(client, community_id="none")
    assert raised.value.reason is Reason.COMMUNITY_NOT_FOUND


def test_only_the_candidates_that_are_named(client: Client) -> None:
    answer = asked(client, candidate_ids=["g", "c", "s", "h", "nobody", "alone", *NOT_TO_BE_SHOWN], explain=True)
    assert ids(answer) == {"c", "g"}
    stages = {stage.name: stage for stage in answer.info.stages}
    assert ALIKE not in stages, "nobody else is proposed"
    assert ASKED in stages
    assert stages["chains_to"].removed == {"no_chain": 3}, (
        "seven ties away, not in reach, only behind who may not be named"
    )
    assert stages["filter"].removed["opted_out"] == 1


def test_candidates_within_a_community(client: Client) -> None:
    assert ids(asked(client, candidate_ids=["c", "g"], community_id="music")) == {"c"}
    assert ids(asked(client, candidate_ids=["c", "d", "g"], community_id="music", min_degree=3)) == {"d"}


def test_of_several_offerings_each_target_gets_the_best_one(client: Client) -> None:
    answer = asked(client, offering_id="o-old", more_offering_ids=["o", "o-new", "nothing"], explain=True)
    shown = {each.target_id: each.offering_id for each in answer.recommendations}
    assert set(shown.values()) == {"o", "o-old"}
    assert {shown["c"], shown["d"]} == {"o"}, "they have the other one already"
    assert shown["adopted"] == "o-old", "who has one may be asked about the other"
    gate = answer.info.stages[0]
    assert (gate.kept, dict(gate.removed)) == (2, {"sender_lacks_experience": 1, "offering_not_found": 1})
    assert len(ids(answer)) == len(answer.recommendations)
    select = next(stage for stage in answer.info.stages if stage.name == "select")
    assert select.removed["other_offering"] > 0
    assert {item.offering_id for item in select.items} == {"o", "o-old"}


def test_where_no_offering_passes_the_first_ones_reason_is_told(client: Client) -> None:
    with pytest.raises(Refused) as raised:
        asked(client, offering_id="o-new", more_offering_ids=["nothing"])
    assert raised.value.reason is Reason.SENDER_LACKS_EXPERIENCE
    with pytest.raises(NotFound) as unknown:
        asked(client, offering_id="nothing", more_offering_ids=["o-new"])
    assert unknown.value.reason is Reason.OFFERING_NOT_FOUND


def test_the_moment_counts_in_features_and_reasons(client: Client) -> None:
    moment = Moment("oslo", 1_700_000_000, "shop")
    here = {each.target_id: each for each in asked(client, moment=moment, explain=True).recommendations}
    assert (here["c"].features["place_share"], here["c"].features["channel_share"]) == (1.0, 1.0)
    assert "often at the place of the moment" in here["c"].reasons
    assert "place_share" not in here["e"].features, "nothing is known of e"
    elsewhere = {each.target_id: each for each in asked(client, moment=Moment("rome"), explain=True).recommendations}
    assert elsewhere["c"].features["place_share"] == 0
    assert "often at the place of the moment" not in elsewhere["c"].reasons


def test_explaining_lists_who_was_found_kept_and_removed_and_names_nobody_who_may_not_be(client: Client) -> None:
    answer = asked(client, explain=True)
    stages = {stage.name: stage for stage in answer.info.stages}
    removed = {item.member_id: item.removed_by for item in stages["filter"].items if item.removed_by}
    why = {
        "adopted": "has_adopted",
        "opted": "opted_out",
        "unreachable": "cannot_be_reached",
        "blocked": "blocked",
        "reached": "fatigued",
        "declined": "declined",
    }
    assert {name: reason for name, reason in removed.items() if name in REFUSED} == why
    assert removed[""] == "cannot_be_named"
    assert {item.member_id for item in stages["filter"].items if not item.removed_by} == ids(answer)
    assert [item.member_id for item in stages["score"].items] == [each.target_id for each in answer.recommendations]
    for stage in answer.info.stages:
        assert len(stage.items) <= 500
        assert not {item.member_id for item in stage.items} & set(UNNAMED)
    text = MessageToJson(answer.message)
    assert not [name for name in UNNAMED if f'"{name}"' in text or f" {name}" in text]


def test_a_surface_for_winning_back_is_served_too(client: Client) -> None:
    answer = asked(client, surface="win_back", explain=True)
    assert "sources/gone_quiet" in {stage.name for stage in answer.info.stages}
    assert ids(answer) == {"a", "b", "c", "d", "e", "f", "g", "q"}
