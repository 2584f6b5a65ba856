"""The stage that takes out who may not be shown. Fails closed: without it there is no answer.

Consent, blocks and naming are promises to members, so this is the one stage after the gate whose failing is an error.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sixhop.domain import Candidate, Stage, StageReport, TargetFacts, TargetsQuestion
from sixhop.pipeline.attempt import required
from sixhop.pipeline.ports import TargetFilter
from sixhop.pipeline.surfaces import DAY_S, Surface


@dataclass(frozen=True, slots=True)
class Eligible:
    """A candidate that may be shown."""

    candidate: Candidate
    facts: TargetFacts


async def remove(
    question: TargetsQuestion,
    candidates: Sequence[Candidate],
    *,
    target_filter: TargetFilter,
    surface: Surface,
    timeout_s: float,
) -> tuple[list[Eligible], StageReport]:
    """Who of `candidates` stays, in the same order, and how many were removed by which filter.

    Raises:
        SixhopError: the filter could not be asked.
    """
    started = time.monotonic()
    facts: dict[str, TargetFacts] = {}
    if candidates:
        reached_since = question.as_of - surface.recently_reached_days * DAY_S
        found = await required(
            lambda statement_s: target_filter.check(
                question, candidates, filters=surface.filters, reached_since=reached_since, timeout_s=statement_s
            ),
            name="filter",
            timeout_s=timeout_s,
        )
        facts = {each.target_id: each for each in found}
    kept: list[Eligible] = []
    removed: Counter[str] = Counter()
    for candidate in candidates:
        known = facts.get(candidate.target_id)
        if known is None or known.removed_by:
            removed[known.removed_by if known else "gone"] += 1
        else:
            kept.append(Eligible(candidate, known))
    return kept, StageReport(Stage.FILTER, "filter", len(kept), dict(removed), time.monotonic() - started)
