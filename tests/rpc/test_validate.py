"""Every rule of every request field is held to, and every violation is told at once."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.buf.validate import validate_pb2
from sixhop._gen.sixhop.v1.recommendation_pb2 import (
    FindChainsRequest,
    Moment,
    RecommendReferrersRequest,
    RecommendTargetsRequest,
)
from sixhop.errors import InvalidInput
from sixhop.rpc.validate import _compile, validate

LONG = "x" * 129


def targets(**changes: object) -> RecommendTargetsRequest:
    return RecommendTargetsRequest(**{"sender_id": "m1", "offering_id": "o1", **changes})  # type: ignore[arg-type]


def referrers(**changes: object) -> RecommendReferrersRequest:
    whom = {} if {"target_id", "enterprise_id"} & set(changes) else {"target_id": "m1"}
    return RecommendReferrersRequest(**{"offering_id": "o1", **whom, **changes})  # type: ignore[arg-type]


def at(seconds: int) -> Moment:
    return Moment(at=Timestamp(seconds=seconds))


def many(number: int) -> list[str]:
    return [f"x{n}" for n in range(number)]


def chains(**changes: object) -> FindChainsRequest:
    return FindChainsRequest(**{"from_id": "m1", "to_id": "m2", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "request_",
    [
        targets(),
        targets(limit=1, max_length=1, surface="default", freshness_token="t", explain=True),
        targets(limit=100, max_length=6, sender_id="é" * 128),
        targets(min_degree=1, max_degree=1, max_length=1),
        targets(min_degree=6, max_degree=6),
        targets(more_offering_ids=many(4), candidate_ids=many(200), community_id="c"),
        targets(moment=Moment()),
        targets(moment=Moment(place="x" * 128, channel="x" * 64, at=Timestamp(seconds=1))),
        referrers(),
        referrers(enterprise_id="e", limit=100, max_length=1, surface="default", moment=at(253_402_300_799)),
        chains(),
        chains(max_chains=1, max_length=1, avoid_ids=[]),
        chains(max_chains=10, max_length=6, avoid_ids=[f"m{number}" for number in range(3, 103)]),
    ],
)
def test_what_is_in_bounds_passes(request_: Message) -> None:
    validate(request_)


@pytest.mark.parametrize(
    ("request_", "field", "words"),
    [
        (targets(sender_id=""), "sender_id", "must not be empty"),
        (targets(sender_id=LONG), "sender_id", "at most 128 characters, not 129"),
        (targets(offering_id=""), "offering_id", "must not be empty"),
        (targets(offering_id=LONG), "offering_id", "at most 128 characters"),
        (targets(limit=0), "limit", "at least 1, not 0"),
        (targets(limit=-1), "limit", "at least 1"),
        (targets(limit=101), "limit", "at most 100, not 101"),
        (targets(max_length=0), "max_length", "at least 1"),
        (targets(max_length=7), "max_length", "at most 6"),
        (targets(surface=""), "surface", "must not be empty"),
        (targets(surface="x" * 65), "surface", "at most 64"),
        (targets(freshness_token=""), "freshness_token", "must not be empty"),
        (targets(freshness_token="x" * 1025), "freshness_token", "at most 1024"),
        (targets(min_degree=0), "min_degree", "at least 1"),
        (targets(min_degree=7), "min_degree", "at most 6"),
        (targets(max_degree=0), "max_degree", "at least 1"),
        (targets(max_degree=7), "max_degree", "at most 6"),
        (targets(min_degree=4, max_degree=3), "max_degree", "no less than min_degree"),
        (targets(min_degree=4, max_length=3), "max_length", "no less than min_degree"),
        (targets(community_id=""), "community_id", "must not be empty"),
        (targets(community_id=LONG), "community_id", "at most 128"),
        (targets(more_offering_ids=many(5)), "more_offering_ids", "at most 4 items, not 5"),
        (targets(more_offering_ids=["a", "a"]), "more_offering_ids", "the same item twice"),
        (targets(more_offering_ids=["a", ""]), "more_offering_ids[1]", "must not be empty"),
        (targets(more_offering_ids=["o1"]), "more_offering_ids", "must not hold offering_id"),
        (targets(candidate_ids=many(201)), "candidate_ids", "at most 200 items, not 201"),
        (targets(candidate_ids=["a", "a"]), "candidate_ids", "the same item twice"),
        (targets(candidate_ids=[LONG]), "candidate_ids[0]", "at most 128"),
        (targets(moment=Moment(place=LONG)), "moment.place", "at most 128"),
        (targets(moment=Moment(channel="x" * 65)), "moment.channel", "at most 64"),
        (targets(moment=at(2**62)), "moment.at", "the years 1 to 9999"),
        (targets(moment=at(-(2**62))), "moment.at", "the years 1 to 9999"),
        (RecommendReferrersRequest(offering_id="o1"), "target", "one of target_id, enterprise_id must be set"),
        (referrers(target_id=""), "target_id", "must not be empty"),
        (referrers(target_id=LONG), "target_id", "at most 128"),
        (referrers(enterprise_id=""), "enterprise_id", "must not be empty"),
        (referrers(enterprise_id=LONG), "enterprise_id", "at most 128"),
        (referrers(offering_id=""), "offering_id", "must not be empty"),
        (referrers(limit=101), "limit", "at most 100"),
        (referrers(max_length=7), "max_length", "at most 6"),
        (referrers(surface=""), "surface", "must not be empty"),
        (referrers(freshness_token="x" * 1025), "freshness_token", "at most 1024"),
        (referrers(moment=Moment(place=LONG)), "moment.place", "at most 128"),
        (chains(from_id=""), "from_id", "must not be empty"),
        (chains(from_id=LONG), "from_id", "at most 128"),
        (chains(to_id=""), "to_id", "must not be empty"),
        (chains(to_id=LONG), "to_id", "at most 128"),
        (chains(to_id="m1"), "to_id", "another member than from_id"),
        (chains(max_chains=0), "max_chains", "at least 1"),
        (chains(max_chains=11), "max_chains", "at most 10"),
        (chains(max_length=0), "max_length", "at least 1"),
        (chains(max_length=7), "max_length", "at most 6"),
        (chains(avoid_ids=["m3", ""]), "avoid_ids[1]", "must not be empty"),
        (chains(avoid_ids=[LONG]), "avoid_ids[0]", "at most 128"),
        (chains(avoid_ids=["m3", "m3"]), "avoid_ids", "the same item twice"),
        (chains(avoid_ids=[str(number) for number in range(101)]), "avoid_ids", "at most 100 items, not 101"),
        (chains(avoid_ids=["m1"]), "avoid_ids", "must not hold from_id"),
        (chains(avoid_ids=["m2"]), "avoid_ids", "must not hold to_id"),
        (chains(freshness_token=""), "freshness_token", "must not be empty"),
        (chains(freshness_token="x" * 1025), "freshness_token", "at most 1024"),
    ],
)
def test_what_is_out_of_bounds_is_named(request_: Message, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        validate(request_)
    assert len(raised.value.violations) == 1
    assert raised.value.violations[0][0] == field
    assert words in raised.value.violations[0][1]


def test_all_violations_are_told_together() -> None:
    with pytest.raises(InvalidInput) as raised:
        validate(targets(sender_id="", offering_id=LONG, limit=0, max_length=9))
    assert [field for field, _ in raised.value.violations] == ["sender_id", "offering_id", "limit", "max_length"]


def test_a_list_too_long_is_not_told_item_by_item() -> None:
    with pytest.raises(InvalidInput) as raised:
        validate(chains(avoid_ids=[""] * 100_000))
    assert len(raised.value.violations) == 1


def test_a_rule_that_is_not_understood_is_refused_not_ignored() -> None:
    unknown_rule = validate_pb2.FieldRules(string=validate_pb2.StringRules(pattern="^m"))
    unknown_kind = validate_pb2.FieldRules(bool=validate_pb2.BoolRules(const=True))
    beside = validate_pb2.FieldRules(string=validate_pb2.StringRules(min_len=1), required=True)
    for rules in (unknown_rule, unknown_kind, beside):
        with pytest.raises(NotImplementedError, match="not understood"):
            _compile("field", rules)


def test_every_request_of_the_service_has_rules_that_are_understood() -> None:
    for method in FindChainsRequest.DESCRIPTOR.file.services_by_name["RecommendationService"].methods:
        with pytest.raises(InvalidInput):
            validate(method.input_type._concrete_class())
