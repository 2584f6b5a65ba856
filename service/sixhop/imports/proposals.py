"""Proposes a realm's label window and half-life from a folder's own times. Method and reasons: `docs/data.md`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop.graph.realm import DAY_S
from sixhop.imports.experiences import FolderExperiences
from sixhop.imports.rows import Int64s, Rows
from sixhop.imports.staging import Stage
from sixhop.imports.ties import FolderTies

ROUND_DAYS = (1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730)
SHARE_WITHIN = 0.8
"""Of the answers seen, so many should fall within the label window."""
SLICES = 8
"""The window is at most this part of the data's span: three slices, each complete and apart from the next, then fit."""
SHARE_OF_PAUSES = 0.9
MOST_SAMPLES = 1_000_000
FEWEST = 100
"""From fewer observations nothing is concluded."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two settings and, for each, why; None where the data does not say."""

    label_window_days: int | None
    label_window_why: str
    half_life_days: float | None
    half_life_why: str


def propose(staged: Stage, ties: FolderTies, experiences: FolderExperiences | None) -> Proposal:
    """Read the two settings out of the folder's times; bounded samples, the same for the same folder."""
    span = _span(staged)
    window, window_why = _label_window(ties, experiences, span)
    half_life, half_life_why = _half_life(ties)
    return Proposal(window, window_why, half_life, half_life_why)


def _span(staged: Stage) -> int:
    """Seconds between the first and last hundredth of all events: a stray date does not stretch it."""
    times = [_times(staged.rows.get(kind)) for kind in ("interactions", "experiences", "outreach")]
    whole = np.concatenate(times)
    if not len(whole):
        return 0
    first, last = np.quantile(whole, (0.01, 0.99))
    return int(last - first)


def _times(rows: Rows | None) -> Int64s:
    return rows["at"] if rows is not None else np.empty(0, dtype=np.int64)


def _label_window(ties: FolderTies, experiences: FolderExperiences | None, span: int) -> tuple[int | None, str]:
    delays, of_what = np.empty(0, dtype=np.int64), "adoptions after a contact's experience"
    if experiences is not None and len(experiences):
        delays = _adoption_delays(ties, experiences)
    elif len(ties.contact_at):
        delays, of_what = _reply_delays(ties), "replies"
    if len(delays) < FEWEST or span < SLICES * DAY_S:
        return None, f"only {len(delays)} {of_what} seen, in {span // DAY_S} days"
    wanted = float(np.quantile(delays, SHARE_WITHIN)) / DAY_S
    most = span / SLICES / DAY_S
    fitting = [days for days in ROUND_DAYS if days <= most]
    chosen = next((days for days in fitting if days >= wanted), fitting[-1])
    within = float((delays <= chosen * DAY_S).mean())
    why = f"{within:.0%} of {len(delays)} {of_what} seen come within it"
    if chosen < wanted:
        why += f"; more would leave no three separate slices in {span // DAY_S} days"
    return chosen, why


def _adoption_delays(ties: FolderTies, experiences: FolderExperiences) -> Int64s:
    """For a sample of ties (u, v): how long after u each offering came to v."""
    key = experiences.member.astype(np.int64) << 32 | experiences.offering
    first_at = experiences.first_at
    begin = np.searchsorted(experiences.member, np.arange(int(experiences.member.max()) + 2))
    ordered = np.random.default_rng(_SEED).permutation(len(ties))
    ordered = ordered[(ties.from_member[ordered] < len(begin) - 1)]
    counts = (begin[1:] - begin[:-1])[ties.from_member[ordered]]
    enough = int(np.searchsorted(np.cumsum(counts), MOST_SAMPLES)) + 1
    sampled, counts = ordered[:enough], counts[:enough]
    starts = np.repeat(begin[ties.from_member[sampled]], counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    seen = starts + within  # u's experiences, one row for each tie it has them at
    wanted = np.repeat(ties.to_member[sampled].astype(np.int64), counts) << 32 | experiences.offering[seen]
    place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    delays = (first_at[place] - first_at[seen])[key[place] == wanted]
    return np.asarray(delays[delays > 0])


def _reply_delays(ties: FolderTies) -> Int64s:
    """How long after a contact from u to v the next one from v to u came."""
    members = int(max(ties.from_member.max(), ties.to_member.max())) + 1
    tie_of = np.repeat(np.arange(len(ties)), np.diff(ties.start))[:MOST_SAMPLES]
    at = ties.contact_at[:MOST_SAMPLES]
    keys = ties.from_member.astype(np.int64) * members + ties.to_member
    back = ties.to_member.astype(np.int64) * members + ties.from_member
    reverse = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    reverse = np.where(keys[reverse] == back, reverse, -1)[tie_of]
    # Contacts are in order of (tie, time): one search in a key of both finds the next contact the other way.
    low = int(ties.contact_at.min())
    width = int(ties.contact_at.max()) - low + 2
    if len(ties) * width >= np.iinfo(np.int64).max:
        return np.empty(0, dtype=np.int64)
    spread = np.repeat(np.arange(len(ties)), np.diff(ties.start)) * width + (ties.contact_at - low)
    following = np.searchsorted(spread, reverse * width + (at - low), side="right")
    found = (reverse >= 0) & (following < ties.start[np.minimum(reverse, len(ties) - 1) + 1])
    return np.asarray(ties.contact_at[following[found]] - at[found])


def _half_life(ties: FolderTies) -> tuple[float | None, str]:
    """The pause that nine of ten pauses between days of contact do not exceed: who is silent longer has faded."""
    day = ties.contact_at // DAY_S
    tie_of = np.repeat(np.arange(len(ties)), np.diff(ties.start))
    pauses = np.diff(day)[np.diff(tie_of) == 0]
    pauses = pauses[pauses > 0][:MOST_SAMPLES]
    if len(pauses) < FEWEST:
        return None, f"only {len(pauses)} pauses between a tie's days of contact seen"
    wanted = float(np.quantile(pauses, SHARE_OF_PAUSES))
    chosen = next((days for days in ROUND_DAYS if days >= wanted), ROUND_DAYS[-1])
    share = float((pauses <= chosen).mean())
    return float(chosen), f"{share:.0%} of {len(pauses)} pauses between a tie's days of contact are no longer"
