"""FindChains over a real socket on a real graph."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToJson

from sixhop.client import Client
from sixhop.errors import NotFound, Reason


def members(client: Client, from_id: str, to_id: str, **more: object) -> list[tuple[str, ...]]:
    return [chain.members for chain in client.find_chains(from_id=from_id, to_id=to_id, **more).chains]  # type: ignore[arg-type]


def test_the_best_chains_come_first(client: Client) -> None:
    answer = client.find_chains(from_id="s", to_id="c")
    assert [chain.members for chain in answer.chains] == [("s", "a", "c"), ("s", "b", "c")]
    assert [chain.score for chain in answer.chains] == pytest.approx([0.25, 0.08])
    assert [chain.length for chain in answer.chains] == [2, 2]
    assert len(answer.info.request_id) == 32
    assert answer.completeness.stopped_by == ""
    assert answer.completeness.certificate.complete_above == 0


def test_no_chain_has_more_than_six_ties_or_than_was_asked_for(client: Client) -> None:
    assert members(client, "s", "g")[0] == ("s", "a", "c", "d", "e", "f", "g")
    assert members(client, "s", "h") == []
    assert members(client, "s", "g", max_length=5) == []
    assert members(client, "s", "c", max_chains=1) == [("s", "a", "c")]


def test_who_is_to_be_avoided_stands_in_no_chain(client: Client) -> None:
    assert members(client, "s", "c", avoid_ids=["a"]) == [("s", "b", "c")]
    assert members(client, "s", "c", avoid_ids=["a", "b"]) == []


def test_who_may_not_be_named_is_redacted_and_never_the_first_contact(client: Client) -> None:
    answer = client.find_chains(from_id="s", to_id="q", explain=True)
    assert [chain.members for chain in answer.chains] == [("s", "b", "", "q")]
    assert "quiet" not in MessageToJson(answer.message)
    behind = client.find_chains(from_id="s", to_id="x", explain=True)
    assert behind.chains == ()
    assert "shy" not in MessageToJson(behind.message)


def test_two_that_nothing_connects_have_no_chain(client: Client) -> None:
    assert members(client, "h", "s") == []


@pytest.mark.parametrize(("from_id", "to_id", "field"), [("nobody", "c", "from_id"), ("s", "nobody", "to_id")])
def test_an_end_that_is_not_there_is_not_found(client: Client, from_id: str, to_id: str, field: str) -> None:
    with pytest.raises(NotFound) as raised:
        client.find_chains(from_id=from_id, to_id=to_id)
    assert raised.value.reason is Reason.MEMBER_NOT_FOUND
    assert field in raised.value.message
    assert "nobody" not in raised.value.message


def test_only_over_who_may_be_named(client: Client) -> None:
    assert members(client, "s", "q", only_named=True) == []
    assert members(client, "s", "c", only_named=True) == [("s", "a", "c"), ("s", "b", "c")]


@pytest.mark.usefixtures("under_way")
def test_only_over_an_enterprises_slice(client: Client) -> None:
    assert members(client, "ns", "nt", max_chains=1) == [("ns", "nb", "", "nt")]
    assert members(client, "ns", "nt", slice_enterprise_id="shop") == [("ns", "na", "nt")]
    assert members(client, "s", "c", slice_enterprise_id="shop") == [], "neither end is of the slice"


@pytest.mark.usefixtures("under_way")
def test_an_enterprise_that_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound) as raised:
        client.find_chains(from_id="ns", to_id="nt", slice_enterprise_id="elsewhere")
    assert raised.value.reason is Reason.ENTERPRISE_NOT_FOUND


def test_explain_says_how_wide_it_was_looked(client: Client) -> None:
    stages = client.find_chains(from_id="s", to_id="c", explain=True).info.stages
    assert [(stage.name, stage.kept) for stage in stages] == [("questions/chains_between, width 32", 2), ("select", 2)]
