"""How good answers are: their candidates and chains beside the oracle's. Knows nothing of timing."""

from __future__ import annotations

from sixhop_bench.oracle import TOP, Oracle
from sixhop_bench.questions import CHAINS, REFERRERS, TARGETS, Clients, Question

WITHIN = 0.95
"""A chain is as good as the best one when it scores at least this share of it."""
SOURCES = "sources"


async def recall_at_20(clients: Clients, question: Question, oracle: Oracle, asked: int) -> float | None:
    """The share of the oracle's top 20 among the candidates of the answer; None where answers name no candidates.

    Of several who score as the twentieth does, any will do.
    Candidates, not what is shown: what is shown is ordered by expected value, and chain scores are not all of that.
    """
    best = {TARGETS: _targets, REFERRERS: _referrers}.get(question.name)
    if best is None:
        return None
    found = wanted = 0
    for number in range(asked):
        answer = await clients.explained(question, number)
        if answer is None:
            continue
        named = {item.member_id for stage in answer.info.stages if stage.stage == SOURCES for item in stage.items}
        if named:
            top = best(oracle, question.requests[number % len(question.requests)])
            found += min(TOP, sum(f"m{member}" in named for member in top))
            wanted += min(TOP, len(top))
    return found / wanted if wanted else None


def _targets(oracle: Oracle, request: object) -> dict[int, float]:
    return oracle.targets(_number(request, "sender_id"), _number(request, "offering_id"))


def _referrers(oracle: Oracle, request: object) -> dict[int, float]:
    return oracle.referrers(_number(request, "target_id"), _number(request, "offering_id"))


async def near_best_chains(clients: Clients, question: Question, oracle: Oracle, asked: int) -> float | None:
    """Of the connected pairs, the share whose first chain scores within 5 % of the best; None where there are none."""
    if question.name != CHAINS:
        return None
    near = connected = 0
    for number in range(asked):
        request = question.requests[number % len(question.requests)]
        best = oracle.best_chain(_number(request, "from_id"), _number(request, "to_id"))
        if best == 0:
            continue
        connected += 1
        answer = await clients.explained(question, number)
        near += answer is not None and bool(answer.chains) and answer.chains[0].score >= WITHIN * best
    return near / connected if connected else None


def _number(request: object, field: str) -> int:
    return int(getattr(request, field)[1:])
