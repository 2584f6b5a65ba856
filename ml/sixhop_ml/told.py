"""Labels that were told, not inferred: what came of outreaches, what hops answered, who replied to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sixhop.graph.executor import Graph, Row
from sixhop_ml.history import History, Ints
from sixhop_ml.pairs import Pairs, unlabelled

PAGE = 200
ADOPTED = "adopted"
HARM = frozenset({"declined", "opted_out", "complained"})
YES = frozenset({"passed_on", "acted"})
NO = frozenset({"declined", "no_answer"})


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many recommendations were shown, how many of them sent, and what came of those.

    `open` had no time to be acted on yet.
    """

    served: int
    sent: int
    answered: int
    adopted: int
    declined: int
    opted_out: int
    complained: int
    open: int

    @property
    def p_sent(self) -> float | None:
        """Share of what was shown that was sent; None while nothing was shown."""
        return self.sent / self.served if self.served else None


@dataclass(frozen=True, slots=True)
class Outreaches:
    """What outreaches tell.

    Attributes
    ----------
    pairs
        One each that was sent long enough ago and shown by this service, with its features as served (nan where a
        feature was not served); `label` is 1 where the target adopted within the window.
    harm
        1 where it was declined, opted out of or complained about within the window; shape (pairs,).
    hops
        Who was asked by whom to pass something on; `label` is 1 where they did. Features are not read yet.
    funnel
        Of all that was shown and sent.
    unmatched
        So many were sent without a record of what was shown.
    """

    pairs: Pairs
    harm: Ints
    hops: Pairs
    funnel: Funnel
    unmatched: int


def read_outreaches(
    graph: Graph, history: History, answers: Path, *, names: Sequence[str], window_s: int, data_end: int
) -> Outreaches:
    """Read all outreaches and join them with the recorded answers in `answers` by their attribution token.

    Silence of one window is a no. An outcome that was told late counts by when it came about: the next data set has it.
    """
    members = {member_id: number for number, member_id in enumerate(history.member_ids)}
    offerings = {offering_id: number for number, offering_id in enumerate(history.offering_ids)}
    rows = list(_pages(graph, "training/outreach_page", "outreach_id"))
    hops = [hop for row in rows for hop in _hops(row, members, window_s=window_s, data_end=data_end)]
    by_token = {row["attribution_token"]: row for row in rows if row["attribution_token"] and row["at"] is not None}
    served: set[str] = set()
    matched = {}
    for shown in recorded(answers):
        served.add(shown["attribution_token"])
        if shown["attribution_token"] in by_token:
            matched[shown["attribution_token"]] = shown
    pairs, harm, features = [], [], []
    for token, shown in matched.items():
        row = by_token[token]
        ends = _ends(row, members)
        if row["at"] + window_s > data_end or ends is None or row["offering_id"] not in offerings:
            continue
        in_time = row["outcome_at"] is not None and row["outcome_at"] <= row["at"] + window_s
        outcome = row["outcome"] if in_time else None
        pairs.append((*ends, offerings[row["offering_id"]], row["at"], shown["degree"], outcome == ADOPTED))
        harm.append(outcome in HARM)
        own = shown["features"]
        features.append([np.nan if own.get(name) is None else own[name] for name in names])
    table = np.array(pairs, dtype=np.int64).reshape(-1, 6)
    order = np.lexsort((table[:, 1], table[:, 0], table[:, 3]))
    matrix = np.array(features, dtype=np.float64).reshape(-1, len(names))[order]
    sender, target, offering, at, degree, label = table[order].T
    sent = [by_token[token] for token in matched]
    counts = {outcome: sum(row["outcome"] == outcome for row in sent) for outcome in (ADOPTED, *HARM)}
    waiting = sum(not row["outcome"] and row["at"] + window_s > data_end for row in sent)
    answered = sum(bool(row["outcome"]) for row in sent)
    return Outreaches(
        pairs=replace(unlabelled(sender, target, at), offering=offering, degree=degree, label=label, features=matrix),
        harm=np.array(harm, dtype=np.int64)[order],
        hops=_labelled(hops),
        funnel=Funnel(served=len(served), sent=len(sent), answered=answered, open=waiting, **counts),
        unmatched=len(rows) - len(matched),
    )


def _hops(row: Row, members: dict[str, int], *, window_s: int, data_end: int) -> Iterator[tuple[int, int, int, int]]:
    """(asker, asked, when, whether they passed it on) of each hop that has an answer, or had its time to answer."""
    at_position: dict[int, str] = {}
    for position, member_id, asked_by, asked_at, answered_at, state, _ in row["hops"]:
        asker = asked_by or at_position.get(position - 1)
        at_position.setdefault(position, member_id)
        if position == 0 or asked_at is None or asker not in members or member_id not in members:
            continue
        in_time = answered_at is None or answered_at <= asked_at + window_s
        if state in YES | NO:
            yield members[asker], members[member_id], asked_at, int(state in YES and in_time)
        elif asked_at + window_s <= data_end:
            yield members[asker], members[member_id], asked_at, 0


def _ends(row: Row, members: dict[str, int]) -> tuple[int, int] | None:
    hops = row["hops"]
    if not hops:
        return None
    sender = next((hop[1] for hop in hops if hop[0] == 0), None)
    target = next((hop[1] for hop in hops if hop[6]), None)
    return (members[sender], members[target]) if sender in members and target in members else None


def read_replies(graph: Graph, history: History, *, window_s: int, data_end: int) -> Pairs:
    """Each contact, labelled by whether it was replied to within the window. Features are not read yet.

    Of each tie the last 64 contacts are known: what may have been replied to before those is left out.
    """
    members = {member_id: number for number, member_id in enumerate(history.member_ids)}
    known: dict[tuple[int, int], tuple[Ints, bool]] = {}
    for row in _pages(graph, "training/contact_page", "member_id"):
        for to_id, recent, cut in zip(row["to_ids"], row["recent"], row["cut"], strict=True):
            if row["member_id"] in members and to_id in members:
                known[members[row["member_id"]], members[to_id]] = np.array(recent, dtype=np.int64), cut
    found = []
    for (sender, target), (contacts, _) in known.items():
        back, cut = known.get((target, sender), (np.empty(0, dtype=np.int64), False))
        at = np.unique(contacts[contacts + window_s <= data_end])
        if cut:
            at = at[at >= back[0]]
        replied = np.searchsorted(back, at + window_s, side="right") > np.searchsorted(back, at, side="right")
        found += [(sender, target, int(t), int(r)) for t, r in zip(at, replied, strict=True)]
    return _labelled(found)


def _labelled(found: Sequence[tuple[int, int, int, int]]) -> Pairs:
    """(from, to, when, label), as pairs in the order of time."""
    table = np.array(found, dtype=np.int64).reshape(-1, 4)
    sender, target, at, label = table[np.lexsort((table[:, 1], table[:, 0], table[:, 2]))].T
    return replace(unlabelled(sender, target, at), label=label)


def recorded(folder: Path) -> Iterator[dict[str, Any]]:
    """All recommendations that were shown, as the service recorded them, oldest first; a torn last line is left out."""
    for path in sorted((*folder.glob("*.jsonl"), *folder.glob("*.jsonl.part"))):
        closed = path.with_name(path.name.removesuffix(".part"))
        for there in (path, closed):  # the service may close it meanwhile, or drop it as the oldest
            with suppress(FileNotFoundError), there.open("rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield json.loads(line)
                break


def _pages(graph: Graph, query: str, key: str) -> Iterator[Row]:
    cursor = ""
    while rows := graph.rows(query, cursor=cursor, limit=PAGE):
        yield from rows
        cursor = rows[-1][key]
