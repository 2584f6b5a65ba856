"""The held-out rows of an artifact, and what pictures show of them. Knows nothing of HTML.

Pairs that share a member or an offering answer alike, so a hundred of them say less than a hundred others: intervals
are those of as many independent pairs as would vary as much (the effective size of Korn & Graubard, 1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.metrics import precision_recall_curve

from sixhop_ml.history import Floats, Ints

NEEDED = ("label", "weight", "likelihood")
GROUPS = ("sender_id", "target_id", "offering_id")
MOST_ROWS = 400_000
"""Of longer files every second row is read, or every third, and so on: a row costs half a kilobyte at most."""
BATCH = 65_536
Z = 1.96


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Rows of `predictions.parquet`: every `every`-th of `rows_stored`; arrays have shape (rows,).

    `groups` numbers the members and offerings of each row; `heuristic` is the score of the best one, if stored.
    """

    label: Ints
    weight: Floats
    likelihood: Floats
    degree: Ints | None
    heuristic: Floats | None
    groups: Mapping[str, Ints]
    rows_stored: int
    every: int

    @property
    def base_rate(self) -> float:
        return float(np.average(self.label, weights=self.weight))


@dataclass(frozen=True, slots=True)
class Bin:
    """Some rows: how many, their least and greatest likelihood, predicted and observed with a 95 % interval."""

    pairs: int
    adopted: int
    lowest: float
    highest: float
    predicted: float
    observed: float
    low: float
    high: float
    share_of_yes: float


def read_held_out(path: Path, heuristic: str | None) -> HeldOut | None:
    """Read what pictures need, a batch at a time; None where there are no rows, or not both yes and no."""
    file = pq.ParquetFile(path)
    stored = set(file.schema_arrow.names)
    total = file.metadata.num_rows
    if not total or not stored.issuperset(NEEDED):
        return None
    wanted = [name for name in dict.fromkeys((*NEEDED, "degree", *GROUPS, heuristic or "")) if name in stored]
    every = -(-total // MOST_ROWS)
    kept, seen = [], 0
    for batch in file.iter_batches(BATCH, columns=wanted):
        rows = batch.take(pa.array(np.arange(-seen % every, len(batch), every)))
        kept.append(pa.table({name: _short(name, rows.column(name)) for name in wanted}))
        seen += len(batch)
    table = pa.concat_tables(kept).unify_dictionaries()
    columns = {name: table.column(name) for name in wanted}
    label = columns["label"].to_numpy().astype(np.int64)
    if label.min() == label.max():
        return None
    return HeldOut(
        label=label,
        weight=columns["weight"].to_numpy().astype(np.float64),
        likelihood=columns["likelihood"].to_numpy().astype(np.float64),
        degree=columns["degree"].to_numpy().astype(np.int64) if "degree" in columns else None,
        heuristic=columns[heuristic].to_numpy().astype(np.float64) if heuristic in columns else None,
        groups={name: _numbers(columns[name]) for name in GROUPS if name in columns},
        rows_stored=total,
        every=every,
    )


def _short(name: str, column: pa.Array) -> pa.Array:
    return column.dictionary_encode() if name in GROUPS else column


def _numbers(column: pa.ChunkedArray) -> Ints:
    return np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks]).astype(np.int64)


def equal_parts(held: HeldOut, parts: int) -> list[Bin]:
    """The rows by likelihood in parts of equal weight, the least likely first; a part without rows is left out."""
    order = np.argsort(held.likelihood, kind="stable")
    mass = np.cumsum(held.weight[order])
    part = np.minimum((parts * (mass - held.weight[order] / 2) / mass[-1]).astype(int), parts - 1)
    return [one_bin(held, order[part == n]) for n in range(parts) if (part == n).any()]


def one_bin(held: HeldOut, rows: Ints) -> Bin:
    """What is predicted and observed of some rows."""
    label, weight, likelihood = held.label[rows], held.weight[rows], held.likelihood[rows]
    observed = float(np.average(label, weights=weight))
    size = _effective_size(label, weight, observed, [numbers[rows] for numbers in held.groups.values()])
    low, high = _wilson(observed, size)
    return Bin(
        pairs=len(rows),
        adopted=int(label.sum()),
        lowest=float(likelihood.min()),
        highest=float(likelihood.max()),
        predicted=float(np.average(likelihood, weights=weight)),
        observed=observed,
        low=low,
        high=high,
        share_of_yes=float((label * weight).sum() / (held.label * held.weight).sum()),
    )


def _effective_size(label: Ints, weight: Floats, rate: float, groups: list[Ints]) -> float:
    """So many independent pairs would tell the rate as well, by the grouping in which the rows are most alike."""
    size = float(weight.sum() ** 2 / (weight**2).sum())
    gap = weight * (label - rate)
    for numbers in groups:
        variance = float((np.bincount(numbers, gap) ** 2).sum() / weight.sum() ** 2)
        if variance > 0:
            size = min(size, rate * (1 - rate) / variance)
    return max(1.0, size)


def _wilson(rate: float, size: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson, 1927)."""
    middle = (rate + Z**2 / (2 * size)) / (1 + Z**2 / size)
    reach = Z / (1 + Z**2 / size) * np.sqrt(rate * (1 - rate) / size + Z**2 / (4 * size**2))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def precision_at(held: HeldOut, score: Floats, recalls: Floats) -> Floats:
    """Precision at the highest threshold that reaches each recall; equal scores are one threshold."""
    precision, recall, _ = precision_recall_curve(held.label, score, sample_weight=held.weight)
    precision, recall = precision[:-1][::-1], recall[:-1][::-1]
    at = np.searchsorted(recall, np.minimum(recalls, recall[-1]) - 1e-12)
    return np.asarray(precision[np.minimum(at, len(precision) - 1)], dtype=np.float64)


def score_shares(held: HeldOut, edges: Floats) -> tuple[Floats, Floats]:
    """Share of those who adopted, and of the others, whose likelihood lies between one edge and the next."""
    shares = []
    for answer in (1, 0):
        rows = held.label == answer
        found, _ = np.histogram(np.clip(held.likelihood[rows], edges[0], edges[-1]), edges, weights=held.weight[rows])
        shares.append(found / held.weight[rows].sum())
    return shares[0], shares[1]
