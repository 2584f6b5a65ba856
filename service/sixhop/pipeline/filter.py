"""The stage that takes out who may not be shown. Fails closed: without it there is no answer.

Consent, blocks and naming are promises to members, so this is the one stage after the gate whose failing is an error.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sixhop.domain import (
    OUT_OF_SLICE,
    Candidate,
    CandidateFacts,
    RecommendQuestion,
    Stage,
    StageItem,
    StageReport,
)
from sixhop.pipeline.attempt import required
from sixhop.pipeline.ports import Filter

GONE = "gone"
CANNOT_BE_NAMED = "cannot_be_named"


@dataclass(frozen=True, slots=True)
class Eligible:
    """A candidate that may be shown. `place` is where it stood among all candidates."""

    candidate: Candidate
    facts: CandidateFacts
    place: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """Who stays, who of all candidates may be named at all, and who may be spoken of, if not named."""

    eligible: tuple[Eligible, ...]
    nameable_ids: frozenset[str]
    seen_ids: frozenset[str]
    report: StageReport


async def remove(
    question: RecommendQuestion,
    candidates: Sequence[Candidate],
    *,
    filter_: Filter,
    timeout_s: float,
) -> Filtered:
    """Who of `candidates` stays, in the same order, and how many were removed by which filter.

    Who is out of the caller's slice is removed without a word.

    Raises:
        SixhopError: the filter could not be asked.
    """
    started = time.monotonic()
    facts: list[CandidateFacts | None] = []
    if candidates:
        facts = await required(
            lambda statement_s: filter_.check(question, candidates, timeout_s=statement_s),
            name="filter",
            timeout_s=timeout_s,
        )
    eligible: list[Eligible] = []
    removed: Counter[str] = Counter()
    nameable: set[str] = set()
    seen: set[str] = set()
    items: list[StageItem] = []
    for place, (candidate, known) in enumerate(zip(candidates, facts, strict=True)):
        removed_by = known.removed_by if known else GONE
        if removed_by == OUT_OF_SLICE:
            continue
        seen.add(question.subject(candidate))
        if known and known.subject_named:
            nameable.add(question.subject(candidate))
        elif known:
            removed_by = removed_by or CANNOT_BE_NAMED
        if known and not removed_by:
            eligible.append(Eligible(candidate, known, place))
        else:
            removed[removed_by] += 1
        if question.explain:
            items.append(StageItem(question.subject(candidate), removed_by, candidate.offering_id))
    report = StageReport(
        Stage.FILTER, "filter", len(eligible), dict(removed), time.monotonic() - started, "", tuple(items)
    )
    return Filtered(tuple(eligible), frozenset(nameable), frozenset(seen), report)
