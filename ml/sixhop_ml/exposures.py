"""Exposures rebuilt from history: whom the pipeline would have proposed then, and who of them adopted after.

Nobody who had the offering by then is a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sixhop.graph.walk import WalkSettings
from sixhop_ml.anchors import WalkRequest
from sixhop_ml.history import History
from sixhop_ml.net import Net
from sixhop_ml.pairs import Pairs
from sixhop_ml.walk import CloseTies, walk


def propose(net: Net, ties: CloseTies, walks: Sequence[WalkRequest], settings: WalkSettings) -> Pairs:
    """Run the walks; whom they propose, for each offering of theirs. There are no labels and features yet."""
    found = walk(net, ties, np.array([w.sender for w in walks]), np.array([w.at for w in walks]), settings)
    asked = np.array([len(w.offerings) for w in walks])
    first = np.cumsum(asked) - asked
    rows = np.repeat(np.arange(len(found.walk)), asked[found.walk])
    number = np.arange(len(rows)) - np.repeat(np.cumsum(asked[found.walk]) - asked[found.walk], asked[found.walk])
    which = found.walk[rows]
    offerings = np.array([offering for w in walks for offering in w.offerings], dtype=np.int64)
    return Pairs(
        sender=np.array([w.sender for w in walks], dtype=np.int64)[which],
        target=found.target[rows],
        offering=offerings[first[which] + number],
        at=np.array([w.at for w in walks], dtype=np.int64)[which],
        degree=found.degree[rows],
        community=net.community[found.target[rows]],
        chain_score=found.score[rows],
        chain_weakest=found.weakest[rows],
        label=np.zeros(len(rows), dtype=np.int64),
        weight=np.ones(len(rows)),
        features=np.empty((len(rows), 0)),
    )


def label(pairs: Pairs, history: History, *, window_s: int) -> Pairs:
    """Drop pairs whose target had the offering by then; 1 where the target got it within the window after."""
    got = history.first_at(pairs.target, pairs.offering)
    kept = pairs.take(np.flatnonzero(got > pairs.at))
    got = got[got > pairs.at]
    return replace(kept, label=(got <= kept.at + window_s).astype(np.int64))
