"""The stage that gathers candidates: every source at once, each in its slice of time. Knows no source by name.

A source gives candidates with chains, or proposes targets; chains to proposals are found in one go, on from what the
others found. Each source has a share of the places; what it leaves free goes to the next best of those that found more.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from sixhop.domain import (
    Candidate,
    Certificate,
    Joint,
    Proposal,
    ReferrersQuestion,
    SourceResult,
    Stage,
    StageItem,
    StageReport,
    TargetsQuestion,
)
from sixhop.pipeline.attempt import Attempt, attempt
from sixhop.pipeline.ports import Joiner, Source

NOTHING_CERTIFIED = Certificate(complete_above=1.0, complete_above_all_ties=1.0)
JOIN_SHARE = 0.3
"""Of the stage's time, for finding chains to proposals."""
JOIN = "chains_to"
Asked = TargetsQuestion | ReferrersQuestion
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The candidates of all sources, one a subject and offering with the best chain that any knows."""

    candidates: tuple[Candidate, ...]
    certificate: Certificate
    reports: tuple[StageReport, ...]

    @property
    def live(self) -> bool:
        """Whether any source answered."""
        return any(not report.missing for report in self.reports if report.name != JOIN)


async def gather(
    question: Asked,
    sources: Sequence[tuple[Source, float]],
    *,
    joiner: Joiner | None,
    slots: int,
    width: int,
    timeout_s: float,
) -> Gathered:
    """Ask every source; one that is late or fails is reported as missing.

    Args:
        question: What is asked.
        sources: Each source with its share of the slots.
        joiner: Finds chains to proposals; None where no source proposes.
        slots: How many candidates in all, for each offering.
        width: How wide a walk goes, at the least.
        timeout_s: For all of it; the sources run side by side.
    """
    started = time.monotonic()
    asking_s = timeout_s * (1 - JOIN_SHARE) if joiner else timeout_s
    attempts = await asyncio.gather(
        *(_ask(source, question, _limit(source, share, slots), width, asking_s) for source, share in sources)
    )
    results: list[SourceResult] = []
    reports: list[StageReport] = []
    for (source, share), tried in zip(sources, attempts, strict=True):
        result, removed = _sound(tried.value, question, _limit(source, share, slots)) if tried.value else (None, {})
        found: list[Candidate | Proposal] = [*result.candidates, *result.proposals] if result else []
        items = tuple(_item(question, each) for each in found) if question.explain else ()
        reports.append(
            StageReport(Stage.SOURCES, source.name, len(found), removed, tried.elapsed_s, tried.missing, items)
        )
        if result:
            results.append(result)
    if joiner and isinstance(question, TargetsQuestion):
        left_s = timeout_s - (time.monotonic() - started)
        joined, report = await _join(question, results, joiner, left_s)
        results += joined
        reports += report
    certificate = _strongest([each.certificate for each in results])
    shares = {source.name: share for source, share in sources}
    return Gathered(_chosen(question, results, shares, slots), certificate, tuple(reports))


def _limit(source: Source, share: float, slots: int) -> int:
    """A walk fills places that others leave free; who proposes proposes twice its share, since many have no chain."""
    return slots if source.width else 2 * ceil(share * slots)


async def _ask(source: Source, question: Asked, limit: int, width: int, timeout_s: float) -> Attempt[SourceResult]:
    async def propose(statement_s: float) -> SourceResult:
        return await source.propose(question, limit=limit, width=max(width, source.width), timeout_s=statement_s)

    return await attempt(propose, name=source.name, request_id=question.request_id, timeout_s=timeout_s)


def _sound(result: SourceResult, question: Asked, limit: int) -> tuple[SourceResult, dict[str, int]]:
    """The result without what no answer may hold: anyone can add a source with a query file."""
    removed: Counter[str] = Counter()
    kept: list[Candidate] = []
    most = limit * len(question.offering_ids)
    starts = {question.sender_id} if isinstance(question, TargetsQuestion) else None
    ends = set(question.target_ids) if isinstance(question, ReferrersQuestion) else None
    for candidate in result.candidates:
        members = candidate.chain.members
        if (
            len(set(members)) < len(members)
            or (starts and candidate.sender_id not in starts)
            or (ends and candidate.target_id not in ends)
        ):
            removed["bad_chain"] += 1
        elif not 1 <= candidate.chain.length <= question.max_length:
            removed["chain_too_long"] += 1
        elif len(kept) == most:
            removed["over_share"] += 1
        else:
            kept.append(candidate)
    proposals = [each for each in result.proposals if not starts or each.target_id not in starts]
    return replace(result, candidates=tuple(kept), proposals=tuple(proposals)), dict(removed)


async def _join(
    question: TargetsQuestion, results: Sequence[SourceResult], joiner: Joiner, timeout_s: float
) -> tuple[list[SourceResult], list[StageReport]]:
    """What sources proposed, as candidates of these sources; a target that a walk found has its chain already."""
    known = {(each.target_id, each.offering_id) for result in results for each in result.candidates}
    wanted = {(each.target_id, each.offering_id): each for result in results for each in result.proposals}
    missing = [proposal for key, proposal in wanted.items() if key not in known]
    found: dict[_Key, Candidate] = {}
    reports: list[StageReport] = []
    if missing:
        joints = list(_joints(results))
        tried = await attempt(
            lambda statement_s: joiner.join(question, missing, joints, timeout_s=statement_s),
            name=JOIN,
            request_id=question.request_id,
            timeout_s=max(timeout_s, 0.001),
        )
        found = {(each.target_id, each.offering_id): each for each in tried.value or ()}
        removed = {} if tried.missing else {"no_chain": len(missing) - len(found)}
        items = tuple(_item(question, each) for each in found.values()) if question.explain else ()
        reports.append(StageReport(Stage.SOURCES, JOIN, len(found), removed, tried.elapsed_s, tried.missing, items))
    by_key = {(each.target_id, each.offering_id): each for result in results for each in result.candidates} | found
    joined = [
        SourceResult(
            result.name,
            tuple(
                replace(by_key[key], sources=(result.name,))
                for each in result.proposals
                if (key := (each.target_id, each.offering_id)) in by_key
            ),
        )
        for result in results
        if result.proposals
    ]
    return joined, reports


def _joints(results: Iterable[SourceResult]) -> Iterable[Joint]:
    for result in results:
        yield from result.joints
        yield from (Joint(each.chain, each.offering_id) for each in result.candidates)


def _strongest(certificates: Sequence[Certificate | None]) -> Certificate:
    """What one source found is among what all found, so each claim of any of them holds."""
    claims = [NOTHING_CERTIFIED, *(each for each in certificates if each)]
    return Certificate(
        complete_above=min(claim.complete_above for claim in claims),
        complete_above_all_ties=min(claim.complete_above_all_ties for claim in claims),
    )


def _chosen(
    question: Asked, results: Sequence[SourceResult], shares: dict[str, float], slots: int
) -> tuple[Candidate, ...]:
    """Each source's share first, in the order it gave; then what is left, by chain score, until the slots are full."""
    slots *= len(question.offering_ids)
    merged: dict[_Key, Candidate] = {}
    for result in results:
        for candidate in result.candidates:
            key = (question.subject(candidate), candidate.offering_id)
            merged[key] = _united(merged[key], candidate) if key in merged else candidate
    chosen: dict[_Key, Candidate] = {}
    for result in results:
        room = ceil(shares.get(result.name, 0.0) * slots)
        for candidate in result.candidates:
            key = (question.subject(candidate), candidate.offering_id)
            if room and key not in chosen and len(chosen) < slots:
                chosen[key] = merged[key]
                room -= 1
    rest = [(key, candidate) for key, candidate in merged.items() if key not in chosen]
    rest.sort(key=lambda each: (-each[1].chain.score, each[1].chain.members))
    chosen.update(rest[: max(slots - len(chosen), 0)])
    return tuple(chosen.values())


def _united(first: Candidate, second: Candidate) -> Candidate:
    best = min((first, second), key=lambda each: (-each.chain.score, each.chain.length, each.chain.members))
    names = first.sources + tuple(name for name in second.sources if name not in first.sources)
    return replace(best, sources=names, degree=min(first.degree, second.degree))


def _item(question: Asked, found: Candidate | Proposal) -> StageItem:
    if isinstance(found, Proposal):
        return StageItem(found.target_id, offering_id=found.offering_id)
    return StageItem(question.subject(found), offering_id=found.offering_id, score=found.chain.score)
