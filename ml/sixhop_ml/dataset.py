"""Builds data sets: labelled pairs, sampled, with their features as of their time, part by part on disk.

What is labelled comes in parts of bounded size. Of a slice's parts every yes is kept and as many no as its budget has
room for; their weight undoes that. Features of what is kept are read through the statement that serves. What was
stopped goes on with the first part that is missing.
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
from sixhop.graph.walk import WalkSettings
from sixhop_ml.anchors import WalkRequest, draw_walks
from sixhop_ml.exposures import label, propose
from sixhop_ml.history import Floats, History, Ints
from sixhop_ml.net import Net
from sixhop_ml.pairs import Pairs, from_table, joined, to_table, unlabelled
from sixhop_ml.split import Slice, Slices
from sixhop_ml.store import Store
from sixhop_ml.walk import CloseTies, close_ties

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""
PassOn = Callable[[int], Floats]
"""The `pass_on` of every tie of the net as of a time; shape (ties,)."""

Item = TypeVar("Item")
Result = TypeVar("Result")

FIT_BLOCKS = 3
"""The slice to fit is long: `pass_on` is looked at anew so often."""
WALKS_PER_PART = 500
PAIRS_PER_PART = 100_000
PAIRS_PER_STATEMENT = 2_000
SESSIONS = 2


@dataclass(frozen=True, slots=True)
class Share:
    """How many walks a slice may cost, and of how many pairs features are read."""

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

    tie: Budget
    referral: Budget

    @classmethod
    def of(cls, pairs: int) -> Budgets:
        """Of `pairs` to fit the referral model on, and all else in proportion."""

        def share(walks: float, most: float) -> Share:
            return Share(max(int(pairs * walks), 1), max(int(pairs * most), 1))

        return cls(
            tie=Budget(fit=share(0.027, 0.27), calibrate=share(0.018, 0.18), test=share(0.018, 0.18)),
            referral=Budget(fit=share(0.073, 1.0), calibrate=share(0.036, 0.55), test=share(0.036, 0.82)),
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What data sets of a realm are built from."""

    graph: Graph
    features: FeatureSet
    history: History
    net: Net
    slices: Slices
    seed: int
    close_ties: int
    tell: Tell


def build_exposures(
    ground: Ground, store: Store, kind: str, *, budget: Budget, settings: WalkSettings, pass_on: PassOn
) -> dict[str, Pairs]:
    """Exposures rebuilt from history, by slice. The same seed and graph give the same pairs.

    Parameters
    ----------
    kind
        For which model: its parts' name.
    pass_on
        As of the beginning of a stretch of time: a walk over later values would propose those who turned out to adopt
        (docs/decisions/0001-walks-of-training-see-no-later-pass-on.md).
    """
    built = {}
    for number, span in enumerate(ground.slices):
        share = budget.of(span.name)
        rng = np.random.default_rng([ground.seed, number])
        window_s = ground.slices.window_s
        walks = draw_walks(ground.history, span, count=share.walks, window_s=window_s, rng=rng)
        names: list[str] = []
        for block in _runs(walks, -(-len(walks) // (FIT_BLOCKS if span.name == "fit" else 1))):
            ties: CloseTies | None = None
            for some in _runs(block, WALKS_PER_PART):
                names.append(f"{kind}-{span.name}-labelled-{len(names):05}")
                if not store.has(names[-1]):
                    if ties is None:
                        scored = pass_on(block[0].at)
                        ties = close_ties(ground.net, scored, by=block[-1].at, most=ground.close_ties)
                    found = label(propose(ground.net, ties, some, settings), ground.history, window_s=window_s)
                    store.write(names[-1], to_table(found, ()))
                ground.tell(f"{kind}: walks to {span.name}", len(names) * WALKS_PER_PART, len(walks))
        built[span.name] = _sampled(ground, store, kind, number, span, names, most=share.pairs)
    return built


def build_told(ground: Ground, store: Store, kind: str, told: Pairs, *, budget: Budget) -> dict[str, Pairs]:
    """Pairs whose labels were told, by slice; those at other times are left out.

    Features are read unless `told` has them, as served.
    """
    built = {}
    served = ground.features.names if told.features.shape[1] else ()
    for number, span in enumerate(ground.slices):
        inside = np.flatnonzero((told.at >= span.first) & (told.at <= span.last))
        names: list[str] = []
        for place in range(0, max(len(inside), 1), PAIRS_PER_PART):
            names.append(f"{kind}-{span.name}-labelled-{len(names):05}")
            if not store.has(names[-1]):
                store.write(names[-1], to_table(told.take(inside[place : place + PAIRS_PER_PART]), served))
        built[span.name] = _sampled(
            ground, store, kind, number, span, names, most=budget.of(span.name).pairs, served=served
        )
    return built


def _sampled(
    ground: Ground,
    store: Store,
    kind: str,
    slice_no: int,
    span: Slice,
    names: Sequence[str],
    *,
    most: int,
    served: Sequence[str] = (),
) -> Pairs:
    """Keep every yes and as many no as fit, drawn alike at every degree, and read their features."""
    features = ground.features.names
    done = [name.replace("-labelled-", "-") for name in names]
    if not all(store.has(name) for name in done):
        labels = [store.read(name, ["label"]).column("label").to_numpy() for name in names]
        yes = sum(int(each.sum()) for each in labels)
        no = sum(map(len, labels)) - yes
        share_yes, share_no = min(1.0, most / 2 / max(yes, 1)), min(1.0, max(most - yes, most / 2) / max(no, 1))
        for number, (name, whole) in enumerate(zip(names, done, strict=True), 1):
            if not store.has(whole):
                rng = np.random.default_rng([ground.seed, slice_no, number])
                kept = _thin(from_table(store.read(name), served), share_yes=share_yes, share_no=share_no, rng=rng)
                if not served:
                    kept = read_features(ground.graph, ground.features, ground.history, kept, _silent, "")
                    kept = kept.take(np.flatnonzero(~np.isnan(kept.features).all(axis=1)))  # erased meanwhile
                store.write(whole, to_table(kept, features))
            ground.tell(f"{kind}: features to {span.name}, parts", number, len(names))
    nothing = unlabelled(*(np.empty(0, dtype=np.int64),) * 3).with_features(np.empty((0, len(features))))
    return joined([nothing, *(from_table(store.read(name), features) for name in done)])


def _thin(pairs: Pairs, *, share_yes: float, share_no: float, rng: np.random.Generator) -> Pairs:
    share = np.where(pairs.label == 1, share_yes, share_no)
    kept = np.flatnonzero(rng.random(len(pairs)) < share)
    return replace(pairs.take(kept), weight=1 / share[kept])


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
                offering_id=history.offering_ids[pairs.offering[i]] if pairs.offering[i] >= 0 else None,
                as_of=int(pairs.at[i]),
                degree=int(pairs.degree[i]),
                chain_score=_known(pairs.chain_score[i]),
                chain_weakest=_known(pairs.chain_weakest[i]),
            )
            for i in rows
        ]
        return list(features.stream(graph, keys))

    for done, (rows, values) in enumerate(_in_parallel(run, batches), 1):
        matrix[rows] = values
        tell(what, done, len(batches))
    return pairs.with_features(matrix)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total


def _runs(walks: Sequence[WalkRequest], size: int) -> Iterator[Sequence[WalkRequest]]:
    """Walks stand in order of time: cut them into runs of at most `size`."""
    for start in range(0, len(walks), max(size, 1)):
        yield walks[start : start + size]


def _in_parallel(run: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[Item, Result]]:
    """Run over `items` in a few sessions, in order; at most a few results wait."""
    with ThreadPoolExecutor(SESSIONS) as pool:
        try:
            for start in range(0, len(items), 4 * SESSIONS):
                chunk = items[start : start + 4 * SESSIONS]
                yield from zip(chunk, pool.map(run, chunk), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)
