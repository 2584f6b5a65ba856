"""Labelled pairs as arrays, and as tables. Knows nothing of where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from sixhop_ml.history import Floats, Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled pairs of one slice; every array has shape (pairs,), features (pairs, names).

    `offering` is -1 where nothing is offered. `chain_score` and `chain_weakest` are nan where no chain was looked at.
    `community` is the target's, -1 where there is none.
    `weight` undoes the sampling: a pair stands for that many of its kind.
    """

    sender: Ints
    target: Ints
    offering: Ints
    at: Ints
    degree: Ints
    community: Ints
    chain_score: Floats
    chain_weakest: Floats
    label: Ints
    weight: Floats
    features: Floats

    def __len__(self) -> int:
        return len(self.label)

    @property
    def groups(self) -> dict[str, Ints]:
        """What pairs may share and then are not independent: intervals draw these again, whole."""
        return {"sender": self.sender, "target": self.target, "offering": self.offering}

    def take(self, rows: Ints) -> Pairs:
        """The given rows only."""
        return Pairs(*(getattr(self, f.name)[rows] for f in fields(self)))

    def with_features(self, features: Floats) -> Pairs:
        return replace(self, features=features)


_COLUMNS = tuple(f.name for f in fields(Pairs) if f.name != "features")
_WHOLE = ("sender", "target", "offering", "at", "degree", "community", "label")


def unlabelled(sender: Ints, target: Ints, at: Ints) -> Pairs:
    """Pairs at degree 1 about nothing; no features are read yet (shape (pairs, 0))."""
    size = len(at)
    unknown = np.full(size, np.nan)
    return Pairs(
        sender=sender,
        target=target,
        offering=np.full(size, -1),
        at=at,
        degree=np.ones(size, dtype=np.int64),
        community=np.full(size, -1),
        chain_score=unknown,
        chain_weakest=unknown,
        label=np.zeros(size, dtype=np.int64),
        weight=np.ones(size),
        features=np.empty((size, 0)),
    )


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Some pairs, one after the other; at least one part, all with the same features."""
    return Pairs(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Pairs)))


def to_table(pairs: Pairs, names: Sequence[str]) -> pa.Table:
    """One column for each array, and one for each feature of `names`."""
    columns = {name: pa.array(getattr(pairs, name)) for name in _COLUMNS}
    own = {f"f_{name}": pa.array(pairs.features[:, i]) for i, name in enumerate(names)}
    return pa.table(columns | own)


def from_table(table: pa.Table, names: Sequence[str]) -> Pairs:
    """What `to_table` made."""
    columns = {name: table.column(name).to_numpy() for name in _COLUMNS}
    own = [table.column(f"f_{name}").to_numpy() for name in names]
    features = np.stack(own, axis=1) if own else np.empty((len(table), 0))
    return Pairs(
        **{name: np.asarray(values, dtype=np.int64 if name in _WHOLE else None) for name, values in columns.items()},
        features=features,
    )
