"""What a model scored and was shown, from the recorded answers, with what came of it. Bounded: whole answers are drawn.

Members stand in the records as keyed hashes; here they are numbers, and no id leaves this module.
"""

from __future__ import annotations

import hashlib
import heapq
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from sixhop.graph.executor import Graph
from sixhop_ml.dataset import Tell
from sixhop_ml.history import NEVER, Floats, Ints
from sixhop_ml.told import ADOPTED, recorded

MOST_ROWS = 200_000
PAGE = 500
TOLD_EVERY = 10_000
CHALLENGER = "challenger"
NOWHERE = -1
_WALK = "/six_degree_walk"
"""The source that training pairs are drawn from; the one that walks backward proposes others."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """Recommendations that one of two models scored, as shown; every array has shape (rows,), features (rows, names).

    Attributes
    ----------
    rows_in_all
        So many there were; where that is more than there are here, these are of evenly drawn answers.
    answer, position
        Number of the answer it stood in, from 0, and its place in that, from 0.
    sender
        Number of who asked: of the sender, or, where senders were asked for, of the target.
    shown_at
        As of when, in the realm's time.
    by_walk
        1 where a walk proposed it, be it beside other sources.
    surface
        Number of the surface that showed it.
    likelihood, rank, propensity, explored, features
        As served; nan where missing.
    sent_at, adopted_at
        When it was sent, and adopted; `NEVER` where it was not.
    degree
        Of the chain it was shown with.
    by_other
        1 where the other one of two scored it.
    beside
        What the one of two that did not score it says of it; nan where that is not recorded.
    beside_place
        Its place in the answer that one would have given, from 0; `NOWHERE` where it would not have been shown.
    instead
        Degree of who would have come in for it; 0 where nobody would.
    agreement
        Spearman's, of both models over all that were scored for the answer; nan where it is not known.
    split
        Number of the experiment's part (surface and share) it was dealt out in, of `splits`; -1 where none ran.
    by_challenger
        1 where its sender was dealt to the challenger, whoever answered.
    unit
        Number of what was dealt out: a community, or a sender in none; -1 where no experiment ran.
    splits
        Of each part of the experiment: its surface and the challenger's share.
    """

    rows_in_all: int
    answer: Ints
    position: Ints
    sender: Ints
    shown_at: Ints
    by_walk: Ints
    surface: Ints
    likelihood: Floats
    rank: Floats
    propensity: Floats
    explored: Ints
    features: Floats
    sent_at: Ints
    adopted_at: Ints
    degree: Ints
    by_other: Ints
    beside: Floats
    beside_place: Ints
    instead: Ints
    agreement: Floats
    split: Ints
    by_challenger: Ints
    unit: Ints
    splits: tuple[tuple[str, float], ...]

    def __len__(self) -> int:
        return len(self.answer)

    def take(self, rows: np.ndarray) -> Served:
        """Some of them; numbers of answers stay what they are."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(self, **{name: v[rows] for name, v in values.items() if isinstance(v, np.ndarray)})

    def may_be_any(self, rows: np.ndarray) -> np.ndarray:
        """Which of `rows` stand, weighted by 1 / propensity, for all that was proposed; shape (rows,).

        A surface that explores shows every candidate with some probability. One that never does shows the best only,
        and they stand for nobody else.
        """
        explores = np.unique(self.surface[self.propensity < 1])
        return np.asarray(rows & (self.by_walk == 1) & np.isin(self.surface, explores))


def read_served(
    folder: Path,
    graph: Graph,
    *,
    names: Sequence[str],
    model: str,
    since: int,
    until: int,
    tell: Tell,
    most_rows: int = MOST_ROWS,
    other: str = "",
) -> Served:
    """Read what `model` scored and was shown after `since` and up to `until`, joined with outreaches by their token.

    Parameters
    ----------
    folder
        Of the recorded answers.
    names
        Of the features that are wanted.
    most_rows
        Of more, whole answers are drawn, evenly, and the same ones each time.
    other
        A challenger that `model` is compared with: what it scored is read too, what each says of what the other one
        scored, and who was dealt to it.
    """
    drawn = _Drawn(most_rows, _Wanted(names, model, other))
    models = {model, other} - {""}
    for answer in _answers(_of_models(_told(recorded(folder), tell), models, since, until)):
        drawn.add(answer)
    kept = drawn.answers()
    rows = [row for answer in kept for row in answer]
    sent = _outcomes(graph, {row.token for row in rows})
    never = (NEVER, NEVER)
    senders: dict[str, int] = {}
    surfaces: dict[str, int] = {}
    splits: dict[tuple[str, float], int] = {}
    units: dict[str, int] = {}

    def ints(values: Iterable[int]) -> Ints:
        return np.fromiter(values, dtype=np.int64, count=len(rows))

    def floats(values: Iterable[float]) -> Floats:
        return np.fromiter(values, dtype=np.float64, count=len(rows))

    return Served(
        rows_in_all=drawn.rows_in_all,
        answer=ints(number for number, answer in enumerate(kept) for _ in answer),
        position=ints(row.position for row in rows),
        sender=ints(senders.setdefault(row.asker, len(senders)) for row in rows),
        shown_at=ints(row.shown_at for row in rows),
        by_walk=ints(row.by_walk for row in rows),
        surface=ints(surfaces.setdefault(row.surface, len(surfaces)) for row in rows),
        likelihood=floats(row.likelihood for row in rows),
        rank=floats(row.rank for row in rows),
        propensity=floats(row.propensity for row in rows),
        explored=ints(row.explored for row in rows),
        features=np.array([row.features for row in rows], dtype=np.float64).reshape(len(rows), len(names)),
        sent_at=ints(sent.get(row.token, never)[0] for row in rows),
        adopted_at=ints(sent.get(row.token, never)[1] for row in rows),
        degree=ints(row.degree for row in rows),
        by_other=ints(row.by_other for row in rows),
        beside=floats(row.beside for row in rows),
        beside_place=ints(row.beside_place for row in rows),
        instead=ints(row.instead for row in rows),
        agreement=floats(row.agreement for row in rows),
        split=ints(splits.setdefault(row.dealt[0], len(splits)) if row.dealt else -1 for row in rows),
        by_challenger=ints(row.dealt[1] if row.dealt else 0 for row in rows),
        unit=ints(units.setdefault(row.dealt[2], len(units)) if row.dealt else -1 for row in rows),
        splits=tuple(splits),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """One row of the records, as small as it can be kept."""

    token: str
    asker: str
    surface: str
    position: int
    shown_at: int
    by_walk: bool
    likelihood: float
    rank: float
    propensity: float
    explored: bool
    features: Floats
    degree: int
    by_other: bool
    beside: float
    beside_place: int
    instead: int
    agreement: float
    dealt: tuple[tuple[str, float], bool, str] | None
    """In which part of the experiment, whether to the challenger, and as what: a hash."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is kept of rows."""

    names: Sequence[str]
    model: str
    other: str


class _Drawn:
    """Whole answers, those with the smallest hash of their first token: an even draw, the same each time."""

    def __init__(self, most_rows: int, wanted: _Wanted) -> None:
        self._most = most_rows
        self._wanted = wanted
        self._heap: list[tuple[int, int, list[_Shown]]] = []
        self._rows = 0
        self.rows_in_all = 0

    def add(self, answer: list[Row]) -> None:
        first = str(answer[0]["attribution_token"])
        place = int.from_bytes(hashlib.blake2b(first.encode(), digest_size=8).digest(), "big")
        number, self.rows_in_all = self.rows_in_all, self.rows_in_all + len(answer)
        if self._rows + len(answer) > self._most and self._heap and place > -self._heap[0][0]:
            return
        heapq.heappush(self._heap, (-place, -number, _shown(answer, self._wanted)))
        self._rows += len(answer)
        while self._rows > self._most:
            self._rows -= len(heapq.heappop(self._heap)[2])

    def answers(self) -> list[list[_Shown]]:
        """In the order they were read in."""
        return [rows for _, _, rows in sorted(self._heap, key=lambda each: -each[1])]


def _shown(answer: Sequence[Row], wanted: _Wanted) -> list[_Shown]:
    backward = len({row["sender"] for row in answer}) > 1
    shadows = [_shadow(row, wanted) for row in answer]
    return [
        _Shown(
            token=row["attribution_token"],
            asker=sys.intern(row["target" if backward else "sender"]),
            surface=sys.intern(row["surface"]),
            position=row["position"],
            shown_at=row["as_of"],
            by_walk=any(source.endswith(_WALK) for source in row["sources"]),
            likelihood=row["likelihood"],
            rank=row["rank_score"],
            propensity=row["propensity"],
            explored=row["explored"],
            features=np.array([_value(row["features"].get(name)) for name in wanted.names]),
            degree=row["degree"],
            by_other=row["model"] == wanted.other,
            beside=_value(shadow.get("likelihood")),
            beside_place=NOWHERE if shadow.get("position") is None else shadow["position"],
            instead=shadow["instead"]["degree"] if shadow.get("instead") else 0,
            agreement=_value(shadow.get("rank_correlation")),
            dealt=_dealt(row, wanted.other),
        )
        for row, shadow in zip(answer, shadows, strict=True)
    ]


def _shadow(row: Row, wanted: _Wanted) -> Row:
    """What the one of the two that did not score it said; nothing where a third one looked on."""
    shadow: Row = row.get("shadow") or {}
    beside = wanted.model if row["model"] == wanted.other else wanted.other
    return shadow if beside and shadow.get("model") == beside else {}


def _dealt(row: Row, challenger: str) -> tuple[tuple[str, float], bool, str] | None:
    dealt = row.get("experiment")
    if not challenger or dealt is None or dealt["challenger"] != challenger:
        return None
    part = (sys.intern(row["surface"]), float(dealt["share"]))
    return part, dealt["arm"] == CHALLENGER, sys.intern(dealt["community"] or row["sender"])


def _value(value: float | None) -> float:
    return np.nan if value is None else value


def _of_models(rows: Iterable[Row], models: Container[str], since: int, until: int) -> Iterator[Row]:
    for row in rows:
        if row["model"] in models and row["likelihood"] is not None and since < row["as_of"] <= until:
            yield row


def _answers(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of one answer stand together, in the order of their places. An id of a request may come again."""
    answer: list[Row] = []
    for row in rows:
        if answer and (row["request_id"] != answer[-1]["request_id"] or row["position"] <= answer[-1]["position"]):
            yield answer
            answer = []
        answer.append(row)
    if answer:
        yield answer


def _outcomes(graph: Graph, tokens: set[str]) -> dict[str, tuple[int, int]]:
    """Of each token that was sent: when, and when it was adopted."""
    found = {}
    cursor = ""
    while rows := graph.rows("training/outreach_page", cursor=cursor, limit=PAGE):
        for row in rows:
            if row["attribution_token"] in tokens and row["at"] is not None:
                adopted = row["outcome"] == ADOPTED and row["outcome_at"] is not None
                found[row["attribution_token"]] = (row["at"], row["outcome_at"] if adopted else NEVER)
        cursor = rows[-1]["outreach_id"]
    return found


def _told(rows: Iterable[Row], tell: Tell) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            tell("reading recorded answers", number, 0)
        yield row
