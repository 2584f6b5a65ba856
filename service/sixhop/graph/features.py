"""The features of pairs: one statement assembled once from the blocks in `cypher/features/`. Knows nothing of models.

The same text serves online and training, so a feature cannot mean two things. This is the one place where query files
are composed: the blocks are put into `features/frame.cypher` at its markers, and the result is digested.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any

import numpy as np
import yaml

from sixhop.domain import Moment, PairKey
from sixhop.errors import Misconfigured
from sixhop.graph.catalog import Catalog, Query
from sixhop.graph.executor import AsyncGraph, Graph

_FRAME = "features/frame"
_SPEC = "features/features.yaml"
_HEADER = re.compile(r"^//\s+(?:@|:params).*\n", re.MULTILINE)
_GIVES = re.compile(r"^// @gives (.+)$", re.MULTILINE)
_FROM_PAIR = frozenset({"degree", "chain_score", "chain_weakest"})
"""Features that the caller knows and hands over in the pair itself."""


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What one feature means. `rank` is 1 when more of it alone speaks for adoption, -1 when less does.

    `monotone` is 1 (-1) where a model must never say less (more) for more of it, all else the same; 0 where it may.
    """

    name: str
    group: str
    type: str
    unit: str
    meaning: str
    missing: str
    rank: int
    monotone: int = 0
    tie: bool = False


class FeatureSet:
    """All features in the order of the model's columns, and the one statement that reads them.

    Raises:
        Misconfigured: a block gives a feature that `features.yaml` does not describe, or the other way round.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @cached_property
    def specs(self) -> tuple[FeatureSpec, ...]:
        path = self._catalog.root / _SPEC
        try:
            described: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            return tuple(FeatureSpec(name=name, **fields) for name, fields in described.items())
        except (OSError, yaml.YAMLError, TypeError, AttributeError) as error:
            raise Misconfigured(f"{path} does not describe features: {error}") from error

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.specs)

    @property
    def tie_names(self) -> tuple[str, ...]:
        """Those that need no offering: the tie model's."""
        return tuple(spec.name for spec in self.specs if spec.tie)

    @property
    def digest(self) -> str:
        return hashlib.sha256((self.query.statement + ",".join(self.names)).encode()).hexdigest()[:16]

    @cached_property
    def query(self) -> Query:
        """The assembled statement: parameters `offerings` and `realm`, one row.

        `found` in it is a list of [pair_no, values in the order of `names`].
        """
        frame = self._catalog[_FRAME]
        blocks = [q for q in self._catalog if q.kind == "feature" and q.name != _FRAME]
        given = {name: q.name for q in blocks for name in ", ".join(_GIVES.findall(q.text)).split(", ")}
        wanted = set(self.names) - _FROM_PAIR
        if set(given) != wanted:
            odd = ", ".join(sorted(set(given) ^ wanted))
            raise Misconfigured(f"{_SPEC} and the blocks' @gives lines differ in: {odd}; describe what a block gives")
        values = ", ".join(f"pair.{name}" if name in _FROM_PAIR else name for name in self.names)
        text = (
            frame.text.replace("// {offering blocks}\n", _bodies(blocks, "features/offering_"))
            .replace("// {sender blocks}\n", _bodies(blocks, "features/sender_"))
            .replace("// {pair blocks}\n", _bodies(blocks, "features/pair_"))
            .replace("// {return}\n", f"WITH pair.no AS pair_no, [{values}] AS values\n")
        )
        return dataclasses.replace(frame, name="features", text=text)

    async def hydrate(self, graph: AsyncGraph, pairs: Sequence[PairKey], *, timeout_s: float) -> list[dict[str, float]]:
        """The features of `pairs`, one mapping a pair in the same order; missing values are nan."""
        rows = await graph.rows(self.query, timeout_s=timeout_s, offerings=by_offering(pairs))
        found: list[tuple[int, list[float | None]]] = rows[0]["found"] if rows else []
        if [number for number, _ in found] != list(range(len(pairs))):
            raise ValueError(f"features were read for {len(found)} of {len(pairs)} pairs; some member is not there")
        matrix = np.array([values for _, values in found], dtype=np.float64)  # makes nan of what is missing
        return [dict(zip(self.names, values, strict=True)) for values in matrix.tolist()]

    def stream(self, graph: Graph, pairs: Sequence[PairKey]) -> Iterator[list[float]]:
        """The features of `pairs` for batch work: one list a pair, in the order of `names`; missing values are nan.

        Of a member who is not there (any more) all are.
        """
        rows = graph.rows(self.query, offerings=by_offering(pairs))
        found = dict(rows[0]["found"]) if rows else {}
        for number in range(len(pairs)):
            yield [nan if value is None else float(value) for value in found.get(number, [None] * len(self.names))]


def _bodies(blocks: Sequence[Query], prefix: str) -> str:
    return "".join(_HEADER.sub("", q.text) for q in blocks if q.name.startswith(prefix))


def by_offering(pairs: Sequence[PairKey]) -> list[dict[str, Any]]:
    """The pairs by offering and moment, then by sender: what is the same for many is said, and read, once."""
    found: dict[tuple[str | None, int, Moment | None], dict[str, list[dict[str, Any]]]] = {}
    for number, pair in enumerate(pairs):
        senders = found.setdefault((pair.offering_id, pair.as_of, pair.moment), {})
        senders.setdefault(pair.sender_id, []).append(
            {
                "no": number,
                "target_id": pair.target_id,
                "degree": pair.degree,
                "chain_score": pair.chain_score,
                "chain_weakest": pair.chain_weakest,
            }
        )
    return [
        {
            "offering_id": offering_id,
            "as_of": as_of,
            "place": moment.place or None if moment else None,
            "channel": moment.channel or None if moment else None,
            "at": moment.at if moment else None,
            "senders": [{"sender_id": sender_id, "pairs": own} for sender_id, own in senders.items()],
        }
        for (offering_id, as_of, moment), senders in found.items()
    ]
