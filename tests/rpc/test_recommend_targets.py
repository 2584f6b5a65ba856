"""RecommendTargets over a real socket on a real graph: who is shown, over whom, and who never is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from google.protobuf.json_format import MessageToJson
from rpc_world import NOT_TO_BE_SHOWN, NOW, UNNAMED
from serving_process import Service, eventually

from sixhop.client import Client
from sixhop.errors import NotFound, Reason, Refused, SixhopError
from sixhop.graph.executor import Graph

WALK, ALIKE, STRANGERS = "sources/six_degree_walk", "sources/alike", "sources/strangers"


def test_targets_with_their_whole_chains(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=100, surface="walk_only")
    shown = {each.target_id: each for each in answer.recommendations}
    assert set(shown) == {"a", "b", "c", "d", "e", "f", "g", "q"}
    far = shown["g"]
    assert far.chain.members == ("s", "a", "c", "d", "e", "f", "g")
    assert [tie.pass_on for tie in far.chain.ties] == [0.5] * 6
    assert far.chain.score == pytest.approx(0.5**6)
    assert (far.degree, far.chain.length, far.next_contact_id, far.sources) == (6, 6, "a", (WALK,))
    assert far.sender_id == "s"
    assert [tie.strength for tie in far.chain.ties] == pytest.approx([1.0] * 6, abs=0.01)
    assert far.offering_id == "o"
    assert "six steps away, through a" in far.reasons
    assert "a direct contact of yours" in shown["a"].reasons


def test_the_default_surface_asks_all_its_sources_and_says_why_in_words(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=100)
    shown = {each.target_id: each for each in answer.recommendations}
    assert set(shown) == {"a", "b", "c", "d", "e", "f", "g", "q"}
    assert shown["c"].sources == (WALK, ALIKE, STRANGERS), "alike in what they experienced, and trusted by two contacts"
    assert shown["d"].sources == (WALK, ALIKE)
    assert shown["e"].sources == (WALK,)
    assert shown["c"].reasons == (
        "1 of your 2 artists in common",
        "2 contacts in common",  # a and b
        "two steps away, through a",
    )


def test_who_may_not_be_shown_is_not(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=100, surface="walk_only")
    assert not {each.target_id for each in answer.recommendations} & set(NOT_TO_BE_SHOWN)


def test_what_filters_take_out_is_said_when_asked(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only", explain=True)
    stages = {stage.name: stage for stage in answer.info.stages}
    assert list(stages) == ["gate", WALK, "left_out", "filter", "hydrate", "score", "select", "strengths", "record"]
    assert stages["filter"].removed == {"fatigued": 1, "declined": 1}, "whom the walk may know to leave out it does"
    assert all(stage.elapsed_s < 5 for stage in stages.values())
    quiet = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
    assert quiet.info.stages == ()


def test_whom_the_walk_left_out_is_listed_with_the_rule_and_not_named_without_consent(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=100, surface="walk_only", explain=True)
    left_out = next(stage for stage in answer.info.stages if stage.name == "left_out")
    assert sorted((item.member_id, item.removed_by) for item in left_out.items) == [
        ("", "cannot_be_named"),  # hidden
        ("", "cannot_be_named"),  # quiet
        ("", "cannot_be_named"),  # shy
        ("adopted", "has_adopted"),
        ("blocked", "blocked"),
        ("opted", "opted_out"),
        ("unreachable", "cannot_be_reached"),
    ]
    assert left_out.removed == {
        "cannot_be_named": 3,
        "has_adopted": 1,
        "blocked": 1,
        "opted_out": 1,
        "cannot_be_reached": 1,
    }


def test_who_may_not_be_named_is_nowhere_in_an_answer(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=100, surface="walk_only", explain=True)
    redacted = next(each for each in answer.recommendations if each.target_id == "q")
    assert redacted.chain.members == ("s", "b", "", "q")
    message = next(each for each in answer.message.recommendations if each.target_id == "q")
    assert [member.redacted for member in message.chain.members] == [False, False, True, False]
    text = MessageToJson(answer.message)
    assert not [name for name in UNNAMED if f'"{name}' in text or f'{name}"' in text or f" {name}" in text]


def test_limit_and_length_bound_the_answer(client: Client) -> None:
    two = client.recommend_targets(sender_id="s", offering_id="o", limit=2, surface="walk_only")
    assert len(two.recommendations) == 2
    near = client.recommend_targets(sender_id="s", offering_id="o", max_length=2, limit=100, surface="walk_only")
    assert {each.target_id for each in near.recommendations} == {"a", "b", "c"}
    assert max(each.chain.length for each in near.recommendations) == 2


def test_what_made_the_answer_is_said(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
    assert abs((datetime.now(UTC) - answer.info.as_of).total_seconds()) < 60
    assert len(answer.info.queries_digest) == 16
    assert len(answer.info.request_id) == 32
    assert answer.completeness.certificate.complete_above == 0, "all there is was found"


def test_without_a_model_chain_scores_rank_and_it_shows(client: Client) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", limit=4, surface="walk_only")
    assert answer.info.model == ""
    assert "score" in answer.completeness.missing
    assert {each.likelihood for each in answer.recommendations} == {None}
    scores = [each.chain.score for each in answer.recommendations[:-1]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("sender", "offering", "kind", "reason"),
    [
        ("nobody", "o", NotFound, Reason.MEMBER_NOT_FOUND),
        ("s", "nothing", NotFound, Reason.OFFERING_NOT_FOUND),
        ("s-opted", "o", Refused, Reason.SENDER_LACKS_CONSENT),
        ("s-none", "o", Refused, Reason.SENDER_LACKS_EXPERIENCE),
        ("s-meh", "o", Refused, Reason.SENDER_LACKS_EXPERIENCE),
        ("s-bad", "o", Refused, Reason.SENDER_IS_DETRACTOR),
        ("s-busy", "o", Refused, Reason.SENDER_OVER_ATTENTION_CAP),
    ],
)
def test_the_gate_says_why_not(
    client: Client, sender: str, offering: str, kind: type[SixhopError], reason: Reason
) -> None:
    with pytest.raises(kind) as raised:
        client.recommend_targets(sender_id=sender, offering_id=offering)
    assert raised.value.reason is reason
    assert sender not in raised.value.message.split()


def test_a_sender_of_another_realm_is_not_found_like_any_other(client: Client) -> None:
    with pytest.raises(NotFound) as stranger:
        client.recommend_targets(sender_id="m1", offering_id="o")
    with pytest.raises(NotFound) as nobody:
        client.recommend_targets(sender_id="nobody", offering_id="o")
    assert stranger.value.message == nobody.value.message


def test_what_is_shown_is_recorded_without_ids(client: Client, service: Service) -> None:
    before = len(service.recorded())
    answers = [client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only") for _ in range(3)]
    tokens = [each.attribution_token for answer in answers for each in answer.recommendations]
    assert len(set(tokens)) == len(tokens) == 3 * 8
    eventually(lambda: len(service.recorded()) == before + len(tokens))
    rows = service.recorded()[before:]
    assert [row["attribution_token"] for row in rows] == tokens
    assert {row["request_id"] for row in rows} == {answer.info.request_id for answer in answers}
    for row in rows:
        hashes = [row["sender"], row["target"], *row["chain"]]
        assert all(len(each) == 32 and int(each, 16) >= 0 for each in hashes)
        assert (row["chain"][0], row["chain"][-1]) == (row["sender"], row["target"])
    assert len({row["target"] for row in rows}) == 8
    assert len({row["sender"] for row in rows}) == 1


def test_the_log_names_no_member(client: Client, service: Service) -> None:
    answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only")
    eventually(lambda: any(answer.info.request_id in line for line in service.log))
    for member in ("s-busy", "unreachable", *UNNAMED):
        assert not [line for line in service.log if member in line]


def test_an_answer_with_a_token_has_seen_that_write(client: Client, world_graph: Graph) -> None:
    write = (
        "MATCH (a:Member {realm: $realm, member_id: 'a'}), (o:Offering {realm: $realm, offering_id: 'o'}) "
        "MERGE (m:Member {realm: $realm, member_id: 'late'}) "
        "MERGE (m)-[:KNOWS {pass_on: 0.5, strength: 1.0}]->(a) MERGE (m)-[:CLOSE_TO {pass_on: 0.5}]->(a) "
        "MERGE (m)-[x:EXPERIENCED {kind: 'use'}]->(o) SET x.first_at = $now, x.last_at = $now"
    )
    with world_graph.driver.session(database=world_graph.at.database) as session:
        session.run(write, realm=world_graph.realm, now=NOW - 60).consume()
        [token] = session.last_bookmarks().raw_values
    answer = client.recommend_targets(sender_id="late", offering_id="o", surface="walk_only", freshness_token=token)
    assert "a" in {each.target_id for each in answer.recommendations}


def test_answers_to_many_at_once_are_not_mixed_up(service: Service) -> None:
    def ask(number: int) -> bool:
        with Client(service.address, timeout_s=10) as client:
            limit = 1 + number % 5
            if number % 2:
                chains = client.find_chains(from_id="s", to_id="c", max_chains=1)
                return [chain.members for chain in chains.chains] == [("s", "a", "c")]
            answer = client.recommend_targets(sender_id="s", offering_id="o", surface="walk_only", limit=limit)
            return len(answer.recommendations) == limit and {each.sender_id for each in answer.recommendations} == {"s"}

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask, range(64)))
