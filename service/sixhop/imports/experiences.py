"""What a folder says of experiences: one line per member and offering. Knows nothing of what the realm has already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sixhop.imports.parsing import NONE
from sixhop.imports.rows import Int64s, Rows, words
from sixhop.imports.ties import Int32s
from sixhop.merging.strength import Floats


@dataclass(frozen=True, slots=True)
class FolderExperiences:
    """One entry per (member, offering), in that order. The moments of entry i are rows `start[i]` to `start[i + 1]`.

    `kind` is that of the first moment (-1: not given); `sentiment`, `place` and `channel` are the last given;
    `value` of an entry is the sum over its moments (nan: none was given).
    """

    member: Int32s
    offering: Int32s
    kind: Int32s
    sentiment: Floats
    sentiment_at: Int64s
    value: Floats
    place: Int32s
    channel: Int32s
    places: list[str]
    channels: list[str]
    start: Int64s
    at: Int64s
    value_at: Floats

    def __len__(self) -> int:
        return len(self.member)

    @property
    def first_at(self) -> Int64s:
        return self.at[self.start[:-1]]

    @property
    def last_at(self) -> Int64s:
        return self.at[self.start[1:] - 1]

    @property
    def times(self) -> Int64s:
        return np.diff(self.start)


def folder_experiences(rows: Rows, offerings: int) -> FolderExperiences:
    """Group the file by member and offering; what happened at one second is one moment."""
    key: Any = rows["member_id"].astype(np.int64) * offerings + rows["offering_id"]
    places, place = words(rows["place"])
    channels, channel = words(rows["channel"])
    order = np.lexsort((channel, place, rows["value"], rows["sentiment"], rows["kind"], rows["at"], key))
    at: Any
    value: Any
    key, at, kind = key[order], rows["at"][order], rows["kind"][order]
    sentiment, value = rows["sentiment"][order], rows["value"][order]
    place, channel = place[order], channel[order]

    twice = np.zeros(len(key), dtype=bool)
    twice[1:] = np.logical_and.reduce(
        [_same(column) for column in (key, at, kind, sentiment, value, place, channel)], axis=0, initial=True
    )
    once = ~twice
    key, at, kind, sentiment, value, place, channel = (
        column[once] for column in (key, at, kind, sentiment, value, place, channel)
    )
    new_entry = _starts(key)
    new_moment = new_entry | _starts(at)
    entries, moments = np.flatnonzero(new_entry), np.flatnonzero(new_moment)
    entry_of_row = np.cumsum(new_entry) - 1
    # Of two sentiments at one second the lower counts, so rows of one moment run from high to low for this.
    last_felt = _last(entry_of_row, ~np.isnan(sentiment), len(entries), np.lexsort((-sentiment, at, key)))
    return FolderExperiences(
        member=(key[entries] // offerings).astype(np.int32) if len(key) else np.empty(0, np.int32),
        offering=(key[entries] % offerings).astype(np.int32) if len(key) else np.empty(0, np.int32),
        kind=_first_given(kind, entries, new_moment, entry_of_row),
        sentiment=np.where(last_felt >= 0, sentiment[last_felt], np.nan) if len(key) else np.empty(0),
        sentiment_at=np.where(last_felt >= 0, at[last_felt], NONE) if len(key) else np.empty(0, np.int64),
        value=_total(value, entries),
        place=_last_word(place, entry_of_row, len(entries)),
        channel=_last_word(channel, entry_of_row, len(entries)),
        places=places,
        channels=channels,
        start=np.searchsorted(moments, np.append(entries, len(key))),
        at=at[moments],
        value_at=_total(value, moments),
    )


def _same(column: Any) -> Any:
    equal = column[1:] == column[:-1]
    return equal | (np.isnan(column[1:]) & np.isnan(column[:-1])) if column.dtype.kind == "f" else equal


def _starts(column: Any) -> Any:
    starts = np.ones(len(column), dtype=bool)
    starts[1:] = column[1:] != column[:-1]
    return starts


def _total(values: Floats, starts: Int64s) -> Floats:
    """Sums over the runs that begin at `starts`; nan where no value was given."""
    if not len(starts):
        return np.empty(0)
    given = ~np.isnan(values)
    total = np.add.reduceat(np.where(given, values, 0.0), starts)
    return np.where(np.add.reduceat(given.astype(np.int64), starts) > 0, total, np.nan)


def _last(entry: Int64s, given: Any, entries: int, order: Int64s | None = None) -> Int64s:
    """The last row of each entry that is `given`, in `order` (default: as they stand); -1 where there is none."""
    last = np.full(entries, -1, dtype=np.int64)
    rows = np.flatnonzero(given) if order is None else order[given[order]]
    last[entry[rows]] = rows  # a later row overwrites an earlier one
    return last


def _last_word(words_at: Int32s, entry: Int64s, entries: int) -> Int32s:
    last = _last(entry, words_at > 0, entries)
    return np.where(last >= 0, words_at[last], 0).astype(np.int32) if len(words_at) else np.empty(0, np.int32)


def _first_given(kind: Any, entries: Int64s, new_moment: Any, entry: Int64s) -> Int32s:
    """The kind of each entry's first moment; where that moment has several, the first in order that is given."""
    moment = np.cumsum(new_moment) - 1
    in_first = (moment == moment[entries][entry]) & (kind >= 0) if len(entries) else np.zeros(0, dtype=bool)
    first = np.full(len(entries), -1, dtype=np.int32)
    rows = np.flatnonzero(in_first)[::-1]
    first[entry[rows]] = kind[rows]
    return first
