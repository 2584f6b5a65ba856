"""The stage that gathers candidates: every source at once, each in its slice of time. Knows no source by name."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from sixhop.domain import Candidate, Certificate, SourceResult, Stage, StageReport, TargetsQuestion
from sixhop.pipeline.attempt import Attempt, attempt
from sixhop.pipeline.ports import Source

NOTHING_CERTIFIED = Certificate(complete_above=1.0, complete_above_all_ties=1.0)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The candidates of all sources, one a target with the best chain that any knows."""

    candidates: tuple[Candidate, ...]
    certificate: Certificate
    reports: tuple[StageReport, ...]

    @property
    def live(self) -> bool:
        """Whether any source answered."""
        return any(not report.missing for report in self.reports)


async def gather(
    question: TargetsQuestion, sources: Sequence[tuple[Source, float]], *, slots: int, timeout_s: float
) -> Gathered:
    """Ask every source for its share of `slots`; one that is late or fails is reported as missing.

    Args:
        question: What is asked.
        sources: Each source with its share of the slots.
        slots: How many candidates in all.
        timeout_s: For each of them; they run side by side.
    """
    limits = [ceil(share * slots) for _, share in sources]
    attempts = await asyncio.gather(
        *(_ask(source, question, limit, timeout_s) for (source, _), limit in zip(sources, limits, strict=True))
    )
    results: list[SourceResult] = []
    reports: list[StageReport] = []
    for (source, _), limit, tried in zip(sources, limits, attempts, strict=True):
        result, removed = _sound(tried.value, question, limit) if tried.value else (None, {})
        kept = len(result.candidates) if result else 0
        reports.append(StageReport(Stage.SOURCES, source.name, kept, removed, tried.elapsed_s, tried.missing))
        if result:
            results.append(result)
    return Gathered(_merged(results), _strongest([each.certificate for each in results]), tuple(reports))


async def _ask(source: Source, question: TargetsQuestion, limit: int, timeout_s: float) -> Attempt[SourceResult]:
    async def propose(statement_s: float) -> SourceResult:
        return await source.propose(question, limit=limit, timeout_s=statement_s)

    return await attempt(propose, name=source.name, request_id=question.request_id, timeout_s=timeout_s)


def _sound(result: SourceResult, question: TargetsQuestion, limit: int) -> tuple[SourceResult, dict[str, int]]:
    """The result without what no answer may hold: anyone can add a source with a query file."""
    removed: Counter[str] = Counter({"no_chain": result.no_chain} if result.no_chain else {})
    kept: list[Candidate] = []
    for candidate in result.candidates:
        members = candidate.chain.members
        if members[0] != question.sender_id or members[-1] != candidate.target_id or len(set(members)) < len(members):
            removed["bad_chain"] += 1
        elif not 1 <= candidate.chain.length <= question.max_length:
            removed["chain_too_long"] += 1
        elif len(kept) == limit:
            removed["over_share"] += 1
        else:
            kept.append(candidate)
    return replace(result, candidates=tuple(kept)), dict(removed)


def _strongest(certificates: Sequence[Certificate | None]) -> Certificate:
    """What one source found is among what all found, so each claim of any of them holds."""
    claims = [NOTHING_CERTIFIED, *(each for each in certificates if each)]
    return Certificate(
        complete_above=min(claim.complete_above for claim in claims),
        complete_above_all_ties=min(claim.complete_above_all_ties for claim in claims),
    )


def _merged(results: Sequence[SourceResult]) -> tuple[Candidate, ...]:
    merged: dict[str, Candidate] = {}
    for result in results:
        for candidate in result.candidates:
            known = merged.get(candidate.target_id)
            merged[candidate.target_id] = _united(known, candidate) if known else candidate
    return tuple(merged.values())


def _united(first: Candidate, second: Candidate) -> Candidate:
    best = min((first, second), key=lambda each: (-each.chain.score, each.chain.length, each.chain.members))
    names = first.sources + tuple(name for name in second.sources if name not in first.sources)
    return Candidate(best.target_id, best.chain, names, min(first.degree, second.degree))
