"""What the tie model says of every tie, and writing it back to the graph with the lists the walk goes by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph
from sixhop.models.runtime import CalibratedModel
from sixhop_ml.dataset import PAIRS_PER_STATEMENT, Ground, Tell, read_features
from sixhop_ml.history import Floats, History
from sixhop_ml.net import Net
from sixhop_ml.pairs import unlabelled

CHANGE = 0.1
"""A tie is written when its value changed by more than this share."""
TIES_AT_ONCE = 50 * PAIRS_PER_STATEMENT


@dataclass(frozen=True, slots=True)
class Written:
    """What a write-back did, and the spread of what it found."""

    ties: int
    written: int
    quartiles: tuple[float, float, float]


def score_ties(ground: Ground, model: CalibratedModel, *, as_of: int) -> Floats:
    """The `pass_on` of all ties of the net as of a time (seconds since 1970); shape (ties,)."""
    columns = [ground.features.names.index(name) for name in model.feature_names]
    net, total = ground.net, len(ground.net.end)
    scores = np.empty(total)
    for start in range(0, total, TIES_AT_ONCE):
        some = slice(start, start + TIES_AT_ONCE)
        size = len(net.start[some])
        pairs = unlabelled(net.start[some], net.end[some], np.full(size, as_of))

        def tell(what: str, done: int, batches: int, start: int = start, size: int = size) -> None:
            ground.tell(what, start + size * done // batches, total)

        read = read_features(ground.graph, ground.features, ground.history, pairs, tell, "ties scored")
        scores[some] = model.probabilities(read.features[:, columns])
    return scores


def write_pass_on(graph: Graph, history: History, net: Net, scores: Floats, *, as_of: int, tell: Tell) -> Written:
    """Write what changed by more than a tenth, rebuild the walk's lists. Ties that ended meanwhile are passed over."""
    changed = np.flatnonzero((net.scored < 0) | (np.abs(scores - net.scored) > CHANGE * net.scored))
    for start in range(0, len(changed), PAIRS_PER_STATEMENT):
        rows = [
            {
                "from_id": history.member_ids[net.start[i]],
                "to_id": history.member_ids[net.end[i]],
                "pass_on": float(scores[i]),
            }
            for i in changed[start : start + PAIRS_PER_STATEMENT]
        ]
        graph.write("writes/pass_on", rows=rows, scored_at=as_of)
        tell("ties written", start + len(rows), len(changed))
    # Everybody's: what a write-back that was stopped half-way left behind is set right too.
    rebuild_close(graph, progress=lambda done: tell("lists rebuilt", done, net.members))
    low, middle, high = np.percentile(scores, [25, 50, 75]) if len(scores) else (0.0, 0.0, 0.0)
    return Written(len(scores), len(changed), (float(low), float(middle), float(high)))
