"""What stages say of each candidate when the question asks to explain. Nobody is named who may not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sixhop.domain import (
    Candidate,
    RecommendQuestion,
    ScoredCandidate,
    Stage,
    StageItem,
    StageReport,
    TargetsQuestion,
)
from sixhop.pipeline.attempt import attempt
from sixhop.pipeline.ports import LeftOutReader
from sixhop.pipeline.score import Scored
from sixhop.pipeline.select import Pick
from sixhop.pipeline.sources import SLOTS
from sixhop.slices import as_asked

LEFT_OUT = "left_out"
MOST_AROUND = 64
"""Members of chains, those of the best first, next to whom it is looked for who was left out."""
OVER_LIMIT = "over_limit"
OTHER_OFFERING = "other_offering"
"""Another offering is better for this member."""


async def left_out(
    question: RecommendQuestion, candidates: Sequence[Candidate], *, reader: LeftOutReader, timeout_s: float
) -> tuple[tuple[StageReport, ...], frozenset[str]]:
    """Whom the rules kept out next to the chains that were found, and who of them may be named; nothing unless asked.

    A walk leaves them out while it goes, so that the next best chain is found: its own report cannot list them.
    """
    if not question.explain:
        return (), frozenset()
    share = MOST_AROUND // len(question.offering_ids)
    around: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    for offering_id in question.offering_ids:
        about = [each for each in candidates if each.offering_id == offering_id]
        about.sort(key=lambda each: each.chain.order)
        around[offering_id] = list(dict.fromkeys([*question.ends, *(m for each in about for m in each.chain.members)]))[
            : max(share, len(question.ends))
        ]
        found[offering_id] = [question.subject(each) for each in about]
    tried = await attempt(
        lambda statement_s: reader.left_out(question, around, found, timeout_s=statement_s),
        name=LEFT_OUT,
        request_id=question.request_id,
        timeout_s=timeout_s,
    )
    those = tried.value or []
    if isinstance(question, TargetsQuestion) and question.candidate_ids:
        those = [each for each in those if each.member_id in question.candidate_ids]
    removed = dict(Counter(each.removed_by for each in those))
    items = tuple(StageItem(each.member_id, each.removed_by, each.offering_id) for each in those)
    report = StageReport(Stage.SOURCES, LEFT_OUT, 0, removed, tried.elapsed_s, tried.missing, items)
    return (report,), frozenset(each.member_id for each in those if each.named)


def ranked(question: RecommendQuestion, scored: Scored) -> StageReport:
    """The report of scoring, with everybody in the order of their scores."""
    if not question.explain:
        return scored.report
    return replace(scored.report, items=tuple(_item(question, each) for each in _in_order(question, scored.candidates)))


def selected(
    question: RecommendQuestion, candidates: Sequence[ScoredCandidate], picks: Sequence[Pick], *, elapsed_s: float
) -> StageReport:
    """The report of selecting: who was picked, and why the others were not."""
    picked = {(question.subject(each.scored.candidate), each.scored.candidate.offering_id) for each in picks}
    subjects = {question.subject(each.candidate) for each in candidates}
    removed = {OTHER_OFFERING: len(candidates) - len(subjects), OVER_LIMIT: len(subjects) - len(picks)}
    report = StageReport(
        Stage.SELECT, "select", len(picks), {reason: count for reason, count in removed.items() if count}, elapsed_s
    )
    if not question.explain:
        return report
    items: list[StageItem] = []
    shown = {subject for subject, _ in picked}
    seen: set[str] = set()
    for each in _in_order(question, candidates):
        subject = question.subject(each.candidate)
        if (subject, each.candidate.offering_id) in picked:
            reason = ""
        else:
            reason = OTHER_OFFERING if subject in shown or subject in seen else OVER_LIMIT
        seen.add(subject)
        items.append(replace(_item(question, each), removed_by=reason))
    return replace(report, items=tuple(items))


def within_slice(
    question: RecommendQuestion, stages: Sequence[StageReport], seen_ids: frozenset[str]
) -> tuple[StageReport, ...]:
    """The reports for who sees a slice: counted over those that it sees, as if there were nobody else.

    Sources are asked over all members, so of what they found and let go only what is seen is told.
    """
    if question.seen_by is None:
        return tuple(stages)
    told: list[StageReport] = []
    filtered = next(each for each in stages if each.stage is Stage.FILTER)
    for report in stages:
        if report.name == SLOTS:
            continue
        if report.stage is Stage.HYDRATE and not report.missing:
            told.append(replace(report, kept=filtered.kept + sum(filtered.removed.values())))
        elif report.stage is Stage.SOURCES and report.name != LEFT_OUT:
            items = tuple(item for item in report.items if item.member_id in seen_ids)
            told.append(replace(report, kept=len(items), removed={}, items=items))
        else:
            told.append(report)
    return tuple(replace(report, items=tuple(map(_as_asked, report.items))) for report in told)


def _as_asked(item: StageItem) -> StageItem:
    return replace(item, offering_id=as_asked(item.offering_id))


def redacted(stages: Sequence[StageReport], nameable_ids: frozenset[str]) -> tuple[StageReport, ...]:
    """The reports with an empty id for every member that is not known to have consented to be named."""
    return tuple(
        replace(
            report,
            items=tuple(
                item if item.member_id in nameable_ids else replace(item, member_id="") for item in report.items
            ),
        )
        if report.items
        else report
        for report in stages
    )


def _in_order(question: RecommendQuestion, candidates: Sequence[ScoredCandidate]) -> list[ScoredCandidate]:
    return sorted(
        candidates, key=lambda each: (-each.rank_score, question.subject(each.candidate), each.candidate.offering_id)
    )


def _item(question: RecommendQuestion, each: ScoredCandidate) -> StageItem:
    return StageItem(question.subject(each.candidate), "", each.candidate.offering_id, each.rank_score)
