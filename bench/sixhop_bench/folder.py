"""Writes a made-up graph as an import folder of Parquet files. Knows nothing of Neo4j."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sixhop_bench.graphs import GraphSpec
from sixhop_bench.lives import (
    BEGINS_AT,
    DAY_S,
    ENDS_AT,
    OUTCOMES,
    STATES,
    Experiences,
    Outreaches,
    count_offerings,
    make_experiences,
    make_outreaches,
)
from sixhop_bench.ties import Acquaintance, Ints, make_ties

SHARE_NOT_REACHED, SHARE_NOT_NAMED, SHARE_NOT_INTRODUCING = 0.03, 0.04, 0.05
BLOCKS_A_MEMBER = 0.01
SHARE_SECOND_COMMUNITY = 0.2
COMMUNITIES_A_PARENT = 20
MEMBERS_AN_ENTERPRISE, MOST_ENTERPRISES = 2_000, 50
ACTING_FOR_EACH = 25
SHARE_CUSTOMERS = 0.3
PLACES = 20
CHANNELS = ("chat", "shop", "mail", "event")


def write_folder(spec: GraphSpec, path: Path, say: Callable[[str], None] = lambda _: None) -> int:
    """Write the folder, which must be there; returns how many ties it has. The same spec gives the same folder."""
    dice = np.random.default_rng(spec.seed)
    members, offerings = spec.all_members, count_offerings(spec.members)
    say("drawing ties")
    ties = make_ties(spec, dice)
    say("drawing experiences")
    had = make_experiences(ties.community, offerings, dice)
    outreaches = make_outreaches(ties, had, members, dice)
    say("writing the import folder")
    member_ids = _ids("m", members)
    enterprises = max(1, min(MOST_ENTERPRISES, members // MEMBERS_AN_ENTERPRISE))
    tables = {
        "members": _members(member_ids, dice),
        "ties": _ties(ties, member_ids, dice),
        "offerings": _offerings(offerings, enterprises),
        "experiences": _experiences(had, ties.community, member_ids, offerings, dice),
        "blocks": _blocks(ties, member_ids, dice),
        **_communities(ties.community, member_ids, dice),
        **_enterprises(enterprises, member_ids, dice),
        **_outreaches(outreaches, member_ids),
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), path / f"{name}.parquet", compression="zstd")
    return len(ties)


def _ids(letter: str, count: int) -> pa.Array:
    return pc.binary_join_element_wise(letter, pa.array(np.arange(count)).cast(pa.string()), "")


def _of(ids: pa.Array, codes: Ints) -> pa.Array:
    return ids.take(pa.array(codes))


def _members(ids: pa.Array, dice: np.random.Generator) -> dict[str, Any]:
    def refused(share: float) -> pa.Array:
        return pa.array(np.zeros(len(ids), dtype=bool), mask=dice.random(len(ids)) >= share)

    return {
        "member_id": ids,
        "joined_at": dice.integers(BEGINS_AT - 365 * DAY_S, BEGINS_AT, len(ids)),
        "can_be_reached": refused(SHARE_NOT_REACHED),
        "can_be_named": refused(SHARE_NOT_NAMED),
        "can_introduce": refused(SHARE_NOT_INTRODUCING),
    }


def _ties(ties: Acquaintance, ids: pa.Array, dice: np.random.Generator) -> dict[str, Any]:
    return {
        "from_id": _of(ids, ties.from_member),
        "to_id": _of(ids, ties.to_member),
        "since": dice.integers(BEGINS_AT, ENDS_AT, len(ties)),
        "strength": ties.strength,
    }


def _offerings(count: int, enterprises: int) -> dict[str, Any]:
    ids = _ids("o", count)
    owners = _of(_ids("e", enterprises), np.arange(count) % enterprises)
    return {"offering_id": ids, "kind": pa.repeat("product", count), "enterprise_id": owners}


def _experiences(
    had: Experiences, community: Ints, ids: pa.Array, offerings: int, dice: np.random.Generator
) -> dict[str, Any]:
    """Members of one community live at one place."""
    return {
        "member_id": _of(ids, had.member),
        "offering_id": _of(_ids("o", offerings), had.offering),
        "at": had.at,
        "kind": pa.repeat("use", len(had.member)),
        "sentiment": pa.array(had.sentiment, from_pandas=True),
        "place": _of(_ids("city ", PLACES), community[had.member] % PLACES),
        "channel": _of(pa.array(CHANNELS), dice.integers(0, len(CHANNELS), len(had.member))),
    }


def _blocks(ties: Acquaintance, ids: pa.Array, dice: np.random.Generator) -> dict[str, Any]:
    """Between members who know each other: only there do they stand in a chain's way."""
    chosen = dice.choice(len(ties), int(len(ids) * BLOCKS_A_MEMBER), replace=False)
    return {
        "from_id": _of(ids, ties.from_member[chosen]),
        "to_id": _of(ids, ties.to_member[chosen]),
        "at": dice.integers(BEGINS_AT, ENDS_AT, len(chosen)),
    }


def _communities(community: Ints, ids: pa.Array, dice: np.random.Generator) -> dict[str, dict[str, Any]]:
    count = int(community.max()) + 1
    parents = count // COMMUNITIES_A_PARENT + 1
    names, parent_names = _ids("c", count), _ids("p", parents)
    second = np.flatnonzero(dice.random(len(community)) < SHARE_SECOND_COMMUNITY)
    other = (community[second] + dice.integers(1, count, len(second))) % count if count > 1 else community[second][:0]
    belonging = np.concatenate([np.arange(len(community)), second[: len(other)]])
    return {
        "communities": {
            "community_id": pa.concat_arrays([parent_names, names]),
            "parent_id": pa.concat_arrays(
                [pa.nulls(parents, pa.string()), _of(parent_names, np.arange(count) // COMMUNITIES_A_PARENT)]
            ),
        },
        "memberships": {
            "member_id": _of(ids, belonging),
            "community_id": _of(names, np.concatenate([community, other])),
        },
    }


def _enterprises(count: int, ids: pa.Array, dice: np.random.Generator) -> dict[str, dict[str, Any]]:
    names = _ids("e", count)
    acting = dice.choice(len(ids), count * ACTING_FOR_EACH, replace=False)
    customers = np.flatnonzero(dice.random(len(ids)) < SHARE_CUSTOMERS)
    return {
        "enterprises": {"enterprise_id": names, "alliance_id": pa.repeat("a0", count)},
        "acts_for": {
            "member_id": _of(ids, acting),
            "enterprise_id": _of(names, np.arange(len(acting)) % count),
            "role": pa.repeat("buyer", len(acting)),
        },
        "customers": {
            "member_id": _of(ids, customers),
            "enterprise_id": _of(names, dice.integers(0, count, len(customers))),
        },
    }


def _outreaches(outreaches: Outreaches, ids: pa.Array) -> dict[str, dict[str, Any]]:
    outreach_ids = _ids("r", len(outreaches.sender))
    over = outreaches.outcome < 0
    asked_at = outreaches.at + DAY_S
    unanswered = np.isin(outreaches.state, [STATES.index("asked"), STATES.index("no_answer")])
    return {
        "outreach": {
            "outreach_id": outreach_ids,
            "sender_id": _of(ids, outreaches.sender),
            "target_id": _of(ids, outreaches.target),
            "offering_id": _of(_ids("o", int(outreaches.offering.max()) + 1), outreaches.offering),
            "at": outreaches.at,
            "outcome": pa.array(OUTCOMES).take(pa.array(outreaches.outcome, mask=over)),
            "outcome_at": pa.array(outreaches.at + 10 * DAY_S, mask=over),
        },
        "hops": {
            "outreach_id": outreach_ids,
            "position": np.ones(len(outreach_ids), dtype=np.int64),
            "member_id": _of(ids, outreaches.introducer),
            "asked_at": asked_at,
            "answered_at": pa.array(asked_at + DAY_S, mask=unanswered),
            "state": pa.array(STATES).take(pa.array(outreaches.state)),
        },
    }
