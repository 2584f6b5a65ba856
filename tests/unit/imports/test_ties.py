"""Strength, worked out over whole columns and tie by tie, against a slow and plain way of counting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop.imports.cells import one
from sixhop.imports.close_lists import best_pass_on, best_ties
from sixhop.imports.parsing import NONE
from sixhop.imports.rows import Rows
from sixhop.imports.ties import FolderTies, folder_ties, new_ties
from sixhop.merging.ties import TieNews, TieState, restated_as, tie_state, unite_tie

DAY = 86_400
HALF_LIFE = 10 * DAY
PRIOR = 0.03
MEMBERS = 3
PLAIN = ("since", "last_at", "imported_at", "base_strength", "strength", "sentiment", "sentiment_at", "pass_on")
CHANNELS = ["", "mail", "phone"]


@dataclass(frozen=True)
class Contact:
    tie: tuple[int, int]
    at: int
    channel: str
    sentiment: float | None


@dataclass(frozen=True)
class Declared:
    tie: tuple[int, int]
    since: int | None
    strength: float | None
    sentiment: float | None


PAIRS = st.sampled_from([(u, v) for u in range(MEMBERS) for v in range(MEMBERS) if u != v])
TIMES = st.integers(0, 150).map(lambda day: day * DAY)
MOODS = st.sampled_from([None, None, -1.0, 0.0, 0.5])
CONTACTS = st.lists(st.builds(Contact, PAIRS, TIMES, st.sampled_from(CHANNELS), MOODS), max_size=30)
MANY = st.lists(st.builds(Contact, st.just((0, 1)), TIMES, st.sampled_from(CHANNELS), MOODS), min_size=60, max_size=200)
DECLARED = st.lists(
    st.builds(Declared, PAIRS, st.none() | TIMES, st.sampled_from([None, 0.0, 0.5, 3.0]), MOODS),
    unique_by=lambda d: d.tie,
    max_size=6,
)


def grouped(declared: list[Declared], contacts: list[Contact]) -> FolderTies:
    def column(values: list[object], kind: type, absent: float) -> np.ndarray:
        return np.array([absent if v is None else v for v in values], dtype=kind)

    ties = Rows(
        {
            "from_id": column([d.tie[0] for d in declared], np.int32, -1),
            "to_id": column([d.tie[1] for d in declared], np.int32, -1),
            "since": column([d.since for d in declared], np.int64, NONE),
            "strength": column([d.strength for d in declared], np.float64, np.nan),
            "sentiment": column([d.sentiment for d in declared], np.float64, np.nan),
        },
        np.arange(len(declared)),
    )
    interactions = Rows(
        {
            "from_id": column([c.tie[0] for c in contacts], np.int32, -1),
            "to_id": column([c.tie[1] for c in contacts], np.int32, -1),
            "at": column([c.at for c in contacts], np.int64, NONE),
            "channel": pa.array([c.channel or None for c in contacts], pa.string()).dictionary_encode(),
            "sentiment": column([c.sentiment for c in contacts], np.float64, np.nan),
        },
        np.arange(len(contacts)),
    )
    return folder_ties(ties, interactions, MEMBERS)


def states(declared: list[Declared], contacts: list[Contact]) -> dict[tuple[int, int], TieState]:
    """Each tie as an import into an empty realm makes it."""
    folder = grouped(declared, contacts)
    new = new_ties(folder, half_life_s=HALF_LIFE, pass_on_prior=PRIOR)
    made = {}
    for i in range(len(folder)):
        kept = slice(new.kept_from[i], folder.start[i + 1])
        spoken = {folder.channels[c] for c in folder.contact_channel[folder.start[i] : folder.start[i + 1]]}
        fields = (
            "since",
            "last_at",
            "imported_at",
            "base_strength",
            "strength",
            "sentiment",
            "sentiment_at",
            "pass_on",
        )
        stored = {name: one(getattr(new, name)[i]) for name in fields}
        stored |= {
            "contacts": int(new.contacts[i]),
            "imported_strength": one(folder.imported[i]),
            "recent": folder.contact_at[kept].tolist(),
            "recent_channels": [folder.channels[c] for c in folder.contact_channel[kept]],
            "channels": sorted(spoken - {""}),
        }
        made[int(folder.from_member[i]), int(folder.to_member[i])] = tie_state(stored)
    return made


def news(declared: list[Declared], contacts: list[Contact]) -> dict[tuple[int, int], TieNews]:
    folder = grouped(declared, contacts)
    told = {}
    for i in range(len(folder)):
        span = slice(folder.start[i], folder.start[i + 1])
        channels = [folder.channels[c] for c in folder.contact_channel[span]]
        told[int(folder.from_member[i]), int(folder.to_member[i])] = TieNews(
            since=one(folder.since[i]),
            imported=one(folder.imported[i]),
            declared_sentiment=one(folder.declared_sentiment[i]),
            sentiment=one(folder.sentiment[i]),
            sentiment_at=one(folder.sentiment_at[i]),
            contacts=list(zip(folder.contact_at[span].tolist(), channels, strict=True)),
        )
    return told


def united(old: TieState, said: TieNews) -> TieState:
    return unite_tie(old, said, half_life_s=HALF_LIFE, pass_on_prior=PRIOR)


def counted(declared: Declared | None, contacts: list[Contact]) -> tuple[float, int | None]:
    """Strength and the instant it is stated at, counted one by one."""
    seen = {(c.at, c.channel) for c in contacts}
    imported = declared.strength if declared else None
    since = declared.since if declared else None
    instants = [at for at, _ in seen]
    if since is not None and (imported is not None or not seen):
        instants.append(since)
    last = max(instants, default=None)

    def left(at: int | None) -> float:
        return 1.0 if at is None or last is None else 0.5 ** ((last - at) / HALF_LIFE)

    total = sum(left(at) for at, _ in seen)
    if imported is not None:
        total += imported * left(since)
    elif not seen:
        total = 1.0
    return total, last


@settings(max_examples=200, deadline=None)
@given(declared=DECLARED, contacts=CONTACTS, many=MANY | st.just([]))
def test_strength_is_what_counting_by_hand_gives(
    declared: list[Declared], contacts: list[Contact], many: list[Contact]
) -> None:
    contacts = contacts + many
    rows = {d.tie: d for d in declared}
    made = states(declared, contacts)
    assert set(made) == set(rows) | {c.tie for c in contacts}
    for tie, state in made.items():
        own = [c for c in contacts if c.tie == tie]
        strength, last_at = counted(rows.get(tie), own)
        assert state.strength == pytest.approx(strength)
        assert state.last_at == last_at
        seen = sorted({(c.at, c.channel) for c in own})
        assert (state.contacts, list(state.recent)) == (len(seen), seen[-64:])
        assert state.pass_on == pytest.approx(min(PRIOR * 2 * strength / (1 + strength), 1))
        recent = sum(0.5 ** ((state.last_at - at) / HALF_LIFE) for at, _ in state.recent if state.last_at is not None)
        assert state.base_strength + recent == pytest.approx(state.strength)


@settings(max_examples=100, deadline=None)
@given(declared=DECLARED, contacts=CONTACTS, many=MANY | st.just([]), dice=st.randoms())
def test_the_order_of_rows_says_nothing(
    declared: list[Declared], contacts: list[Contact], many: list[Contact], dice: object
) -> None:
    first = states(declared, contacts + many)
    contacts = contacts + many
    dice.shuffle(contacts)  # type: ignore[attr-defined]
    dice.shuffle(declared)  # type: ignore[attr-defined]
    assert states(declared, contacts) == first


@settings(max_examples=300, deadline=None)
@given(declared=DECLARED, contacts=CONTACTS, many=MANY | st.just([]), later=CONTACTS, again=DECLARED)
def test_uniting_the_same_again_changes_nothing(
    declared: list[Declared], contacts: list[Contact], many: list[Contact], later: list[Contact], again: list[Declared]
) -> None:
    graph = states(declared, contacts + many)
    for tie, said in news(declared, contacts + many).items():
        assert united(graph[tie], said) == graph[tie]
    for tie, said in news(again, later).items():
        if tie in graph:
            once = united(graph[tie], said)
            assert united(once, said) == once


@settings(max_examples=300, deadline=None)
@given(declared=DECLARED, contacts=CONTACTS, parts=st.lists(st.booleans(), min_size=30, max_size=30))
def test_folders_in_parts_and_in_either_order_make_what_one_folder_makes(
    declared: list[Declared], contacts: list[Contact], parts: list[bool]
) -> None:
    dated = [replace(d, since=d.since if d.since is not None else 0) for d in declared]
    halves = [[c for c, part in zip(contacts, parts, strict=False) if part is side] for side in (True, False)]
    whole = states(dated, contacts)
    for sequence in (
        ((dated, halves[0]), ([], halves[1])),
        (([], halves[1]), (dated, halves[0])),
        ((dated, []), ([], halves[1]), ([], halves[0])),
    ):
        graph: dict[tuple[int, int], TieState] = {}
        for rows, some in sequence:
            fresh = states(list(rows), list(some))
            for tie, said in news(list(rows), list(some)).items():
                old = graph.get(tie)
                graph[tie] = fresh[tie] if old is None else united(old, said)
        assert set(graph) == set(whole)
        for tie, state in graph.items():
            _are_alike(state, whole[tie])


def _are_alike(left: TieState, right: TieState) -> None:
    about = {"strength", "base_strength", "pass_on"}
    for name in TieState.__slots__:
        a, b = getattr(left, name), getattr(right, name)
        assert a == (pytest.approx(b) if name in about else b), name


@settings(max_examples=200, deadline=None)
@given(declared=DECLARED, contacts=CONTACTS)
def test_another_half_life_gives_what_importing_with_it_gives(
    declared: list[Declared], contacts: list[Contact]
) -> None:
    folder = grouped(declared, contacts)
    wanted = new_ties(folder, half_life_s=3 * HALF_LIFE, pass_on_prior=0.1).strength.tolist()
    for state, strength in zip(states(declared, contacts).values(), wanted, strict=True):
        assert restated_as(state, half_life_s=3 * HALF_LIFE, pass_on_prior=0.1).strength == pytest.approx(strength)


def test_a_scored_tie_keeps_to_the_models_word_in_proportion() -> None:
    old = replace(
        states([], [Contact((0, 1), 0, "", None)])[0, 1], pass_on=0.2, scored_pass_on=0.2, scored_strength=1.0
    )
    said = TieNews(None, None, None, None, None, [(0, ""), (DAY, "")])
    after = united(old, said)
    strength = 1 + 0.5 ** (1 / 10)
    assert after.strength == pytest.approx(strength)
    assert after.pass_on == pytest.approx(0.2 * (2 * strength / (1 + strength)) / 1.0)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.sampled_from([0.1, 0.2])), unique_by=lambda t: t[:2]),
    st.integers(1, 4),
)
def test_the_best_ties_are_those_of_a_plain_sort(ties: list[tuple[int, int, float]], close_ties: int) -> None:
    near, far, pass_on = (np.array([t[i] for t in ties], dtype=kind) for i, kind in ((0, int), (1, int), (2, float)))
    best = best_ties(near, far, pass_on, close_ties=close_ties)
    wanted = set()
    for member in range(5):
        own = sorted((t for t in ties if t[0] == member), key=lambda t: (-t[2], t[1]))
        wanted |= set(own[:close_ties])
    assert {ties[i] for i in best} == wanted


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 0.1, 0.2]))))
def test_the_best_score_of_each_member_is_that_of_a_plain_search(ties: list[tuple[int, float]]) -> None:
    near, pass_on = np.array([t[0] for t in ties], dtype=int), np.array([t[1] for t in ties])
    own = [[score for member, score in ties if member == m] for m in range(5)]
    best = best_pass_on(near, pass_on, members=5)
    assert [one(score) for score in best] == [max(scores, default=None) for scores in own]
