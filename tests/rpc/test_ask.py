"""`sixhop ask` against a running service: a table for people, JSON for programs, an exit code for both."""

from __future__ import annotations

import json

import pytest
from rpc_world import UNNAMED
from serving_process import Service, sixhop


@pytest.fixture
def env(service_env: dict[str, str], service: Service) -> dict[str, str]:
    return {**service_env, "SIXHOP_GRPC_ADDRESS": service.address, "COLUMNS": "200"}


def test_targets_as_json_for_programs(env: dict[str, str]) -> None:
    done = sixhop(
        env, "ask", "targets", "--sender", "s", "--offering", "o", "--limit", "3", "--surface", "walk_only", "--json"
    )
    assert done.returncode == 0
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert len(answer["recommendations"]) == 3
    first = answer["recommendations"][0]
    assert {
        "sender_id",
        "target_id",
        "chain",
        "degree",
        "next_contact_id",
        "reasons",
        "sources",
        "attribution_token",
    } <= set(first)
    assert "likelihood" not in first, "no model scored it"
    assert first["chain"]["members"][0] == {"member_id": "s", "redacted": False}
    assert {"complete_above", "complete_above_all_ties", "stopped_by", "missing"} == set(answer["completeness"])
    assert {"request_id", "model", "queries_digest", "as_of"} <= set(answer["info"])


def test_targets_as_a_table_for_people(env: dict[str, str]) -> None:
    done = sixhop(env, "ask", "targets", "--sender", "s", "--offering", "o", "--surface", "walk_only")
    assert done.returncode == 0
    assert "s → a (0.5) → c (0.5)" in done.stdout
    assert "s → b (0.4) → (unnamed) (0.5) → q (0.5)" in done.stdout
    assert "two steps away, through a" in done.stdout
    assert "ordered by chain score, which is not a likelihood" in done.stdout
    assert not [name for name in UNNAMED if name in done.stdout]


def test_explain_says_what_each_stage_did(env: dict[str, str]) -> None:
    done = sixhop(env, "ask", "targets", "--sender", "s", "--offering", "o", "--surface", "walk_only", "--explain")
    for words in ("gate", "sources/six_degree_walk", "1 declined, 1 fatigued", "record"):
        assert words in done.stdout
    assert not [name for name in UNNAMED if name in done.stdout]
    asked = ("ask", "targets", "--sender", "s", "--offering", "o", "--explain", "--json")
    stages = {each["name"]: each for each in json.loads(sixhop(env, *asked).stdout)["info"]["stages"]}
    assert {"member_id": "declined", "removed_by": "declined", "offering_id": "o"} in stages["filter"]["items"]
    assert stages["sources/six_degree_walk"]["items"][0] == {
        "member_id": "a",
        "removed_by": "",
        "offering_id": "o",
        "score": 0.5,
    }


def test_targets_of_some_degrees_communities_candidates_and_offerings(env: dict[str, str]) -> None:
    def ids(*more: str) -> list[str]:
        done = sixhop(env, "ask", "targets", "--sender", "s", "--offering", "o", "--limit", "100", "--json", *more)
        assert done.returncode == 0, done.stderr
        return sorted(each["target_id"] for each in json.loads(done.stdout)["recommendations"])

    assert ids("--min-degree", "2", "--max-degree", "3") == ["c", "d", "q"]
    assert ids("--community", "music") == ["c", "d"]
    assert ids("--candidate", "b", "--candidate", "q", "--place", "oslo", "--channel", "chat") == ["b", "q"]
    asked = (
        "ask",
        "targets",
        "--sender",
        "s",
        "--offering",
        "o-new",
        "--more-offering",
        "o",
        "--more-offering",
        "o-old",
    )
    done = sixhop(env, *asked)
    assert "about o-old" in done.stdout
    assert "about o " in done.stdout
    assert "o-new" not in done.stdout, "s has no experience of it"


def test_referrers_as_a_table_and_as_json(env: dict[str, str]) -> None:
    table = sixhop(env, "ask", "referrers", "--target", "c", "--offering", "o", "--explain")
    assert table.returncode == 0
    for words in ("referrer", "alone → a (0.5) → c (0.5)", "s → a (0.5) → c (0.5)", "sources/six_degree_walk_back"):
        assert words in table.stdout
    asked = (
        "ask",
        "referrers",
        "--enterprise",
        "acme",
        "--offering",
        "o",
        "--limit",
        "1",
        "--surface",
        "walk_only",
        "--json",
    )
    [only] = json.loads(sixhop(env, *asked).stdout)["recommendations"]
    assert (only["sender_id"], only["target_id"], only["degree"]) == ("alone", "c", 2)
    nobody = sixhop(env, "ask", "referrers", "--target", "alone", "--offering", "o-new")
    assert nobody.returncode == 0
    assert "nobody to ask" in nobody.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--offering", "o"), 2, "exactly one of target_id, enterprise_id"),
        (("--target", "c", "--enterprise", "acme", "--offering", "o"), 2, "exactly one of target_id, enterprise_id"),
        (("--target", "nobody", "--offering", "o"), 3, "MEMBER_NOT_FOUND"),
        (("--enterprise", "none", "--offering", "o"), 3, "ENTERPRISE_NOT_FOUND"),
        (("--enterprise", "shut", "--offering", "o"), 4, "NOBODY_ACTS_FOR_ENTERPRISE"),
        (("--target", "adopted", "--offering", "o"), 4, "TARGET_HAS_ADOPTED"),
    ],
)
def test_what_goes_wrong_about_referrers_has_words_and_an_exit_code(
    env: dict[str, str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = sixhop(env, "ask", "referrers", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_chains_as_json_and_as_a_table(env: dict[str, str]) -> None:
    done = sixhop(env, "ask", "chains", "--from", "s", "--to", "c", "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert [[each["member_id"] for each in chain["members"]] for chain in answer["chains"]] == [
        ["s", "a", "c"],
        ["s", "b", "c"],
    ]
    table = sixhop(env, "ask", "chains", "--from", "s", "--to", "c", "--avoid", "a")
    assert "s → b (0.4) → c (0.2)" in table.stdout
    assert "→ a" not in table.stdout
    none = sixhop(env, "ask", "chains", "--from", "h", "--to", "s")
    assert none.returncode == 0
    assert "no chain was found" in none.stdout


@pytest.mark.usefixtures("under_way")
def test_chains_over_named_members_and_over_a_slice(env: dict[str, str]) -> None:
    named = sixhop(env, "ask", "chains", "--from", "ns", "--to", "nt", "--only-named")
    assert "ns → na (0.5) → nt (0.5)" in named.stdout
    assert "(unnamed)" not in named.stdout
    sliced = sixhop(env, "ask", "chains", "--from", "ns", "--to", "nt", "--slice", "elsewhere")
    assert (sliced.returncode, sliced.stdout) == (3, "")
    assert "ENTERPRISE_NOT_FOUND" in sliced.stderr


@pytest.mark.usefixtures("under_way")
def test_next_hop_as_words_and_as_json(env: dict[str, str]) -> None:
    talk = sixhop(env, "ask", "next-hop", "--outreach", "declined")
    assert talk.returncode == 0
    assert "ns talks to na" in talk.stdout
    assert "declined or did not answer so far: 1" in talk.stdout
    waiting = sixhop(env, "ask", "next-hop", "--outreach", "unnamed-asked")
    assert "(unnamed) was asked by nb and has not answered" in waiting.stdout
    answer = json.loads(sixhop(env, "ask", "next-hop", "--outreach", "declined", "--avoid", "nx", "--json").stdout)
    assert (answer["state"], answer["speaker_id"], answer["replanned"]) == ("NEXT_HOP_STATE_TALK", "ns", True)
    gone = sixhop(env, "ask", "next-hop", "--outreach", "nothing")
    assert (gone.returncode, "OUTREACH_NOT_FOUND" in gone.stderr) == (3, True)


def test_degrees_as_a_table_and_as_json(env: dict[str, str]) -> None:
    asked = ("ask", "degrees", "--from", "s", "--to", "c", "--to", "h", "--to", "nobody")
    table = sixhop(env, *asked)
    assert table.returncode == 0
    for words in ("c ", "2", "more than 6", "no such member"):
        assert words in table.stdout
    answer = json.loads(sixhop(env, *asked, "--json").stdout)
    assert [(each["state"], each["degree"]) for each in answer["degrees"]] == [
        ("DEGREE_STATE_EXACT", 2),
        ("DEGREE_STATE_BEYOND", 0),
        ("DEGREE_STATE_NO_MEMBER", 0),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--sender", "nobody", "--offering", "o"), 3, "MEMBER_NOT_FOUND"),
        (("--sender", "s", "--offering", "nothing"), 3, "OFFERING_NOT_FOUND"),
        (("--sender", "s", "--offering", "o", "--community", "none"), 3, "COMMUNITY_NOT_FOUND"),
        (("--sender", "s", "--offering", "o", "--min-degree", "3", "--max-degree", "2"), 2, "no less than min_degree"),
        (("--sender", "s-bad", "--offering", "o"), 4, "SENDER_IS_DETRACTOR"),
        (
            ("--sender", "s", "--offering", "o", "--limit", "0", "--max-length", "9"),
            2,
            "limit: must be at least 1, not 0",
        ),
        (("--sender", "s", "--offering", "o", "--surface", "elsewhere"), 2, "surface: must be one of"),
        (
            ("--sender", "s", "--offering", "o", "--address", "127.0.0.1:9"),
            5,
            "start the service there with `sixhop serve`",
        ),
        (("--sender", "s"), 2, "--offering"),
    ],
)
def test_what_goes_wrong_has_words_and_an_exit_code(
    env: dict[str, str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = sixhop(env, "ask", "targets", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
