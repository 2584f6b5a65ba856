"""What outreaches leave on members, worked out over columns, is what their hops one by one say."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop.imports.outreach_times import KEPT_TIMES, MemberTimes, latest, outreach_times
from sixhop.imports.rows import Rows
from sixhop.merging.hops import Hop, unite_hops

MEMBERS = 6
Chain = tuple[int, int, int]
"""Sender, target, at."""
Asked = tuple[int, int, int, int]
"""Outreach, position, member, asked at."""
CHAINS = st.lists(st.tuples(st.integers(0, 2), st.integers(3, 5), st.integers(0, 50)), min_size=3, max_size=3)
ASKED = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(0, 5), st.integers(0, 50)),
    unique_by=lambda hop: hop[:3],
    max_size=12,
)


def columns(chains: list[Chain], asked: list[Asked]) -> tuple[Rows, Rows]:
    sender, target, at = np.array(chains).T
    senders = [(outreach, 0, chain[0], chain[2]) for outreach, chain in enumerate(chains[:1])]  # may be told, or not
    outreach, position, member, asked_at = np.array([*senders, *asked]).T
    return (
        Rows({"sender_id": sender, "target_id": target, "at": at}, np.arange(len(at))),
        Rows(
            {"outreach_id": outreach, "position": position, "member_id": member, "asked_at": asked_at},
            np.arange(len(member)),
        ),
    )


def one_by_one(chains: list[Chain], asked: list[Asked]) -> dict[str, dict[int, list[int]]]:
    found: dict[str, dict[int, list[int]]] = {name: defaultdict(list) for name in ("sent_at", "asked_at", "reached_at")}
    for outreach, (sender, target, at) in enumerate(chains):
        told = [Hop(position, str(member), asked_at) for of, position, member, asked_at in asked if of == outreach]
        hops = unite_hops(str(sender), str(target), (), told)
        last = max(hop.position for hop in hops)
        for hop in hops:
            if hop.position == 0:
                found["sent_at"][int(hop.member_id)].append(at)
            elif hop.position == last:
                found["reached_at"][int(hop.member_id)].append(at)
            elif hop.asked_at is not None:
                found["asked_at"][int(hop.member_id)].append(hop.asked_at)
    return {name: {member: sorted(times) for member, times in of.items()} for name, of in found.items()}


def by_member(times: MemberTimes) -> dict[int, list[int]]:
    at, start = times.of(slice(0, MEMBERS))
    return {m: at[start[m] : start[m + 1]].tolist() for m in range(MEMBERS) if start[m + 1] > start[m]}


@settings(max_examples=200, deadline=None)
@given(chains=CHAINS, asked=ASKED)
def test_columns_say_what_hops_one_by_one_say(chains: list[Chain], asked: list[Asked]) -> None:
    found = outreach_times(*columns(chains, asked))
    assert {name: by_member(times) for name, times in found.items()} == one_by_one(chains, asked)


def test_without_hops_there_are_senders_and_targets() -> None:
    chains = [(0, 3, 7), (0, 4, 5)]
    found = outreach_times(columns(chains, [])[0], None)
    assert {name: by_member(times) for name, times in found.items()} == one_by_one(chains, [])


@pytest.mark.parametrize("count", [1, KEPT_TIMES, KEPT_TIMES + 1, 3 * KEPT_TIMES])
def test_the_last_are_kept_in_order(count: int) -> None:
    at = np.random.default_rng(count).permutation(count)
    times = latest(np.repeat(np.array([2, 4], dtype=np.int32), count), np.concatenate([at, at]))
    wanted = list(range(count))[-KEPT_TIMES:]
    assert by_member(times) == {2: wanted, 4: wanted}
