"""The stage that gathers candidates: every source at once, each in its slice of time. Knows no source by name.

A source gives candidates with chains, or proposes targets; chains to proposals are found in one go, on from what the
others found. Each source has a share of the places; what it leaves free goes to the next best of those that found more.
Who is let go for want of a place is counted, and bounds what is claimed of the answer.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from sixhop.domain import (
    Candidate,
    Certificate,
    Joint,
    Proposal,
    RecommendQuestion,
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
SLOTS = "slots"
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
        return any(not report.missing for report in self.reports if report.name not in (JOIN, SLOTS))


async def gather(
    question: RecommendQuestion,
    sources: Sequence[tuple[Source, float]],
    *,
    joiner: Joiner | None,
    slots: int,
    width: int,
    timeout_s: float,
    meanwhile: Callable[[Sequence[Candidate]], None] = lambda _: None,
) -> Gathered:
    """Ask every source; one that is late or fails is reported as missing.

    Args:
        question: What is asked.
        sources: Each source with its share of the slots.
        joiner: Finds chains to proposals; None where no source proposes.
        slots: How many candidates in all, for each offering.
        width: How wide a walk goes, at the least.
        timeout_s: For all of it; the sources run side by side.
        meanwhile: Called with who has a place so far when chains to others are about to be looked for.
    """
    started = time.monotonic()
    asking_s = timeout_s * (1 - JOIN_SHARE) if joiner else timeout_s
    attempts = await asyncio.gather(
        *(_ask(source, question, _limit(source, share, slots), width, asking_s) for source, share in sources)
    )
    results: list[SourceResult] = []
    reports: list[StageReport] = []
    for (source, _), tried in zip(sources, attempts, strict=True):
        result, removed = tried.value or (None, {})
        found: list[Candidate | Proposal] = [*result.candidates, *result.proposals] if result else []
        items = tuple(_item(question, each) for each in found) if question.explain else ()
        reports.append(
            StageReport(Stage.SOURCES, source.name, len(found), removed, tried.elapsed_s, tried.missing, items)
        )
        if result:
            results.append(result)
    shares = {source.name: share for source, share in sources}
    places = slots * len(question.offering_ids)
    if joiner and isinstance(question, TargetsQuestion):
        left_s = timeout_s - (time.monotonic() - started)
        joined, report = await _join(
            question, results, joiner, left_s, lambda: meanwhile(_chosen(question, results, shares, places)[0])
        )
        results += joined
        reports += report
    # What one source found is among what all found, so each claim of any of them holds.
    certificate = Certificate.strongest(
        [NOTHING_CERTIFIED, *(each.certificate for each in results if each.certificate)]
    )
    chosen, let_go = _chosen(question, results, shares, places)
    if let_go:
        reports.append(StageReport(Stage.SOURCES, SLOTS, len(chosen), {"over_slots": len(let_go)}))
        best = let_go[0].chain.score
        certificate = Certificate.weakest([certificate, Certificate(best, best)])
    return Gathered(chosen, certificate, tuple(reports))


def _limit(source: Source, share: float, slots: int) -> int:
    """A walk fills places that others leave free; who proposes proposes twice its share, since many have no chain."""
    return slots if source.width else 2 * ceil(share * slots)


async def _ask(
    source: Source, question: RecommendQuestion, limit: int, width: int, timeout_s: float
) -> Attempt[tuple[SourceResult, dict[str, int]]]:
    async def propose(statement_s: float) -> tuple[SourceResult, dict[str, int]]:
        width_ = max(width, source.width)
        found = await source.propose(question, limit=limit, width=width_, timeout_s=statement_s)
        return _sound(found, question, limit * len(question.offering_ids))

    return await attempt(propose, name=source.name, request_id=question.request_id, timeout_s=timeout_s)


def _sound(result: SourceResult, question: RecommendQuestion, most: int) -> tuple[SourceResult, dict[str, int]]:
    """The result without what no answer may hold: anyone can add a source with a query file."""
    removed: Counter[str] = Counter()
    candidates: list[Candidate] = []
    proposals: list[Proposal] = []
    asked_for = _asked_for(question)
    for candidate in result.candidates:
        problem = _problem_with(candidate, question, asked_for)
        if problem or len(candidates) == most:
            removed[problem or "over_share"] += 1
        else:
            candidates.append(candidate)
    for proposal in result.proposals:
        if not asked_for(proposal.target_id):
            removed["not_asked_for"] += 1
        elif len(proposals) == most:
            removed["over_share"] += 1
        else:
            proposals.append(proposal)
    return replace(result, candidates=tuple(candidates), proposals=tuple(proposals)), dict(removed)


def _problem_with(candidate: Candidate, question: RecommendQuestion, asked_for: Callable[[str], bool]) -> str:
    members = candidate.chain.members
    if len(set(members)) < len(members) or candidate.chain.length != len(members) - 1:
        return "bad_chain"
    if not 1 <= candidate.chain.length <= question.max_length:
        return "chain_too_long"
    if isinstance(question, TargetsQuestion) and candidate.sender_id != question.sender_id:
        return "bad_chain"
    if not asked_for(candidate.target_id):
        return "not_asked_for"
    return "" if _in_degrees(candidate, question) else "out_of_degrees"


def _asked_for(question: RecommendQuestion) -> Callable[[str], bool]:
    """Tells who may be a target of the question."""
    if isinstance(question, ReferrersQuestion):
        return frozenset(question.target_ids).__contains__
    if question.candidate_ids:
        return frozenset(question.candidate_ids).difference([question.sender_id]).__contains__
    return lambda target_id: target_id != question.sender_id


def _in_degrees(candidate: Candidate, question: RecommendQuestion) -> bool:
    return question.min_degree <= candidate.degree <= question.max_degree


async def _join(
    question: TargetsQuestion,
    results: Sequence[SourceResult],
    joiner: Joiner,
    timeout_s: float,
    meanwhile: Callable[[], None],
) -> tuple[list[SourceResult], list[StageReport]]:
    """What sources proposed, as candidates of these sources; whom a walk met has its chain already.

    `meanwhile` is called before any chain is looked for.
    """
    wanted = {(each.target_id, each.offering_id): each for result in results for each in result.proposals}
    if not wanted:
        return [], []
    joints = list(_joints(results))
    by_key = {(joint.member_id, joint.offering_id): _met(joint) for joint in joints}
    by_key |= {_key_of(each): each for result in results for each in result.candidates}
    missing = [proposal for key, proposal in wanted.items() if key not in by_key]
    tried: Attempt[list[Candidate]] = Attempt([], 0.0)
    if missing:
        meanwhile()
        tried = await attempt(
            lambda statement_s: joiner.join(question, missing, joints, timeout_s=statement_s),
            name=JOIN,
            request_id=question.request_id,
            timeout_s=max(timeout_s, 0.001),
        )
    by_key |= {_key_of(each): each for each in tried.value or ()}
    found = {key: by_key[key] for key in wanted if key in by_key and _in_degrees(by_key[key], question)}
    no_chain = 0 if tried.missing else sum(key not in by_key for key in wanted)
    removed = {"no_chain": no_chain, "out_of_degrees": sum(key in by_key for key in wanted) - len(found)}
    removed = {reason: count for reason, count in removed.items() if count}
    items = tuple(_item(question, each) for each in found.values()) if question.explain else ()
    report = StageReport(Stage.SOURCES, JOIN, len(found), removed, tried.elapsed_s, tried.missing, items)
    joined = [
        SourceResult(
            result.name,
            tuple(
                replace(found[key], sources=(result.name,))
                for each in result.proposals
                if (key := (each.target_id, each.offering_id)) in found
            ),
        )
        for result in results
        if result.proposals
    ]
    return joined, [report]


def _joints(results: Iterable[SourceResult]) -> Iterable[Joint]:
    for result in results:
        yield from result.joints
        yield from (Joint(each.chain, each.offering_id, each.degree) for each in result.candidates)


def _met(joint: Joint) -> Candidate:
    return Candidate(joint.chain, joint.offering_id, (), joint.degree)


def _key_of(candidate: Candidate) -> _Key:
    return candidate.target_id, candidate.offering_id


def _chosen(
    question: RecommendQuestion, results: Sequence[SourceResult], shares: dict[str, float], slots: int
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Who has a place, and who is let go, the best chain first.

    Each source's share first, in the order it gave; then what is left, by chain score, until the slots are full.
    """
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
    rest.sort(key=lambda each: (-each[1].chain.score, each[1].chain.members, each[1].offering_id))
    room = slots - len(chosen)
    chosen.update(rest[:room])
    return tuple(chosen.values()), tuple(candidate for _, candidate in rest[room:])


def _united(first: Candidate, second: Candidate) -> Candidate:
    best = min((first, second), key=lambda each: each.chain.order)
    names = first.sources + tuple(name for name in second.sources if name not in first.sources)
    return replace(best, sources=names, degree=min(first.degree, second.degree))


def _item(question: RecommendQuestion, found: Candidate | Proposal) -> StageItem:
    if isinstance(found, Proposal):
        return StageItem(found.target_id, offering_id=found.offering_id)
    return StageItem(question.subject(found), offering_id=found.offering_id, score=found.chain.score)
