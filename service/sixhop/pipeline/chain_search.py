"""Searches chains between two members, wider and wider, until they are certified to be the best or time runs out.

An answer already found is never lost: a wider search that fails or is late leaves it as it is, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sixhop.domain import Certificate, Chain, ChainsFound, ChainsQuestion, Completeness, Stage, StageReport
from sixhop.errors import NotFound, Reason
from sixhop.pipeline.attempt import FAILED, TIMED_OUT, Attempt, attempt, required
from sixhop.pipeline.budget import Budget
from sixhop.pipeline.ports import ChainFinder

WIDTHS = ((32, 1_000), (4_096, 1_000), (4_096, 10_000))
"""Members at each end whose next tie is looked at, and how many ties someone may have whose ties are all looked at.

On a million members with ten million ties by a power law, a first search with a width of 32 gave the second one a score
that most of what it looks at does not reach: it costs what it must look at, not its width. It certified 399 of 400
random pairs over all ties; with a width of 1,024 one pair in twenty went on to a third search as long again.
"""


@dataclass(frozen=True, slots=True)
class ChainSearch:
    """What came of a search: chains as they are (not redacted), best first."""

    chains: tuple[Chain, ...]
    unnamed_ids: frozenset[str]
    completeness: Completeness
    reports: tuple[StageReport, ...]


async def search_chains(finder: ChainFinder, question: ChainsQuestion, budget: Budget) -> ChainSearch:
    """The best chains of `question` that can be found in time.

    Raises:
        NotFound: an end or the enterprise is not there.
        Unavailable: not even the narrowest search ended in time.
    """
    started, (width, most_ties) = budget.remaining_s, WIDTHS[0]
    found = await required(
        lambda statement_s: finder.find(question, width=width, most_ties=most_ties, above=0.0, timeout_s=statement_s),
        name="finding chains",
        timeout_s=budget.remaining_s,
    )
    _check_known(question, found)
    tried = Attempt(found, started - budget.remaining_s)
    reports = [_report(finder.name, width, tried)]
    for (before, _), (width, most_ties) in pairwise(WIDTHS):
        if _is_certified(found, question):
            break
        if not _may_find_better(found, question, most_ties, wider=width > before):
            continue
        least = _least(found, question)
        tried = await _wider(finder, question, budget, width=width, most_ties=most_ties, above=least)
        reports.append(_report(finder.name, width, tried))
        if tried.value is None:
            break
        found = _united(found, tried.value, question.max_chains)
    missing = tried.missing
    stopped_by = "" if _is_certified(found, question) else "deadline" if missing == TIMED_OUT else "width"
    return ChainSearch(
        chains=found.chains,
        unnamed_ids=found.unnamed_ids,
        completeness=Completeness(found.certificate, stopped_by, (finder.name,) if missing == FAILED else ()),
        reports=tuple(reports),
    )


async def _wider(
    finder: ChainFinder, question: ChainsQuestion, budget: Budget, *, width: int, most_ties: int, above: float
) -> Attempt[ChainsFound]:
    return await attempt(
        lambda statement_s: finder.find(question, width=width, most_ties=most_ties, above=above, timeout_s=statement_s),
        name=finder.name,
        request_id=question.request_id,
        timeout_s=budget.remaining_s,
    )


def _check_known(question: ChainsQuestion, found: ChainsFound) -> None:
    for field, known in (("from_id", found.from_known), ("to_id", found.to_known)):
        if not known:
            raise NotFound(f"there is no member with this {field}")
    if question.slice_enterprise_id is not None and not found.enterprise_known:
        raise NotFound("there is no enterprise with this slice_enterprise_id", reason=Reason.ENTERPRISE_NOT_FOUND)


def _is_certified(found: ChainsFound, question: ChainsQuestion) -> bool:
    """Whether these are the best there are, over all ties; a wider search could not find any better."""
    return found.certificate.complete_above_all_ties <= _least(found, question)


def _may_find_better(found: ChainsFound, question: ChainsQuestion, most_ties: int, *, wider: bool) -> bool:
    """Whether a search that is wider, or reads all ties of who has `most_ties`, could: else it would only cost time."""
    by_width = wider and found.certificate.complete_above > _least(found, question)
    return by_width or (found.fewest_unlisted is not None and found.fewest_unlisted <= most_ties)


def _least(found: ChainsFound, question: ChainsQuestion) -> float:
    """What a chain must score more than to be worth finding."""
    return found.chains[-1].score if len(found.chains) == question.max_chains else 0.0


def _united(found: ChainsFound, more: ChainsFound, most: int) -> ChainsFound:
    """The best of both: a wider search passes over what does not score above the chains that are known."""
    chains = {chain.members: chain for chain in (*found.chains, *more.chains)}
    best = sorted(chains.values(), key=lambda chain: chain.order)[:most]
    return ChainsFound(
        from_known=found.from_known,
        to_known=found.to_known,
        enterprise_known=found.enterprise_known,
        chains=tuple(best),
        unnamed_ids=found.unnamed_ids | more.unnamed_ids,
        certificate=Certificate.strongest([found.certificate, more.certificate]),
        fewest_unlisted=more.fewest_unlisted,
    )


def _report(name: str, width: int, tried: Attempt[ChainsFound]) -> StageReport:
    kept = len(tried.value.chains) if tried.value else 0
    return StageReport(Stage.SOURCES, f"{name}, width {width}", kept, elapsed_s=tried.elapsed_s, missing=tried.missing)
