"""What a folder says of ties: declared ones and contacts, grouped, and the state each has where the realm has none yet.

Works on whole columns. `unite.py` does the same for one tie that the realm has already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sixhop.imports.parsing import NONE
from sixhop.imports.rows import Int64s, Rows, words
from sixhop.merging.strength import DEFAULT_STRENGTH, KEPT_CONTACTS, Floats, decayed, unscored_pass_on

Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FolderTies:
    """All ties a folder speaks of, by (from, to). Contacts of tie i are rows `start[i]` to `start[i + 1]`, in order.

    `since`, `imported` and `declared_sentiment` come from the ties file (NONE or nan where not given), `sentiment` and
    `sentiment_at` are the last that a contact gave.
    """

    from_member: Int32s
    to_member: Int32s
    since: Int64s
    imported: Floats
    declared_sentiment: Floats
    sentiment: Floats
    sentiment_at: Int64s
    start: Int64s
    contact_at: Int64s
    contact_channel: Int32s
    channels: list[str]

    def __len__(self) -> int:
        return len(self.from_member)


def folder_ties(ties: Rows | None, interactions: Rows | None, members: int, *, mutual: bool = False) -> FolderTies:
    """Group the two files by tie. `mutual`: a row of the ties file stands for its reverse too, unless that is given."""
    declared = _declared(ties, members, mutual=mutual)
    contacts = _contacts(interactions, members)
    keys = np.union1d(declared["key"], contacts["key"])
    row = np.searchsorted(keys, declared["key"])
    mood = np.searchsorted(keys, contacts["mood_key"])

    def spread(values: Any, at: Int64s, absent: float, kind: type) -> Any:
        whole: Any = np.full(len(keys), absent, dtype=kind)
        whole[at] = values
        return whole

    return FolderTies(
        from_member=(keys // members).astype(np.int32),
        to_member=(keys % members).astype(np.int32),
        since=spread(declared["since"], row, NONE, np.int64),
        imported=spread(declared["strength"], row, np.nan, np.float64),
        declared_sentiment=spread(declared["sentiment"], row, np.nan, np.float64),
        sentiment=spread(contacts["mood"], mood, np.nan, np.float64),
        sentiment_at=spread(contacts["mood_at"], mood, NONE, np.int64),
        start=np.searchsorted(contacts["key"], np.append(keys, np.iinfo(np.int64).max)),
        contact_at=contacts["at"],
        contact_channel=contacts["channel"],
        channels=contacts["channels"],
    )


def _declared(ties: Rows | None, members: int, *, mutual: bool) -> dict[str, Any]:
    if ties is None:
        return {
            "key": np.empty(0, np.int64),
            "since": np.empty(0, np.int64),
            "strength": np.empty(0),
            "sentiment": np.empty(0),
        }
    columns = {name: ties[name] for name in ("since", "strength", "sentiment")}
    key = _key(ties["from_id"], ties["to_id"], members)
    if mutual:
        reverse = _key(ties["to_id"], ties["from_id"], members)
        new = ~np.isin(reverse, key)
        key = np.concatenate([key, reverse[new]])
        columns = {name: np.concatenate([values, values[new]]) for name, values in columns.items()}
    return {"key": key, **columns}


def _contacts(interactions: Rows | None, members: int) -> dict[str, Any]:
    """Each contact once (by tie, time and channel), in that order, and per tie the last sentiment."""
    if interactions is None or not len(interactions):
        none = np.empty(0, np.int64)
        return {
            "key": none,
            "at": none,
            "channel": np.empty(0, np.int32),
            "channels": [""],
            "mood_key": none,
            "mood": np.empty(0),
            "mood_at": none,
        }
    key = _key(interactions["from_id"], interactions["to_id"], members)
    at, sentiment = interactions["at"], interactions["sentiment"]
    channels, channel = words(interactions["channel"])

    # Of two sentiments at one second the lower counts: a bad word is not lost.
    felt = np.flatnonzero(~np.isnan(sentiment))
    felt = felt[np.lexsort((-sentiment[felt], at[felt], key[felt]))]
    felt = felt[np.append(key[felt][1:] != key[felt][:-1], True)[: len(felt)]]

    order = np.lexsort((channel, at, key))
    key, when, channel = key[order], at[order], channel[order]
    new = np.append(True, (key[1:] != key[:-1]) | (when[1:] != when[:-1]) | (channel[1:] != channel[:-1]))
    mood_key = _key(interactions["from_id"][felt], interactions["to_id"][felt], members)
    return {
        "key": key[new],
        "at": when[new],
        "channel": channel[new],
        "channels": channels,
        "mood_key": mood_key,
        "mood": sentiment[felt],
        "mood_at": at[felt],
    }


def _key(from_member: Any, to_member: Any, members: int) -> Int64s:
    return np.asarray(from_member.astype(np.int64) * members + to_member)


@dataclass(frozen=True, slots=True)
class NewTies:
    """The state of each tie of a `FolderTies` where the realm has none yet; NONE or nan where there is no value.

    The kept contacts of tie i are rows `kept_from[i]` to `start[i + 1]` of the folder's contacts.
    """

    since: Int64s
    contacts: Int64s
    kept_from: Int64s
    last_at: Int64s
    imported_at: Int64s
    base_strength: Floats
    strength: Floats
    sentiment: Floats
    sentiment_at: Int64s
    pass_on: Floats


def new_ties(folder: FolderTies, *, half_life_s: float, pass_on_prior: float) -> NewTies:
    """Strength and `pass_on` of every tie from what the folder says alone."""
    start, stop = folder.start[:-1], folder.start[1:]
    contacts = stop - start
    met = contacts > 0
    kept_from = np.maximum(start, stop - KEPT_CONTACTS)
    first = np.full(len(folder), NONE, dtype=np.int64)
    first[met] = folder.contact_at[start[met]]
    last = np.full(len(folder), NONE, dtype=np.int64)
    last[met] = folder.contact_at[stop[met] - 1]

    imported = ~np.isnan(folder.imported)
    dated = folder.since != NONE
    # A tie that was never seen in use is as strong as it was said to be, when it was said.
    last_at = np.where(met & ~imported, last, np.maximum(last, folder.since))
    imported_at = np.where(imported, np.where(dated, folder.since, last_at), NONE)

    base = np.where(imported, folder.imported, np.where(met, 0.0, DEFAULT_STRENGTH))
    fading = imported & (imported_at != NONE)
    base[fading] *= decayed((last_at - imported_at)[fading], half_life_s)
    recent, older = _sums(folder, kept_from, last_at, half_life_s)
    base += older
    strength = base + recent

    declared = np.isnan(folder.sentiment)
    return NewTies(
        since=np.where(dated & met, np.minimum(folder.since, first), np.where(dated, folder.since, first)),
        contacts=contacts,
        kept_from=kept_from,
        last_at=last_at,
        imported_at=imported_at,
        base_strength=base,
        strength=strength,
        sentiment=np.where(declared, folder.declared_sentiment, folder.sentiment),
        sentiment_at=folder.sentiment_at,
        pass_on=unscored_pass_on(pass_on_prior, strength),
    )


def _sums(folder: FolderTies, kept_from: Int64s, last_at: Int64s, half_life_s: float) -> tuple[Floats, Floats]:
    """The decayed counts, as of `last_at`, of each tie's kept contacts and of those before them."""
    recent, older = np.zeros(len(folder)), np.zeros(len(folder))
    met = np.flatnonzero(folder.start[1:] > folder.start[:-1])
    if not len(met):
        return recent, older
    counts = (folder.start[1:] - folder.start[:-1])[met]
    weights = decayed(np.repeat(last_at[met], counts) - folder.contact_at, half_life_s)
    kept = np.arange(len(weights)) >= np.repeat(kept_from[met], counts)
    starts = folder.start[:-1][met]
    recent[met] = np.add.reduceat(np.where(kept, weights, 0.0), starts)
    if not kept.all():
        older[met] = np.add.reduceat(np.where(kept, 0.0, weights), starts)
    return recent, older
