"""Writes the tie model's `pass_on` back to the graph, and with it the lists the walk goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sixhop.domain import PairKey
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph, Row
from sixhop.graph.features import FeatureSet
from sixhop.models.runtime import CalibratedModel
from sixhop_ml.dataset import PAIRS_PER_STATEMENT, Tell

PAGE = 200
CHANGE = 0.1
"""A tie is written when its value changed by more than this share."""
NO_SCORE = -1.0


@dataclass(frozen=True, slots=True)
class Written:
    """What a write-back did, and the spread of what it found."""

    ties: int
    written: int
    quartiles: tuple[float, float, float]


def write_pass_on(graph: Graph, features: FeatureSet, model: CalibratedModel, *, as_of: int, tell: Tell) -> Written:
    """Score all ties of the realm as of a time, write what changed by more than a tenth, rebuild the walk's lists.

    Parameters
    ----------
    as_of
        Features are read as of this time (seconds since 1970).
    """
    columns = [features.names.index(name) for name in model.feature_names]
    total = written = 0
    values: list[np.ndarray] = []
    for chunk in _chunks(graph):
        pairs = [PairKey(sender, target, None, as_of, 1) for sender, target, _ in chunk]
        matrix = np.array(list(features.stream(graph, pairs)), dtype=np.float64)[:, columns]
        scores = model.probabilities(matrix)
        before = np.array([scored for _, _, scored in chunk])
        changed = np.flatnonzero((before < 0) | (np.abs(scores - before) > CHANGE * before))
        if len(changed):
            rows = [{"from_id": chunk[i][0], "to_id": chunk[i][1], "pass_on": float(scores[i])} for i in changed]
            graph.write("writes/pass_on", rows=rows, scored_at=as_of)
        total += len(chunk)
        written += len(changed)
        values.append(scores)
        tell("ties scored", total, 0)
    # Everybody's: what a write-back that was stopped half-way left behind is set right too.
    rebuild_close(graph, progress=lambda done: tell("lists rebuilt", done, 0))
    low, middle, high = np.percentile(np.concatenate([np.zeros(0), *values]), [25, 50, 75]) if total else (0, 0, 0)
    return Written(total, written, (float(low), float(middle), float(high)))


def _chunks(graph: Graph) -> Iterator[list[tuple[str, str, float]]]:
    """(from, to, last scored) of all ties, some thousands at a time, those of one member together."""
    chunk: list[tuple[str, str, float]] = []
    for row in every_tie(graph):
        chunk += [(row["member_id"], to, scored) for to, scored in zip(row["to_ids"], row["scored"], strict=True)]
        while len(chunk) >= PAIRS_PER_STATEMENT:
            yield chunk[:PAIRS_PER_STATEMENT]
            chunk = chunk[PAIRS_PER_STATEMENT:]
    if chunk:
        yield chunk


def every_tie(graph: Graph) -> Iterator[Row]:
    """One row a member, in order of id: whom they can contact, and what those ties were scored."""
    cursor = ""
    while rows := graph.rows("training/tie_page", cursor=cursor, limit=PAGE):
        yield from rows
        cursor = rows[-1]["member_id"]
