"""What the members of a made-up graph did: experiences of offerings, outreaches. Knows nothing of files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop_bench.ties import Acquaintance, Floats, Ints

DAY_S = 86_400
ENDS_AT = 1_748_736_000
"""The last event, 1 June 2025: the same graph whenever it is made."""
BEGINS_AT = ENDS_AT - 4 * 365 * DAY_S
EXPERIENCES = 9.5
"""Of a member, on average, before those drawn twice are one."""
EVENNESS = 2.0
"""Shape of the gamma law of how active members are."""
POPULARITY = 0.8
"""Exponent of the power law of how popular offerings are."""
GROUPS = 20
"""Of communities with the same taste: half of what members do follows it, half what everybody does."""
SHARE_OF_TASTE = 0.5
SHARE_WITH_SENTIMENT = 0.4
SENTIMENT, SENTIMENT_SPREAD = 0.4, 0.45
MEMBERS_AN_OFFERING = 100
FEWEST_OFFERINGS, MOST_OFFERINGS = 200, 10_000
MEMBERS_AN_OUTREACH = 50
MOST_OUTREACHES = 20_000


@dataclass(frozen=True, slots=True)
class Experiences:
    """By (member, offering), each once; `sentiment` is nan where nothing was said."""

    member: Ints
    offering: Ints
    at: Ints
    sentiment: Floats


@dataclass(frozen=True, slots=True)
class Outreaches:
    """Each over one introducer: `state` and `outcome` are places in `STATES` and `OUTCOMES`, -1 where there is none."""

    sender: Ints
    introducer: Ints
    target: Ints
    offering: Ints
    at: Ints
    state: Ints
    outcome: Ints


STATES = ("asked", "passed_on", "declined", "no_answer")
STATE_SHARES = (0.1, 0.5, 0.3, 0.1)
OUTCOMES = ("adopted", "declined", "opted_out")
OUTCOME_SHARES = (0.25, 0.70, 0.05)
SHARE_OVER = 0.4
"""Of the passed-on outreaches that have their outcome; all others are under way."""


def count_offerings(members: int) -> int:
    return min(MOST_OFFERINGS, max(FEWEST_OFFERINGS, members // MEMBERS_AN_OFFERING))


def make_experiences(community: Ints, offerings: int, dice: np.random.Generator) -> Experiences:
    """A few offerings are had by very many; members of one community like the same."""
    members = len(community)
    active = dice.gamma(EVENNESS, EXPERIENCES / EVENNESS, members)
    member = np.repeat(np.arange(members), dice.poisson(active))
    until = np.cumsum(np.arange(1, offerings + 1) ** -POPULARITY)
    rank = np.searchsorted(until, dice.random(len(member)) * until[-1], side="right")
    taste = community[member] % GROUPS
    by_taste = dice.random(len(member)) < SHARE_OF_TASTE
    offering = np.where(by_taste, (rank + taste * (offerings // GROUPS)) % offerings, rank)
    keys = np.unique(member * offerings + offering)
    count = len(keys)
    sentiment = np.clip(dice.normal(SENTIMENT, SENTIMENT_SPREAD, count), -1.0, 1.0).round(2)
    sentiment[dice.random(count) >= SHARE_WITH_SENTIMENT] = np.nan
    at = dice.integers(BEGINS_AT, ENDS_AT + 1, count)
    at[0] = ENDS_AT
    return Experiences(keys // offerings, keys % offerings, at, sentiment)


def make_outreaches(ties: Acquaintance, had: Experiences, members: int, dice: np.random.Generator) -> Outreaches:
    """Senders who experienced something ask a contact to pass it on to one of the contact's contacts."""
    count = min(MOST_OUTREACHES, members // MEMBERS_AN_OUTREACH)
    row = dice.permutation(len(had.member))[: 2 * count]
    first_tie = np.searchsorted(ties.from_member, np.arange(members + 1))
    sender = had.member[row]
    introducer = _some_contact(ties, first_tie, sender, dice)
    target = np.where(introducer >= 0, _some_contact(ties, first_tie, np.maximum(introducer, 0), dice), -1)
    good = ~(had.sentiment[row] < 0) & (introducer >= 0) & (target >= 0) & (target != sender)
    good &= had.at[row] < ENDS_AT - 60 * DAY_S
    kept = np.flatnonzero(good)[:count]
    state = dice.choice(len(STATES), len(kept), p=STATE_SHARES)
    over = (state == STATES.index("passed_on")) & (dice.random(len(kept)) < SHARE_OVER)
    outcome = np.where(over, dice.choice(len(OUTCOMES), len(kept), p=OUTCOME_SHARES), -1)
    since = had.at[row[kept]]
    at = since + (dice.random(len(kept)) * (ENDS_AT - 30 * DAY_S - since)).astype(np.int64)
    return Outreaches(
        sender[kept], introducer[kept], target[kept], had.offering[row[kept]], at, state.astype(np.int64), outcome
    )


def _some_contact(ties: Acquaintance, first_tie: Ints, member: Ints, dice: np.random.Generator) -> Ints:
    """One contact of each, or -1 of who has none."""
    low, high = first_tie[member], first_tie[member + 1]
    chosen = low + (dice.random(len(member)) * (high - low)).astype(np.int64)
    return np.where(high > low, ties.to_member[np.minimum(chosen, len(ties) - 1)], -1)
