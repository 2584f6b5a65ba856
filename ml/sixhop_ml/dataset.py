"""Training pairs: what the pipeline would have proposed as of a past time, what came of it, and its features then.

An anchor is a sender, an offering and a time: the sender's experience itself, or a sampled later time, since serving
asks at any time. Anchors of one sender and time share a walk. Nobody who had the offering by then is a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sixhop.domain import PairKey
from sixhop.graph.executor import Graph
from sixhop.graph.features import FeatureSet
from sixhop.graph.walk import SIX_DEGREE_WALK, Anchor, WalkSettings, read_walks
from sixhop_ml.history import Floats, History, Ints
from sixhop_ml.split import Slice, Slices

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

Item = TypeVar("Item")
Result = TypeVar("Result")

Refresh = Callable[[int], None]

OFFERINGS_PER_WALK = 3
FIT_BLOCKS = 3
LATER_WINDOWS = 2
"""Anchors lie up to this many label windows after the experience."""
GOOD_SENTIMENT = 0.0
WALKS_PER_STATEMENT = 5
PAIRS_PER_STATEMENT = 2_000
SESSIONS = 2


@dataclass(frozen=True, slots=True)
class Share:
    """How many walks a slice may cost, and how many of its pairs may be kept."""

    walks: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Budget:
    """The share of each slice. Pairs left out are weighted back."""

    fit: Share
    calibrate: Share
    test: Share

    def of(self, slice_name: str) -> Share:
        share: Share = getattr(self, slice_name)
        return share


@dataclass(frozen=True, slots=True)
class Budgets:
    """What training may cost: the tie model's walks have one round, the referral model's have six."""

    tie: Budget = Budget(fit=Share(1_500, 25_000), calibrate=Share(900, 15_000), test=Share(900, 20_000))
    referral: Budget = Budget(fit=Share(3_200, 90_000), calibrate=Share(2_200, 60_000), test=Share(1_400, 110_000))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled pairs of one slice; every array has shape (pairs,), features (pairs, names).

    `weight` undoes the sampling: a pair stands for that many of its kind.
    """

    sender: Ints
    target: Ints
    offering: Ints
    at: Ints
    degree: Ints
    label: Ints
    weight: Floats
    features: Floats

    def __len__(self) -> int:
        return len(self.label)

    def take(self, rows: Ints) -> Pairs:
        """The given rows only."""
        return Pairs(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """One walk to run and the offerings it is run for, by number."""

    sender: int
    at: int
    offerings: tuple[int, ...]


def draw_walks(
    history: History, span: Slice, *, count: int, window_s: int, rng: np.random.Generator
) -> list[WalkRequest]:
    """Draw at most `count` walks of a slice: half at an experience, half at a later time.

    Every (sender, time) is as likely as another, so that the few who experience most do not make up the data.
    """
    good = history.sentiment >= GOOD_SENTIMENT
    reach = LATER_WINDOWS * window_s
    times = span.times(history.times)
    at_once = good & (history.at >= span.first) & (history.at <= span.last)
    starts = _distinct(history.member[at_once], history.at[at_once])
    drawn = {(int(m), int(t)) for m, t in starts[rng.permutation(len(starts))[: count // 2]]}
    earlier = good & (history.at >= span.first - reach) & (history.at < span.last)
    before = _distinct(history.member[earlier], history.at[earlier])
    for sender, experienced in before[rng.permutation(len(before))[: count - count // 2]]:
        later = times[(times > experienced) & (times <= experienced + reach)]
        if len(later):
            drawn.add((int(sender), int(rng.choice(later))))
    in_time = sorted(drawn, key=lambda walk: (walk[1], walk[0]))
    return [WalkRequest(sender, at, _offerings(history, sender, at, good, reach, rng)) for sender, at in in_time]


def _distinct(member: Ints, at: Ints) -> Ints:
    return np.unique(np.stack([member, at], axis=1), axis=0)


def _offerings(
    history: History, sender: int, at: int, good: np.ndarray, reach: int, rng: np.random.Generator
) -> tuple[int, ...]:
    """What this sender could have asked about then. A walk is dear and a label is cheap, so some share one."""
    first, last = np.searchsorted(history.member, [sender, sender + 1])
    own = slice(first, last)
    could = history.offering[own][good[own] & (history.at[own] <= at) & (history.at[own] >= at - reach)]
    return tuple(int(o) for o in rng.permutation(could)[:OFFERINGS_PER_WALK])


def propose(
    graph: Graph, history: History, walks: Sequence[WalkRequest], settings: WalkSettings, tell: Tell, what: str
) -> Pairs:
    """Run the walks and label what they propose; features are not read yet (shape (pairs, 0))."""
    numbers = {member_id: number for number, member_id in enumerate(history.member_ids)}
    batches = [walks[i : i + WALKS_PER_STATEMENT] for i in range(0, len(walks), WALKS_PER_STATEMENT)]
    parts: list[tuple[Ints, ...]] = []

    def run(batch: Sequence[WalkRequest]) -> list[tuple[int, int, int]]:
        anchors = [Anchor(history.member_ids[w.sender], None, w.at) for w in batch]
        rows = graph.rows(SIX_DEGREE_WALK, **settings.parameters(anchors))
        found = read_walks(rows, anchors=anchors, name=SIX_DEGREE_WALK)
        return [
            (anchor_no, numbers[candidate.target_id], candidate.degree)
            for anchor_no, result in enumerate(found)
            for candidate in (result.candidates if result else ())
            if candidate.target_id in numbers
        ]

    for done, (batch, found) in enumerate(_in_parallel(run, batches), 1):
        for anchor_no, walk in enumerate(batch):
            reached = np.array([(t, d) for a, t, d in found if a == anchor_no], dtype=np.int64).reshape(-1, 2)
            for about in walk.offerings:
                size = len(reached)
                same = (np.full(size, walk.sender), reached[:, 0], np.full(size, about), np.full(size, walk.at))
                parts.append((*same, reached[:, 1]))
        tell(what, done, len(batches))
    nothing = (np.empty(0, dtype=np.int64),) * 5
    columns = [np.concatenate(column) for column in zip(nothing, *parts, strict=True)]
    sender, target, offering, at, degree = columns
    no_label, weight, no_features = np.zeros_like(at), np.ones(len(at)), np.empty((len(at), 0))
    return Pairs(sender, target, offering, at, degree, no_label, weight, no_features)


def label(pairs: Pairs, history: History, *, window_s: int) -> Pairs:
    """Drop pairs whose target had the offering by then; 1 where the target got it within the window after."""
    got = history.first_at(pairs.target, pairs.offering)
    kept = pairs.take(np.flatnonzero(got > pairs.at))
    got = got[got > pairs.at]
    return replace(kept, label=(got <= kept.at + window_s).astype(np.int64))


def thin(pairs: Pairs, *, most: int, rng: np.random.Generator) -> Pairs:
    """Keep every yes and as many no as fit, drawn alike at every degree; the weight of a kept no undoes it."""
    yes, no = np.flatnonzero(pairs.label == 1), np.flatnonzero(pairs.label == 0)
    share = min(1.0, max(most - len(yes), 1) / max(len(no), 1))
    kept = np.sort(np.concatenate([yes, no[rng.random(len(no)) < share]]))
    thinned = pairs.take(kept)
    return replace(thinned, weight=np.where(thinned.label == 1, 1.0, 1.0 / share))


def read_features(graph: Graph, features: FeatureSet, history: History, pairs: Pairs, tell: Tell, what: str) -> Pairs:
    """Read the features of all pairs as of their time, through the statement that serves."""
    order = np.lexsort((pairs.target, pairs.at, pairs.offering, pairs.sender))  # an anchor's pairs stand together
    batches = [order[i : i + PAIRS_PER_STATEMENT] for i in range(0, len(order), PAIRS_PER_STATEMENT)]
    matrix = np.full((len(pairs), len(features.names)), np.nan)

    def run(rows: Ints) -> list[list[float]]:
        keys = [
            PairKey(
                sender_id=history.member_ids[pairs.sender[i]],
                target_id=history.member_ids[pairs.target[i]],
                offering_id=history.offering_ids[pairs.offering[i]],
                as_of=int(pairs.at[i]),
                degree=int(pairs.degree[i]),
            )
            for i in rows
        ]
        return list(features.stream(graph, keys))

    for done, (rows, values) in enumerate(_in_parallel(run, batches), 1):
        matrix[rows] = values
        tell(what, done, len(batches))
    return replace(pairs, features=matrix)


def build(
    graph: Graph,
    features: FeatureSet,
    history: History,
    slices: Slices,
    *,
    budget: Budget,
    settings: WalkSettings,
    refresh: Refresh | None,
    seed: int,
    tell: Tell,
) -> dict[str, Pairs]:
    """The pairs of each slice, by its name. The same seed and graph give the same pairs.

    `refresh` is asked to bring the graph's `pass_on` to what it was at a time, before the walks that follow it: a walk
    over later values would propose those who turned out to adopt. The slice to fit is long, so it gets several.
    """
    built = {}
    for number, span in enumerate(slices):
        share = budget.of(span.name)
        rng = np.random.default_rng([seed, number])
        walks = draw_walks(history, span, count=share.walks, window_s=slices.window_s, rng=rng)
        parts = []
        for block in _blocks(walks, FIT_BLOCKS if span.name == "fit" and refresh else 1):
            if refresh:
                refresh(block[0].at)
            parts.append(propose(graph, history, block, settings, tell, f"walks to {span.name}"))
        pairs = label(_joined(parts), history, window_s=slices.window_s)
        if span.name == "test":  # drawn evenly, so that its figures need no weights
            pairs = pairs.take(np.sort(rng.permutation(len(pairs))[: share.pairs]))
        else:
            pairs = thin(pairs, most=share.pairs, rng=rng)
        built[span.name] = read_features(graph, features, history, pairs, tell, f"features to {span.name}")
    return built


def _blocks(walks: list[WalkRequest], count: int) -> Iterator[list[WalkRequest]]:
    """Walks stand in order of time: cut them into at most `count` runs of the same size."""
    size = max(1, -(-len(walks) // count))
    for start in range(0, len(walks), size):
        yield walks[start : start + size]


def _joined(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))


def _in_parallel(run: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[Item, Result]]:
    """Run over `items` in a few sessions, in order; at most a few results wait."""
    with ThreadPoolExecutor(SESSIONS) as pool:
        try:
            for start in range(0, len(items), 4 * SESSIONS):
                chunk = items[start : start + 4 * SESSIONS]
                yield from zip(chunk, pool.map(run, chunk), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)
