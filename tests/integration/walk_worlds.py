"""Random small graphs for the tests of walks: dense enough that there is much to cut off, sometimes with a hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from walk_oracle import World

NOW = 1_700_000_000
T = TypeVar("T")
# Few different values make equal scores; 1.0 makes chains that cost nothing, 0 ties that nobody passes on.
SCORES = ([1.0], [1.0, 0.5], [0.9, 0.5, 0.5, 0.25, 0.1, 0.0], [], [], [])
SIZES = (3, 5, 8, 9, 10)
LEAVES = 40
MOST, LATELY_S = 2, 10
"""How often members may be asked to do something, and within how many seconds."""
TASTES = ("x1", "x2", "x3", "x4")
RULES = (
    "introducers",
    "reach",
    "naming",
    "opting out",
    "since",
    "blocks",
    "experience",
    "load",
    "communities",
    "lost",
)
"""Two at a time, so that each has its say; all at once, next to nothing could be reached."""


def repeatable(max_examples: int) -> settings:
    """The same examples every time, so many of them, each as slow as a graph is."""
    return settings(
        max_examples=max_examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )


@st.composite
def worlds(draw: st.DrawFn, sizes: Sequence[int] = SIZES) -> World:
    """Members m00, m01, … of which m00 may be a hub outwards and m01 one inwards, with more ties than a list holds."""
    dice = draw(st.randoms(use_true_random=True))
    hub = draw(st.integers(0, 9)) == 0
    ids = [f"m{i:02d}" for i in range(draw(st.sampled_from(sizes)))]
    leaves = [f"n{i:02d}" for i in range(LEAVES)] if hub else []
    pairs = [(u, v) for u in ids for v in ids if u != v]
    density = 0.2 if hub else draw(st.sampled_from([0.2, 0.35, 0.5, 0.7]))  # the slow enumeration must end
    scores = draw(st.sampled_from(SCORES))
    ties = [pair for pair in pairs if dice.random() < density] or pairs[:1]
    ties += [(ids[0], leaf) for leaf in leaves] + [(leaf, dice.choice(ids)) for leaf in leaves[:3]]
    ties += [(leaf, ids[1]) for leaf in leaves]
    pass_on: dict[str, dict[str, float]] = {m: {} for m in ids + leaves}
    for u, v in dict.fromkeys(ties):
        pass_on[u][v] = dice.choice(scores) if scores else dice.random()
    in_play = dice.sample(RULES, 2)

    def some(rule: str, of: Sequence[T]) -> list[T]:
        return dice.sample(of, min(len(of), dice.randrange(1, max(4, len(of) // 4)))) if rule in in_play else []

    circles = {"c1": None, "c2": "c1", "c3": "c2", "d1": None} if "communities" in in_play else {}
    others, no_introducers = ids[1:], set(some("introducers", ids[1:]))
    not_reached, opted_out = set(some("reach", others)), set(some("opting out", others))
    unnamed, loaded, sent = set(some("naming", others)), set(some("load", others)), set(some("load", ids))
    return World(
        members={
            m: _present(
                can_introduce=False if m in no_introducers else dice.choice([None, True]),
                can_be_reached=False if m in not_reached else dice.choice([None, True]),
                can_be_named=False if m in unnamed else dice.choice([None, True]),
                opted_out_at=NOW + dice.randrange(-2, 3) if m in opted_out else None,
                asked_at=_times(dice) if m in loaded else None,
                sent_at=_times(dice) if m in sent else None,
            )
            for m in ids + leaves
        },
        pass_on=pass_on,
        since={pair: NOW + dice.randrange(-2, 3) for pair in some("since", ties)},
        blocks={pair: _about_now(dice) for pair in some("blocks", ties)},
        experiences={m: _experience(dice) for m in some("experience", ids)},
        tastes={m: frozenset(dice.sample(TASTES, dice.randrange(len(TASTES) + 1))) for m in ids},
        close_ties=32 if hub else draw(st.sampled_from([2, 3, 4, 32])),
        lost={m: dice.randrange(1, 3) for m in some("lost", ids)},
        parents=circles,
        belongs={(m, dice.choice(sorted(circles))): _membership(dice) for m in ids if circles and dice.random() < 0.7},
        bounds=draw(st.sampled_from(["exact", "exact", "loose", "missing"])),
        last_event_at=draw(st.sampled_from([None, NOW - 1, NOW, NOW + 5])),
    )


@st.composite
def a_few(draw: st.DrawFn, world: World) -> frozenset[str]:
    """Nobody, or a member of the world."""
    return frozenset(draw(st.lists(st.sampled_from(sorted(world.members)), max_size=1)))


@st.composite
def some_of(draw: st.DrawFn, world: World) -> frozenset[str]:
    """About half of the members of the world, and one who is not there."""
    return frozenset(draw(st.sets(st.sampled_from(sorted(world.members)), min_size=2))) | {"nobody"}


@st.composite
def tried(draw: st.DrawFn, world: World) -> World:
    """The same world, where three of four have an experience of the offering, most of these a good one."""
    dice = draw(st.randoms(use_true_random=True))
    good = {"first_at": NOW - 5, "last_at": NOW - 5}
    experiences = {
        m: dice.choice([good, {"sentiment": 0.5, **good}, {"sentiment": 0.0}, _experience(dice)])
        for m in world.members
        if dice.random() < 0.75
    }
    return replace(world, experiences=experiences)


def _times(dice: Random) -> list[int]:
    """Around the border of what counts: within the last `LATELY_S` seconds."""
    return [NOW + dice.choice([-LATELY_S - 1, -LATELY_S, 1 - LATELY_S, -1, 0, 1]) for _ in range(dice.randrange(1, 5))]


def _membership(dice: Random) -> dict[str, object]:
    return _present(
        since=dice.choice([None, None, NOW - 1, NOW, NOW + 1]), until=dice.choice([None, None, NOW, NOW + 1])
    )


def _about_now(dice: Random) -> int | None:
    return dice.choice([None, *range(NOW - 2, NOW + 3)])


def _present(**facts: object) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}


def _experience(dice: Random) -> dict[str, object]:
    first_at = _about_now(dice)
    last_at = None if first_at is None else first_at + dice.randrange(3)
    return _present(sentiment=dice.choice([None, 0.5, -0.4, -0.5, -0.5, -1.0]), first_at=first_at, last_at=last_at)
