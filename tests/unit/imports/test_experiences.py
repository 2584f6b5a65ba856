"""Experiences of one offering are one, however they are told: at once, in parts, in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sixhop.imports.cells import one
from sixhop.imports.experiences import folder_experiences
from sixhop.imports.kinds import KINDS
from sixhop.imports.rows import Rows
from sixhop.merging.experiences import ExperienceNews, ExperienceState, unite_experience

USES = KINDS["experiences"].columns[3].choices
PLACES = ["", "Oslo", "Rome"]


@dataclass(frozen=True, order=True)
class Told:
    at: int
    kind: int
    sentiment: float
    value: float
    place: str


MOMENTS = st.lists(
    st.builds(
        Told,
        st.integers(0, 20),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([-1.0, 0.5]),
        st.sampled_from([1.0, 2.5]),
        st.sampled_from(PLACES),
    ),
    min_size=1,
    max_size=12,
)


def entry(moments: list[Told]) -> ExperienceNews:
    """All moments as one member's experience of one offering."""
    zeros = np.zeros(len(moments), dtype=np.int32)
    rows = Rows(
        {
            "member_id": zeros,
            "offering_id": zeros,
            "at": np.array([m.at for m in moments]),
            "kind": np.array([m.kind for m in moments], dtype=np.int8),
            "sentiment": np.array([m.sentiment for m in moments]),
            "value": np.array([m.value for m in moments]),
            "place": pa.array([m.place or None for m in moments], pa.string()).dictionary_encode(),
            "channel": pa.array([None] * len(moments), pa.string()).dictionary_encode(),
        },
        np.arange(len(moments)),
    )
    folder = folder_experiences(rows, 1)
    assert len(folder) == 1
    kind = int(folder.kind[0])
    state = ExperienceState(
        kind=None if kind < 0 else USES[kind],
        first_at=int(folder.first_at[0]),
        last_at=int(folder.last_at[0]),
        times=int(folder.times[0]),
        sentiment=one(folder.sentiment[0]),
        sentiment_at=one(folder.sentiment_at[0]),
        value=one(folder.value[0]),
        place=folder.places[folder.place[0]] or None,
        channel=None,
    )
    return ExperienceNews(state, list(zip(folder.at.tolist(), folder.value_at.tolist(), strict=True)))


@settings(deadline=None)
@given(MOMENTS, st.randoms())
def test_an_entry_is_what_reading_moment_by_moment_gives(moments: list[Told], dice: object) -> None:
    state = entry(moments).state
    distinct = sorted(set(moments))
    times = sorted({m.at for m in moments})
    assert (state.first_at, state.last_at, state.times) == (times[0], times[-1], len(times))
    assert state.value == pytest.approx(sum(m.value for m in distinct))
    assert state.sentiment == min(m.sentiment for m in moments if m.at == times[-1])
    kinds = [m.kind for m in moments if m.at == times[0] and m.kind >= 0]
    assert state.kind == (USES[min(kinds)] if kinds else None)
    placed = max((m.at for m in moments if m.place), default=None)
    assert state.place in ({None} if placed is None else {m.place for m in moments if m.at == placed and m.place})
    dice.shuffle(moments)  # type: ignore[attr-defined]
    assert entry(moments).state == state


@settings(deadline=None)
@given(MOMENTS, MOMENTS)
def test_uniting_the_same_again_changes_nothing(first: list[Told], later: list[Told]) -> None:
    state = entry(first).state
    assert unite_experience(state, entry(first)) == state
    once = unite_experience(state, entry(later))
    assert unite_experience(once, entry(later)) == once


WINDOWS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted)


@settings(deadline=None)
@given(st.sets(st.integers(0, 20), min_size=1), WINDOWS, WINDOWS)
def test_an_old_folder_after_a_newer_one_changes_nothing(
    happened: set[int], first: list[int], later: list[int]
) -> None:
    """Where each folder holds all that happened in its time; the times may overlap."""

    def said(window: list[int]) -> ExperienceNews:
        times = [at for at in happened if window[0] <= at <= window[1]]
        return entry([Told(at, at % 2, (-1.0, 0.5)[at % 2], 1.0 + at % 3, PLACES[1 + at % 2]) for at in times])

    assume(all(any(low <= at <= high for at in happened) for low, high in (first, later)))
    once = unite_experience(said(first).state, said(later))
    assert unite_experience(once, said(first)) == once


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 20))
def test_folders_of_following_times_make_what_one_folder_makes(moments: list[Told], cut: int) -> None:
    parts = [[m for m in moments if m.at < cut], [m for m in moments if m.at >= cut]]
    whole = entry(moments).state
    for sequence in (parts, parts[::-1]):
        told = [entry(part) for part in sequence if part]
        state = told[0].state
        for said in told[1:]:
            state = unite_experience(state, said)
        for name in set(ExperienceState.__slots__) - {"value", "kind", "place"}:
            assert getattr(state, name) == getattr(whole, name), name
        assert state.value == pytest.approx(whole.value)
